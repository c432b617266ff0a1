"""The OpenAPI document: what FastAPI derives from the routes, with every refusal spelled out."""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from app.auth.tokens import InvalidTokenError
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

DESCRIPTION = """\
**tiendo** theo dõi tiến độ thực hiện các kế hoạch của tỉnh: nhiệm vụ giao cho từng cơ quan, báo
cáo, đôn đốc và số liệu tổng hợp.

**tiendo** follows up a province's implementation plans: what each agency owes, its reports, and
the figures that come of them.

* Mã truy cập: `POST /oauth/token` (OAuth 2.0 client credentials). / Tokens: client credentials.
* Danh sách: `{"items", "next"}`; đi theo `next` đến khi là null. / Lists: follow `next` to null.
* Từ chối: `application/problem+json`, tiếng Việt hoặc tiếng Anh theo `Accept-Language`; hãy rẽ
  nhánh theo `code`. / Refusals are problem documents: branch on `code`.
* Ngày là ngày tại tỉnh (Asia/Ho_Chi_Minh); thời điểm là UTC. / Days are local, moments UTC.
"""
TAGS = [
    {"name": "tokens", "description": "Mã truy cập / Access tokens"},
    {
        "name": "registry",
        "description": "Cơ quan, nhóm cơ quan / Agencies, collectives",
    },
    {"name": "plans", "description": "Kế hoạch và nhiệm vụ / Plans and tasks"},
    {"name": "work", "description": "Việc được giao và báo cáo / Assignments, submissions"},
    {"name": "figures", "description": "Số liệu tổng hợp / Figures"},
    {"name": "following", "description": "Nhật ký / Audit"},
    {"name": "running", "description": "Vận hành / Operation"},
]
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
        _describe_refusals(document)
        app.openapi_schema = document
    return app.openapi_schema


def _describe_refusals(document: dict[str, Any]) -> None:
    components = document["components"]
    components["responses"] = {name: _response(errors) for name, errors in COMMON.items()}
    for model in (Problem, OAuthProblem):
        schema = model.model_json_schema(ref_template="#/components/schemas/{model}")
        components["schemas"].update(schema.pop("$defs", {}))
        components["schemas"][model.__name__] = schema
    for unused in ("HTTPValidationError", "ValidationError"):
        components["schemas"].pop(unused, None)
    for path in document["paths"].values():
        for operation in path.values():
            _complete(operation, components.setdefault("parameters", {}))
    _drop_titles(components["schemas"])


def _told(errors: tuple[type[TrackerError], ...]) -> str:
    return "; ".join(f"`{e.code}`: {e.title.vi} / {e.title.en}" for e in errors)


def _response(errors: tuple[type[TrackerError], ...]) -> dict[str, Any]:
    return {
        "description": _told(errors),
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }


def _complete(operation: dict[str, Any], parameters: dict[str, Any]) -> None:
    """Name the refusals that the framework and the guards add to what the route declares."""
    responses = operation["responses"]
    _say_success_and_form(responses)
    _share_parameters(operation, parameters)
    for status, name in _added_refusals(operation).items():
        responses.setdefault(status, {"$ref": f"#/components/responses/{name}"})
    for response in responses.values():
        _as_problem(response)
    operation["responses"] = dict(sorted(responses.items()))


def _added_refusals(operation: dict[str, Any]) -> dict[str, str]:
    places = {parameter.get("in") for parameter in operation.get("parameters", ())}
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


def _share_parameters(operation: dict[str, Any], shared: dict[str, Any]) -> None:
    """Say once what every operation takes; name examples that the sample answers to."""
    for place, parameter in enumerate(operation.get("parameters", ())):
        parameter["schema"].pop("title", None)
        if parameter["name"] == "acting-agency":
            shared["ActingAgency"] = parameter | {"name": "Acting-Agency"}
            operation["parameters"][place] = {"$ref": "#/components/parameters/ActingAgency"}
        elif parameter["name"] == "plan_id":
            parameter["example"] = SAMPLE_PLAN_ID


def _drop_titles(schemas: dict[str, Any]) -> None:
    """Titles that FastAPI makes of field names say nothing and are a third of the document."""
    for schema in schemas.values():
        for field in schema.get("properties", {}).values():
            field.pop("title", None)


def _is_generated(response: dict[str, Any] | None) -> bool:
    return response is not None and "HTTPValidationError" in str(response.get("content"))


def _as_problem(response: dict[str, Any]) -> None:
    content = response.get("content", {})
    schema = content.get("application/json", {}).get("schema", {})
    if schema.get("$ref", "").endswith(("/Problem", "/OAuthProblem")):
        content[MEDIA_TYPE] = content.pop("application/json")
