from typing import Annotated

from fastapi import Query
from pydantic import AfterValidator, Field, StringConstraints

from app.http.patterns import Pattern
from app.models.base import SEEN
from app.schemas.common import NFC, SAYS_SOMETHING, Body, Out, seen

SYSTEM = "^[a-z0-9][a-z0-9._-]{0,63}$"
# The id of a row in another system is one line that begins with a visible character. A document's
# number may be the id, so "/" is allowed.
EXTERNAL_ID = rf"^{SEEN}[^\x00-\x1f\x7f]{{0,199}}$"

System = Annotated[
    str,
    Pattern(SYSTEM),
    Field(
        examples=["ioffice.stttt"],
        description="Hệ thống nào, chữ thường / which system, in lower case",
    ),
]
SYSTEM_AND_ID = SYSTEM[:-1] + ":" + EXTERNAL_ID[1:]


def _with_an_id(value: str) -> str:
    """Refuse an id of which nothing is to be seen."""
    seen(value.partition(":")[2])
    return value


ExternalRefFilter = Annotated[
    str | None,
    Query(
        examples=["ioffice.stttt:NV-2024-0031"],
        description="Dòng có mã này ở hệ thống kia, hệ_thống:mã / known there as, system:id",
    ),
    Pattern(SYSTEM_AND_ID),
    NFC,
]
ExternalKey = Annotated[
    str,
    Query(
        alias="external_ref",
        examples=["ioffice.stttt:KH-2026-07"],
        description="Mã ở hệ thống kia, hệ_thống:mã / the id over there, system:id",
    ),
    Pattern(SYSTEM_AND_ID),
    AfterValidator(_with_an_id),
    NFC,
]
ExternalId = Annotated[
    str,
    StringConstraints(max_length=200),
    Pattern(EXTERNAL_ID),
    SAYS_SOMETHING,
    NFC,
    Field(examples=["NV-2024-0031"], description="Mã ở hệ thống đó / the id over there"),
]


class ExternalRefBody(Body):
    """The id under which a system knows the row."""

    id: ExternalId


class NewExternalRef(ExternalRefBody):
    """A system and its id, for what is being made."""

    system: System


class ExternalRefOut(Out):
    """Under which id another system knows this."""

    system: str
    id: str
