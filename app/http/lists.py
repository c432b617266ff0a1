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
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import Depends, Query, Request, Response, params
from fastapi.dependencies.utils import get_flat_params
from fastapi.exceptions import RequestValidationError
from pydantic_core import to_json

from app.errors import Fault, InvalidError, Text
from app.queries.lists import SEPARATOR, Listing, PageRequest, key_parts
from app.schemas.common import Out
from app.schemas.expanded import EXPANDED

MAX_PAGE = 200
PARTIAL = "application/vnd.tiendo.partial+json"
"""Of answers narrowed by `fields`: their items have only what was asked for."""

Limit = Annotated[int, Query(ge=1, le=MAX_PAGE, description="Số dòng một trang / rows a page")]
Cursor = Annotated[
    str | None,
    Query(max_length=1000, description="Lấy nguyên từ `next` / taken from `next` as it is"),
]
FIELDS = "Chỉ trả các trường này / answer these members only"
EXPAND = "Kèm toàn bộ các tài nguyên này trong `expanded` / add these resources whole"
SORT = "Sắp theo; dấu - là ngược lại / the order; - turns it round"


def some_of(names: Iterable[str]) -> str:
    """The pattern of a parameter that takes some of these names with commas between them.

    A word ends before each comma and begins after it: so the names are said once.
    """
    return rf"^(\b,?({'|'.join(names)})\b)+$"


def chosen(value: str | None) -> list[str] | None:
    """What a parameter with such a pattern names."""
    return None if value is None else value.split(",")


@dataclass(frozen=True, slots=True)
class Shape:
    """Which members an answer has (none named: all), and which resources go with it."""

    request: Request
    out: type[Out]
    fields: frozenset[str]
    expand: tuple[str, ...]

    @property
    def media_type(self) -> str:
        """What the answer is declared as."""
        return PARTIAL if self.fields else "application/json"

    def texts(self, items: Iterable[Any], expanded: Sequence[str]) -> list[str]:
        """The JSON of items, which are rows for the schema or JSON texts of what was asked for.

        *expanded* is what goes with each of them; empty where nothing was asked to.
        """
        texts = [
            item if isinstance(item, str) else json_of(self.out, item, self.fields)
            for item in items
        ]
        if not expanded:
            return texts
        pairs = zip(texts, expanded, strict=True)
        return [f'{text[:-1]},"expanded":{more}}}' for text, more in pairs]

    def answer(self, item: Any, expanded: Sequence[str] = ()) -> Response:
        """One item, with what goes with it."""
        [text] = self.texts([item], expanded)
        return Response(text, media_type=self.media_type)


def json_of(out: type[Out], item: Any, fields: frozenset[str] = frozenset()) -> str:
    """The JSON of a row by its schema, of all members or of these."""
    row = out.model_validate(item)
    return row.model_dump_json(include=set(fields) or None, by_alias=True)


@dataclass(frozen=True, slots=True)
class Paging:
    """How much is asked for, in which order, and after which row: `after` is that row's key."""

    limit: int
    after: tuple[Any, ...] | None
    request: Request
    shape: Shape
    order: str = ""

    def asked(self, filters: Mapping[str, Any]) -> PageRequest:
        """What is asked of a list; filters that are None were not given."""
        given = {name: value for name, value in filters.items() if value is not None}
        return PageRequest(given, self.order, self.after, self.limit)

    def answer(
        self,
        items: Iterable[Any],
        last: str | None,
        expanded: Sequence[str] = (),
        *,
        beside: Mapping[str, Any] | None = None,
    ) -> Response:
        """The page: its items, the key of the last one if others follow, what goes with each.

        What stands *beside* the items is told first, whatever `fields` ask for.
        """
        texts = self.shape.texts(items, expanded)
        url = json.dumps(self.next_url(None if last is None else last.split(SEPARATOR)))
        first = "" if not beside else f"{to_json(beside).decode()[1:-1]},"
        body = f'{{{first}"items":[{",".join(texts)}],"next":{url}}}'
        return Response(body, media_type=self.shape.media_type)

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

    def page(self, rows: Sequence[Any], key: Sequence[str]) -> dict[str, Any]:
        """The answer for *rows*, of which one more than `limit` was read to see the end."""
        items = rows[: self.limit]
        last = items[-1] if len(rows) > self.limit else None
        values = None if last is None else [_value(last, name) for name in key]
        return {"items": items, "next": self.next_url(values)}


def _value(row: Any, name: str) -> Any:
    return row[name] if isinstance(row, dict) else getattr(row, name)


async def paging(request: Request, limit: Limit = 50, cursor: Cursor = None) -> Paging:
    """Read `limit` and `cursor`; a cursor made with other filters is refused."""
    after = None if cursor is None else read_cursor(request, cursor)
    return Paging(limit, after, request, _shape(request, Out, None, None))


