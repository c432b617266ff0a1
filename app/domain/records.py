"""The audit entry and the event of a change, committed with it or not at all."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.principal import Principal
from app.clock import utc_now
from app.domain.event_types import event_type
from app.models import AuditEntry, Event
from app.models.base import new_id
from app.queries.bulk import insert_rows


class Subject(NamedTuple):
    """The row that a change is about, with the plan and the agency that it concerns."""

    noun: str
    id: UUID
    plan_id: UUID | None = None
    agency_id: UUID | None = None


class Note(NamedTuple):
    """One action on one subject, recorded together with others."""

    action: str
    subject: Subject
    detail: dict[str, Any]


PATHS = {
    "agency": "agencies",
    "agency_report": "plans/{plan_id}/agency-reports",
    "amendment": "amendments",
    "assignee": "assignees",
    "assignment": "assignments",
    "calendar_day": "calendar-days",
    "collective": "collectives",
    "consolidated_report": "reports",
    "document": "documents",
    "focal_point": "focal-points",
    "extension": "extensions",
    "operation": "operations",
    "handover": "handovers",
    "indicator": "indicators",
    "plan": "plans",
    "reminder": "reminders",
    "report_request": "report-requests",
    "rating": "ratings",
    "remark": "remarks",
    "submission": "submissions",
    "succession": "successions",
    "task": "tasks",
    "task_group": "task-groups",
    "webhook_endpoint": "webhook-endpoints",
}


def audit_row(
    principal: Principal | None,
    action: str,
    subject: Subject,
    *,
    at: datetime,
    detail: dict[str, Any],
    written_at: datetime | None = None,
) -> dict[str, Any]:
    """The audit entry that `audit` adds, as a row for `insert_rows`."""
    return {
        "id": new_id(),
        "created_at": written_at or utc_now(),
        "occurred_at": at,
        "client_id": principal.client_id if principal else None,
        "agency_id": principal.agency_id if principal else None,
        "action": action,
        "noun": subject.noun,
        "row_id": subject.id,
        "request_id": principal.request_id if principal else None,
        "detail": detail,
    }


def event_row(
    action: str,
    subject: Subject,
    *,
    at: datetime,
    detail: dict[str, Any],
    written_at: datetime | None = None,
) -> dict[str, Any]:
    """The event that `record` adds, as a row; the database gives its place in the feed."""
    return {
        "id": new_id(),
        "type": event_type(subject.noun, action),
        "subject": f"/v1/{PATHS[subject.noun].format(plan_id=subject.plan_id)}/{subject.id}",
        "noun": subject.noun,
        "row_id": subject.id,
        "occurred_at": at,
        "created_at": written_at or utc_now(),
        "plan_id": subject.plan_id,
        "agency_id": subject.agency_id,
        "data": detail,
    }


def audit(
    session: AsyncSession,
    principal: Principal | None,
    action: str,
    subject: Subject,
    *,
    at: datetime,
    **detail: Any,
) -> None:
    """Write the audit entry of *action*, without an event: other systems do not follow it.

    No principal: the service itself acted (the worker, a command). `detail` holds neither a
    secret nor the words of a submission.
    """
    session.add(AuditEntry(**audit_row(principal, action, subject, at=at, detail=detail)))


def record(
    session: AsyncSession,
    principal: Principal | None,
    action: str,
    subject: Subject,
    *,
    at: datetime,
    **detail: Any,
) -> None:
    """Write the audit entry and the event of *action*, both with the same `detail`.

    The event's noun and plan decide who may see it: app/queries/events.py.
    """
    audit(session, principal, action, subject, at=at, **detail)
    session.add(Event(**event_row(action, subject, at=at, detail=detail)))


async def record_all(
    session: AsyncSession, principal: Principal | None, notes: Sequence[Note], *, at: datetime
) -> None:
    """Write the audit entries and the events of many notes, by two statements."""
    now = utc_now()
    entries = [
        audit_row(principal, n.action, n.subject, at=at, detail=n.detail, written_at=now)
        for n in notes
    ]
    await insert_rows(session, AuditEntry, entries)
    await publish_all(session, notes, at=at)


async def publish_all(session: AsyncSession, notes: Sequence[Note], *, at: datetime) -> None:
    """Write the events of many notes; one audit entry, of the act they follow from, covers them."""
    now = utc_now()
    events = [event_row(n.action, n.subject, at=at, detail=n.detail, written_at=now) for n in notes]
    await insert_rows(session, Event, events)
