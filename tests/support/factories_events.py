"""Events as rows for tests; each factory commits."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from sqlmodel.ext.asyncio.session import AsyncSession

from app.models import Agency, Event
from tests.support.factories import number


async def make_event(session: AsyncSession, agency: Agency, **given: Any) -> Event:
    """A change of an agency, of a transaction that was over before this test began.

    So the feed tells of it inside the test's own transaction, which is still at work.
    """
    row_id = uuid4()
    given = {
        "id": uuid4(),
        "type": "tiendo.agency.changed",
        "noun": "agency",
        "row_id": row_id,
        "subject": f"/v1/agencies/{row_id}",
        "occurred_at": datetime(2026, 3, 1, 1, 30, tzinfo=UTC),
        "transaction_id": next(number),
        "data": {},
        **given,
    }
    event = Event(agency_id=agency.id, **given)
    session.add(event)
    await session.commit()
    return event
