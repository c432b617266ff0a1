"""Every POST can be repeated with its `Idempotency-Key`: the work is done once.

Follows draft-ietf-httpapi-idempotency-key-header. The answer is stored in the transaction of the
work, so there is never one without the other; refusals are not stored, as they changed nothing.
"""

import hashlib
import json
from collections.abc import Callable, Sequence
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import Depends, Header, Request, Response, params
from fastapi.datastructures import DefaultPlaceholder
from sqlmodel.ext.asyncio.session import AsyncSession
from starlette.datastructures import UploadFile

from app.auth.deps import CurrentPrincipal, is_trial
from app.auth.fair_use import FairUse
from app.auth.principal import Principal
from app.auth.sealing import seal, unseal
from app.errors import ConflictError, Text, TrackerError
from app.http.answers import declared_schema
from app.http.etags import Tagging
from app.http.handling import LAST, PlannedRoute, RequestHandler
from app.http.patterns import Pattern
from app.http.sessions import SessionDep, reader_of
from app.http.settings import settings_of
from app.models import StoredAnswer
from app.queries.access.stored_answers import find_answer
from app.queries.locks import try_lock_idempotency_key
from app.schemas.common import ShownOnceOut

PURPOSE = "stored answers"
REPLAYED = "Idempotency-Replayed"
# The headers of an answer that are repeated; all others belong to the one request.
KEPT_HEADERS = ("content-type", "location", "etag", "preference-applied")


class KeyReusedError(TrackerError):
    """The key was used for another request: keys are not to be used again."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY
    code = "idempotency_key_reused"
    title = Text("Idempotency-Key đã dùng cho yêu cầu khác", "Idempotency-Key used before")
    detail = Text(
        "Idempotency-Key này đã dùng cho một yêu cầu khác; hãy dùng khóa mới.",
        "This Idempotency-Key was used for another request; use a new one.",
    )


class RequestInProgressError(ConflictError):
    """The first request with this key is still being worked on."""

    code = "request_in_progress"
    title = Text("Yêu cầu trước chưa xong", "The first request is in progress")
    detail = Text(
        "Yêu cầu trước với cùng Idempotency-Key đang được xử lý; hãy thử lại sau.",
        "The first request with this Idempotency-Key is being worked on; try later.",
    )


class Replay(Exception):  # noqa: N818 - no error
    """The request was answered before: this is the answer."""

    def __init__(self, response: Response) -> None:
        super().__init__()
        self.response = response


class Work:
    """One request with a key, from the look for its answer to the keeping of it."""

    def __init__(
        self, request: Request, session: AsyncSession, principal: Principal, key: str
    ) -> None:
        self._request = request
        self._settings = settings_of(request)
        self._session = session
        self._client_id = principal.client_id
        self._key = key

    async def begin(self, fingerprint: bytes) -> None:
        """Go on alone with a request that comes for the first time, or raise the answer to a
        repeated one."""
        if not await try_lock_idempotency_key(self._session, self._client_id, self._key):
            raise RequestInProgressError()
        self._fingerprint = fingerprint
        stored = await find_answer(self._session, self._client_id, self._key)
        if stored is None:
            return
        if stored.fingerprint != fingerprint:
            raise KeyReusedError()
        body = unseal(self._settings, PURPOSE, stored.sealed)
        raise Replay(Response(body, stored.status, {**stored.headers, REPLAYED: "true"}))

    async def keep(self, response: Response) -> None:
        """Store the answer that is about to be sent, before the transaction is committed."""
        fair_use: FairUse = self._request.app.state.fair_use
        reader = reader_of(self._request)
        await fair_use.store(reader, self._client_id, len(response.body))
        self._session.add(
            StoredAnswer(
                client_id=self._client_id,
                key=self._key,
                fingerprint=self._fingerprint,
                status=response.status_code,
                headers={
                    name: v for name, v in response.headers.items() if name.lower() in KEPT_HEADERS
                },
                sealed=seal(self._settings, PURPOSE, bytes(response.body)),
            )
        )
        await self._session.flush()


async def repeatable(
    request: Request,
    session: SessionDep,
    principal: CurrentPrincipal,
    idempotency_key: Annotated[
        str | None,
        Header(
            description=(
                "Gửi lại cùng khóa và nội dung thì được trả lời như lần đầu (7 ngày)."
                " / The same key and content are answered as the first time (7 days)."
            ),
        ),
        Pattern('^([A-Za-z0-9._~:/+=@-]{1,128}|"[A-Za-z0-9._~:/+=@-]{1,128}")$'),
    ] = None,
) -> None:
    """Answer a repeated request as before; without the header, or of a trial, nothing is kept."""
    if idempotency_key is not None and not is_trial(request):
        work = Work(request, session, principal, idempotency_key.strip('"'))
        await work.begin(await fingerprint(request, principal))
        request.scope["state"]["work"] = work


# A caller that may no longer make the request does not get its stored answer.
LAST.add(repeatable)


async def fingerprint(request: Request, principal: Principal) -> bytes:
    """SHA-256 of the caller and the request: the same for the same JSON or form, however it is
    spelt on the wire.

    With other roles it is another request, which may be refused or answered otherwise.
    """
    who = f"{principal.agency_id} {','.join(sorted(principal.roles))}"
    digest = hashlib.sha256(f"{who} {request.method} {request.url.path}".encode())
    digest.update(json.dumps(sorted(request.query_params.multi_items())).encode())
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind in {"multipart/form-data", "application/x-www-form-urlencoded"}:
        for name, value in sorted((await request.form()).multi_items(), key=lambda pair: pair[0]):
            digest.update(f"\0{name}\0".encode())
            digest.update(await _content(value))
        return digest.digest()
    body = await request.body()
    try:
        digest.update(json.dumps(json.loads(body), sort_keys=True).encode())
    except (ValueError, RecursionError):
        digest.update(body)
    return digest.digest()


async def _content(value: UploadFile | str) -> bytes:
    if isinstance(value, str):
        return value.encode(errors="surrogatepass")
    content = await value.read()
    await value.seek(0)
    return hashlib.sha256((value.filename or "").encode() + b"\0" + content).digest()


def _is_shown_once(schema: Any) -> bool:
    return isinstance(schema, type) and issubclass(schema, ShownOnceOut)


class Route(PlannedRoute):
    """A route that answers as annotated, with tags, and whose POST takes an `Idempotency-Key`,
    except where its answer is to be kept nowhere."""

    def __init__(
        self,
        path: str,
        endpoint: Callable[..., Any],
        *,
        response_model: Any = None,
        methods: set[str] | list[str] | None = None,
        dependencies: Sequence[params.Depends] | None = None,
        **options: Any,
    ) -> None:
        if isinstance(response_model, DefaultPlaceholder):
            response_model = declared_schema(endpoint)
        if "POST" in (methods or ()) and not _is_shown_once(response_model):
            dependencies = [*(dependencies or ()), Depends(repeatable)]
        super().__init__(
            path,
            endpoint,
            response_model=response_model,
            methods=methods,
            dependencies=dependencies,
            **options,
        )

    def make_handler(self, route: Any) -> RequestHandler:
        """The handler, which runs before the session of the request commits."""
        handle = super().make_handler(route)

        async def once(request: Request) -> Response:
            try:
                response = await handle(request)
            except Replay as replay:
                return replay.response
            state = request.scope["state"]
            tagging: Tagging | None = state.get("tagging")
            if tagging is not None:
                response = await tagging.send(response)
            work: Work | None = state.get("work")
            if work is not None and response.status_code < HTTPStatus.BAD_REQUEST:
                await work.keep(response)
            return response

        return once
