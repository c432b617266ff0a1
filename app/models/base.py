"""The parts that all tables share: constraint names, keys, enum columns and foreign keys."""

import enum
import os
import re
import time
import uuid
from datetime import datetime
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlalchemy.orm import Mapper
from sqlmodel import Field, SQLModel

from app.clock import utc_now

# White space, controls, and what takes no ink: soft hyphens, joiners, marks of direction, variation
# selectors, fillers of Hangul, the blank of Braille; and marks that stand on another character.
UNSEEN = (
    r"\s\x00-\x1f\x7f-\xa0\xad\u0300-\u036f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f"
    r"\u1ab0-\u1aff\u1dc0-\u1dff\u200b-\u200f\u2028-\u202f\u205f-\u206f\u20d0-\u20ff\u2800"
    r"\u3000\u3164\ufe00-\ufe0f\ufe20-\ufe2f\ufeff\uffa0\ufff0-\uffff"
)
SEEN = f"[^{UNSEEN}]"
"""A pattern of one character that can be seen; patterns of texts that must say something have
it."""
BEYOND = re.compile("[\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]")
"""The invisible characters beyond the first 65,536: tags, controls of shorthand and of music.

JavaScript reads no such range in a pattern without a flag, so that `SEEN` is without them.
"""
MAX_PROSE = 20_000
"""The longest text of a submission and similar, in characters."""
# Pydantic validates no row of a table, so it makes what it would do so by when it is asked for.
SQLModel.model_config["defer_build"] = True


@sa.event.listens_for(Mapper, "after_mapper_constructed")
def _save_memory(mapper: Mapper[Any], _: type) -> None:
    """Save 4 MB of the objects that SQLAlchemy would keep for all tables.

    It looks for the place of an attribute's listeners in the column of statements too, and so would
    make that of each attribute. And the members of a column take twice the memory when one more was
    added to them.
    """
    attributes: Any = mapper.class_manager
    for attribute in attributes.values():
        attribute._slots_dispatch = type(attribute).dispatch._for_instance(attribute)
    for column in mapper.local_table.columns:
        column.__dict__ = dict(column.__dict__)


SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


def says_something(text: str) -> bool:
    """True if there is a character to be seen in *text*."""
    return re.search(SEEN, BEYOND.sub("", text)) is not None


# Looked up once: an answer may have thousands of ids.
_empty, _now, _draw, _number = object.__new__, time.time_ns, os.urandom, int.from_bytes
# The setters of these two attributes, which an id forbids to everybody else.
_set_int, _set_is_safe = vars(uuid.UUID)["int"].__set__, vars(uuid.UUID)["is_safe"].__set__
_UNKNOWN = uuid.SafeUUID.unknown
_VERSION_AND_VARIANT = 0x7 << 76 | 0b10 << 62
_RANDOM_BITS = (1 << 62) - 1


def new_id() -> uuid.UUID:
    """A version 7 UUID (RFC 9562, 5.7 and 6.2 method 3): ids made later sort later.

    So indexes grow at one end, and rows made together are listed in the order they were made.
    """
    now = _now()
    milliseconds, fraction = now // 1_000_000, now % 1_000_000 * 4096 // 1_000_000
    random = _number(_draw(8), "big") & _RANDOM_BITS
    return id_of(milliseconds << 80 | fraction << 64 | random | _VERSION_AND_VARIANT)


def id_of(number: int) -> uuid.UUID:
    """The id with this number of 128 bits, which is made without Python's constructor: that looks
    for each of the six forms in which an id may be given."""
    made: uuid.UUID = _empty(uuid.UUID)
    _set_int(made, number)
    _set_is_safe(made, _UNKNOWN)
    return made


def id_of_text(text: str) -> uuid.UUID:
    """The id that PostgreSQL wrote as *text*, with its hyphens."""
    return id_of(int(text.replace("-", ""), 16))


class Row(SQLModel):
    """A table whose rows are written once and never changed."""

    id: uuid.UUID = Field(default_factory=new_id, primary_key=True)
    created_at: datetime = Field(default_factory=utc_now)


class TaggedRow(Row):
    """A table whose rows' states stand in the entity tags of answers."""

    __mapper_args__: ClassVar[dict[str, Any]] = {"eager_defaults": False}

    # PostgreSQL's own: the transaction that wrote the row last. No way of writing can forget it.
    xmin: int = Field(
        default=None,
        exclude=True,
        sa_column_kwargs={"system": True, "server_default": sa.FetchedValue()},
    )


class ChangingRow(TaggedRow):
    """A table whose rows actions change; `updated_at` moves with every change."""

    updated_at: datetime = Field(default_factory=utc_now, sa_column_kwargs={"onupdate": utc_now})


def text_enum(enum_class: type[enum.StrEnum], name: str) -> Any:
    """A text column holding the enum's values, fenced by a named CHECK."""
    return sa.Enum(
        enum_class,
        name=name,
        native_enum=False,
        create_constraint=True,
        length=32,
        values_callable=lambda members: [member.value for member in members],
    )


def link(table: str, **options: Any) -> Any:
    """A foreign key to *table*'s id; a row that others refer to can't be deleted."""
    return Field(foreign_key=f"{table}.id", ondelete="RESTRICT", **options)


SAME_FOR_ALL = "same_for_all"
"""The `info` of a column whose default, the database's own, is one for all rows of a transaction:
it is asked for once, however many rows are inserted."""


def first_version() -> Any:
    """A column that counts versions, from 1."""
    return Field(default=1, sa_column_kwargs={"server_default": sa.text("1")})


def dated() -> tuple[sa.CheckConstraint]:
    """`valid_from` (inclusive) before `valid_until` (exclusive); null is open on that side."""
    return (sa.CheckConstraint("valid_from < valid_until", name="valid_period"),)
