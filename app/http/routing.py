"""Finding a request's route by its method and path, instead of trying the routes one by one.

FastAPI looks through the routes of an included router twice for each request, and works out what a
route inherits at the first one. Here the routes are indexed when the application is made: a request
tries only the few whose path has as many words and begins alike. A request without such a route
takes FastAPI's own way, which answers 404 and 405.
"""

from collections import defaultdict
from typing import Any

from fastapi import FastAPI
from fastapi.routing import _IncludedRouter
from fastapi.telemetry._api import _route_selected
from starlette._utils import get_route_path
from starlette.routing import Match
from starlette.types import Receive, Scope, Send

Key = tuple[str, int, str, str]
"""Method, number of words, and the first two words: `GET`, 3, `v1`, `plans`."""


class IndexedRouter(_IncludedRouter):
    """An included router whose routes are found by an index."""

    def __init__(self, included: _IncludedRouter) -> None:
        super().__init__(included.original_router, included.include_context)
        self._index: dict[Key, list[Any]] = defaultdict(list)
        for context in self.effective_route_contexts():
            # What can be read can be asked for its headers alone: the server leaves out the body.
            also = {"HEAD"} if "GET" in context.methods else set()
            for method in context.methods | also:
                self._index[_key(method, context.path_format)].append(context)

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """The first route that fits, with the parameters of its path."""
        if scope["type"] == "http":
            path = get_route_path(scope)
            for context in self._index.get(_key(scope["method"], path), ()):
                if match := context.path_regex.match(path):
                    parameters = {
                        name: context.param_convertors[name].convert(value)
                        for name, value in match.groupdict().items()
                    }
                    return Match.FULL, {
                        "endpoint": context.endpoint,
                        "path_params": parameters,
                        "route": context.original_route,
                        "fastapi": {"effective_route_context": context},
                    }
        return super().matches(scope)

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the route that was found answer."""
        context = scope.get("fastapi", {}).get("effective_route_context")
        if context is None:
            await super().handle(scope, receive, send)
            return
        _route_selected(scope=scope, path=context.path_format, mount=False)
        await context.app(scope, receive, send)


def _key(method: str, path: str) -> Key:
    words = path.split("/")
    first, second = (*words[1:3], "", "")[:2]
    return method, len(words), first, second


def index_routes(app: FastAPI) -> None:
    """Put an index in the place of the router that *app* included last."""
    included = app.router.routes[-1]
    if not isinstance(included, _IncludedRouter):
        raise TypeError("The application has to include a router before its routes are indexed.")
    app.router.routes[-1] = IndexedRouter(included)
