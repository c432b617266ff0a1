"""Entity tags (RFC 9110, 8.8 and 13): a row is changed only in the state that was read.

A tag has two parts, `"<row>.<body>"`. The first is the hash of the row's `xmin`, and it alone is
compared when a row is changed. The second is the hash of the body that is sent. Both parts must be
the same for a 304.

Who compresses an answer on its way makes its tag weak or adds to it, as `-gzip`: the state that it
names is the same. So tags are taken as they come, and `If-Match` compares them weakly.
"""

import hashlib
import re
from http import HTTPStatus
from typing import Annotated, Protocol

import sqlalchemy as sa
from fastapi import Depends, Header, Request, Response
from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError
from sqlalchemy.ext.asyncio import async_object_session

from app.errors import Text, TrackerError
from app.http.headers import sent_header
from app.http.pattern_texts import TAGS

ONE_TAG = re.compile(r'(?:W/)?"([\x21\x23-\x7e]*)"')
ADDED = re.compile(r"[^0-9a-f.].*")
"""The suffix that a proxy added to a tag of ours."""
LIST_OF_TAGS = re.compile(rf"(?:{ONE_TAG.pattern})(?:\s*,\s*(?:{ONE_TAG.pattern}))*")
# An answer is this caller's and this moment's: it may be kept, and is to be asked for again.
CACHING = {
    "Cache-Control": "private, no-cache",
    "Vary": "Authorization, Acting-Agency, Accept-Language",
}
RAW_CACHING = [(name.lower().encode(), value.encode()) for name, value in CACHING.items()]
TAGGED = {b"etag", *(name for name, _ in RAW_CACHING)}
READ = "ETag đã nhận khi đọc / the ETag that was read"


def _list_of_tags(given: str) -> str:
    """Refuse a header that is neither `*` nor tags with commas between them."""
    given = given.strip()
    if given != "*" and not LIST_OF_TAGS.fullmatch(given):
        raise PydanticCustomError("entity_tag", 'Tags stand in quotes: "…", "…"')
    return given


Tags = Annotated[str, AfterValidator(_list_of_tags), Field(json_schema_extra={"pattern": TAGS})]
TagHeader = Annotated[Tags | None, Header(max_length=2000, description=READ)]
# Its absence has a refusal of its own, which the framework's would hide: required in the contract.
RequiredTagHeader = Annotated[
    Tags | None, Header(max_length=2000, description=READ, json_schema_extra={"x-required": True})
]


def tags_in(given: str) -> set[str]:
    """The tags that a caller sent, without quotes and as we gave them; `*` stands for any."""
    if given.strip() == "*":
        return {"*"}
    return {ADDED.sub("", tag) for tag in ONE_TAG.findall(given)}


class PreconditionRequiredError(TrackerError):
    """A row that others may change is changed only by a caller that names the state it read."""

    status = HTTPStatus.PRECONDITION_REQUIRED
    code = "precondition_required"
    title = Text("Thiếu If-Match", "If-Match is required")
    detail = Text(
        "Hãy gửi If-Match với ETag đã nhận khi đọc.",
        "Send If-Match with the ETag that you got when you read it.",
    )


class PreconditionFailedError(TrackerError):
    """The row has changed since it was read; the current tag is in the `ETag` header."""

    status = HTTPStatus.PRECONDITION_FAILED
    code = "precondition_failed"
    title = Text("Đã có người thay đổi", "Changed since it was read")
    detail = Text(
        "Dữ liệu đã được thay đổi sau khi bạn đọc; hãy đọc lại rồi sửa.",
        "It has changed since you read it; read it again and change that.",
    )


class Tagged(Protocol):
    """A row of the database, or the values read of one, with the state that it was read in."""

    @property
    def xmin(self) -> int | str:
        """The transaction that wrote the row last, which PostgreSQL itself records; several, where
        it consists of several rows."""


