import base64
import binascii
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Header, Request, Response

from app.auth.failed_logins import FailedLogins, costs_of
from app.auth.fair_use import TooManyRequestsError
from app.auth.principal import Role
from app.auth.tokens import Claims, InvalidTokenError, TokenKeys
from app.clock import utc_now
from app.domain.access import tokens as domain
from app.http.handling import PlannedRoute
from app.http.problems import refusals
from app.http.sessions import SessionDep, reader_of
from app.http.settings import settings_of
from app.logs import get_logger
from app.queries.access import clients as queries
from app.schemas.tokens import IntrospectionOut, JsonWebKeySetOut, MetadataOut, TokenOut

logger = get_logger(__name__)
router = APIRouter(tags=["tokens"], route_class=PlannedRoute)

NO_NUL = r"^[^\x00]*$"
FormText = Annotated[str | None, Form(max_length=4096, pattern=NO_NUL, examples=[""])]


async def calling_client(
    request: Request,
    authorization: Annotated[str | None, Header(include_in_schema=False)] = None,
    client_id: Annotated[
        str | None, Form(max_length=4096, pattern=NO_NUL, examples=["sample-coordinator"])
    ] = None,
    client_secret: FormText = None,
) -> queries.Credential:
    """The client by HTTP Basic or by form fields (RFC 6749, 2.3.1)."""
    name, secret = client_id or "", client_secret or ""
    scheme, _, encoded = (authorization or "").partition(" ")
    if scheme.lower() == "basic":
        if client_secret is not None:
            raise domain.InvalidRequestError(domain.ONE_WAY)
        try:
            name, _, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            name, secret = "", ""
        if client_id not in (None, name):
            raise domain.InvalidRequestError(domain.ONE_WAY)
    settings = settings_of(request)
    name, address = name.replace("\0", ""), request.client.host if request.client else ""
    failed: FailedLogins = request.app.state.failed_logins
    reader = reader_of(request)
    failing = costs_of(address, name)
    try:
        return await domain.authenticate(
            reader, settings, name, secret, failing=failing, at=utc_now()
        )
    except domain.TooManyFailuresError as refusal:
        raise TooManyRequestsError(refusal.seconds) from None
    except domain.InvalidClientError as refusal:
        await failed.add(reader, failing)
        logger.warning("login_failed", client=name[:100], address=address)
        async with request.app.state.sessionmaker.begin() as session:
            domain.note_failure(session, refusal.row_id, address, at=utc_now())
        raise


CallingClient = Annotated[queries.Credential, Depends(calling_client)]
WORTHLESS = IntrospectionOut(
    active=False,
    client_id=None,
    sub=None,
    scope=None,
    iss=None,
    aud=None,
    jti=None,
    iat=None,
    exp=None,
)
REFUSALS = refusals(domain.InvalidClientError, domain.InvalidRequestError)


@router.post(
    "/oauth/token",
    summary="Lấy mã truy cập / Get an access token",
    responses={
        **REFUSALS,
        **refusals(
            domain.InvalidRequestError, domain.InvalidScopeError, domain.UnsupportedGrantTypeError
        ),
    },
)
async def issue_token(
    request: Request,
    response: Response,
    client: CallingClient,
    grant_type: Annotated[str | None, Form(examples=["client_credentials"])] = None,
    scope: FormText = None,
) -> TokenOut:
    """Đổi mã hệ thống và mã bí mật lấy mã truy cập (OAuth 2.0 client credentials).

    Exchange a client's id and secret for an access token, by HTTP Basic or form fields. `scope`
    narrows the token to some of the client's roles.
    """
    keys: TokenKeys = request.app.state.token_keys
    token, claims = domain.grant(keys, client, grant_type=grant_type, scope=scope, at=utc_now())
    response.headers["Cache-Control"] = "no-store"
    return TokenOut(
        access_token=token,
        token_type="Bearer",  # noqa: S106 - the type of the token, no secret
        expires_in=keys.seconds,
        scope=" ".join(sorted(claims.scopes)),
    )


@router.post(
    "/oauth/revoke",
    summary="Thu hồi mã truy cập / Revoke an access token",
    responses=REFUSALS,
    status_code=200,
    response_class=Response,
)
async def revoke_token(
    request: Request,
    session: SessionDep,
    client: CallingClient,
    token: Annotated[str, Form(max_length=4096)],
    token_type_hint: FormText = None,  # noqa: ARG001 - RFC 7009 lets clients send it; we need none
) -> Response:
    """Chấm dứt một mã truy cập trước hạn; mã lạ cũng trả lời 200.

    End one of your own tokens before its time; an unknown token is answered alike (RFC 7009).
    """
    claims = _claims(request, token)
    if claims is not None:
        await domain.revoke(session, client, claims)
    return Response(status_code=200)


@router.post(
    "/oauth/introspect",
    summary="Hỏi hiệu lực mã truy cập / Introspect an access token",
    responses=REFUSALS,
)
async def introspect_token(
    request: Request,
    client: CallingClient,
    token: Annotated[str, Form(max_length=4096)],
    token_type_hint: FormText = None,  # noqa: ARG001 - as above
) -> IntrospectionOut:
    """Mã truy cập này còn hiệu lực không, của hệ thống nào, vai trò gì.

    Whether one of your own tokens is still good, and what for (RFC 7662).
    """
    claims = _claims(request, token)
    standing = None
    if claims is not None and claims.client_id == client.client_id:
        standing = await queries.find_client_standing(
            reader_of(request), claims.client_id, claims.jti
        )
    if claims is None or standing is None or not standing.is_valid:
        return WORTHLESS
    issuer = settings_of(request).base_url
    return IntrospectionOut(
        active=True,
        client_id=claims.client_id,
        sub=claims.client_id,
        scope=" ".join(sorted(claims.scopes & standing.roles)),
        iss=issuer,
        aud=issuer,
        jti=str(claims.jti),
        iat=int(claims.issued_at.timestamp()),
        exp=int(claims.expires_at.timestamp()),
    )


@router.get("/.well-known/jwks.json", summary="Khóa công khai / Public keys")
async def get_jwks(request: Request) -> JsonWebKeySetOut:
    """Các khóa công khai để kiểm tra chữ ký mã truy cập. / The keys that sign access tokens."""
    keys: TokenKeys = request.app.state.token_keys
    return JsonWebKeySetOut.model_validate(keys.jwks())


@router.get(
    "/.well-known/oauth-authorization-server",
    summary="Thông tin máy chủ cấp mã / Authorization server metadata",
)
async def get_authorization_server_metadata(request: Request) -> MetadataOut:
    """Các địa chỉ cấp, thu hồi, kiểm tra mã truy cập (RFC 8414). / Where tokens are dealt with."""
    issuer = settings_of(request).base_url
    return MetadataOut(
        issuer=issuer,
        token_endpoint=f"{issuer}/oauth/token",
        revocation_endpoint=f"{issuer}/oauth/revoke",
        introspection_endpoint=f"{issuer}/oauth/introspect",
        jwks_uri=f"{issuer}/.well-known/jwks.json",
        grant_types_supported=["client_credentials"],
        response_types_supported=[],
        scopes_supported=[role.value for role in Role],
        token_endpoint_auth_methods_supported=["client_secret_basic", "client_secret_post"],
    )


def _claims(request: Request, token: str) -> Claims | None:
    keys: TokenKeys = request.app.state.token_keys
    try:
        return keys.read(token, at=utc_now())
    except InvalidTokenError:
        return None
