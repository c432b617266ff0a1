import uuid
from datetime import date
from typing import Literal

from pydantic import Field

from app.models import AgencyKind
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
            "Hoàn thành trên đến hạn (hoàn thành + quá hạn + báo cáo hoàn thành quá hạn, chờ xác"
            " nhận) / completed of what had to be completed by now: completed, overdue, and"
            " reported late but not confirmed"
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
            "Hoàn thành trên tổng số, không kể mục khác / completed of completed, not completed,"
            " and unfinished at the close"
        )
    )


class CompletedOut(Out):
    """Đã hoàn thành, by the day the accepted report was filed."""

    total: int
    on_time: int
    late: int
    no_deadline: int


class InTimeOut(Out):
    """Trong hạn; total = not_near + due_soon + no_deadline."""

    total: int
    not_near: int = Field(description="Chưa đến gần hạn / the deadline is not near yet")
    due_soon: int
    no_deadline: int


class OverdueOut(Out):
    """Quá hạn, by the days since the deadline; the steps add up to `total`."""

    total: int
    up_to_7_days: int
    from_8_to_30_days: int
    from_31_to_365_days: int
    more_than_365_days: int


class AwaitingConfirmationOut(Out):
    """Chờ xác nhận hoàn thành, by the day on which completion was reported."""

    total: int
    on_time: int
    late: int
    no_deadline: int


class NotCompletedOut(Out):
    """Chưa hoàn thành.

    total = in_time + overdue + awaiting_confirmation = not_started + in_progress +
    awaiting_confirmation.
    """

    total: int
    not_started: int
    in_progress: int
    in_time: InTimeOut
    overdue: OverdueOut
    awaiting_confirmation: AwaitingConfirmationOut


class OtherOut(Out):
    """Khác: in no denominator."""

    total: int
    suspended: int
    revoked: int
    not_applicable: int


class AtCloseOut(Out):
    """Chưa hoàn thành khi kế hoạch kết thúc theo dõi: what the closing of its plan left."""

    total: int
    carried_over: int = Field(
        description="Chuyển sang kế hoạch tiếp theo / carried over to the plan that follows"
    )
    unfinished: int = Field(
        description=(
            "Không hoàn thành; vẫn tính vào tổng số của completed_of_total / not completed; in the"
            " base of completed_of_total"
        )
    )


class TreeOut(Out):
    """Every assignment whose occurrence has begun is in one leaf.

    total = completed + not_completed + other + ended_with_task + at_close + awaiting_handover.
    """

    total: int
    completed: CompletedOut
    not_completed: NotCompletedOut
    other: OtherOut
    ended_with_task: int = Field(
        description=(
            "Phối hợp, kết thúc vì mọi cơ quan chủ trì đã hoàn thành: không tính vào tỷ lệ nào /"
            " coordinating, ended since every lead had completed: in no rate"
        )
    )
    at_close: AtCloseOut
    awaiting_handover: int = Field(
        description=(
            "Cơ quan đã kết thúc, chưa quyết định ai tiếp nhận: không tính chậm cho ai / its agency"
            " has ended and who takes over is not decided: late for nobody, in no rate"
        )
    )
    upcoming: int = Field(
        description=(
            "Đã biết nhưng chưa bắt đầu (việc của năm sau): ngoài tổng số / known ahead, not begun:"
            " in no total"
        )
    )
    rates: RatesOut


DeadlineAsked = Literal["current", "both"]
RoleAsked = Literal["lead", "coordinating", "all"]
PlansAsked = Literal["open", "closed", "all"]


class StatisticsOut(Out):
    """The same assignments judged by the deadline in force and by the one first set.

    The latter is null unless it is asked for (`deadline=both`).
    """

    by_current_deadline: TreeOut
    by_original_deadline: TreeOut | None


class NamedGroupOut(Out):
    """The key and the names of a group: an agency, task group, task, period or plan.

    All names are null for tasks that the plan puts in no group, and by agency for what waits for a
    handover.
    """

    key: str | None
    code: str | None = Field(examples=["STTTT"])
    label: str | None = Field(examples=["Sở Thông tin và Truyền thông"])
    kind: AgencyKind | None = Field(
        description="Loại cơ quan, khi phân tổ theo cơ quan / the agency's kind, by agency alone"
    )


class GroupOut(NamedGroupOut):
    """The part of one agency, task group, task, period or plan."""

    statistics: StatisticsOut


class DeadlinesOut(Out):
    """The deadlines in force of what is at work: neither completed nor awaiting confirmation."""

    oldest_overdue_on: date | None = Field(
        description="Thời hạn đã quá lâu nhất / the oldest of those that have passed"
    )
    next_deadline_on: date | None = Field(
        description="Thời hạn sắp tới gần nhất / the next one, today's included"
    )
    next_deadline_count: int = Field(
        description="Bao nhiêu nhiệm vụ đến hạn ngày ấy / how many assignments are due on it"
    )


class PartOut(GroupOut):
    """The part of a part, where figures are divided twice."""

    deadlines: DeadlinesOut


class PlanGroupOut(PartOut):
    """The part of one agency, task group, task or period of a plan."""

    groups: list[PartOut] | None = Field(
        description=(
            "Chia tiếp khi `by` nêu hai cách phân tổ / divided once more, where `by` names two"
            " divisions"
        )
    )


class PlanStatisticsOut(Out):
    """A plan's figures; the groups add up to the total, and so do the parts of each group."""

    plan_id: uuid.UUID
    as_of: date
    by: str = Field(examples=["group,agency"])
    role: RoleAsked
    period: str | None
    total: StatisticsOut
    deadlines: DeadlinesOut
    groups: list[PlanGroupOut]


class GroupDeadlinesOut(DeadlinesOut):
    """The deadlines of a group, by its key."""

    key: str


class AllDeadlinesOut(Out):
    """The deadlines of all that is asked for, and of each group that has any."""

    total: DeadlinesOut
    groups: list[GroupDeadlinesOut]


class AllStatisticsOut(Out):
    """Figures over the plans that were open on the day, or as `plans` says.

    By plan the groups are a page, else they add up to the total; `total` is always of all that is
    asked for.
    """

    as_of: date
    by: Literal["plan", "agency", "period"]
    role: RoleAsked
    plans: PlansAsked
    total: StatisticsOut
    deadlines: AllDeadlinesOut | None = Field(
        description="Null trừ khi `deadlines=true` / null unless it is asked for"
    )
    groups: list[GroupOut]
    next: str | None


class TrendPointOut(Out):
    """The figures of one day."""

    as_of: date
    statistics: StatisticsOut
    groups: list[GroupOut] | None = Field(
        description="Khi nêu `by` / where `by` was asked for; without those that are empty"
    )


class TrendOut(Out):
    """The same figures of one day after another; earlier days are as they were then."""

    step: Literal["month", "quarter", "year"]
    role: RoleAsked
    points: list[TrendPointOut]
