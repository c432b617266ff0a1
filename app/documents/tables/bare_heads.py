"""Rows with a title and neither ordinal, body nor time: they head the rows below them."""

import re
from collections.abc import Sequence
from itertools import pairwise

from app.documents.tables.cell_kinds import CellKind, kind_of
from app.documents.tables.ordinals import HEADLINE, begins_with_bullet, is_first
from app.documents.tables.task_rows import Draft

_SHORT = re.compile(r"\S+(?:\s+\S+){0,3}")  # "Tháng 01 năm 2026", and not the title of a task
_IN_DOUBT = (
    "Dòng chỉ có tên, không có số thứ tự, cơ quan và thời gian, được hiểu là nhóm của các dòng "
    "dưới; cần xem lại.",
    "The row has a title and neither ordinal, agency nor time; it was taken for a group of the "
    "rows below it; look again.",
)


def settle_heads(drafts: Sequence[Draft]) -> None:
    """Make each such row a headline. Capitals, a time, or a count that begins anew below it say so
    plainly; any other one may be a task that nobody was given, so that a person looks at it."""
    is_numbered = any(draft.ordinal for draft in drafts)
    for draft, following in pairwise(drafts):
        is_open = not (draft.ordinal or draft.level or draft.fills_row or draft.above)
        if not (is_open and draft.title and draft.is_bare) or begins_with_bullet(draft.title):
            continue
        assigns = not (following.is_bare or following.fills_row)
        if (is_numbered or assigns) and _heads_plainly(draft.title, following):
            draft.level = HEADLINE
        elif assigns and not any(text.strip() for text in draft.values.values()):
            draft.level = HEADLINE
            draft.warn("group_in_doubt", *_IN_DOUBT)


def _heads_plainly(title: str, following: Draft) -> bool:
    is_time = kind_of(title) is CellKind.TIME and bool(_SHORT.fullmatch(title))
    return title.isupper() or is_time or is_first(following.ordinal)
