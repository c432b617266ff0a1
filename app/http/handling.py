"""The handler of a route, whose dependencies and parameters are planned once.

FastAPI works out at each request what never changes: which names a parameter goes by, whether a
dependency is a generator, which of the declared parameters were sent. A plan keeps all that for a
route. The plan solves dependencies in FastAPI's order, validates with FastAPI's fields and answers
with FastAPI's refusals; what plans do not know is refused when the application is made.
"""

import json
from collections.abc import Callable, Coroutine, Mapping
from contextlib import AsyncExitStack
from typing import Any

from fastapi._compat import (
    ModelField,
    Undefined,
    field_annotation_is_sequence,
    get_cached_model_fields,
    get_missing_field_error,
)
from fastapi.dependencies import utils
from fastapi.dependencies.models import (
    Dependant,
    _get_cache_key,
    _is_async_gen_callable,
    _is_coroutine_callable,
)
from fastapi.exceptions import RequestValidationError, ResponseValidationError
from fastapi.params import Form
from fastapi.routing import APIRoute, _effective_route_context_var
from fastapi.utils import is_body_allowed_for_status_code
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from app.http.answers import JSON
from app.http.bodies import content_of, read_bytes, read_form, read_json, refuse_encoded
from app.http.parameters import declared_parameters, refuse_unknown_parameters
from app.http.shared_dependencies import shared_dependencies

Handler = Callable[[Request], Coroutine[Any, Any, Response]]
FAILED = object()
"""Stands for the value of a dependency that was not called, since its parameters are wrong."""
LISTS = {b"if-match", b"if-none-match", b"prefer"}
"""The headers that may be sent in parts (RFC 9110, 5.3)."""
LAST: set[Any] = set()
"""The dependencies that are called once all others of a route have admitted the request."""
IMMUTABLE = (str, int, float, bool, type(None), frozenset, tuple)


class UnplannedError(Exception):
    """A route declares something that plans do not know."""


class Solving:
    """What is known of one request while its dependencies are solved."""

    __slots__ = ("body", "errors", "request", "response", "solved")

    def __init__(self, request: Request, body: Any, response: Response | None) -> None:
        self.request = request
        self.body = body
        self.response = response
        self.solved: list[Any] = []
        self.errors: list[Any] = []


Source = Callable[[Solving], dict[str, Any]]
"""Reads some arguments of a dependency; what is wrong with them is added to the errors."""


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

    @property
    def names(self) -> list[str]:
        """The names on the wire of the parameters that are declared one by one."""
        return [on_wire for _, _, on_wire in self._fields if isinstance(on_wire, str)]

    def read(self, sent: Mapping[str, Any], errors: list[Any]) -> dict[str, Any]:
        """The values by argument; what is wrong with them is added to *errors*."""
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


def _path(fields: list[ModelField]) -> Source:
    parameters = Parameters(fields, "path")
    return lambda solving: parameters.read(solving.request.path_params, solving.errors)


def _query(fields: list[ModelField]) -> Source:
    parameters = Parameters(fields, "query")

    def read(solving: Solving) -> dict[str, Any]:
        # Most requests have no query, and parsing none takes as long as parsing one.
        sent = solving.request.query_params if solving.request.scope["query_string"] else {}
        return parameters.read(sent, solving.errors)

    return read


def _headers(fields: list[ModelField]) -> Source:
    """Reads headers; of those that are no lists, one that was sent twice is refused."""
    parameters = Parameters(fields, "header")
    names = {name.lower().encode("latin-1"): name for name in parameters.names}

    def read(solving: Solving) -> dict[str, Any]:
        sent: dict[str, str] = {}
        for name, value in solving.request.scope["headers"]:
            if name not in names:
                continue
            spelt, text = names[name], value.decode("latin-1")
            if spelt not in sent:
                sent[spelt] = text
            elif name in LISTS:
                sent[spelt] += f", {text}"
            else:
                solving.errors.append({"type": "repeated_header", "loc": ("header", spelt)})
        return parameters.read(sent, solving.errors)

    return read


