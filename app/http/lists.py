"""Lists: `{"items", "next"}` with opaque cursors that hold for the filters they were made with.

Every list has `limit`, `cursor`, `sort` and `fields`, and `expand` where there is something to
expand; their values are closed sets, which the contract says as patterns.
"""

import base64
import hashlib
import json
import re
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated, Any, Generic, TypeVar
from urllib.parse import urlencode

from fastapi import Depends, Query, Request
from pydantic_core import to_json

from app.errors import InvalidError, Text, invalid_at
from app.http.answers import EXPAND, FIELDS, Answer, Schema, Shape, shape_of
from app.http.parameters import some_of
from app.http.patterns import Pattern
from app.http.requests import REMEMBERED, SHORT, query_of
from app.http.settings import settings_of
from app.queries.lists import MAX_PAGE, SEPARATOR, Listing, PageRequest, key_parts
from app.queries.plans.plans import plan_ids_by_number
from app.queries.registry.agencies import get_agency_id
from app.reading import Sql
from app.schemas.common import Item, Out, Page
from app.schemas.expanded import EXPANDED
from app.schemas.filters import AGENCY, NUMBER, Filters

Whole = TypeVar("Whole", bound=Out)

Limit = Annotated[int, Query(ge=1, le=MAX_PAGE, description="Số dòng một trang / rows a page")]
Cursor = Annotated[
    str | None,
    Query(max_length=1000, description="Lấy nguyên từ `next` / taken from `next` as it is"),
]
WRITTEN_AS_IT_IS = re.compile(r"[\w.~-]+=[\w.~-]*(?:&[\w.~-]+=[\w.~-]*)*", re.ASCII)
"""A query whose parameters look encoded as they look decoded."""
SORT = "Sắp theo; dấu - là ngược lại / the order; - turns it round"


@dataclass(frozen=True, slots=True)
class Paging:
    """The page of a list that is asked for: `after` is the key of the last row before it."""

    limit: int
    after: tuple[Any, ...] | None
    request: Request

    def after_id(self) -> uuid.UUID | None:
        """The row after which a list in order of ids goes on."""
        if self.after is None:
            return None
        try:
            return uuid.UUID(self.after[0])
        except (IndexError, ValueError):
            raise bad_cursor() from None

    def after_position(self) -> int | None:
        """The position after which a list in order of positions goes on."""
        if self.after is None:
            return None
        if len(self.after) != 1 or not re.fullmatch("[0-9]{1,9}", self.after[0]):
            raise bad_cursor()
        return int(self.after[0])

    def next_url(self, key: Sequence[Any] | None) -> str | None:
        """The absolute address of the page after the row with *key*; None at the end."""
        if key is None:
            return None
        return page_url(self.request, "cursor", make_cursor(self.request, key))

    def page(self, items: Sequence[Item], key: Sequence[str]) -> Page[Item]:
        """The page of *items*, of which one more than `limit` shows that others follow.

        *key* names the members of the last item after whose values the next page goes on.
        """
        shown = items[: self.limit]
        values = None
        if len(items) > self.limit:
            values = [getattr(shown[-1], name) for name in key]
        return Page(items=list(shown), next=self.next_url(values))

    def page_by_position(self, items: Sequence[Item]) -> Page[Item]:
        """The page of *items*, which are the whole list, going on after so many of them."""
        return self.page_at_position(items[self.positions()], of=len(items))

    def positions(self) -> slice:
        """The positions of the page's items in the whole list."""
        first = self.after_position() or 0
        return slice(first, first + self.limit)

    def page_at_position(self, items: Sequence[Item], *, of: int) -> Page[Item]:
        """The page of *items*, which stand at its `positions` in a list *of* so many items."""
        upto = self.positions().stop
        return Page(items=list(items), next=self.next_url([upto] if of > upto else None))


@dataclass(frozen=True, slots=True)
class ListRequest(Paging, Generic[Schema]):
    """A page of a list whose items are *Schema*, in which order and in which shape."""

    shape: Shape[Schema]
    order: str
    filters: Filters

    async def asked(self, sql: Sql, **also: Any) -> PageRequest:
        """The rows that are asked for: by the list's filters, and by *also* where not None.

        A filter that was given comes before one of *also* by the same name. Raises `NotFoundError`
        where a filter names an agency that does not exist.
        """
        given = {name: value for name, value in also.items() if value is not None}
        given |= self.filters.given()
        for name in self.filters.with_meaning(AGENCY) & given.keys():
            given[name] = await get_agency_id(sql, given[name])
        for name in self.filters.with_meaning(NUMBER) & given.keys():
            given[name] = await plan_ids_by_number(sql, given[name])
        return PageRequest(given, self.order, self.after, self.limit)

    def answer(
        self, items: Iterable[Schema | str], last: str | None, expanded: Sequence[str] = ()
    ) -> Answer[Page[Schema]]:
        """The page: its items, the key of the last one if others follow, each one's `expanded`."""
        return Answer(f"{{{self._members(items, last, expanded)}}}", media_type=self.media_type)

    def answer_with(
        self,
        whole: type[Whole],  # noqa: ARG002 - says the type of the answer
        head: Mapping[str, Any],
        items: Iterable[Schema | str],
        last: str | None,
    ) -> Answer[Whole]:
        """The page as a *whole* whose *head* stands before the items, whatever `fields` ask for."""
        text = f"{to_json(head).decode()[:-1]},{self._members(items, last, ())}}}"
        return Answer(text, media_type=self.media_type)

    @property
    def media_type(self) -> str:
        """The media type of the whole page, or of one narrowed by `fields`."""
        return self.shape.media_type

    def _members(
        self, items: Iterable[Schema | str], last: str | None, expanded: Sequence[str]
    ) -> str:
        texts = self.shape.texts(items, expanded)
        url = self.next_url(None if last is None else last.split(SEPARATOR))
        return f'"items":[{",".join(texts)}],"next":{to_json(url).decode()}'


