import unicodedata
import uuid
from datetime import date, datetime
from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, ConfigDict, Field, StringConstraints

from app.http.parameters import some_of
from app.http.patterns import Pattern
from app.models import AgencyKind, SuccessionKind
from app.schemas.common import (
    ONE_LINE,
    SAYS_SOMETHING,
    Body,
    Changes,
    Code,
    Day,
    Out,
    Ref,
    UpdatedSince,
)
from app.schemas.filters import AGENCY, SEVERAL, Filters
from app.schemas.plans import AgencyLabelOut


def composed(text: str) -> str:
    """Vietnamese letters in one form (NFC) and single spaces, however they were typed."""
    return unicodedata.normalize("NFC", " ".join(text.split()))


Name = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=500, pattern=ONE_LINE),
    SAYS_SOMETHING,
    AfterValidator(composed),
]
UnitCode = Annotated[
    str,
    StringConstraints(pattern=r"^[0-9]{2,5}$"),
    Field(description="Mã đơn vị hành chính / code of the administrative unit"),
]
Identifier = Annotated[
    str,
    StringConstraints(max_length=35, pattern=r"^[0-9A-Z]+(\.[0-9A-Z]+)*$"),
    Field(
        examples=["H27.01"],
        description=(
            "Mã định danh theo QĐ 20/2020/QĐ-TTg, hoặc dạng cũ 000.00.01.H27 (được đổi sang dạng"
            " mới) / official identifier, or its old form, which is turned into the new one"
        ),
    ),
]
ValidFrom = Annotated[
    date | None, Field(description="Tính từ ngày này; null: không rõ / from this day on")
]
ValidUntil = Annotated[
    date | None,
    Field(description="Đến TRƯỚC ngày này; null: chưa kết thúc / EXCLUSIVE: until before this day"),
]


class AgencyNameOut(Out):
    """A name of an agency between two days; a null side is as long as the agency exists."""

    name: str
    short_name: str | None
    valid_from: ValidFrom
    valid_until: ValidUntil


class SuccessionSideOut(Out):
    """A succession as seen from the agency: who is at the other end; null is abolition."""

    agency: AgencyLabelOut | None
    effective_on: date
    kind: SuccessionKind
    scope: str | None
    basis: str | None
    certainty: str | None


class AgencyNoticeOut(Out):
    """The end of an agency that had ended by the day that is asked for, and its successors."""

    code: Literal["agency_ended"]
    ended_on: date = Field(description="Ngày cuối cùng tồn tại / the last day of its existence")
    successors: list[SuccessionSideOut]


class AgencyOut(Out):
    """An agency: `name`, `exists` and other agencies' names are those of the day `as_of`.

    `notice` says what became of it if it had ended by then: old codes lead to it for ever.
    """

    id: uuid.UUID
    code: str
    identifier: str | None
    identifier_source: str | None = Field(
        description="Mã định danh như đã nhập / the identifier as it was given"
    )
    as_of: date
    exists: bool
    name: str
    short_name: str | None
    names: list[AgencyNameOut]
    aliases: list[str]
    kind: AgencyKind
    parent: AgencyLabelOut | None
    valid_from: ValidFrom
    valid_until: ValidUntil
    unit_code: str | None
    certainty: str | None
    predecessors: list[SuccessionSideOut]
    successors: list[SuccessionSideOut]
    notice: AgencyNoticeOut | None
    updated_at: datetime


class NewAgencyBody(Body):
    """An agency to enter into the registry."""

    code: Code = Field(examples=["TTCDS-MAU"])
    name: Name = Field(examples=["Trung tâm Chuyển đổi số tỉnh (mẫu)"])
    kind: AgencyKind = Field(examples=["public_service_unit"])
    short_name: Name | None = Field(default=None, examples=["TT CĐS (mẫu)"])
    identifier: Identifier | None = Field(default=None, examples=["H27.MAU.01"])
    parent: Ref | None = Field(default=None, examples=["SKHCN"])
    valid_from: ValidFrom = Field(default=None, examples=["2025-07-01"])
    valid_until: ValidUntil = Field(default=None, examples=[None])
    aliases: list[Name] = Field(default=[], max_length=100, examples=[["TTCĐS tỉnh (mẫu)"]])
    unit_code: UnitCode | None = Field(default=None, examples=[None])
    certainty: Name | None = Field(
        default=None,
        examples=[None],
        description="Thông tin này chắc đến đâu, theo nguồn nào / how sure this is, from where",
    )


class RenameBody(Body):
    """A new name from a day on; the one before ends that day and stays on record."""

    name: Name
    short_name: Name | None = None
    from_: Day = Field(alias="from", description="Ngày đầu mang tên mới / first day of the name")


class AgencyBody(Changes):
    """Changes of an agency; an absent field stays as it is, null clears what may be empty."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"aliases": ["Sở TTTT", "Sở Thông tin & Truyền thông", "Sở TT-TT"]}]
        }
    )
    never_null: ClassVar[frozenset[str]] = frozenset({"kind", "aliases", "rename"})

    identifier: Identifier | None = None
    parent: Ref | None = None
    kind: AgencyKind | None = None
    valid_until: ValidUntil = None
    aliases: list[Name] | None = Field(
        default=None, max_length=100, description="Thay toàn bộ danh sách / replaces the whole list"
    )
    unit_code: UnitCode | None = None
    rename: RenameBody | None = None


class AgencyFilters(Filters):
    """An agency's kind, parent and last change, by which the registry is narrowed."""

    kind: Annotated[str | None, Pattern(some_of(AgencyKind)), SEVERAL] = None
    parent: Annotated[Ref | None, AGENCY] = None
    updated_since: UpdatedSince = None
