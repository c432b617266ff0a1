"""Reading a plan from the files of a package."""

from dataclasses import dataclass

from app.clock import local_day
from app.config import Settings
from app.documents.edxml import package as edxml
from app.documents.files.file_kinds import FileKind
from app.documents.files.old_formats import OLD_FORMATS
from app.documents.tables.plan_rows import PROSE_PLAN
from app.domain.acts import PersonalAct
from app.domain.plans import imports
from app.domain.plans.reading_apart import Understood
from app.errors import Fault, FileTooLargeError, InvalidError, Text, UnreadableFileError, invalid_at
from app.models import PlanImport

LAST = (FileKind.PDF, FileKind.TEXT)
"""The kinds that are tried last: the signed copy of a letter whose table came beside it in a better
form."""
PLAN_FILES = (FileKind.DOCX, FileKind.XLSX, *(old.ending for old in OLD_FORMATS), ".htm", *LAST)
"""The endings of the files that are tried, in any format that an import reads."""
# A plan has one table; more files than this are no parts of it.
MAX_PLAN_FILES = 5
NO_PLAN_FILE = Text(
    "Không có tệp nào đọc được bảng nhiệm vụ (.docx, .xlsx, .pdf, .doc…).",
    "There is no file to read the task table from (.docx, .xlsx, .pdf, .doc…).",
)
PLACE = "#/AttachmentEncoded"


@dataclass(frozen=True, slots=True)
class _Read:
    file: edxml.Attachment
    understood: Understood
    registry: imports.RegistryNames

    @property
    def has_table(self) -> bool:
        codes = [warning["code"] for warning in self.understood.reading["warnings"]]
        return PROSE_PLAN.code not in codes


async def import_first_plan(
    act: PersonalAct, settings: Settings, document: edxml.EdxmlDocument
) -> PlanImport:
    """Import the first file with a task table, else the first whose sentences assign tasks; else
    raise the refusal of the first."""
    files = [one for one in document.attachments if one.name.lower().endswith(PLAN_FILES)]
    files.sort(key=lambda one: one.name.lower().endswith(LAST))
    refusal: InvalidError | UnreadableFileError | FileTooLargeError
    refusal = invalid_at(PLACE, "no_plan_file", NO_PLAN_FILE)
    prose: _Read | None = None
    for number, file in enumerate(files[:MAX_PLAN_FILES]):
        try:
            found = await _read(act, document, file)
        except (UnreadableFileError, FileTooLargeError) as error:
            if number == 0:
                fault = Fault(f"{PLACE}/Attachment", error.code, error.detail)
                refusal = type(error)(faults=[fault])
            continue
        if found.has_table:
            return await _store(act, settings, found)
        prose = prose or found
    if prose is None:
        raise refusal
    return await _store(act, settings, prose)


async def _read(act: PersonalAct, document: edxml.EdxmlDocument, file: edxml.Attachment) -> _Read:
    understood, registry = await imports.read_file(
        act.session,
        file.content,
        file_name=file.name,
        as_of=document.promulgated_on,
        today=local_day(act.at),
    )
    return _Read(file, understood, registry)


async def _store(act: PersonalAct, settings: Settings, found: _Read) -> PlanImport:
    file = found.file
    return await imports.store_plan(
        *(act, settings, found.understood, found.registry),
        content=file.content,
        file_name=file.name,
    )
