import uuid
from typing import Annotated

from fastapi import APIRouter, Body, Depends, Request, Response
from pydantic import WithJsonSchema

from app.auth.deps import DocumentSender, Reader, SubmissionReader
from app.clock import utc_now
from app.documents.edxml.reader import read_package
from app.documents.edxml.secrecy import SecretDocumentError
from app.documents.edxml.writer import write_package
from app.domain.acts import PersonalAct
from app.domain.documents import receive as domain
from app.domain.submissions.packages import package_of
from app.errors import Text, UnreadableFileError, UnsupportedMediaTypeError
from app.http.answers import Answer
from app.http.etags import MakingDep, ReadingDep
from app.http.idempotency import Route
from app.http.lists import ListRequest, paged
from app.http.problems import TOO_LARGE, TakenError, refusals
from app.http.sessions import ReadingSessionDep, SessionDep
from app.http.settings import settings_of
from app.queries.assignments.assignments import get_assignment
from app.queries.documents import documents as queries
from app.queries.submissions import submissions
from app.schemas.common import Page
from app.schemas.documents import DocumentFilters, DocumentOut
from app.threads import in_thread
from app.views import documents as views

router = APIRouter(prefix="/v1", tags=["work"], route_class=Route)

DocumentsDep = Annotated[
    ListRequest[DocumentOut], Depends(paged(queries.DOCUMENTS, DocumentOut, DocumentFilters))
]
EvidenceDep = Annotated[ListRequest[DocumentOut], Depends(paged(queries.DOCUMENTS, DocumentOut))]

EDXML = "application/xml"
TAKEN = {EDXML, "text/xml"}
# Room for a package of the largest size that is taken: settings.file_bytes decides.
PACKAGE_BODY = 21 * 1024 * 1024
EXAMPLE = """\
<edXML xmlns="http://www.mic.gov.vn/TBT/QCVN_102_2016">\
<edXML:edXMLEnvelope xmlns:edXML="http://www.mic.gov.vn/TBT/QCVN_102_2016"><edXML:edXMLHeader>\
<edXML:MessageHeader><edXML:From><edXML:OrganId>SNGV</edXML:OrganId></edXML:From>\
<edXML:DocumentId>SNGV,2024/11/30,215/BC-SNgV</edXML:DocumentId>\
<edXML:Subject>Báo cáo kết quả</edXML:Subject><edXML:ResponseForTask>\
<edXML:TaskCode>01900000-0000-7000-8000-000000000001</edXML:TaskCode></edXML:ResponseForTask>\
</edXML:MessageHeader></edXML:edXMLHeader></edXML:edXMLEnvelope></edXML>"""
Package = Annotated[
    bytes,
    WithJsonSchema({"type": "string", "format": "binary", "minLength": 1, "examples": [EXAMPLE]}),
    Body(media_type=EDXML, description="Gói edXML (QCVN 102:2016), UTF-8 / an edXML package"),
]
NOT_XML = UnsupportedMediaTypeError(
    Text("Phải là application/xml.", "The body must be application/xml.")
)


@router.post(
    "/documents",
    summary="Gửi một gói edXML / Send an edXML package",
    status_code=201,
    max_body_size=PACKAGE_BODY,
    responses={
        200: {"model": DocumentOut, "description": "Đã nhận từ trước / It came before"},
        **refusals(
            UnreadableFileError,
            SecretDocumentError,
            UnsupportedMediaTypeError,
            domain.DocumentDiffersError,
            TakenError,
        ),
    },
)
async def receive_document(
    request: Request,
    response: Response,
    session: SessionDep,
    principal: DocumentSender,
    tagging: MakingDep,
    package: Package,
) -> DocumentOut:
    """Kế hoạch thành dự thảo; văn bản trả lời TaskCode thành minh chứng; trạng thái được ghi lại.

    A plan becomes a draft by its attached table; a document that answers tasks by
    `ResponseForTask/TaskCode` becomes evidence on them; a status message is kept with the report
    that it is about. A code that leads nowhere is told in `problems`; the others are recorded. The
    sender must be the agency that the client acts for. The same bytes again change nothing (200).
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in TAKEN:
        raise NOT_XML
    settings = settings_of(request)
    if len(package) > settings.file_bytes:
        raise TOO_LARGE
    # Files are unpacked: in a thread of its own that holds up no other request.
    received = await in_thread(read_package, package)
    parcel = domain.ReceivedPackage.of(received, package)
    row, is_new = await domain.receive_package(
        PersonalAct(session, principal, utc_now()), settings, parcel
    )
    if not is_new:
        response.status_code = 200
    tagging.mark_new(row, f"/v1/documents/{row.id}")
    return await views.document_out(session, row)


@router.get("/documents", summary="Văn bản đã nhận / List received documents")
async def list_documents(
    session: ReadingSessionDep, principal: Reader, paging: DocumentsDep
) -> Answer[Page[DocumentOut]]:
    """Văn bản mà mình được xem: của cơ quan mình, về nhiệm vụ mình chủ trì hoặc theo dõi.

    The documents that the caller may see, in the order in which they came.
    """
    asked = await paging.asked(session)
    rows, last = await queries.page_of_documents(session, principal, asked)
    return paging.answer(await views.documents_out(session, rows), last)


@router.get("/documents/{document_id}", summary="Một văn bản đã nhận / Get a received document")
async def get_document(
    session: ReadingSessionDep, principal: Reader, tagging: ReadingDep, document_id: uuid.UUID
) -> DocumentOut:
    """Văn bản, minh chứng cho nhiệm vụ nào, còn hiệu lực không. / What it says and answers."""
    row = await queries.get_document(session, principal, document_id)
    tagging.mark(row)
    return await views.document_out(session, row)


@router.get(
    "/assignments/{assignment_id}/documents",
    summary="Văn bản minh chứng của một việc / List the evidence of an assignment",
)
async def list_assignment_documents(
    session: ReadingSessionDep,
    principal: SubmissionReader,
    paging: EvidenceDep,
    assignment_id: uuid.UUID,
) -> Answer[Page[DocumentOut]]:
    """Văn bản mà hệ thống quản lý văn bản gửi để trả lời việc này. / What was sent in answer."""
    assignment = await get_assignment(session, principal, assignment_id)
    asked = await paging.asked(session, assignment=assignment.id)
    rows, last = await queries.page_of_documents(session, principal, asked)
    return paging.answer(await views.documents_out(session, rows), last)


@router.get(
    "/submissions/{submission_id}/edxml",
    summary="Báo cáo thành gói edXML / Get a submission as an edXML package",
    response_class=Response,
    responses={200: {"content": {EDXML: {"schema": {"type": "string"}}}}},
)
async def get_submission_package(
    session: ReadingSessionDep, principal: SubmissionReader, submission_id: uuid.UUID
) -> Response:
    """Lần nộp mới nhất thành gói để văn thư lấy số, ký và gửi qua trục liên thông.

    The latest filing, from its agency to the plan's coordinator, for the clerk to number, sign
    and send. An agency whose identifier the registry does not know is named by its code.
    """
    case = await submissions.get_submission(session, principal, submission_id)
    content = write_package(await package_of(session, case))
    return Response(content, media_type=EDXML)
