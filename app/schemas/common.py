"""Base classes and types of bodies: strict input, and text that the database can hold."""

import re
from collections.abc import Callable
from copy import copy
from datetime import UTC, date, datetime
from functools import lru_cache
from operator import attrgetter
from typing import Annotated, Any, ClassVar, Generic, Self, TypeVar

from fastapi import Query
from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    StringConstraints,
    model_validator,
)
from pydantic_core import CoreSchema, PydanticCustomError
from pydantic_core.core_schema import no_info_before_validator_function

from app.documents.words import composed
from app.errors import Text
from app.http.pattern_texts import NOTHING_TO_READ
from app.http.patterns import Pattern
from app.http.validation_texts import RuleError
from app.models.base import BEYOND, MAX_PROSE, SEEN, says_something

Item = TypeVar("Item")

CONTROLS = r"^[^\x00-\x1f\x7f]*$"
NO_NUL = r"^[^\x00]*$"
ONE_LINE = CONTROLS.replace("*$", rf"*{SEEN}[^\x00-\x1f\x7f]*$")
SOME_TEXT = NO_NUL.replace("*$", rf"*{SEEN}[^\x00]*$")
MOMENT_WANTED = "Input should be a moment by RFC 3339, with six decimals of a second at most"
FIRST_YEAR, LAST_YEAR = 1800, 2199
"""The first and the last year of the days that a request may name."""
FAR_DAY = Text(
    f"Phải là ngày từ năm {FIRST_YEAR} đến năm {LAST_YEAR}.",
    f"Input should be a day of the years {FIRST_YEAR} to {LAST_YEAR}.",
)
RFC_3339 = r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}(\.[0-9]{1,6})?(Z|[+-][0-9]{2}:[0-9]{2})"


def _composed(value: object) -> object:
    return composed(value) if isinstance(value, str) else value


def seen(value: str) -> str:
    """Refuse unseen characters that no pattern can name, where there are no others."""
    if BEYOND.search(value) and not says_something(value):
        raise RuleError(NOTHING_TO_READ)
    return value


NFC = BeforeValidator(_composed)
"""Vietnamese letters in one form, however they were typed: equal texts are equal (NFC)."""
SAYS_SOMETHING = AfterValidator(seen)
Line = Annotated[
    str,
    StringConstraints(min_length=1, max_length=500, pattern=ONE_LINE),
    SAYS_SOMETHING,
    NFC,
]
"""One line of text, with something to be seen in it."""
Short = Annotated[
    str, StringConstraints(min_length=1, max_length=60, pattern=ONE_LINE), SAYS_SOMETHING, NFC
]
Title = Annotated[
    str, StringConstraints(min_length=1, max_length=2000, pattern=ONE_LINE), SAYS_SOMETHING, NFC
]
Prose = Annotated[str, StringConstraints(max_length=MAX_PROSE, pattern=NO_NUL), NFC]
"""Text with line breaks, or none at all."""
Words = Annotated[
    str,
    StringConstraints(min_length=1, max_length=MAX_PROSE, pattern=SOME_TEXT),
    SAYS_SOMETHING,
    NFC,
]
"""Text with line breaks that says something."""
Reason = Annotated[
    str, StringConstraints(min_length=1, max_length=2000, pattern=SOME_TEXT), SAYS_SOMETHING, NFC
]


def _written_as_a_day(value: object) -> object:
    """Refuse what Pydantic would take for a moment or for seconds since 1970."""
    if isinstance(value, str) and not re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        raise PydanticCustomError("date_parsing", "Input should be a date as YYYY-MM-DD")
    if not isinstance(value, str | date) or isinstance(value, datetime):
        raise PydanticCustomError("date_type", "Input should be a date as YYYY-MM-DD")
    return value


def _within_reason(value: date) -> date:
    """Refuse days so far off that there is no day before or after them, or years upon years."""
    if not FIRST_YEAR <= value.year <= LAST_YEAR:
        raise RuleError(FAR_DAY)
    return value


Day = Annotated[date, BeforeValidator(_written_as_a_day), AfterValidator(_within_reason)]
"""A calendar day in the province, written as YYYY-MM-DD and in no other way."""


def _written_as_a_moment(value: object) -> object:
    """Refuse what Pydantic would take for seconds since 1970, or for a moment of no zone."""
    if isinstance(value, str) and not re.fullmatch(RFC_3339, value):
        raise PydanticCustomError("datetime_parsing", MOMENT_WANTED)
    return value


def _in_utc(value: datetime) -> datetime:
    """Refuse a moment that lies outside of all years once it is in UTC."""
    try:
        return value.astimezone(UTC)
    except OverflowError:
        raise PydanticCustomError("datetime_parsing", MOMENT_WANTED) from None


