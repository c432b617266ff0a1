"""Reading the arguments of a dependency from the path, the query, the headers or a form.

All that is the same for each request is worked out once: the names of a parameter, its value where
it was not sent. FastAPI's fields validate the values.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from fastapi._compat import (
    ModelField,
    field_annotation_is_sequence,
    get_cached_model_fields,
    get_missing_field_error,
)
from fastapi.dependencies import utils
from fastapi.dependencies.models import Dependant
from fastapi.params import Form
from starlette.requests import Request
from starlette.responses import Response

from app.http.requests import REMEMBERED, SHORT, query_of

LISTS = {b"if-match", b"if-none-match", b"prefer"}
"""The headers that may be sent in parts (RFC 9110, 5.3)."""
IMMUTABLE = (str, int, float, bool, type(None), frozenset, tuple)
NOTHING: Mapping[str, Any] = {}


class UnplannedError(Exception):
    """A route declares something that plans do not know."""


class Solving:
    """One request, and the arguments and errors found so far while its dependencies are solved."""

    __slots__ = ("body", "errors", "headers", "request", "response", "solved")

    def __init__(self, request: Request, body: Any, response: Response | None) -> None:
        self.request = request
        self.body = body
        self.response = response
        self.headers: dict[bytes, bytes] = dict(request.scope["headers"])
        """The headers that were sent; of one that was sent twice, the last."""
        self.solved: list[Any] = []
        self.errors: list[Any] = []


ArgumentSource = Callable[[Solving], Mapping[str, Any]]
"""Reads some arguments of a dependency; their faults are added to the errors. The mapping is not to
be changed: it may be the same for each request that sends nothing."""


class Parameters:
    """The parameters that one dependency takes from one place: the path, the query or headers."""

    def __init__(self, fields: list[ModelField], place: str) -> None:
        self._place = place
        self._fields = [(field, field.name, _names(field)) for field in fields]
        self._defaults = {
            field.name: _default(field)
            for field, _, names in self._fields
            if isinstance(names, str) and not field.field_info.is_required()
        }
        self.names = [on_wire for _, _, on_wire in self._fields if isinstance(on_wire, str)]
        """The names on the wire of the parameters that are declared one by one."""
        # The fields of a model or a required parameter must report the fault themselves.
        may_be_absent = len(self._defaults) == len(fields)
        self._may_be_absent = frozenset(self.names) if may_be_absent else None

    def read(self, sent: Mapping[str, Any], errors: list[Any]) -> Mapping[str, Any]:
        """The values by argument; their faults are added to *errors*."""
        if self._may_be_absent is not None and self._may_be_absent.isdisjoint(sent):
            return self._defaults
        values = dict(self._defaults)
        for field, name, on_wire in self._fields:
            if not isinstance(on_wire, str):
                given: Any = {on_wire[one]: sent[one] for one in sent if one in on_wire}
                loc: tuple[str, ...] = (self._place,)
            elif on_wire in sent:
                given, loc = sent[on_wire], (self._place, on_wire)
            elif name in values:
                continue
            else:
                errors.append(get_missing_field_error(loc=(self._place, on_wire)))
                continue
            values[name], wrong = field.validate(given, values, loc=loc)
            errors.extend(wrong)
        return values


def _names(field: ModelField) -> str | dict[str, str]:
    """A parameter's name on the wire; of a model of parameters, its fields by their names there."""
    model = utils._get_param_model(field)
    if model is None:
        return _alias(field)[1]
    if not model.model_config.get("frozen"):
        raise UnplannedError(f"{field.name}: a model of parameters has to be frozen")
    return {on_wire: name for name, on_wire in map(_alias, get_cached_model_fields(model))}


def _default(field: ModelField) -> Any:
    if field.field_info.validate_default or not isinstance(field.default, IMMUTABLE):
        raise UnplannedError(f"{field.name}: the default has to be immutable")
    return field.default


