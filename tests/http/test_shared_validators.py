"""A validator that several routes share is made once, and is what each would have had alone."""

import re
from collections.abc import Iterator
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from fastapi._compat import ModelField
from fastapi.dependencies.models import Dependant

from app.http.handling import PlannedRoute
from app.main import ROUTERS

Few = Annotated[int, Query(ge=1, le=9)]


async def list_tasks(limit: Few = 5) -> dict[str, str]:
    return {}


async def list_plans(limit: Few = 5) -> dict[str, str]:
    return {}


async def list_others(limit: Annotated[int, Query(ge=1, le=8)] = 5) -> dict[str, str]:
    return {}


async def sort_up(order: Literal["up", "down"] = "up") -> None: ...


async def sort_down(order: Literal["down", "up"] = "up") -> None: ...


def validator(endpoint: Any) -> Any:
    """The validator of the only parameter of *endpoint*."""
    router = APIRouter(route_class=PlannedRoute)
    router.get("/")(endpoint)
    route: Any = router.routes[0]
    return route.dependant.query_params[0]._type_adapter


def every(dependant: Dependant) -> Iterator[ModelField]:
    """The fields of a dependency and of all that it depends on."""
    for place in ("path", "query", "header", "body"):
        yield from getattr(dependant, f"{place}_params")
    for one in dependant.dependencies:
        yield from every(one)


def fields(route: Any) -> Iterator[ModelField]:
    """The fields that a route validates."""
    yield from every(route.dependant)
    yield from filter(None, [route.body_field, route.response_field])
    yield from route.response_fields.values()


def text(field: ModelField) -> str:
    """The validation of a field as a text, without the addresses of its functions in memory."""
    return re.sub(" at 0x[0-9a-f]+", "", repr(field._type_adapter.core_schema))


def test_parameters_of_one_form_share_their_validator() -> None:
    assert validator(list_tasks) is validator(list_plans)


def test_parameters_with_other_bounds_or_another_order_share_none() -> None:
    assert validator(list_tasks) is not validator(list_others)
    assert validator(sort_up) is not validator(sort_down)


def test_each_field_is_validated_as_it_would_be_alone() -> None:
    found = {
        id(field): field
        for module in ROUTERS
        for route in module.router.routes
        for field in fields(route)
    }
    for field in found.values():
        alone = ModelField(field.field_info, name=field.name, mode=field.mode)
        assert text(alone) == text(field)

    # Most are shared.
    assert len({id(field._type_adapter) for field in found.values()}) * 2 < len(found)
