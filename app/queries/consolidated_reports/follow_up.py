"""The coordinator's follow-up on a plan's agencies, and the agencies' own reports on a period.

All of it as of a day (`:today`), from the first day of a report on (`:first`).
"""

import uuid
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple

import sqlalchemy as sa

from app.clock import PROVINCE
from app.models import Grade
from app.queries.consolidated_reports.standings import ReportWindow
from app.queries.json_shapes import AGENCY_NAME, NAME_OF_DAY
from app.reading import Sql, fetch, read_json


class FollowedUp(NamedTuple):
    """The numbers of returned submissions, reminders and extensions of an agency, and its grade."""

    agency_id: uuid.UUID
    returned: int
    reminded: int
    extended: int
    grade: Grade | None


class Assessed(NamedTuple):
    """An agency's own report, as it was accepted last."""

    agency_id: uuid.UUID
    code: str
    name: str
    period: str
    content: Mapping[str, Any]


FOLLOWED_UP = sa.text("""
with returned as (
  select b.agency_id, count(*) as number
  from submission_review r
  join submission_attempt b on b.id = r.attempt_id
  join submission u on u.id = b.submission_id
  join assignment a on a.id = u.assignment_id
  where a.plan_id = :plan_id and r.decision = 'returned'
    and r.decided_on between :first and :today
  group by b.agency_id
), reminded as (
  select m.agency_id, count(*) as number
  from reminder m
  where m.on_day between :first and :today and m.receiver <> 'office' and exists (
    select from reminder_item i where i.reminder_id = m.id and i.plan_id = :plan_id)
  group by m.agency_id
), extended as (
  select e.agency_id, count(*) as number
  from extension e
  join deadline_change c on c.extension_id = e.id
  join assignment a on a.id = e.assignment_id
  where a.plan_id = :plan_id and c.moved_on between :first and :today
  group by e.agency_id
), graded as (
  select distinct on (t.agency_id) t.agency_id, v.grade
  from rating t join rating_version v on v.rating_id = t.id
  where t.plan_id = :plan_id and t.year = :year and v.given_on <= :today
  order by t.agency_id, v.number desc
)
select agency.id, coalesce(returned.number, 0), coalesce(reminded.number, 0),
  coalesce(extended.number, 0), graded.grade
from agency
left join returned on returned.agency_id = agency.id
left join reminded on reminded.agency_id = agency.id
left join extended on extended.agency_id = agency.id
left join graded on graded.agency_id = agency.id
where num_nonnulls(returned.number, reminded.number, extended.number, graded.grade) > 0
""")
ASSESSED = sa.text(f"""
select distinct on (agency.code collate "C", report.period) agency.id, agency.code, {AGENCY_NAME},
  report.period, filed.content
from agency_report report
join agency_report_attempt filed on filed.agency_report_id = report.id
join agency_report_review review on review.attempt_id = filed.id
join agency on agency.id = filed.agency_id {NAME_OF_DAY}
where report.plan_id = :plan_id and report.data_from <= :last and report.data_to >= :first
  and review.decision = 'accepted' and review.decided_on <= :frozen_on
  and coalesce(review.received_on, filed.received_on) <= :today
order by agency.code collate "C", report.period, filed.number desc
""")


async def followed_up(
    sql: Sql, plan_id: uuid.UUID, window: ReportWindow
) -> dict[uuid.UUID, FollowedUp]:
    """The follow-up on each agency, by its id; an agency without any is left out."""
    given = {"plan_id": plan_id, "year": window.last.year, **window.parameters()}
    rows = [FollowedUp(*row) for row in await fetch(sql, FOLLOWED_UP, given)]
    return {row.agency_id: row._replace(grade=row.grade and Grade(row.grade)) for row in rows}


async def assessments(sql: Sql, plan_id: uuid.UUID, window: ReportWindow) -> list[Assessed]:
    """The accepted reports of agencies on periods of which days are within the window, by code."""
    given = {"plan_id": plan_id, **window.parameters()}
    rows = [Assessed(*row) for row in await fetch(sql, ASSESSED, given)]
    return [row._replace(content=read_json(row.content)) for row in rows]


class MovedDeadline(NamedTuple):
    """A deadline that was put off, by which document and why."""

    assignment_id: uuid.UUID
    new_deadline_on: date | None
    reason: str | None
    basis: str | None


class Suspended(NamedTuple):
    """The last suspension of an assignment."""

    assignment_id: uuid.UUID
    reason: str | None
    basis: str | None


class AskedFor(NamedTuple):
    """The day that an agency asks for and why, while nobody has decided."""

    assignment_id: uuid.UUID
    wanted_deadline_on: date
    reason: str