def _alias(field: ModelField) -> tuple[str, str]:
    """The name that the field validates by, and its name on the wire."""
    aliases = utils._get_param_aliases(field)
    if len(aliases) != 1 or field_annotation_is_sequence(field.field_info.annotation):
        raise UnplannedError(f"{field.name}: a parameter has one name and one value")
    return aliases[0]


def _path(fields: list[ModelField]) -> ArgumentSource:
    parameters = Parameters(fields, "path")
    return lambda solving: parameters.read(solving.request.path_params, solving.errors)


def _query(fields: list[ModelField]) -> ArgumentSource:
    parameters = Parameters(fields, "query")

    def read(solving: Solving) -> Mapping[str, Any]:
        query = solving.request.scope["query_string"]
        if len(query) <= SHORT and (values := _validated(parameters, query)) is not None:
            return values
        return parameters.read(solving.request.query_params, solving.errors)

    return read


@lru_cache(maxsize=REMEMBERED)
def _validated(parameters: Parameters, query: bytes) -> Mapping[str, Any] | None:
    """The values of a query for one dependency, which nobody can change; None if any is wrong."""
    errors: list[Any] = []
    # Most requests have no query, and parsing none takes as long as parsing one.
    values = parameters.read(query_of(query) if query else NOTHING, errors)
    return None if errors else values


def _headers(fields: list[ModelField]) -> ArgumentSource:
    """Reads headers; of those that are no lists, one that was sent twice is refused."""
    parameters = Parameters(fields, "header")
    names = {name.lower().encode("latin-1"): name for name in parameters.names}

    def read(solving: Solving) -> Mapping[str, Any]:
        sent: dict[str, str] = {}
        # A look-up shows if any of them was sent; only a look at each header shows if one was sent
        # twice.
        if names.keys().isdisjoint(solving.headers):
            return parameters.read(sent, solving.errors)
        for name, value in solving.request.scope["headers"]:
            if name not in names:
                continue
            spelt, text = names[name], value.decode("latin-1")
            if spelt not in sent:
                sent[spelt] = text
            elif name in LISTS:
                sent[spelt] += f", {text}"
            else:
                _refuse(solving, "repeated_header", ("header", spelt))
        return parameters.read(sent, solving.errors)

    return read


def _refuse(solving: Solving, kind: str, place: tuple[str, str]) -> None:
    """Note a fault once, however many dependencies take what it is about."""
    fault = {"type": kind, "loc": place}
    if fault not in solving.errors:
        solving.errors.append(fault)


def sources_of(dependant: Dependant) -> list[ArgumentSource]:
    """The readers of all that *dependant* takes, but for the request itself, its body and other
    dependencies; raises `UnplannedError` where it takes something that plans do not know."""
    if (
        dependant.cookie_params or dependant.websocket_param_name
        or dependant.background_tasks_param_name or dependant.security_scopes_param_name
    ):  # fmt: skip
        raise UnplannedError(f"{dependant.call}: cookies, sockets, tasks or scopes")
    places = [
        (_path, dependant.path_params),
        (_query, dependant.query_params),
        (_headers, dependant.header_params),
    ]
    sources = [make(fields) for make, fields in places if fields]
    if answer := dependant.response_param_name:
        sources.append(lambda solving: {answer: solving.response})
    return sources


def form_of(fields: list[ModelField]) -> ArgumentSource | None:
    """Reads the fields of a form one by one; None where FastAPI's own reading is needed."""
    if not all(
        type(field.field_info) is Form and utils._get_form_model(field) is None for field in fields
    ):
        return None
    parameters = Parameters(fields, "body")

    def read(solving: Solving) -> Mapping[str, Any]:
        names = [name for name, _ in solving.body.multi_items()]
        if len(set(names)) < len(names):
            for name, times in Counter(names).items():
                if times > 1:
                    _refuse(solving, "repeated_parameter", ("body", name))
        # A browser sends what was left empty as an empty text.
        sent = {name: value for name, value in solving.body.items() if value != ""}
        return parameters.read(sent, solving.errors)

    return read
