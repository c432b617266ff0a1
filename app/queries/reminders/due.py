"""The reminders that the rules ask for on a day, of all agencies at once.

The preview of a day (`planned.py`, beside it) asks the same, of all agencies or of one; the
statements are written out in docs/sql/reminders/. A step is a number of calendar days from the day
due: -7 is a week before it. Of the steps that have fallen after the last day that was done, the
latest one makes a reminder, with the days that are left on this day: days without a worker are
caught up with, and no day is reminded of twice.

Ladders are few, and days too. The statement finds the steps that fall for each day from the first
day on which anything open is due, and then, by index, what is due on those days.
"""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.models import AssignmentStatus, ReminderDay, SubmissionStatus
from app.queries.reminders.missing import HOLDS
from app.queries.row_security import reach_all

A, S = AssignmentStatus, SubmissionStatus
REMINDED_ASSIGNMENTS = (A.NOT_STARTED, A.IN_PROGRESS)
"""The statuses in which the agency can act: one that awaits confirmation waits for its reviewer, a
suspended one for a decision."""
REMINDED_SUBMISSIONS = (S.EXPECTED, S.RETURNED)


def _among(values: Collection[str]) -> str:
    return ", ".join(f"'{value}'" for value in values)


AT_WORK = f"a.status in ({_among(REMINDED_ASSIGNMENTS)})"
OPEN_ASSIGNMENT = (
    f"{AT_WORK} and not a.awaits_handover and exists (select from"
    " agency g where g.id = a.agency_id and (g.valid_until is null or g.valid_until > :day))"
)
# Each status by its own index: those that are done long ago are many.
FIRST_SUBMISSION = ", ".join(
    f"(select min(due_on) from submission where status = '{status}')"
    for status in REMINDED_SUBMISSIONS
)
OPEN_SUBMISSION = f"s.status in ({_among(REMINDED_SUBMISSIONS)})"
# An agency is reminded of its report on a request; for a period of the regime, of its submissions.
OPEN_REPORT = (
    f"o.status in ({_among(REMINDED_SUBMISSIONS)}) and exists (select from report_request q"
    " where q.id = o.report_request_id and q.answered_by = 'agency') and exists (select from"
    " agency g where g.id = o.agency_id and (g.valid_until is null or g.valid_until > :day))"
)
# An address is one receiver, however many contacts have it; a contact without address is its own.
CONTACT = (
    "c.id, c.level, c.email is not null as has_address,"
    " coalesce(encode(sha256(convert_to(lower(c.email), 'UTF8')), 'hex'), c.id::text) as key"
)
ASKED_COUNTS = (
    "count(assignment_id) - count(submission_id) as assignments,"
    " count(submission_id) as submissions, count(agency_report_id) as agency_reports"
)
_ASKED_FOR = f"""
with rule as (
  select *, dense_rank() over (order by days, every_days) as rank
    from (
      select p.id as plan_id, p.owner_id, p.coordinator_id,
             coalesce(r.days, :days) as days,
             case when r.id is null then :every_days else r.every_days end as every_days,
             case when r.id is null then :head_from else r.head_from end as head_from,
             case when r.id is null then :office_from else r.office_from end as office_from
        from plan p left join reminder_rule r on r.plan_id = p.id
       where p.status = 'issued' and {{plans}}
    ) of_plan
), due as materialized (
  select first.day + n as due_on
    from (
      select least(
        (select min(a.deadline_on) from assignment a where {AT_WORK}),
        {FIRST_SUBMISSION},
        (select min(o.due_on) from agency_report o where {OPEN_REPORT})
      ) as day
    ) first
   cross join generate_series(0, cast(:horizon as date) - first.day) n
), step as (
  select ladder.rank, due.due_on, step.days
    from (select distinct on (rank) rank, days, every_days from rule) ladder
   cross join due
   cross join lateral (select max(d) as last from unnest(ladder.days) d) listed
   cross join lateral (select cast(:day as date) - due.due_on as days) late
   cross join lateral (
     select greatest(
       (select max(d) from unnest(ladder.days) d where d <= late.days),
       case when late.days / every_days * every_days > greatest(listed.last, 0)
            then late.days / every_days * every_days end
     ) as days
   ) step
   where due.due_on + step.days > :since
), fall as {{materialized}}(
  select rule.*, step.due_on, step.days as step from step join rule using (rank)
), {{own}}due_submission as materialized (
{{submissions}}
), fallen as (
{{assignments}}
  union all
  select f.plan_id, f.owner_id, f.head_from, f.office_from, f.due_on, f.step, r.agency_id,
         r.assignment_id, r.submission_id, null
    from fall f join due_submission r on r.plan_id = f.plan_id and r.due_on = f.due_on
   where {{seen_submission}}
  union all
  select f.plan_id, f.owner_id, f.head_from, f.office_from, f.due_on, f.step, o.agency_id,
         null, null, o.id
    from fall f join agency_report o on o.plan_id = f.plan_id and o.due_on = f.due_on
   where {{seen_report}} and {OPEN_REPORT}
), heard as (
  select f.*, f.agency_id as to_id, 'clients' as receiver, 'clients' as receiver_key,
         cast(null as uuid) as contact_id, false as has_address
    from fallen f
  union all
  select f.*, f.agency_id, c.level, c.key, c.id, c.has_address
    from fallen f
   cross join lateral (
     values ('focal', true), ('head', f.step >= f.head_from)
   ) as wanted (level, is_wanted)
   cross join lateral (
     select {CONTACT} from focal_point c
      where c.plan_id = f.plan_id and c.agency_id = f.agency_id and c.level = wanted.level
        and (c.assignment_id is null or c.assignment_id = f.assignment_id) and {HOLDS}
      order by c.assignment_id nulls last limit 1
   ) c
   where wanted.is_wanted
  union all
  select f.*, f.owner_id, 'office', 'office', null, false
    from fallen f where f.step >= f.office_from
  union all
  select f.*, f.owner_id, c.level, c.key, c.id, c.has_address
    from fallen f
   cross join lateral (
     select {CONTACT} from focal_point c
      where c.plan_id = f.plan_id and c.agency_id = f.owner_id and c.level = 'office' and {HOLDS}
      limit 1
   ) c
   where f.step >= f.office_from
), asked as (
  select h.to_id, h.receiver_key, h.plan_id, h.assignment_id, h.submission_id, h.agency_report_id,
         h.due_on, h.step, (array_agg(h.agency_id))[1] as owing_id,
         max(h.receiver) as receiver, bool_or(h.has_address) as has_address,
         (array_agg(h.contact_id order by h.receiver desc, h.contact_id))[1] as contact_id
    from heard h
   where not exists (
     select from reminder_item i join reminder r on r.id = i.reminder_id
      where i.assignment_id = h.assignment_id
        and i.submission_id is not distinct from h.submission_id
        and i.due_on = h.due_on and i.step = h.step and r.trigger = 'rule'
        and r.agency_id = h.to_id and r.receiver_key = h.receiver_key
   ) and not exists (
     select from reminder_item i join reminder r on r.id = i.reminder_id
      where i.agency_report_id = h.agency_report_id
        and i.due_on = h.due_on and i.step = h.step and r.trigger = 'rule'
        and r.agency_id = h.to_id and r.receiver_key = h.receiver_key
   )
   group by h.to_id, h.receiver_key, h.plan_id, h.assignment_id, h.submission_id,
         h.agency_report_id, h.due_on, h.step
)
"""
# The submissions of a day by index: PostgreSQL cannot tell how few of all the days are.
DUE_SUBMISSIONS = f"""
  select s.id as submission_id, s.due_on, a.id as assignment_id, a.plan_id, a.agency_id
    from (select distinct due_on from step) day
   cross join lateral (
     select * from submission s where s.due_on = day.due_on and {OPEN_SUBMISSION} offset 0
   ) s
    join assignment a on a.id = s.assignment_id
   where {OPEN_ASSIGNMENT}"""
