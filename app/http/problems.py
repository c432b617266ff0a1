"""Answering refusals as `application/problem+json` (RFC 9457), in the caller's language."""

import re
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any, Literal

import asyncpg
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from starlette.exceptions import HTTPException
from starlette.routing import Mount, Route

from app.domain.access.tokens import InvalidRequestError
from app.domain.operations import stored_problem
from app.errors import (
    INTERNAL,
    ConflictError,
    Fault,
    FileTooLargeError,
    NotFoundError,
    OAuthError,
    SlowRequestError,
    Text,
    TrackerError,
    UnsupportedMediaTypeError,
)
from app.http.validation_texts import validation_text
from app.logs import get_logger

logger = get_logger(__name__)

MEDIA_TYPE = "application/problem+json"
TYPE_BASE = "urn:tiendo:problem:"


class FaultOut(BaseModel):
    """One thing that is wrong, and where."""

    pointer: str = Field(
        description="`#/a/0` trong nội dung, `?tham_số`, `{đường_dẫn}` / where: body, query, path"
    )
    code: str
    detail: str


class Problem(BaseModel):
    """A refusal: branch on `code`; `detail` is a sentence for a person.

    `another_attempt` also has `current_attempt`, the number of the one that stands now.
    """

    # Members of one refusal alone stand in the problem of a row as well.
    model_config = ConfigDict(extra="allow")

    type: str
    title: str
    status: int
    detail: str
    code: str
    request_id: str
    errors: list[FaultOut]


class OAuthProblem(Problem):
    """The same, with the member that OAuth 2.0 clients look for (RFC 6749, 5.2)."""

    error: str


class MalformedError(TrackerError):
    """The request can't be parsed at all."""

    status = HTTPStatus.BAD_REQUEST
    code = "malformed_request"
    title = Text("Yêu cầu không đọc được", "Malformed request")


class ValidationFailedError(TrackerError):
    """The request is readable and its form is wrong; every fault is named."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY
    code = "validation_failed"
    title = Text("Yêu cầu sai cấu trúc", "Validation failed")

    def __init__(self, count: int, faults: Sequence[Fault]) -> None:
        """Refuse for *count* reasons, the first of which are *faults*."""
        super().__init__(
            Text(
                f"Yêu cầu có {count} chỗ sai.",
                f"The request has {count} fault{'s' if count > 1 else ''}; see errors.",
            ),
            faults,
        )


class MethodNotAllowedError(TrackerError):
    """The resource exists and does not know this method."""

    status = HTTPStatus.METHOD_NOT_ALLOWED
    code = "method_not_allowed"
    title = Text("Phương thức không được hỗ trợ", "Method not allowed")
    detail = Text(
        "Địa chỉ này không hỗ trợ phương thức đó.", "This address does not know that method."
    )


class UnavailableError(TrackerError):
    """The database is away or busy, or the request took longer than its limit: try again."""

    status = HTTPStatus.SERVICE_UNAVAILABLE
    code = "temporarily_unavailable"
    title = Text("Tạm thời không phục vụ được", "Temporarily unavailable")
    detail = Text("Hệ thống đang bận; hãy thử lại sau.", "The service is busy; please try again.")


TOO_LARGE = FileTooLargeError(
    Text("Nội dung gửi lên vượt quá giới hạn.", "The request body is beyond its limit.")
)
TOO_SLOW = SlowRequestError()
UNAVAILABLE = UnavailableError()
NO_SUCH_PATH = NotFoundError(Text("Không có địa chỉ này.", "There is nothing at this address."))
NO_SUCH_METHOD = MethodNotAllowedError()
NOT_READABLE = MalformedError(
    Text("Nội dung gửi lên không đọc được.", "The request body can't be read.")
)
NOT_JSON = MalformedError(
    Text("Nội dung gửi lên không phải JSON hợp lệ.", "The request body is not valid JSON.")
)
FRAMEWORK: dict[int, TrackerError] = {
    400: NOT_READABLE,
    404: NO_SUCH_PATH,
    413: TOO_LARGE,
    503: UNAVAILABLE,
}


class TakenError(ConflictError):
    """A value that must be unique is in use."""

    code = "already_exists"
    title = Text("Đã tồn tại", "Already exists")


# The database has the last word on what two callers do at once: constraint name → what to say.
CONSTRAINTS = {
    "uq_agency_code": Text("Mã cơ quan đã được dùng.", "The agency code is in use."),
    "uq_agency_identifier": Text("Mã định danh đã được dùng.", "The identifier is in use."),
    "uq_agency_alias_agency_id_alias": Text("Tên gọi khác đã có.", "The alias exists already."),
    "ex_agency_name_one_a_day": Text(
        "Cơ quan đã có tên khác trong thời gian đó.", "The agency has another name in that time."
    ),
    "uq_collective_code": Text("Mã nhóm đã được dùng.", "The collective's code is in use."),
    "ex_collective_member_once_a_day": Text(
        "Cơ quan đã là thành viên trong thời gian đó.", "The agency is a member in that time."
    ),
    "ex_focal_point_one_a_day": Text(
        "Cơ quan đã có đầu mối khác trong thời gian đó.",
        "The agency has another focal point in that time.",
    ),
    **{
        f"uq_external_ref_{name}": Text("Mã ngoài đã được dùng.", "The external id is in use.")
        for noun in ("plan", "task", "assignment", "submission")
        for name in (noun, f"{noun}_system")
    },
    "uq_indicator_task_id_name": Text(
        "Nhiệm vụ đã có chỉ tiêu tên này.", "The task has an indicator of that name."
    ),
    "uq_plan_issuer_id_number_year": Text(
        "Cơ quan ban hành đã có văn bản số này trong năm đó.",
        "The issuer has a document of that number in that year.",
    ),
}


OF_FORM = (ValidationFailedError, MalformedError, UnsupportedMediaTypeError)
"""The refusals of a request's form, which come before the request means anything."""
CLASHES: Sequence[type[Exception]] = (
    IntegrityError,
    asyncpg.IntegrityConstraintViolationError,
)
FAILURES: Sequence[type[Exception]] = (
    DBAPIError,
    PoolTimeoutError,
    OSError,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    # The driver's own word for a connection that ended while it lay in a pool.
    asyncpg.InternalClientError,
)
"""The errors of the database, of its driver, and of the way to it."""


