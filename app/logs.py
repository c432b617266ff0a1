"""JSON lines on standard error: one an answer, with no secret and no report's words."""

import linecache
import logging
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

from pydantic_core import to_json

from app.config import Settings
from app.connections import HOLDER


@contextmanager
def _without(name: str) -> Iterator[None]:
    """Let modules that are imported meanwhile take the package *name* for one that is not
    installed."""
    if name in sys.modules:
        yield
        return
    sys.modules[name] = None  # type: ignore[assignment] # Python's own sign
    try:
        yield
    finally:
        del sys.modules[name]


# structlog loads rich where it is installed, 4 MB that draw tracebacks on terminals. So all others
# import from here what they need of structlog.
with _without("rich"):
    from structlog import (
        WriteLoggerFactory,
        configure,
        get_logger,
        make_filtering_bound_logger,
        processors,
        stdlib,
    )
    from structlog.typing import EventDict, ExcInfo, Processor

__all__ = [
    "add_request_id",
    "bound_logger",
    "configure_logs",
    "get_logger",
    "traceback_without_quotes",
]

QUOTING = ("asyncpg", "pydantic_core", "sqlalchemy")
"""Packages whose errors quote the values that they failed on: a row, a parameter, a body."""
CAUSES = 10
"""The number of errors behind an error that are logged as its parts."""


def configure_logs(settings: Settings) -> None:
    """Everything that is logged, libraries included, becomes one JSON object a line."""
    level = logging.getLevelNamesMapping().get(settings.log_level.upper(), logging.INFO)
    shared: list[Processor] = [
        add_request_id,
        stdlib.add_log_level,
        processors.TimeStamper(fmt="iso", utc=True),
        processors.ExceptionRenderer(traceback_without_quotes),
    ]
    configure(
        processors=[*shared, processors.JSONRenderer(as_json)],
        wrapper_class=make_filtering_bound_logger(level),
        # It writes a line at once; printing would write its end apart, where nothing is buffered.
        logger_factory=WriteLoggerFactory(sys.stderr),
    )
    bound_logger.cache_clear()
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        stdlib.ProcessorFormatter(
            processor=processors.JSONRenderer(as_json),
            foreign_pre_chain=shared,
        )
    )
    logging.basicConfig(level=max(level, logging.WARNING), handlers=[handler], force=True)


@lru_cache
def bound_logger() -> Any:
    """The logger as it is configured, put together once for all lines: a logger that modules hold
    puts itself together for each."""
    return get_logger().bind()


def add_request_id(_logger: Any, _method: str, entry: EventDict) -> EventDict:
    """Every line of a request can be found by its id, whoever writes it."""
    holder = HOLDER.get()
    if holder is not None and holder.request_id is not None:
        entry["request_id"] = holder.request_id
    return entry


def as_json(entry: Any, **_: Any) -> str:
    """An entry of the log as JSON, which has no form for an object of ours but its text."""
    return to_json(entry, fallback=repr).decode()


def traceback_without_quotes(exc_info: ExcInfo) -> str:
    """The places of a failure and the errors behind, newest first; no message that quotes data."""
    parts: list[str] = []
    error: BaseException | None = exc_info[1]
    while error is not None and len(parts) < CAUSES:
        parts.append("".join(traceback.format_tb(error.__traceback__)) + _name(error))
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    # Whole files, which Python keeps for good once a traceback quotes a line of theirs.
    linecache.clearcache()
    return "\nbecause of:\n".join(parts)


def _name(error: BaseException) -> str:
    kind = type(error)
    name = f"{kind.__module__}.{kind.__qualname__}"
    return name if kind.__module__.partition(".")[0] in QUOTING else f"{name}: {error}"
