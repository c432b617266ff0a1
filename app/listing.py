"""Lists: `{"items", "next"}` with opaque cursors that hold for the filters they were made with."""

import base64
import hashlib
import json
import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import Depends, Query, Request, Response, params
from fastapi.dependencies.utils import get_flat_params
from fastapi.exceptions import RequestValidationError

from app.errors import Fault, InvalidError, Text

MAX_PAGE = 200


@dataclass(frozen=True, slots=True)
class Paging:
    """How much is asked for, and after which row: `after` is that row's sort key."""

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

    def page(self, rows: Sequence[Any], key: Sequence[str]) -> dict[str, Any]:
        """The answer for *rows*, of which one more than `limit` was read to see the end."""
        items = rows[: self.limit]
        last = items[-1] if len(rows) > self.limit else None
        values = None if last is None else [_value(last, name) for name in key]
        return {"items": items, "next": self.next_url(values)}

    def json_page(self, rows: Sequence[tuple[str, uuid.UUID]]) -> Response:
        """The answer for rows that are JSON texts already, each with its id as the sort key."""
        items = rows[: self.limit]
        last = [items[-1][1]] if len(rows) > self.limit else None
        url = json.dumps(self.next_url(last))
        body = f'{{"items":[{",".join(item for item, _ in items)}],"next":{url}}}'
        return Response(body, media_type="application/json")


def _value(row: Any, name: str) -> Any:
    return row[name] if isinstance(row, dict) else getattr(row, name)


async def paging(
    request: Request,
    limit: Annotated[
        int, Query(ge=1, le=MAX_PAGE, description="Số dòng một trang / rows a page")
    ] = 50,
    cursor: Annotated[
        str | None,
        Query(max_length=1000, description="Lấy nguyên từ `next` / taken from `next` as it is"),
    ] = None,
) -> Paging:
    """Read `limit` and `cursor`; a cursor made with other filters is refused."""
    return Paging(limit, None if cursor is None else read_cursor(request, cursor), request)


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
