"""The contents of a board beside the figures: the running period, and the public plans."""

import uuid
from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

import sqlalchemy as sa

from app.models import AssigneeRole
from app.queries.figures.plan import AsOf
from app.queries.figures.reporting_tree import NUMBERS, kind, stated
from app.queries.figures.status_tree import COUNTS, TREE, held, judged
from app.reading import Sql, fetch

# The period whose reports are to be sent next; after the last one, that.
RUNNING = sa.text("""
select u.period, max(u.due_on) as due_on
from submission u join assignment a on a.id = u.assignment_id
where a.plan_id = :plan_id and (cast(:role as text) is null or a.role = :role)
  and u.expected_on <= :today and u.status <> 'waived' and u.report_request_id is null
  and u.due_on = coalesce(
    (select min(v.due_on) from submission v join assignment b on b.id = v.assignment_id
      where b.plan_id = :plan_id and v.due_on >= :today and v.expected_on <= :today
        and (cast(:role as text) is null or b.role = :role)
        and v.status <> 'waived' and v.report_request_id is null),
    (select max(v.due_on) from submission v join assignment b on b.id = v.assignment_id
      where b.plan_id = :plan_id and v.expected_on <= :today
        and (cast(:role as text) is null or b.role = :role)
        and v.status <> 'waived' and v.report_request_id is null))
group by u.period order by count(*) desc, u.period limit 1
""")
PUBLIC_PLANS = sa.text(f"""
select plan.id, plan.number, plan.title, plan.short_title, plan.issued_on, {TREE} as statistics
from plan cross join lateral (
  select {COUNTS} from (
    select {judged()} from assignment_state s
    where s.plan_id = plan.id and {held()} and s.role = :role offset 0
  ) judged
) counted
where (plan.board_is_public or :every) and plan.status <> 'draft'
order by plan.issued_on desc, plan.id limit :limit
""")


ROLE = "cast(:role as text) is null"
OF_PLAN = stated(
    of_submissions=f"s.plan_id = :plan_id and ({ROLE} or s.role = :role)",
    of_requests=f"o.plan_id = :plan_id and ({ROLE} or cast(:role as text) = 'lead')",
)
REPORTED = sa.text(f"""
with {OF_PLAN}, judged as (
  select owner_id, period, {kind("today")} as kind, review, review_since from stated
)
select owner_id as agency_id, period,
  count(*) filter (where kind in ('filed_early', 'on_time', 'late')) as filed,
  count(*) filter (where kind not in ('waived', 'set_aside')) as asked,
  count(*) filter (where {NUMBERS["waiting"]}) as waiting,
  min(review_since) filter (where {NUMBERS["waiting"]}) as waiting_since,
  count(*) filter (where {NUMBERS["returned"]}) as returned,
  min(review_since) filter (where {NUMBERS["returned"]}) as returned_since
from judged group by owner_id, period
""")


class RunningPeriod(NamedTuple):
    """A period of a plan's regular reports, and the day on which they are due."""

    period: str
    due_on: date


class FiledByAgency(NamedTuple):
    """The numbers of an agency's submissions for a period: filed, asked for (due or not), waiting
    for a decision, and returned, with the days since which the oldest waits or was returned. The
    agency is None for submissions that nobody owes during a handover."""

    agency_id: uuid.UUID | None
    period: str
    filed: int
    asked: int
    waiting: int
    waiting_since: date | None
    returned: int
    returned_since: date | None


class PublicPlan(NamedTuple):
    """A plan whose board is everybody's, with the JSON text of its figures."""

    id: uuid.UUID
    number: str | None
    title: str
    short_title: str | None
    issued_on: date | None
    statistics: str


async def running_period(
    sql: Sql, plan_id: uuid.UUID, *, day: date, role: AssigneeRole | None
) -> RunningPeriod | None:
    """The period of which reports are due next, or were due last; None where none ever are."""
    given = {"plan_id": plan_id, "today": day, "role": None if role is None else role.value}
    rows = await fetch(sql, RUNNING, given)
    return RunningPeriod(*rows[0]) if rows else None


async def reported(
    sql: Sql, plan_id: uuid.UUID, *, day: date, role: AssigneeRole | None
) -> list[FiledByAgency]:
    """The submissions of a plan by the end of *day*, by agency and period, counted as in the
    figures of reporting."""
    given = {"plan_id": plan_id, "today": day, "role": None if role is None else role.value}
    return [FiledByAgency(*row) for row in await fetch(sql, REPORTED, given)]


async def public_plans(sql: Sql, as_of: AsOf, *, every: bool, limit: int) -> Sequence[PublicPlan]:
    """The plans that everybody may see, or *every* issued one, the latest first, with the figures
    of their lead assignments."""
    given = as_of.parameters() | {"limit": limit, "every": every}
    rows = await fetch(sql, PUBLIC_PLANS, given)
    return [PublicPlan(*row) for row in rows]
