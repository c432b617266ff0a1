"""Reading report requests, the assignments that they ask, and the submissions that came."""

import uuid
from collections import Counter
from collections.abc import Collection, Sequence
from datetime import date
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.principal import Principal
from app.errors import Text
from app.models import (
    AgencyReport,
    AnsweredBy,
    AssigneeRole,
    Assignment,
    Plan,
    ReportRequest,
    Submission,
    Task,
)
from app.queries.agency_reports.reports import sees_agency_reports
from app.queries.assignments.assignments import OPEN
from app.queries.lists import FoundPage, Listing, PageRequest, SortPart, read_rows
from app.queries.plans.plans import sees_plan
from app.queries.rows import one_of
from app.queries.submissions.submissions import UNFILED, visible_submissions

NO_SUCH_REQUEST = Text("Không có yêu cầu báo cáo này.", "There is no such report request.")
REQUESTS = Listing(
    conditions={
        "plan": "report_request.plan_id = :plan",
        "kind": "report_request.kind = :kind",
        "number": "report_request.number = :number",
        "agency": "exists (select from submission s join assignment a on a.id = s.assignment_id"
        " where s.report_request_id = report_request.id and a.agency_id = :agency)"
        " or exists (select from agency_report r"
        " where r.report_request_id = report_request.id and r.agency_id = :agency)",
        "due_from": "report_request.due_on >= :due_from",
        "due_before": "report_request.due_on < :due_before",
        "is_withdrawn": "(report_request.withdrawn_at is not null) = :is_withdrawn",
        "updated_since": "report_request.updated_at >= :updated_since",
    },
    orders={
        "id": (ID := SortPart("report_request.id", "uuid"),),
        "due_on": (SortPart("report_request.due_on", "date"), ID),
        "updated_at": (SortPart("report_request.updated_at", "timestamptz"), ID),
    },
)


class ReportRequestCase(NamedTuple):
    """A report request and its plan."""

    request: ReportRequest
    plan: Plan


class AskableAssignment(NamedTuple):
    """An open assignment that can be asked about, and its agency."""

    id: uuid.UUID
    agency_id: uuid.UUID


class StatusCount(NamedTuple):
    """The number of a request's submissions in one status."""

    request_id: uuid.UUID
    status: str
    number: int


class AgencyCount(NamedTuple):
    """The number of one agency's submissions of a request in one status."""

    request_id: uuid.UUID
    status: str
    number: int
    agency_id: uuid.UUID


async def questions_of(
    session: AsyncSession, request_ids: Collection[uuid.UUID | None]
) -> dict[uuid.UUID | None, frozenset[str]]:
    """The ids of the questions of each of these requests."""
    rows = await session.exec(
        select(ReportRequest.id, ReportRequest.questions).where(
            col(ReportRequest.id).in_(request_ids)
        )
    )
    return {row_id: frozenset(one["id"] for one in questions) for row_id, questions in rows}


async def find_request_of_period(
    session: AsyncSession, plan_id: uuid.UUID, period: str
) -> ReportRequest | None:
    """The plan's request with this period, or None."""
    rows = await session.exec(
        select(ReportRequest).where(
            col(ReportRequest.plan_id) == plan_id, col(ReportRequest.period) == period
        )
    )
    return rows.one_or_none()


async def get_report_request(
    session: AsyncSession, principal: Principal, request_id: uuid.UUID, *, lock: bool = False
) -> ReportRequestCase:
    """One visible request; with *lock* it is locked until the transaction ends."""
    statement = (
        select(ReportRequest, Plan)
        .join(Plan, col(Plan.id) == col(ReportRequest.plan_id))
        .where(col(ReportRequest.id) == request_id)
        .where(sees_plan(principal))
    )
    if lock:
        held = statement.with_for_update(of=ReportRequest, key_share=True)
        statement = held.execution_options(populate_existing=True)
    return ReportRequestCase(*await one_of(session, statement, NO_SUCH_REQUEST))


async def page_of_report_requests(
    session: AsyncSession, asked: PageRequest
) -> FoundPage[ReportRequest]:
    """The requests that are asked for, and where the next page goes on."""
    return await read_rows(session, ReportRequest, REQUESTS, asked)


