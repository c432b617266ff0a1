"""Validators that many fields of routes share, made once.

FastAPI makes one for each parameter, body and answer of each route: of twelve hundred, seven
hundred are of the same type with the same constraints as an earlier one. For each it asks whether
the type is a model of Pydantic 1, which it loads for that; the service has no such models.
"""

from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from typing import Any

from fastapi import utils
from fastapi._compat import v2 as fields
from pydantic import ConfigDict, TypeAdapter

_made: dict[Hashable, TypeAdapter[Any]] = {}
"""The validators of all routes so far; each keeps the parts of its key alive."""


@contextmanager
def shared_validators() -> Iterator[None]:
    """Have FastAPI take the validator of an earlier route, for routes that are made meanwhile.

    Names of FastAPI are replaced for all threads, so routes are made by one thread at a time.
    """
    of_fields: Any = fields
    of_routes: Any = utils
    asks = of_routes.annotation_is_pydantic_v1
    of_fields.TypeAdapter, of_routes.annotation_is_pydantic_v1 = _validator, _is_no_model
    try:
        yield
    finally:
        of_fields.TypeAdapter, of_routes.annotation_is_pydantic_v1 = TypeAdapter, asks


def _is_no_model(_: Any) -> bool:
    return False


def _validator(kind: Any, *, config: ConfigDict | None = None) -> TypeAdapter[Any]:
    """The validator of an annotated type, whose last annotation FastAPI made of the others."""
    *given, field = kind.__metadata__
    # Types that are equal may try their members in another order, which only their text tells.
    key = (kind.__origin__, *given, field.default_factory, repr(kind), repr(config))
    try:
        known = _made.get(key)
    except TypeError:
        # A type without a hash is not compared with others.
        return TypeAdapter(kind, config=config)
    if known is None:
        known = _made[key] = TypeAdapter(kind, config=config)
    return known
