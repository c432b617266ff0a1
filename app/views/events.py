from app.models import Event
from app.schemas.events import EventOut


def event_out(event: Event, *, source: str) -> EventOut:
    """An event as a CloudEvent of *source*; the same wherever and whenever it is sent."""
    return EventOut(
        specversion="1.0",
        id=event.id,
        source=source,
        type=event.type,
        subject=event.subject,
        time=event.occurred_at,
        datacontenttype="application/json",
        planid=event.plan_id,
        agencyid=event.agency_id,
        data=event.data,
    )