def install(app: FastAPI) -> None:
    """Answer every failure of *app*, the framework's own included, with one form."""

    @app.exception_handler(TrackerError)
    async def refused(request: Request, error: TrackerError) -> JSONResponse:
        return respond(request, error)

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: RequestValidationError) -> JSONResponse:
        return respond(request, from_validation(error.errors()))

    @app.exception_handler(HTTPException)
    async def framework(request: Request, error: HTTPException) -> Response:
        if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
            return no_such_method(request)
        refusal = FRAMEWORK.get(error.status_code, INTERNAL)
        return respond(request, refusal, dict(error.headers or {}))

    for kind in CLASHES:
        app.add_exception_handler(kind, clash)
    for kind in FAILURES:
        app.add_exception_handler(kind, busy)


async def answer_of(request: Request, error: Exception) -> Response:
    """The answer to an error that a route raised; an error that nobody answers is raised again."""
    handlers = request.app.exception_handlers
    for kind in type(error).__mro__:
        if kind in handlers:
            response: Response = await handlers[kind](request, error)
            # Some refusals are made once for all requests: they would gather the places of each.
            error.__traceback__ = None
            return response
    raise error


async def clash(request: Request, error: Exception) -> JSONResponse:
    """Answer a violation of the database's constraints."""
    return respond(request, from_integrity(error))


async def busy(request: Request, error: Exception) -> JSONResponse:
    """Answer any other refusal of the database or the machine."""
    return respond(request, from_database(error))


def no_such_method(request: Request) -> Response:
    """The refusal of a method, or the answer to who asks which methods there are."""
    headers = {"Allow": allowed_methods(request)}
    if request.method == "OPTIONS":
        return Response(None, HTTPStatus.NO_CONTENT, headers)
    return respond(request, NO_SUCH_METHOD, headers)


def allowed_methods(request: Request) -> str:
    """All methods of this address; the framework names those of the first route that has it."""
    path = request.url.path
    methods = {"OPTIONS"}
    if any(isinstance(one, Mount) and one.path_regex.match(path) for one in request.app.routes):
        # Files alone are mounted.
        methods |= {"GET", "HEAD"}
    for route in request.app.routes:
        if isinstance(route, Route) and route.methods and route.path_regex.match(path):
            methods |= route.methods | ({"HEAD"} if "GET" in route.methods else set())
    return ", ".join(sorted(methods))


def respond(
    request: Request, error: TrackerError, headers: dict[str, str] | None = None
) -> JSONResponse:
    """The answer that *error* is; the same fields for every refusal."""
    if isinstance(error, OF_FORM) and request.url.path.startswith("/oauth/"):
        # Clients of OAuth 2.0 look for its own error, whatever is wrong (RFC 6749, 5.2).
        error = InvalidRequestError(error.detail, error.faults)
    language = language_of(request)
    body = document(request, error, language)
    if isinstance(error, OAuthError):
        body["error"] = error.code
    extra = {"Content-Language": language, "Vary": "Accept-Language", **error.headers}
    extra |= headers or {}
    if error.status == HTTPStatus.UNAUTHORIZED:
        scheme = "Basic" if isinstance(error, OAuthError) else "Bearer"
        extra["WWW-Authenticate"] = f'{scheme} realm="tiendo", error="{error.code}"'
    if error.status == HTTPStatus.SERVICE_UNAVAILABLE:
        extra["Retry-After"] = "1"
    return JSONResponse(body, int(error.status), extra, MEDIA_TYPE)


