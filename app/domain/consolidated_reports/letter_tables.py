"""The tables of a consolidated report's Word file."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, groupby, starmap
from typing import Any

from app.documents.word.letter import LetterTable
from app.domain.consolidated_reports.alike import FRAME, RATES, REPORTED, number_at, roles
from app.domain.consolidated_reports.content import (
    AgencyResult,
    FigureGroup,
    ListedAssignment,
    ReportContent,
    TaskResult,
)
from app.domain.consolidated_reports.words import (
    GRADES,
    NO_REPORT,
    group_words,
    occurrence_words,
    standing,
    standing_words,
    text_words,
)
from app.kinds import AssigneeRole
from app.official_words import (
    UNIT_SPACE,
    day_words,
    exact_words,
    number_words,
    percent_words,
)

N = number_words
GROUP_HEAD = ("TT", "", "Tổng số", "Hoàn thành", "Trong đó quá hạn", "Chờ xác nhận", "Trong hạn",
              "Quá hạn", "Khác", "Tỷ lệ hoàn thành trên đến hạn")  # fmt: skip
NUMBERS = frozenset(range(2, 10))
FEW = 10
"""So many silent coordinating agencies of a task are named; more are counted."""


def frame(content: ReportContent) -> LetterTable:
    """The table of assignments carried in, given, due, completed and carried out, by role."""
    rows = [
        (words, *(N(number_at(figures, where, path)) for _, figures in roles(content)))
        for words, where, path in FRAME
    ]
    head = ("Nội dung", "Chủ trì", "Phối hợp")
    return LetterTable(head, (9.5, 3.5, 3.5), rows, frozenset((1, 2)), is_whole=True)


def rates(content: ReportContent) -> LetterTable:
    """The three rates, each with its numerator and base, by both deadlines; leads first."""
    rows: list[Sequence[str]] = []
    for role, figures in roles(content):
        rows.append((role,))
        for words, name in RATES:
            now = figures.statistics["by_current_deadline"]["rates"][name]
            first = figures.statistics["by_original_deadline"]["rates"][name]
            rows.append((words, rate_words(now), rate_words(first)))
    head = ("Tỷ lệ", "Theo thời hạn hiện hành", "Theo thời hạn ban đầu")
    return LetterTable(head, (7.5, 4.5, 4.5), rows, frozenset((1, 2)), is_whole=True)


def rate_words(rate: Mapping[str, Any]) -> str:
    """A rate with its numerator and base: 98,62 % (16.051/16.274); a dash where the base is 0."""
    if not rate["base"]:
        return "-"
    numbers = f"({N(rate['numerator'])}/{N(rate['base'])})"
    return f"{percent_words(rate['percent'])} {numbers}"


def groups(of: Iterable[FigureGroup], heading: str, widths: Sequence[float]) -> LetterTable:
    """The table of the assignments' states by group, with the rate of each. The parts add up to the
    total: assignments that are called off, suspended, ended or await a handover are counted
    together."""
    head = (GROUP_HEAD[0], heading, *GROUP_HEAD[2:])
    rows = [_group(number, group) for number, group in enumerate(standing(of), 1)]
    return LetterTable(head, widths, rows, NUMBERS | {0})


def _group(number: int, group: FigureGroup) -> tuple[str, ...]:
    now = group.statistics["by_current_deadline"]
    open_ = now["not_completed"]
    return (
        str(number),
        group_words(group),
        N(now["total"]),
        N(now["completed"]["total"]),
        N(now["completed"]["late"]),
        N(open_["awaiting_confirmation"]["total"]),
        N(open_["in_time"]["total"]),
        N(open_["overdue"]["total"]),
        N(now["total"] - now["completed"]["total"] - open_["total"]),
        rate_words(now["rates"]["completed_of_due"]),
    )


def indicators(content: ReportContent) -> LetterTable:
    """The table of every indicator's value against its target."""
    rows = [
        (
            one.task_ordinal,
            f"{one.name} ({one.unit})",
            _exact(one.reached),
            _exact(one.target),
            _exact(one.percent, f"{UNIT_SPACE}%"),
            _exact(one.reached_in_all),
        )
        for one in content.indicators
    ]
    head = ("Nhiệm vụ", "Chỉ tiêu", "Đạt trong kỳ", "Mục tiêu kỳ", "Tỷ lệ", "Lũy kế")
    return LetterTable(head, (1.8, 5.8, 2.1, 2.1, 2.6, 2.1), rows, frozenset((0, 2, 3, 4, 5)))


def _exact(value: str | None, unit: str = "") -> str:
    return "-" if value is None else f"{exact_words(value)}{unit}"


def listed(lists: Iterable[tuple[str, Sequence[ListedAssignment]]]) -> LetterTable:
    """The assignments of several lists under their titles, by task: why, by which document, and the
    new day."""
    rows = chain.from_iterable(starmap(_under_title, lists))
    head = ("TT", "Cơ quan chủ trì", "Thời hạn", "Lý do", "Văn bản", "Thời hạn mới, đề nghị")
    return LetterTable(head, (1.3, 6.9, 3.2, 7.6, 3.4, 2.8), rows, frozenset((0, 2, 5)))


def _under_title(title: str, found: Sequence[ListedAssignment]) -> Iterator[Sequence[str]]:
    if found:
        yield (f"{title}: {N(len(found))}".upper(),)
    for task, some in groupby(found, key=lambda one: f"{one.task_ordinal}. {one.task_title}"):
        yield (task,)
        for number, one in enumerate(some, 1):
            yield _listed(number, one)


def _listed(number: int, one: ListedAssignment) -> tuple[str, ...]:
    return (
        str(number),
        one.agency.name,
        _overdue(one),
        one.reason or "Chưa nêu",
        one.document or "",
        day_words(one.new_day) if one.new_day else "",
    )


