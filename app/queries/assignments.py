"""Reading assignments. Everyone with a token reads those of issued plans."""

import uuid
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.errors import NotFoundError, Text
from app.models import (
    AssigneeRole,
    Assignment,
    AssignmentStatus,
    Submission,
)
from app.queries.timeliness import timeliness

NO_SUCH_ASSIGNMENT = NotFoundError(
    Text("Không có nhiệm vụ được giao này.", "There is no such assignment.")
)
OPEN = (
    AssignmentStatus.NOT_STARTED,
    AssignmentStatus.IN_PROGRESS,
    AssignmentStatus.AWAITING_CONFIRMATION,
)


async def made_occurrences(session: AsyncSession, plan_id: uuid.UUID) -> set[tuple[uuid.UUID, str]]:
    """The occurrences of a plan's tasks that were expanded already."""
    rows = await session.exec(
        select(Assignment.task_id, Assignment.occurrence)
        .where(col(Assignment.plan_id) == plan_id)
        .distinct()
    )
    return set(rows)


async def open_assignments(session: AsyncSession, plan_id: uuid.UUID) -> list[Assignment]:
    """What is still owed in a plan."""
    rows = await session.exec(
        select(Assignment).where(
            col(Assignment.plan_id) == plan_id, col(Assignment.status).in_(OPEN)
        )
    )
    return list(rows)


async def expected_periods(session: AsyncSession, plan_id: uuid.UUID) -> set[tuple[uuid.UUID, str]]:
    """The reports that are rows already, by assignment and period."""
    rows = await session.exec(
        select(Submission.assignment_id, Submission.period)
        .join(Assignment, col(Assignment.id) == col(Submission.assignment_id))
        .where(col(Assignment.plan_id) == plan_id)
    )
    return set(rows)


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list of assignments is narrowed to; all given ones must hold."""

    agency_id: uuid.UUID | None = None
    task_id: uuid.UUID | None = None
    role: AssigneeRole | None = None
    status: AssignmentStatus | None = None
    occurrence: str | None = None
    timeliness: str | None = None
    assignment_id: uuid.UUID | None = None


# One statement that shapes the answer: building these rows through the ORM costs more than
# finding them (`make bench`). Inner `page` picks the rows by index before anything is joined.
ASSIGNMENTS = """
select json_build_object(
  'id', page.id,
  'plan', json_build_object('id', plan.id, 'number', plan.number, 'title', plan.title),
  'task', json_build_object('id', task.id, 'ordinal', task.ordinal, 'title', task.title),
  'agency', json_build_object('id', agency.id, 'code', agency.code, 'name', label.name),
  'role', page.role,
  'occurrence', page.occurrence,
  'starts_on', page.starts_on,
  'deadline_on', page.deadline_on,
  'original_deadline_on', page.original_deadline_on,
  'status', page.status,
  'timeliness', page.timeliness,
  'reported_on', page.reported_on,
  'completed_on', page.completed_on,
  'updated_at', page.updated_at,
  'allowed_actions', case when page.agency_id = :mine and page.status = any(:open)
                          then '["report"]'::json else '[]'::json end
)::text as body, page.id
from (
  select a.*, {timeliness} as timeliness
  from assignment a
  where {where}
  order by a.id
  limit :limit
) page
join plan on plan.id = page.plan_id
join task on task.id = page.task_id
join agency on agency.id = page.agency_id
left join lateral (
  select name from agency_name n where n.agency_id = page.agency_id
  order by daterange(n.valid_from, n.valid_until) @> cast(:today as date) desc,
           n.valid_from desc nulls last
  limit 1
) label on true
order by page.id
"""


@dataclass(frozen=True, slots=True)
class Viewpoint:
    """For whom and as of which day assignments are shown."""

    agency_id: uuid.UUID
    may_report: bool
    today: date
    due_soon_days: int


async def list_assignments_json(
    session: AsyncSession,
    view: Viewpoint,
    filters: Filters,
    *,
    plan_id: uuid.UUID | None = None,
    after: uuid.UUID | None,
    limit: int,
) -> list[tuple[str, uuid.UUID]]:
    """Assignments as JSON texts with their ids, in order of ids; one more than *limit*."""
    parameters: dict[str, Any] = {
        "mine": view.agency_id,
        "open": [status.value for status in OPEN] if view.may_report else [],
        "today": view.today,
        "due_soon_days": view.due_soon_days,
        "limit": limit + 1,
    }
    conditions = ["true"]
    for name, value in (("id", filters.assignment_id), ("plan_id", plan_id),
                        ("agency_id", filters.agency_id), ("task_id", filters.task_id),
                        ("role", filters.role), ("status", filters.status),
                        ("occurrence", filters.occurrence)):  # fmt: skip
        if value is not None:
            conditions.append(f"a.{name} = :{name}")
            parameters[name] = value
    if filters.timeliness is not None:
        conditions.append(f"({timeliness('a')}) = :timeliness")
        parameters["timeliness"] = filters.timeliness
    if after is not None:
        conditions.append("a.id > :after")
        parameters["after"] = after
    statement = ASSIGNMENTS.format(timeliness=timeliness("a"), where=" and ".join(conditions))
    rows = await (await session.connection()).execute(sa.text(statement), parameters)
    return [(row.body, row.id) for row in rows]


async def get_assignment_json(
    session: AsyncSession, view: Viewpoint, assignment_id: uuid.UUID
) -> str:
    """One assignment as JSON text."""
    rows = await list_assignments_json(
        session, view, Filters(assignment_id=assignment_id), after=None, limit=1
    )
    if not rows:
        raise NO_SUCH_ASSIGNMENT
    return rows[0][0]


async def get_assignment(session: AsyncSession, assignment_id: uuid.UUID) -> Assignment:
    """One assignment; only issued plans have any, and those are everyone's with a token."""
    row = await session.get(Assignment, assignment_id)
    if row is None:
        raise NO_SUCH_ASSIGNMENT
    return row