MOVED = sa.text("""
select distinct on (c.assignment_id) c.assignment_id, c.new_deadline_on,
  coalesce(c.reason, e.reason), c.basis
from deadline_change c
join assignment a on a.id = c.assignment_id
left join extension e on e.id = c.extension_id
where a.plan_id = :plan_id and c.moved_on between :first and :today
  and c.new_deadline_on > c.old_deadline_on
order by c.assignment_id, c.number desc
""")
SUSPENDED = sa.text("""
select distinct on (c.assignment_id) c.assignment_id, c.reason, c.basis
from assignment_action c join assignment a on a.id = c.assignment_id
where a.plan_id = :plan_id and c.action = 'suspended' and c.done_on <= :today
order by c.assignment_id, c.number desc
""")
ASKED_FOR = sa.text("""
select distinct on (e.assignment_id) e.assignment_id, e.wanted_deadline_on, e.reason
from extension e join assignment a on a.id = e.assignment_id
where a.plan_id = :plan_id and e.asked_on <= :today and e.state = 'pending'
order by e.assignment_id, e.number desc
""")


async def moved_deadlines(
    sql: Sql, plan_id: uuid.UUID, window: ReportWindow
) -> dict[uuid.UUID, MovedDeadline]:
    """The last of the moves that gave each assignment more time since the first day."""
    given = {"plan_id": plan_id, "first": window.first, "today": window.as_of}
    rows = [MovedDeadline(*row) for row in await fetch(sql, MOVED, given)]
    return {row.assignment_id: row for row in rows}


async def suspensions(
    sql: Sql, plan_id: uuid.UUID, window: ReportWindow
) -> dict[uuid.UUID, Suspended]:
    """The last suspension of each assignment that ever was suspended."""
    given = {"plan_id": plan_id, "today": window.as_of}
    rows = [Suspended(*row) for row in await fetch(sql, SUSPENDED, given)]
    return {row.assignment_id: row for row in rows}


async def asked_for(
    sql: Sql, plan_id: uuid.UUID, window: ReportWindow
) -> dict[uuid.UUID, AskedFor]:
    """The requests for more time on which nobody has decided."""
    given = {"plan_id": plan_id, "today": window.as_of}
    rows = [AskedFor(*row) for row in await fetch(sql, ASKED_FOR, given)]
    return {row.assignment_id: row for row in rows}


class Unanswered(NamedTuple):
    """An agency that has not answered a report request which was due."""

    request_id: uuid.UUID
    number: str
    issued_on: date
    title: str
    due_on: date
    agency_id: uuid.UUID
    code: str
    name: str


class Remarked(NamedTuple):
    """A remark with its author, its subject and the agency concerned."""

    agency_id: uuid.UUID | None
    made_at: datetime
    author_id: uuid.UUID
    code: str
    name: str
    task_ordinal: str | None
    concerned: str | None
    text: str
    answer: str | None


UNANSWERED = sa.text(f"""
with missing as (
  select q.id as request_id, r.agency_id
  from report_request q join agency_report r on r.report_request_id = q.id
  where r.status in ('expected', 'returned')
  union
  select q.id, a.agency_id
  from report_request q
  join submission u on u.report_request_id = q.id
  join assignment a on a.id = u.assignment_id
  where u.status in ('expected', 'returned')
)
select q.id, q.number, q.issued_on, q.title, q.due_on, agency.id, agency.code, {AGENCY_NAME}
from missing
join report_request q on q.id = missing.request_id
join agency on agency.id = missing.agency_id {NAME_OF_DAY}
where q.plan_id = :plan_id and q.withdrawn_at is null and q.due_on between :first and :today
order by q.due_on, q.id, agency.code collate "C"
""")
REMARKED = sa.text(f"""
select coalesce(m.agency_id, a.agency_id), m.made_at, agency.id, agency.code,
  {AGENCY_NAME}, task.ordinal,
  (select n.name from agency_name n where n.agency_id = m.agency_id
    order by n.valid_from desc nulls last limit 1),
  m.text, m.answer
from remark m
join agency on agency.id = m.author_id {NAME_OF_DAY}
left join submission u on u.id = m.submission_id
left join assignment a on a.id = coalesce(m.assignment_id, u.assignment_id)
left join task on task.id = coalesce(m.task_id, a.task_id)
where m.plan_id = :plan_id and m.withdrawn_at is null
  and m.made_at >= :since and m.made_at < :until
order by m.id
""")


async def unanswered(sql: Sql, plan_id: uuid.UUID, window: ReportWindow) -> list[Unanswered]:
    """The agencies that have not answered a request due since the first day, by request."""
    given = {"plan_id": plan_id, "first": window.first, "today": window.as_of}
    return [Unanswered(*row) for row in await fetch(sql, UNANSWERED, given)]


async def remarked(sql: Sql, plan_id: uuid.UUID, window: ReportWindow) -> list[Remarked]:
    """The remarks that were made since the first day and stand."""
    since, until = (
        datetime.combine(day, time.min, PROVINCE)
        for day in (window.first, window.as_of + timedelta(1))
    )
    given = {"plan_id": plan_id, "since": since, "until": until, "today": window.as_of}
    return [Remarked(*row) for row in await fetch(sql, REMARKED, given)]
