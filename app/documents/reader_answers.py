"""The form in which the process that reads a file answers the one that started it."""

from pydantic import TypeAdapter

from app.documents.plan_rows import PlanDocument
from app.errors import FileTooLargeError, TrackerError, UnreadableFileError

DOCUMENT = TypeAdapter(PlanDocument)
REFUSALS: dict[str, type[TrackerError]] = {
    one.code: one for one in (UnreadableFileError, FileTooLargeError)
}
