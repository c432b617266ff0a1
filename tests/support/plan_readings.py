"""Readings of plan files with the names of a day, told line by line to be compared as a whole."""

from datetime import date
from functools import cache
from pathlib import Path

from app.documents.agency_names import NameBook
from app.documents.tables.plan_table import read_plan_document
from app.domain.plans.readings import AssigneeReading, PlanReading, RowReading, read_plan
from tests.support.sample_names import known_names

DAY = date(2026, 6, 1)
PLANS = Path(__file__).parents[1] / "plans"


@cache
def book() -> NameBook:
    """The sample's names as of `DAY`, after the mergers of 2025."""
    return NameBook(known_names(day=str(DAY)))


def reading_of(content: bytes, file_name: str) -> PlanReading:
    return read_plan(read_plan_document(content, file_name=file_name), book(), as_of=DAY)


def told(reading: PlanReading) -> str:
    """Everything that a reading says of a file and its rows, a line for each."""
    document = reading.document
    lines = [
        f"{document.title} | {document.number} | {document.issued_on}",
        f"{reading.starts_on} – {reading.ends_on}",
        f"seen {document.rows_seen}, left out {len(document.left_out)}",
        *(f"! {warning.code}" for warning in reading.warnings),
        *(f"- {one.number}: {one.text} ({one.reason.code})" for one in document.left_out),
    ]
    for row in reading.rows:
        lines += told_row(row)
    return "\n".join(lines) + "\n"


def told_row(row: RowReading) -> list[str]:
    words = row.row
    lines = [f"{words.number} {words.kind} {words.ordinal or '·'} {words.title}"]
    if words.parent is not None:
        lines[0] += f" < {words.parent}"
    if frame := row.time_frame:
        due = f" {frame.due_day}/{frame.due_month}" if frame.due_month else ""
        lines.append(f"    {frame.kind}: {frame.starts_on} – {frame.ends_on}{due}")
    if words.expected_result:
        lines.append(f"    = {words.expected_result}")
    lines += [f"    {told_name(one)}" for one in row.assignees]
    return [*lines, *(f"    ! {warning.code}" for warning in row.warnings)]


def told_name(reading: AssigneeReading) -> str:
    mention = reading.mention
    suggested = "".join(f" ~{one.code}" for one in mention.suggestions)
    related = " (related)" if mention.is_related_only else ""
    text = mention.source_text.replace("\n", "⏎")
    return f"{reading.role}: {mention.code or '?'} “{text}”{suggested}{related}"
