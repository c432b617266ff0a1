"""Reading agency reports: those that were written, and those that an agency's submissions call for.

An agency that owes submissions in a period owes a report of its own as well. Until somebody writes
it there is no row; lists and answers show it as expected.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.principal import Principal
from app.errors import NotFoundError, Text
from app.models import (
    AgencyReport,
    AgencyReportAttempt,
    AgencyReportReview,
    Plan,
    SubmissionStatus,
)
from app.queries.agency_reports.parts import OWNER
from app.queries.lists import (
    FoundPage,
    Listing,
    PageRequest,
    SortPart,
    StatementForm,
    cut_page,
    list_clauses,
    read_page,
)
from app.queries.plans.plans import sees_plan
from app.queries.rows import one_of
from app.reading import Sql, fetch, read_json

NO_SUCH_REPORT = Text(
    "Không có báo cáo này, hoặc cơ quan không phải báo cáo trong kỳ này.",
    "There is no such report, or the agency reports nothing for this period.",
)
AGENCY_REPORTS = Listing(
    conditions={
        "plan": "report.plan_id = :plan",
        "id": "report.id = :id",
        "agency": "report.agency_id = :agency",
        "period": "report.period = :period",
        "report_request": "report.report_request_id = :report_request",
        "status": "report.status = any(:status)",
        "is_late": "(report.received_on > report.due_on) = :is_late",
        "due_from": "report.due_on >= :due_from",
        "due_before": "report.due_on < :due_before",
        "updated_since": "report.updated_at >= :updated_since",
    },
    orders={
        "due_on": (
            DUE := SortPart("report.due_on", "date"),
            PERIOD := SortPart("report.period", "text"),
            AGENCY := SortPart("report.agency_id", "uuid"),
        ),
        # Those that were never filed come last.
        "received_on": (
            SortPart("coalesce(report.received_on, 'infinity')", "date"),
            DUE,
            PERIOD,
            AGENCY,
        ),
    },
)
# Nobody but its agency learns of a draft: what is only drafted is expected, and a row that was made
# for a draft is not there.
READ = f"""
with owed as (
  select {OWNER} as agency_id, submission.period, min(submission.data_from) as data_from,
    max(submission.data_to) as data_to, max(submission.due_on) as due_on,
    (array_agg(submission.report_request_id))[1] as report_request_id,
    count(*) as expected,
    count(*) filter (where submission.status = 'submitted') as submitted,
    count(*) filter (where submission.status = 'accepted') as accepted,
    count(*) filter (where submission.status = 'returned') as returned,
    count(*) filter (where submission.status = 'expected') as not_filed
  from submission join assignment on assignment.id = submission.assignment_id
  left join submission_attempt attempt
    on attempt.submission_id = submission.id and attempt.number = submission.attempts
  where assignment.plan_id = :plan and submission.status <> 'waived'
  group by {OWNER}, submission.period
), written as (
  select r.*, d.content as draft, greatest(r.updated_at, d.updated_at) as changed_at,
    concat_ws('.', r.xmin, d.state) as state
  from agency_report r
  left join report_drafts_of(array[cast(:mine as uuid)]) d on d.agency_report_id = r.id
  where r.plan_id = :plan and (r.agency_id = :mine or r.attempts > 0 or r.status <> 'expected'
    or exists (select from report_request q
      where q.id = r.report_request_id and q.answered_by = 'agency'))
), report as (
  select written.id, cast(:plan as uuid) as plan_id,
    coalesce(written.agency_id, owed.agency_id) as agency_id,
    coalesce(written.period, owed.period) as period,
    coalesce(written.data_from, owed.data_from) as data_from,
    coalesce(written.data_to, owed.data_to) as data_to,
    coalesce(written.due_on, owed.due_on) as due_on,
    coalesce(written.report_request_id, owed.report_request_id) as report_request_id,
    case when written.status = 'expected' and written.draft is not null then 'draft'
      else coalesce(written.status, 'expected') end as status,
    written.draft,
    coalesce(written.attempts, 0) as attempts, written.received_on, written.accepted_attempt,
    written.waived_reason, written.changed_at as updated_at, written.state as xmin,
    coalesce(owed.expected, 0) as expected, coalesce(owed.submitted, 0) as submitted,
    coalesce(owed.accepted, 0) as accepted, coalesce(owed.returned, 0) as returned,
    coalesce(owed.not_filed, 0) as not_filed
  from owed full join written
    on written.agency_id = owed.agency_id and written.period = owed.period
)
select report.id, report.plan_id, report.agency_id, report.period, report.data_from, report.data_to,
  report.due_on, report.report_request_id, report.status, report.draft, report.attempts,
  report.received_on, report.accepted_attempt, report.waived_reason, report.updated_at, report.xmin,
  report.expected, report.submitted, report.accepted, report.returned, report.not_filed,
  attempt.content, attempt.submitted_at, attempt.agency_id, attempt.client_id,
  attempt.entered_by_id, {{key}}
