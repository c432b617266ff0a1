"""Days, periods and statuses as official documents write them (NĐ 30/2020/NĐ-CP, Phụ lục I)."""

from datetime import date

from app.kinds import AssigneeRole, AssignmentStatus

ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X")
UNIT_SPACE = "\u00a0"
"""Stands between a number and its sign, which stay together."""
ROLE_WORDS = {AssigneeRole.LEAD: "chủ trì", AssigneeRole.COORDINATING: "phối hợp"}
STATUS_WORDS = {
    AssignmentStatus.NOT_STARTED: "chưa thực hiện",
    AssignmentStatus.IN_PROGRESS: "đang thực hiện",
    AssignmentStatus.AWAITING_CONFIRMATION: "chờ xác nhận",
    AssignmentStatus.COMPLETED: "đã hoàn thành",
    AssignmentStatus.NOT_APPLICABLE: "không áp dụng",
    AssignmentStatus.SUSPENDED: "tạm dừng",
    AssignmentStatus.REVOKED: "đã thu hồi",
    AssignmentStatus.ENDED_WITH_TASK: "đã kết thúc cùng nhiệm vụ",
    AssignmentStatus.CARRIED_OVER: "đã chuyển sang kế hoạch khác",
    AssignmentStatus.UNFINISHED_AT_CLOSE: "chưa hoàn thành khi kế hoạch kết thúc theo dõi",
    AssignmentStatus.MERGED: "đã nhập vào nhiệm vụ khác",
    AssignmentStatus.SPLIT: "đã chia cho các cơ quan tiếp nhận",
}


def day_words(day: date | None) -> str:
    """A day as 05/01/2025 or 16/3/2025: days below 10 and months 1 and 2 have a zero; “…” for an
    open end."""
    if day is None:
        return "…"
    month = f"{day.month:02}" if day.month <= 2 else str(day.month)
    return f"{day.day:02}/{month}/{day.year}"


def period_words(period: str) -> str:
    """A period in words: `2025-Q1` is “quý I/2025”; a request's own is named as it is."""
    year, _, part = period.partition("-")
    if not part:
        return f"năm {year}"
    if part == "9M":
        return f"9 tháng năm {year}"
    kind, number = part[0], part[1:]
    if kind == "H":
        return f"6 tháng {'đầu' if number == '1' else 'cuối'} năm {year}"
    if kind == "Q":
        return f"quý {ROMAN[int(number) - 1]}/{year}"
    if kind in ("W", "K"):
        return f"{'tuần' if kind == 'W' else 'kỳ'} {int(number)} năm {year}"
    return f"tháng {int(part)}/{year}" if part.isdigit() else f"theo yêu cầu {period}"


def plan_words(number: str | None, issued_on: date | None, title: str) -> str:
    """A plan as a letter names it: by number and day, or by its title while it has neither."""
    if number is None or issued_on is None:
        return f"Kế hoạch {title}"
    return f"Kế hoạch số {number} ngày {day_words(issued_on)}"


def number_words(number: int) -> str:
    """A number with points between thousands: 21.914."""
    return f"{number:,}".replace(",", ".")


def percent_words(percent: float | None) -> str:
    """A percentage with a decimal comma and a space that does not break, 98,62 %; a dash for one
    of nothing."""
    return "-" if percent is None else f"{percent:.2f}{UNIT_SPACE}%".replace(".", ",")


def exact_words(value: str) -> str:
    """A number as the API writes it, 21914.50, with points and a comma: 21.914,50."""
    whole, _, part = value.partition(".")
    sign, digits = ("-", whole[1:]) if whole.startswith("-") else ("", whole)
    return f"{sign}{number_words(int(digits))}{',' if part else ''}{part}"
