"""The OpenAPI document: what FastAPI derives from the routes, with every refusal spelled out."""

import json
import re
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from app.auth.tokens import InvalidTokenError
from app.contract_texts import DESCRIPTION, PARAMETERS, TAGS
from app.errors import FileTooLargeError, NotFoundError, PermissionDeniedError, TrackerError
from app.problems import (
    MEDIA_TYPE,
    InternalError,
    MalformedError,
    OAuthProblem,
    Problem,
    UnavailableError,
    ValidationFailedError,
)

SAMPLE_PLAN_ID = "01900000-0000-7000-8000-000000000001"
COMMON: dict[str, tuple[type[TrackerError], ...]] = {
    "BadRequest": (MalformedError,),
    "Unauthorized": (InvalidTokenError,),
    "Forbidden": (PermissionDeniedError,),
    "NotFound": (NotFoundError,),
    "TooLarge": (FileTooLargeError,),
    "Invalid": (ValidationFailedError,),
    "Failed": (InternalError,),
    "Unavailable": (UnavailableError,),
}
# Parameters that most operations take, said once: the name that is sent, the name of the component.
SHARED = {
    "acting-agency": ("Acting-Agency", "ActingAgency"),
    "limit": ("limit", "Limit"),
    "cursor": ("cursor", "Cursor"),
}
NULL = {"type": "null"}


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
        )
        _complete_components(document["components"])
        for path in document["paths"].values():
            for operation in path.values():
                _complete(operation, document["components"])
        _drop_titles(document["components"])
        _drop_titles(document["paths"])
        app.openapi_schema = _with_plain_names(document)
    return app.openapi_schema


def _complete_components(components: dict[str, Any]) -> None:
    components["responses"] = {name: _response(errors) for name, errors in COMMON.items()}
    components["parameters"] = {}
    for model in (Problem, OAuthProblem):
        schema = model.model_json_schema(ref_template="#/components/schemas/{model}")
        components["schemas"].update(schema.pop("$defs", {}))
        components["schemas"][model.__name__] = schema
    for unused in ("HTTPValidationError", "ValidationError"):
        components["schemas"].pop(unused, None)


def _told(errors: tuple[type[TrackerError], ...]) -> str:
    return "; ".join(f"`{e.code}`: {e.title.vi} / {e.title.en}" for e in errors)


def _response(errors: tuple[type[TrackerError], ...]) -> dict[str, Any]:
    return {
        "description": _told(errors),
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }


def _complete(operation: dict[str, Any], components: dict[str, Any]) -> None:
    """Name the refusals that the framework and the guards add to what the route declares."""
    responses = operation["responses"]
    _say_success_and_form(responses)
    common = _added_refusals(operation)
    _say_parameters(operation, components["parameters"])
    _show_body(operation, components["schemas"])
    for status, name in common.items():
        responses.setdefault(status, {"$ref": f"#/components/responses/{name}"})
    for response in responses.values():
        _as_problem(response)
    operation["responses"] = dict(sorted(responses.items()))


def _added_refusals(operation: dict[str, Any]) -> dict[str, str]:
    places = {parameter["in"] for parameter in operation.get("parameters", ())}
    common = {"500": "Failed", "503": "Unavailable"}
    if "requestBody" in operation:
        common |= {"400": "BadRequest", "413": "TooLarge", "422": "Invalid"}
    if places:
        common["422"] = "Invalid"
    if operation.get("security"):
        common |= {"401": "Unauthorized", "403": "Forbidden", "422": "Invalid"}
    if "path" in places:
        common["404"] = "NotFound"
    return common


def _say_success_and_form(responses: dict[str, Any]) -> None:
    if _is_generated(responses.get("422")):
        del responses["422"]
    for status, response in responses.items():
        if response["description"] == "Successful Response":
            response["description"] = "Thành công / Success"
        elif status == "422":
            response["description"] += f"; {_told(COMMON['Invalid'])}"


def _say_parameters(operation: dict[str, Any], shared: dict[str, Any]) -> None:
    """Say what each parameter means, and once what most operations take."""
    for place, parameter in enumerate(operation.get("parameters", ())):
        _plain(parameter)
        if parameter["name"] in SHARED:
            sent, name = SHARED[parameter["name"]]
            shared[name] = parameter | {"name": sent}
            operation["parameters"][place] = {"$ref": f"#/components/parameters/{name}"}


def _plain(parameter: dict[str, Any]) -> None:
    """A parameter is absent or has a value, never null; what its path asks for has an example."""
    schema = parameter["schema"]
    for choice in schema.pop("anyOf", ()):
        if choice != NULL:
            schema |= choice | schema
    said = schema.pop("description", None)
    text = PARAMETERS.get(parameter["name"], said)
    parameter.setdefault("description", text)
    if parameter["name"] == "plan_id":
        parameter["example"] = SAMPLE_PLAN_ID
    elif parameter["in"] == "path" and "examples" in schema:
        parameter["example"] = schema.pop("examples")[0]


def _show_body(operation: dict[str, Any], schemas: dict[str, Any]) -> None:
    """Give the body as a whole an example: the one that its schema has, or those of its fields."""
    content = operation.get("requestBody", {}).get("content", {}).get("application/json")
    if content is None:
        return
    schema = schemas[content["schema"]["$ref"].rpartition("/")[2]]
    fields = {
        name: field["examples"][0]
        for name, field in schema["properties"].items()
        if "examples" in field
    }
    content["example"] = schema.get("examples", [fields])[0]


def _drop_titles(node: Any) -> None:
    """Titles that FastAPI makes of field names say nothing and are a third of the document."""
    if isinstance(node, list):
        for item in node:
            _drop_titles(item)
    elif isinstance(node, dict):
        if isinstance(node.get("title"), str):
            del node["title"]
        for name, item in node.items():
            if name not in ("example", "examples", "default"):
                _drop_titles(item)


def _with_plain_names(document: dict[str, Any]) -> dict[str, Any]:
    """Schemas under names that read well in a client: AgencyPage, ImportPlanForm."""
    text = re.sub(r"\bPage_(\w+)Out_", r"\1Page", json.dumps(document))
    text = re.sub(r"\bBody_(\w)(\w*)", lambda name: f"{name[1].upper()}{name[2]}Form", text)
    named: dict[str, Any] = json.loads(text)
    named["components"]["schemas"] = dict(sorted(named["components"]["schemas"].items()))
    return named


def _is_generated(response: dict[str, Any] | None) -> bool:
    return response is not None and "HTTPValidationError" in str(response.get("content"))


def _as_problem(response: dict[str, Any]) -> None:
    content = response.get("content", {})
    schema = content.get("application/json", {}).get("schema", {})
    if schema.get("$ref", "").endswith(("/Problem", "/OAuthProblem")):
        content[MEDIA_TYPE] = content.pop("application/json")
