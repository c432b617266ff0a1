"""The acts that the roles of the API and of the worker may not do in the database, whatever they
send."""

import asyncio
from collections.abc import Iterator
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import pytest
from pydantic import SecretStr

from app.cli.migrate import upgrade
from app.cli.roles import ensure_roles
from app.config import DatabaseRole, Settings
from app.home.errors import StartError
from app.queries import roles
from tests.support import databases

SERVICE, WORKER = DatabaseRole.SERVICE, DatabaseRole.WORKER
KEPT = (
    "select tgrelid::regclass::text || ' ' || attname from pg_trigger join pg_attribute"
    " on attrelid = tgrelid and attnum = 1 where tgname = 'refuse_change'"
)
DENIED = asyncpg.InsufficientPrivilegeError


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """A database that `tiendo migrate` has made, as the driver names it."""
    with databases.new_database() as url:
        yield url.replace("+asyncpg", "")


def by_login(url: str, login: str) -> str:
    """The URL of the same database by another login."""
    given = urlsplit(url)
    return urlunsplit(given._replace(netloc=f"{login}@{given.netloc.rpartition('@')[2]}"))


async def refuse(url: str, role: DatabaseRole | None, *statements: str) -> list[str]:
    """Run each statement as a role, in a transaction of its own; answers those that are done."""
    connection = await asyncpg.connect(url, server_settings={"role": role.value} if role else None)
    done = []
    try:
        for statement in statements:
            transaction = connection.transaction()
            await transaction.start()
            try:
                await connection.execute(statement)
                done.append(statement)
            except DENIED:
                pass
            finally:
                await transaction.rollback()
    finally:
        await connection.close()
    return done


async def tables(url: str, query: str) -> list[str]:
    connection = await asyncpg.connect(url)
    try:
        return [row[0] for row in await connection.fetch(query)]
    finally:
        await connection.close()


@pytest.mark.parametrize("role", DatabaseRole)
async def test_a_role_owns_nothing_and_keeps_every_guard(url: str, role: DatabaseRole) -> None:
    every = await tables(
        url,
        "select relname from pg_class where relkind = 'r' and"
        " relnamespace = 'public'::regnamespace",
    )
    guards = [one.split() for one in await tables(url, KEPT)]
    statements = [
        *(f"truncate {one}" for one in every),
        *(f"drop table {one} cascade" for one in every),
        *(f"alter table {one} disable trigger all" for one in every),
        *(f"alter table {one} add column more int" for one in every),
        *(f"update {table} set {column} = null" for table, column in guards),
        *(f"delete from {table}" for table, _ in guards),
        "update event set type = type",
        "update alembic_version set version_num = '0'",
        "alter table submission_draft disable row level security",
        "drop policy of_own_agency on submission_draft",
        "create table more (id int)",
        "create role more",
        "set session_replication_role = replica",
    ]

    assert len(every) > 60
    assert len(guards) > 20
    assert await refuse(url, role, *statements) == []
    # Nothing but the privilege is in the way.
    assert await refuse(url, None, "delete from event", "truncate event cascade") != []


async def test_events_are_deleted_and_figures_are_written_by_the_worker_alone(url: str) -> None:
    statements = ["delete from event", *(f"delete from {one}" for one in roles.SUMS)]

    assert await refuse(url, SERVICE, *statements) == []
    assert await refuse(url, WORKER, *statements) == statements


async def test_every_table_can_be_read_and_no_new_one_is_forgotten(url: str) -> None:
    found = await tables(
        url,
        "select c.relname from pg_class c where c.relkind = 'r'"
        " and c.relnamespace = 'public'::regnamespace and not ("
        " has_table_privilege('tiendo_service', c.oid, 'select')"
        " and has_table_privilege('tiendo_worker', c.oid, 'select'))",
    )

    assert found == []


async def test_a_login_works_with_its_password_and_as_its_role_alone(
    url: str, settings: Settings
) -> None:
    login = by_login(url, "tiendo_portal:l%C3%A1%20ch%E1%BA%AFn")
    changes = {"database_url": SecretStr(url), "service_database_url": SecretStr(login)}
    try:
        await ensure_roles(settings.model_copy(update=changes))
        await ensure_roles(settings.model_copy(update=changes))

        kept = await tables(
            url, "select rolpassword from pg_authid where rolname = 'tiendo_portal'"
        )
        assert kept[0].startswith("SCRAM-SHA-256$4096:")
        assert await refuse(login, SERVICE, "select id from plan") == ["select id from plan"]
        with pytest.raises(DENIED):
            await refuse(login, WORKER, "select id from plan")
    finally:
        await tables(url, "drop role if exists tiendo_portal")


async def test_who_may_make_no_roles_is_told_what_to_run(url: str, settings: Settings) -> None:
    await tables(url, "create role tiendo_modest login")
    modest = by_login(url, "tiendo_modest")
    try:
        with pytest.raises(StartError) as refused:
            await ensure_roles(settings.model_copy(update={"database_url": SecretStr(modest)}))
    finally:
        await tables(url, "drop role tiendo_modest")

    for sentence in refused.value.detail:
        assert "grant tiendo_service to tiendo_modest;" in sentence
        assert "grant tiendo_worker to tiendo_modest;" in sentence


def test_a_restored_database_has_its_privileges_again(settings: Settings) -> None:
    with databases.new_database() as url:
        own = url.replace("+asyncpg", "")
        asyncio.run(tables(own, "revoke all on all tables in schema public from tiendo_service"))
        assert asyncio.run(refuse(own, SERVICE, "select id from plan")) == []

        upgrade(settings.model_copy(update={"database_url": SecretStr(url)}))

        assert asyncio.run(refuse(own, SERVICE, "select id from plan")) != []
