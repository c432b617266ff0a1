"""Finding a request's route by its method and path, instead of trying the routes one by one.

FastAPI tries all routes for each request, and makes each route of an included router a second time.
Here the routes are the application's own, and an index stands before them: a request tries only
the few whose path has as many words and begins alike. A request without such a route takes
FastAPI's own way, which answers 404 and 405.
"""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from fastapi import FastAPI
from fastapi.routing import APIRoute
from fastapi.telemetry._api import _route_selected
from starlette._utils import get_route_path
from starlette.middleware.body_limit import RequestBodyLimitMiddleware
from starlette.routing import BaseRoute, Match
from starlette.types import Receive, Scope, Send

Key = tuple[str, int, str, str]
"""Method, number of words, and the first two words: `GET`, 3, `v1`, `plans`."""


class RouteIndex(BaseRoute):
    """Finds the route of a request, whose body is read up to *body_bytes* or the route's own."""

    def __init__(self, routes: Iterable[APIRoute], *, body_bytes: int) -> None:
        self._limited = RequestBodyLimitMiddleware(_answer, body_bytes)
        self._index: dict[Key, list[APIRoute]] = defaultdict(list)
        for route in routes:
            methods = route.methods or set()
            # What can be read can be asked for its headers alone: the server leaves out the body.
            for method in methods | ({"HEAD"} if "GET" in methods else set()):
                self._index[_key(method, route.path_format)].append(route)

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """The first route that fits, with the parameters of its path."""
        if scope["type"] == "http":
            path = get_route_path(scope)
            for route in self._index.get(_key(scope["method"], path), ()):
                if match := route.path_regex.match(path):
                    parameters = {
                        name: route.param_convertors[name].convert(value)
                        for name, value in match.groupdict().items()
                    }
                    found = {"endpoint": route.endpoint, "path_params": parameters, "route": route}
                    return Match.FULL, found
        return Match.NONE, {}

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the route that was found answer."""
        _route_selected(scope=scope, path=scope["route"].path_format, mount=False)
        await self._limited(scope, receive, send)


async def _answer(scope: Scope, receive: Receive, send: Send) -> None:
    await scope["route"].app(scope, receive, send)


def _key(method: str, path: str) -> Key:
    words = path.split("/")
    first, second = (*words[1:3], "", "")[:2]
    return method, len(words), first, second


def add_routes(app: FastAPI, routes: list[Any], *, body_bytes: int) -> None:
    """Let *app* answer by these routes, found by an index."""
    app.router.routes.append(RouteIndex(routes, body_bytes=body_bytes))
    app.router.routes.extend(routes)
