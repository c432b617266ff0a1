"""A consolidated report as a workbook: the same numbers and words, to be filtered and added up."""

from collections.abc import Iterator, Sequence
from typing import Any

from app.documents.excel.book import Bars, Column, Sheet, SheetColumnKind, Value
from app.domain.consolidated_reports.alike import FRAME, RATES, REPORTED, lists, number_at, roles
from app.domain.consolidated_reports.content import (
    AgencyReporting,
    Attention,
    FigureGroup,
    ListedAssignment,
    ReportContent,
)
from app.domain.consolidated_reports.words import (
    GRADES,
    STANDINGS,
    TIMELINESS,
    data_days,
    group_words,
    standing,
)
from app.official_words import ROLE_WORDS, period_words

NUMBER, DAY, RATE = SheetColumnKind.NUMBER, SheetColumnKind.DAY, SheetColumnKind.RATE
COUNTS: Sequence[tuple[str, tuple[str, ...]]] = (
    ("Tổng số", ("total",)),
    ("Hoàn thành đúng hạn", ("completed", "on_time")),
    ("Hoàn thành quá hạn", ("completed", "late")),
    ("Hoàn thành, không có thời hạn", ("completed", "no_deadline")),
    ("Chờ xác nhận, báo cáo đúng hạn", ("not_completed", "awaiting_confirmation", "on_time")),
    ("Chờ xác nhận, báo cáo quá hạn", ("not_completed", "awaiting_confirmation", "late")),
    ("Chờ xác nhận, không có thời hạn", ("not_completed", "awaiting_confirmation", "no_deadline")),
    ("Trong hạn", ("not_completed", "in_time", "total")),
    ("Quá hạn", ("not_completed", "overdue", "total")),
    ("Tạm dừng, thu hồi, không áp dụng", ("other", "total")),
    ("Kết thúc cùng nhiệm vụ", ("ended_with_task",)),
    ("Kết thúc theo dõi", ("at_close", "total")),
    ("Chờ bàn giao", ("awaiting_handover",)),
)
"""The numbers of a group, whose parts add up to the first: their heads, and where they are."""
DONE, REPORTED_LATE, OVERDUE = (3, 4, 5), 7, 10
"""The columns of completed, of reported-late and of overdue assignments."""
CHART = (
    (3, "#1f7a54", False),
    (4, "#1f7a54", True),
    (5, "#cfe8dc", False),
    (6, "#2f6fb7", False),
    (7, "#2f6fb7", True),
    (9, "#b9c7db", False),
    (10, "#b3261e", False),
)


def book_of(content: ReportContent) -> list[Sheet]:
    """The sheets of the report: the frame, groups, agencies, years, tasks, texts, changes."""
    when = period_words(content.period) if content.period else data_days(content)
    title = f"{content.title} ({when}), lần phát hành {content.version}"
    lead = content.lead
    return [
        _frame(content, title),
        _rates(content),
        _groups("Nhóm nhiệm vụ", "Nhóm nhiệm vụ (chủ trì)", lead.by_group, has_chart=True),
        _groups("Cơ quan", "Số liệu theo cơ quan chủ trì", lead.by_agency),
        _groups(
            "Cơ quan phối hợp", "Số liệu theo cơ quan phối hợp", content.coordinating.by_agency
        ),
        _groups("Kỳ", "Số liệu theo năm (chủ trì)", lead.by_occurrence, has_chart=True),
        _reporting(content),
        _tasks(content),
        _texts(content),
        _indicators(content),
        _changes(content),
        _said(content),
    ]


def _frame(content: ReportContent, title: str) -> Sheet:
    columns = (
        Column("Nội dung", 48),
        Column("Chủ trì", 14, NUMBER),
        Column("Phối hợp", 14, NUMBER),
    )
    rows: list[tuple[Value, ...]] = [
        (words, *(number_at(figures, where, path) for _, figures in roles(content)))
        for words, where, path in FRAME
    ]
    return Sheet("Tổng hợp", f"{title}; {data_days(content)}", columns, rows)


def _rates(content: ReportContent) -> Sheet:
    """Each rate as a quotient of the numbers beside it."""
    columns = (
        Column("Tỷ lệ", 44),
        Column("Vai trò", 12),
        Column("Theo thời hạn", 14),
        Column("Tử số", 12, NUMBER),
        Column("Mẫu số", 12, NUMBER),
        Column("Tỷ lệ", 12, RATE, numerator=(3,), base=(4,)),
    )
    rows: list[tuple[Value, ...]] = []
    for role, figures in roles(content):
        for deadline, by in (("hiện hành", "current"), ("ban đầu", "original")):
            for words, name in RATES:
                one = figures.statistics[f"by_{by}_deadline"]["rates"][name]
                numbers = one["numerator"], one["base"]
                rows.append((words, role, deadline, *numbers, _quotient(*numbers)))
    return Sheet("Tỷ lệ", "Các tỷ lệ, mỗi tỷ lệ có tử số và mẫu số", columns, rows)


