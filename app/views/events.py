from app.models import Event
from app.queries.events import EventRow
from app.schemas.events import EventOut


def event_out(event: Event | EventRow, *, source: str) -> EventOut:
    """An event as a CloudEvent of *source*; the same wherever and whenever it is sent."""
    return EventOut.of(
        event,
        specversion="1.0",
        source=source,
        time=event.occurred_at,
        datacontenttype="application/json",
        planid=event.plan_id,
        agencyid=event.agency_id,
    )
