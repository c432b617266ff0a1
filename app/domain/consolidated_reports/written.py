"""Writing a report's content as a file: by commands and by processes that do nothing else, for it
loads what writes and takes its time."""

from pathlib import Path

from app.documents.excel.writer import write_workbook
from app.documents.word.template import Template
from app.documents.word.writer import write_letter
from app.domain.consolidated_reports.book import book_of
from app.domain.consolidated_reports.content import ReportContent, SigningOff
from app.domain.consolidated_reports.forms import FileForm
from app.domain.consolidated_reports.letter import letter_of
from app.domain.consolidated_reports.places import write_in


def write_file(
    content: ReportContent,
    signing: SigningOff | None,
    form: FileForm,
    template: Path | None,
) -> bytes:
    """A content as a file, signed or not, as a letter in a template where there is one; the same
    content is always the same bytes."""
    if form is FileForm.XLSX:
        return write_workbook(book_of(content))
    if template is not None:
        return write_in(Template(template.read_bytes()), content, signing)
    return write_letter(letter_of(content, signing))
