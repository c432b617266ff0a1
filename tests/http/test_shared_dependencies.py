"""A dependency that several routes share is analysed once, and as FastAPI analyses it."""

from collections.abc import Iterator
from typing import Annotated, Any

import httpx
from fastapi import APIRouter, Depends, FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.dependencies.utils import get_dependant

from app.http.handling import PlannedRoute
from app.main import ROUTERS

PLACES = ("path_params", "query_params", "header_params", "cookie_params", "body_params")


async def plan_asked(plan: str = "none") -> str:
    return plan


async def page_asked(plan: Annotated[str, Depends(plan_asked)], limit: int = 50) -> str:
    return f"{plan} {limit}"


Page = Annotated[str, Depends(page_asked)]


async def list_tasks(page: Page) -> dict[str, str]:
    return {"page": page}


def made() -> Any:
    router = APIRouter(route_class=PlannedRoute)
    for path in ("/tasks", "/plans/{plan}/tasks", "/assignments", "/plans/{plan}/assignments"):
        router.get(path, name=path)(list_tasks)
    return router


def shape(dependant: Dependant) -> Any:
    """All of a dependency that decides what a request is asked for."""
    fields = {
        place: [
            (one.name, one.alias, one.field_info.annotation) for one in getattr(dependant, place)
        ]
        for place in PLACES
    }
    needed = [shape(one) for one in dependant.dependencies]
    return dependant.call, dependant.name, dependant.scope, dependant.use_cache, fields, needed


def every(dependant: Dependant) -> Iterator[Dependant]:
    """A dependency and all that it depends on."""
    yield dependant
    for one in dependant.dependencies:
        yield from every(one)


async def test_a_parameter_is_read_from_the_path_where_the_path_names_it() -> None:
    app = FastAPI()
    app.include_router(made())
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as http:
        found = [
            (await http.get(path)).json()["page"]
            for path in (
                "/tasks",
                "/tasks?plan=a&limit=7",
                "/plans/b/tasks",
                "/assignments?plan=c",
                "/plans/d/assignments?limit=9",
            )
        ]

    assert found == ["none 50", "a 7", "b 50", "c 50", "d 9"]


def test_routes_of_one_form_share_what_they_depend_on() -> None:
    tasks, of_plan, assignments, _ = (route.dependant.dependencies[0] for route in made().routes)

    assert tasks is assignments
    assert of_plan is not tasks


def test_each_route_asks_for_what_fastapi_would_ask_for() -> None:
    routes = [route for module in ROUTERS for route in module.router.routes]
    shared: set[int] = set()
    count = 0
    for route in routes:
        alone = get_dependant(path=route.path_format, call=route.endpoint, scope="function")
        added = len(route.dependant.dependencies) - len(alone.dependencies)
        assert shape(alone)[:-1] == shape(route.dependant)[:-1]
        assert shape(alone)[-1] == shape(route.dependant)[-1][added:]
        found = [one for needed in route.dependant.dependencies for one in every(needed)]
        shared |= {id(one) for one in found}
        count += len(found)

    # The dependencies of a route are few of its own.
    assert len(shared) * 3 < count
