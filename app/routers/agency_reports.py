import uuid
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query
from starlette.convertors import Convertor, register_url_convertor

from app.auth.deps import Reporter, Reviewer, SubmissionReader
from app.clock import utc_now
from app.domain.acts import PersonalAct
from app.domain.agency_reports import review as reviewing
from app.domain.agency_reports import write as writing
from app.domain.submissions.states import (
    ReceiptSetRight,
    SubmissionStateError,
)
from app.http.answers import Answer
from app.http.etags import ActingDep, ReadingDep
from app.http.idempotency import Route
from app.http.lists import ListRequest, paged
from app.http.problems import refusals
from app.http.sessions import ReadingSessionDep, SessionDep
from app.queries.agency_reports import reports as queries
from app.queries.agency_reports.drafts import state_of
from app.queries.plans import plans
from app.queries.registry.agencies import get_agency_id
from app.routers.submissions import REVIEWS, WRITES, PeriodId
from app.schemas.agency_reports import (
    AgencyReportAttemptOut,
    AgencyReportBody,
    AgencyReportFilters,
    AgencyReportOut,
    AgencyReportRowOut,
)
from app.schemas.common import Page
from app.schemas.submissions import PERIOD, AcceptBody, SendBackBody
from app.views import agency_reports as views


class PeriodConvertor(Convertor[str]):
    """A period in a path: what is not one, as `submit`, belongs to another path."""

    regex = PERIOD.strip("^$")

    def convert(self, value: str) -> str:
        """The period as it stands there."""
        return value

    def to_string(self, value: str) -> str:
        """The same, for an address that is made."""
        return value


register_url_convertor("period", PeriodConvertor())
router = APIRouter(prefix="/v1/plans/{plan_id}/agency-reports", tags=["work"], route_class=Route)

ReportingAgency = Annotated[
    str,
    Path(
        pattern="^[A-Za-z0-9.-]{1,64}$",
        examples=["SNGV"],
        description="Cơ quan báo cáo: mã, mã định danh hoặc id / the agency whose report it is",
    ),
]
AgencyReportsDep = Annotated[
    ListRequest[AgencyReportRowOut],
    Depends(paged(queries.AGENCY_REPORTS, AgencyReportRowOut, AgencyReportFilters)),
]
AgencyReportAttemptsDep = Annotated[
    ListRequest[AgencyReportAttemptOut], Depends(paged(queries.ATTEMPTS, AgencyReportAttemptOut))
]


@router.get("", summary="Báo cáo của các cơ quan / List the agency reports of a plan")
async def list_agency_reports(
    session: ReadingSessionDep,
    principal: SubmissionReader,
    paging: AgencyReportsDep,
    plan_id: uuid.UUID,
) -> Answer[Page[AgencyReportRowOut]]:
    """Cơ quan nào phải báo cáo kỳ nào, đã nộp chưa, còn thiếu bao nhiêu; kể cả chưa soạn.

    Whoever owes submissions in a period owes one report of its own: each is listed from the day on
    which it is expected. An agency reads its own; who follows the plan up reads all.
    """
    plan = await plans.get_plan(session, principal, plan_id)
    asked = await paging.asked(session, plan=plan.id)
    found = await queries.list_agency_reports(session, principal, asked)
    items = await views.agency_report_rows_out(session, principal, plan, found.rows)
    return paging.answer(items, found.last)


@router.get("/{report_id}", summary="Một báo cáo của cơ quan / Get an agency report")
async def get_agency_report(
    session: ReadingSessionDep,
    principal: SubmissionReader,
    tagging: ReadingDep,
    plan_id: uuid.UUID,
    report_id: uuid.UUID,
) -> AgencyReportOut:
    """Lời của cơ quan, văn bản, các báo cáo tiến độ trong kỳ. / Its words and its submissions."""
    plan = await plans.get_plan(session, principal, plan_id)
    answer, report = await views.agency_report_out(session, principal, plan, id=report_id)
    tagging.mark(report)
    return answer


@router.get(
    "/{report_id}/attempts", summary="Các lần nộp của báo cáo / Every filing of an agency report"
)
async def list_agency_report_attempts(
    session: ReadingSessionDep,
    principal: SubmissionReader,
    paging: AgencyReportAttemptsDep,
    plan_id: uuid.UUID,
    report_id: uuid.UUID,
) -> Answer[Page[AgencyReportAttemptOut]]:
    """Từng lần nộp và kết quả xét, không sửa được. / Every filing with the decision on it."""
    case = await queries.get_case(session, principal, plan_id, report_id)
    asked = await paging.asked(session)
    filed, last = await queries.page_of_attempts(session, case.report, asked)
    return paging.answer(await views.attempts_out(session, filed), last)


@router.get(
    "/{agency}/{period:period}", summary="Báo cáo của cơ quan trong kỳ / Get the report of a period"
)
async def get_agency_report_of_period(
    session: ReadingSessionDep,
    principal: SubmissionReader,
    tagging: ReadingDep,
    plan_id: uuid.UUID,
    agency: ReportingAgency,
    period: PeriodId,
) -> AgencyReportOut:
    """Kể cả khi chưa soạn: phải báo cáo những gì, còn thiếu gì. / Also before it is written."""
    plan = await plans.get_plan(session, principal, plan_id)
    agency_id = await get_agency_id(session, agency)
    answer, report = await views.agency_report_out(
        session, principal, plan, agency=agency_id, period=period
    )
    if report.id is not None:
        tagging.mark(report)
    return answer


