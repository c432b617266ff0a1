"""The audit entry and the event of a change, committed with it or not at all."""

from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.principal import Principal
from app.domain.events import event_type
from app.models import AuditEntry, Event
from app.models.base import new_id


class Subject(NamedTuple):
    """The row that a change is about, and whose matter it is."""

    noun: str
    id: UUID
    plan_id: UUID | None = None
    agency_id: UUID | None = None


PATHS = {
    "agency": "agencies",
    "assignee": "assignees",
    "assignment": "assignments",
    "collective": "collectives",
    "document": "documents",
    "plan": "plans",
    "submission": "submissions",
    "task": "tasks",
    "task_group": "task-groups",
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
    """Write down who did *action*, for inspectors alone: what other systems are not to follow.

    No principal: the service itself did it (the worker, a command). `detail` holds neither a
    secret nor the words of a report.
    """
    session.add(
        AuditEntry(
            occurred_at=at,
            client_id=principal.client_id if principal else None,
            agency_id=principal.agency_id if principal else None,
            action=action,
            noun=subject.noun,
            row_id=subject.id,
            request_id=principal.request_id if principal else None,
            detail=detail,
        )
    )


def record(
    session: AsyncSession,
    principal: Principal | None,
    action: str,
    subject: Subject,
    *,
    at: datetime,
    **detail: Any,
) -> None:
    """Audit *action* and tell of it: the event that other systems follow, by the same words.

    Who may see the event is decided by its noun and its plan: app/queries/events.py.
    """
    audit(session, principal, action, subject, at=at, **detail)
    session.add(
        Event(
            id=new_id(),
            type=event_type(subject.noun, action),
            subject=f"/v1/{PATHS[subject.noun]}/{subject.id}",
            noun=subject.noun,
            row_id=subject.id,
            occurred_at=at,
            plan_id=subject.plan_id,
            agency_id=subject.agency_id,
            data=detail,
        )
    )
