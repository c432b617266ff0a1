"""The page of a board, drawn from its one answer: which words stand where."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple
from urllib.parse import urlencode

from markupsafe import Markup

from app.documents.pages import english_day, page, percent_of
from app.documents.svg.lines import ChartLine, line_chart
from app.domain.figures.boards import counts_of
from app.errors import Text
from app.models import AgencyKind
from app.official_words import day_words
from app.queries.figures.boards import PublicPlan
from app.schemas.boards import (
    BoardAgencyOut,
    BoardAssignmentOut,
    BoardGroupOut,
    BoardOut,
    BoardTaskOut,
)
from app.schemas.statistics import RoleAsked, StatisticsOut

WORST = 6
"""So many agencies are named as the worst."""
ROLES: list[tuple[RoleAsked, Text]] = [
    ("lead", Text("Chủ trì", "Leading")),
    ("all", Text("Cả phối hợp", "Coordinating as well")),
]
NOTHING = Text("", "")
COMMUNES = (AgencyKind.COMMUNE_COMMITTEE,)
DISTRICTS = (AgencyKind.DISTRICT_COMMITTEE,)
SHOWN: dict[str, tuple[tuple[str, ...], Text]] = {
    "completed": (("on_time", "late"), Text("đã hoàn thành", "completed")),
    "awaiting": (
        ("awaiting_confirmation",),
        Text("chờ xác nhận hoàn thành", "awaiting confirmation"),
    ),
    "in_time": (("in_time", "due_soon"), Text("trong hạn", "in time")),
    "overdue": (("overdue",), Text("quá hạn", "overdue")),
    "handover": (("awaiting_handover",), Text("chờ bàn giao", "awaiting a handover")),
}
"""The parts of the ledger that can be asked for alone: their states, and their names."""


@dataclass(frozen=True, slots=True)
class PageAsked:
    """The address of a board's page, by its parameters."""

    path: str
    key: str
    as_of: str
    period: str
    role: RoleAsked
    show: str
    language: str
    is_embedded: bool

    def link(self, fragment: str = "", **changed: str) -> str:
        """The same address with some parameters changed; what is empty is left out."""
        given = {
            "key": self.key,
            "as_of": self.as_of,
            "period": self.period,
            "role": "" if self.role == "lead" else self.role,
            "show": self.show,
            "lang": "" if self.language == "vi" else self.language,
            "embed": "1" if self.is_embedded else "",
        } | changed
        query = urlencode({name: value for name, value in given.items() if value})
        return self.path + (query and f"?{query}") + (fragment and f"#{fragment}")

    def file(self, form: str) -> str:
        """The address of the last signed report as a file, by the same link."""
        return f"{self.path.rstrip('/')}/report/{form}?{urlencode({'key': self.key})}"

    @property
    def kept(self) -> list[tuple[str, str]]:
        """The parameters that the form of a page sends along."""
        given = {"key": self.key, "show": self.show}
        given |= {"lang": self.language} if self.language != "vi" else {}
        return [(name, value) for name, value in given.items() if value]


class Tile(NamedTuple):
    """One number at the top of the page, which narrows the ledger."""

    state: str
    show: str
    many: int
    percent: float | None
    words: Text
    more: Text


class ToDo(NamedTuple):
    """One thing that somebody has to do next."""

    many: int
    words: Text
    more: Text
    show: str = ""


class Fold(NamedTuple):
    """Agencies of one level, with their sums."""

    words: Text
    agencies: Sequence[BoardAgencyOut]
    counts: dict[str, int]
    completed: int
    total: int
    overdue: int


def board_page(board: BoardOut, asked: PageAsked, *, today: date, has_report: bool = False) -> str:
    """The page of a plan's board; *has_report*: it offers the last signed report as files."""
    number = board.plan.number or board.plan.short_title or board.plan.title
    heading = Text(f"Tình hình thực hiện Kế hoạch số {number}", f"How plan {number} stands")
    shown = SHOWN.get(asked.show)
    return page(
        "board.html",
        asked.language,
        board=board,
        heading=getattr(heading, asked.language),
        embed=asked.is_embedded,
        today=today,
        kept=asked.kept,
        link=asked.link,
        file=asked.file if has_report else None,
        roles=ROLES,
        counts=counts_of,
        board_counts=counts_of(board.total),
        tiles=_tiles(board),
        worst=[one for one in board.agencies if _overdue(one) and one.key][:WORST],
        todo=_todo(board),
        folds=_folds(board),
        trend=_trend(board, asked.language),
        shown=shown and shown[1],
        ledger=lambda group: _ledger(group, shown and shown[0]),
        named=_named,
        since=lambda day: _since(day, board.as_of, asked.language),
        left=lambda day: _left(day, board.as_of, asked.language),
    )