def _groups(
    name: str, title: str, groups: Sequence[FigureGroup], *, has_chart: bool = False
) -> Sheet:
    columns = (
        Column("Mã", 19),
        Column("Tên", 44),
        *(Column(head, 13, NUMBER, is_summed=True) for head, _ in COUNTS),
        Column(
            "Hoàn thành trên đến hạn", 13, RATE,
            numerator=DONE, base=(*DONE, OVERDUE, REPORTED_LATE),
        ),
        Column("Đúng hạn trên hoàn thành", 13, RATE, numerator=(3, 5), base=DONE),
    )  # fmt: skip
    chart = Bars(title, 1, CHART) if has_chart else None
    return Sheet(name, title, columns, [_group(one) for one in standing(groups)], chart)


def _group(group: FigureGroup) -> tuple[Value, ...]:
    now = group.statistics["by_current_deadline"]
    counts = [_at(now, path) for _, path in COUNTS]
    rates = [
        _quotient(now["rates"][name]["numerator"], now["rates"][name]["base"])
        for name in ("completed_of_due", "on_time_of_completed")
    ]
    return (group.code or "", group_words(group), *counts, *rates)


def _at(tree: Any, path: Sequence[str]) -> int:
    for name in path:
        tree = tree[name]
    return int(tree)


def _quotient(numerator: int, base: int) -> float | None:
    return numerator / base if base else None


def _reporting(content: ReportContent) -> Sheet:
    columns = (
        Column("Mã", 19),
        Column("Cơ quan", 44),
        *(Column(head, 11, NUMBER, is_summed=True) for head, _ in REPORTED),
        Column("Nộp đủ", 11, RATE, numerator=(3,), base=(2,)),
        Column("Nộp đúng hạn", 11, RATE, numerator=(4,), base=(3,)),
        Column("Đánh giá", 22),
    )
    rows = [_reported(one) for one in content.reporting]
    return Sheet("Báo cáo", "Tình hình báo cáo của các cơ quan", columns, rows)


def _reported(one: AgencyReporting) -> tuple[Value, ...]:
    return (
        one.agency.code,
        one.agency.name,
        *(getattr(one, name) for _, name in REPORTED),
        _quotient(one.filed, one.expected),
        _quotient(one.on_time, one.filed),
        GRADES[one.grade] if one.grade else "",
    )


def _tasks(content: ReportContent) -> Sheet:
    columns = (
        Column("TT", 8),
        Column("Nhiệm vụ", 50),
        Column("Nhóm", 8),
        Column("Mã cơ quan", 19),
        Column("Cơ quan", 34),
        Column("Nhóm cơ quan", 26),
        Column("Vai trò", 10),
        Column("Năm", 9),
        Column("Thời hạn", 12, DAY),
        Column("Thời hạn ban đầu", 12, DAY),
        Column("Trạng thái", 22),
        Column("Theo thời hạn", 18),
        Column("Ngày báo cáo hoàn thành", 13, DAY),
        Column("Ngày hoàn thành", 13, DAY),
        Column("Tiến độ (%)", 9, NUMBER),
        Column("Lời báo cáo số", 9, NUMBER),
        Column("Kế hoạch", 18),
    )
    return Sheet("Nhiệm vụ", "Từng nhiệm vụ được giao", columns, list(_assignments(content)))


def _assignments(content: ReportContent) -> Iterator[tuple[Value, ...]]:
    for group in content.results:
        for task in group.tasks:
            for one in task.assignments:
                yield (
                    task.ordinal,
                    task.title,
                    group.ordinal or "",
                    one.agency.code,
                    one.agency.name,
                    one.collective or "",
                    ROLE_WORDS[one.role].capitalize(),
                    "" if one.occurrence == "once" else one.occurrence,
                    one.deadline_on,
                    one.original_deadline_on,
                    STANDINGS[one.standing],
                    TIMELINESS.get(one.timeliness or "", ""),
                    one.reported_on,
                    one.completed_on,
                    one.percent,
                    one.text,
                    group.plan or content.plan.number or content.plan.title,
                )


