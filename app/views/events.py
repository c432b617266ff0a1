from typing import Any

from app.models import Event


def described(event: Event, *, source: str) -> dict[str, Any]:
    """An event as a CloudEvent of *source*; the same wherever and whenever it is sent."""
    return {
        "specversion": "1.0",
        "id": event.id,
        "source": source,
        "type": event.type,
        "subject": event.subject,
        "time": event.occurred_at,
        "datacontenttype": "application/json",
        "planid": event.plan_id,
        "agencyid": event.agency_id,
        "data": event.data,
    }
