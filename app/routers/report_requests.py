import uuid
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Response

from app.auth.deps import Asker, SubmissionReader
from app.clock import utc_now
from app.db import SessionDep
from app.domain.plans.plans import PlanStateError
from app.domain.submissions import requests as domain
from app.http.etags import ActingDep, MakingDep, ReadingDep
from app.http.idempotency import Route
from app.http.lists import Paging, paged
from app.http.problems import refusals
from app.models import ReportRequestKind
from app.queries.locks import lock_handovers
from app.queries.plans import plans
from app.queries.registry import agencies
from app.queries.submissions import requests as queries
from app.queries.submissions.requests import ReportRequestCase
from app.schemas.common import Day, Page, Ref, UpdatedSince
from app.schemas.plans import PlanNumber
from app.schemas.report_requests import NewReportRequestBody, ReportRequestOut
from app.schemas.submissions import WaiveBody
from app.views import report_requests as views

router = APIRouter(prefix="/v1", tags=["work"], route_class=Route)

RequestsDep = Annotated[Paging, Depends(paged(queries.REQUESTS, ReportRequestOut))]


@router.post(
    "/plans/{plan_id}/report-requests",
    summary="Yêu cầu báo cáo chuyên đề, đột xuất / Ask for a thematic or ad hoc report",
    response_model=ReportRequestOut,
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
) -> Any:
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
                session, principal, plan, given, at=utc_now(), dry_run=True
            )
            answer = (await views.described(session, principal, [ReportRequestCase(row, plan)]))[0]
            await ahead.rollback()
        response.status_code = 200
        return answer | {"id": None, "allowed_actions": []}
    row = await domain.ask_report(session, principal, plan, given, at=utc_now())
    answer = (await views.described(session, principal, [ReportRequestCase(row, plan)]))[0]
    response.headers["Location"] = f"/v1/report-requests/{row.id}"
    await tagging.mark(session, "report_request", row.id)
    return answer


@router.get(
    "/plans/{plan_id}/report-requests",
    summary="Các yêu cầu báo cáo của kế hoạch / List a plan's report requests",
    response_model=Page[ReportRequestOut],
)
async def list_report_requests(
    session: SessionDep,
    principal: SubmissionReader,
    paging: RequestsDep,
    plan_id: uuid.UUID,
    kind: Annotated[
        ReportRequestKind | None, Query(description="Chỉ loại này / only of this kind")
    ] = None,
    number: Annotated[
        PlanNumber, Query(description="Chỉ theo văn bản số này / only by this document")
    ] = None,
    agency: Annotated[
        Ref | None, Query(description="Chỉ yêu cầu cơ quan này / only what this agency is asked")
    ] = None,
    due_from: Day | None = None,
    due_before: Day | None = None,
    is_withdrawn: Annotated[
        bool | None, Query(description="Đã rút hay chưa / withdrawn or not")
    ] = None,
    updated_since: UpdatedSince = None,
) -> Any:
    """Văn bản nào yêu cầu báo cáo gì, đến hạn nào, đã nộp bao nhiêu. / What is asked, what came."""
    plan = await plans.get_plan(session, principal, plan_id)
    filters = {
        "plan": plan.id,
        "kind": kind,
        "number": number,
        "agency": agency and (await agencies.get_agency(session, agency)).id,
        "due_from": due_from,
        "due_before": due_before,
        "is_withdrawn": is_withdrawn,
        "updated_since": updated_since,
    }
    rows, last = await queries.page_of_report_requests(session, paging.asked(filters))
    cases = [ReportRequestCase(row, plan) for row in rows]
    return paging.answer(await views.described(session, principal, cases), last)


@router.get(
    "/report-requests/{report_request_id}",
    summary="Một yêu cầu báo cáo / Get a report request",
    response_model=ReportRequestOut,
)
async def get_report_request(
    session: SessionDep,
    principal: SubmissionReader,
    tagging: ReadingDep,
    report_request_id: uuid.UUID,
) -> Any:
    """Hỏi gì, hỏi ai, ai chưa nộp. / What it asks, of whom, and who has not filed."""
    case = await queries.get_report_request(session, principal, report_request_id)
    await tagging.spare(session, "report_request", report_request_id)
    return (await views.described(session, principal, [case]))[0]


@router.post(
    "/report-requests/{report_request_id}/withdraw",
    summary="Rút yêu cầu báo cáo / Withdraw a report request",
    response_model=ReportRequestOut,
    responses=refusals(domain.RequestWithdrawnError, PlanStateError),
)
async def withdraw_report_request(
    session: SessionDep,
    principal: Asker,
    tagging: ActingDep,
    report_request_id: uuid.UUID,
    body: WaiveBody,
) -> Any:
    """Không yêu cầu nữa: báo cáo chưa nộp được miễn, đã nộp thì giữ. / What is filed stays."""
    case = await queries.get_report_request(session, principal, report_request_id, lock=True)
    await tagging.check(session, "report_request", report_request_id)
    await domain.withdraw_request(session, principal, case, reason=body.reason, at=utc_now())
    answer = (await views.described(session, principal, [case]))[0]
    await tagging.mark(session, "report_request", report_request_id)
    return answer
