"""The things that end with the handler of a request, before its answer leaves: sessions, forms.

A session is committed first, so that a failed commit is never answered with success.
"""

from collections.abc import Callable, Coroutine
from contextlib import AsyncExitStack
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

STACK = "fastapi_function_astack"
"""FastAPI's own name for it, which its dependencies look for."""


def endings_of(request: Request) -> AsyncExitStack:
    """The stack of the contexts that end with the handler; it is made at the first use, since most
    requests need none."""
    stack: AsyncExitStack | None = request.scope.get(STACK)
    if stack is None:
        stack = request.scope[STACK] = AsyncExitStack()
    return stack


async def handled(
    handler: Callable[[Request], Coroutine[Any, Any, Response]], request: Request
) -> Response:
    """The answer of *handler*; all that it began has ended when this returns or raises."""
    try:
        response = await handler(request)
    except BaseException as error:
        if STACK in request.scope:
            await endings_of(request).__aexit__(type(error), error, error.__traceback__)
        raise
    if STACK in request.scope:
        await endings_of(request).aclose()
    return response
