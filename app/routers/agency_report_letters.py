import uuid

from fastapi import APIRouter, Response

from app.auth.deps import SubmissionReader
from app.documents.edxml.writer import write_package
from app.documents.word.letter import DOCX
from app.domain.agency_reports import letter as letters
from app.http.idempotency import Route
from app.http.sessions import ReadingSessionDep
from app.queries.agency_reports import reports as queries
from app.routers.documents import EDXML

router = APIRouter(prefix="/v1/plans/{plan_id}/agency-reports", tags=["work"], route_class=Route)


@router.get(
    "/{report_id}/docx",
    summary="Báo cáo thành văn bản Word / Get an agency report as a Word letter",
    response_class=Response,
    responses={200: {"content": {DOCX: {"schema": {"type": "string", "format": "binary"}}}}},
)
async def get_agency_report_letter(
    session: ReadingSessionDep,
    principal: SubmissionReader,
    plan_id: uuid.UUID,
    report_id: uuid.UUID,
) -> Response:
    """Văn bản theo thể thức NĐ 30/2020/NĐ-CP để ký, đóng dấu; số và ngày của cơ quan.

    The attempt that stands as a letter in the form of decree 30/2020, with the agency's letterhead,
    number and day, its words by heading and a row for each task.
    """
    case = await queries.get_case(session, principal, plan_id, report_id)
    content = await letters.letter_of(session, case)
    name = f"bao-cao-{case.report.period}.docx"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=DOCX, headers=headers)


@router.get(
    "/{report_id}/edxml",
    summary="Báo cáo của cơ quan thành gói edXML / Get an agency report as an edXML package",
    response_class=Response,
    responses={200: {"content": {EDXML: {"schema": {"type": "string"}}}}},
)
async def get_agency_report_package(
    session: ReadingSessionDep,
    principal: SubmissionReader,
    plan_id: uuid.UUID,
    report_id: uuid.UUID,
) -> Response:
    """Gói để gửi qua trục liên thông, kèm văn bản Word. / For the document axis, with the letter.

    It bears the number and the day of the report's own document, and the tasks that it answers.
    """
    case = await queries.get_case(session, principal, plan_id, report_id)
    content = write_package(await letters.package_of(session, case))
    return Response(content, media_type=EDXML)
