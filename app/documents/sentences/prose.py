"""Tasks of a plan without a table, proposed from the sentences that assign them."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import count

from app.documents.confined.limits import too_much_work
from app.documents.files.grids import Block
from app.documents.sentences.prose_labels import begins_anew, is_label, labelled
from app.documents.sentences.prose_sentences import (
    Assigned,
    assigned_by,
    begins_act,
    clauses_of,
    done_by,
    is_following_up,
    mentions_assigning,
    names_body,
)
from app.documents.tables.ordinals import split_leading
from app.documents.tables.plan_rows import LeftOut, PlanRow, RowKind, RowWarning
from app.documents.words import cleaned
from app.errors import Text

_MOST_ROWS = 500
_LONGEST_LINE = 4_000
_LONGEST_LEFT_OUT = 300
_LONGEST_TEXT = 1_000_000  # characters of a plan without a table, some 400 pages
_PROPOSED = RowWarning(
    "proposed_from_sentence",
    Text(
        "Nhiệm vụ được đề xuất từ một câu văn; hãy đọc câu gốc rồi giữ hoặc bỏ.",
        "The task is proposed from a sentence; read the sentence, then keep it or remove it.",
    ),
)
_NOT_PROPOSED = RowWarning(
    "sentence_not_read",
    Text(
        "Câu có nhắc đến việc của một cơ quan nhưng chưa đề xuất được thành nhiệm vụ.",
        "The sentence speaks of what a body does, and no task could be proposed from it.",
    ),
)
_FOLLOWED_UP = RowWarning(
    "following_up",
    Text(
        "Câu giao việc theo dõi, đôn đốc, tổng hợp chung của kế hoạch, không phải nhiệm vụ riêng.",
        "The sentence charges somebody with following up the plan as a whole, which is no task.",
    ),
)
_MARK = re.compile(r"(?:[-–+•*]|[a-zđ]\)|[a-zđ]\.(?=\s))\s*")
_SECTION = re.compile(r"(?:PHẦN |[IVX]{1,4}\.|[A-Z]\.)\s*\S")
_FOR = re.compile(r"(?:[Đđ]ối với|[Vv]ề phía) ")
_ENDS = re.compile(r"Nơi nhận\s*:?")
_CLOSES = re.compile(r"Trên đây|Trong quá trình|Yêu cầu|Kế hoạch này")
_BASIS = re.compile(r"Căn cứ |Theo đề nghị |Xét đề nghị ")


@dataclass(slots=True)
class _Item:
    """One item of a plan's text: its line, and the labelled lines that belong to it."""

    number: int
    ordinal: str
    text: str
    body: str = ""
    lines: list[str] = field(default_factory=list)

    def said(self) -> tuple[str, ...]:
        """The item's lines without the mark of the first."""
        return (self.text, *self.lines[1:])


def proposed_rows(blocks: list[Block]) -> tuple[list[PlanRow], list[LeftOut]]:
    """A row for each sentence that gives work to somebody, with that sentence as the only cell; and
    the sentences that speak of work and gave no row."""
    rows: list[PlanRow] = []
    missed: list[LeftOut] = []
    for item in _items(_lines(blocks)):
        found = list(_assigned(item)) if len(rows) < _MOST_ROWS else []
        for one in found:
            row = _row_of(item, one, len(rows) + 1)
            rows.append(_numbered_once(row, {each.ordinal for each in rows}))
        if not found and (item.body or mentions_assigning(item.text)):
            reason = _FOLLOWED_UP if is_following_up(item.text) else _NOT_PROPOSED
            missed.append(LeftOut(item.number, item.lines[0][:_LONGEST_LEFT_OUT], reason))
    return rows, missed


def charged_with_following_up(lines: Iterable[str]) -> str | None:
    """The words for the body that follows the plan up as a whole: the first of several."""
    for item in _items(lines):
        for clause in clauses_of(item.text) if is_following_up(item.text) else ():
            if is_following_up(clause):
                one = assigned_by(clause)
                if one is not None or item.body:
                    return one.lead if one is not None else item.body
    return None


