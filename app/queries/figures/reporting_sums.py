"""Keeping the sums of the figures of reporting: what changed is stated anew and put in their place.

How a submission counts depends on rows of many tables. So what is in the sums of it is kept as rows
of `reporting_span`, and the log says only of which submissions something changed. These are stated
anew as of every day on which something happened to them; the sums are changed by the difference. A
change that is logged twice, or in vain, alters nothing.
"""

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlmodel.ext.asyncio.session import AsyncSession

from app.models import NOBODY
from app.queries.figures.kept import Kept, deltas, folded, laid_out
from app.queries.figures.reporting_tree import NUMBERS, STEPS, kind, stated

OF_AGENCIES = Kept(
    "reporting_figure",
    ("agency_id", "period", "role", "plan_closed"),
    (
        ("agency_id", "period", "role", "plan_closed"),
        ("agency_id", "role", "plan_closed"),
        ("period", "role", "plan_closed"),
        ("role", "plan_closed"),
    ),
    NUMBERS,
)
OF_PLANS = Kept(
    "plan_reporting_figure",
    ("plan_id", "period", "role", "plan_closed"),
    (("plan_id", "period", "role", "plan_closed"), ("plan_id", "role", "plan_closed")),
    NUMBERS,
)
KEPT = (OF_AGENCIES, OF_PLANS)
OWNER = f"coalesce(owner_id, '{NOBODY}')"
"""SQL of the agency under which a row of `stated` is kept."""
HOLDS = (
    "plan_id",
    "agency_id",
    "period",
    "role",
    "plan_closed",
    "due_on",
    "state",
    "filed_on",
    "review",
    "review_since",
)
HELD = ", ".join(HOLDS)
HELD_NOW = ", ".join(f"h.{name}" for name in HOLDS)

# The submissions, and the reports that agencies were asked for, of which the rows `log` speak.
REPORTS_OF = """
  select report_id as id from {log} where report_id is not null
  union
  select u.id from {log} l join submission u on u.assignment_id = l.assignment_id
  union
  select u.id from {log} l
    join assignment a on a.merged_into_id = l.assignment_id
    join submission u on u.assignment_id = a.id
  union
  select m.submission_id from {log} l
    join submission_move m on m.from_assignment_id = l.assignment_id
  union
  select o.id from {log} l join agency_report o on o.plan_id = l.plan_id
   where o.report_request_id is not null"""
REPORTS_OF_PLANS = """
  select u.id from assignment a join submission u on u.assignment_id = a.id
   where a.plan_id = any(cast(:plans as uuid[]))
  union all
  select o.id from agency_report o
   where o.plan_id = any(cast(:plans as uuid[])) and o.report_request_id is not null"""
# Every day on which a report may begin to count otherwise. That its due day passes changes who is
# charged; the days that follow from it alone are no states of their own.
FILED_DAYS = """
  select t.id, unnest(array[coalesce(r.received_on, b.received_on), r.decided_on])
    from touched t join {noun}_attempt b on b.{noun}_id = t.id
    left join {noun}_review r on r.attempt_id = b.id"""
STATE_DAYS = "unnest(array[s.since, s.until])"
DAYS = f"""
  select t.id, unnest(array[u.expected_on, u.due_on, u.waived_on]) as day
    from touched t join submission u on u.id = t.id
  union {FILED_DAYS.format(noun="submission")}
  union
  select t.id, unnest(array[w.waived_on, w.ended_on])
    from touched t join submission_waiver w on w.submission_id = t.id
  union
  select t.id, m.moved_on from touched t join submission_move m on m.submission_id = t.id
  union
  select t.id, {STATE_DAYS} from touched t join submission u on u.id = t.id
    join assignment_state s on s.assignment_id = u.assignment_id
  union
  select t.id, {STATE_DAYS} from touched t join submission u on u.id = t.id
    join assignment a on a.id = u.assignment_id and a.merged_into_id is not null
    join assignment_state s on s.assignment_id = a.merged_into_id
  union
  select t.id, {STATE_DAYS} from touched t join submission_move m on m.submission_id = t.id
    join assignment_state s on s.assignment_id = m.from_assignment_id
  union
  select t.id, unnest(array[o.expected_on, o.due_on, o.waived_on])
    from touched t join agency_report o on o.id = t.id
  union {FILED_DAYS.format(noun="agency_report")}
  union
  select t.id, m.moved_on from touched t join agency_report_move m on m.agency_report_id = t.id
  union
  select t.id, closed.day from touched t join agency_report o on o.id = t.id
    cross join lateral (
      select distinct {STATE_DAYS} as day from assignment_state s
       where s.plan_id = o.plan_id and s.plan_closed
    ) closed"""