def _texts(content: ReportContent) -> Sheet:
    columns = (
        Column("Số", 7, NUMBER),
        Column("Cơ quan", 34),
        Column("Kỳ", 14),
        Column("Ngày nhận", 12, DAY),
        Column("Báo cáo chung", 10),
        Column("Kết quả thực hiện", 70),
        Column("Khó khăn, vướng mắc", 50),
        Column("Đề xuất, kiến nghị", 50),
        Column("Lý do báo cáo chậm", 30),
    )
    rows = [
        (
            one.number,
            one.agency,
            period_words(one.period),
            one.received_on,
            "có" if one.is_shared else "",
            *(one.results, one.difficulties, one.proposals, one.late_reason or ""),
        )
        for one in content.texts
    ]
    return Sheet("Lời báo cáo", "Lời báo cáo đã được chấp nhận", columns, rows)


def _indicators(content: ReportContent) -> Sheet:
    columns = (
        Column("Nhiệm vụ", 10),
        Column("Chỉ tiêu", 44),
        Column("Đơn vị", 12),
        Column("Đạt trong kỳ", 13, SheetColumnKind.EXACT),
        Column("Mục tiêu kỳ", 13, SheetColumnKind.EXACT),
        Column("Tỷ lệ (%)", 11, SheetColumnKind.EXACT),
        Column("Lũy kế", 13, SheetColumnKind.EXACT),
        Column("Mục tiêu cả kế hoạch", 13, SheetColumnKind.EXACT),
        Column("Tỷ lệ lũy kế (%)", 11, SheetColumnKind.EXACT),
    )
    rows = [
        (
            *(one.task_ordinal, one.name, one.unit),
            *map(_exact, (one.reached, one.target, one.percent)),
            *map(_exact, (one.reached_in_all, one.target_in_all, one.percent_in_all)),
        )
        for one in content.indicators
    ]
    return Sheet("Chỉ tiêu", "Chỉ tiêu: mục tiêu và kết quả", columns, rows)


def _exact(value: str | None) -> float | None:
    return None if value is None else float(value)


def _said(content: ReportContent) -> Sheet:
    """The sheet of unanswered requests, tasks that nobody owes, agencies without an action plan,
    and remarks of overseers."""
    columns = (
        Column("Nội dung", 34),
        Column("Ngày", 12, DAY),
        Column("Cơ quan", 34),
        Column("Về việc", 44),
        Column("Lời", 60),
        Column("Trả lời", 60),
    )
    title = "Nội dung khác cần tập trung chỉ đạo, nhận xét của cơ quan giám sát"
    return Sheet("Yêu cầu, nhận xét", title, columns, list(_other_matters(content.attention)))


def _other_matters(found: Attention) -> Iterator[tuple[Value, ...]]:
    for asked in found.unanswered:
        about = f"{asked.number}: {asked.title}"
        for agency in asked.agencies:
            yield ("Yêu cầu chưa trả lời", asked.due_on, agency.name, about, "", "")
    for task in found.nobody_owes:
        about, words = f"{task.ordinal}. {task.title}", "; ".join(task.words)
        yield ("Chưa có cơ quan chủ trì", None, "", about, words, "")
    for agency in found.without_action_plan:
        yield ("Chưa ban hành kế hoạch thực hiện", None, agency.name, "", "", "")
    for one in found.remarks:
        yield ("Nhận xét", one.made_on, one.author.name, one.about, one.text, one.answer or "")


def _changes(content: ReportContent) -> Sheet:
    """The sheet of decisions that changed assignments since the first day, and of assignments that
    are long overdue."""
    columns = (
        Column("Nội dung", 30),
        Column("TT", 8),
        Column("Nhiệm vụ", 50),
        Column("Cơ quan", 34),
        Column("Thời hạn", 12, DAY),
        Column("Số ngày quá hạn", 10, NUMBER),
        Column("Lý do", 50),
        Column("Văn bản", 22),
        Column("Thời hạn mới, đề nghị", 13, DAY),
    )
    rows = [_changed(title, one) for title, some in lists(content.attention) for one in some]
    return Sheet("Thay đổi", "Nhiệm vụ quá hạn lâu và thay đổi trong kỳ", columns, rows)


def _changed(title: str, one: ListedAssignment) -> tuple[Value, ...]:
    return (
        title,
        one.task_ordinal,
        one.task_title,
        one.agency.name,
        one.deadline_on,
        one.days_overdue,
        one.reason or "",
        one.document or "",
        one.new_day,
    )
