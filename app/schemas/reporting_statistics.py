import uuid
from datetime import date
from typing import Literal

from pydantic import Field

from app.schemas.common import Out
from app.schemas.statistics import NamedGroupOut, PlansAsked, RateOut, RoleAsked


class ReportsFiledOut(Out):
    """Đã nộp: filed and neither returned nor withdrawn, by the day of filing."""

    total: int
    on_time: int
    late: int


class ReportsOverdueOut(Out):
    """Quá hạn gửi, by the days since the due day."""

    total: int
    up_to_7_days: int
    from_8_to_30_days: int
    from_31_to_365_days: int
    more_than_365_days: int


class ReportsNotFiledOut(Out):
    """Chưa nộp, or returned or withdrawn and not filed again."""

    total: int
    due_today: int = Field(description="Còn trong ngày cuối / its last day is not over")
    overdue: ReportsOverdueOut


class ReportsExpectedOut(Out):
    """Đến hạn gửi: due by the day, not waived, not set aside; the base of completeness."""

    total: int
    filed: ReportsFiledOut
    not_filed: ReportsNotFiledOut


class ReportsNotDueOut(Out):
    """Chưa đến hạn; `filed` is what was filed early."""

    total: int
    filed: int


class ReportsReviewOut(Out):
    """Submissions, due or not, on which the coordinator or the agencies have to act next."""

    waiting: int
    waiting_since: date | None = Field(
        description="Báo cáo chờ xét lâu nhất nộp ngày nào / the day on which the oldest was filed"
    )
    accepted: int
    returned: int = Field(description="Bị trả lại, chưa nộp lại / returned and not filed again")
    returned_since: date | None


class ReportingRatesOut(Out):
    """Đầy đủ và đúng hạn: completeness and timeliness of reporting."""

    filed_of_expected: RateOut
    on_time_of_filed: RateOut


class ReportingOut(Out):
    """Every report is in one leaf: total = expected + not_due + waived + set_aside."""

    total: int
    expected: ReportsExpectedOut
    not_due: ReportsNotDueOut
    waived: int
    set_aside: int = Field(
        description=(
            "Chưa nộp, việc tạm dừng, thu hồi, không áp dụng hoặc chờ bàn giao / not filed, while"
            " its assignment is suspended, revoked, not applicable or awaits a handover"
        )
    )
    review: ReportsReviewOut
    rates: ReportingRatesOut


class ReportingGroupOut(NamedGroupOut):
    """The part of one agency, task, period or plan; by agency nameless for what is handed over."""

    reporting: ReportingOut


class ReportingStatisticsOut(Out):
    """Figures of reporting; all groups, page after page, add up to the total."""

    plan_id: uuid.UUID | None
    as_of: date
    by: Literal["agency", "task", "period", "plan"]
    role: RoleAsked
    plans: PlansAsked | None = Field(
        description=(
            "Kế hoạch đang theo dõi, đã kết thúc hay tất cả; null khi là số liệu của một kế hoạch"
            " / of which plans; null where it is of one"
        )
    )
    total: ReportingOut
    groups: list[ReportingGroupOut]
    next: str | None
