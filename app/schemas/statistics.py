import uuid
from datetime import date
from typing import Literal

from pydantic import Field

from app.models import AssigneeRole
from app.schemas.common import Out


class RateOut(Out):
    """A rate with what it was made of; half a hundredth is rounded up, null over nothing."""

    numerator: int
    base: int
    percent: float | None = Field(examples=[98.63])


class RatesOut(Out):
    """Three rates that are never mixed."""

    completed_of_due: RateOut = Field(
        description=(
            "Hoàn thành trên đến hạn (hoàn thành + quá hạn chưa hoàn thành) / completed of what had"
            " to be completed by now: completed and overdue"
        )
    )
    on_time_of_completed: RateOut = Field(
        description=(
            "Hoàn thành đúng hạn trên hoàn thành; không có thời hạn thì không thể trễ / completed"
            " in time of completed; without a deadline nothing is late"
        )
    )
    completed_of_total: RateOut = Field(
        description=(
            "Hoàn thành trên tổng số, không kể mục khác / completed of completed and not completed"
        )
    )


class CompletedOut(Out):
    """Đã hoàn thành, by the day the accepted report was filed."""

    total: int
    on_time: int
    late: int
    no_deadline: int


class InTimeOut(Out):
    """Trong hạn; `due_soon` and `no_deadline` are parts of `total`."""

    total: int
    due_soon: int
    no_deadline: int


class OverdueOut(Out):
    """Quá hạn; `more_than_30_days` is a part of `total`."""

    total: int
    more_than_30_days: int


class NotCompletedOut(Out):
    """Chưa hoàn thành: split once by status and once by the deadline, both adding up to `total`."""

    total: int
    not_started: int
    in_progress: int
    awaiting_confirmation: int
    in_time: InTimeOut
    overdue: OverdueOut


class OtherOut(Out):
    """Khác: in no denominator."""

    total: int
    suspended: int
    revoked: int
    not_applicable: int


class TreeOut(Out):
    """Every assignment is in one leaf.

    total = completed + not_completed + other + awaiting_handover.
    """

    total: int
    completed: CompletedOut
    not_completed: NotCompletedOut
    other: OtherOut
    awaiting_handover: int = Field(
        description=(
            "Cơ quan đã kết thúc, chưa quyết định ai tiếp nhận: không tính chậm cho ai / its agency"
            " has ended and who takes over is not decided: late for nobody, in no rate"
        )
    )
    rates: RatesOut


class StatisticsOut(Out):
    """The same assignments judged by the deadline in force and by the one first set."""

    by_current_deadline: TreeOut
    by_original_deadline: TreeOut


class GroupOut(Out):
    """The part of one agency, task group, task, period or plan.

    All three names are null for tasks that the plan puts in no group, and by agency for what
    waits for a handover.
    """

    key: str | None
    code: str | None = Field(examples=["STTTT"])
    label: str | None = Field(examples=["Sở Thông tin và Truyền thông"])
    statistics: StatisticsOut


class PlanStatisticsOut(Out):
    """A plan's figures; the groups add up to the total."""

    plan_id: uuid.UUID
    as_of: date
    by: Literal["agency", "group", "task", "period"]
    role: AssigneeRole | None
    total: StatisticsOut
    groups: list[GroupOut]


class AllStatisticsOut(Out):
    """Figures over all issued plans; by plan the groups are a page, else they add up to the total.

    `total` is always of all that is asked for.
    """

    as_of: date
    by: Literal["plan", "agency", "period"]
    role: AssigneeRole | None
    total: StatisticsOut
    groups: list[GroupOut]
    next: str | None


class TrendPointOut(Out):
    """The figures of one day."""

    as_of: date
    statistics: StatisticsOut


class TrendOut(Out):
    """The same figures of one day after another; earlier days are as they were then."""

    step: Literal["month", "quarter", "year"]
    role: AssigneeRole | None
    points: list[TrendPointOut]
