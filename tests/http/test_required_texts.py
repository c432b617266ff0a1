"""A required text says something: blanks and invisible characters alone are refused everywhere."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from app.models.base import SEEN
from tests.support.assignments import COORDINATOR, send
from tests.support.contract import CONTRACT, resolved
from tests.support.reports import file
from tests.support.sample import REPORT, Sample

NOTHING = [
    " ",
    "\u00a0",
    "\u00ad",
    "\u200b\u200d",
    "\u2028",
    "\u2060",
    "\u2800",
    "\u3000",
    "\u3164",
    "\ufeff",
    "\uffa0",
    "\u0301\u0323",
    "\u20dd",
    "\ufe20",
    "\ufffb",
]
BEYOND = ["\U000e0041", "\U000e0100\u200b", "\U0001d173", "\U0001bca0"]
"""The same beyond the characters that a pattern of the contract can name."""


def bodies() -> Iterator[tuple[str, dict[str, Any]]]:
    """The schemas of requests; those of answers have other names."""
    for name, schema in CONTRACT["components"]["schemas"].items():
        if name.endswith("Body") or name in ("Evidence",):
            yield name, resolved(schema)


def required_texts() -> Iterator[tuple[str, str]]:
    """The pattern of each text that a body requires or that may not be empty."""
    for name, schema in bodies():
        for member, given in schema.get("properties", {}).items():
            for one in given.get("anyOf", [given]):
                text = resolved(one)
                if text.get("type") != "string" or {"enum", "const", "format"} & text.keys():
                    continue
                if member in schema.get("required", ()) or text.get("minLength", 0) > 0:
                    yield f"{name}.{member}", text.get("pattern", "")


TEXTS = dict(required_texts())


def models() -> Iterator[type[BaseModel]]:
    """The classes of bodies, and of their parts."""
    found = list(BaseModel.__subclasses__())
    while found:
        one = found.pop()
        found += one.__subclasses__()
        if one.__module__.startswith("app.schemas"):
            yield one


MODELS = {one.__name__: one for one in models()}


def faults_of(model: type[BaseModel], given: dict[str, str]) -> dict[tuple[int | str, ...], str]:
    """The faults of a body, by place."""
    with pytest.raises(ValidationError) as refusal:
        model.model_validate(given)
    return {fault["loc"][:1]: fault["type"] for fault in refusal.value.errors()}


def test_there_are_texts_to_be_tried() -> None:
    assert {"SendBackBody.reason", "NewTaskBody.title", "NewTaskBody.ordinal"} <= TEXTS.keys()


@pytest.mark.parametrize("name", TEXTS)
def test_every_required_text_of_the_contract_says_something(name: str) -> None:
    assert [text for text in NOTHING if re.search(TEXTS[name], text)] == []


@pytest.mark.parametrize("name", [name for name, given in TEXTS.items() if SEEN in given])
def test_every_required_text_is_refused_beyond_what_its_pattern_says(name: str) -> None:
    model, member = name.split(".")
    for text in BEYOND:
        faults = faults_of(MODELS[model], {member: text})
        # A name whose blanks are taken away may be too short besides.
        assert faults[(member,)] in ("value_error", "string_too_short"), text


async def test_nothing_is_no_reason(issued: Sample) -> None:
    filed = await file(issued, REPORT)
    path = f"submissions/{filed['id']}/send-back"
    answers = [
        await send(issued, COORDINATOR, path, attempt=1, reason=text) for text in NOTHING + BEYOND
    ]
    said = await send(issued, COORDINATOR, path, attempt=1, reason="\u00a0x ")

    assert {one.status_code for one in answers} == {422}
    assert {one.json()["errors"][0]["detail"] for one in answers} == {
        "There must be something to read in it, and no control characters."
    }
    assert said.status_code == 200
