"""Validators that many fields of routes share, made once.

FastAPI makes one for each parameter, body and answer of each route: of twelve hundred, eight
hundred are of the same type with the same constraints as an earlier one.
"""

from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from typing import Any

from fastapi._compat import v2 as fields
from pydantic import ConfigDict, TypeAdapter

_made: dict[Hashable, TypeAdapter[Any]] = {}
"""The validators of all routes so far; each keeps alive what its key is made of."""


@contextmanager
def shared_validators() -> Iterator[None]:
    """Have FastAPI take the validator of an earlier route, for routes that are made meanwhile.

    A name of FastAPI is replaced for all threads, so routes are made by one thread at a time.
    """
    module: Any = fields
    module.TypeAdapter = _validator
    try:
        yield
    finally:
        module.TypeAdapter = TypeAdapter


def _validator(kind: Any, *, config: ConfigDict | None = None) -> TypeAdapter[Any]:
    """The validator of an annotated type, whose last annotation FastAPI made of the others."""
    *given, field = kind.__metadata__
    # Types that are equal may try their members in another order, which only their text tells.
    key = (kind.__origin__, *given, field.default_factory, repr(kind), repr(config))
    try:
        known = _made.get(key)
    except TypeError:
        # What has no hash is not compared with others.
        return TypeAdapter(kind, config=config)
    if known is None:
        known = _made[key] = TypeAdapter(kind, config=config)
    return known
