import uuid
from datetime import datetime
from typing import Annotated, ClassVar

from pydantic import ConfigDict, Field

from app.schemas.agencies import Name, ValidFrom, ValidUntil
from app.schemas.common import Body, Changes, Code, Day, Out, Ref, UpdatedSince
from app.schemas.filters import AGENCY, Filters
from app.schemas.plans import AgencyLabelOut


class CollectiveOut(Out):
    """A named class of agencies; one that is not enumerable has no members and owes nothing."""

    id: uuid.UUID
    code: str
    name: str
    is_enumerable: bool
    aliases: list[str]
    updated_at: datetime


class NewCollectiveBody(Body):
    """A collective to enter into the registry."""

    code: Code = Field(examples=["SO-NGANH-KINH-TE-MAU"])
    name: Name = Field(examples=["Các sở quản lý ngành kinh tế (mẫu)"])
    is_enumerable: bool = Field(
        examples=[True],
        description=(
            "false: nhóm không lập được danh sách, như “các cơ sở giáo dục và đào tạo”"
            " / false: nobody can list its members"
        ),
    )
    aliases: list[Name] = Field(
        default=[], max_length=100, examples=[["Các sở ngành kinh tế (mẫu)"]]
    )


class CollectiveBody(Changes):
    """Changes of a collective; an absent field stays as it is."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"aliases": ["Các sở, ban, ngành", "Các sở, ngành", "Sở, ban, ngành", "Các sở"]}
            ]
        }
    )
    never_null: ClassVar[frozenset[str]] = frozenset({"name", "is_enumerable", "aliases"})

    name: Name | None = None
    is_enumerable: bool | None = None
    aliases: list[Name] | None = Field(
        default=None, max_length=100, description="Thay toàn bộ danh sách / replaces the whole list"
    )


class CollectiveMemberOut(Out):
    """An agency's membership, with its name of the day in question."""

    id: uuid.UUID
    agency: AgencyLabelOut
    valid_from: ValidFrom
    valid_until: ValidUntil


class NewMemberBody(Body):
    """An agency that belongs to the collective for a time within its own life."""

    agency: Ref = Field(examples=["TTXTDT"])
    valid_from: ValidFrom = Field(default=None, examples=["2025-07-01"])
    valid_until: ValidUntil = Field(default=None, examples=[None])


class EndMemberBody(Body):
    """The day from which the agency belongs no more."""

    valid_until: Day = Field(
        examples=["2026-01-01"],
        description="Không còn là thành viên TỪ ngày này / EXCLUSIVE: no member from this day on",
    )


class CollectiveFilters(Filters):
    """The parameters that narrow the list of collectives."""

    is_enumerable: bool | None = None
    updated_since: UpdatedSince = None


class MemberFilters(Filters):
    """The parameters that narrow the list of a collective's members."""

    agency: Annotated[Ref | None, AGENCY] = None
    updated_since: UpdatedSince = None
