"""The OpenAPI document: what FastAPI derives from the routes, with every refusal spelled out.

It is written in both languages and given in one, as all that people read: a document of both would
be too large for those who load it.
"""

import json
import re
from collections.abc import Callable
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from app.auth.fair_use import StorageUsedUpError, TooManyRequestsError
from app.auth.tokens import InvalidTokenError
from app.domain.access.tokens import InvalidClientError
from app.errors import (
    FileTooLargeError,
    InternalError,
    InvalidError,
    NotFoundError,
    OAuthError,
    PermissionDeniedError,
    SlowRequestError,
    TrackerError,
)
from app.http.answers import PARTIAL
from app.http.etags import PreconditionFailedError, PreconditionRequiredError
from app.http.idempotency import KeyReusedError, RequestInProgressError
from app.http.openapi.languages import LANGUAGES, Language, in_language
from app.http.openapi.texts import PARAMETERS, TAGS, description
from app.http.problems import (
    DECLARED,
    MEDIA_TYPE,
    TYPE_BASE,
    MalformedError,
    MethodNotAllowedError,
    OAuthProblem,
    Problem,
    UnavailableError,
    ValidationFailedError,
)
from app.schemas.common import never_null
from app.schemas.expanded import EXPANDED
from app.schemas.submission_pushes import EntryBatchBody, PushBatchBody