from report left join agency_report_attempt attempt
  on attempt.agency_report_id = report.id and attempt.number = report.attempts
where {{visible}} and {{where}}
order by {{order_by}} limit :rows
"""
VISIBLE = """(report.agency_id = :mine or exists (
  select from plan where plan.id = :plan and plan.coordinator_id = :mine))"""


@dataclass(slots=True)
class ShownAgencyReport:
    """An agency's report on a plan for a period, as an answer shows it; `id` is None until there is
    a row.

    The counts are of its submissions, waived ones aside. The last five are of the latest attempt.
    """

    id: uuid.UUID | None
    plan_id: uuid.UUID
    agency_id: uuid.UUID
    period: str
    data_from: date
    data_to: date
    due_on: date
    report_request_id: uuid.UUID | None
    status: SubmissionStatus
    draft: dict[str, Any] | None
    attempts: int
    received_on: date | None
    accepted_attempt: int | None
    waived_reason: str | None
    updated_at: datetime | None
    xmin: str
    expected: int
    submitted: int
    accepted: int
    returned: int
    not_filed: int
    content: dict[str, Any] | None
    submitted_at: datetime | None
    filed_for_id: uuid.UUID | None
    client_id: uuid.UUID | None
    entered_by_id: uuid.UUID | None


class AgencyReportCase(NamedTuple):
    """A report, locked to be changed, its latest attempt if there is one, and its plan."""

    report: AgencyReport
    attempt: AgencyReportAttempt | None
    plan: Plan


class PeriodDays(NamedTuple):
    """The days of a period in which an agency reports on a plan, both inclusive, and the request
    that asks for it."""

    data_from: date
    data_to: date
    due_on: date
    report_request_id: uuid.UUID | None


async def list_agency_reports(
    sql: Sql, principal: Principal, asked: PageRequest
) -> FoundPage[ShownAgencyReport]:
    """A page of a plan's agency reports that the principal may read; the plan is one of the
    filters."""
    parameters = {**asked.parameters(), "mine": principal.agency_id}
    statement = _page(asked.form, principal.reads_all_submissions)
    rows = await fetch(sql, statement, parameters, by_value=True)
    page = cut_page(rows, asked)
    return FoundPage([_report(row) for row in page.rows], page.last)


async def get_agency_report(sql: Sql, principal: Principal, **key: Any) -> ShownAgencyReport:
    """One report that the principal may read, by its plan and `id`, or `agency` and `period`.

    Raises `NotFoundError`.
    """
    found = await list_agency_reports(
        sql, principal, PageRequest(key, AGENCY_REPORTS.default, None, 1)
    )
    if not found.rows:
        raise NotFoundError(NO_SUCH_REPORT)
    report: ShownAgencyReport = found.rows[0]
    return report


@lru_cache(maxsize=200)
def _page(form: StatementForm, reads_all: bool) -> sa.TextClause:
    clauses = list_clauses(AGENCY_REPORTS, form)
    visible = "true" if reads_all else VISIBLE
    return sa.text(
        READ.format(
            visible=visible, where=clauses.where, order_by=clauses.order_by, key=clauses.key
        )
    )


def _report(row: Sequence[Any]) -> ShownAgencyReport:
    report = ShownAgencyReport(*tuple(row)[:-1])
    report.status = SubmissionStatus(report.status)
    report.draft, report.content = read_json(report.draft), read_json(report.content)
    return report


def sees_agency_reports(principal: Principal) -> sa.ColumnElement[bool]:
    """The condition on `AgencyReport` that the principal may read it: its own, that of a plan which
    its agency coordinates, or all by role."""
    if principal.reads_all_submissions:
        return sa.true()
    coordinated = (
        select(Plan.id)
        .where(
            col(Plan.id) == col(AgencyReport.plan_id),
            col(Plan.coordinator_id) == principal.agency_id,
        )
        .correlate(AgencyReport)
    )
    return sa.or_(col(AgencyReport.agency_id) == principal.agency_id, coordinated.exists())


async def lock_agency_report(
    session: AsyncSession, plan_id: uuid.UUID, agency_id: uuid.UUID, period: str
) -> AgencyReport | None:
    """The row of a report, locked until the transaction ends; None while there is none."""
    statement = select(AgencyReport).where(
        col(AgencyReport.plan_id) == plan_id,
        col(AgencyReport.agency_id) == agency_id,
        col(AgencyReport.period) == period,
    )
    held = statement.with_for_update(key_share=True).execution_options(populate_existing=True)
    return (await session.exec(held)).one_or_none()


async def get_case(
    session: AsyncSession,
    principal: Principal,
    plan_id: uuid.UUID,
    report_id: uuid.UUID,
    *,
    lock: bool = False,
) -> AgencyReportCase:
    """One report that the principal may read, with its latest attempt; *lock*: until the
    transaction ends.

    Raises `NotFoundError`.
    """
    statement = (
        select(AgencyReport, Plan)
        .join(Plan, col(Plan.id) == col(AgencyReport.plan_id))
        .where(
            col(AgencyReport.id) == report_id,
            col(Plan.id) == plan_id,
            sees_plan(principal),
            sees_agency_reports(principal),
        )
    )
    if lock:
        held = statement.with_for_update(of=AgencyReport, key_share=True)
        statement = held.execution_options(populate_existing=True)
    report, plan = await one_of(session, statement, NO_SUCH_REPORT)
    return AgencyReportCase(report, await latest_attempt(session, report), plan)


async def latest_attempt(session: AsyncSession, report: AgencyReport) -> AgencyReportAttempt | None:
    """The latest attempt, of a report that was ever filed."""
    return await find_attempt(session, report, report.attempts)


async def find_attempt(
    session: AsyncSession, report: AgencyReport, number: int
) -> AgencyReportAttempt | None:
    """The attempt with this number, or None."""
    rows = await session.exec(
        select(AgencyReportAttempt).where(
            col(AgencyReportAttempt.agency_report_id) == report.id,
            col(AgencyReportAttempt.number) == number,
        )
    )
    return rows.one_or_none()


PERIOD_DAYS = sa.text(f"""
select min(submission.data_from), max(submission.data_to), max(submission.due_on),
  (array_agg(submission.report_request_id))[1]