class Tagging:
    """The tag that one answer is sent with, and the tags that the caller sent."""

    def __init__(self, request: Request, given: str | None = None) -> None:
        self._request = request
        self._given = given
        self._row: Tagged | None = None
        self._location: str | None = None
        request.scope["state"]["tagging"] = self

    def mark(self, row: Tagged) -> None:
        """Send the answer with the tag of *row*, in its state at the end of the request."""
        self._row = row

    def mark_new(self, row: Tagged, location: str) -> None:
        """Send the answer with the tag of a row that was made, and with its `Location`."""
        self._row, self._location = row, location

    async def send(self, response: Response) -> Response:
        """Give *response* its tag, where a row was marked; the transaction is still open."""
        if self._location is not None:
            response.headers["Location"] = self._location
        tag = await self._tag_of(response)
        if tag is not None:
            add_tag(response, tag)
        return response

    async def _tag_of(self, response: Response) -> str | None:
        """The tag of *response* without its quotes; None where it has none."""
        if self._row is None or response.status_code == HTTPStatus.NO_CONTENT:
            return None
        row = await self._current(self._row)
        return f"{_row_part(row)}.{_digest(bytes(response.body))}"

    async def _current(self, row: Tagged) -> Tagged:
        return row

    def _tags(self) -> set[str]:
        return tags_in(self._given or "")


class ReadTagging(Tagging):
    """The tags of a request that reads a row."""

    async def send(self, response: Response) -> Response:
        """Give *response* its tag, or answer 304 without a body if the caller has it already."""
        tag = await self._tag_of(response)
        if tag is None:
            return response
        if self._given is not None and {"*", tag} & self._tags():
            response = Response(status_code=HTTPStatus.NOT_MODIFIED)
        add_tag(response, tag)
        return response


class WriteTagging(Tagging):
    """The tags of a request that makes or changes a row."""

    def __init__(
        self, request: Request, given: str | None = None, *, is_required: bool = False
    ) -> None:
        super().__init__(request, given)
        self._is_required = is_required

    def check(self, row: Tagged) -> None:
        """Refuse a change of *row*, which is locked, unless the caller read it in this state.

        Raises `PreconditionRequiredError` where the caller must send a tag and does not, and
        `PreconditionFailedError` where the row has another tag by now. The answer to a caller that
        sent a tag is sent with the new one.
        """
        if sent_header(self._request, b"if-none-match") == "*":
            raise PreconditionFailedError()
        if self._given is None:
            if self._is_required:
                raise PreconditionRequiredError()
            return
        current = _row_part(row)
        if not {"*", current} & {tag.partition(".")[0] for tag in self._tags()}:
            refusal = PreconditionFailedError()
            refusal.headers = {"ETag": f'"{current}"'}
            raise refusal
        self.mark(row)

    def mark_changed(self, row: Tagged) -> None:
        """Send the tag of the checked row as it is after the change, where the caller sent one."""
        if self._row is not None:
            self._row = row

    def require(self, row: Tagged) -> None:
        """Check a row that one call makes or changes: it exists, so the caller must send a tag."""
        self._is_required = True
        self.check(row)

    async def _current(self, row: Tagged) -> Tagged:
        # A statement may have changed the row behind the session's back: the database is asked.
        if sa.inspect(row, raiseerr=False) is not None and (session := async_object_session(row)):
            await session.flush()
            await session.refresh(row, ["xmin"])
        return row


def add_tag(response: Response, tag: str) -> None:
    """Give *response* its tag and its directives to caches, in the place of those that it has."""
    if TAGGED.isdisjoint(dict(response.raw_headers)):
        response.raw_headers += [(b"etag", f'"{tag}"'.encode()), *RAW_CACHING]
    else:
        response.headers.update({"ETag": f'"{tag}"', **CACHING})


def _row_part(row: Tagged) -> str:
    return _digest(str(row.xmin).encode())


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:16]


async def reading(request: Request, if_none_match: TagHeader = None) -> ReadTagging:
    """Take the tags of a request that reads one row: it need not be sent again as it was."""
    return ReadTagging(request, if_none_match)


async def changing(request: Request, if_match: RequiredTagHeader = None) -> WriteTagging:
    """Take the tags of a change that others may make meanwhile: the caller must send one."""
    return WriteTagging(request, if_match, is_required=True)


async def acting(request: Request, if_match: TagHeader = None) -> WriteTagging:
    """Take the tags of an action that the row's state guards: the caller may send one."""
    return WriteTagging(request, if_match)


async def making(request: Request) -> WriteTagging:
    """Tag a row that is made, so that it can be changed without being read first."""
    return WriteTagging(request)


ReadingDep = Annotated[ReadTagging, Depends(reading)]
ChangingDep = Annotated[WriteTagging, Depends(changing)]
ActingDep = Annotated[WriteTagging, Depends(acting)]
MakingDep = Annotated[WriteTagging, Depends(making)]
