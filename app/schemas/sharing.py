from pydantic import Field

from app.schemas.common import Body, Line, Reason


class SharingBody(Body):
    """The reason why members of a collective read each other's submissions, or no longer do."""

    reason: Reason = Field(examples=["Các đơn vị cùng rút kinh nghiệm cách làm."])
    basis: Line | None = Field(default=None, examples=["15/TB-UBND ngày 24/11/2026"])
