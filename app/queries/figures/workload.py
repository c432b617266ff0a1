"""The workload of one agency as of a day: its counts, and a page of assignments, most urgent first.

A hot read: PostgreSQL shapes the JSON. docs/sql/figures/ has the statements written out.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal, NamedTuple

from app.models import AssignmentStatus
from app.queries.figures.plan import AsOf
from app.queries.figures.province import (
    IN_PLANS,
    IN_ROLE,
    IS_LAID_OUT,
    PARTS,
    PARTS_ASKED,
    Plans,
    Scope,
    Statements,
    ask,
    both,
    numbers,
)
from app.queries.figures.status_tree import COUNTS, HELD, JUDGED, SUMS, TREE
from app.queries.json_shapes import (
    AGENCY_LABEL,
    NAME_OF_DAY,
    PLAN_LABEL,
    TASK_LABEL,
    as_json,
    json_text,
    list_of,
)
from app.queries.registry.agencies import get_agency_id
from app.reading import Sql


@dataclass(frozen=True, slots=True)
class WorkloadFilter:
    """The day of a workload, and filters of its assignments, all of which must hold."""

    as_of: AsOf
    plans: Plans = "open"
    plan_id: uuid.UUID | None = None
    status: AssignmentStatus | None = None


class WorkloadPosition(NamedTuple):
    """The place of an assignment in the order; `due_on` is "infinity" without a deadline."""

    rank: int
    due_on: str
    plan_id: uuid.UUID
    assignment_id: uuid.UUID


@dataclass(frozen=True, slots=True)
class Workload:
    """JSON texts, and the assignment after which the next page begins; None on the last page."""

    agency: str
    has_ended: bool
    counts: str
    assignments: str
    last: WorkloadPosition | None


JUDGED_ON = (
    "case s.status when 'completed' then s.completed_on when 'awaiting_confirmation'"
    " then s.reported_on else cast(:today as date) end"
)
# Open ones first, then completed ones, then the rest; each by deadline, and then in the order in
# which plans and assignments were made. An index has this order for each role and for plans that
# are open or closed, so that a page reads the first of each.
PLACE = (
    "workload_rank(s.status), coalesce(s.deadline_on, 'infinity'::date), s.plan_id, s.assignment_id"
)
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
        "days_overdue": "case when owed.current in ('overdue', 'late', 'reported_late')"
        " then owed.judged_on - owed.deadline_on else 0 end",
        "next_submission": "coalesce(next_one.body, 'null')",
    }
)
# A draft is known to its agency alone: to others the submission is expected.
SUBMISSION = json_text(
    {
        "id": "to_json(u.id)",
        "period": "to_json(u.period)",
        "due_on": "to_json(u.due_on)",
        "status": "to_json(case when u.status = 'expected' and u.id in (select id from drafted)"
        " then 'draft' else u.status end)",
    }
)
# The members of the page, each with the submission that is due next.
ASSIGNMENTS = list_of(
    ASSIGNMENT,
    f"""owed join plan on plan.id = owed.plan_id join task on task.id = owed.task_id
     left join lateral (
       select {SUBMISSION} as body
         from submission u join assignment on assignment.id = u.assignment_id
        where u.assignment_id = owed.id and u.status not in ('accepted', 'waived')
          and owed.status <> 'suspended'
        order by u.due_on, u.period limit 1
     ) next_one on true""",
    order_by="owed.number",
)
# States that still hold come in that order from the index; states that held on the day and ended
# since are added: few where the day is not long past.
WORKLOAD = """
with drafted as materialized (
  select submission_id as id from drafts_of(array[cast(:mine as uuid)])
), who as (
  select agency.id from agency where {who}
), page as (
  select s.*, row_number() over (order by {place}) as number
  from (
    (select s.* from {parts} cross join lateral (
      select * from assignment_state s
      where s.agency_id = (select id from who) and s.role = role.role
        and s.plan_closed = of_plans.plan_closed and s.until is null and s.since <= :today
        and {narrowed} and {after}
      order by {place} limit :limit + 1) s
      where {parts_asked})
    union all
    (select s.* from assignment_state s
      where s.agency_id = (select id from who) and s.until > :today and s.since <= :today
        and {narrowed} and {after}
      order by {place} limit :limit + 1)
  ) s
  order by {place} limit :limit + 1
), last as (
  select workload_rank(s.status) as rank, coalesce(s.deadline_on, 'infinity')::text as due_on,
    s.plan_id, s.assignment_id
  from page s where number = :limit and exists (select from page where number > :limit)
), owed as (
  select s.assignment_id as id, s.plan_id, s.task_id, s.role, s.occurrence, s.deadline_on,
    s.original_deadline_on, s.number, {judged_on} as judged_on, s.status, {judged}
  from page s where s.number <= :limit
)
select {agency} as agency, agency.valid_until <= :today as has_ended, {is_laid_out},
  (select {tree} from ({counts}) counted) as counts,
  {assignments} as assignments,
  last.*
