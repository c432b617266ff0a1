"""Reading a plan from the files of a package."""

from app.clock import local_day
from app.config import Settings
from app.documents.edxml import package as edxml
from app.domain.acts import PersonalAct
from app.domain.plans import imports
from app.errors import Fault, FileTooLargeError, InvalidError, Text, UnreadableFileError, invalid_at
from app.models import PlanImport

PLAN_FILES = (".docx", ".xlsx", ".txt")
# A plan has one table; more files than this are no parts of it.
MAX_PLAN_FILES = 5
NO_PLAN_FILE = Text(
    "Không có tệp .docx, .xlsx hoặc .txt để đọc bảng nhiệm vụ.",
    "There is no .docx, .xlsx or .txt file to read the task table from.",
)


async def import_first_plan(
    act: PersonalAct, settings: Settings, document: edxml.Document
) -> PlanImport:
    """Import the first file that a plan can be read from; else raise the refusal of the first."""
    files = [one for one in document.attachments if one.name.lower().endswith(PLAN_FILES)]
    refusal: InvalidError | UnreadableFileError | FileTooLargeError
    place = "#/AttachmentEncoded"
    refusal = invalid_at(place, "no_plan_file", NO_PLAN_FILE)
    for number, file in enumerate(files[:MAX_PLAN_FILES]):
        try:
            understood, registry = await imports.read_file(
                act.session,
                file.content,
                file_name=file.name,
                as_of=document.promulgated_on,
                today=local_day(act.at),
            )
        except (UnreadableFileError, FileTooLargeError) as error:
            if number == 0:
                fault = Fault(f"{place}/Attachment", error.code, error.detail)
                refusal = type(error)(faults=[fault])
            continue
        return await imports.store_plan(
            act, settings, understood, registry, content=file.content, file_name=file.name
        )
    raise refusal
