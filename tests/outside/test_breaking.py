"""Every kind of breakage is seen, none is seen where there is none, and declaring one allows it."""

import copy
from collections.abc import Callable
from typing import Any

import pytest

from tests.outside.breaking import CHANGES, breakages, last_released, undeclared
from tests.support.contract import CONTRACT, OPERATIONS

Json = dict[str, Any]

KIND: Json = {"type": "string", "enum": ["a", "b"]}
BODY: Json = {
    "type": "object",
    "properties": {
        "title": {"type": "string", "maxLength": 9, "minLength": 1, "default": "x"},
        "kind": {"$ref": "#/components/schemas/Kind"},
        "note": {"anyOf": [{"type": "string"}, {"type": "null"}]},
        "share": {"type": "integer"},
        "parts": {"type": "array", "items": {"$ref": "#/components/schemas/Body"}},
    },
    "required": ["title"],
    "additionalProperties": False,
}
OUT: Json = {
    "type": "object",
    "properties": {
        "id": {"type": "string", "format": "uuid"},
        "kind": {"$ref": "#/components/schemas/Kind"},
        "counts": {"type": "object", "additionalProperties": {"type": "integer"}},
        "note": {"anyOf": [{"type": "string"}, {"type": "null"}]},
        "parts": {"type": "array", "items": {"$ref": "#/components/schemas/Out"}},
    },
    "required": ["id", "kind"],
}
OPERATION: Json = {
    "operationId": "changeThing",
    "security": [{"oauth": []}],
    "parameters": [
        {"name": "limit", "in": "query", "schema": {"type": "integer", "maximum": 200}},
        {"$ref": "#/components/parameters/Acting"},
    ],
    "requestBody": {
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Body"}}}
    },
    "responses": {
        "200": {
            "headers": {"ETag": {}},
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Out"}}},
        },
        "409": {},
    },
}
OLD: Json = {
    "info": {"version": "1.0.0", "description": "| `gone` | 404 | x |\n| `taken` | 409 | x |\n"},
    "paths": {"/things/{id}": {"patch": OPERATION, "get": {"operationId": "getThing"}}},
    "components": {
        "parameters": {"Acting": {"name": "Acting", "in": "header", "schema": {"type": "string"}}},
        "schemas": {"Body": BODY, "Kind": KIND, "Out": OUT},
    },
}
OLD["paths"]["/things/{id}"]["get"]["responses"] = {"200": {}}


class Plant:
    """A copy of the contract, to be changed in one place."""

    def __init__(self) -> None:
        self.document = copy.deepcopy(OLD)
        self.operation: Json = self.document["paths"]["/things/{id}"]["patch"]
        schemas: Json = self.document["components"]["schemas"]
        self.body, self.kind, self.out = schemas["Body"], schemas["Kind"], schemas["Out"]
        self.taken, self.answered = self.body["properties"], self.out["properties"]
        self.parameters: list[Json] = self.operation["parameters"]
        self.responses: Json = self.operation["responses"]


def said_by_path(plant: Plant) -> None:
    """Move the parameters of the operation to its path."""
    plant.document["paths"]["/things/{id}"]["parameters"] = plant.operation.pop("parameters")


def inherited(plant: Plant) -> None:
    """Make the answer one that extends another answer."""
    own = {name: plant.answered.pop(name) for name in ("note", "parts")}
    plant.document["components"]["schemas"]["Base"] = dict(plant.out)
    plant.out.clear()
    base = {"$ref": "#/components/schemas/Base"}
    plant.out["allOf"] = [base, {"type": "object", "properties": own}]


def inherited_less(plant: Plant) -> None:
    """The same without one of the members that it had."""
    plant.answered.pop("counts")
    inherited(plant)


