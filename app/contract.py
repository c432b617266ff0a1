"""The OpenAPI document: what FastAPI derives from the routes, with every refusal spelled out."""

import json
import re
from collections import Counter
from collections.abc import Callable
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from app.auth.fair_use import TooManyRequestsError
from app.auth.tokens import InvalidTokenError
from app.contract_texts import DESCRIPTION, PARAMETERS, REFUSALS, TAGS
from app.domain.tokens import InvalidClientError
from app.errors import (
    FileTooLargeError,
    InvalidError,
    NotFoundError,
    OAuthError,
    PermissionDeniedError,
    TrackerError,
)
from app.etags import PreconditionFailedError, PreconditionRequiredError
from app.idempotency import KeyReusedError, RequestInProgressError
from app.listing import PARTIAL
from app.problems import (
    MEDIA_TYPE,
    TYPE_BASE,
    InternalError,
    MalformedError,
    OAuthProblem,
    Problem,
    UnavailableError,
    ValidationFailedError,
)
from app.schemas.common import never_null
from app.schemas.expanded import EXPANDED
from app.schemas.submission_pushes import PushBatchBody

TOKEN: list[dict[str, list[str]]] = [{"clientCredentials": []}]
SAMPLE_PLAN_ID = "01900000-0000-7000-8000-000000000001"
CODE = re.compile("`([a-z_]+)`")
BY_CODE = {error.code: error for error in REFUSALS}
# Parameters that most operations take, said once: the name that is sent, the name of the component.
SHARED = {
    "acting-agency": ("Acting-Agency", "ActingAgency"),
    "idempotency-key": ("Idempotency-Key", "IdempotencyKey"),
    "if-match": ("If-Match", "IfMatch"),
    "if-none-match": ("If-None-Match", "IfNoneMatch"),
    "limit": ("limit", "Limit"),
    "cursor": ("cursor", "Cursor"),
    "updated_since": ("updated_since", "UpdatedSince"),
    "plan_number": ("plan_number", "PlanNumber"),
}
# Parameters that all operations answering the same kind of item share.
OF_ITEMS = ("expand", "fields", "sort")
SOME_MEMBERS = {
    "type": "object",
    "description": "Như application/json, nhưng chỉ có những trường được hỏi trong `fields` / as"
    " application/json declares it, with those members alone that `fields` names",
}
PARTIALS: dict[str, Any] = {
    "Partial": SOME_MEMBERS,
    "PartialPage": {
        "type": "object",
        "required": ["items", "next"],
        "properties": {
            "items": {"type": "array", "items": {"$ref": "#/components/schemas/Partial"}},
            "next": {"type": ["string", "null"]},
        },
    },
}
# What any operation may refuse is declared in one, and so is what goes wrong on our side: said of
# each it would be a third of the document. What only some refuse stands with its status.
GENERAL: list[type[TrackerError]] = [
    MalformedError,
    InvalidTokenError,
    PermissionDeniedError,
    NotFoundError,
    RequestInProgressError,
    PreconditionFailedError,
    FileTooLargeError,
    InvalidError,
    ValidationFailedError,
    KeyReusedError,
    PreconditionRequiredError,
    TooManyRequestsError,
]
FAILURES: list[type[TrackerError]] = [InternalError, UnavailableError]
# What a parameter may be refused for.
BY_PARAMETER: dict[str, list[type[TrackerError]]] = {
    "idempotency-key": [KeyReusedError, RequestInProgressError],
    "if-match": [PreconditionFailedError],
}


def openapi(app: FastAPI) -> dict[str, Any]:
    """The document that is served, and that openapi/openapi.json is a copy of."""
    if app.openapi_schema is None:
        document = get_openapi(
            title=app.title,
            version=app.version,
            openapi_version="3.1.0",
            description=DESCRIPTION,
            routes=app.routes,
            tags=TAGS,
            # Wherever the document was fetched from.
            servers=[{"url": "/"}],
        )
        _complete_components(document["components"])
        for path in document["paths"].values():
            for operation in path.values():
                _complete(operation, document["components"])
        _share_parameters(document)
        _share_security(document)
        _drop_noise(document["components"])
        _drop_noise(document["paths"])
        app.openapi_schema = _with_plain_names(document)
    return app.openapi_schema


def _complete_components(components: dict[str, Any]) -> None:
    components |= {"parameters": {}, "responses": {}}
    # Problems are made, and batches read, row by row: the framework does not know their schemas.
    for model in (Problem, OAuthProblem, PushBatchBody):
        schema = model.model_json_schema(ref_template="#/components/schemas/{model}")
        components["schemas"].update(schema.pop("$defs", {}))
        components["schemas"][model.__name__] = schema
    # Once, since every operation may answer with dozens of them.
    components["schemas"]["Problem"]["examples"] = [_problem(NotFoundError)]
    components["schemas"]["OAuthProblem"]["examples"] = [
        _problem(InvalidClientError) | {"error": InvalidClientError.code}
    ]
    _add_expansions(components["schemas"])
    components["schemas"] |= PARTIALS
    for unused in ("HTTPValidationError", "ValidationError"):
        components["schemas"].pop(unused, None)


