"""A field has one length and one form whoever takes it, and what is read is taken back.

An indicator's unit that was taken with 500 characters and read back with 60 would be lost on the
way.
"""

import json
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]
import pytest

from tests.support.contract import CONTRACT, OPERATIONS, Json, resolved

ANSWERS = Path(__file__).parent / "answers"
LIMITS = ("maxLength", "minLength", "pattern")
KEYS = ("id", "number", "text")
"""Names that say nothing alone: the id of what, the number of what, which text."""
COLLECTIONS = {
    path.rsplit("/{", 1)[0].rsplit("/", 1)[-1] for path in CONTRACT["paths"] if "/{" in path
}


def alternatives(schema: Json) -> Iterator[Json]:
    """The schemas of which one holds, each resolved."""
    schema = resolved(schema)
    parts = [one for word in ("anyOf", "oneOf", "allOf") for one in schema.get(word, ())]
    if not parts:
        yield schema
    for part in parts:
        yield from alternatives(part)


def texts(schema: Json, name: str = "") -> Iterator[tuple[str, Json]]:
    """The texts within a body, each with the names of the fields in which it stands."""
    for one in alternatives(schema):
        if one.get("type") == "string":
            yield name, {word: one[word] for word in LIMITS if word in one}
        if "items" in one:
            yield from texts(one["items"], name)
        for field, below in one.get("properties", {}).items():
            yield from texts(below, f"{name}.{field}".lstrip("."))


def body_of(operation: Json) -> Json | None:
    content = operation.get("requestBody", {}).get("content", {})
    schema: Json | None = content.get("application/json", {}).get("schema")
    return schema


def noun_of(path: str) -> str:
    """The last collection of a path; a verb after it is not one."""
    names = [part for part in path.split("/")[2:] if part and not part.startswith("{")]
    found = (name for name in reversed(names) if name in COLLECTIONS)
    return next(found, names[-1] if names else path)


def said_of_fields() -> dict[str, dict[str, set[str]]]:
    """By field, what is said of its texts and the operations that say so."""
    found: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for name, (_, _, operation) in OPERATIONS.items():
        for path, limits in texts(body_of(operation) or {}):
            *above, field = path.split(".")
            about = f"{above[-1] if above else name}.{field}" if field in KEYS else field
            found[about][str(sorted(limits.items(), key=str))].add(name)
    return found


FIELDS = said_of_fields()


def test_there_are_fields_that_several_operations_take() -> None:
    several = [field for field, said in FIELDS.items() if len(set().union(*said.values())) > 1]
    assert {"unit", "title", "reason", "name", "basis"} <= set(several)


@pytest.mark.parametrize("field", sorted(FIELDS))
def test_a_field_has_one_length_and_form_in_all_bodies(field: str) -> None:
    assert len(FIELDS[field]) == 1, dict(FIELDS[field])


def recorded(name: str) -> Any:
    """The recorded answer of an operation to somebody."""
    path = ANSWERS / f"{name}.txt"
    if not path.exists():
        return None
    _, _, body = path.read_text(encoding="utf-8", errors="replace").partition("\n\n{")
    try:
        # The first of several bodies, one after another.
        return json.JSONDecoder().raw_decode("{" + body)[0] if body else None
    except json.JSONDecodeError:
        # A long answer is recorded in part.
        return None


READS = {
    name: (path, recorded(name))
    for name, (method, path, _) in OPERATIONS.items()
    if method == "get" and isinstance(recorded(name), dict)
}


def sent_back() -> Iterator[Any]:
    """Each body with each reading of the same path or of its collection."""
    for name, (method, path, operation) in OPERATIONS.items():
        body = body_of(operation)
        if method not in ("put", "patch", "post") or body is None:
            continue
        for read, (at, answer) in READS.items():
            if noun_of(at) == noun_of(path):
                yield pytest.param(body, answer, id=f"{read}-{name}")


@pytest.mark.parametrize(("body", "answer"), list(sent_back()))
def test_what_is_read_is_taken_back(body: Json, answer: Json) -> None:
    row = answer["items"][0] if answer.get("items") else answer
    for schema in alternatives(body):
        for field, below in schema.get("properties", {}).items():
            value = row.get(field)
            if isinstance(value, str) and any(True for _ in texts(below)):
                validators = map(jsonschema.Draft202012Validator, alternatives(below))
                assert any(one.is_valid(value) for one in validators), (field, value)
