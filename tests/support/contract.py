"""The committed contract, as tests read it."""

import json
from collections.abc import Iterator
from functools import cache
from typing import Any

import jsonschema_rs

from app.http.openapi.contract import FILES, FOLDER
from app.http.openapi.languages import Language

Json = dict[str, Any]


def by_operation(document: Json) -> Json:
    """A copy of a contract in which what is said of a path is said of each of its operations."""
    paths = {}
    for name, path in document["paths"].items():
        shared = path.get("parameters", [])
        paths[name] = {
            method: operation | {"parameters": [*shared, *operation.get("parameters", ())]}
            for method, operation in path.items()
            if method != "parameters"
        }
    return document | {"paths": paths}


def read_contract(language: Language) -> Json:
    """The committed contract in one language."""
    text = (FOLDER / FILES[language]).read_text(encoding="utf-8")
    document: Json = json.loads(text)
    return document


CONTRACT: Json = by_operation(read_contract("vi"))
OPERATIONS: dict[str, tuple[str, str, Json]] = {
    operation["operationId"]: (method, path, operation)
    for path, methods in CONTRACT["paths"].items()
    for method, operation in methods.items()
}


def resolved(node: Json, document: Json = CONTRACT) -> Json:
    """The target of a reference of the document; members beside the reference come first."""
    while "$ref" in node:
        target: Any = document
        for step in node["$ref"].removeprefix("#/").split("/"):
            target = target[step]
        node = target | {name: said for name, said in node.items() if name != "$ref"}
    return node


def whole(schema: Json, document: Json = CONTRACT) -> Json:
    """A schema with the members of the one that it adds to, if it is said so."""
    if "allOf" not in schema:
        return schema
    parts = [whole(resolved(part, document), document) for part in schema["allOf"]]
    return {
        "type": "object",
        "properties": {name: one for part in parts for name, one in part["properties"].items()},
        "required": [name for part in parts for name in part.get("required", ())],
    }


def example_of(operation: Json) -> Any:
    """The JSON body that the contract shows for an operation; None where it takes none."""
    content = operation.get("requestBody", {}).get("content", {})
    if "application/json" not in content:
        return None
    return resolved(content["application/json"]["schema"]).get("examples", [None])[0]


def nodes(node: Any) -> Iterator[Json]:
    """Every object below, examples aside."""
    if isinstance(node, dict):
        yield node
        node = [value for name, value in node.items() if name not in ("example", "examples")]
    if isinstance(node, list):
        for item in node:
            yield from nodes(item)


def faults(instance: Any, schema: Json) -> list[str]:
    """The differences between *instance* and *schema*, each with its place."""
    errors = _validator(json.dumps(schema)).iter_errors(instance)
    return [f"{'/'.join(map(str, one.instance_path))}: {one.message}" for one in errors]


@cache
def _validator(schema: str) -> jsonschema_rs.Draft202012Validator:
    """The compiled validator of a form: in Python alone it takes as long as the answers do."""
    named = {"components": {"schemas": CONTRACT["components"]["schemas"]}}
    return jsonschema_rs.Draft202012Validator(json.loads(schema) | named, validate_formats=True)