def _add_expansions(schemas: dict[str, Any]) -> None:
    """Say what `expand` adds: the one member of an answer that is not always there."""
    for out, expanded in EXPANDED.items():
        schema = expanded.model_json_schema(ref_template="#/components/schemas/{model}")
        schemas |= {name: one for name, one in schema.pop("$defs").items() if name not in schemas}
        for member in schema["properties"].values():
            del member["default"]
        schemas[expanded.__name__] = schema
        reference = {"$ref": f"#/components/schemas/{expanded.__name__}"}
        schemas[out.__name__]["properties"]["expanded"] = reference


def _problem(error: type[TrackerError]) -> dict[str, Any]:
    return {
        "type": f"{TYPE_BASE}{error.code}",
        "title": error.title.vi,
        "status": int(error.status),
        "detail": f"{error.title.vi}.",
        "code": error.code,
        "request_id": "6f1d0c5b9b0e4a6e8c3f2a7d5e4b1c90",
        "errors": [],
    }


def _complete(operation: dict[str, Any], components: dict[str, Any]) -> None:
    """Name the refusals that the framework and the guards add to what the route declares."""
    _say_refusals(operation, components["responses"])
    operation.setdefault("security", [])
    if any(one["name"] == "if-none-match" for one in operation.get("parameters", ())):
        components["responses"]["NotModified"] = {
            "description": "Không thay đổi từ lần đọc trước / Not modified since it was read"
        }
        operation["responses"]["304"] = {"$ref": "#/components/responses/NotModified"}
    _say_partial(operation)
    _say_parameters(operation, components["parameters"])
    _show_body(operation, components["schemas"])


def _say_refusals(operation: dict[str, Any], shared: dict[str, Any]) -> None:
    """Answer each status that refuses by a response that operations share."""
    responses = operation["responses"]
    if "HTTPValidationError" in str(responses.get("422")):
        del responses["422"]
    codes = {
        status: CODE.findall(response["description"]) for status, response in responses.items()
    }
    for error in _added_refusals(operation):
        known = codes.setdefault(str(int(error.status)), [])
        known += [error.code] if error.code not in known else []
    general = {error.code for error in (*GENERAL, *FAILURES)}
    for status, found in codes.items():
        if status in responses and not CODE.search(responses[status]["description"]):
            _say_success(responses[status])
        elif general.issuperset(found):
            responses.pop(status, None)
        else:
            name = "Or".join(code.title().replace("_", "") for code in found)
            shared[name] = _refusal([BY_CODE[code] for code in found])
            responses[status] = {"$ref": f"#/components/responses/{name}"}
    for status, name, errors in (("4XX", "Refused", GENERAL), ("5XX", "Failed", FAILURES)):
        shared[name] = _refusal(errors)
        responses[status] = {"$ref": f"#/components/responses/{name}"}
    operation["responses"] = dict(sorted(responses.items()))


def _added_refusals(operation: dict[str, Any]) -> list[type[TrackerError]]:
    # A parameter that is not declared is refused by every operation, also by those that take none.
    added: list[type[TrackerError]] = [InternalError, UnavailableError, ValidationFailedError]
    places = {parameter["in"] for parameter in operation.get("parameters", ())}
    if "requestBody" in operation:
        added += [MalformedError, FileTooLargeError]
    if operation.get("security"):
        added += [InvalidTokenError, PermissionDeniedError, TooManyRequestsError]
    for parameter in operation.get("parameters", ()):
        added += BY_PARAMETER.get(parameter["name"], ())
        if parameter["schema"].pop("x-required", False):
            parameter["required"] = True
            added += [PreconditionRequiredError]
    if "path" in places:
        added += [NotFoundError]
    return added


def _say_success(response: dict[str, Any]) -> None:
    if response["description"] == "Successful Response":
        response["description"] = "OK"


def _refusal(errors: list[type[TrackerError]]) -> dict[str, Any]:
    models = dict.fromkeys(
        "OAuthProblem" if issubclass(e, OAuthError) else "Problem" for e in errors
    )
    schemas = [{"$ref": f"#/components/schemas/{model}"} for model in models]
    return {
        # What each means is in the table of the document's description.
        "description": ", ".join(f"`{error.code}`" for error in errors),
        "content": {
            MEDIA_TYPE: {"schema": schemas[0] if len(schemas) == 1 else {"anyOf": schemas}}
        },
    }


