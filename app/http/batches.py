"""Many rows in one request, each judged alone: their reading, their refusals and the answer's
faults.

The rows come as JSON, `{"items": […]}`, or as NDJSON, one a line. A fault of the whole refuses the
whole; a fault of a row refuses that row.
"""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Annotated, Any, NamedTuple, TypeVar

from fastapi import Query, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from app.errors import Fault, Text, TrackerError, UnsupportedMediaTypeError
from app.http.json_texts import RepeatedMemberError, parsed
from app.http.problems import (
    NOT_JSON,
    TOO_LARGE,
    MalformedError,
    Problem,
    document,
    from_validation,
    language_of,
)

JSON, NDJSON = "application/json", "application/x-ndjson"
MAX_FAULTS = 10
"""The most faults shown for one row: an answer is not to outgrow its request."""
MAX_INDEXES = 10
"""The most rows named for one problem that they have in common."""
MAX_GROUPS = 100
"""The most groups of repeated problems in one answer."""
Model = TypeVar("Model", bound=BaseModel)


class TooManyRowsError(TrackerError):
    """The batch has more rows than one request may bring; it is to be sent in parts."""

    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    code = "too_many_rows"
    title = Text("Quá nhiều dòng", "Too many rows")

    def __init__(self, limit: int, count: int) -> None:
        super().__init__(
            Text(
                f"Mỗi lần nhiều nhất {limit} dòng; lần này có {count}.",
                f"At most {limit} rows at a time; there are {count}.",
            )
        )


TOO_DEEP = MalformedError(
    Text("Nội dung gửi lên lồng quá nhiều tầng.", "The request body is nested too deeply.")
)


class BatchRow(NamedTuple):
    """One row as it was sent: its index, and its value or the fault that kept it from being
    read."""

    place: tuple[str | int, ...]
    value: Any = None
    error: TrackerError | None = None


class Envelope(BaseModel):
    """A batch as JSON; its rows are validated one by one."""

    model_config = ConfigDict(extra="forbid")

    items: list[Any] = Field(min_length=1)


async def read_rows(request: Request, *, max_bytes: int, max_rows: int) -> list[BatchRow]:
    """The rows of a body that is within its limits; raises the fault of the whole."""
    body = await _body(request, max_bytes)
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if not body.strip():
        raise RequestValidationError([{"type": "missing", "loc": ("body",), "msg": "Missing."}])
    if kind == JSON:
        items = _items(body)
        _require_few(items, max_rows)
        return [BatchRow(("items", index), item) for index, item in enumerate(items)]
    if kind == NDJSON:
        lines = [line for line in body.split(b"\n") if line.strip()]
        _require_few(lines, max_rows)
        return [_line(index, line) for index, line in enumerate(lines)]
    raise UnsupportedMediaTypeError(
        Text(f"Hãy gửi bằng {JSON} hoặc {NDJSON}.", f"Send it as {JSON} or {NDJSON}.")
    )


async def _body(request: Request, limit: int) -> bytes:
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > limit:
            raise TOO_LARGE
        parts.append(part)
    return b"".join(parts)


def _items(body: bytes) -> list[Any]:
    value = _parsed(body)
    if isinstance(value, TrackerError):
        raise value
    try:
        return Envelope.model_validate(value).items
    except ValidationError as error:
        raise _refusal(error, ()) from None


def _line(index: int, text: bytes) -> BatchRow:
    value = _parsed(text)
    return (
        BatchRow((index,), None, value)
        if isinstance(value, TrackerError)
        else BatchRow((index,), value)
    )


def _parsed(text: bytes) -> Any:
    """The value of a JSON text, or why it has none."""
    try:
        return parsed(text)
    except RepeatedMemberError as error:
        return from_validation([error.fault])
    except RecursionError:
        return TOO_DEEP
    except ValueError:
        return NOT_JSON


def _require_few(rows: Sequence[Any], limit: int) -> None:
    if len(rows) > limit:
        raise TooManyRowsError(limit, len(rows))


def validated(row: BatchRow, model: type[Model]) -> Model | TrackerError:
    """The row as a *model*, or all that is wrong with it."""
    if row.error is not None:
        return row.error
    try:
        return model.model_validate(row.value)
    except ValidationError as error:
        return _refusal(error, row.place)


def _refusal(error: ValidationError, place: tuple[str | int, ...]) -> TrackerError:
    faults = error.errors(include_url=False, include_input=False)
    located = [{**fault, "loc": ("body", *place, *fault["loc"])} for fault in faults]
    return from_validation(located, MAX_FAULTS)


def placed(row: BatchRow, error: TrackerError) -> TrackerError:
    """*error*, the pointers of whose faults now start at the body instead of at the row."""
    start = _pointer(row)
    error.faults = tuple(
        fault._replace(pointer=start + fault.pointer.removeprefix("#")) for fault in error.faults
    )
    return error


def _pointer(row: BatchRow) -> str:
    return "#" + "".join(f"/{step}" for step in row.place)


DryRun = Annotated[
    bool, Query(description="Trả lời như thật, không lưu gì / answer alike, store nothing")
]
ROWS_A_UNIT = 5
"""Rows that are judged one by one and cost as much as one request, by time."""


def problem_of(request: Request, verdict: Any) -> Problem | None:
    """The problem of a row that was refused; None for one that was not."""
    if not isinstance(verdict, TrackerError):
        return None
    return Problem.model_validate(problem(request, verdict))


def problem(request: Request, error: TrackerError) -> dict[str, Any]:
    """The problem document of a refused row, in the caller's language."""
    return document(request, error, language_of(request))


def grouped(
    request: Request, rows: Sequence[BatchRow], errors: Mapping[int, TrackerError]
) -> list[dict[str, Any]]:
    """The faults for which rows were refused, each stated once, the most frequent first."""
    language = language_of(request)
    groups: dict[tuple[str, Fault | None, str], list[int]] = {}
    for index, error in sorted(errors.items()):
        start = _pointer(rows[index])
        for fault in error.faults or (None,):
            within = fault and fault._replace(pointer="#" + fault.pointer.removeprefix(start))
            detail = getattr(fault.detail if fault else error.detail, language)
            indexes = groups.setdefault((error.code, within, detail), [])
            if indexes[-1:] != [index]:
                indexes.append(index)
    return [
        {
            "code": code,
            "fault": fault and fault.code,
            "pointer": fault and fault.pointer,
            "detail": detail,
            "count": len(indexes),
            "indexes": indexes[:MAX_INDEXES],
        }
        for (code, fault, detail), indexes in sorted(
            groups.items(), key=lambda group: len(group[1]), reverse=True
        )[:MAX_GROUPS]
    ]