"""SQL of the submissions that are due on the days of which a step falls."""
DUE_ASSIGNMENTS = """
  select f.plan_id, f.owner_id, f.head_from, f.office_from, f.due_on, f.step, a.agency_id,
         a.id as assignment_id, cast(null as uuid) as submission_id,
         cast(null as uuid) as agency_report_id
    from fall f join {assignments} a on a.plan_id = f.plan_id and a.deadline_on = f.due_on"""
"""SQL of the assignments that are due on those days, each with its steps."""


class DueParts(NamedTuple):
    """SQL of the parts in which the statement on all agencies differs from that on one."""

    plans: str
    """A condition on the plan `p`."""
    materialized: str
    """Nothing, or `not materialized `: the days of steps are found anew where they are named."""
    own: str
    """A table that the two next parts read, or nothing."""
    submissions: str
    """The submissions that are due on the days of which a step falls, as `DUE_SUBMISSIONS`."""
    assignments: str
    """The assignments that are due on those days, as `DUE_ASSIGNMENTS`."""
    seen_submission: str
    """A condition on such a submission `r` of a plan `f`."""
    seen_report: str
    """A condition on an agency's report `o` on a plan `f`."""


def asked_for(parts: DueParts) -> str:
    """SQL of all that is to be reminded of, by receiver, as the table `asked`."""
    return _ASKED_FOR.format(**parts._asdict())


