"""Planned routes answer as FastAPI's own do: each request is sent to both, and compared."""

from collections.abc import AsyncIterator
from typing import Annotated, Any

import httpx
import pytest
from fastapi import APIRouter, Cookie, Depends, FastAPI, Form, Header, Query, Request, Response
from fastapi.routing import APIRoute
from pydantic import BaseModel, ConfigDict, Field

from app.http.arguments import UnplannedError
from app.http.handling import PlannedRoute
from app.http.routing import add_routes


class Thing(BaseModel):
    name: str = Field(min_length=2)
    size: int = 1


class Narrowing(BaseModel):
    model_config = ConfigDict(frozen=True)

    kind: str | None = None
    upto: int | None = Field(default=None, le=9)


class Counter:
    """A dependency that is a class, made once a request."""

    def __init__(self, request: Request, start: int = 0) -> None:
        self.value = f"{request.method} {start}"


async def caller(x_caller: Annotated[str | None, Header(max_length=3)] = None) -> str:
    return x_caller or "nobody"


async def trace(request: Request, who: Annotated[str, Depends(caller)]) -> AsyncIterator[list[str]]:
    steps = [f"enter {who}"]
    try:
        yield steps
    finally:
        steps.append("exit")
        request.app.state.traces.append(list(steps))


Trace = Annotated[list[str], Depends(trace, scope="function")]


def make_app(route_class: type[APIRoute]) -> FastAPI:  # noqa: C901 - a list of routes
    """The same routes by either class, included as ours are, below a dependency of all."""
    router = APIRouter(route_class=route_class)

    @router.get("/things/{number}")
    async def read(  # noqa: PLR0917 - FastAPI calls it by name
        number: int,
        steps: Trace,
        who: Annotated[str, Depends(caller)],
        counter: Annotated[Counter, Depends()],
        narrowing: Annotated[Narrowing, Query()],
        limit: Annotated[int, Query(ge=1, le=5)] = 3,
        sort: Annotated[str, Query(pattern="^-?id$")] = "id",
    ) -> dict[str, Any]:
        steps.append("read")
        return {"number": number, "who": who, "counter": counter.value, "limit": limit,
                "sort": sort, **narrowing.model_dump()}  # fmt: skip

    @router.get("/fails/{number}")
    async def fail(number: int, steps: Trace) -> None:
        steps.append("fail")
        raise ZeroDivisionError(number)

    @router.put("/things/{number}", status_code=201)
    async def write(number: int, thing: Thing, response: Response, who: str | None = None) -> Thing:
        response.headers["Location"] = f"/things/{number}"
        if who == "again":
            response.status_code = 200
        return thing

    @router.delete("/things/{number}", status_code=204)
    async def delete(number: int) -> None:
        assert number

    @router.post("/forms")
    async def form(
        name: Annotated[str, Form(max_length=3)], size: Annotated[int, Form()] = 1
    ) -> str:
        return f"{name} {size}"

    @router.get("/raw")
    async def raw(response: Response) -> Response:
        response.headers["X-Lost"] = "1"
        return Response("raw", 202, media_type="text/plain")

    async def below_all(x_all: Annotated[str, Header(pattern="^y?$")] = "y") -> None:
        assert x_all

    app = FastAPI()
    app.state.traces = []
    app.include_router(router, dependencies=[Depends(below_all)])
    return app


