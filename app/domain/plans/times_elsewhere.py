"""Times that a row names outside of its time cell: in brackets behind a body, or in a remark.

They are not read, since which of two times holds is for a person to say; the row is pointed out.
"""

import re
from collections.abc import Iterable

from app.documents.tables.people import without_people
from app.documents.tables.plan_rows import PlanRow, RowWarning
from app.documents.vietnamese import fold
from app.domain.plans.time_frames import TimeFrame, names_recurrence, read_time_frame
from app.errors import Text

_LOOKED_AT = 1_000  # characters of a cell
_SHOWN = 100
_MOMENT = (
    r"(?:\d{1,2}/\d{1,2}(?:/\d{2,4})?|\d{1,2}/\d{4}|qu[yi] (?:i{1,3}|iv|[1-4])|thang \d{1,2}"
    r"|ngay \d{1,2} thang \d{1,2})\b"
)
_NAMED = re.compile(rf"\b{_MOMENT}(?![/-][a-z])")
# "Theo Công văn số 12 ngày 05/01/2026" names the day of a document.
_DUE = re.compile(
    r"\b(?:truoc|cham nhat|muon nhat|het|den|han(?: cuoi| chot)?|xong|hoan thanh|gia han|lui"
    r"|keo dai)"
    rf"(?: [a-z]+){{0,4}}:? {_MOMENT}"
)


def times_elsewhere(row: PlanRow, frame: TimeFrame) -> Iterable[RowWarning]:
    """A warning for each cell of bodies, and for the remarks, where another time is named."""
    for text in (row.lead, row.coordinating):
        if _NAMED.search(fold(text[:_LOOKED_AT])) or names_recurrence(text):
            yield _warning(text)
    note = row.note or ""
    said = read_time_frame(note)
    is_time = said.ends_on is not None and said.ends_on != frame.ends_on
    if is_time or (_DUE.search(fold(note[:_LOOKED_AT])) and said.ends_on != frame.ends_on):
        yield _warning(note)


def _warning(text: str) -> RowWarning:
    words = without_people(" ".join(text[:_LOOKED_AT].split()))[:_SHOWN]
    return RowWarning(
        "time_elsewhere",
        Text(
            f"Ngoài ô thời gian, dòng còn nêu một thời gian khác, không được tính: “{words}”.",
            f'The row names a time outside of its time cell, which does not count: "{words}".',
        ),
    )
