"""What a task's time frame and its assignees are, for tables and for readers of files alike.

Whoever reads a file does so in a process that loads no tables.
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