def _say_partial(operation: dict[str, Any]) -> None:
    """Say what comes of `fields`, which is not the whole of what is declared."""
    if any(parameter["name"] == "fields" for parameter in operation.get("parameters", ())):
        content = operation["responses"]["200"]["content"]
        name = "PartialPage" if "Page_" in str(content) else "Partial"
        content[PARTIAL] = {"schema": {"$ref": f"#/components/schemas/{name}"}}


def _item(operation: dict[str, Any]) -> str:
    """What an operation answers, or lists: `Submission`."""
    schema = operation["responses"]["200"]["content"]["application/json"]["schema"]
    return re.sub(".*/(Page_)?|Out_?$", "", schema["$ref"])


def _say_parameters(operation: dict[str, Any], shared: dict[str, Any]) -> None:
    """Say what each parameter means, and once what most operations take."""
    for place, parameter in enumerate(operation.get("parameters", ())):
        _plain(parameter)
        sent, name = SHARED.get(parameter["name"], (parameter["name"], ""))
        if sent in OF_ITEMS:
            name = _item(operation) + sent.title()
        if name and parameter["required"] and parameter["in"] == "header":
            name = f"Required{name}"
        if name:
            shared[name] = parameter | {"name": sent}
            operation["parameters"][place] = {"$ref": f"#/components/parameters/{name}"}


def _share_parameters(document: dict[str, Any]) -> None:
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


def _share_security(document: dict[str, Any]) -> None:
    """Say once what nearly all ask for; the public ones say that they ask for nothing."""
    document["security"] = TOKEN
    for path in document["paths"].values():
        for operation in path.values():
            if operation["security"] == TOKEN:
                del operation["security"]


def _plain(parameter: dict[str, Any]) -> None:
    """A parameter is absent or has a value, never null; what its path asks for has an example."""
    schema = parameter["schema"]
    never_null(schema)
    said = schema.pop("description", None)
    text = PARAMETERS.get(parameter["name"], said)
    parameter.setdefault("description", text)
    if parameter["name"] == "plan_id":
        parameter["example"] = SAMPLE_PLAN_ID
    elif parameter["in"] == "path" and "examples" in schema:
        parameter["example"] = schema.pop("examples")[0]


def _show_body(operation: dict[str, Any], schemas: dict[str, Any]) -> None:
    """Give the body as a whole an example, once, in its schema: of what its fields show."""
    for kind, content in operation.get("requestBody", {}).get("content", {}).items():
        if "$ref" not in content["schema"]:
            continue
        schema = schemas[content["schema"]["$ref"].rpartition("/")[2]]
        if kind == "application/json":
            schema.setdefault("examples", [_example(schema)])
        else:
            for field in schema["properties"].values():
                never_null(field)


def _example(schema: dict[str, Any]) -> Any:
    return {
        name: field.pop("examples")[0]
        for name, field in schema.get("properties", {}).items()
        if "examples" in field
    }


NOISE: dict[str, Callable[[Any], bool]] = {
    "title": lambda said: isinstance(said, str),
    "default": lambda said: said is None,
    "required": lambda said: said is False,
}


def _drop_noise(node: Any) -> None:
    """Titles that FastAPI makes of field names say nothing, and are a third of the document.

    Nor does a default that is null: what is absent is null, and generated clients would ask for it;
    nor that a parameter is not required, which none is unless it says so.
    """
    if isinstance(node, list):
        for item in node:
            _drop_noise(item)
    elif isinstance(node, dict):
        for name, is_noise in NOISE.items():
            if name in node and is_noise(node[name]):
                del node[name]
        _say_null_shortly(node)
        for name, item in node.items():
            if name not in ("example", "examples", "default"):
                _drop_noise(item)


def _say_null_shortly(schema: dict[str, Any]) -> None:
    """A type or null as one schema of two types, where nothing else of it forbids null."""
    choices = schema.get("anyOf", [])
    if len(choices) != 2 or choices[1] != {"type": "null"}:
        return
    if isinstance(choices[0].get("type"), str) and not {"enum", "const"} & choices[0].keys():
        del schema["anyOf"]
        schema |= choices[0] | schema
        schema["type"] = [choices[0]["type"], "null"]


def _with_plain_names(document: dict[str, Any]) -> dict[str, Any]:
    """Schemas under names that read well in a client: AgencyPage, ImportPlanForm."""
    text = re.sub(r"\bPage_(\w+)Out_", r"\1Page", json.dumps(document))
    text = re.sub(r"\bBody_(\w)(\w*)", lambda name: f"{name[1].upper()}{name[2]}Form", text)
    named: dict[str, Any] = json.loads(text)
    named["components"]["schemas"] = dict(sorted(named["components"]["schemas"].items()))
    return named