def _overdue(one: ListedAssignment) -> str:
    deadline = day_words(one.deadline_on) if one.deadline_on else "Không có"
    return deadline if one.days_overdue is None else f"{deadline}\n(quá {one.days_overdue} ngày)"


def results(content: ReportContent) -> LetterTable:
    """Every task in the plan's order with each assignment; the plan's headings span the table."""
    head = ("TT", "Cơ quan thực hiện", "Thời hạn", "Tiến độ", "Kết quả thực hiện")
    rows = _Results(content).rows()
    return LetterTable(head, (1.3, 5.4, 2.6, 4.2, 11.7), rows, frozenset((0, 2)))


class _Results:
    """The rows of the results, which know the texts that stood already."""

    def __init__(self, content: ReportContent) -> None:
        self._content = content
        self._texts = {text.number: text for text in content.texts}
        self._seen: dict[int, str] = {}

    def rows(self) -> Iterator[Sequence[str]]:
        """The rows of the table: each plan under its number if the report is over several, each
        group, each task."""
        for plan, groups in groupby(self._content.results, key=lambda group: group.plan):
            if plan is not None:
                yield (f"Kế hoạch {plan}".upper(),)
            for group in groups:
                if group.title is not None:
                    yield (f"{group.ordinal}. {group.title}".upper(),)
                for task in group.tasks:
                    yield from self._task(task)

    def _task(self, task: TaskResult) -> Iterator[Sequence[str]]:
        yield (self._heading(task),)
        written = [one for one in task.assignments if _has_row(one)]
        for number, one in enumerate(written, 1):
            yield self._assignment(number, task, one)
        silent = [one.agency.name for one in task.assignments if not _has_row(one)]
        if silent:
            names = "; ".join(dict.fromkeys(silent))
            said = names if len(silent) <= FEW else f"{N(len(silent))} cơ quan phối hợp"
            yield ("", "Cơ quan phối hợp", "", NO_REPORT, said)

    def _heading(self, task: TaskResult) -> str:
        named = f"{task.ordinal}. {task.title} ({task.time_frame.strip()})"
        if task.total == 0:
            # An agency's own report has nothing on the lead of a task that the agency only
            # coordinates.
            return f"{named}: {'phối hợp' if self._content.own else 'chưa có cơ quan chủ trì'}"
        return f"{named}: {N(task.completed)}/{N(task.total)} đơn vị hoàn thành"

    def _assignment(self, number: int, task: TaskResult, one: AgencyResult) -> tuple[str, ...]:
        text = None if one.text is None else self._texts[one.text]
        words = text_words(text)
        if text is not None and text.number in self._seen:
            words = f"Báo cáo chung, xem nhiệm vụ {self._seen[text.number]}."
        elif text is not None:
            self._seen[text.number] = task.ordinal
        role = "phối hợp" if one.role != AssigneeRole.LEAD else ""
        notes = [one.agency.name, role, occurrence_words(one.occurrence)]
        progress = standing_words(one)
        if one.percent is not None and one.standing != "completed":
            progress += f", {one.percent}{UNIT_SPACE}%"
        who = ", ".join(note for note in notes if note)
        return (str(number), who, _deadlines(one), progress, words)


def _has_row(one: AgencyResult) -> bool:
    """Whoever leads has a row; of those who coordinate whoever reported."""
    return one.role == AssigneeRole.LEAD or one.text is not None


def _deadlines(one: AgencyResult) -> str:
    if one.deadline_on is None:
        return "Không có"
    if one.original_deadline_on in (None, one.deadline_on):
        return day_words(one.deadline_on)
    return f"{day_words(one.deadline_on)}\n(ban đầu {day_words(one.original_deadline_on)})"


def reporting(content: ReportContent) -> LetterTable:
    """The table of each agency's reporting and of the coordinator's response to it."""
    head = ("TT", "Cơ quan", *(words for words, _ in REPORTED), "Đánh giá")
    rows = [
        (
            str(number),
            one.agency.name,
            *(N(getattr(one, name)) for _, name in REPORTED),
            GRADES[one.grade] if one.grade else "-",
        )
        for number, one in enumerate(content.reporting, 1)
    ]
    widths = (1.2, 7.4, *(1.65,) * 8, 3.4)
    return LetterTable(head, widths, rows, frozenset((0, *range(2, 10))))


def evidence(content: ReportContent) -> LetterTable:
    """The documents that show results."""
    rows = [
        (
            str(number),
            one.task_ordinal,
            one.agency,
            one.number,
            day_words(one.issued_on),
            one.url or "",
        )
        for number, one in enumerate(content.evidence, 1)
    ]
    head = ("TT", "Nhiệm vụ", "Cơ quan", "Số, ký hiệu", "Ngày", "Địa chỉ")
    return LetterTable(head, (1.2, 2.2, 7.4, 5.0, 2.6, 6.8), rows, frozenset((0, 1, 4)))


def next_tasks(content: ReportContent) -> LetterTable:
    """The table of tasks that go on: the number open, the overdue among them, the number known
    ahead, and the next deadline."""
    rows = [
        (
            one.ordinal,
            one.title,
            N(one.open),
            N(one.overdue),
            N(one.upcoming),
            day_words(one.next_deadline_on) if one.next_deadline_on else "-",
        )
        for one in content.next_year
    ]
    head = ("TT", "Nhiệm vụ", "Đang thực hiện", "Trong đó quá hạn", "Sẽ bắt đầu",
            "Thời hạn tới")  # fmt: skip
    return LetterTable(head, (1.4, 7.2, 1.8, 1.8, 1.7, 2.6), rows, frozenset((0, 2, 3, 4, 5)))