SAMPLE_PLAN_ID = "01900000-0000-7000-8000-000000000001"
CODE = re.compile("`([a-z_]+)`")
# The framework writes the names of headers in lower case.
HEADERS = {
    "acting-agency": "Acting-Agency",
    "idempotency-key": "Idempotency-Key",
    "if-match": "If-Match",
    "if-none-match": "If-None-Match",
}
MEMBERS = r"^\w+(,\w+)*$"
"""The pattern of `fields`; its names are those of each answer, whose list would double the
document's size."""
SOME_MEMBERS = {
    "type": "object",
    "description": "What application/json declares, with those members alone that `fields` names.",
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
# The refusals of any operation, and our own failures, are declared in one: declared for each they
# would be a third of the document. The refusals of some operations stand with them, by status.
GENERAL: list[type[TrackerError]] = [
    MalformedError,
    InvalidTokenError,
    PermissionDeniedError,
    NotFoundError,
    SlowRequestError,
    RequestInProgressError,
    PreconditionFailedError,
    FileTooLargeError,
    InvalidError,
    ValidationFailedError,
    KeyReusedError,
    PreconditionRequiredError,
    TooManyRequestsError,
    StorageUsedUpError,
    InternalError,
    UnavailableError,
]


def known_refusals() -> list[type[TrackerError]]:
    """Every refusal whose code a caller may branch on, by status and code.

    A code that was published keeps its name and its status.
    """
    known = {*GENERAL, MethodNotAllowedError, *DECLARED.values()}
    return sorted(known, key=lambda error: (error.status, error.code))


def openapi(app: FastAPI, language: Language = "vi") -> dict[str, Any]:
    """The document, worked out anew: it is the content of the files in openapi/, which are
    served."""
    kept: dict[Language, dict[str, Any]] = app.state.contracts
    if not kept:
        document = _document(app)
        for spoken in LANGUAGES:
            kept[spoken] = in_language(document, spoken)
            kept[spoken]["info"]["description"] = description(spoken, known_refusals())
    return kept[language]


def _document(app: FastAPI) -> dict[str, Any]:
    """The whole of it, each text in both languages."""
    document = get_openapi(
        title=app.title,
        version=app.version,
        openapi_version="3.1.0",
        routes=app.routes,
        tags=TAGS,
        # Wherever the document was fetched from.
        servers=[{"url": "/"}],
    )
    _complete_components(document["components"])
    for path in document["paths"].values():
        for operation in path.values():
            _complete(operation, document["components"])
    _drop_noise(document["components"])
    _drop_noise(document["paths"])
    return _with_plain_names(document)


def _complete_components(components: dict[str, Any]) -> None:
    components["responses"] = {}
    # The first one of those that share a form explains it.
    _refusal(GENERAL, components["responses"])
    # Problems are made, and batches read, row by row: the framework does not know their schemas.
    for model in (Problem, OAuthProblem, PushBatchBody, EntryBatchBody):
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
    """Describe the effect of `expand`: it adds the one member of an answer that is not always
    there."""
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
    """Add the parts that the framework does not know: refusals, answers in part, examples."""
    _say_refusals(operation, components["responses"])
    operation.setdefault("security", [])
    if any(one["name"] == "if-none-match" for one in operation.get("parameters", ())):
        components["responses"]["NotModified"] = {
            "description": "Không thay đổi từ lần đọc trước / Not modified since it was read"
        }
        operation["responses"]["304"] = {"$ref": "#/components/responses/NotModified"}
    _say_partial(operation)
    _say_parameters(operation)
    _show_body(operation, components["schemas"])


def _say_refusals(operation: dict[str, Any], shared: dict[str, Any]) -> None:
    """Name the codes that only some operations refuse with; those of all are the default."""
    responses = operation["responses"]
    if "HTTPValidationError" in str(responses.get("422")):
        del responses["422"]
    general = {error.code for error in GENERAL}
    for status, response in list(responses.items()):
        codes = CODE.findall(response["description"])
        if not codes:
            _say_success(response)
        elif general.issuperset(codes):
            del responses[status]
        else:
            own = [DECLARED[code] for code in codes if code not in general]
            responses[status] = _refusal(own, shared)
    responses["default"] = {"$ref": _refusal(GENERAL, shared)["$ref"]}


def _say_success(response: dict[str, Any]) -> None:
    if response["description"] == "Successful Response":
        response["description"] = "OK"


def _refusal(errors: list[type[TrackerError]], shared: dict[str, Any]) -> dict[str, Any]:
    """The codes that a status carries, beside the form that all of them have."""
    # The table in the document's description has the meaning of each code.
    said = {"description": ", ".join(f"`{error.code}`" for error in errors)}
    models = dict.fromkeys(
        "OAuthProblem" if issubclass(e, OAuthError) else "Problem" for e in errors
    )
    schemas = [{"$ref": f"#/components/schemas/{model}"} for model in models]
    schema = schemas[0] if len(schemas) == 1 else {"anyOf": schemas}
    name = "Or".join(models)
    shared.setdefault(name, said | {"content": {MEDIA_TYPE: {"schema": schema}}})
    return {"$ref": f"#/components/responses/{name}"} | said


def _say_partial(operation: dict[str, Any]) -> None:
    """Describe the effect of `fields`, whose answer is not the whole of the declared one."""
    if any(parameter["name"] == "fields" for parameter in operation.get("parameters", ())):
        content = operation["responses"]["200"]["content"]
        name = "PartialPage" if "Page_" in str(content) else "Partial"
        content[PARTIAL] = {"schema": {"$ref": f"#/components/schemas/{name}"}}


def _say_parameters(operation: dict[str, Any]) -> None:
    """Describe the meaning of each parameter."""
    for parameter in operation.get("parameters", ()):
        _plain(parameter)
        parameter["name"] = HEADERS.get(parameter["name"], parameter["name"])


def _plain(parameter: dict[str, Any]) -> None:
    """A parameter is absent or has a value, never null; what its path asks for has an example."""
    schema = parameter["schema"]
    never_null(schema)
    if schema.pop("x-required", False):
        parameter["required"] = True
    said = schema.pop("description", None)
    text = PARAMETERS.get(parameter["name"], said)
    parameter.setdefault("description", text)
    if parameter["name"] == "fields":
        schema["pattern"] = MEMBERS
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
    """Drop the titles that FastAPI makes of field names: they mean nothing, and are a third of the
    document. A default of null is dropped too: an absent member is null, and generated clients
    would ask for it; and so is `required: false` of a parameter, which is the rule."""
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