async def task_ids_by_name(session: AsyncSession, plan_id: uuid.UUID) -> dict[str, uuid.UUID]:
    """The ids of the plan's tasks by id, and by the ordinals that only one of them has."""
    rows = list(
        await session.exec(select(Task.id, Task.ordinal).where(col(Task.plan_id) == plan_id))
    )
    counts = Counter(ordinal for _, ordinal in rows)
    by_ordinal = {ordinal: id_ for id_, ordinal in rows if counts[ordinal] == 1}
    return by_ordinal | {str(id_): id_ for id_, _ in rows}


async def lock_open_assignments(
    session: AsyncSession,
    plan_id: uuid.UUID,
    agency_ids: Collection[uuid.UUID],
    *,
    task_ids: Collection[uuid.UUID] | None,
    roles: Collection[AssigneeRole],
    begun_by: date,
) -> list[AskableAssignment]:
    """Lock the open assignments of these agencies and roles, of these tasks (None: of all).

    So none is closed until the transaction ends. Those that wait for a handover are left out:
    nobody could answer for them.
    """
    statement = (
        select(Assignment.id, Assignment.agency_id)
        .where(
            col(Assignment.plan_id) == plan_id,
            col(Assignment.agency_id).in_(agency_ids),
            col(Assignment.role).in_(roles),
            col(Assignment.status).in_(OPEN),
            col(Assignment.awaits_handover).is_(False),
            col(Assignment.starts_on) <= begun_by,
        )
        .order_by(col(Assignment.id))
        .with_for_update(read=True)
    )
    if task_ids is not None:
        statement = statement.where(col(Assignment.task_id).in_(task_ids))
    return [AskableAssignment(*row) for row in await session.exec(statement)]


STATE = (col(Submission.report_request_id), sa.cast(Submission.status, sa.Text))
STATE_OF_WHOLE = (col(AgencyReport.report_request_id), sa.cast(AgencyReport.status, sa.Text))


async def counts_of(session: AsyncSession, request_ids: Sequence[uuid.UUID]) -> list[StatusCount]:
    """The number of reports of each of these requests, by status."""
    if not request_ids:
        return []
    asked = col(Submission.report_request_id).in_(request_ids)
    each = sa.select(*STATE, sa.func.count()).where(asked).group_by(*STATE)
    whole = _agency_reports(request_ids).group_by(*STATE_OF_WHOLE)
    return [StatusCount(*row) for row in await _rows(session, each.union_all(whole))]


async def counts_by_agency(
    session: AsyncSession, principal: Principal, request_ids: Sequence[uuid.UUID]
) -> list[AgencyCount]:
    """The same counts by the agency that has the assignment today, of submissions that the
    principal may read."""
    if not request_ids:
        return []
    own = col(Assignment.agency_id)
    each: Any = (
        visible_submissions(principal)
        .where(col(Submission.report_request_id).in_(request_ids))
        .with_only_columns(*STATE, sa.func.count(), own)
        .group_by(*STATE, own)
    )
    whole = (
        _agency_reports(request_ids)
        .add_columns(col(AgencyReport.agency_id))
        .where(sees_agency_reports(principal))
        .group_by(*STATE_OF_WHOLE, col(AgencyReport.agency_id))
    )
    both = each.union_all(whole)
    return [AgencyCount(*row) for row in await _rows(session, both, mine=principal.agency_id)]


async def _rows(session: AsyncSession, statement: Any, **given: Any) -> Sequence[Any]:
    await session.flush()
    return (await (await session.connection()).execute(statement, given)).all()


def _agency_reports(request_ids: Sequence[uuid.UUID]) -> Any:
    """Reports of agencies that answer a request as a whole: one that it did not ask for each
    assignment."""
    return (
        sa.select(*STATE_OF_WHOLE, sa.func.count())
        .join(ReportRequest, col(ReportRequest.id) == col(AgencyReport.report_request_id))
        .where(
            col(AgencyReport.report_request_id).in_(request_ids),
            col(ReportRequest.answered_by) == AnsweredBy.AGENCY,
        )
    )


async def lock_unfiled_submissions(
    session: AsyncSession, request_id: uuid.UUID
) -> list[tuple[Submission, Assignment]]:
    """Lock the request's unfiled submissions, in the order of all locks on submissions."""
    rows = await session.exec(
        select(Submission, Assignment)
        .join(Assignment, col(Assignment.id) == col(Submission.assignment_id))
        .where(col(Submission.report_request_id) == request_id, col(Submission.status).in_(UNFILED))
        .order_by(col(Assignment.id), col(Submission.id))
        .with_for_update(of=[Assignment, Submission], key_share=True)
    )
    return list(rows)
