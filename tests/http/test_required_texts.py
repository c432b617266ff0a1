"""A required text says something: blanks and invisible characters alone are refused everywhere."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

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
]


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


def test_there_are_texts_to_be_tried() -> None:
    assert {"SendBackBody.reason", "NewTaskBody.title", "NewTaskBody.ordinal"} <= TEXTS.keys()


@pytest.mark.parametrize("name", TEXTS)
def test_every_required_text_of_the_contract_says_something(name: str) -> None:
    assert [text for text in NOTHING if re.search(TEXTS[name], text)] == []


async def test_nothing_is_no_reason(issued: Sample) -> None:
    filed = await file(issued, REPORT)
    path = f"submissions/{filed['id']}/send-back"
    answers = [await send(issued, COORDINATOR, path, attempt=1, reason=text) for text in NOTHING]
    said = await send(issued, COORDINATOR, path, attempt=1, reason="\u00a0x ")

    assert {one.status_code for one in answers} == {422}
    assert {one.json()["errors"][0]["detail"] for one in answers} == {
        "There must be something to read in it, and no control characters."
    }
    assert said.status_code == 200