STATED = stated(
    day="d.day", joined=("join of_day d on d.id = u.id", "join of_day d on d.id = o.id")
)
TOUCHED = f"""touched as materialized ({{touched}}
), of_day as materialized (
  select id, day from ({DAYS}) found where day is not null
), {STATED}, held as (
  select distinct on (id, today) id, today, {OWNER} as agency_id,
    {", ".join(name for name in HOLDS if name != "agency_id")}
  from stated order by id, today
), turned as (
  select d.id, d.day, h.id is not null as is_held, {HELD_NOW},
    row({HELD_NOW}) is distinct from
      lag(row({HELD_NOW})) over days as is_turn
  from of_day d left join held h on h.id = d.id and h.today = d.day
  window days as (partition by d.id order by d.day)
), come as (
  select id as report_id, day as since, until, {HELD}
  from (
    select *, lead(day) over (partition by id order by day) as until from turned where is_turn
  ) span
  where is_held
)"""
"""SQL of `come`, the spans of the reports *touched* as the rows have them."""

# A report that is owed counts differently from its due day on and as the steps pass; one that was
# filed early does so on its due day.
BOUNDS = ", ".join(
    ["s.due_on", "s.due_on + 1", *(f"s.due_on + {days + 1}" for days in STEPS.values())]
)
PASSING = f"""unnest(
    case s.state when 'owed' then array[null, {BOUNDS}]
      when 'filed' then array[null, s.due_on] else array[null]::date[] end,
    case s.state when 'owed' then array[{BOUNDS}, null]
      when 'filed' then array[s.due_on, null] else array[null]::date[] end) as passing (first, last)
"""


def _judged(kept: Kept, source: str) -> str:
    """SQL of spans in which rows of *source* are of one kind."""
    return f"""
  select {kept.cell}, first, last, weight as weight_of_all, review, {kind("first")} as kind
  from (
    select {kept.of("s")}, s.state, s.due_on, s.filed_on, s.review, s.weight,
      greatest(s.since, passing.first) as first, least(s.until, passing.last) as last
    from {source} s cross join lateral {PASSING}
  ) span
  where first < last or last is null"""


# One statement sees the rows and the log as of one moment.
FOLD = f"""
with taken as materialized (
  delete from reporting_change
  where id in (select id from reporting_change order by id limit :rows)
  returning report_id, assignment_id, plan_id
), {TOUCHED.format(touched=REPORTS_OF.format(log="taken"))}, were as (
  select p.* from reporting_span p where p.report_id in (select id from touched)
), gone as (
  delete from reporting_span p using touched t
  where p.report_id = t.id
    and not exists (select from come c where c.report_id = p.report_id and c.since = p.since)
), stored as (
  insert into reporting_span (report_id, since, until, {HELD})
  select report_id, since, until, {HELD} from come
  on conflict (report_id, since) do update
    set until = excluded.until, {", ".join(f"{name} = excluded.{name}" for name in HOLDS)}
    where ({", ".join(f"reporting_span.{name}" for name in ("until", *HOLDS))})
      is distinct from ({", ".join(f"excluded.{name}" for name in ("until", *HOLDS))})
), source as materialized (
  select *, 1 as weight from (select since, until, {HELD} from come) c
  union all
  select *, -1 from (select since, until, {HELD} from were) w
), {", ".join(folded(kept, _judged(kept, "source")) for kept in KEPT)}
select count(*) from taken
"""
SPANS_OF_PLANS = f"""
with {TOUCHED.format(touched=REPORTS_OF_PLANS)}
insert into reporting_span (report_id, since, until, {HELD})
select report_id, since, until, {HELD} from come
"""


def _laid_out(kept: Kept) -> str:
    """The statement that writes a table of sums. Many spans are alike in all that is counted by:
    they are taken together first."""
    alike = f"{kept.cell}, since, until, due_on, state, filed_on, review"
    return f"""
with source as (
  select count(*)::integer as weight, {alike} from reporting_span group by {alike}
), {deltas(kept, _judged(kept, "source"))}
{laid_out(kept)}
"""


FORGET = [
    sa.text(f"delete from {table}")
    for table in ("reporting_change", "reporting_span", *(kept.table for kept in KEPT))
]


async def empty(session: AsyncSession) -> None:
    """Empty the sums and the log; changes that are logged from now on are folded later."""
    connection = await session.connection()
    for forget in FORGET:
        await connection.execute(forget)


async def state_plans(session: AsyncSession, plans: Sequence[UUID]) -> None:
    """State all that is reported under these plans, as of all days."""
    await (await session.connection()).execute(sa.text(SPANS_OF_PLANS), {"plans": list(plans)})


LAY_OUT = [sa.text(_laid_out(kept)) for kept in KEPT]


async def add_up(session: AsyncSession) -> None:
    """Write the sums of all that was stated."""
    connection = await session.connection()
    for lay_out in LAY_OUT:
        await connection.execute(lay_out)


async def fold(session: AsyncSession, *, rows: int) -> int:
    """Fold at most *rows* changes into the sums, and answer their number.

    The caller holds `lock_figures`.
    """
    done = await (await session.connection()).execute(sa.text(FOLD), {"rows": rows})
    return int(done.scalar_one())
