"""Laying out all sums anew, from the rows of one batch of plans after another."""

from collections.abc import AsyncIterator
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.models import Plan
from app.queries.figures import reporting_sums, sums

BATCHES = 20
"""In how many parts the plans are taken."""
SHARE = 90
"""The percentage of the work that is done when all plans were gone through."""
TABLES = (*(kept.table for kept in (*sums.KEPT, *reporting_sums.KEPT)), "reporting_span")
BEGIN = """
insert into figure_basis (id, due_soon_days, laid_out_at)
values (1, :due_soon_days, :at) on conflict (id) do update
set due_soon_days = excluded.due_soon_days, laid_out_at = excluded.laid_out_at
"""


async def lay_out(session: AsyncSession, *, due_soon_days: int, at: datetime) -> AsyncIterator[int]:
    """Count all rows anew; until the commit others read the old sums. Yields the percentage done.

    What is changed meanwhile is logged and folded later. The caller holds `lock_figures`.
    """
    await sums.empty(session)
    await reporting_sums.empty(session)
    plans = (await session.exec(select(Plan.id).order_by(col(Plan.id)))).all()
    size = -(-len(plans) // BATCHES) or 1
    for first in range(0, len(plans), size):
        batch = plans[first : first + size]
        await sums.count_plans(session, batch, due_soon_days=due_soon_days)
        await reporting_sums.state_plans(session, batch)
        yield SHARE * (first + len(batch)) // len(plans)
    await sums.add_up(session)
    await reporting_sums.add_up(session)
    connection = await session.connection()
    await connection.execute(sa.text(BEGIN), {"due_soon_days": due_soon_days, "at": at})
    # Who reads plans a statement once: by the sums as they are now, and not as they were.
    for table in TABLES:
        await connection.execute(sa.text(f"analyze {table}"))
    yield 100
