"""The kinds of time frames, assignees, outcomes and reports, by the words that are stored.

Tables have them, and so have the processes that read a plan file or write a report: these load no
tables, which would take longer than their work.
"""

import enum


class TimeFrameKind(enum.StrEnum):
    """The shapes of "Thời gian thực hiện" met in real plans (years are calendar years)."""

    YEAR = "year"  # 2024
    YEAR_RANGE = "year_range"  # 2024-2030
    UNTIL_YEAR = "until_year"  # Đến năm 2030
    ANNUAL = "annual"  # Hằng năm: one occurrence a year of the plan's life
    HALF_YEAR = "half_year"  # 6 tháng đầu năm 2025
    QUARTER = "quarter"  # Quý I/2026, Quý II-III/2024
    MONTH = "month"  # Tháng 6/2024, Tháng 6 - 9/2024
    DATE = "date"  # Trước ngày 30/6/2025 (strict), 31/03/2026 (inclusive)
    CONTINUOUS = "continuous"  # Thường xuyên: no deadline
    RELATIVE = "relative"  # 10 ngày làm việc sau khi ...: no deadline until the day is known
    CONDITIONAL = "conditional"  # Khi có yêu cầu, Theo hướng dẫn của Trung ương: no deadline
    MULTIPLE = "multiple"  # several milestones in one cell: a person decides
    UNKNOWN = "unknown"  # not understood: a person decides


class AssigneeRole(enum.StrEnum):
    """The part that an agency has in a task."""

    LEAD = "lead"
    COORDINATING = "coordinating"


class AssignmentStatus(enum.StrEnum):
    """The stored status; in time, due soon and overdue are derived as of a day."""

    NOT_STARTED = "not_started"
    IN_PROGRESS = "in_progress"
    AWAITING_CONFIRMATION = "awaiting_confirmation"
    COMPLETED = "completed"
    NOT_APPLICABLE = "not_applicable"
    SUSPENDED = "suspended"
    REVOKED = "revoked"
    ENDED_WITH_TASK = "ended_with_task"
    CARRIED_OVER = "carried_over"
    UNFINISHED_AT_CLOSE = "unfinished_at_close"
    MERGED = "merged"
    SPLIT = "split"


class Outcome(enum.StrEnum):
    """The outcome of the task that a submission reports."""

    NOT_STARTED = "not_started"
    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"
    NOT_APPLICABLE = "not_applicable"


class Grade(enum.StrEnum):
    """The four grades by which agencies are rated: hoàn thành xuất sắc, tốt, hoàn thành, không."""

    EXCELLENT = "excellent"
    GOOD = "good"
    COMPLETED = "completed"
    NOT_COMPLETED = "not_completed"


class ReportKind(enum.StrEnum):
    """Báo cáo định kỳ, chuyên đề, đột xuất: NĐ 09/2019/NĐ-CP, Điều 3."""

    PERIODIC = "periodic"
    THEMATIC = "thematic"
    AD_HOC = "ad_hoc"
