"""What one agency owes as of a day: all of it counted, and a page of it with the most urgent first.

A hot read: PostgreSQL shapes the JSON.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy import RowMapping
from sqlmodel.ext.asyncio.session import AsyncSession

from app.models import AssignmentStatus
from app.queries.agencies import get_agency
from app.queries.agency_views import Notice, describe
from app.queries.json_shapes import AGENCY_LABEL, PLAN_LABEL, TASK_LABEL, as_json, json_text
from app.queries.statistics import AsOf
from app.queries.status_tree import COUNTS, HELD, JUDGED, TREE


@dataclass(frozen=True, slots=True)
class Asked:
    """As of when, and what the assignments are narrowed to; all given ones must hold."""

    as_of: AsOf
    plan_id: uuid.UUID | None = None
    status: AssignmentStatus | None = None


class Key(NamedTuple):
    """Where an assignment stands in the order; `due_on` is "infinity" without a deadline."""

    rank: int
    due_on: str
    issued_on: date
    plan_id: uuid.UUID
    position: int
    assignment_id: uuid.UUID


@dataclass(frozen=True, slots=True)
class Workload:
    """JSON texts, and after which assignment the next page begins."""

    agency: str
    notice: Notice | None
    counts: str
    assignments: str
    last: Key | None


# Open ones first, then completed ones, then the rest; each by deadline, plan and task.
PLACE = "place.rank, place.due_on, place.issued_on, place.plan_id, place.position, place.id"
ASSIGNMENT = json_text(
    {
        "id": "to_json(owed.id)",
        "plan": PLAN_LABEL,
        "task": TASK_LABEL,
        "role": "to_json(owed.role)",
        "occurrence": "to_json(owed.occurrence)",
        "deadline_on": as_json("owed.deadline_on"),
        "original_deadline_on": as_json("owed.original_deadline_on"),
        "status": "to_json(owed.status)",
        "timeliness": as_json("owed.current"),
        "original_timeliness": as_json("owed.original"),
        "days_overdue": "case when owed.current in ('overdue', 'late') then owed.current_days"
        " else 0 end",
        "next_submission": "coalesce(next_one.body, 'null')",
    }
)
# While a report is being written nobody but its agency may know: to others it is expected.
SUBMISSION = json_text(
    {
        "id": "to_json(u.id)",
        "period": "to_json(u.period)",
        "due_on": "to_json(u.due_on)",
        "status": "to_json(case when u.status = 'draft' and assignment.agency_id <> :mine"
        " then 'expected' else u.status end)",
    }
)
WORKLOAD = """
with owed as materialized (
  select s.assignment_id as id, s.plan_id, s.task_id, s.role, s.occurrence, s.deadline_on,
    s.original_deadline_on, {judged}
  from assignment_state s
  where s.agency_id = (select agency.id from agency where {who}) and {held} and {narrowed}
), place as (
  select owed.id, owed.plan_id, plan.issued_on, task.position,
    case when owed.status in ('not_started', 'in_progress', 'awaiting_confirmation') then 0
         when owed.status = 'completed' then 1 else 2 end as rank,
    coalesce(owed.deadline_on, 'infinity') as due_on
  from owed join plan on plan.id = owed.plan_id join task on task.id = owed.task_id
), page as (
  select *, row_number() over (order by {place}) as number
  from (select * from place where {after} order by {place} limit :limit + 1) place
), last as (
  select rank, due_on::text as due_on, issued_on, plan_id, position, id as assignment_id
  from page where number = :limit and exists (select from page where number > :limit)
)
select {agency} as agency, agency.valid_until <= :today as has_ended,
  (select {tree} from (select {counts} from owed) counted) as counts,
  (select concat('[', string_agg({assignment}, ',' order by page.number), ']')
     from page join owed on owed.id = page.id
     join plan on plan.id = owed.plan_id join task on task.id = owed.task_id
     left join lateral (
       select {submission} as body
         from submission u join assignment on assignment.id = u.assignment_id
        where u.assignment_id = page.id and u.status not in ('accepted', 'waived')
          and owed.status <> 'suspended'
        order by u.due_on, u.period limit 1
     ) next_one on true
    where page.number <= :limit) as assignments,
  last.*
from agency left join last on true where {who}
"""
AFTER = (
    f"({PLACE}) > (:after_rank, cast(cast(:after_due_on as text) as date), :after_issued_on,"
    " :after_plan_id, :after_position, :after_assignment_id)"
)


@cache
def _statement(who: str, narrowed: tuple[str, ...], goes_on: bool) -> sa.TextClause:
    conditions = ["true", *(f"s.{name} = :{name}" for name in narrowed)]
    return sa.text(
        WORKLOAD.format(
            who=f"agency.{who} = :agency", judged=JUDGED, held=HELD, counts=COUNTS, tree=TREE,
            place=PLACE, agency=AGENCY_LABEL, assignment=ASSIGNMENT, submission=SUBMISSION,
            narrowed=" and ".join(conditions), after=AFTER if goes_on else "true",
        )
    )  # fmt: skip


async def get_workload_json(
    session: AsyncSession,
    ref: str,
    asked: Asked,
    *,
    mine: uuid.UUID,
    limit: int,
    after: Key | None,
) -> Workload:
    """A page of what an agency owed and the counts of all of it; *mine* is the caller's agency."""
    narrowing = {"role": asked.as_of.role, "plan_id": asked.plan_id, "status": asked.status}
    narrowed = {name: value for name, value in narrowing.items() if value is not None}
    parameters: dict[str, Any] = {
        **asked.as_of.parameters(),
        **narrowed,
        "mine": mine,
        "limit": limit,
    }
    if after is not None:
        parameters |= {f"after_{name}": value for name, value in after._asdict().items()}

    async def rows(who: str, value: str | uuid.UUID) -> Sequence[RowMapping]:
        statement = _statement(who, tuple(narrowed), after is not None)
        connection = await session.connection()
        result = await connection.execute(statement, {**parameters, "agency": value})
        return result.mappings().all()

    # Nearly all callers use the code: resolving every kind of reference costs a statement more.
    found = await rows("code", ref)
    row = (found or await rows("id", (await get_agency(session, ref)).id))[0]
    last = Key(**{name: row[name] for name in Key._fields}) if row["rank"] is not None else None
    notice = None
    if row["has_ended"]:
        # A code of old is asked for now and then: this costs nothing where the agency still is.
        [view] = await describe(session, [await get_agency(session, ref)], day=asked.as_of.day)
        notice = view.notice
    return Workload(row["agency"], notice, row["counts"], row["assignments"], last)