def _sources(dependant: Dependant) -> list[Source]:
    """The readers of all that *dependant* takes, but for its body and other dependencies."""
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
    if name := dependant.request_param_name or dependant.http_connection_param_name:
        sources.append(lambda solving: {name: solving.request})
    if answer := dependant.response_param_name:
        sources.append(lambda solving: {answer: solving.response})
    return sources


def _form(fields: list[ModelField]) -> Source | None:
    """Reads the fields of a form one by one; None where FastAPI's own reading is needed."""
    if not all(
        type(field.field_info) is Form and utils._get_form_model(field) is None for field in fields
    ):
        return None
    parameters = Parameters(fields, "body")

    def read(solving: Solving) -> dict[str, Any]:
        names = [name for name, _ in solving.body.multi_items()]
        for name in {name for name in names if names.count(name) > 1}:
            solving.errors.append({"type": "repeated_parameter", "loc": ("body", name)})
        # A browser sends what was left empty as an empty text.
        sent = {name: value for name, value in solving.body.items() if value != ""}
        return parameters.read(sent, solving.errors)

    return read


class Step:
    """One dependency: what it takes, from whom, and how it is called."""

    __slots__ = (
        "body", "call", "dependant", "is_awaited", "is_generator", "needs", "sources", "stack"
    )  # fmt: skip

    def __init__(self, dependant: Dependant, needs: list[tuple[str | None, int]]) -> None:
        if dependant.concurrency or not dependant.use_cache or dependant.call is None:
            raise UnplannedError(f"{dependant.call}: limited, or called more than once")
        self.dependant = dependant
        self.call = dependant.call
        self.is_generator = _is_async_gen_callable(self.call)
        self.is_awaited = _is_coroutine_callable(self.call)
        if not (self.is_generator or self.is_awaited or isinstance(self.call, type)):
            raise UnplannedError(f"{self.call}: neither asynchronous nor a class")
        self.needs = needs
        self.sources = _sources(dependant)
        self.body = dependant.body_params
        if self.body and (form := _form(self.body)):
            self.sources.append(form)
            self.body = []
        kind = "function" if dependant.scope == "function" else "inner"
        self.stack = f"fastapi_{kind}_astack"

    def arguments(self, solving: Solving) -> dict[str, Any] | None:
        """The arguments that need no body; None where one is wrong, or could not be made."""
        before = len(solving.errors)
        values, is_sound = {}, True
        for name, number in self.needs:
            needed = solving.solved[number]
            if needed is FAILED:
                is_sound = False
            elif name is not None:
                values[name] = needed
        for source in self.sources:
            values |= source(solving)
        return values if is_sound and len(solving.errors) == before else None

    async def arguments_with_body(self, solving: Solving, *, embed: bool) -> dict[str, Any] | None:
        """All arguments; None where one is wrong, or could not be made."""
        values = self.arguments(solving)
        found, wrong = await utils.request_body_to_args(
            body_fields=self.body, received_body=solving.body, embed_body_fields=embed
        )
        solving.errors.extend(wrong)
        return None if values is None or wrong else values | found

    async def entered(self, request: Request, values: dict[str, Any]) -> Any:
        """What a generator gives for *values*; it ends with its part of the request."""
        stack: AsyncExitStack = request.scope[self.stack]
        return await utils._solve_generator(
            dependant=self.dependant, stack=stack, sub_values=values, request=request
        )


