"""Report requests: a document asks for a thematic or an ad hoc report beside the regular ones.

NĐ 09/2019/NĐ-CP, Điều 3: chuyên đề, đột xuất. Agencies answer by submissions under a period of its
own.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.principal import Principal
from app.clock import local_day
from app.documents.vietnamese import fold
from app.domain.acts import PersonalAct
from app.domain.agency_reports.expect import expect_agency_reports, waive_agency_reports
from app.domain.authority import Power, may, require
from app.domain.plans.plans import require_issued
from app.domain.records import Note, Subject
from app.domain.references import agencies_named, collective_named
from app.domain.submissions.expect import expect_next
from app.domain.submissions.expected import ExpectedSubmission, insert_expected
from app.domain.submissions.states import S, change_status
from app.errors import ConflictError, Fault, InvalidError, Text, invalid_at
from app.models import (
    AnsweredBy,
    AssigneeRole,
    Plan,
    PlanStatus,
    ReportRequest,
    ReportRequestKind,
)
from app.official_words import day_words
from app.queries.registry.agency_views import exists_on
from app.queries.registry.collectives import members_on
from app.queries.submissions import requests as queries
from app.queries.submissions.requests import AskableAssignment, ReportRequestCase

SLUG_LENGTH = 43
"""Characters of a document's number that fit into a period beside the year."""


class AlreadyAskedError(ConflictError):
    """The same document has a request in this plan already, which `Location` names."""

    code = "already_asked"
    title = Text("Văn bản này đã yêu cầu báo cáo", "This document has asked already")

    def __init__(self, number: str, year: int) -> None:
        super().__init__(
            Text(
                f"Văn bản {number} năm {year} đã yêu cầu báo cáo.",
                f"{number} of {year} has asked for a report already.",
            )
        )


