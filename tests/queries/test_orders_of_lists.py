"""The lists that grow with the province are read in each of their orders by an index."""

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from app.queries.assignments.extensions import EXTENSIONS
from app.queries.assignments.focal_points import FOCAL_POINTS
from app.queries.audit_entries import AUDIT_ENTRIES
from app.queries.documents.documents import DOCUMENTS
from app.queries.evaluation.remarks import REMARKS
from app.queries.handovers.handovers import HANDOVERS
from app.queries.lists import Listing
from app.queries.reminders.reminders import REMINDERS

# Lists of submissions and assignments are tried one filter after another elsewhere. Others are of
# one plan, or of few rows.
LISTINGS = {
    "audit_entry": AUDIT_ENTRIES,
    "document": DOCUMENTS,
    "extension": EXTENSIONS,
    "focal_point": FOCAL_POINTS,
    "handover": HANDOVERS,
    "remark": REMARKS,
    "reminder": REMINDERS,
}
INDEXES = sa.text("""
select array(select pg_get_indexdef(indexrelid, n, true) from generate_series(1, indnkeyatts) n)
  from pg_index where indrelid = to_regclass(:table) and indpred is null
""")


@pytest.mark.parametrize("table", LISTINGS)
async def test_each_order_has_an_index(connection: AsyncConnection, table: str) -> None:
    listing: Listing = LISTINGS[table]
    indexes = list((await connection.execute(INDEXES, {"table": table})).scalars())

    for order in listing.orders.values():
        columns = [part.sql.removeprefix(f"{table}.") for part in order]
        assert columns in [index[: len(columns)] for index in indexes], order
