import uuid
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request, Response

from app.auth.deps import Consolidator, SubmissionReader
from app.auth.principal import Principal
from app.clock import local_day, utc_now
from app.domain.acts import PersonalAct
from app.domain.consolidated_reports import files
from app.domain.consolidated_reports import freeze as domain
from app.domain.consolidated_reports.changes import changes_since
from app.domain.consolidated_reports.content import SigningOff
from app.domain.consolidated_reports.forms import MEDIA_TYPES, FileForm
from app.domain.figures.as_of import DayInFutureError
from app.domain.operations import TooManyOperationsError, promise
from app.domain.plans.plans import PlanStateError
from app.errors import FileNotWrittenError
from app.http.answers import Answer
from app.http.etags import ActingDep, MakingDep, ReadingDep
from app.http.idempotency import Route
from app.http.lists import ListRequest, PagingDep, paged
from app.http.prefer import RespondAsync
from app.http.problems import language_of, refusals
from app.http.sessions import ReaderDep, ReadingSessionDep, SessionDep
from app.http.settings import settings_of
from app.queries.consolidated_reports import reports as queries
from app.queries.consolidated_reports.reports import ReportCase
from app.queries.plans import plans
from app.schemas.common import Page
from app.schemas.consolidated_reports import (
    ConsolidatedReportFilters,
    ConsolidatedReportOut,
    ConsolidatedReportRowOut,
    NewConsolidatedReportBody,
    ReissueBody,
    ReportChangeOut,
    SignOffBody,
)
from app.schemas.operations import OperationOut
from app.schemas.report_contents import ReportContentOut
from app.views import consolidated_reports as views
from app.views.operations import promise_answer

router = APIRouter(prefix="/v1", tags=["reports"], route_class=Route)

BINARY = {"type": "string", "format": "binary"}
ConsolidatedReportsDep = Annotated[
    ListRequest[ConsolidatedReportRowOut],
    Depends(paged(queries.REPORTS, ConsolidatedReportRowOut, ConsolidatedReportFilters)),
]


@router.post(
    "/plans/{plan_id}/reports",
    summary="Tổng hợp báo cáo của kế hoạch / Consolidate a plan's report",
    status_code=201,
    responses={
        200: {"model": ConsolidatedReportOut, "description": "Chạy thử, không lưu gì / A dry run"},
        202: {
            "model": OperationOut,
            "description": "Sẽ làm; hỏi ở Location / Promised: ask at Location",
        },
        **refusals(
            domain.AlreadyReportedError, PlanStateError, DayInFutureError, TooManyOperationsError
        ),
    },
)
async def consolidate_report(
    request: Request,
    session: SessionDep,
    principal: Consolidator,
    tagging: MakingDep,
    response: Response,
    plan_id: uuid.UUID,
    body: NewConsolidatedReportBody,
    later: RespondAsync,
    dry_run: Annotated[
        bool, Query(description="Xem còn thiếu gì, không lưu / name what is missing, store nothing")
    ] = False,
) -> ConsolidatedReportOut | Answer[OperationOut]:
    """Chốt số liệu, lời báo cáo, tên cơ quan như đang có; sau đó không đổi.

    Freezes figures, accepted texts and names as they stand, with a hash over all of it. `dry_run`
    names first what is missing: who has not filed, what waits for review, pending handovers, tasks
    without a lead, headings without words. With `Prefer: respond-async` the answer is an operation,
    whose result is the report's address. With `is_own` an agency makes its own report in the same
    form, of what it owes alone; with `with_plans` the coordinator of several plans reports on all.
    """
    act = PersonalAct(session, principal, utc_now())
    soon = settings_of(request).due_soon_days
    given = domain.NewReport(**body.model_dump())
    found = await plans.get_plans_for_update(session, principal, [plan_id, *given.with_plans])
    if dry_run:
        content = await domain.add_up(act, found, given, due_soon_days=soon)
        response.status_code = 200
        return views.dry_run_out(content)
    if later:
        asked = {"plan_id": str(plan_id), "due_soon_days": soon, "report": body.given()}
        operation = await promise(act, domain.OPERATION, asked)
        return promise_answer(operation, language=language_of(request))
    report = await domain.consolidate(act, found, given, due_soon_days=soon)
    tagging.mark_new(report, f"/v1/reports/{report.id}")
    return await views.report_out(session, principal, ReportCase(report, found[0], False))


@router.get("/reports", summary="Các báo cáo tổng hợp / List consolidated reports")
async def list_reports(
    session: ReadingSessionDep, principal: SubmissionReader, paging: ConsolidatedReportsDep
) -> Answer[Page[ConsolidatedReportRowOut]]:
    """Đã ký thì mọi cơ quan báo cáo đều đọc được; chưa ký thì chỉ bên theo dõi, ban hành, giám sát.

    Signed reports are read by all who read submissions, the others by the plan's coordinator,
    issuer and owner, and by supervisors.
    """
    asked = await paging.asked(session)
    found, last = await queries.page_of_reports(session, principal, asked)
    return paging.answer(await views.report_rows_out(session, principal, found), last)


@router.get(
    "/reports/{consolidated_report_id}", summary="Một báo cáo tổng hợp / Get a consolidated report"
)
async def get_report(
    session: ReadingSessionDep,
    principal: SubmissionReader,
    tagging: ReadingDep,
    consolidated_report_id: uuid.UUID,
) -> ConsolidatedReportOut:
    """Kỳ nào, chốt ngày nào, mã băm, còn thiếu gì lúc chốt, đã ký chưa. / With its gaps."""
    case = await queries.get_report(session, principal, consolidated_report_id)
    tagging.mark(case.report)
    return await views.report_out(session, principal, case)


