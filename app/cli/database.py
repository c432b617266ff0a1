"""Checking the database: its connection, its schema's version, and its rows."""

import asyncio
import contextlib
import time
from pathlib import Path

import asyncpg

import app
from app.cli.failures import NOT_MIGRATED, UNREACHABLE, unreachable
from app.config import Settings
from app.home.errors import StartError
from app.queries.schema_state import SchemaState, schema_state

OLDEST_POSTGRES = 15
PATIENCE = 8.0
RECOVERY_PATIENCE = 120.0
"""A server that answers that it is starting, say after a power cut, is worth a longer wait."""
MIGRATIONS = Path(app.__file__).parent.parent / "migrations"

COMING_UP = (
    ConnectionError,
    FileNotFoundError,
    asyncpg.CannotConnectNowError,
    asyncpg.TooManyConnectionsError,
)


def missing_steps(revision: str | None) -> list[str]:
    """The migrations that a database at this revision lacks, in their order.

    A migration's id is the number that its file's name begins with; a test holds it to that.
    Refused is a revision that this code does not know: it is of a later version, or too old.
    """
    names = sorted(path.name for path in MIGRATIONS.glob("versions/[0-9]*_*.py"))
    ids = [name.partition("_")[0] for name in names]
    if not ids:
        raise StartError(
            f"Không thấy các bước cập nhật lược đồ trong {MIGRATIONS}",
            f"There are no migrations in {MIGRATIONS}",
        )
    if revision is None:
        return ids
    if revision not in ids and revision < ids[0]:
        raise StartError(
            f"Lược đồ của cơ sở dữ liệu ({revision}) cũ hơn mức mà bản này cập nhật được "
            f"(từ {ids[0]}): hãy cập nhật bằng một bản ở giữa trước.",
            f"The database's schema ({revision}) is older than what this version can update "
            f"(from {ids[0]}): update it by a version in between first.",
        )
    if revision not in ids:
        raise StartError(
            f"Lược đồ của cơ sở dữ liệu ({revision}) mới hơn bản mã nguồn này ({ids[-1]}): "
            "hãy chạy bản mới hơn, hoặc khôi phục bản sao lưu từ trước khi cập nhật.",
            f"The database's schema ({revision}) is newer than this code ({ids[-1]}): "
            "run the newer version, or restore the backup from before the update.",
        )
    return ids[ids.index(revision) + 1 :]


def require_served(state: SchemaState) -> None:
    """Raise `StartError` where the schema is older than this code, or serves it no more."""
    revision, own = state.revision, missing_steps(None)[-1]
    if revision is None:
        raise StartError(*NOT_MIGRATED)
    if revision < own:
        raise StartError(
            f"Lược đồ của cơ sở dữ liệu ({revision}) cũ hơn bản mã nguồn này ({own}): "
            "hãy chạy `tiendo migrate` trước.",
            f"The database's schema ({revision}) is older than this code ({own}): "
            "run `tiendo migrate` first.",
        )
    if state.serves_since is not None and state.serves_since > own:
        raise StartError(
            f"Lược đồ của cơ sở dữ liệu ({revision}) không còn dùng được với bản mã nguồn này "
            f"({own}), chỉ dùng được từ {state.serves_since}: hãy chạy bản mới hơn.",
            f"The database's schema ({revision}) no longer serves this code ({own}), "
            f"but code from {state.serves_since} on: run the newer version.",
        )


async def require_served_if_reached(settings: Settings) -> None:
    """Raise as `require_served` does; a database that does not answer is waited for later."""
    with contextlib.suppress(*UNREACHABLE, OSError, ValueError):
        require_served(await _look(settings.driver_url()))


async def wait_for_database(settings: Settings) -> SchemaState:
    """Read its content once it answers; refuse one that is too old, or not there in time."""
    scheme, _, rest = settings.database_url.get_secret_value().partition("://")
    if not scheme.startswith("postgres") or not rest:
        raise StartError(
            "TIENDO_DATABASE_URL phải có dạng postgresql://người-dùng:mật-khẩu@máy-chủ/tên",
            "TIENDO_DATABASE_URL must look like postgresql://user:password@host/name",
        )
    url = f"postgresql://{rest}"
    started = time.monotonic()
    while True:
        try:
            return await _look(url)
        except COMING_UP as error:
            waited = time.monotonic() - started
            recovering = isinstance(error, asyncpg.CannotConnectNowError)
            if waited > (RECOVERY_PATIENCE if recovering else PATIENCE):
                raise StartError(*unreachable(error)) from None
            await asyncio.sleep(0.05)
        except (*UNREACHABLE, OSError, ValueError) as error:
            raise StartError(*unreachable(error)) from None


async def _look(url: str) -> SchemaState:
    connection = await asyncpg.connect(url, timeout=PATIENCE)
    try:
        _check_version(connection.get_server_version().major)
        return await schema_state(connection)
    finally:
        await connection.close()


def _check_version(major: int) -> None:
    if major < OLDEST_POSTGRES:
        raise StartError(
            f"Cần PostgreSQL {OLDEST_POSTGRES} trở lên; TIENDO_DATABASE_URL là PostgreSQL {major}.",
            f"PostgreSQL {OLDEST_POSTGRES} or newer is needed; "
            f"TIENDO_DATABASE_URL is PostgreSQL {major}.",
        )
