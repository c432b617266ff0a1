"""The handler of a route, whose dependencies and parameters are planned once.

FastAPI works out at each request what never changes: which names a parameter goes by, whether a
dependency is a generator, which of the declared parameters were sent. A plan keeps all that for a
route. The plan solves dependencies in FastAPI's order, validates with FastAPI's fields and answers
with FastAPI's refusals; what plans do not know is refused when the application is made.

The handler answers alone, without what FastAPI puts around each route: two stacks of contexts and
two nets for exceptions. What ends with a request ends with its handler.
"""

import json
from collections.abc import Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any

from fastapi._compat import ModelField, Undefined
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
from app.http.arguments import Solving, UnplannedError, form_of, sources_of
from app.http.bodies import content_of, read_bytes, read_form, read_json, refuse_encoded
from app.http.endings import endings_of
from app.http.parameters import declared_parameters, refuse_unknown_parameters
from app.http.shared_dependencies import shared_dependencies
from app.http.shared_validators import shared_validators

RequestHandler = Callable[[Request], Coroutine[Any, Any, Response]]
FAILED = object()
"""Stands for the value of a dependency that was not called, since its parameters are wrong."""
LAST: set[Any] = set()
"""The dependencies that are called once all others of a route have admitted the request."""


class RouteStep:
    """One dependency: its arguments, their sources, and its call."""

    __slots__ = (
        "body", "call", "context", "is_awaited", "is_endpoint", "needs", "numbers", "request",
        "sources",
    )  # fmt: skip

    def __init__(self, dependant: Dependant, needs: list[tuple[str | None, int]]) -> None:
        if dependant.concurrency or not dependant.use_cache or dependant.call is None:
            raise UnplannedError(f"{dependant.call}: limited, or called more than once")
        self.call = dependant.call
        is_generator = _is_async_gen_callable(self.call)
        self.context = asynccontextmanager(self.call) if is_generator else None
        self.is_awaited = _is_coroutine_callable(self.call)
        self.is_endpoint = False
        if not (is_generator or self.is_awaited or isinstance(self.call, type)):
            raise UnplannedError(f"{self.call}: neither asynchronous nor a class")
        if is_generator and dependant.scope != "function":
            raise UnplannedError(f"{self.call}: goes on after the answer")
        self.needs = [(name, number) for name, number in needs if name is not None]
        self.numbers = [number for _, number in needs]
        self.request = dependant.request_param_name or dependant.http_connection_param_name
        self.sources = sources_of(dependant)
        self.body = dependant.body_params
        if self.body and (form := form_of(self.body)):
            self.sources.append(form)
            self.body = []

    def lacks(self, solved: list[Any]) -> bool:
        """True if a dependency that it needs could not be called."""
        return any(solved[number] is FAILED for number in self.numbers)

    async def read_body(self, solving: Solving, *, embed: bool) -> dict[str, Any]:
        """The arguments in the body; their faults are added to the errors."""
        found, wrong = await utils.request_body_to_args(
            body_fields=self.body, received_body=solving.body, embed_body_fields=embed
        )
        solving.errors.extend(wrong)
        return found

    async def made(self, request: Request, values: dict[str, Any]) -> Any:
        """The object of a class, or the value that a generator yields, which ends with the
        handler."""
        if self.context is None:
            return self.call(**values)
        return await endings_of(request).enter_async_context(self.context(**values))


class RoutePlan:
    """The steps of one route in their order; the last one is the endpoint."""

    def __init__(self, dependant: Dependant, *, embed: bool) -> None:
        self._steps: list[RouteStep] = []
        self._known: dict[Any, int] = {}
        self._embed = embed
        self._answers = False
        endpoint = self._steps[self._add(dependant)]
        # Its arguments are asked for, and it is called by whoever asks.
        endpoint.is_endpoint, endpoint.is_awaited = True, False

    def _add(self, dependant: Dependant) -> int:
        key = _get_cache_key(dependant=dependant)
        if key not in self._known:
            needed = sorted(dependant.dependencies, key=lambda one: one.call in LAST)
            needs = [(one.name, self._add(one)) for one in needed]
            self._steps.append(RouteStep(dependant, needs))
            self._known[key] = len(self._steps) - 1
            self._answers |= dependant.response_param_name is not None
        return self._known[key]

    async def solve(self, request: Request, body: Any) -> tuple[dict[str, Any], Response | None]:
        """The arguments of the endpoint, and the response whose headers and status it may set.

        Raises `RequestValidationError` with all that is wrong with the request.
        """
        solving = Solving(request, body, _unsent() if self._answers else None)
        solved, errors, known = solving.solved, solving.errors, 0
        # It is one loop without calls of our own: most of a short request's steps are shorter.
        for step in self._steps:
            values = {step.request: request} if step.request else {}
            for name, number in step.needs:
                values[name] = solved[number]
            for source in step.sources:
                values.update(source(solving))
            if step.body:
                values.update(await step.read_body(solving, embed=self._embed))
            if errors and (len(errors) > known or step.lacks(solved)):
                known = len(errors)
                solved.append(FAILED)
            elif step.is_awaited:
                solved.append(await step.call(**values))
            elif step.is_endpoint:
                return values, solving.response
            else:
                solved.append(await step.made(request, values))
        raise RequestValidationError(errors, body=None if body is Undefined else body)


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

    handler: RequestHandler
    """Answers a request; its caller answers the errors that it raises."""

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        options["generate_unique_id_function"] = operation_id
        with shared_dependencies(), shared_validators():
            super().__init__(path, endpoint, **options)

    def get_route_handler(self) -> RequestHandler:
        """The handler by the plan of the route, which is made once and kept as `handler`."""
        # A route that was included has the dependencies of the router that included it as well.
        self.handler = self.make_handler(_effective_route_context_var.get() or self)
        return self.handler

    def make_handler(self, route: Any) -> RequestHandler:
        """The handler of this route, or of the route that it became where it was included."""
        return handler_of(route)


def handler_of(route: Any) -> RequestHandler:
    """The handler of *route*; raises `UnplannedError` where the route declares something that plans
    do not know."""
    plan = RoutePlan(route.dependant, embed=route._embed_body_fields)
    endpoint, body_field, declares_all = route.endpoint, route.body_field, route.include_in_schema
    parameters = declared_parameters(route.dependant)
    read_body = _reader(body_field.field_info) if body_field else read_json

    async def handle(request: Request) -> Response:
        refuse_encoded(request)
        body = await content_of(request, read_body) if body_field else Undefined
        # Whoever passes the link to a page on adds words of its own to it: zarsrc, fbclid.
        if declares_all:
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
