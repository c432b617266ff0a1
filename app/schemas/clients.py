from datetime import datetime
from typing import Annotated, ClassVar

from fastapi import Path, Query
from pydantic import Field, StringConstraints

from app.auth.principal import Permission, Role
from app.models.client import CLIENT_ID
from app.schemas.common import Body, Changes, Line, Out, Ref, ShownOnceOut, UpdatedSince
from app.schemas.filters import AGENCY, Filters
from app.schemas.plans import AgencyLabelOut

ClientName = Annotated[
    str,
    StringConstraints(pattern=CLIENT_ID),
    Field(examples=["qlvb-sngv"], description="Mã hệ thống / the client's id"),
]
ClientPath = Annotated[ClientName, Path(examples=["sample-reader"])]
Roles = Annotated[list[Role], Field(min_length=1, max_length=10, examples=[["reporter"]])]
ActsFor = Annotated[
    list[Ref],
    Field(
        max_length=1000,
        examples=[["SNV"]],
        description=(
            "Được thay mặt các cơ quan này, ngoài cơ quan của mình"
            " / may act for these agencies besides its own"
        ),
    ),
]


class SecretOut(Out):
    """A secret that is valid: when it was made, used last and ends; never the secret itself."""

    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None


class ClientOut(Out):
    """A system that may call the API, for its agency or for a named list of them."""

    client_id: str
    name: str
    agency: AgencyLabelOut
    roles: list[Role]
    acts_for: list[AgencyLabelOut]
    secrets: list[SecretOut]
    disabled_at: datetime | None
    last_used_at: datetime | None
    created_at: datetime
    updated_at: datetime
    allowed_actions: list[str]


class ClientSecretOut(ClientOut, ShownOnceOut):
    """The same, with the secret that is shown this once."""

    client_secret: str


class NewClientBody(Body):
    """A system that is to call the API: its name, its agency and what it may do."""

    client_id: ClientName
    name: Line = Field(examples=["Quản lý văn bản Sở Ngoại vụ"])
    agency: Ref = Field(examples=["SNGV"], description="Cơ quan chủ quản / whose it is")
    roles: Roles
    acts_for: ActsFor = Field(default_factory=list)


class ClientBody(Changes):
    """Changes of a client; an absent field stays as it is, a list replaces the whole list."""

    never_null: ClassVar[frozenset[str]] = frozenset({"name", "roles", "acts_for"})

    name: Line | None = Field(default=None, examples=["Quản lý văn bản"])
    roles: Roles | None = None
    acts_for: ActsFor | None = None


class RotateClientSecretBody(Body):
    """The time for which the old secret is valid beside the new one."""

    overlap_hours: int = Field(
        default=24, ge=0, le=24 * 365, examples=[24], description="0: mã cũ hết ngay / ends at once"
    )


class ClientFilters(Filters):
    """The parameters that narrow the list of clients; `agency`: its own, or that it acts for."""

    agency: Annotated[Ref | None, AGENCY] = None
    role: Annotated[Role | None, Query(description="Có vai trò này / that have this role")] = None
    disabled: Annotated[
        bool | None, Query(description="Đã bị ngừng, hay chưa / that were disabled, or were not")
    ] = None
    updated_since: UpdatedSince = None


class MeOut(Out):
    """The caller, as the service knows it in this request."""

    client_id: str
    name: str
    agency: AgencyLabelOut = Field(
        description="Cơ quan mà lần gọi này thay mặt / the agency in whose name this call acts"
    )
    own_agency: AgencyLabelOut
    acts_for: list[AgencyLabelOut]
    roles: list[Role] = Field(
        description="Vai trò của mã truy cập này / the roles of this access token"
    )
    permissions: list[Permission]
