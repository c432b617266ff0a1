import uuid
from datetime import datetime
from typing import Any, Literal

from pydantic import Field

from app.schemas.common import Out, Page


class EventOut(Out):
    """One change, as a CloudEvent (CloudEvents 1.0, JSON format); it says what to read anew."""

    specversion: Literal["1.0"]
    id: uuid.UUID = Field(
        description="Mỗi sự kiện một id: gặp lại thì bỏ qua / the same id is the same event"
    )
    source: str = Field(description="Dịch vụ này / this service")
    type: str
    subject: str = Field(description="Địa chỉ của dòng thay đổi / the address of what changed")
    time: datetime
    datacontenttype: Literal["application/json"]
    planid: uuid.UUID | None
    agencyid: uuid.UUID | None = Field(
        description="Cơ quan mà việc này là của họ / the agency whose matter it is"
    )
    data: dict[str, Any] = Field(
        description="Vài chi tiết, không có nội dung báo cáo / some details, never a report's words"
    )


class EventFeedOut(Page[EventOut]):
    """A stretch of the feed. `next` null: nothing more for now; go on later from `cursor`."""

    cursor: str = Field(
        description="Lần sau hỏi `?after=` giá trị này / where to go on, now or later: `?after=`"
    )
