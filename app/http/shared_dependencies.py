"""Dependencies that many routes share, analysed once.

FastAPI analyses each dependency of a route anew, with all that it depends on in turn: for two
hundred routes that ask for a session and a caller, a tenth of all that a start takes.
"""

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from typing import Any

from fastapi.dependencies import utils
from fastapi.dependencies.models import Dependant
from fastapi.utils import get_path_param_names

_analysed: dict[Hashable, tuple[Dependant, frozenset[str]]] = {}
"""The dependencies of all routes so far, each with the names of its parameters."""


@contextmanager
def shared_dependencies() -> Iterator[None]:
    """Have FastAPI take the analysis of an earlier route, for routes that are made meanwhile.

    FastAPI's function is replaced for all threads, so routes are made by one thread at a time.
    """
    analyse = utils.get_dependant
    utils.get_dependant = _sharing(analyse)
    try:
        yield
    finally:
        utils.get_dependant = analyse


def _sharing(analyse: Callable[..., Dependant]) -> Callable[..., Dependant]:
    def get_dependant(*, path: str, call: Callable[..., Any], **options: Any) -> Dependant:
        in_path = get_path_param_names(path)
        key = (call, *((name, _hashable(value)) for name, value in sorted(options.items())))
        known, names = _analysed.get(key, (None, frozenset()))
        # The path decides of a parameter that it names whether it is read from the query.
        if known is not None and in_path.isdisjoint(names):
            return known
        found = analyse(path=path, call=call, **options)
        names = frozenset(_names(found))
        if in_path.isdisjoint(names):
            _analysed[key] = found, names
        return found

    return get_dependant


def _hashable(value: Any) -> Hashable:
    """The value of an option; the scopes of a caller are a list."""
    return tuple(value) if isinstance(value, list) else value


def _names(dependant: Dependant) -> Iterator[str]:
    """The names of the parameters of a dependency and of all that it depends on."""
    for place in ("path", "query", "header", "cookie", "body"):
        yield from (field.name for field in getattr(dependant, f"{place}_params"))
    for one in dependant.dependencies:
        yield from _names(one)
