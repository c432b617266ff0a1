"""From a bearer token to the person behind a route's signature."""

import time
import uuid
from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import Depends, Header, Request
from fastapi.openapi.models import OAuthFlowClientCredentials, OAuthFlows
from fastapi.security import OAuth2
from starlette.requests import HTTPConnection

from app.auth.fair_use import FairUse
from app.auth.principal import Permission, Principal, Role, roles_named
from app.auth.tokens import Claims, InvalidTokenError, TokenKeys
from app.clock import utc_now
from app.errors import PermissionDeniedError, Text
from app.http.headers import sent_header
from app.http.sessions import reader_of
from app.http.settings import settings_of
from app.queries.access import clients as queries
from app.reading import SqlReader

SCOPES = {
    Role.ADMINISTRATOR: "Quản trị danh mục cơ quan, hệ thống / administers registry and clients",
    Role.ISSUER: "Tạo, sửa và ban hành kế hoạch / creates and issues plans",
    Role.COORDINATOR: "Theo dõi, đôn đốc, xét báo cáo / reviews and follows up",
    Role.REPORTER: "Báo cáo tiến độ của cơ quan mình / reports its agency's progress",
    Role.SUPERVISOR: "Giám sát: đọc tất cả, kể cả nhật ký / reads everything, audit included",
    Role.READER: "Đọc kế hoạch, nhiệm vụ, số liệu / reads plans and figures",
}

STORING = {"POST", "PUT", "PATCH"}
TRUE = {"1", "on", "t", "true", "y", "yes"}
"""The words of a parameter that mean true."""


class BearerToken(OAuth2):
    """Reads the header of the token from the raw headers, without a copy of all of them as text."""

    async def __call__(self, request: HTTPConnection) -> str | None:
        """The header's value; None without one."""
        return sent_header(request, b"authorization")


oauth2 = BearerToken(
    flows=OAuthFlows(
        clientCredentials=OAuthFlowClientCredentials(
            tokenUrl="/oauth/token",
            scopes={role.value: text for role, text in SCOPES.items()},
        )
    ),
    scheme_name="clientCredentials",
    auto_error=False,
)


class StandingCache:
    """The standing of clients, kept for a few seconds, so that disabling one takes effect soon."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._known: dict[uuid.UUID, tuple[float, queries.ClientStanding]] = {}

    async def find(self, reader: SqlReader, claims: Claims) -> queries.ClientStanding | None:
        """The standing of the token's client, at most `seconds` old."""
        now = time.monotonic()
        known = self._known.get(claims.jti)
        if known is not None and now - known[0] < self._seconds:
            return known[1]
        if known is not None and self._seconds:
            # One request looks again; those beside it go on for a moment with what was known.
            self._known[claims.jti] = (now, known[1])
        standing = await queries.find_client_standing(reader, claims.client_id, claims.jti)
        if len(self._known) > 10_000:
            self._known.clear()
        if standing is not None:
            self._known[claims.jti] = (now, standing)
        return standing


SENT_TWICE = Text(
    "Mỗi yêu cầu chỉ được gửi một mã truy cập.", "A request may send one access token only."
)
"""A proxy and the service might take different ones of two tokens."""


async def current_principal(
    request: Request,
    authorization: Annotated[str | None, Depends(oauth2)],
    acting_agency: Annotated[
        str | None,
        Header(
            max_length=64,
            description=(
                "Cơ quan mà hệ thống gọi thay mặt (mã, mã định danh hoặc id); bỏ trống là cơ quan"
                " của chính nó. / The agency in whose name the client acts; its own if absent."
            ),
        ),
    ] = None,
) -> Principal:
    """The caller behind a valid token, acting for its own agency or one it may act for."""
    headers, app_state = request.scope["headers"], request.scope["app"].state
    # If no header was sent twice, this one was not.
    if len(dict(headers)) < len(headers):
        _refuse_two_tokens(headers)
    scheme, _, token = (authorization or "").partition(" ")
    keys: TokenKeys = app_state["token_keys"]
    claims = keys.read(token.strip() if scheme.lower() == "bearer" else "", at=utc_now())
    standings: StandingCache = app_state["standings"]
    standing = await standings.find(reader_of(request), claims)
    if standing is None or not standing.is_valid:
        raise InvalidTokenError(
            Text(
                "Hệ thống này đã bị ngừng hoặc mã truy cập đã bị thu hồi.",
                "The client is disabled or the token was revoked.",
            )
        )
    state = request.scope["state"]
    state["client"] = claims.client_id
    agency_id = (
        standing.agency_id if acting_agency is None else standing.acts_for.get(acting_agency)
    )
    if agency_id is None:
        raise not_for_that_agency()
    # A batch may name another of these agencies for a row.
    state["acts_for"] = standing.acts_for
    state["agency"] = str(agency_id)
    await _take_turn(request, standing.row_id)
    roles = roles_named(standing.roles & claims.scopes)
    acts_for = standing.agencies
    return Principal(standing.row_id, agency_id, roles, state["request_id"], acts_for)