from submission join assignment on assignment.id = submission.assignment_id
left join submission_attempt attempt
  on attempt.submission_id = submission.id and attempt.number = submission.attempts
where assignment.plan_id = :plan and {OWNER} = :agency and submission.period = :period
having count(*) > 0
""")


async def find_period(
    sql: Sql, plan_id: uuid.UUID, agency_id: uuid.UUID, period: str
) -> PeriodDays | None:
    """The days of a period in which the agency has submissions in the plan, waived ones too."""
    given = {"plan": plan_id, "agency": agency_id, "period": period}
    for row in await fetch(sql, PERIOD_DAYS, given):
        return PeriodDays(*row)
    return None


class FiledReport(NamedTuple):
    """An attempt at an agency report and the decision on it, if there is one."""

    attempt: AgencyReportAttempt
    review: AgencyReportReview | None


ATTEMPTS = Listing(
    conditions={"report": "agency_report_attempt.agency_report_id = :report"},
    orders={"number": (SortPart("agency_report_attempt.number", "integer"),)},
)


async def page_of_attempts(
    session: AsyncSession, report: AgencyReport, asked: PageRequest
) -> FoundPage[FiledReport]:
    """The attempts at a report with their decisions, and where the next page goes on."""
    statement = select(AgencyReportAttempt, AgencyReportReview).outerjoin(
        AgencyReportReview, col(AgencyReportReview.attempt_id) == col(AgencyReportAttempt.id)
    )
    return await read_page(
        session, statement, ATTEMPTS, asked.within(report=report.id), FiledReport
    )