def _assigned(item: _Item) -> Iterator[Assigned]:
    if one := labelled(item.text, item.lines, item.body):
        yield one
    elif item.body:
        if not is_following_up(item.text):
            yield done_by(item.body, item.text)
    else:
        for clause in clauses_of(item.text):
            one = None if is_following_up(clause) else assigned_by(clause)
            if one is not None:
                yield one


def _items(lines: Iterable[str]) -> list[_Item]:
    """The lines of the plan's text, each with its labelled lines and the body it stands below."""
    items: list[_Item] = []
    is_open, over = False, _Heading()
    for number, line in enumerate(lines, start=1):
        mark, text = _marked(line)
        if _ENDS.match(line):
            break
        if is_open and is_label(text) and not begins_anew(text, items[-1].said()):
            items[-1].lines.append(text)
            continue
        is_section = _is_section(line)
        over = _Heading() if is_section or over.ends_at(mark, text) else over
        name, after = _headed(text)
        over = _Heading(name, mark) if name else over
        is_open = not (is_section or _BASIS.match(text) or (name and not after))
        if is_open:
            ordinal = mark if mark[:1].isalnum() else ""
            items.append(_Item(number, ordinal, after or text, over.body, [line]))
    return items


@dataclass(frozen=True, slots=True)
class _Heading:
    """The body whose name heads the items below it, and the mark of that line ("2", "a)", "-")."""

    body: str = ""
    mark: str = ""

    def ends_at(self, mark: str, text: str) -> bool:
        """True if a line with this mark stands beside the heading and not below it."""
        if not mark:
            return bool(_CLOSES.match(text)) or mentions_assigning(text)
        if mark.isupper():  # "II", "A": a part of the whole plan
            return True
        if mark[0].isdigit():
            return not (self.mark and mark.startswith(f"{self.mark}."))
        return _family(mark) == _family(self.mark) or not self.body


def _family(mark: str) -> str:
    return "letter" if mark[:1].isalpha() else mark[:1]


def _marked(line: str) -> tuple[str, str]:
    """A line's number, letter or bullet, and the words behind it."""
    ordinal, text = split_leading(line)
    if ordinal:
        return ordinal, text
    bullet = _MARK.match(line)
    return (bullet[0].strip(), line[bullet.end() :]) if bullet else ("", line)


def _headed(text: str) -> tuple[str, str]:
    """The body that a line names alone, or in front of its act ("Sở A: chủ trì …")."""
    words = _FOR.sub("", text)
    name, colon, after = words.partition(":")
    if colon and after.strip():
        begins = names_body(name.strip()) and begins_act(after)
        return (name.strip(), after.strip()) if begins else ("", "")
    name = re.sub(r"\s*\([^()]*\)$", "", words.strip(" :")).strip()
    return (name, "") if names_body(name) else ("", "")


def _is_section(line: str) -> bool:
    return line.isupper() or bool(_SECTION.match(line) and line == line.upper())


def _lines(blocks: list[Block]) -> Iterator[str]:
    length = 0
    for block in blocks:
        line = cleaned(block[:_LONGEST_LINE]) if isinstance(block, str) else ""
        length += len(line)
        if length > _LONGEST_TEXT:
            raise too_much_work()
        if line:
            yield line


def _row_of(item: _Item, one: Assigned, position: int) -> PlanRow:
    return PlanRow(
        number=item.number,
        kind=RowKind.TASK,
        ordinal=item.ordinal or str(position),
        title=one.title or item.text,
        lead=one.lead,
        coordinating=one.others,
        time_frame=one.time.strip(" ,."),
        expected_result=one.result or None,
        note=None,
        cells=(("", "\n".join(item.lines)),),
        warnings=(_PROPOSED,),
    )


def _numbered_once(row: PlanRow, taken: set[str]) -> PlanRow:
    """Letters begin anew below each body; a plan's tasks bear each ordinal once."""
    if row.ordinal not in taken:
        return row
    free = next(str(at) for at in count(len(taken) + 1) if str(at) not in taken)
    return replace(row, ordinal=free)
