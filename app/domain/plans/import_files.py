"""The file of an import: sealed while it is kept, and had back as it was sent."""

from cryptography.exceptions import InvalidTag
from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.sealing import seal, unseal
from app.config import Settings
from app.errors import ConflictError, NotFoundError, Text
from app.models import PlanImport, PlanImportFile
from app.queries.plans.imports import find_sealed_file

NOT_KEPT = Text(
    "Tệp gốc không còn: kế hoạch được nhập từ trước khi hệ thống lưu tệp gốc.",
    "The file was not kept: the plan was imported before files were.",
)


class LostFileError(ConflictError):
    """The file is sealed under another secret than the operator's of today."""

    code = "file_lost"
    title = Text("Không mở lại được tệp gốc", "The file cannot be unsealed")
    detail = Text(
        "Tệp gốc được niêm phong bằng khóa bí mật trước đây của máy chủ nên không mở lại được; hãy"
        " xin lại tệp từ nơi gửi.",
        "The file was sealed under an earlier secret of the server; ask for it where it came from.",
    )


def keep_file(
    session: AsyncSession, settings: Settings, imported: PlanImport, content: bytes
) -> None:
    """Keep the bytes that *imported* was read from, beside its row."""
    sealed = seal(settings, _purpose(imported), content)
    session.add(PlanImportFile(plan_import_id=imported.id, sealed=sealed))


async def file_of(session: AsyncSession, settings: Settings, imported: PlanImport) -> bytes:
    """The bytes that an import was read from; raises `NotFoundError` or `LostFileError`."""
    sealed = await find_sealed_file(session, imported.id)
    if sealed is None:
        raise NotFoundError(NOT_KEPT)
    try:
        return unseal(settings, _purpose(imported), sealed)
    except InvalidTag as error:
        raise LostFileError() from error


def _purpose(imported: PlanImport) -> str:
    """The purpose of the seal, by the row's id: a file that was moved to another row is not
    unsealed."""
    return f"plan import {imported.id}"