OF_ALL = DueParts(
    plans="true",
    materialized="",
    own="",
    submissions=DUE_SUBMISSIONS,
    assignments=DUE_ASSIGNMENTS.format(assignments="assignment") + f" where {OPEN_ASSIGNMENT}",
    seen_submission="true",
    seen_report="true",
)
"""The parts for all agencies."""
MAKE = sa.text(f"""{asked_for(OF_ALL)}, made as (
  insert into reminder (id, created_at, updated_at, on_day, trigger, agency_id, receiver,
      receiver_key, focal_point_id, assignments, submissions, agency_reports, missing, tries,
      mail_state, next_try_at)
  select gen_random_uuid(), :at, :at, :day, 'rule', to_id, receiver, receiver_key, contact_id,
         assignments, submissions, agency_reports, 0, 0, state,
         case when state = 'queued' then cast(:at as timestamptz) end
    from (
      select to_id, receiver_key, max(receiver) as receiver,
             (array_agg(contact_id order by receiver desc, contact_id))[1] as contact_id,
             {ASKED_COUNTS},
             case when count(contact_id) = 0 then null when not bool_or(has_address)
                  then 'no_address' when :has_mail then 'queued' else 'not_configured' end as state
        from asked group by to_id, receiver_key
    ) receivers
  on conflict do nothing
  returning id, agency_id, receiver_key
), listed as (
  insert into reminder_item (reminder_id, number, kind, plan_id, agency_id, assignment_id,
      submission_id, agency_report_id, due_on, step)
  select made.id, row_number() over (partition by made.id
           order by asked.due_on, asked.plan_id, asked.assignment_id, asked.submission_id,
             asked.agency_report_id),
         case when asked.agency_report_id is not null then 'agency_report'
              when asked.submission_id is not null then 'submission' else 'assignment' end,
         asked.plan_id, case when asked.assignment_id is null then asked.owing_id end,
         asked.assignment_id, asked.submission_id, asked.agency_report_id, asked.due_on, asked.step
    from asked
    join made on made.agency_id = asked.to_id and made.receiver_key = asked.receiver_key
)
select id from made
""")


@dataclass(frozen=True, slots=True)
class Ladder:
    """The steps of a rule and their receivers, like the columns of `ReminderRule`."""

    days: tuple[int, ...]
    every_days: int | None
    head_from: int | None
    office_from: int | None


async def last_day_done(session: AsyncSession) -> date | None:
    """The last day for which all reminders by rule were made; None before the first."""
    return (await session.exec(select(sa.func.max(col(ReminderDay.on_day))))).one()


def parameters_of(ladder: Ladder, *, since: date, day: date, ahead: int) -> dict[str, Any]:
    """The parameters of a statement that asks what is to be reminded of, as `TYPES` has them."""
    return {
        "days": list(ladder.days),
        "every_days": ladder.every_days,
        "head_from": ladder.head_from,
        "office_from": ladder.office_from,
        "since": since,
        "day": day,
        "horizon": day + timedelta(days=ahead),
    }


TYPES: tuple[sa.BindParameter[Any], ...] = (
    sa.bindparam("days", type_=sa.ARRAY(sa.Integer)),
    *(sa.bindparam(name, type_=sa.Integer) for name in ("every_days", "head_from", "office_from")),
    *(sa.bindparam(name, type_=sa.Date) for name in ("since", "day", "horizon")),
)


async def make_reminders(
    session: AsyncSession,
    ladder: Ladder,
    *,
    since: date,
    day: date,
    ahead: int,
    has_mail: bool,
    at: datetime,
) -> list[uuid.UUID]:
    """Insert the reminders of all steps that have fallen after *since* by *day*; answers their ids.

    *ladder* is that of plans without a rule, *ahead* the most days before a day due at which any
    rule begins. Mails are queued from *at* on if the operator *has_mail*.
    """
    parameters = parameters_of(ladder, since=since, day=day, ahead=ahead)
    statement = MAKE.bindparams(
        *TYPES,
        sa.bindparam("has_mail", type_=sa.Boolean),
        sa.bindparam("at", type_=sa.DateTime(timezone=True)),
    )
    connection = await session.connection()
    async with reach_all(session):
        rows = await connection.execute(statement, {**parameters, "has_mail": has_mail, "at": at})
    return list(rows.scalars())


async def longest_lead(session: AsyncSession, usual: Ladder) -> int:
    """The number of days by which the earliest step of any plan comes before a day due, or 0."""
    statement = sa.text("select min(d) from reminder_rule r, unnest(r.days) d")
    earliest = (await (await session.connection()).execute(statement)).scalar_one()
    return -min(*usual.days, earliest if earliest is not None else 0, 0)