@router.put(
    "/{agency}/{period:period}",
    summary="Ghi hoặc nộp báo cáo của cơ quan / Save or file an agency report",
    responses=WRITES,
)
async def put_agency_report(
    session: SessionDep,
    principal: SubmissionReader,
    tagging: ActingDep,
    plan_id: uuid.UUID,
    agency: ReportingAgency,
    period: PeriodId,
    body: AgencyReportBody,
    submit: Annotated[
        bool, Query(description="Nộp luôn trong lần gọi này / file it in the same call")
    ] = False,
) -> AgencyReportOut:
    """Ghi bản soạn; với `submit=true` thì nộp cùng mọi báo cáo đang soạn của kỳ, một số văn bản.

    Saves a draft, or files it with all that the agency has drafted on the plan's assignments for
    the period: one act, one document, one day. What is not drafted is `missing`, and refused where
    the regime wants `all_submissions`. The same content again changes nothing. With `received_on`
    the plan's coordinator or issuer enters what came on paper; it is filed at once, and drafts of
    the agency stay as they are.
    """
    plan = await plans.get_plan(session, principal, plan_id)
    act = PersonalAct(session, principal, utc_now())
    agency_id = await get_agency_id(session, agency)
    written = writing.WrittenReport(agency_id, period, body.content(), body.received_on)
    report, is_new = await writing.lock_or_make_report(act, plan, written)
    if not is_new:
        tagging.check(await state_of(session, principal, report))
    await writing.write_report(act, plan, report, written, submit=submit)
    answer, changed = await views.agency_report_out(session, principal, plan, id=report.id)
    tagging.mark_changed(changed)
    return answer


@router.post(
    "/{report_id}/submit",
    summary="Nộp báo cáo đang soạn của cơ quan / File a drafted agency report",
    responses=WRITES,
)
async def submit_agency_report(
    session: SessionDep,
    principal: Reporter,
    tagging: ActingDep,
    plan_id: uuid.UUID,
    report_id: uuid.UUID,
) -> AgencyReportOut:
    """Nộp bản đang soạn cùng mọi báo cáo đang soạn của kỳ. / With all that is drafted."""
    case = await queries.get_case(session, principal, plan_id, report_id, lock=True)
    tagging.check(await state_of(session, principal, case.report))
    await writing.submit_report(PersonalAct(session, principal, utc_now()), case.plan, case.report)
    answer, changed = await views.agency_report_out(session, principal, case.plan, id=report_id)
    tagging.mark_changed(changed)
    return answer


@router.post(
    "/{report_id}/withdraw",
    summary="Rút báo cáo của cơ quan chưa xét / Withdraw an agency report",
    responses=refusals(SubmissionStateError),
)
async def withdraw_agency_report(
    session: SessionDep,
    principal: Reporter,
    tagging: ActingDep,
    plan_id: uuid.UUID,
    report_id: uuid.UUID,
) -> AgencyReportOut:
    """Rút lại cả báo cáo và các báo cáo nộp cùng mà chưa xét. / With what waits of it."""
    case = await queries.get_case(session, principal, plan_id, report_id, lock=True)
    tagging.check(await state_of(session, principal, case.report))
    await reviewing.withdraw_report(PersonalAct(session, principal, utc_now()), case)
    answer, changed = await views.agency_report_out(session, principal, case.plan, id=report_id)
    tagging.mark_changed(changed)
    return answer


@router.post(
    "/{report_id}/accept",
    summary="Chấp nhận báo cáo của cơ quan / Accept an agency report",
    responses=REVIEWS,
)
async def accept_agency_report(
    session: SessionDep,
    principal: Reviewer,
    tagging: ActingDep,
    plan_id: uuid.UUID,
    report_id: uuid.UUID,
    body: AcceptBody,
) -> AgencyReportOut:
    """Chấp nhận cả báo cáo: những gì nộp cùng mà chưa xét cũng được chấp nhận.

    Accepts the attempt that was read, with the submissions of it that still wait; those that were
    sent back alone stay with their agency. 409 where another attempt was filed meanwhile.
    """
    case = await queries.get_case(session, principal, plan_id, report_id, lock=True)
    tagging.check(await state_of(session, principal, case.report))
    receipt = None
    if body.received_on is not None and body.received_reason is not None:
        receipt = ReceiptSetRight(body.received_on, body.received_reason)
    await reviewing.accept_report(
        PersonalAct(session, principal, utc_now()), case, body.attempt, receipt=receipt
    )
    answer, changed = await views.agency_report_out(session, principal, case.plan, id=report_id)
    tagging.mark_changed(changed)
    return answer


@router.post(
    "/{report_id}/send-back",
    summary="Trả lại báo cáo của cơ quan / Send an agency report back",
    responses=REVIEWS,
)
async def send_back_agency_report(
    session: SessionDep,
    principal: Reviewer,
    tagging: ActingDep,
    plan_id: uuid.UUID,
    report_id: uuid.UUID,
    body: SendBackBody,
) -> AgencyReportOut:
    """Trả lại cả báo cáo kèm lý do; trả riêng từng báo cáo tiến độ thì dùng `/submissions`.

    Returns the attempt that was read and the submissions of it that still wait; a single one is
    sent back by `POST /v1/submissions/{id}/send-back`.
    """
    case = await queries.get_case(session, principal, plan_id, report_id, lock=True)
    tagging.check(await state_of(session, principal, case.report))
    await reviewing.send_report_back(
        PersonalAct(session, principal, utc_now()), case, body.attempt, reason=body.reason
    )
    answer, changed = await views.agency_report_out(session, principal, case.plan, id=report_id)
    tagging.mark_changed(changed)
    return answer
