import asyncio
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from pydantic import SecretStr
from sqlmodel import SQLModel

from app.cli.migrate import upgrade
from app.cli.roles import ensure_roles
from app.config import Settings
from app.home.errors import StartError
from app.models import SCHEMA_REVISION
from tests.migrations.catalog import catalog_of, on, written
from tests.support import databases
from tests.support.example_world import with_sample
from tests.support.sample import fill, issue_sample_plan, load_registry, with_issued_plan

ROOT = Path(__file__).parents[2]
BASELINE = "0025"
CATALOG_0025 = Path(__file__).with_name("catalog_0025.txt")
"""The schema that the 25 migrations of release 0.2.0 made, which the baseline stands for.

It was written from the last commit that had them, by `tiendo migrate` on an empty database and then
`python -m tests.migrations.catalog` (see there); it never changes.
"""


def config(url: str) -> Config:
    """Alembic's configuration, pointed at a database."""
    return Config(toml_file=ROOT / "pyproject.toml", attributes={"url": url})


def revision(connection: sa.Connection) -> str:
    """The last migration that a database has had."""
    return str(connection.scalar(sa.text("select version_num from alembic_version")))


@pytest.fixture(scope="module")
def migrated_url() -> Iterator[str]:
    """A database that the migrations made."""
    with databases.new_database() as url:
        yield url


def test_migrations_are_one_unbroken_line_from_the_baseline_on() -> None:
    scripts = list(ScriptDirectory.from_config(config("")).walk_revisions())[::-1]
    files = sorted(path.name for path in (ROOT / "migrations" / "versions").glob("*.py"))
    numbers = [script.revision for script in scripts]

    assert numbers[0] == BASELINE
    assert all(re.fullmatch("[0-9]{4}", number) for number in numbers)
    assert [script.down_revision for script in scripts] == [None, *numbers[:-1]]
    # Numbers are given out to branches: one that came later may have a smaller one.
    assert [name.partition("_")[0] for name in files] == sorted(numbers)


def test_the_baseline_makes_what_the_migrations_before_it_made(empty_database_url: str) -> None:
    command.upgrade(config(empty_database_url), BASELINE)

    made = written(catalog_of(empty_database_url)).splitlines()

    assert len(made) > 1500
    assert made == CATALOG_0025.read_text().splitlines()


def test_a_database_older_than_the_baseline_is_refused_in_both_languages(
    empty_database_url: str, settings: Settings
) -> None:
    settings = settings.model_copy(update={"database_url": SecretStr(empty_database_url)})
    older = sa.text("update alembic_version set version_num = '0024'")
    command.upgrade(config(empty_database_url), BASELINE)
    on(empty_database_url, lambda connection: connection.execute(older).close())
    before = catalog_of(empty_database_url)

    with pytest.raises(StartError) as refused:
        upgrade(settings)

    for sentence in refused.value.detail:
        assert "0024" in sentence
        assert "`tiendo migrate`" in sentence
        assert "0.2.0" in sentence
    assert catalog_of(empty_database_url) == before
    assert on(empty_database_url, revision) == "0024"


def test_the_models_name_the_last_migration() -> None:
    assert ScriptDirectory.from_config(config("")).get_current_head() == SCHEMA_REVISION


def test_the_migrated_schema_is_that_of_the_models(
    migrated_url: str, empty_database_url: str, settings: Settings
) -> None:
    on(empty_database_url, SQLModel.metadata.create_all)
    database = settings.model_copy(update={"database_url": SecretStr(empty_database_url)})
    asyncio.run(ensure_roles(database))

    migrated, described = catalog_of(migrated_url), catalog_of(empty_database_url)

    assert len(migrated) > 300
    assert migrated == described


@pytest.mark.filterwarnings("ignore:Did not recognize type 'xid8'")
def test_the_models_need_no_migration(migrated_url: str) -> None:
    command.check(config(migrated_url))


def test_the_schema_goes_down_and_up_again_with_data_in_it(settings: Settings) -> None:
    with databases.new_database(like=with_issued_plan()) as url:
        before = catalog_of(url)

        command.downgrade(config(url), "base")
        emptied = catalog_of(url)
        upgrade(settings.model_copy(update={"database_url": SecretStr(url)}))

        assert [name for name in emptied if name != ("extension", "plpgsql")] == []
        assert catalog_of(url) == before
        # The schema that is made is usable, not only alike.
        asyncio.run(fill(url, load_registry, issue_sample_plan))