Change = Callable[[Plant], Any]
BREAKS: dict[str, Change] = {
    "operation gone": lambda p: p.document["paths"]["/things/{id}"].pop("patch"),
    "operation renamed": lambda p: p.operation.update(operationId="alterThing"),
    "other credentials": lambda p: p.operation.update(security=[{"oauth": ["admin"]}]),
    "code gone": lambda p: p.document["info"].update(description="| `taken` | 409 | x |\n"),
    "parameter gone": lambda p: p.parameters.pop(),
    "parameter required": lambda p: p.parameters[0].update(required=True),
    "new parameter required": lambda p: p.parameters.append(
        {"name": "If-Match", "in": "header", "required": True, "schema": {"type": "string"}}
    ),
    "parameter narrower": lambda p: p.parameters[0]["schema"].update(maximum=100),
    "parameter newly limited": lambda p: p.parameters[0]["schema"].update(minimum=1),
    "body required": lambda p: p.operation["requestBody"].update(required=True),
    "body gone": lambda p: p.operation.pop("requestBody"),
    "media type gone": lambda p: p.operation["requestBody"].update(content={"text/csv": {}}),
    "field refused": lambda p: p.taken.pop("share"),
    "field required": lambda p: p.body["required"].append("note"),
    "field of another type": lambda p: p.taken["share"].update(type="string"),
    "field never null": lambda p: p.taken.update(note={"type": "string"}),
    "shorter": lambda p: p.taken["title"].update(maxLength=8),
    "longer at least": lambda p: p.taken["title"].update(minLength=2),
    "new pattern": lambda p: p.taken["title"].update(pattern="^x$"),
    "new format": lambda p: p.taken["title"].update(format="date"),
    "other default": lambda p: p.taken["title"].update(default="y"),
    "value refused by a pattern": lambda p: p.taken.update(
        kind={"pattern": "^[b-z]$", "type": "string"}
    ),
    "value refused": lambda p: p.taken.update(kind={"enum": ["a"], "type": "string"}),
    "items narrower": lambda p: p.taken["parts"].update(items={"type": "string"}),
    "success gone": lambda p: p.responses.pop("200"),
    "another success": lambda p: p.responses.update({"202": {}}),
    "header gone": lambda p: p.responses["200"].update(headers={}),
    "answer of another media type": lambda p: p.responses["200"].update(content={"text/csv": {}}),
    "field gone": lambda p: p.answered.pop("counts"),
    "field gone of what is added to": inherited_less,
    "field optional": lambda p: p.out["required"].remove("id"),
    "field null": lambda p: p.answered.update(
        id={"anyOf": [{"type": "string", "format": "uuid"}, {"type": "null"}]}
    ),
    "format lost": lambda p: p.answered["id"].pop("format"),
    "new value": lambda p: p.answered.update(kind={"enum": ["a", "b", "c"], "type": "string"}),
    "any value": lambda p: p.answered.update(kind={"type": "string"}),
    "values of another type": lambda p: p.answered["counts"].update(
        additionalProperties={"type": "number"}
    ),
}
KEEPS: dict[str, Change] = {
    "nothing": lambda p: None,
    "said of the path": said_by_path,
    "said as another answer and more": inherited,
    "other words": lambda p: p.operation.update(description="said better"),
    "new operation": lambda p: p.document["paths"].update({"/others": {}}),
    "open to all": lambda p: p.operation.pop("security"),
    "another refusal": lambda p: p.responses.update({"412": {}}),
    "not modified": lambda p: p.responses.update({"304": {}}),
    "values in a list": lambda p: p.taken.update(
        kind={"pattern": "^[ab](,[ab])*$", "type": "string"}
    ),
    "refusal gone": lambda p: p.responses.pop("409"),
    "new optional parameter": lambda p: p.parameters.append(
        {"name": "sort", "in": "query", "schema": {"type": "string"}}
    ),
    "wider": lambda p: p.parameters[0]["schema"].update(maximum=500),
    "no limit": lambda p: p.taken["title"].pop("maxLength"),
    "new optional field": lambda p: p.taken.update(more={"type": "string"}),
    "number for integer": lambda p: p.taken["share"].update(type="number"),
    "null taken": lambda p: p.taken.update(share={"type": ["integer", "null"]}),
    "another value taken": lambda p: p.taken.update(
        kind={"enum": ["a", "b", "c"], "type": "string"}
    ),
    "field more": lambda p: p.answered.update(more={"type": "string"}),
    "field always there": lambda p: p.out["required"].append("note"),
    "null said in another way": lambda p: p.answered.update(note={"type": ["string", "null"]}),
    "null beside a limit": lambda p: p.taken.update(
        title={**p.taken["title"], "type": ["string", "null"]}
    ),
    "never null": lambda p: p.answered.update(note={"type": "string"}),
    "fewer values": lambda p: p.answered.update(kind={"enum": ["a"], "type": "string"}),
}


@pytest.mark.parametrize("change", BREAKS.values(), ids=BREAKS)
def test_what_breaks_callers_is_refused(change: Change) -> None:
    plant = Plant()
    change(plant)

    assert {one.name for one in breakages(OLD, plant.document)} in ({"changeThing"}, {"gone"})


@pytest.mark.parametrize("change", KEEPS.values(), ids=KEEPS)
def test_what_breaks_nobody_passes(change: Change) -> None:
    plant = Plant()
    change(plant)

    assert breakages(OLD, plant.document) == []


def test_what_is_declared_since_the_release_passes() -> None:
    plant = Plant()
    BREAKS["header gone"](plant)
    line = "* **breaking** `getThing`, `changeThing`: không còn ETag / has no ETag\n"

    assert undeclared(OLD, plant.document, f"## 1.1.0\n\n{line}\n## 1.0.0\n") == []
    assert undeclared(OLD, plant.document, f"## 1.1.0\n\n## 1.0.0\n\n{line}") != []
    assert undeclared(OLD, plant.document, "## 1.1.0\n\n* `changeThing`: x\n\n## 1.0.0\n") != []


def test_contract_breaks_nobody_unannounced() -> None:
    changes = CHANGES.read_text(encoding="utf-8")

    assert undeclared(last_released(), CONTRACT, changes) == []
    assert last_released()["info"]["version"] in changes
    assert len(OPERATIONS) >= 58