class Plan:
    """The steps of one route in their order; the last one is the endpoint."""

    def __init__(self, dependant: Dependant, *, embed: bool) -> None:
        self._steps: list[Step] = []
        self._known: dict[Any, int] = {}
        self._embed = embed
        self._answers = False
        self._add(dependant)

    def _add(self, dependant: Dependant) -> int:
        key = _get_cache_key(dependant=dependant)
        if key not in self._known:
            needed = sorted(dependant.dependencies, key=lambda one: one.call in LAST)
            needs = [(one.name, self._add(one)) for one in needed]
            self._steps.append(Step(dependant, needs))
            self._known[key] = len(self._steps) - 1
            self._answers |= dependant.response_param_name is not None
        return self._known[key]

    async def solve(self, request: Request, body: Any) -> tuple[dict[str, Any], Response | None]:
        """The arguments of the endpoint, and the response whose headers and status it may set.

        Raises `RequestValidationError` with all that is wrong with the request.
        """
        solving = Solving(request, body, _unsent() if self._answers else None)
        for step in self._steps:
            if step.body:
                values = await step.arguments_with_body(solving, embed=self._embed)
            else:
                values = step.arguments(solving)
            if step is self._steps[-1]:
                break
            if values is None:
                solving.solved.append(FAILED)
            elif step.is_awaited:
                solving.solved.append(await step.call(**values))
            elif step.is_generator:
                solving.solved.append(await step.entered(request, values))
            else:
                solving.solved.append(step.call(**values))
        if values is None:
            known = None if body is Undefined else body
            raise RequestValidationError(solving.errors, body=known)
        return values, solving.response


def _unsent() -> Response:
    """A response whose headers and status an endpoint may set."""
    response = Response()
    del response.headers["content-length"]
    response.status_code = None  # type: ignore[assignment] # FastAPI's sign for: as declared
    return response


def operation_id(route: APIRoute) -> str:
    """Name an operation after its function, in the case of JSON: `list_plans` is `listPlans`."""
    first, *others = route.name.split("_")
    return first + "".join(word.capitalize() for word in others)


class PlannedRoute(APIRoute):
    """A route that is handled by its plan and takes no parameter that it does not declare."""

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        options["generate_unique_id_function"] = operation_id
        with shared_dependencies():
            super().__init__(path, endpoint, **options)

    def get_route_handler(self) -> Handler:
        """The handler by the plan of the route."""
        # A route that was included has the dependencies of the router that included it as well.
        return handler_of(_effective_route_context_var.get() or self)


def handler_of(route: Any) -> Handler:
    """The handler of *route*; raises `UnplannedError` where it declares what plans do not know."""
    plan = Plan(route.dependant, embed=route._embed_body_fields)
    endpoint, body_field = route.endpoint, route.body_field
    parameters = declared_parameters(route.dependant)
    read_body = _reader(body_field.field_info) if body_field else read_json

    async def handle(request: Request) -> Response:
        refuse_encoded(request)
        body = await content_of(request, read_body) if body_field else Undefined
        # Whoever passes the link to a page on adds words of its own to it: zarsrc, fbclid.
        if route.include_in_schema:
            refuse_unknown_parameters(request, parameters)
        values, extended = await plan.solve(request, body)
        answer = await endpoint(**values)
        if isinstance(answer, Response):
            return answer
        status = (extended and extended.status_code) or route.status_code or 200
        content = _serialized(route.response_field, answer)
        if not is_body_allowed_for_status_code(status):
            content = b""
        response = Response(content, status, media_type=JSON)
        if extended is not None:
            response.headers.raw.extend(extended.headers.raw)
        return response

    return handle


def _reader(declared: Any) -> Callable[[Request], Coroutine[Any, Any, Any]]:
    """Reads a body as the route declares it: a form, JSON, or the bytes of another media type."""
    if isinstance(declared, Form):
        return read_form
    return read_json if declared.media_type == JSON else read_bytes


def _serialized(field: ModelField | None, answer: Any) -> bytes:
    if field is None:
        return b"null" if answer is None else json.dumps(answer).encode()
    if not isinstance(answer, BaseModel) or type(answer) is not field.field_info.annotation:
        answer, wrong = field.validate(answer, {}, loc=("response",))
        if wrong:
            raise ResponseValidationError(errors=wrong, body=answer)
    return field.serialize_json(answer, by_alias=True)