REASONS = {
    "The assignment was revoked.": "Nhiệm vụ đã được thu hồi.",
    "Before the plan was followed up.": "Kỳ báo cáo trước ngày bắt đầu theo dõi.",
    "Superseded by the reporting regime from 2025-04-02.": "Theo chế độ báo cáo từ ngày 02/4/2025.",
    "Đã báo cáo bằng văn bản / in writing.": "Đã báo cáo bằng văn bản / in writing.",
}
"""The reasons for which nothing is expected, as the service wrote them in two languages, or a
person did, with those that it writes since."""
BEFORE = {
    "The assignment was revoked.": "Nhiệm vụ đã được thu hồi. / The assignment was revoked.",
    "Before the plan was followed up.": (
        "Kỳ trước ngày theo dõi. / Before the plan was followed up."
    ),
    "Superseded by the reporting regime from 2025-04-02.": (
        "Theo chế độ báo cáo từ 2025-04-02. / Superseded by the reporting regime from 2025-04-02."
    ),
}
WAIVE = sa.text("""
update submission set status = 'waived', waived_reason = :reason, waived_on = expected_on
 where id = (select id from submission where status = 'expected' order by id limit 1)
""")


def test_a_database_of_the_baseline_goes_forward_with_what_it_holds(settings: Settings) -> None:
    with databases.new_database(like=with_sample(settings)) as url:
        figures, rows = on(url, _figures), on(url, _rows)
        command.downgrade(config(url), BASELINE)
        for english, since in REASONS.items():
            reason = {"reason": BEFORE.get(english, since)}
            on(url, lambda connection, given=reason: connection.execute(WAIVE, given).close())

        command.upgrade(config(url), "head")

        assert figures != []
        assert on(url, _figures) == figures
        assert on(url, _rows) == rows
        reasons = sa.text("select waived_reason from submission where waived_reason is not null")
        found = on(url, lambda connection: set(connection.scalars(reasons)))
        assert set(REASONS.values()) <= found
        assert not [one for one in found if one in BEFORE.values()]


def _figures(connection: sa.Connection) -> list[sa.Row[Any]]:
    """The states of every assignment, with their days. On the first day of an assignment the
    baseline does not show whether it was taken over."""
    states = """
      select assignment_id, since, until, agency_id, role, status, deadline_on, awaits_handover,
             reported_on, completed_on, starts_on, plan_closed
        from assignment_state order by assignment_id, since
    """
    return list(connection.execute(sa.text(states)))


def _rows(connection: sa.Connection) -> dict[str, int]:
    """The number of rows of what the baseline knows already."""
    tables = (
        "plan",
        "task",
        "assignment",
        "submission",
        "submission_attempt",
        "reminder_item",
        "event",
        "audit_entry",
        "client",
    )
    return {
        table: connection.scalar(sa.text(f"select count(*) from {table}")) or 0 for table in tables
    }


def test_a_migration_says_in_its_name_what_it_does() -> None:
    for path in (ROOT / "migrations" / "versions").glob("*.py"):
        first_line = path.read_text().splitlines()[0]
        words = path.stem.partition("_")[2].replace("_", " ")
        assert first_line.strip('"').lower().replace(",", "") == words


def test_every_function_file_is_run_by_the_migration_that_it_is_named_after() -> None:
    files = list((ROOT / "migrations" / "sql").glob("*/*.sql"))

    idle = [
        f"{file.parent.name}/{file.name}"
        for file in files
        if not any(
            f'"{file.parent.name}"' in migration.read_text()
            for migration in (ROOT / "migrations" / "versions").glob(f"{file.stem}_*.py")
        )
    ]

    assert len(files) > 8
    assert idle == []


def test_migrating_again_changes_nothing(empty_database_url: str, settings: Settings) -> None:
    settings = settings.model_copy(update={"database_url": SecretStr(empty_database_url)})

    upgrade(settings)
    before = catalog_of(empty_database_url)
    upgrade(settings)

    assert len(before) > 300
    assert catalog_of(empty_database_url) == before