JSON = {"content-type": "application/json"}
OTHER_JSON = {"content-type": "application/a+json; v=1"}
REQUESTS: list[tuple[str, str, dict[str, Any]]] = [
    ("GET", "/things/4", {}),
    ("GET", "/things/4", {"headers": {"x-caller": "me"}}),
    ("GET", "/things/4", {"headers": {"x-all": "n"}}),
    ("GET", "/things/four", {}),
    ("GET", "/things/4?limit=2&sort=-id&kind=a&upto=9&start=7", {}),
    ("GET", "/things/4?limit=&kind=&start=", {}),
    ("GET", "/things/x?limit=9&sort=name&upto=10&start=x", {"headers": {"x-all": "n"}}),
    ("GET", "/fails/0", {}),
    ("PUT", "/things/4", {"json": {"name": "ab"}}),
    ("PUT", "/things/4?who=again", {"json": {"name": "ab", "size": "2"}}),
    ("PUT", "/things/x", {"json": {"name": "a", "size": "two"}}),
    ("PUT", "/things/4", {"json": [1]}),
    ("PUT", "/things/4", {}),
    ("PUT", "/things/4", {"content": b"{", "headers": JSON}),
    ("PUT", "/things/4", {"content": b"\xff{}", "headers": JSON}),
    ("PUT", "/things/4", {"content": b"[" * 100_000, "headers": JSON}),
    ("PUT", "/things/4", {"content": b'{"name":"ab"}', "headers": OTHER_JSON}),
    ("DELETE", "/things/4", {}),
    ("POST", "/forms", {"data": {"name": "abc", "size": "3"}}),
    ("POST", "/forms", {"data": {"name": "abcd", "size": "x"}}),
    ("POST", "/forms", {"data": {}}),
    ("POST", "/forms", {"files": {"name": ("a.txt", b"abc")}}),
    ("POST", "/forms", {"content": b"--x", "headers": {"content-type": "multipart/form-data"}}),
    ("GET", "/raw", {}),
    ("POST", "/things/4", {}),
    ("GET", "/nothing", {}),
]  # fmt: skip


@pytest.mark.parametrize(("method", "path", "sent"), REQUESTS)
async def test_both_answer_alike(method: str, path: str, sent: dict[str, Any]) -> None:
    ours, theirs = [
        await answered(make_app(kind), method, path, sent) for kind in (PlannedRoute, APIRoute)
    ]
    assert ours == theirs


async def test_a_query_that_is_remembered_is_answered_as_the_first_time() -> None:
    ours, theirs = make_app(PlannedRoute), make_app(APIRoute)
    for method, path, sent in REQUESTS * 3:
        if "?" in path:
            found = await answered(ours, method, path, sent)
            assert found == await answered(theirs, method, path, sent)


async def answered(app: FastAPI, method: str, path: str, sent: dict[str, Any]) -> Any:
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        answer = await client.request(method, path, **sent)
    return answer.status_code, sorted(answer.headers.items()), answer.content, app.state.traces


async def test_a_failed_dependency_is_refused_once() -> None:
    """FastAPI names the fault once for each use of the dependency."""
    sent = {"headers": {"x-caller": "too long"}}
    status, _, body, traces = await answered(make_app(PlannedRoute), "GET", "/things/4", sent)
    assert (status, body.count(b"x-caller"), traces) == (422, 1, [])


async def with_cookie(session: Annotated[str | None, Cookie()] = None) -> str | None:
    return session


async def with_list(names: Annotated[list[str] | None, Query()] = None) -> list[str] | None:
    return names


async def with_mutable_default(name: Annotated[Any, Query()] = {}) -> Any:  # noqa: B006 - refused
    return name


class Changeable(BaseModel):
    kind: str | None = None


async def with_changeable_model(narrowing: Annotated[Changeable, Query()]) -> Changeable:
    return narrowing


def not_asynchronous() -> None:
    """FastAPI would call it in a thread."""


async def called_each_time(who: Annotated[str, Depends(caller, use_cache=False)]) -> str:
    return who


@pytest.mark.parametrize(
    "endpoint",
    [
        with_cookie,
        with_list,
        with_mutable_default,
        with_changeable_model,
        not_asynchronous,
        called_each_time,
    ],
)
def test_what_plans_do_not_know_is_refused_at_the_start(endpoint: Any) -> None:
    router = APIRouter(route_class=PlannedRoute)
    with pytest.raises(UnplannedError):
        router.add_api_route("/", endpoint)


def test_a_route_without_a_plan_is_refused_at_the_start() -> None:
    router = APIRouter()
    router.add_api_route("/", caller)
    app = FastAPI()
    add_routes(app, router.routes, body_bytes=1)
    with pytest.raises(UnplannedError, match="no plan"):
        app.build_middleware_stack()
