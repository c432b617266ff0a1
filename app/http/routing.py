"""Finding a request's route by its method and path, instead of trying the routes one by one.

FastAPI tries all routes for each request, and makes each route of an included router a second time.
Here the routes are the application's own, and an index stands before them: a request tries only
the few whose path has as many words and begins alike, and the route that is found answers at once.
A request without such a route takes FastAPI's own way, which answers 404 and 405.
"""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from fastapi import FastAPI
from fastapi.routing import APIRoute
from fastapi.telemetry._api import _route_selected
from starlette._utils import get_route_path
from starlette.middleware.body_limit import RequestBodyLimitMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from app.http.arguments import UnplannedError
from app.http.endings import handled
from app.http.handling import PlannedRoute
from app.http.problems import answer_of
from app.http.requests import ApiRequest

Key = tuple[str, int, str, str]
"""Method, number of words, and the first two words: `GET`, 3, `v1`, `plans`."""
WITHOUT_A_BODY = {"GET", "HEAD"}
SENT_WITH_A_BODY = {b"content-length", b"transfer-encoding"}
"""The headers without which a request has no body in HTTP/1.1 (RFC 9112, 6.3)."""


class RouteIndex:
    """Lets the route of a request answer it, and *app* a request that has none.

    The body of a request is read up to *body_bytes*, or up to the size that its route names.
    """

    def __init__(self, app: ASGIApp, routes: Iterable[APIRoute], *, body_bytes: int) -> None:
        self._app = app
        self._body_bytes = body_bytes
        self._index: dict[Key, list[PlannedRoute]] = defaultdict(list)
        for route in routes:
            if not isinstance(route, PlannedRoute):
                raise UnplannedError(f"{route.path}: the route has no plan")
            methods = route.methods or set()
            # A resource that answers GET answers HEAD too: the server leaves out the body.
            for method in methods | ({"HEAD"} if "GET" in methods else set()):
                self._index[_key(method, route.path_format)].append(route)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Find the route, with the parameters of its path, and let it answer."""
        if scope["type"] != "http" or not self._finds(scope):
            await self._app(scope, receive, send)
            return
        _route_selected(scope=scope, path=scope["route"].path_format)
        is_short = scope["method"] in WITHOUT_A_BODY
        if is_short and SENT_WITH_A_BODY.isdisjoint(dict(scope["headers"])):
            await _answer(scope, receive, send)
        else:
            size = scope["route"].max_body_size or self._body_bytes
            await RequestBodyLimitMiddleware(_answer, size)(scope, receive, send)

    def _finds(self, scope: Scope) -> bool:
        """True if there is a route that fits; the first one is put into the scope."""
        path = get_route_path(scope)
        for route in self._index.get(_key(scope["method"], path), ()):
            if match := route.path_regex.match(path):
                scope["route"], scope["endpoint"] = route, route.endpoint
                scope["path_params"] = {
                    name: route.param_convertors[name].convert(value)
                    for name, value in match.groupdict().items()
                }
                return True
        return False


async def _answer(scope: Scope, receive: Receive, send: Send) -> None:
    """Let the route that was found answer, or the problem of the request."""
    request = ApiRequest(scope, receive, send)
    try:
        response = await handled(scope["route"].handler, request)
    except Exception as error:
        response = await answer_of(request, error)
    await response(scope, receive, send)


def _key(method: str, path: str) -> Key:
    words = path.split("/", 3)
    first, second = (*words[1:3], "", "")[:2]
    return method, path.count("/"), first, second


def add_routes(app: FastAPI, routes: list[Any], *, body_bytes: int) -> None:
    """Let *app* answer by these routes, found by an index; middleware added to the application
    later is around them too."""
    app.router.routes.extend(routes)
    app.add_middleware(RouteIndex, routes=routes, body_bytes=body_bytes)
