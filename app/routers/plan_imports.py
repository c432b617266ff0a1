import uuid
from typing import Annotated

from fastapi import APIRouter, Form, Query, Request, Response

from app.auth.deps import PlanEditor, Reader, charge
from app.clock import local_day, utc_now
from app.documents.files.file_kinds import MEDIA_TYPES
from app.documents.files.old_formats import OLD_FORMATS
from app.domain.acts import PersonalAct
from app.domain.operations import TooManyOperationsError, promise
from app.domain.plans import imports as domain
from app.domain.plans.import_files import LostFileError, file_of
from app.errors import UnreadableFileError
from app.http.answers import Answer
from app.http.attachments import attachment_headers, shortened
from app.http.etags import ReadingDep
from app.http.idempotency import Route
from app.http.prefer import RespondAsync
from app.http.problems import TOO_LARGE, language_of, refusals
from app.http.sessions import ReadingSessionDep, SessionDep
from app.http.settings import settings_of
from app.queries.plans import imports as queries
from app.schemas.common import Day
from app.schemas.operations import OperationOut
from app.schemas.plan_imports import ImportPlanForm, PlanImportOut
from app.views.operations import promise_answer
from app.views.plan_imports import dry_run_out, plan_import_out

router = APIRouter(prefix="/v1/plan-imports", tags=["plans"], route_class=Route)

# The multipart frame around a file of the largest size that is taken.
FILE_BODY = 21 * 1024 * 1024
LONGEST_NAME = 255
# Reading a file takes work by its size: so many bytes cost one request more.
BYTES_A_UNIT = 100 * 1024
BINARY = {"type": "string", "format": "binary"}
KEPT_TYPES = (*MEDIA_TYPES.values(), *(old.media_type for old in OLD_FORMATS))


@router.post(
    "",
    summary="Nhập kế hoạch từ tệp / Import a plan from its file",
    status_code=201,
    max_body_size=FILE_BODY,
    responses={
        200: {"model": PlanImportOut, "description": "Chạy thử, không lưu gì / A dry run"},
        202: {
            "model": OperationOut,
            "description": "Sẽ làm; hỏi ở Location / Promised: ask at Location",
        },
        **refusals(UnreadableFileError, TooManyOperationsError),
    },
)
async def import_plan(
    request: Request,
    response: Response,
    session: SessionDep,
    principal: PlanEditor,
    form: Annotated[ImportPlanForm, Form(media_type="multipart/form-data")],
    later: RespondAsync,
    dry_run: Annotated[
        bool, Query(description="Đọc thử, không lưu gì / read it and store nothing")
    ] = False,
    as_of: Annotated[
        Day | None,
        Query(
            description=(
                "Nhận tên cơ quan theo ngày này; mặc định là ngày của kế hoạch."
                " / Read names as of this day; by default the plan's own."
            )
        ),
    ] = None,
) -> PlanImportOut | Answer[OperationOut]:
    """Đọc bảng nhiệm vụ trong tệp văn bản, bảng tính hoặc PDF và tạo kế hoạch dự thảo.

    Reads the task table of a document, a workbook or a PDF (or proposes tasks from the sentences of
    a plan in prose), makes a draft plan of it, and answers for every row what was understood and
    what was not, and which rows were not read. A name that is not recognised never blocks.
    With `Prefer: respond-async` the answer is an operation, whose result is the import's address;
    a dry run is always answered at once.
    """
    file = form.file
    settings = settings_of(request)
    if file.size is None or file.size > settings.file_bytes:
        raise TOO_LARGE
    await charge(request, principal, file.size // BYTES_A_UNIT)
    content = await file.read()
    file_name = shortened((file.filename or "").replace("\0", ""), LONGEST_NAME)
    now = utc_now()
    if later and not dry_run:
        asked = {"file_name": file_name, "as_of": as_of and as_of.isoformat()}
        operation = await promise(
            PersonalAct(session, principal, now), domain.OPERATION, asked, content=content
        )
        return promise_answer(operation, language=language_of(request))
    understood, registry = await domain.read_file(
        session, content, file_name=file_name, as_of=as_of, today=local_day(now)
    )
    if dry_run:
        response.status_code = 200
        return dry_run_out(understood, content, file_name=file_name)
    row = await domain.store_plan(
        PersonalAct(session, principal, now),
        settings,
        understood,
        registry,
        content=content,
        file_name=file_name,
    )
    response.headers["Location"] = f"/v1/plan-imports/{row.id}"
    return plan_import_out(row)


@router.get("/{import_id}", summary="Kết quả một lần nhập / What an import understood")
async def get_plan_import(
    session: ReadingSessionDep, principal: Reader, tagging: ReadingDep, import_id: uuid.UUID
) -> PlanImportOut:
    """Từng dòng của tệp: đã hiểu gì, chưa hiểu gì khi nhập. / Row by row, as it was answered."""
    row = await queries.get_plan_import(session, principal, import_id)
    tagging.mark(row)
    return plan_import_out(row)


@router.get(
    "/{import_id}/file",
    summary="Tệp gốc của một lần nhập / Get the file of an import",
    response_class=Response,
    responses={
        200: {"content": {kind: {"schema": BINARY} for kind in KEPT_TYPES}},
        **refusals(LostFileError),
    },
)
async def get_plan_import_file(
    request: Request, session: ReadingSessionDep, principal: Reader, import_id: uuid.UUID
) -> Response:
    """Đúng từng byte như đã gửi, để đối chiếu. / The bytes as they were sent, to be compared.

    For whoever reads the import. It is kept sealed, and deleted when the draft is discarded.
    """
    row = await queries.get_plan_import(session, principal, import_id)
    content = await file_of(session, settings_of(request), row)
    return Response(content, media_type=row.media_type, headers=attachment_headers(row.file_name))
