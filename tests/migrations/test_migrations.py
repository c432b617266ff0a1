import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from pydantic import SecretStr
from sqlalchemy.ext.asyncio import create_async_engine
from sqlmodel import SQLModel

from app.cli.migrate import upgrade
from app.config import Settings
from app.models import SCHEMA_REVISION
from tests.support import databases
from tests.support.sample import fill, issue_sample_plan, load_registry

ROOT = Path(__file__).parents[2]
# All that a schema is: what `alembic check` does not see (checks, triggers, functions) as well.
CATALOG = """
select 'constraint' as kind, conrelid::regclass || '.' || conname as name,
       pg_get_constraintdef(oid) || case when condeferred then ' deferred' else '' end as definition
  from pg_constraint where connamespace = 'public'::regnamespace
union all
select 'index', indexname, indexdef from pg_indexes where schemaname = 'public'
union all
select 'column', table_name || '.' || column_name,
       concat_ws(' ', data_type, udt_name, character_maximum_length, is_nullable, column_default,
                 identity_generation)
  from information_schema.columns where table_schema = 'public'
union all
select 'trigger', tgrelid::regclass || '.' || tgname, pg_get_triggerdef(oid)
  from pg_trigger where not tgisinternal
union all
select 'function', p.oid::regprocedure::text, pg_get_functiondef(p.oid)
  from pg_proc p left join pg_depend d on d.objid = p.oid and d.deptype = 'e'
 where pronamespace = 'public'::regnamespace and d.objid is null and prokind = 'f'
union all
select 'extension', extname, '' from pg_extension
"""


def config(url: str) -> Config:
    """Alembic's configuration, pointed at a database."""
    return Config(toml_file=ROOT / "pyproject.toml", attributes={"url": url})


def on(url: str, work: Any) -> Any:
    """What *work* finds out of a database, given a connection to it."""

    async def run() -> Any:
        engine = create_async_engine(url, poolclass=sa.NullPool)
        try:
            async with engine.begin() as connection:
                return await connection.run_sync(work)
        finally:
            await engine.dispose()

    return asyncio.run(run())


def catalog(connection: sa.Connection) -> dict[tuple[str, str], str]:
    rows = connection.execute(sa.text(CATALOG))
    return {
        (row.kind, row.name): row.definition for row in rows if "alembic_version" not in row.name
    }


def without_alembic(url: str) -> dict[tuple[str, str], str]:
    found: dict[tuple[str, str], str] = on(url, catalog)
    return found


@pytest.fixture(scope="module")
def migrated_url() -> Iterator[str]:
    """A database that the migrations made."""
    with databases.new_database() as url:
        yield url


def test_migrations_are_one_unbroken_line() -> None:
    scripts = list(ScriptDirectory.from_config(config("")).walk_revisions())[::-1]
    files = sorted(path.name for path in (ROOT / "migrations" / "versions").glob("*.py"))
    numbers = [f"{n:04}" for n in range(1, len(scripts) + 1)]

    assert [script.revision for script in scripts] == numbers
    assert [script.down_revision for script in scripts] == [None, *numbers[:-1]]
    assert [name.partition("_")[0] for name in files] == numbers


def test_the_models_name_the_last_migration() -> None:
    assert ScriptDirectory.from_config(config("")).get_current_head() == SCHEMA_REVISION


def test_the_migrated_schema_is_that_of_the_models(
    migrated_url: str, empty_database_url: str
) -> None:
    on(empty_database_url, SQLModel.metadata.create_all)

    migrated, described = without_alembic(migrated_url), without_alembic(empty_database_url)

    assert len(migrated) > 300
    assert migrated == described


@pytest.mark.filterwarnings("ignore:Did not recognize type 'xid8'")
def test_the_models_need_no_migration(migrated_url: str) -> None:
    command.check(config(migrated_url))


def test_the_schema_goes_down_and_up_again_with_data_in_it() -> None:
    with databases.new_database() as url:
        before = without_alembic(url)
        asyncio.run(fill(url, load_registry, issue_sample_plan))

        command.downgrade(config(url), "base")
        emptied = without_alembic(url)
        command.upgrade(config(url), "head")

        assert [name for name in emptied if name != ("extension", "plpgsql")] == []
        assert without_alembic(url) == before
        # What is made is usable, not only alike.
        asyncio.run(fill(url, load_registry, issue_sample_plan))


def test_a_migration_says_in_its_name_what_it_does() -> None:
    for path in (ROOT / "migrations" / "versions").glob("*.py"):
        first_line = path.read_text().splitlines()[0]
        words = path.stem.partition("_")[2].replace("_", " ")
        assert first_line.strip('"').lower().replace(",", "") == words


def test_migrating_again_changes_nothing(empty_database_url: str, settings: Settings) -> None:
    settings = settings.model_copy(update={"database_url": SecretStr(empty_database_url)})

    upgrade(settings)
    before = without_alembic(empty_database_url)
    upgrade(settings)

    assert len(before) > 300
    assert without_alembic(empty_database_url) == before
