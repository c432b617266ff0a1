"""The fixtures that every test may ask for."""

import gc
import os
import sys
from collections.abc import AsyncIterator, Iterator
from importlib import import_module
from inspect import iscoroutinefunction
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel.ext.asyncio.session import AsyncSession

from app.config import Settings
from app.db import make_sessionmaker
from tests.support import databases
from tests.support.patience import PATIENCE
from tests.support.transactions import Engines

# Imports and collected tests leave no garbage to look for; `keep_what_is_imported` goes on.
gc.disable()

FIXTURES = ("tests.support.homes", "tests.support.sample", "tests.support.webhooks")
"""The modules in which more fixtures are defined."""
pytest.register_assert_rewrite(*FIXTURES)


def pytest_configure(config: pytest.Config) -> None:
    """Name the run's database before xdist starts the workers that share it.

    With workers it also starts meanwhile, since none of them could start it for all.
    """
    config.addinivalue_line("markers", "database: asks for a database; set by itself")
    config.addinivalue_line("markers", "long: begun before all others")
    # Dozens of tests start processes of ours: modules compiled once are half of each start.
    sys.dont_write_bytecode = False
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    is_shared = config.getoption("dist", "no") != "no"
    if not hasattr(config, "workerinput"):
        databases.begin_run()
        if is_shared:
            databases.start_server()
    if hasattr(config, "workerinput") or not is_shared:
        # The process that only gives tests to others would import the whole service for nothing,
        # while they wait for it.
        for name in FIXTURES:
            config.pluginmanager.register(import_module(name), name)


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config: pytest.Config) -> None:
    """Leave no server behind, and let what is left end with the process.

    pytest has just looked for what was never awaited or closed among all that the tests have made.
    To go through it again, as pytest and then Python do at the very end, takes seconds.
    """
    gc.freeze()
    if not hasattr(config, "workerinput"):
        databases.end_run()


def await_database() -> None:
    """End the run where its database does not start: once, not in each test that asks for it."""
    try:
        databases.await_server()
    except databases.NoDatabaseError as error:
        pytest.exit(str(error), returncode=pytest.ExitCode.INTERNAL_ERROR)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """One more than there are processors: each waits for long, for processes and the database."""
    return (os.cpu_count() or 1) + 1


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_node_collection_finished() -> None:
    """In the process that the workers report to, before it gives them tests."""
    await_database()


def keep_what_is_imported() -> None:
    """Look for garbage from now on, seldom and only in what the tests themselves make.

    What is imported stays for good: to walk it again and again was a quarter of the tests' time.
    """
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)
    gc.enable()


def pytest_collection_finish(session: pytest.Session) -> None:
    """Without workers also start a database; what no test has asked for is not started."""
    keep_what_is_imported()
    if session.config.getoption("dist", "no") == "no" and not hasattr(
        session.config, "workerinput"
    ):
        asked = any(item.get_closest_marker("database") for item in session.items)
        if asked and not session.config.option.collectonly:
            await_database()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark what asks for a database, so that it can be run again on another PostgreSQL; and begin
    what takes long at first, so that at the end no worker is left alone with it."""
    for item in items:
        if {"database_url", "empty_database_url"} & set(getattr(item, "fixturenames", ())):
            item.add_marker("database")
    parts: dict[str, list[pytest.Item]] = {"long": [], "of the service": [], "other": []}
    for item in items:
        is_long = item.get_closest_marker("long")
        asks = "sample_service" in getattr(item, "fixturenames", ())
        parts["long" if is_long else "of the service" if asks else "other"].append(item)
    # Each worker that asks for the running service starts one, so the second has all who ask.
    workers = int(getattr(config, "workerinput", {}).get("workercount", 1))
    before = max(0, len(items) // workers - len(parts["long"]))
    others = parts["other"]
    items[:] = [*parts["long"], *others[:before], *parts["of the service"], *others[before:]]


@pytest.hookimpl(tryfirst=True)
def pytest_pycollect_makeitem(collector: Any, name: str, obj: Any) -> None:
    """Run every async test with anyio, so that none is passed over for want of a mark."""
    if collector.istestfunction(obj, name) and iscoroutinefunction(obj):
        pytest.mark.anyio(obj)


@pytest.fixture(scope="session")
def anyio_backend() -> tuple[str, dict[str, Any]]:
    """One event loop for all tests: that on which the service and its worker run."""
    return "asyncio", {"use_uvloop": True}


@pytest.fixture(scope="session")
def database_url() -> Iterator[str]:
    """A migrated database, this worker's own."""
    with databases.new_database() as url:
        yield url


@pytest.fixture
def empty_database_url() -> Iterator[str]:
    """A database with nothing in it, for one test."""
    with databases.new_database(migrated=False) as url:
        yield url


@pytest.fixture(scope="session")
def settings(database_url: str) -> Settings:
    """Settings with secrets that are new in every run, and the same for all workers: one of them
    makes what others copy."""
    folder = databases.secrets_of_run()
    return Settings(
        _secrets_dir=folder,
        database_url=SecretStr(database_url),
        # A request may start a program, which yields to all the other tests of a busy machine.
        request_seconds=PATIENCE,
    )


@pytest.fixture(scope="session")
async def engines() -> AsyncIterator[Engines]:
    """The engines of this worker; asking for them also holds the event loop from one test to the
    next."""
    engines = Engines()
    yield engines
    for engine in engines.values():
        await engine.dispose()


@pytest.fixture
async def connection(database_url: str, engines: Engines) -> AsyncIterator[AsyncConnection]:
    """One outer transaction a test, thrown away at the end."""
    async with engines.transaction(database_url) as connection:
        yield connection


@pytest.fixture
async def session(connection: AsyncConnection) -> AsyncIterator[AsyncSession]:
    """The test's own session: what it commits, the requests of the test see, and nobody else."""
    sessions = make_sessionmaker(connection, join_transaction_mode="create_savepoint")
    async with sessions() as session:
        yield session
