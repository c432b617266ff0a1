"""What the OpenAPI document would say many times, said once."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from app.schemas.common import Out

TOKEN: list[dict[str, list[str]]] = [{"clientCredentials": []}]


def share_parameters(document: dict[str, Any]) -> None:
    """Say once what several operations take alike; of one name, what most of them take.

    What is not said to be required is not.
    """
    shared = document["components"]["parameters"]
    operations = [one for path in document["paths"].values() for one in path.values()]
    lists = [one["parameters"] for one in operations if "parameters" in one]
    for parameter in (*(one for taken in lists for one in taken), *shared.values()):
        if not parameter.get("required", True):
            del parameter["required"]
    forms = Counter(json.dumps(one) for taken in lists for one in taken if "name" in one)
    names: dict[str, str] = {}
    for form, count in forms.most_common():
        parameter = json.loads(form)
        name = parameter["name"].title().replace("_", "")
        if count > 1 and name not in shared:
            shared[name] = parameter
            names[form] = f"#/components/parameters/{name}"
    for taken in lists:
        taken[:] = [{"$ref": names[f]} if (f := json.dumps(p)) in names else p for p in taken]


def share_successes(document: dict[str, Any]) -> None:
    """Say once what several operations answer alike, under the name of its schema."""
    shared = document["components"]["responses"]
    operations = [one for path in document["paths"].values() for one in path.values()]
    forms = Counter(
        json.dumps(response)
        for operation in operations
        for response in operation["responses"].values()
        if "$ref" not in response
    )
    names = {}
    for form, count in forms.most_common():
        response = json.loads(form)
        found = re.search(r'/schemas/(\w+)"', form)
        if count > 1 and found and found[1] not in shared:
            shared[found[1]] = response
            names[form] = {"$ref": f"#/components/responses/{found[1]}"}
    for operation in operations:
        answers = operation["responses"].items()
        operation["responses"] = {s: names.get(json.dumps(one), one) for s, one in answers}


def share_security(document: dict[str, Any]) -> None:
    """Say once what nearly all ask for; the public ones say that they ask for nothing."""
    document["security"] = TOKEN
    for path in document["paths"].values():
        for operation in path.values():
            if operation["security"] == TOKEN:
                del operation["security"]


def say_inherited(schemas: dict[str, Any]) -> None:
    """Say of an answer that is another one and more only what is more."""
    for out in _subclasses(Out):
        schema, base = schemas.get(out.__name__), schemas.get(out.__bases__[0].__name__)
        if schema and base and schema["properties"].items() >= base["properties"].items():
            own = {
                "type": "object",
                "properties": {
                    name: member
                    for name, member in schema["properties"].items()
                    if name not in base["properties"]
                },
                "required": [one for one in schema["required"] if one not in base["required"]],
            }
            more = [{"$ref": f"#/components/schemas/{out.__bases__[0].__name__}"}, own]
            schemas[out.__name__] = {"allOf": more, "description": schema["description"]}


def _subclasses(kind: type[Out]) -> Iterator[type[Out]]:
    for subclass in kind.__subclasses__():
        yield subclass
        yield from _subclasses(subclass)


def say_by_path(paths: dict[str, Any]) -> None:
    """Say once of a path what all its operations take."""
    for path in paths.values():
        first, *others = [operation.get("parameters", []) for operation in path.values()]
        shared = [one for one in first if all(one in taken for taken in others)]
        if others and shared:
            for operation in path.values():
                operation["parameters"] = [o for o in operation["parameters"] if o not in shared]
                if not operation["parameters"]:
                    del operation["parameters"]
            path["parameters"] = shared