from agency {name_of_day} left join last on true where {who}
"""
AFTER = (
    f"({PLACE}) > (:after_rank, cast(cast(:after_due_on as text) as date),"
    " cast(:after_plan_id as uuid), cast(:after_assignment_id as uuid))"
)
# The whole workload is a cell of the sums; that of a plan or in a status is counted row by row.
ITS_CELL = """
select 0 as key, who.id as agency_id, '' as occurrence, cast(:today as date) as today from who"""
ITS_OWN = (
    f"s.agency_id = (select id from who) and {IN_ROLE.format(row='s')}"
    f" and {IN_PLANS.format(row='s')}"
)
ALL_COUNTED = {
    from_sums: numbers(ITS_CELL, from_sums=from_sums, key="0", part=ITS_OWN)
    + f" select {SUMS} from part"
    for from_sums in (True, False)
}
SOME_COUNTED = """
select {counts} from (
  select {judged} from assignment_state s
  where s.agency_id = (select id from who) and {held} and {narrowed} offset 0
) judged"""


@cache
def _statements(who: Literal["code", "id"], narrowed: tuple[str, ...], goes_on: bool) -> Statements:
    conditions = [IN_PLANS.format(row="s"), *(f"s.{name} = :{name}" for name in narrowed)]
    given = {
        "judged": JUDGED,
        "judged_on": JUDGED_ON,
        "held": HELD,
        "narrowed": " and ".join(conditions),
    }
    is_all = set(narrowed) <= {"role"}
    given |= {
        "who": f"agency.{who} = :agency", "tree": TREE, "place": PLACE, "agency": AGENCY_LABEL,
        "name_of_day": NAME_OF_DAY,
        "assignments": ASSIGNMENTS, "after": AFTER if goes_on else "true",
        "is_laid_out": IS_LAID_OUT if is_all else "true as is_laid_out",
        "parts": PARTS, "parts_asked": PARTS_ASKED,
    }  # fmt: skip
    some = SOME_COUNTED.format(counts=COUNTS, **given)
    return both(
        lambda from_sums: WORKLOAD.format(
            counts=ALL_COUNTED[from_sums] if is_all else some, **given
        )
    )


async def get_workload_json(
    sql: Sql,
    ref: str,
    asked: WorkloadFilter,
    *,
    mine: uuid.UUID,
    limit: int,
    after: WorkloadPosition | None,
) -> Workload:
    """A page of an agency's assignments and the counts of all; *mine* is the caller's agency.

    *ref* is a code, an id or another reference; raises `NotFoundError`.
    """
    narrowing = {"role": asked.as_of.role, "plan_id": asked.plan_id, "status": asked.status}
    narrowed = {name: value for name, value in narrowing.items() if value is not None}
    parameters: dict[str, Any] = {
        **asked.as_of.parameters(),
        **Scope(plans=asked.plans).parameters(),
        **narrowed,
        "mine": mine,
        "limit": limit,
    }
    if after is not None:
        parameters |= {f"after_{name}": value for name, value in after._asdict().items()}

    async def rows(who: Literal["code", "id"], value: str | uuid.UUID) -> Sequence[Any]:
        statements = _statements(who, tuple(narrowed), after is not None)
        return await ask(sql, statements, {**parameters, "agency": value})

    # Nearly all callers use the code: resolving every kind of reference costs a statement more.
    found = await rows("code", ref)
    row = (found or await rows("id", await get_agency_id(sql, ref)))[0]
    last = (
        WorkloadPosition(**{name: getattr(row, name) for name in WorkloadPosition._fields})
        if row.rank is not None
        else None
    )
    return Workload(row.agency, row.has_ended, row.counts, row.assignments, last)
