import uuid
from datetime import date
from typing import Literal

from pydantic import Field

from app.schemas.common import Body, Day, Out, Ref, Title
from app.schemas.plans import AgencyLabelOut, Number
from app.schemas.statistics import RateOut

Having = Literal["issued", "missing"]


class ActionPlanBody(Body):
    """An action plan that an agency has issued; its own unless the coordinator names another."""

    agency: Ref | None = Field(default=None, examples=["SNGV"])
    number: Number = Field(examples=["15/KH-SNGV"])
    issued_on: Day = Field(examples=["2024-06-28"])
    title: Title = Field(examples=["Kế hoạch hành động thông tin đối ngoại của ngành ngoại vụ"])


class ActionPlanOut(Out):
    """An agency that is to have an action plan, and the one that it has."""

    agency: AgencyLabelOut
    state: Having
    plan_id: uuid.UUID | None
    number: str | None
    title: str | None
    issued_on: date | None
    is_inherited: bool = Field(
        description="Do cơ quan trước ban hành / its predecessor issued it, and it has none since"
    )


class ActionPlansOut(Out):
    """Agencies and their action plans; `issued` counts all, whichever `state` is asked for."""

    plan_id: uuid.UUID
    as_of: date
    issued: RateOut
    items: list[ActionPlanOut]
    next: str | None
