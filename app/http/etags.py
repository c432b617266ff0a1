"""Strong entity tags (RFC 9110, 8.8 and 13): nothing is changed but as it was read.

A tag has two parts, `"<row>.<view>"`. The first is the state of the row, and it alone is compared
when something is changed. The second is all else that the answer depends on: who asks, the day,
the names of agencies. Both must be the same for a 304.
"""

import hashlib
import re
import uuid
from http import HTTPStatus
from typing import Annotated

from fastapi import Depends, FastAPI, Header, Request, Response
from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.deps import CurrentPrincipal
from app.auth.principal import Principal
from app.clock import local_day, utc_now
from app.errors import Text, TrackerError
from app.queries.versions import version_of

ONE_TAG = re.compile(r'(W/)?"([\x21\x23-\x7e]*)"')
LIST_OF_TAGS = re.compile(rf"(?:{ONE_TAG.pattern})(?:\s*,\s*(?:{ONE_TAG.pattern}))*")
# An answer is this caller's and this moment's: it may be kept, and is to be asked for again.
CACHING = {
    "Cache-Control": "private, no-cache",
    "Vary": "Authorization, Acting-Agency, Accept-Language",
}
READ = "ETag đã nhận khi đọc / the ETag that was read"
TagHeader = Annotated[str | None, Header(max_length=2000, description=READ)]
# Its absence has a refusal of its own, which the framework's would hide: required in the contract.
RequiredTagHeader = Annotated[
    str | None,
    Header(max_length=2000, description=READ, json_schema_extra={"x-required": True}),
]


class PreconditionRequiredError(TrackerError):
    """What others may change meanwhile is changed only by who says what state they read."""

    status = HTTPStatus.PRECONDITION_REQUIRED
    code = "precondition_required"
    title = Text("Thiếu If-Match", "If-Match is required")


class PreconditionFailedError(TrackerError):
    """It has changed since it was read; the current tag is in the `ETag` header."""

    status = HTTPStatus.PRECONDITION_FAILED
    code = "precondition_failed"
    title = Text("Đã có người thay đổi", "Changed since it was read")


class NotModified(Exception):  # noqa: N818 - no error
    """The caller has the answer already."""


class Tagging:
    """The tags of one request: what the caller says it read, and what stands now."""

    def __init__(
        self,
        request: Request,
        principal: Principal,
        given: str | None = None,
        *,
        is_required: bool = False,
    ) -> None:
        self._request = request
        self._is_required = is_required
        self._viewer = f"{principal.agency_id} {sorted(principal.roles)} {local_day(utc_now())}"
        self._given = given

    @property
    def is_used(self) -> bool:
        """Whether the caller sent a tag."""
        return self._given is not None

    async def mark(
        self, session: AsyncSession, noun: str, row_id: uuid.UUID, *, with_figures: bool = False
    ) -> str:
        """Send the tag of a row with the answer; what was changed is to be flushed before."""
        version = await version_of(session, noun, row_id)
        query = self._request.query_params
        asked = f"{self._viewer} {sorted(query.multi_items())}"
        if "expand" in query or with_figures:
            # What goes along changes by itself: nobody has that answer already.
            asked += str(uuid.uuid4())
        tag = f'"{_digest(version.own)}.{_digest(f"{version.around} {asked}")}"'
        self._request.state.tag = {"ETag": tag, **CACHING}
        return tag

    async def spare(self, session: AsyncSession, noun: str, row_id: uuid.UUID) -> None:
        """Mark the answer, and raise `NotModified` where the caller has it already."""
        tag = await self.mark(session, noun, row_id)
        if self._given is not None and any(tag == one for one in self._tags(weak=True)):
            raise NotModified

    async def check(self, session: AsyncSession, noun: str, row_id: uuid.UUID) -> None:
        """Refuse a change of a row, which is held, unless it is as the caller says it read it.

        Raises `PreconditionRequiredError` where the caller must say so and does not, and
        `PreconditionFailedError` where the row has another tag by now.
        """
        if self._given is None and self._is_required:
            raise PreconditionRequiredError(
                Text(
                    "Hãy gửi If-Match với ETag đã nhận khi đọc.",
                    "Send If-Match with the ETag that you got when you read it.",
                )
            )
        if self._given is None or self._given.strip() == "*":
            return
        tag = await self.mark(session, noun, row_id)
        if _row(tag) not in {_row(one) for one in self._tags(weak=False)}:
            refusal = PreconditionFailedError(
                Text(
                    "Dữ liệu đã được thay đổi sau khi bạn đọc; hãy đọc lại rồi sửa.",
                    "It has changed since you read it; read it again and change that.",
                )
            )
            refusal.headers = {"ETag": tag}
            raise refusal

    async def require(self, session: AsyncSession, noun: str, row_id: uuid.UUID) -> None:
        """The same for a row that is made or changed by one call: it is there, so it is changed."""
        self._is_required = True
        await self.check(session, noun, row_id)

    def _tags(self, *, weak: bool) -> list[str]:
        given = (self._given or "").strip()
        found = ONE_TAG.findall(given) if LIST_OF_TAGS.fullmatch(given) else []
        return [f'"{tag}"' for mark, tag in found if weak or not mark]


def _row(tag: str) -> str:
    return tag.strip('"').partition(".")[0]


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


async def reading(
    request: Request, principal: CurrentPrincipal, if_none_match: TagHeader = None
) -> Tagging:
    """For what is read: `spare` a caller what it has."""
    return Tagging(request, principal, if_none_match)


async def changing(
    request: Request, principal: CurrentPrincipal, if_match: RequiredTagHeader = None
) -> Tagging:
    """For what others may change meanwhile: the caller must say what it read."""
    return Tagging(request, principal, if_match, is_required=True)


async def acting(
    request: Request, principal: CurrentPrincipal, if_match: TagHeader = None
) -> Tagging:
    """For actions that the row's state guards: the caller may say what it read."""
    return Tagging(request, principal, if_match)


async def making(request: Request, principal: CurrentPrincipal) -> Tagging:
    """For what is made: `mark` it, so that it can be changed without reading it first."""
    return Tagging(request, principal)


ReadingDep = Annotated[Tagging, Depends(reading)]
ChangingDep = Annotated[Tagging, Depends(changing)]
ActingDep = Annotated[Tagging, Depends(acting)]
MakingDep = Annotated[Tagging, Depends(making)]


def install(app: FastAPI) -> None:
    """Answer what the caller has already with 304 and no body."""

    @app.exception_handler(NotModified)
    async def not_modified(_: Request, __: NotModified) -> Response:
        return Response(status_code=HTTPStatus.NOT_MODIFIED)