Moment = Annotated[AwareDatetime, BeforeValidator(_written_as_a_moment), AfterValidator(_in_utc)]
"""A moment with its zone, as 2026-03-01T08:00:00+07:00 (RFC 3339)."""
UpdatedSince = Annotated[
    Moment | None,
    Query(description="Thay đổi từ thời điểm này / INCLUSIVE: changed since this moment"),
]
OverdueDays = Annotated[
    int | None,
    Query(
        ge=1,
        le=10_000,
        description="Quá hạn từ số ngày này trở lên / overdue by so many days or more",
    ),
]
AsOfDay = Annotated[
    Day | None,
    Query(
        description="Tính đến hết ngày nào; mặc định hôm nay / as at the end of which day",
        examples=["2024-12-31"],
    ),
]
"""A day as of which work is counted: it has come. Nobody can count a day that is yet to be."""

Code = Annotated[
    str,
    Pattern(r"^[A-Z0-9][A-Z0-9.-]{0,63}$"),
    Field(examples=["STTTT"], description="Mã ổn định tại tỉnh / stable local code"),
]
Ref = Annotated[
    str,
    Pattern(r"^[A-Za-z0-9.-]{1,64}$"),
    Field(examples=["STTTT"], description="Mã, mã định danh hoặc id / code, identifier or id"),
]


def _no_other_kind(value: object) -> object:
    """Refuse what Pydantic would read as a number; 5.0 is the integer 5 in JSON."""
    if isinstance(value, bool | str):
        raise PydanticCustomError("int_type", "Input should be a valid integer")
    return value


STRICT = {"type": "no-info", "function": _no_other_kind}


def _strict(node: Any) -> None:
    """Let no number or boolean be read from another kind of value, at any depth."""
    if isinstance(node, list):
        for item in node:
            _strict(item)
    # A body within a body was seen to already.
    elif isinstance(node, dict) and node.get("function") != STRICT:
        for item in node.values():
            _strict(item)
        if node.get("type") in ("bool", "float"):
            node["strict"] = True
        elif node.get("type") == "int":
            integer: Any = no_info_before_validator_function(_no_other_kind, copy(node))
            node.clear()
            node.update(integer)


class Body(BaseModel):
    """A request body: what is not in the contract is refused, never dropped, never read as if."""

    model_config = ConfigDict(extra="forbid")

    @classmethod
    def __get_pydantic_core_schema__(
        cls, source: type[BaseModel], handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        """Pydantic takes "1", 1 and true for one another; only texts have other forms in JSON."""
        schema = handler(source)
        _strict(schema)
        return schema


def never_null(schema: dict[str, Any]) -> None:
    """Take null out of what a field or parameter may be, and with it a default that is null."""
    for choice in schema.pop("anyOf", ()):
        if choice != {"type": "null"}:
            schema |= choice | schema
    if schema.get("default", ...) is None:
        del schema["default"]


def _say_never_null(schema: dict[str, Any], model: type["Changes"]) -> None:
    for name in model.never_null:
        never_null(schema["properties"][name])


class Changes(Body):
    """A PATCH body: an absent field stays as it is; null clears only what may be empty."""

    model_config = ConfigDict(json_schema_extra=_say_never_null)
    never_null: ClassVar[frozenset[str]] = frozenset()

    @model_validator(mode="after")
    def _not_cleared(self) -> Self:
        cleared = [n for n in self.model_fields_set & self.never_null if getattr(self, n) is None]
        if cleared:
            names = ", ".join(sorted(cleared))
            raise RuleError(Text(f"Không được là null: {names}.", f"Must not be null: {names}."))
        return self


class Out(BaseModel):
    """An answer; no field has a default, so that none is optional in a generated client."""

    model_config = ConfigDict(from_attributes=True)

    @classmethod
    def of(cls, row: object, /, **given: object) -> Self:
        """The answer about *row*: the fields *given*, and each other one as the row has it.

        Within both, whatever has the attributes of an answer becomes one. AttributeError if a
        field is neither given nor the row's; KeyError if the answer has no such field.
        """
        return cls(**_fields_of(cls, tuple(given))(row), **given)


@lru_cache(maxsize=1000)
def _fields_of(out: type[Out], given: tuple[str, ...]) -> Callable[[object], dict[str, object]]:
    """Reads from a row the fields of an answer that are not *given*."""
    if unknown := set(given) - out.model_fields.keys():
        raise KeyError(*unknown)
    names = [name for name in out.model_fields if name not in given]
    if len(names) < 2:
        return lambda row: {name: getattr(row, name) for name in names}
    read = attrgetter(*names)
    return lambda row: dict(zip(names, read(row), strict=True))


class ShownOnceOut(Out):
    """An answer with what is shown this once: it is kept for no `Idempotency-Key`."""


class Page(Out, Generic[Item]):
    """One page of a list; follow `next` until it is null."""

    items: list[Item]
    next: str | None
