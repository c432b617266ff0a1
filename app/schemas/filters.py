"""Filters of lists: one model a list, a field for each query parameter.

A field bears the name of a condition of the list, in SQL, or says by `Becomes` which one it is.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum, auto
from functools import cache
from typing import Any

from pydantic import BaseModel, ConfigDict, field_validator
from pydantic.fields import FieldInfo

from app.clock import local_day, utc_now
from app.documents.words import composed
from app.http.parameters import chosen


class Meaning(Enum):
    """A reading of the text of a parameter before its condition gets it."""

    AGENCY = auto()
    """A reference to an agency, which becomes its id; an unknown one is 404."""
    NUMBER = auto()
    """The number of plans, which becomes their ids: PostgreSQL that knows them finds by an index
    what a subquery would let it look for in all rows."""
    SEVERAL = auto()
    """Several values of a closed set, with commas between them."""


AGENCY, NUMBER, SEVERAL = Meaning.AGENCY, Meaning.NUMBER, Meaning.SEVERAL


@dataclass(frozen=True, slots=True)
class Becomes:
    """The condition that a parameter of another name stands for, and the value that it gets."""

    condition: str
    convert: Callable[[Any], Any] = lambda value: value


OVERDUE_SINCE = Becomes("overdue_since", lambda days: local_day(utc_now()) - timedelta(days))


class Filters(BaseModel):
    """The parameters by which a list is narrowed; those that were not given are None.

    They are shared by all requests that ask the same.
    """

    model_config = ConfigDict(frozen=True)

    @field_validator("*", mode="before")
    @classmethod
    def _compose(cls, value: Any) -> Any:
        """Compare with what is stored, whose letters are composed (NFC)."""
        return composed(value) if isinstance(value, str) else value

    @classmethod
    def conditions(cls) -> frozenset[str]:
        """The names of all conditions that the parameters of this list stand for."""
        return frozenset(_condition(name, field) for name, field in cls.model_fields.items())

    def given(self) -> dict[str, Any]:
        """The values of the parameters that were given, by condition; agencies as references,
        plans as numbers."""
        found, fields = {}, type(self).model_fields
        # Always in the order of the fields, so that the same filters are one statement.
        for name in sorted(self.model_fields_set, key=[*fields].index):
            value = getattr(self, name)
            if value is not None:
                found[_condition(name, fields[name])] = _converted(value, fields[name])
        return found

    @classmethod
    @cache
    def with_meaning(cls, meaning: Meaning) -> frozenset[str]:
        """The conditions whose values are given as texts of this meaning."""
        return frozenset(
            _condition(name, field)
            for name, field in cls.model_fields.items()
            if meaning in field.metadata
        )


def _condition(name: str, field: FieldInfo) -> str:
    for mark in field.metadata:
        if isinstance(mark, Becomes):
            return mark.condition
    return field.alias or name


def _converted(value: Any, field: FieldInfo) -> Any:
    for mark in field.metadata:
        if isinstance(mark, Becomes):
            return mark.convert(value)
    return chosen(value) if SEVERAL in field.metadata else value