def language_of(request: Request) -> Literal["vi", "en"]:
    """The language in which the caller is answered."""
    return "en" if prefers_english(request.headers.get("accept-language", "")) else "vi"


def document(request: Request, error: TrackerError, language: str) -> dict[str, Any]:
    """The problem document of *error*: of a request, or of one row of it."""
    return problem(stored_problem(error), language, request.scope["state"]["request_id"])


def problem(refusal: dict[str, Any], language: str, request_id: str | None) -> dict[str, Any]:
    """The problem document of a refusal in both languages, of now or as it was kept."""
    return {
        "type": f"{TYPE_BASE}{refusal['code']}",
        "title": refusal["title"][language],
        "status": refusal["status"],
        "detail": refusal["detail"][language],
        "code": refusal["code"],
        "request_id": request_id or "",
        "errors": [fault | {"detail": fault["detail"][language]} for fault in refusal["errors"]],
        **refusal["members"],
    }


def prefers_english(accept_language: str) -> bool:
    """True if English is ranked above Vietnamese (RFC 9110, 12.5.4); a tie is Vietnamese."""
    weights = {"vi": 0.0, "en": 0.0, "*": 0.0}
    for tag, weight in re.findall(
        r"([A-Za-z*]{1,8})(?:-[\w-]{1,32})?\s{0,8}(?:;\s{0,8}q=([01](?:\.\d{0,3})?))?(?:,|$)",
        accept_language[:256],
    ):
        if tag.lower() in weights:
            weights[tag.lower()] = max(weights[tag.lower()], float(weight or 1))
    return weights["en"] > max(weights["vi"], weights["*"])


def from_validation(errors: Sequence[Any], limit: int = 100) -> TrackerError:
    """The refusal of a request's form, with *limit* faults at most, without the values that were
    sent."""
    if any(error["type"] == "json_invalid" for error in errors):
        return NOT_JSON
    faults = tuple(
        Fault(pointer(error["loc"]), error["type"], validation_text(error))
        for error in errors[:limit]
    )
    return ValidationFailedError(len(errors), faults)


def pointer(location: Sequence[int | str]) -> str:
    """The place of a fault: a JSON pointer as a URI fragment, or the parameter's name."""
    place, *rest = location
    steps = [str(step).replace("~", "~0").replace("/", "~1")[:100] for step in rest]
    if place == "query":
        return "?" + ".".join(steps)
    if place == "path":
        return "{" + ".".join(steps) + "}"
    if place == "body":
        return "#" + "".join(f"/{step}" for step in steps)
    return f"{place}:" + ".".join(steps)


def _of_driver(error: Exception) -> Any:
    """The driver's own error, which SQLAlchemy wraps twice."""
    orig = getattr(error, "orig", None)
    return error if orig is None else getattr(orig, "__cause__", None)


def from_integrity(error: Exception) -> TrackerError:
    """The refusal of a change that another row or rule forbids, by the constraint's name; never the
    SQL."""
    name = getattr(_of_driver(error), "constraint_name", None) or ""
    if name in CONSTRAINTS:
        return TakenError(CONSTRAINTS[name])
    logger.warning("constraint refused", constraint=name)
    return ConflictError(
        Text("Dữ liệu mâu thuẫn với dữ liệu hiện có.", "The data conflict with what is stored.")
    )


def from_database(error: Exception) -> TrackerError:
    """Time limits, lost connections and deadlocks are worth another try; the rest is our fault."""
    state = str(getattr(_of_driver(error), "sqlstate", "") or "")
    is_of_database = isinstance(error, DBAPIError | asyncpg.PostgresError)
    # 08 connection, 25006 a primary that only reads now, 25P03 an idle transaction that was ended,
    # 40 rollback (deadlock), 53 resources, 55P03 lock, 57 operator or time limit, 58 its machine.
    passing = ("08", "25006", "25P03", "40", "53", "55", "57", "58")
    # Without a state it is the driver that lost its connection, unless it was given a wrong value.
    is_lost = not state and not isinstance(_of_driver(error), ValueError | TypeError)
    if state.startswith(passing) or is_lost or not is_of_database:
        logger.warning("database unavailable", sqlstate=state, kind=type(error).__name__)
        return UNAVAILABLE
    logger.error("database refused a statement", sqlstate=state, exc_info=error)
    return INTERNAL


DECLARED: dict[str, type[TrackerError]] = {}
"""The refusals that routes declare, by code."""


def refusals(*errors: type[TrackerError]) -> dict[int | str, dict[str, Any]]:
    """The `responses` of a route, which it declares: each status once, with the codes it has."""
    DECLARED.update((error.code, error) for error in errors)
    by_status: dict[int | str, list[type[TrackerError]]] = {}
    for error in errors:
        by_status.setdefault(int(error.status), []).append(error)
    return {
        status: {
            "model": OAuthProblem if issubclass(group[0], OAuthError) else Problem,
            "description": "; ".join(f"`{e.code}`: {e.title.vi} / {e.title.en}" for e in group),
        }
        for status, group in by_status.items()
    }