def _refuse_two_tokens(headers: list[tuple[bytes, bytes]]) -> None:
    if [name for name, _ in headers].count(b"authorization") > 1:
        raise InvalidTokenError(SENT_TWICE)


def not_for_that_agency() -> PermissionDeniedError:
    """The client named an agency that is not on its list."""
    return PermissionDeniedError(
        Text(
            "Hệ thống này không được thay mặt cơ quan đó.",
            "This client may not act for that agency.",
        )
    )


async def charge(request: Request, principal: Principal, units: int) -> None:
    """Pay for the cost of a request beyond its one unit, or raise `TooManyRequestsError`."""
    fair_use: FairUse = request.app.state.fair_use
    if units > 0:
        request.scope["state"]["headers"] = await fair_use.spend(
            reader_of(request), principal.client_id, units
        )


async def _take_turn(request: Request, client_id: uuid.UUID) -> None:
    """Pay for the request and wait until its client has a turn, which ends with the request."""
    state, reader = request.scope["state"], reader_of(request)
    state["holder"].client = client_id
    fair_use: FairUse = request.scope["app"].state["fair_use"]
    state["headers"] = await fair_use.spend(reader, client_id)
    if size := _sent_to_be_stored(request):
        await fair_use.store(reader, client_id, size)
    turns = fair_use.turns(client_id)
    await turns.acquire()
    state["at_end"] = turns.release


def is_trial(request: Request) -> bool:
    """True if the caller only wants to see the effect of the request."""
    return request.query_params.get("dry_run", "").lower() in TRUE


def _sent_to_be_stored(request: Request) -> int:
    """The bytes of the body; as many as it may have, where its length is not declared."""
    if request.scope["method"] not in STORING or is_trial(request):
        return 0
    if sent_header(request, b"transfer-encoding") is not None:
        settings = settings_of(request)
        return settings.body_bytes
    length = sent_header(request, b"content-length") or "0"
    return int(length) if length.isascii() and length.isdigit() else 0


CurrentPrincipal = Annotated[Principal, Depends(current_principal)]


def require(permission: Permission) -> Callable[..., Awaitable[Principal]]:
    """Build the dependency that admits only principals whose roles grant *permission*."""

    async def guard(principal: CurrentPrincipal) -> Principal:
        principal.require(permission)
        return principal

    return guard


Reader = Annotated[Principal, Depends(require(Permission.PLAN_READ))]
RegistryAdmin = Annotated[Principal, Depends(require(Permission.REGISTRY_WRITE))]
ClientAdmin = Annotated[Principal, Depends(require(Permission.CLIENT_WRITE))]
PlanEditor = Annotated[Principal, Depends(require(Permission.PLAN_WRITE))]
PlanDecider = Annotated[Principal, Depends(require(Permission.PLAN_DECIDE))]
RegimeSetter = Annotated[Principal, Depends(require(Permission.REGIME_WRITE))]
PlanIssuer = Annotated[Principal, Depends(require(Permission.PLAN_ISSUE))]
ActionPlanWriter = Annotated[Principal, Depends(require(Permission.ACTION_PLAN_WRITE))]
SubmissionReader = Annotated[Principal, Depends(require(Permission.SUBMISSION_READ))]
Reporter = Annotated[Principal, Depends(require(Permission.SUBMISSION_WRITE))]
Asker = Annotated[Principal, Depends(require(Permission.REPORT_REQUEST))]
Consolidator = Annotated[Principal, Depends(require(Permission.REPORT_CONSOLIDATE))]
Reviewer = Annotated[Principal, Depends(require(Permission.SUBMISSION_REVIEW))]
DocumentSender = Annotated[Principal, Depends(require(Permission.DOCUMENT_WRITE))]
BoardSharer = Annotated[Principal, Depends(require(Permission.BOARD_SHARE))]
BoardsSharer = Annotated[Principal, Depends(require(Permission.BOARDS_SHARE))]
IndicatorKeeper = Annotated[Principal, Depends(require(Permission.INDICATOR_WRITE))]
HandoverDecider = Annotated[Principal, Depends(require(Permission.HANDOVER_DECIDE))]
AssignmentChanger = Annotated[Principal, Depends(require(Permission.ASSIGNMENT_CHANGE))]
AssignmentDecider = Annotated[Principal, Depends(require(Permission.ASSIGNMENT_DECIDE))]
Inspector = Annotated[Principal, Depends(require(Permission.AUDIT_READ))]
RefWriter = Annotated[Principal, Depends(require(Permission.EXTERNAL_REF_WRITE))]
FocalPointReader = Annotated[Principal, Depends(require(Permission.FOCAL_POINT_READ))]
FocalPointNamer = Annotated[Principal, Depends(require(Permission.FOCAL_POINT_WRITE))]
ReminderSender = Annotated[Principal, Depends(require(Permission.REMINDER_WRITE))]
