"""Query parameters: their closed sets of values, and the refusal of unknown and repeated ones."""

from collections import Counter
from collections.abc import Iterable, Set
from typing import Any

from fastapi import Request, params
from fastapi.dependencies.models import Dependant
from fastapi.dependencies.utils import get_flat_params
from fastapi.exceptions import RequestValidationError


def some_of(names: Iterable[str]) -> str:
    """The pattern of a parameter that takes some of these names with commas between them.

    A word ends before each comma and begins after it: so each name stands in the pattern once.
    """
    return rf"^(\b,?({'|'.join(names)})\b)+$"


def chosen(value: str | None) -> list[str] | None:
    """Split the value of a parameter whose pattern is `some_of`; None stays None."""
    return None if value is None else value.split(",")


def declared_parameters(dependant: Dependant) -> frozenset[str]:
    """The query parameters that a route and its dependencies declare."""
    fields = get_flat_params(dependant)
    return frozenset(field.alias for field in fields if _is_query(field.field_info))


def refuse_unknown_parameters(request: Request, known: Set[str]) -> None:
    """Refuse query parameters that the route does not declare, and those sent twice."""
    # Most requests have no query, and parsing none takes as long as parsing one.
    if not request.scope["query_string"]:
        return
    sent = request.query_params
    if sent.keys() <= known and len(sent) == len(sent.multi_items()):
        return
    times = Counter(name for name, _ in sent.multi_items())
    faults = {
        name: "repeated_parameter" if name in known else "unknown_parameter"
        for name in times
        if name not in known or times[name] > 1
    }
    if faults:
        raise RequestValidationError(
            [{"type": kind, "loc": ("query", name)} for name, kind in faults.items()]
        )


def _is_query(field: Any) -> bool:
    # The fields of a model of parameters are no parameters by type; only queries have models here.
    return isinstance(field, params.Query) or not isinstance(field, params.Param)
