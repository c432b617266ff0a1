"""What all bodies share: strict input, and text that the database can hold."""

from typing import Annotated, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Item = TypeVar("Item")

CONTROLS = r"^[^\x00-\x1f\x7f]*$"
NO_NUL = r"^[^\x00]*$"

Line = Annotated[str, StringConstraints(min_length=1, max_length=500, pattern=CONTROLS)]
"""One line of text."""
Title = Annotated[str, StringConstraints(min_length=1, max_length=2000, pattern=CONTROLS)]
Prose = Annotated[str, StringConstraints(max_length=20_000, pattern=NO_NUL)]
"""Text with line breaks."""
Reason = Annotated[str, StringConstraints(min_length=1, max_length=2000, pattern=NO_NUL)]
Code = Annotated[
    str,
    StringConstraints(pattern=r"^[A-Z0-9][A-Z0-9.-]{0,63}$"),
    Field(examples=["STTTT"], description="Mã ổn định tại tỉnh / stable local code"),
]
Ref = Annotated[
    str,
    StringConstraints(pattern=r"^[A-Za-z0-9.-]{1,64}$"),
    Field(
        examples=["STTTT"],
        description="Mã cơ quan, mã định danh hoặc id / an agency's code, identifier or id",
    ),
]


class Body(BaseModel):
    """A request body: what is not in the contract is refused, never dropped."""

    model_config = ConfigDict(extra="forbid")


class Out(BaseModel):
    """An answer; no field has a default, so that none is optional in a generated client."""

    model_config = ConfigDict(from_attributes=True)


class Page(Out, Generic[Item]):
    """One page of a list; follow `next` until it is null."""

    items: list[Item]
    next: str | None