def paged(listing: Listing, out: type[Out]) -> Callable[..., Any]:
    """The dependency that reads what is asked of *listing*, whose items are *out*."""
    names, more = out.model_fields, EXPANDED.get(out)
    expandable = more.model_fields if more else {}
    orders = f"^-?({'|'.join(listing.orders)})$"

    async def with_expand(
        request: Request,
        *,
        limit: Limit = 50,
        cursor: Cursor = None,
        sort: Annotated[str, Query(pattern=orders, description=SORT)] = listing.default,
        fields: Annotated[str | None, Query(pattern=some_of(names), description=FIELDS)] = None,
        expand: Annotated[
            str | None, Query(pattern=some_of(expandable), description=EXPAND)
        ] = None,
    ) -> Paging:
        after = None
        if cursor is not None:
            try:
                after = key_parts(listing, sort, read_cursor(request, cursor))
            except ValueError:
                raise bad_cursor() from None
        return Paging(limit, after, request, _shape(request, out, fields, expand), sort)

    async def without_expand(
        request: Request,
        *,
        limit: Limit = 50,
        cursor: Cursor = None,
        sort: Annotated[str, Query(pattern=orders, description=SORT)] = listing.default,
        fields: Annotated[str | None, Query(pattern=some_of(names), description=FIELDS)] = None,
    ) -> Paging:
        return await with_expand(
            request, limit=limit, cursor=cursor, sort=sort, fields=fields, expand=None
        )

    return with_expand if expandable else without_expand


def shaped(out: type[Out]) -> Callable[..., Any]:
    """The dependency that reads in which shape one *out* is asked for."""
    names, more = out.model_fields, EXPANDED.get(out)
    expandable = more.model_fields if more else {}

    async def with_expand(
        request: Request,
        fields: Annotated[str | None, Query(pattern=some_of(names), description=FIELDS)] = None,
        expand: Annotated[
            str | None, Query(pattern=some_of(expandable), description=EXPAND)
        ] = None,
    ) -> Shape:
        return _shape(request, out, fields, expand)

    async def without_expand(
        request: Request,
        fields: Annotated[str | None, Query(pattern=some_of(names), description=FIELDS)] = None,
    ) -> Shape:
        return _shape(request, out, fields, None)

    return with_expand if expandable else without_expand


def _shape(request: Request, out: type[Out], fields: str | None, expand: str | None) -> Shape:
    """What is named twice is meant once, and what names a row is always told."""
    named = frozenset(chosen(fields) or ())
    if named:
        named |= {next(iter(out.model_fields))}
    return Shape(request, out, named, tuple(dict.fromkeys(chosen(expand) or ())))


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
    pairs = [(k, v) for k, v in request.query_params.multi_items() if k != name]
    base = request.app.state.settings.base_url
    return f"{base}{request.url.path}?{urlencode([*pairs, (name, cursor)])}"


def bad_cursor(name: str = "cursor") -> InvalidError:
    """A cursor that was not made by us, or for another list or other filters."""
    text = Text(
        "Con trỏ không hợp lệ hoặc thuộc bộ lọc khác; hãy bắt đầu lại từ trang đầu.",
        "The cursor is invalid or belongs to other filters; start again from the first page.",
    )
    return InvalidError(text, (Fault(f"?{name}", "invalid_cursor", text),))


PagingDep = Annotated[Paging, Depends(paging)]


def _filters(request: Request) -> str:
    pairs = sorted(
        (k, v)
        for k, v in request.query_params.multi_items()
        if k not in ("after", "cursor", "limit")
    )
    text = json.dumps([request.url.path, pairs])
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _encode(parts: list[str]) -> str:
    text = json.dumps(parts, ensure_ascii=False, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


async def refuse_unknown_parameters(request: Request) -> None:
    """Refuse query parameters that the route does not know, and those sent twice."""
    context = request.scope.get("fastapi", {}).get("effective_route_context")
    known = _known(context or request.scope["route"], request.method)
    seen: set[str] = set()
    errors = []
    for name, _ in request.query_params.multi_items():
        kind = "unknown_parameter" if name not in known else "repeated_parameter"
        if name not in known or name in seen:
            errors.append({"type": kind, "loc": ("query", name)})
        seen.add(name)
    if errors:
        raise RequestValidationError(errors)


def _known(route: Any, method: str) -> frozenset[str]:
    key = (method, route.path)
    if key not in _KNOWN:
        fields = get_flat_params(route.dependant)
        _KNOWN[key] = frozenset(f.alias for f in fields if isinstance(f.field_info, params.Query))
    return _KNOWN[key]


# Routes are made once and there are few: walking a route's dependencies each time is what costs.
_KNOWN: dict[tuple[str, str], frozenset[str]] = {}
