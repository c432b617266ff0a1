import uuid
from datetime import datetime

from pydantic import Field

from app.schemas.common import Body, Day, Line, Out, ShownOnceOut
from app.schemas.plans import AgencyLabelOut


class NewPageLinkBody(Body):
    """For whom a link is, and until which day it opens the page."""

    purpose: Line = Field(examples=["Trang tổng hợp của Cổng thông tin điện tử tỉnh"])
    last_day: Day = Field(
        examples=["2026-12-31"],
        description="Hết ngày này thì liên kết hết hiệu lực / INCLUSIVE: it ends with this day",
    )


class NewBoardLinkBody(NewPageLinkBody):
    """For whom a link is, and until which day it opens the board of a plan."""

    opens_report: bool = Field(
        default=False,
        description=(
            "Cho tải cả báo cáo tổng hợp đã ký gần nhất / it opens the files of the last signed"
            " report too"
        ),
    )


class PageLinkOut(Out):
    """A link that opens a page of a plan, or of all plans, to whoever has its address."""

    id: uuid.UUID
    plan_id: uuid.UUID | None = Field(
        description="Null: mọi kế hoạch đã ban hành / null: all issued plans"
    )
    purpose: str
    opens_report: bool
    agency: AgencyLabelOut
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    revoked_reason: str | None
    is_open: bool = Field(description="Còn mở được / it opens the page now")


class NewPageLinkOut(PageLinkOut, ShownOnceOut):
    """The new link with its address, which is shown this once."""

    url: str