async def paging(request: Request, limit: Limit = 50, cursor: Cursor = None) -> Paging:
    """Read `limit` and `cursor`; a cursor made with other filters is refused."""
    after = None if cursor is None else read_cursor(request, cursor)
    return Paging(limit, after, request)


def paged(
    listing: Listing, out: type[Out], narrowed_by: type[Filters] = Filters
) -> Callable[..., Any]:
    """The dependency that reads a page request of *listing*, whose items are *out*.

    Raises `ValueError` where a filter has no condition in the list.
    """
    if unknown := narrowed_by.conditions() - listing.conditions.keys():
        raise ValueError(f"{narrowed_by.__name__}: no condition for {sorted(unknown)}.")
    names, more = out.model_fields, EXPANDED.get(out)
    expandable = more.model_fields if more else {}
    orders = f"^-?({'|'.join(listing.orders)})$"

    async def with_expand(
        request: Request,
        *,
        filters: Annotated[narrowed_by, Query()],  # type: ignore[valid-type] # of this list
        limit: Limit = 50,
        cursor: Cursor = None,
        sort: Annotated[str, Query(description=SORT), Pattern(orders)] = listing.default,
        fields: Annotated[str | None, Query(description=FIELDS), Pattern(some_of(names))] = None,
        expand: Annotated[
            str | None, Query(description=EXPAND), Pattern(some_of(expandable))
        ] = None,
    ) -> ListRequest[Any]:
        after = None
        if cursor is not None:
            try:
                after = key_parts(listing, sort, read_cursor(request, cursor))
            except ValueError:
                raise bad_cursor() from None
        shape = shape_of(request, out, fields, expand)
        return ListRequest(limit, after, request, shape, sort, filters)

    async def without_expand(
        request: Request,
        *,
        filters: Annotated[narrowed_by, Query()],  # type: ignore[valid-type] # of this list
        limit: Limit = 50,
        cursor: Cursor = None,
        sort: Annotated[str, Query(description=SORT), Pattern(orders)] = listing.default,
        fields: Annotated[str | None, Query(description=FIELDS), Pattern(some_of(names))] = None,
    ) -> ListRequest[Any]:
        return await with_expand(
            request,
            filters=filters,
            limit=limit,
            cursor=cursor,
            sort=sort,
            fields=fields,
            expand=None,
        )

    return with_expand if expandable else without_expand


def make_cursor(request: Request, key: Sequence[Any]) -> str:
    """A cursor after the row with *key*, for this list and the filters of this request."""
    return _encode([_filters(request), *[str(part) for part in key]])


def read_cursor(request: Request, cursor: str, *, name: str = "cursor") -> tuple[str, ...]:
    """The key that the cursor was made with; one of another list or filters is refused."""
    try:
        filters, *after = json.loads(base64.urlsafe_b64decode(cursor + "=="))
    except (ValueError, TypeError):
        filters, after = None, []
    if filters != _filters(request) or not all(isinstance(part, str) for part in after):
        raise bad_cursor(name)
    return tuple(after)


def page_url(request: Request, name: str, cursor: str) -> str:
    """The absolute address of this list from *cursor* on, which the parameter *name* takes."""
    base = settings_of(request).base_url
    others = _other_parameters(request, name)
    return f"{base}{request.scope['path']}?{'&'.join([*others, f'{name}={cursor}'])}"


def bad_cursor(name: str = "cursor") -> InvalidError:
    """A cursor that was not made by us, or for another list or other filters."""
    text = Text(
        "Con trỏ không hợp lệ hoặc thuộc bộ lọc khác; hãy bắt đầu lại từ trang đầu.",
        "The cursor is invalid or belongs to other filters; start again from the first page.",
    )
    return invalid_at(f"?{name}", "invalid_cursor", text)


PagingDep = Annotated[Paging, Depends(paging)]


def _filters(request: Request) -> str:
    """The list to which a cursor belongs: the path and the parameters but for those that name a
    page."""
    path, query = request.scope["path"], request.scope["query_string"]
    return _filters_of(path, query) if len(path) + len(query) <= SHORT else _digest(path, query)


def _digest(path: str, query: bytes) -> str:
    pairs = sorted(
        (k, v) for k, v in query_of(query).multi_items() if k not in ("after", "cursor", "limit")
    )
    return hashlib.sha256(json.dumps([path, pairs]).encode()).hexdigest()[:12]


_filters_of = lru_cache(maxsize=REMEMBERED)(_digest)


def _other_parameters(request: Request, name: str) -> list[str]:
    """The parameters of the address but for *name*, as they are written in an address."""
    query = request.scope["query_string"].decode("latin-1")
    if WRITTEN_AS_IT_IS.fullmatch(query):
        # Most filters are ids and words, which are not encoded: they need not be decoded either.
        return [pair for pair in query.split("&") if not pair.startswith(f"{name}=")]
    pairs = [(k, v) for k, v in request.query_params.multi_items() if k != name]
    return [urlencode(pairs)] if pairs else []


def _encode(parts: list[str]) -> str:
    return base64.urlsafe_b64encode(to_json(parts)).decode().rstrip("=")