def boards_page(
    plans: Sequence[PublicPlan], asked: PageAsked, day: date, *, every: bool = False
) -> str:
    """The page of the plans that are everybody's, or of *every* issued plan."""
    shown = []
    for plan in plans:
        statistics = StatisticsOut.model_validate_json(plan.statistics)
        name = plan.short_title or plan.title
        shown.append(
            {
                "name": f"{plan.number}: {name}" if plan.number else name,
                "url": asked.link().replace(asked.path, f"{asked.path.rstrip('/')}/{plan.id}", 1),
                "tree": statistics.by_current_deadline,
                "counts": counts_of(statistics),
            }
        )
    return page(
        "boards.html", asked.language, plans=shown, as_of=day, every=every, embed=asked.is_embedded
    )


def _tiles(board: BoardOut) -> list[Tile]:
    tree, next_ones = board.total.by_current_deadline, board.deadlines
    done, open_ones = tree.completed, tree.not_completed
    soon, years = next_ones.next_deadline_on, open_ones.overdue.more_than_365_days
    in_time = done.on_time + done.no_deadline
    found = [
        ("on_time", "completed", done.total, Text("Hoàn thành", "Completed"),
         Text(f"{in_time} đúng hạn, {done.late} quá hạn", f"{in_time} in time, {done.late} late")),
        ("awaiting_confirmation", "awaiting", open_ones.awaiting_confirmation.total,
         Text("Chờ xác nhận", "Awaiting confirmation"),
         Text("đã báo cáo hoàn thành", "reported as completed")),
        ("in_time", "in_time", open_ones.in_time.total, Text("Trong hạn", "In time"),
         NOTHING if soon is None else Text(
             f"{next_ones.next_deadline_count} đến hạn {day_words(soon)}",
             f"{next_ones.next_deadline_count} due on {english_day(soon)}")),
        ("overdue", "overdue", open_ones.overdue.total, Text("Quá hạn", "Overdue"),
         Text(f"{years} quá hạn trên 1 năm", f"{years} for more than a year")
         if years else NOTHING),
        ("awaiting_handover", "handover", tree.awaiting_handover,
         Text("Chờ bàn giao", "Awaiting a handover"),
         Text("không tính quá hạn", "late for nobody")),
    ]  # fmt: skip
    return [
        Tile(state, show, count, percent_of(count, tree.total), words, more)
        for state, show, count, words, more in found
    ]


def _overdue(group: BoardAgencyOut) -> int:
    return group.statistics.by_current_deadline.not_completed.overdue.total


def _todo(board: BoardOut) -> list[ToDo]:
    tree, attention = board.total.by_current_deadline, board.attention
    found = [
        ToDo(
            tree.not_completed.awaiting_confirmation.total,
            Text("nhiệm vụ đã báo cáo hoàn thành, chờ xác nhận", "await confirmation"),
            _longest(attention.awaiting_confirmation_since),
            "awaiting",
        ),
        _next_deadline(board),
        ToDo(
            attention.reports_waiting,
            Text("báo cáo đã nộp, chờ xét", "reports wait for review"),
            _longest(attention.reports_waiting_since),
        ),
        ToDo(
            attention.reports_returned,
            Text("báo cáo bị trả lại, chưa nộp lại", "reports were sent back and not filed again"),
            _some(attention.returned_agencies),
        ),
        ToDo(
            tree.awaiting_handover,
            Text("nhiệm vụ chờ quyết định cơ quan tiếp nhận", "await who takes them over"),
            Text("sau sắp xếp bộ máy.", "after a reorganisation."),
            "handover",
        ),
        _not_filed(board),
    ]
    return [item for item in found if item.many]


def _next_deadline(board: BoardOut) -> ToDo:
    day, agencies = board.deadlines.next_deadline_on, board.attention.next_deadline_agencies
    if day is None:
        return ToDo(0, NOTHING, NOTHING)
    return ToDo(
        board.deadlines.next_deadline_count,
        Text(f"nhiệm vụ đến hạn ngày {day_words(day)}", f"fall due on {english_day(day)}"),
        Text(f"của {agencies} cơ quan.", f"of {agencies} agencies."),
        "in_time",
    )


