"""Vietnamese letters have one form wherever a text comes in, so that equal texts are equal."""

import importlib
import pkgutil
import unicodedata
from collections.abc import Iterator
from inspect import isclass
from typing import Annotated, Any

import pytest
from pydantic import BaseModel, TypeAdapter, ValidationError

import app.schemas
from app.schemas.common import Body
from app.schemas.filters import Filters
from app.schemas.submissions import SubmissionFilters
from tests.support.sample import Sample

TYPED = unicodedata.normalize("NFD", "Sở Nội vụ")
WRITTEN = unicodedata.normalize("NFC", TYPED)


def models(base: type[BaseModel]) -> Iterator[type[BaseModel]]:
    """The models of *base* that callers send."""
    for module in pkgutil.iter_modules(app.schemas.__path__):
        for one in vars(importlib.import_module(f"app.schemas.{module.name}")).values():
            if isclass(one) and issubclass(one, base) and one is not base:
                yield one


def taken(annotation: Any, metadata: list[Any]) -> list[str]:
    """The value that a field makes of the letters, alone or in a list; nothing where it takes no
    words."""
    adapter = TypeAdapter(Annotated[annotation, *metadata] if metadata else annotation)
    for given in (TYPED, [TYPED]):
        try:
            found = adapter.validate_python(given)
        except ValidationError:
            continue
        if isinstance(found, str | list | tuple):
            return [found] if isinstance(found, str) else [str(one) for one in found]
    return []


BODIES = {
    f"{model.__name__}.{name}": words
    for model in models(Body)
    for name, field in model.model_fields.items()
    if (words := taken(field.annotation, field.metadata))
}


def test_there_are_texts_in_bodies() -> None:
    assert len(BODIES) > 100


@pytest.mark.parametrize("field", sorted(BODIES))
def test_letters_of_bodies_are_composed(field: str) -> None:
    assert BODIES[field] == [WRITTEN]


@pytest.mark.parametrize("model", dict.fromkeys(models(Filters)))
def test_letters_of_filters_are_composed(model: type[BaseModel]) -> None:
    for name, field in model.model_fields.items():
        try:
            found = model.model_validate({field.alias or name: TYPED})
        except ValidationError:
            continue
        assert getattr(found, name) == WRITTEN


def test_some_filters_take_letters() -> None:
    assert SubmissionFilters.model_validate({"evidence": TYPED}).evidence == WRITTEN


async def test_a_number_is_found_however_its_letters_were_typed(issued: Sample) -> None:
    number = unicodedata.normalize("NFD", "99/KH-SNgVĐƠ")
    async with await issued.issuer() as http:
        made = await http.post("/v1/plans", json={"title": "Kế hoạch", "number": number})
        found = await http.get("/v1/plans", params={"number": number})
    assert made.status_code == 201, made.text
    assert [one["id"] for one in found.json()["items"]] == [made.json()["id"]]
