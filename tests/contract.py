"""The committed contract, as tests read it."""

import json
from collections.abc import Iterator
from typing import Any

import jsonschema  # type: ignore[import-untyped]

from app.cli.openapi import DOCUMENT

Json = dict[str, Any]

CONTRACT: Json = json.loads(DOCUMENT.read_text(encoding="utf-8"))
OPERATIONS: dict[str, tuple[str, str, Json]] = {
    operation["operationId"]: (method, path, operation)
    for path, methods in CONTRACT["paths"].items()
    for method, operation in methods.items()
}


def resolved(node: Json) -> Json:
    """What a reference of the document stands for."""
    while "$ref" in node:
        target: Any = CONTRACT
        for step in node["$ref"].removeprefix("#/").split("/"):
            target = target[step]
        node = target
    return node


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
    """Where *instance* is not what *schema* says."""
    checker = jsonschema.Draft202012Validator.FORMAT_CHECKER
    whole = schema | {"components": CONTRACT["components"]}
    validator = jsonschema.Draft202012Validator(whole, format_checker=checker)
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(instance)]
