"""Failures of a command, shown to the person at the terminal."""

import socket

import asyncpg
import pydantic
from sqlalchemy.exc import DBAPIError

from app.config import Settings
from app.errors import Text, TrackerError
from app.home.errors import StartError

UNREACHABLE = (
    ConnectionError,
    TimeoutError,
    socket.gaierror,
    asyncpg.InterfaceError,
    asyncpg.PostgresConnectionError,
    asyncpg.CannotConnectNowError,
    asyncpg.TooManyConnectionsError,
    asyncpg.InvalidAuthorizationSpecificationError,
    asyncpg.InvalidCatalogNameError,
)


NOT_MIGRATED = Text(
    "Cơ sở dữ liệu chưa có lược đồ: hãy chạy `tiendo migrate` trước.",
    "The database has no schema yet: run `tiendo migrate` first.",
)
NO_TELEMETRY = Text(
    "TIENDO_TELEMETRY_ENDPOINT cần các gói của phần cài thêm `telemetry`: "
    "`pip install opentelemetry-sdk opentelemetry-exporter-otlp-proto-http`.",
    "TIENDO_TELEMETRY_ENDPOINT needs the packages of the extra `telemetry`: "
    "pip install opentelemetry-sdk opentelemetry-exporter-otlp-proto-http.",
)


def explain(error: BaseException) -> list[str] | None:
    """The failure in one or a few sentences, Vietnamese first; None for a mistake of our own."""
    if isinstance(error, StartError):
        return list(error.detail)
    if isinstance(error, TrackerError):
        return [
            *error.detail,
            *(f"  {f.pointer}: {f.detail.vi} / {f.detail.en}" for f in error.faults),
        ]
    if isinstance(error, pydantic.ValidationError) and error.title == Settings.__name__:
        return list(_settings(error))
    if isinstance(error, ModuleNotFoundError) and str(error.name).startswith("opentelemetry"):
        return list(NO_TELEMETRY)
    return _of_database(
        error.orig.__cause__ if isinstance(error, DBAPIError) and error.orig else error
    )


def _of_database(cause: BaseException | None) -> list[str] | None:
    if isinstance(cause, asyncpg.UndefinedTableError):
        return list(NOT_MIGRATED)
    if isinstance(cause, OSError) and cause.filename:
        return list(_file(cause))
    # A socket's path that is not there comes without the name of a file.
    if isinstance(cause, (*UNREACHABLE, FileNotFoundError)):
        return list(unreachable(cause))
    return None


def unreachable(cause: BaseException) -> Text:
    """The sentence on a failed connection to the database, with the reason and without the
    password."""
    reason = "?" if isinstance(cause, socket.gaierror) else str(cause).strip().partition("\n")[0]
    if isinstance(cause, socket.gaierror | TimeoutError) or not reason:
        reason = cause.__class__.__name__
    return Text(
        f"Không kết nối được cơ sở dữ liệu trong TIENDO_DATABASE_URL ({reason}).",
        f"The database in TIENDO_DATABASE_URL can't be reached ({reason}).",
    )


def _file(cause: OSError) -> Text:
    return Text(
        f"Không dùng được tệp {cause.filename} ({cause.strerror}).",
        f"The file {cause.filename} can't be used ({cause.strerror}).",
    )


def _settings(error: pydantic.ValidationError) -> Text:
    """Name the variables, not their values: those may be secrets."""
    missing, wrong = [], []
    for fault in error.errors(include_input=False, include_url=False, include_context=False):
        name = "TIENDO_" + "_".join(str(part) for part in fault["loc"]).upper()
        if fault["type"] == "missing":
            missing.append(name)
        else:
            wrong.append(f"{name} ({fault['msg']})")
    vi, en = [], []
    if missing:
        vi.append(f"thiếu {', '.join(missing)}")
        en.append(f"{', '.join(missing)} missing")
    if wrong:
        vi.append(f"sai {', '.join(wrong)}")
        en.append(f"{', '.join(wrong)} invalid")
    return Text(
        f"Cấu hình chưa đúng: {'; '.join(vi)} (biến môi trường hoặc tệp trong TIENDO_SECRETS_DIR).",
        f"The settings are not right: {'; '.join(en)} "
        "(environment variables, or files in TIENDO_SECRETS_DIR).",
    )
