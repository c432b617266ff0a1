import uuid
from datetime import date
from typing import Literal

from pydantic import Field

from app.schemas.common import Out
from app.schemas.statistics import AtCloseOut, CompletedOut, NamedGroupOut, RoleAsked


class FlowGivenOut(Out):
    """Giao trong kỳ; total = new + taken_over."""

    total: int
    new: int = Field(description="Giao mới trong kỳ / began to count between the two days")
    taken_over: int = Field(
        description="Tiếp nhận từ cơ quan khác hoặc vai trò khác / from another agency or role"
    )


class FlowCalledOffOut(Out):
    """Thu hồi, không áp dụng."""

    total: int
    revoked: int
    not_applicable: int


class FlowClosedOut(Out):
    """Kết thúc trong kỳ, net of what was reopened; the parts add up to `total`."""

    total: int
    completed: CompletedOut
    called_off: FlowCalledOffOut
    ended_with_task: int
    at_close: AtCloseOut
    handed_over: int = Field(
        description=(
            "Chuyển sang cơ quan khác, vai trò khác hoặc nhập vào việc khác / to another agency or"
            " role, or merged into another assignment"
        )
    )


class FlowsOut(Out):
    """The flow between two days: carried_in + given.total - closed.total = carried_out."""

    carried_in: int = Field(description="Kỳ trước chuyển sang / open on the day before `from`")
    given: FlowGivenOut
    fallen_due: int = Field(
        description=(
            "Đến hạn trong kỳ, đã hoàn thành hay chưa / whose deadline fell between the two days,"
            " completed or not"
        )
    )
    closed: FlowClosedOut
    carried_out: int = Field(
        description=(
            "Chuyển sang kỳ sau: chưa hoàn thành, tạm dừng, chờ bàn giao / not completed, suspended"
            " or awaiting a handover on `to`"
        )
    )


class FlowGroupOut(NamedGroupOut):
    """The part of one agency, task group, task or period."""

    flows: FlowsOut


class PlanFlowsOut(Out):
    """A plan's flows between two days, both inclusive; the groups add up to the total."""

    plan_id: uuid.UUID
    first: date = Field(alias="from")
    last: date = Field(alias="to")
    by: Literal["agency", "group", "task", "period"]
    role: RoleAsked
    period: str | None
    total: FlowsOut
    groups: list[FlowGroupOut]


class AllFlowsOut(Out):
    """Flows over all plans, open or closed, between two days, both inclusive."""

    first: date = Field(alias="from")
    last: date = Field(alias="to")
    by: Literal["agency", "period"]
    role: RoleAsked
    total: FlowsOut
    groups: list[FlowGroupOut]
