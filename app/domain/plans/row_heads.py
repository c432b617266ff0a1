"""The headings over rows and their meaning for these rows: the body that owns the tasks, the month
in which they are due.

A plan may have a part for each body ("I. SỞ NỘI VỤ") or for each month, whose rows do not repeat
the heading. The rows take the heading's body or month over, each with a warning, since a heading
may mean other things.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache, lru_cache

from app.documents.agency_names import NameBook
from app.documents.tables.cell_kinds import CellKind, kind_of
from app.documents.tables.plan_rows import PlanDocument, PlanRow, RowKind, RowWarning
from app.domain.plans.time_frames import ONCE, read_time_frame
from app.errors import Text

_ANY_YEAR = 2024  # a heading is a time or not, whichever year it leaves out
_LEAD = RowWarning(
    "lead_from_heading",
    Text(
        "Dòng không ghi cơ quan chủ trì, được lấy theo tên cơ quan ở mục cấp trên; cần xem lại.",
        "The row names no lead; the body that heads it was taken; look again.",
    ),
)
_TIME = RowWarning(
    "time_from_heading",
    Text(
        "Dòng không ghi thời gian, được lấy theo thời gian ở mục cấp trên; cần xem lại.",
        "The row names no time; the time that heads it was taken; look again.",
    ),
)


def with_what_heads(document: PlanDocument, book: NameBook) -> PlanDocument:
    """The document, its rows without a lead or a time with those of the headings over them."""
    is_body = cache(book.is_one_body)  # a heading stands over many rows
    rows = tuple(_completed(document.rows, row, is_body) for row in document.rows)
    return replace(document, rows=rows)


def _completed(rows: Sequence[PlanRow], row: PlanRow, is_body: Callable[[str], bool]) -> PlanRow:
    if row.kind is RowKind.GROUP:
        return row
    if not row.lead.strip() and (body := _above(rows, row, is_body, _has_lead)):
        kept = tuple(one for one in row.warnings if one.code != "lead_missing")
        row = replace(row, lead=body, warnings=(*kept, _LEAD))
    if not row.time_frame.strip() and (time := _above(rows, row, _is_time, _has_time)):
        row = replace(row, time_frame=time, warnings=(*row.warnings, _TIME))
    return row


def _above(
    rows: Sequence[PlanRow],
    row: PlanRow,
    says: Callable[[str], bool],
    has: Callable[[PlanRow], bool],
) -> str:
    """The title of the nearest group over a row that names a body or a time; "" beyond a row that
    has its own."""
    above = row.parent
    while above is not None and not has(rows[above]):
        head = rows[above]
        if head.kind is RowKind.GROUP and says(head.title):
            return head.title
        above = head.parent
    return ""


def _has_lead(row: PlanRow) -> bool:
    return bool(row.lead.strip())


def _has_time(row: PlanRow) -> bool:
    return bool(row.time_frame.strip())


@lru_cache(256)
def _is_time(title: str) -> bool:
    """True for "Quý I/2026" or "Tháng 3" and nothing else."""
    return (
        kind_of(title) is CellKind.TIME and read_time_frame(title, plan_year=_ANY_YEAR).kind in ONCE
    )
