"""The page of an import: the rows that need a person, and each row's meaning beside its words."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import urlencode

from app.documents.pages import page
from app.errors import Text
from app.models import AssigneeRole, Plan, PlanImport
from app.schemas.plan_imports import AssigneeReadingOut, RowReadingOut
from app.views.plan_imports import plan_import_out
from app.views.time_words import time_words

ROWS_A_PART = 200
"""A page shows so many rows of the file's table; the others are in its further parts."""
MOST_DOUBTS = 300
"""So many rows that need a person are named at the top; the table below has all of them."""


@dataclass(frozen=True, slots=True)
class ImportPageAsked:
    """The address of an import's page, by its parameters."""

    path: str
    key: str
    part: int
    language: str

    def link(self, fragment: str = "", **changed: str) -> str:
        """The same address with some parameters changed; what is empty is left out."""
        given = {
            "key": self.key,
            "part": "" if self.part <= 1 else str(self.part),
            "lang": "" if self.language == "vi" else self.language,
        } | changed
        query = urlencode({name: value for name, value in given.items() if value})
        return self.path + (query and f"?{query}") + (fragment and f"#{fragment}")


class Doubt(NamedTuple):
    """A row that a person must look at: its place, and its doubts."""

    row: RowReadingOut
    href: str
    said: list[Text]
    unresolved: list[AssigneeReadingOut]


class UnderstoodRow(NamedTuple):
    """A row of the file beside its meaning."""

    at: int
    row: RowReadingOut
    time: Text | None
    leads: list[AssigneeReadingOut]
    others: list[AssigneeReadingOut]
    doubt: Doubt | None


class RowsOnPage(NamedTuple):
    """Rows that are shown together, and the address of the page that shows them."""

    first: int
    last: int
    href: str
    is_shown: bool


def import_page(row: PlanImport, plan: Plan, asked: ImportPageAsked) -> str:
    """The page of an import: doubts first, then the file's table."""
    imported = plan_import_out(row)
    rows = imported.reading.rows
    doubts = {at: doubt for at, doubt in enumerate(_doubts(rows, asked)) if doubt is not None}
    parts = list(_parts(len(rows), asked))
    shown = next((part for part in parts if part.is_shown), None)
    span = range(shown.first - 1, shown.last) if shown else range(0)
    return page(
        "import.html",
        asked.language,
        imported=imported,
        reading=imported.reading,
        plan=plan,
        doubts=list(doubts.values())[:MOST_DOUBTS],
        doubts_left=max(0, len(doubts) - MOST_DOUBTS),
        doubtful=len(doubts),
        certain=sum(one.kind == "task" and at not in doubts for at, one in enumerate(rows)),
        lines=[_line(at, rows[at], doubts.get(at)) for at in span],
        parts=parts,
        link=asked.link,
    )


def _doubts(rows: Sequence[RowReadingOut], asked: ImportPageAsked) -> Iterator[Doubt | None]:
    for at, row in enumerate(rows):
        unresolved = [one for one in row.assignees if one.code is None]
        said = list(_said(row))
        part = at // ROWS_A_PART + 1
        href = asked.link(f"dong-{at + 1}", part="" if part == 1 else str(part))
        yield Doubt(row, href, said, unresolved) if said or unresolved else None


def _said(row: RowReadingOut) -> Iterator[Text]:
    """The doubts about a row but for its names, with the words in question."""
    for one in row.warnings:
        if one.code == "time_frame_needs_person" and row.time_frame:
            words, meant = row.time_frame.text, time_words(row.time_frame)
            yield Text(
                f"Thời gian “{words}”: {meant.vi[:1].lower()}{meant.vi[1:]}.",
                f"Time “{words}”: {meant.en[:1].lower()}{meant.en[1:]}.",
            )
        elif one.code != "assignee_unresolved":
            yield Text(one.detail.vi, one.detail.en)


def _line(at: int, row: RowReadingOut, doubt: Doubt | None) -> UnderstoodRow:
    frame = row.time_frame
    return UnderstoodRow(
        at + 1,
        row,
        time_words(frame) if frame else None,
        [one for one in row.assignees if one.role is AssigneeRole.LEAD],
        [one for one in row.assignees if one.role is AssigneeRole.COORDINATING],
        doubt,
    )


def _parts(rows: int, asked: ImportPageAsked) -> Iterator[RowsOnPage]:
    count = -(-rows // ROWS_A_PART)
    wanted = min(max(1, asked.part), max(1, count))
    for number in range(1, count + 1):
        first = (number - 1) * ROWS_A_PART + 1
        href = asked.link("bang", part="" if number == 1 else str(number))
        yield RowsOnPage(first, min(rows, number * ROWS_A_PART), href, number == wanted)