@router.get(
    "/reports/{consolidated_report_id}/content",
    summary="Nội dung đã chốt của báo cáo / Get the frozen content of a report",
    responses=refusals(domain.BrokenReportError),
)
async def get_report_content(
    session: ReadingSessionDep, principal: SubmissionReader, consolidated_report_id: uuid.UUID
) -> Answer[ReportContentOut]:
    """Đúng từng byte như lúc chốt: mã băm SHA-256 của nó là `sha256` của báo cáo.

    All that the report says, as the very bytes over which its `sha256` was made: figures, results
    by task, accepted texts, lists, proposals, evidence.
    """
    case = await queries.get_report(session, principal, consolidated_report_id)
    text = await queries.content_of(session, case.report)
    domain.require_unbroken(text, case.report)
    return Answer(text)


@router.get(
    "/reports/{consolidated_report_id}/changes",
    summary="Những gì thay đổi sau khi chốt / List what changed since a report was frozen",
    responses=refusals(domain.BrokenReportError),
)
async def list_report_changes(
    request: Request,
    session: ReadingSessionDep,
    principal: SubmissionReader,
    paging: PagingDep,
    consolidated_report_id: uuid.UUID,
) -> Page[ReportChangeOut]:
    """Nhiệm vụ, báo cáo nay đã khác so với lúc chốt; bản thân báo cáo không đổi.

    What the report would tell otherwise if it were frozen now: assignments that were reported on,
    closed, moved or handed over since, and agencies' own reports. The report stays as it is.
    """
    case = await queries.get_report(session, principal, consolidated_report_id)
    text = await queries.content_of(session, case.report)
    content = domain.read_content(text, case.report)
    soon = settings_of(request).due_soon_days
    of_plans = await queries.plans_of(session, case.report)
    today = local_day(utc_now())
    found = await changes_since(session, of_plans, content, today, due_soon_days=soon)
    return paging.page_by_position(views.changes_out(found))


@router.get(
    "/reports/{consolidated_report_id}/files/{form}",
    summary="Báo cáo thành văn bản để ký / Get a report as a file",
    response_class=Response,
    responses={
        200: {"content": {kind: {"schema": BINARY} for kind in MEDIA_TYPES.values()}},
        **refusals(domain.BrokenReportError, FileNotWrittenError),
    },
)
async def get_report_file(
    request: Request,
    reader: ReaderDep,
    principal: SubmissionReader,
    consolidated_report_id: uuid.UUID,
    form: Annotated[FileForm, Path(examples=["docx"])],
) -> Response:
    """Từ nội dung đã chốt: văn bản Word theo NĐ 30/2020/NĐ-CP để ký, hoặc bảng tính Excel.

    Made of the frozen content alone, so its numbers are those of the freeze: as `docx` a letter in
    the form of decree 30/2020 with appendices, whose number and day are open until it is signed; as
    `xlsx` the same with sums that follow filters, to be counted on.
    """
    case = await queries.get_report(reader.session, principal, consolidated_report_id)
    template = settings_of(request).report_template
    found = await files.file_of(reader, case.report, form, template)
    headers = {"Content-Disposition": f'attachment; filename="{found.name}"'}
    return Response(found.content, media_type=found.media_type, headers=headers)


@router.post(
    "/reports/{consolidated_report_id}/reissue",
    summary="Phát hành lần tiếp theo / Issue a report anew",
    status_code=201,
    responses=refusals(domain.ReportSupersededError, DayInFutureError),
)
async def reissue_report(
    request: Request,
    session: SessionDep,
    principal: Consolidator,
    tagging: ActingDep,
    consolidated_report_id: uuid.UUID,
    body: ReissueBody,
) -> ConsolidatedReportOut:
    """Chốt lại cùng kỳ, đánh số lần phát hành, nêu lý do; lần trước vẫn được giữ.

    Freezes the next version of the same days, with the reason; the version before stays as it is.
    """
    case = await _locked(session, principal, consolidated_report_id)
    tagging.check(case.report)
    soon = settings_of(request).due_soon_days
    act = PersonalAct(session, principal, utc_now())
    given = domain.NewVersion(**body.model_dump())
    report = await domain.reissue(act, case, given, due_soon_days=soon)
    tagging.mark_new(report, f"/v1/reports/{report.id}")
    return await views.report_out(session, principal, ReportCase(report, case.plan, False))


@router.post(
    "/reports/{consolidated_report_id}/sign-off",
    summary="Ghi nhận báo cáo đã ký / Sign a report off",
    responses=refusals(domain.ReportSupersededError, domain.ReportSignedError),
)
async def sign_report_off(
    session: SessionDep,
    principal: Consolidator,
    tagging: ActingDep,
    consolidated_report_id: uuid.UUID,
    body: SignOffBody,
) -> ConsolidatedReportOut:
    """Số, ngày, người ký của văn bản; từ đó các cơ quan cùng đọc được. / All read it then."""
    case = await _locked(session, principal, consolidated_report_id)
    tagging.check(case.report)
    signing = SigningOff(**body.model_dump())
    await domain.sign_off(PersonalAct(session, principal, utc_now()), case, signing)
    return await views.report_out(session, principal, case)


async def _locked(
    session: SessionDep, principal: Principal, consolidated_report_id: uuid.UUID
) -> ReportCase:
    """A report under the locks of its plans' rows, so that one version follows another."""
    case = await queries.get_report(session, principal, consolidated_report_id)
    plan_ids = [case.plan.id, *case.report.with_plan_ids]
    await plans.get_plans_for_update(session, principal, plan_ids)
    return await queries.get_report(session, principal, consolidated_report_id, is_fresh=True)
