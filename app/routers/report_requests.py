import uuid
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response

from app.auth.deps import Asker, SubmissionReader
from app.clock import utc_now
from app.domain.acts import PersonalAct
from app.domain.plans.plans import PlanStateError
from app.domain.submissions import requests as domain
from app.http.answers import Answer
from app.http.etags import ActingDep, MakingDep, ReadingDep
from app.http.idempotency import Route
from app.http.lists import ListRequest, paged
from app.http.problems import refusals
from app.http.sessions import ReadingSessionDep, SessionDep
from app.queries.locks import lock_handovers
from app.queries.plans import plans
from app.queries.submissions import requests as queries
from app.queries.submissions.requests import ReportRequestCase
from app.schemas.common import Page
from app.schemas.report_requests import NewReportRequestBody, ReportRequestFilters, ReportRequestOut
from app.schemas.submissions import WaiveBody
from app.views import report_requests as views

router = APIRouter(prefix="/v1", tags=["work"], route_class=Route)

RequestsDep = Annotated[
    ListRequest[ReportRequestOut],
    Depends(paged(queries.REQUESTS, ReportRequestOut, ReportRequestFilters)),
]


@router.post(
    "/plans/{plan_id}/report-requests",
    summary="Yêu cầu báo cáo chuyên đề, đột xuất / Ask for a thematic or ad hoc report",
    status_code=201,
    responses=refusals(domain.AlreadyAskedError, PlanStateError),
)
async def request_reports(
    session: SessionDep,
    principal: Asker,
    tagging: MakingDep,
    response: Response,
    plan_id: uuid.UUID,
    body: NewReportRequestBody,
    dry_run: Annotated[
        bool, Query(description="Xem trước, không lưu gì / look ahead and store nothing")
    ] = False,
) -> ReportRequestOut:
    """Theo một văn bản, các cơ quan được nêu báo cáo ngoài kỳ về từng việc chưa xong của mình.

    Asked by the plan's coordinator or issuer, once a document: every open assignment of those who
    are named gets a submission of the request's own `period`, which is answered like any other.
    """
    await lock_handovers(session)
    plan = await plans.get_plan_for_update(session, principal, plan_id)
    given = domain.NewReportRequest(**body.model_dump())
    if dry_run:
        async with session.begin_nested() as ahead:
            row = await domain.ask_report(
                PersonalAct(session, principal, utc_now()), plan, given, dry_run=True
            )
            answer = await views.report_request_out(
                session, principal, ReportRequestCase(row, plan)
            )
            await ahead.rollback()
        response.status_code = 200
        answer.id, answer.allowed_actions = None, []
        return answer
    row = await domain.ask_report(PersonalAct(session, principal, utc_now()), plan, given)
    answer = await views.report_request_out(session, principal, ReportRequestCase(row, plan))
    tagging.mark_new(row, f"/v1/report-requests/{row.id}")
    return answer


@router.get(
    "/plans/{plan_id}/report-requests",
    summary="Các yêu cầu báo cáo của kế hoạch / List a plan's report requests",
)
async def list_report_requests(
    session: ReadingSessionDep, principal: SubmissionReader, paging: RequestsDep, plan_id: uuid.UUID
) -> Answer[Page[ReportRequestOut]]:
    """Văn bản nào yêu cầu báo cáo gì, đến hạn nào, đã nộp bao nhiêu. / What is asked, what came."""
    plan = await plans.get_plan(session, principal, plan_id)
    asked = await paging.asked(session, plan=plan.id)
    rows, last = await queries.page_of_report_requests(session, asked)
    cases = [ReportRequestCase(row, plan) for row in rows]
    return paging.answer(await views.report_requests_out(session, principal, cases), last)


@router.get(
    "/report-requests/{report_request_id}", summary="Một yêu cầu báo cáo / Get a report request"
)
async def get_report_request(
    session: ReadingSessionDep,
    principal: SubmissionReader,
    tagging: ReadingDep,
    report_request_id: uuid.UUID,
) -> ReportRequestOut:
    """Hỏi gì, hỏi ai, ai chưa nộp. / What it asks, of whom, and who has not filed."""
    case = await queries.get_report_request(session, principal, report_request_id)
    tagging.mark(case.request)
    return await views.report_request_out(session, principal, case)


@router.post(
    "/report-requests/{report_request_id}/withdraw",
    summary="Rút yêu cầu báo cáo / Withdraw a report request",
    responses=refusals(domain.RequestWithdrawnError, PlanStateError),
)
async def withdraw_report_request(
    session: SessionDep,
    principal: Asker,
    tagging: ActingDep,
    report_request_id: uuid.UUID,
    body: WaiveBody,
) -> ReportRequestOut:
    """Không yêu cầu nữa: báo cáo chưa nộp được miễn, đã nộp thì giữ. / What is filed stays."""
    case = await queries.get_report_request(session, principal, report_request_id, lock=True)
    tagging.check(case.request)
    await domain.withdraw_request(
        PersonalAct(session, principal, utc_now()), case, reason=body.reason
    )
    answer = await views.report_request_out(session, principal, case)
    tagging.mark(case.request)
    return answer