class RequestWithdrawnError(ConflictError):
    """The report request was withdrawn."""

    code = "report_request_withdrawn"
    title = Text("Yêu cầu báo cáo đã được rút", "The report request is withdrawn")

    def __init__(self, withdrawn_on: date | None) -> None:
        super().__init__(
            Text(
                f"Yêu cầu báo cáo đã được rút ngày {day_words(withdrawn_on)}.",
                f"The report request was withdrawn on {withdrawn_on}.",
            )
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class NewReportRequest:
    """A document's request for reports: the agencies asked, the tasks, and the due day; both days
    of the window are inclusive."""

    kind: ReportRequestKind
    title: str
    number: str
    issued_on: date
    data_from: date
    data_to: date
    due_on: date
    answered_by: AnsweredBy
    agencies: Sequence[str]
    collectives: Sequence[str]
    tasks: Sequence[str]
    with_coordinating: bool
    questions: Sequence[Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class AgenciesToAsk:
    """The agencies that a request names and that exist, and who cannot be asked, with the
    reason."""

    agency_ids: Sequence[UUID]
    not_asked: list[dict[str, Any]]

    def only(self, owing: Collection[UUID]) -> "AgenciesToAsk":
        """The agencies that owe something; the others can't be asked."""
        idle = [
            _not_asked("nothing_open", agency_id=one) for one in self.agency_ids if one not in owing
        ]
        return AgenciesToAsk(
            [one for one in self.agency_ids if one in owing], self.not_asked + idle
        )


def subject(request: ReportRequest) -> Subject:
    """The request as the subject of records; it concerns the agency that asked."""
    return Subject("report_request", request.id, request.plan_id, request.agency_id)


def allowed_actions(principal: Principal, case: ReportRequestCase) -> list[str]:
    """The actions that the caller may take with the request now."""
    is_open = case.request.withdrawn_at is None and case.plan.status == PlanStatus.ISSUED
    return ["withdraw"] if is_open and may(principal, Power.REQUEST_REPORTS, case.plan) else []


def period_of(number: str, issued_on: date) -> str:
    """The period of a request, made of its document's number and year.

    NĐ 30/2020/NĐ-CP, Điều 15: numbers start anew each year.
    """
    slug = re.sub("[^a-z0-9]+", "-", fold(number)).strip("-")[:SLUG_LENGTH]
    return f"adhoc-{slug.strip('-')}-{issued_on.year:04}".replace("--", "-")


async def ask_report(
    act: PersonalAct,
    plan: Plan,
    given: NewReportRequest,
    *,
    dry_run: bool = False,
) -> ReportRequest:
    """Expect one report of each agency named, or a submission of each of its open assignments; the
    caller has locked the plan.

    An assignment that begins after the window is not asked. A *dry_run*, which the caller rolls
    back, also answers a request that asks nobody.
    """
    require_issued(plan)
    require(act.principal, Power.REQUEST_REPORTS, plan)
    _require_days(given, today=local_day(act.at))
    period = period_of(given.number, given.issued_on)
    await _require_new(act.session, plan, given, period)
    named = await _named(act.session, given, day=local_day(act.at))
    assignments: list[AskableAssignment] = []
    if given.answered_by == AnsweredBy.ASSIGNMENT:
        assignments = await _assignments_asked(act.session, plan, given, named)
        owing = {assignment.agency_id for assignment in assignments}
        named = named.only(owing)
    if not named.agency_ids and not dry_run:
        raise _nobody()
    request = _request(act.principal, plan, given, named.not_asked, at=act.at)
    act.session.add(request)
    await act.session.flush()
    act.note(
        "asked",
        subject(request),
        kind=request.kind,
        number=request.number,
        period=period,
        due_on=request.due_on.isoformat(),
        expected=len(assignments or named.agency_ids),
    )
    if given.answered_by == AnsweredBy.AGENCY:
        await expect_agency_reports(act.session, request, named.agency_ids, at=act.at)
    await insert_expected(act.session, plan.id, _expected(request, assignments), at=act.at)
    return request


async def _assignments_asked(
    session: AsyncSession, plan: Plan, given: NewReportRequest, named: AgenciesToAsk
) -> list[AskableAssignment]:
    return await queries.lock_open_assignments(
        session,
        plan.id,
        named.agency_ids,
        task_ids=await _tasks(session, plan, given.tasks),
        roles=list(AssigneeRole) if given.with_coordinating else [AssigneeRole.LEAD],
        begun_by=given.data_to,
    )


def _request(
    principal: Principal,
    plan: Plan,
    given: NewReportRequest,
    not_asked: list[dict[str, Any]],
    *,
    at: datetime,
) -> ReportRequest:
    return ReportRequest(
        plan_id=plan.id,
        kind=given.kind,
        answered_by=given.answered_by,
        title=given.title,
        number=given.number,
        issued_on=given.issued_on,
        period=period_of(given.number, given.issued_on),
        data_from=given.data_from,
        data_to=given.data_to,
        due_on=given.due_on,
        with_coordinating=given.with_coordinating,
        questions=[dict(question) for question in given.questions],
        not_asked=not_asked,
        asked_at=at,
        asked_on=local_day(at),
        agency_id=principal.agency_id,
        client_id=principal.client_id,
    )


def _expected(
    request: ReportRequest, assignments: Sequence[AskableAssignment]
) -> list[ExpectedSubmission]:
    return [
        ExpectedSubmission(
            assignment.id,
            assignment.agency_id,
            request.period,
            request.data_from,
            request.data_to,
            request.due_on,
            request.id,
        )
        for assignment in assignments
    ]


async def withdraw_request(
    act: PersonalAct,
    case: ReportRequestCase,
    *,
    reason: str,
) -> None:
    """Withdraw a locked request: waives its unfiled submissions and leaves the filed ones.

    An assignment that now has nothing to report in gets its next submission.
    """
    request = case.request
    require(act.principal, Power.REQUEST_REPORTS, case.plan)
    require_issued(case.plan)
    if request.withdrawn_at is not None:
        raise RequestWithdrawnError(request.withdrawn_on)
    request.withdrawn_at, request.withdrawn_on = act.at, local_day(act.at)
    request.withdrawn_reason = reason
    await waive_agency_reports(act, request)
    unfiled = await queries.lock_unfiled_submissions(act.session, request.id)
    for submission, _ in unfiled:
        change_status(submission, S.WAIVED)
        submission.waived_reason, submission.waived_on = reason, local_day(act.at)
    await act.session.flush()
    act.note("withdrawn", subject(request), waived=len(unfiled))
    notes = [
        Note("waived", Subject("submission", one.id, request.plan_id, assignment.agency_id), {})
        for one, assignment in unfiled
    ]
    await act.record(notes)
    await expect_next(
        act.session, case.plan, [assignment.id for _, assignment in unfiled], at=act.at
    )


def _require_days(given: NewReportRequest, *, today: date) -> None:
    if given.due_on < today:
        text = Text(
            f"Hạn gửi không được trước hôm nay ({day_words(today)}).",
            f"The due day must not be before today ({today}).",
        )
        raise invalid_at("#/due_on", "day_has_passed", text)
    if given.issued_on > today:
        text = Text(
            f"Văn bản chưa ban hành: hôm nay là {day_words(today)}.",
            f"The document is not issued yet: today is {today}.",
        )
        raise invalid_at("#/issued_on", "day_in_future", text)


async def _require_new(
    session: AsyncSession, plan: Plan, given: NewReportRequest, period: str
) -> None:
    found = await queries.find_request_of_period(session, plan.id, period)
    if found is None:
        return
    error = AlreadyAskedError(given.number, given.issued_on.year)
    error.headers = {"Location": f"/v1/report-requests/{found.id}"}
    raise error


def _nobody() -> InvalidError:
    text = Text(
        "Không cơ quan nào được nêu còn nhiệm vụ để báo cáo; xem trước bằng `dry_run` để biết"
        " lý do.",
        "None of those named owes anything to report on; a dry run says why.",
    )
    return invalid_at("#/agencies", "nobody_to_ask", text)


async def _named(session: AsyncSession, given: NewReportRequest, *, day: date) -> AgenciesToAsk:
    """The agencies that the request names on *day*, each once, in the order of naming."""
    not_asked: list[dict[str, Any]] = []
    agency_ids: dict[UUID, None] = {}
    refs = [(f"#/agencies/{n}", ref) for n, ref in enumerate(given.agencies)]
    for agency in await agencies_named(session, refs):
        if exists_on(agency, day):
            agency_ids[agency.id] = None
        else:
            not_asked.append(_not_asked("agency_ended", agency_id=agency.id))
    collectives = [
        await collective_named(session, code, pointer=f"#/collectives/{n}")
        for n, code in enumerate(given.collectives)
    ]
    members = await members_on(session, [one.id for one in collectives], day)
    for collective in collectives:
        agency_ids |= dict.fromkeys(members[collective.id])
        if not members[collective.id]:
            reason = "no_members" if collective.is_enumerable else "not_enumerable"
            not_asked.append(_not_asked(reason, collective_id=collective.id))
    return AgenciesToAsk(list(agency_ids), not_asked)


def _not_asked(
    reason: str, *, agency_id: UUID | None = None, collective_id: UUID | None = None
) -> dict[str, Any]:
    return {
        "agency_id": agency_id and str(agency_id),
        "collective_id": collective_id and str(collective_id),
        "reason": reason,
    }


async def _tasks(session: AsyncSession, plan: Plan, given: Sequence[str]) -> set[UUID] | None:
    """The ids of tasks that are named by ordinal or id; None where the whole plan is meant."""
    if not given:
        return None
    known = await queries.task_ids_by_name(session, plan.id)
    faults = tuple(
        Fault(
            f"#/tasks/{number}",
            "unknown_task",
            Text(
                f"Kế hoạch không có nhiệm vụ {name}, hoặc có nhiều; hãy nêu id.",
                f"The plan has no task {name}, or several; name it by its id.",
            ),
        )
        for number, name in enumerate(given)
        if name not in known
    )
    if faults:
        raise InvalidError(faults=faults)
    return {known[name] for name in given}