def _not_filed(board: BoardOut) -> ToDo:
    one = board.reporting
    if one is None:
        return ToDo(0, NOTHING, NOTHING)
    due, of = day_words(one.due_on), f"{one.filed}/{one.asked}"
    return ToDo(
        one.asked - one.filed,
        Text("báo cáo của kỳ này chưa nộp", "reports of the period are not filed"),
        Text(f"hạn gửi {due}; đã nộp {of}.", f"due on {english_day(one.due_on)}; {of} are filed."),
    )


def _longest(since: date | None) -> Text:
    if since is None:
        return NOTHING
    return Text(f"lâu nhất từ {day_words(since)}.", f"the oldest since {english_day(since)}.")


def _some(names: Sequence[str]) -> Text:
    shown = "; ".join(names[:4])
    more = len(names) - 4
    if more <= 0:
        return Text(f"{shown}.", f"{shown}.")
    return Text(f"{shown} và {more} cơ quan khác.", f"{shown} and {more} more.")


def _folds(board: BoardOut) -> list[Fold]:
    """Provincial bodies, districts and communes apart; those without anything are left out."""
    rows = [one for one in board.agencies if one.key is not None and _has_any(one)]
    below = (*COMMUNES, *DISTRICTS)
    folds = (
        (
            Text("Sở, ban, ngành, đơn vị cấp tỉnh", "Bodies of the province"),
            [one for one in rows if one.kind not in below],
        ),
        (
            Text("Ủy ban nhân dân xã, phường", "Committees of communes and wards"),
            [one for one in rows if one.kind in COMMUNES],
        ),
        (
            Text("Ủy ban nhân dân huyện, thành phố, thị xã", "Committees of districts"),
            [one for one in rows if one.kind in DISTRICTS],
        ),
    )
    return [_fold(words, agencies) for words, agencies in folds if agencies]


def _has_any(group: BoardAgencyOut) -> bool:
    return group.statistics.by_current_deadline.total > 0


def _fold(words: Text, agencies: Sequence[BoardAgencyOut]) -> Fold:
    counts: dict[str, int] = {}
    for one in agencies:
        for state, count in counts_of(one.statistics).items():
            counts[state] = counts.get(state, 0) + count
    trees = [one.statistics.by_current_deadline for one in agencies]
    return Fold(
        words,
        agencies,
        counts,
        sum(tree.completed.total for tree in trees),
        sum(tree.total for tree in trees),
        sum(map(_overdue, agencies)),
    )


def _ledger(
    group: BoardGroupOut, states: Sequence[str] | None
) -> list[tuple[BoardTaskOut, list[BoardAssignmentOut]]]:
    """The tasks of a group with their assignments; with *states* those alone that have any."""
    found = [
        (task, [line for line in task.assignments if states is None or line.state in states])
        for task in group.tasks
    ]
    return [(task, lines) for task, lines in found if lines or states is None]


def _named(group: BoardGroupOut) -> str:
    if group.title is None:
        return "–"
    return f"{group.ordinal}. {group.title}" if group.ordinal else group.title


def _since(day: date | None, as_of: date, language: str) -> str:
    if day is None:
        return "–"
    days = (as_of - day).days
    return f"{days} ngày" if language == "vi" else f"{days} days"


def _left(day: date, as_of: date, language: str) -> str:
    days = (day - as_of).days
    if days == 0:
        return "hôm nay" if language == "vi" else "which is today"
    return f"còn {days} ngày" if language == "vi" else f"in {days} days"


def _trend(board: BoardOut, language: str) -> Any:
    days = [point.as_of for point in board.trend]
    done, late = [p.completed for p in board.trend], [p.overdue for p in board.trend]
    words = {"vi": ("Hoàn thành", "Quá hạn"), "en": ("Completed", "Overdue")}[language]
    written = day_words if language == "vi" else english_day
    first, last = written(days[0]), written(days[-1])
    summary = {
        "vi": f"Từ {first} đến {last}: hoàn thành từ {done[0]} đến {done[-1]}, quá hạn từ {late[0]}"
        f" đến {late[-1]}.",
        "en": f"From {first} to {last}: completed from {done[0]} to {done[-1]}, overdue from"
        f" {late[0]} to {late[-1]}.",
    }[language]
    drawn = line_chart(
        days,
        [ChartLine(words[0], "#135f40", False, done), ChartLine(words[1], "#8f1c15", True, late)],
        title=" / ".join(words),
        summary=summary,
        written=written,
    )
    return Markup(drawn)  # noqa: S704 - escapes what it is given
