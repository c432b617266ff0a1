"""The files under docs/sql/ are what runs, and PostgreSQL takes them."""

import contextlib
import os

import pytest
from sqlmodel.ext.asyncio.session import AsyncSession

from app.config import DatabaseRole
from app.errors import NotFoundError
from tests.support.factories import make_agency
from tests.support.sql_files import AGENCY, CATCHINGS, CODE, FOLDER, Catching, Caught, catching
from tests.support.transactions import work_as

WRITES = os.environ.get("TIENDO_SQL") == "write"
"""Set by `make sql`."""


async def catch(session: AsyncSession, one: Catching) -> dict[str, Caught]:
    """The statements of one function by the name of their file; those without a name are left."""
    await make_agency(session, id=AGENCY, code=CODE)
    # The worker may run them all.
    await work_as(session, DatabaseRole.WORKER)
    connection = await session.connection()
    assert connection.sync_connection is not None
    with catching(connection.sync_connection) as caught, contextlib.suppress(NotFoundError):
        await one.function(session, **one.arguments)
    return {name: found for name, found in zip(one.names, caught, strict=True) if name}


@pytest.mark.parametrize("one", CATCHINGS, ids=lambda one: one.names[-1] or one.names[1])
async def test_a_file_is_what_runs(session: AsyncSession, one: Catching) -> None:
    found = await catch(session, one)

    for name, caught in found.items():
        path, script = FOLDER / f"{name}.sql", caught.script(one.function)
        if WRITES:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(script)
        assert path.read_text() == script, f"{path.name}: `make sql` writes it anew"
        await (await session.connection()).exec_driver_sql(caught.explainable())


def test_every_file_is_of_a_statement() -> None:
    names = {name for one in CATCHINGS for name in one.names if name}

    assert {
        str(path.relative_to(FOLDER).with_suffix("")) for path in FOLDER.rglob("*.sql")
    } == names
