"""The numbers and lists that both files of a report share, each by its words and its place in the
content. The letter and the workbook only lay them out."""

from collections.abc import Iterator, Sequence
from typing import Any

from app.domain.consolidated_reports.content import (
    Attention,
    ListedAssignment,
    ReportContent,
    RoleFigures,
)

FRAME = (
    ("Kỳ trước chuyển sang", "flows", ("carried_in",)),
    ("Giao trong kỳ", "flows", ("given", "total")),
    ("- Giao mới", "flows", ("given", "new")),
    ("- Tiếp nhận từ cơ quan khác", "flows", ("given", "taken_over")),
    ("Đến hạn trong kỳ", "flows", ("fallen_due",)),
    ("Hoàn thành trong kỳ", "flows", ("closed", "completed", "total")),
    ("- Đúng hạn", "flows", ("closed", "completed", "on_time")),
    ("- Quá hạn", "flows", ("closed", "completed", "late")),
    ("- Không có thời hạn", "flows", ("closed", "completed", "no_deadline")),
    ("Thu hồi, không áp dụng", "flows", ("closed", "called_off", "total")),
    ("Kết thúc cùng nhiệm vụ", "flows", ("closed", "ended_with_task")),
    ("Kết thúc theo dõi khi chưa hoàn thành", "flows", ("closed", "at_close", "total")),
    ("Chuyển cho cơ quan khác, nhập vào việc khác", "flows", ("closed", "handed_over")),
    ("Chuyển sang kỳ sau", "flows", ("carried_out",)),
    (
        "Trong đó: chờ xác nhận hoàn thành",
        "now",
        ("not_completed", "awaiting_confirmation", "total"),
    ),
    ("Trong đó: quá hạn", "now", ("not_completed", "overdue", "total")),
    ("Trong đó: tạm dừng", "now", ("other", "suspended")),
    ("Trong đó: chờ bàn giao", "now", ("awaiting_handover",)),
)
"""The rows of a year's frame: the words, the part of the figures (flows or the state of the day),
and the path of the number in that part."""
RATES = (
    ("Hoàn thành trên đến hạn phải hoàn thành", "completed_of_due"),
    ("Hoàn thành đúng hạn trên hoàn thành", "on_time_of_completed"),
    ("Hoàn thành trên tổng số", "completed_of_total"),
)
REPORTED = (
    ("Phải nộp", "expected"),
    ("Đã nộp", "filed"),
    ("Đúng hạn", "on_time"),
    ("Chưa nộp", "not_filed"),
    ("Chờ xét", "waiting"),
    ("Trả lại", "returned"),
    ("Đôn đốc", "reminded"),
    ("Gia hạn", "extended"),
)
"""The columns on an agency's reporting and on the coordinator's response: the words and the member
of `AgencyReporting`."""
LISTS = (
    ("Nhiệm vụ quá hạn trên 30 ngày", "overdue"),
    ("Nhiệm vụ được gia hạn trong kỳ", "extended"),
    ("Nhiệm vụ tạm dừng", "suspended"),
    ("Nhiệm vụ chờ bàn giao", "awaiting_handover"),
)


def roles(content: ReportContent) -> Iterator[tuple[str, RoleFigures]]:
    """The figures of leads, and apart those of who coordinates."""
    yield "Chủ trì", content.lead
    yield "Phối hợp", content.coordinating


def lists(found: Attention) -> list[tuple[str, list[ListedAssignment]]]:
    """The lists of assignments that somebody has to see to, under their titles."""
    return [(title, getattr(found, name)) for title, name in LISTS]


def number_at(figures: RoleFigures, where: str, path: Sequence[str]) -> int:
    """One number of `FRAME`, of a role."""
    found: Any = figures.flows if where == "flows" else figures.statistics["by_current_deadline"]
    for name in path:
        found = found[name]
    return int(found)
