"""Reading assignments. Everyone with a token reads those of issued plans."""

import uuid
from dataclasses import dataclass
from datetime import date
from functools import cache
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
from app.queries.json_shapes import (
    AGENCY_LABEL,
    PLAN_LABEL,
    TASK_LABEL,
    as_json,
    json_text,
)
from app.queries.status_tree import HELD
from app.queries.timeliness import timeliness

NO_SUCH_ASSIGNMENT = NotFoundError(
    Text("Không có nhiệm vụ được giao này.", "There is no such assignment.")
)
OPEN = (
    AssignmentStatus.NOT_STARTED,
    AssignmentStatus.IN_PROGRESS,
    AssignmentStatus.AWAITING_CONFIRMATION,
)


async def owing(
    session: AsyncSession, plan_id: uuid.UUID
) -> dict[tuple[uuid.UUID, str], set[uuid.UUID]]:
    """The occurrences of a plan's tasks that were expanded already, and the agencies of each.

    What was called off stands in the way of nothing: that agency may owe it again.
    """
    rows = await session.exec(
        select(
            Assignment.task_id, Assignment.occurrence, Assignment.agency_id, Assignment.status
        ).where(col(Assignment.plan_id) == plan_id)
    )
    found: dict[tuple[uuid.UUID, str], set[uuid.UUID]] = {}
    for task_id, occurrence, agency_id, status in rows:
        agencies = found.setdefault((task_id, occurrence), set())
        if status != AssignmentStatus.REVOKED:
            agencies.add(agency_id)
    return found


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


ITEM = json_text(
    {
        "id": "to_json(page.id)",
        "plan": PLAN_LABEL,
        "task": TASK_LABEL,
        "agency": AGENCY_LABEL,
        "role": "to_json(page.role)",
        "occurrence": "to_json(page.occurrence)",
        "starts_on": "to_json(page.starts_on)",
        "deadline_on": as_json("page.deadline_on"),
        "original_deadline_on": as_json("page.original_deadline_on"),
        "status": "to_json(page.status)",
        "timeliness": as_json("page.timeliness"),
        "reported_on": as_json("page.reported_on"),
        "completed_on": as_json("page.completed_on"),
        "updated_at": "to_json(page.updated_at)",
        "as_of": "to_json(cast(:today as date))",
        "allowed_actions": "case when page.agency_id = :mine and page.status = any(:open)"
        """ and plan.status = 'issued' then '["report"]' else '[]' end""",
    }
)
# What holds today is the row itself; what held on a past day is kept beside it.
NOW = "assignment"
THEN = f"""(
    select s.assignment_id as id, s.plan_id, s.task_id, s.agency_id, s.role, s.occurrence,
      kept.starts_on, s.deadline_on, s.original_deadline_on, s.status, s.reported_on,
      s.completed_on, kept.updated_at
    from assignment_state s join assignment kept on kept.id = s.assignment_id
    where {HELD}
  )"""  # noqa: S608 - names of our own
# The inner query picks the rows of the page by index before anything is joined or named.
PAGE = """
select {item} as body, page.id
from (
  select a.*, {timeliness} as timeliness
  from {rows} a
  where {where}
  order by a.id
  limit :limit
) page
join plan on plan.id = page.plan_id
join task on task.id = page.task_id
join agency on agency.id = page.agency_id
order by page.id
"""


@dataclass(frozen=True, slots=True)
class Viewpoint:
    """For whom and as of the end of which day assignments are shown.

    On a day that `is_past` nothing may be done any more.
    """

    agency_id: uuid.UUID
    may_report: bool
    day: date
    is_past: bool
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
    narrowing = {
        "id": filters.assignment_id,
        "plan_id": plan_id,
        "agency_id": filters.agency_id,
        "task_id": filters.task_id,
        "role": filters.role,
        "status": filters.status,
        "occurrence": filters.occurrence,
        "timeliness": filters.timeliness,
        "after": after,
    }
    narrowed = {name: value for name, value in narrowing.items() if value is not None}
    parameters: dict[str, Any] = {
        **narrowed,
        "mine": view.agency_id,
        "open": [status.value for status in OPEN] if view.may_report and not view.is_past else [],
        "today": view.day,
        "due_soon_days": view.due_soon_days,
        "limit": limit + 1,
    }
    connection = await session.connection()
    rows = await connection.execute(_page_statement(tuple(narrowed), view.is_past), parameters)
    return [(row.body, row.id) for row in rows]


@cache
def _page_statement(narrowed: tuple[str, ...], is_past: bool) -> sa.TextClause:
    special = {"timeliness": f"({timeliness('a')}) = :timeliness", "after": "a.id > :after"}
    conditions = ["true", *(special.get(name, f"a.{name} = :{name}") for name in narrowed)]
    where = " and ".join(conditions)
    rows = THEN if is_past else NOW
    return sa.text(PAGE.format(item=ITEM, rows=rows, timeliness=timeliness("a"), where=where))


async def get_assignment_json(
    session: AsyncSession, view: Viewpoint, assignment_id: uuid.UUID
) -> str:
    """One assignment as JSON text; before it was made there was none."""
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
