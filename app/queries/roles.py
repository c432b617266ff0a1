"""The roles as which processes work in the database, and what each may do there.

Whoever migrates owns the tables. The two roles own nothing, so they can't truncate, drop or alter a
table or disable a trigger. They read all, and change and delete only what is changed and deleted in
the course of the work: what must not change is held by its trigger `refuse_change` and by a missing
privilege.
"""

import base64
import hashlib
import hmac
import os
import unicodedata
from collections.abc import Iterable
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

import asyncpg

from app.config import DatabaseRole
from app.queries.locks import LOCK_ROLES

SUMS = (
    "figure",
    "figure_basis",
    "plan_figure",
    "plan_reporting_figure",
    "reporting_figure",
    "reporting_span",
)
"""Tables that the worker alone fills and empties."""
WRITTEN_BY_WORKER = (*SUMS, "event_cluster")
ONLY_READ = ("alembic_version", "code_served")
NEVER_CHANGED = ("event", "event_cluster")
"""Tables without the trigger `refuse_change` of which no row is changed either."""
DELETED_AT_WORK = (
    "agency_alias",
    "agency_report_draft",
    "amendment_item",
    "assignee",
    "assignment_state",
    "client_acts_for",
    "collective_alias",
    "external_ref",
    "indicator",
    "indicator_target",
    "plan_coordinator",
    "plan_import_file",
    "plan_party",
    "plan_relation",
    "reporting_regime",
    "submission_draft",
    "submission_move",
    "task",
    "task_group",
)
"""Tables of which requests and operations delete rows: parts of drafts, and rows that a correction
replaces."""
DELETED_BY_WORKER = (
    "event",
    "failed_login",
    "figure_change",
    "operation",
    "operation_file",
    "reporting_change",
    "revoked_token",
    "stored_answer",
    "webhook_delivery",
    *SUMS,
)
"""Tables of which the worker alone deletes rows: expired ones, and folded ones."""
TABLES = """
select c.relname as name, exists (
    select from pg_trigger t where t.tgrelid = c.oid and t.tgname = 'refuse_change') as is_kept
  from pg_class c
 where c.relnamespace = current_schema()::regnamespace and c.relkind = 'r'
 order by 1
"""
MAINTAINED_SINCE = 17
"""The PostgreSQL from which a role may be let analyze a table that it does not own."""
SCRAM_ROUNDS = 4096


class OwnedTable(NamedTuple):
    """A table, and whether its rows are official records that are never changed."""

    name: str
    is_kept: bool


def privileges_on(table: OwnedTable, role: DatabaseRole) -> list[str]:
    """The privileges of a database role on the rows of a table."""
    is_worker = role == DatabaseRole.WORKER
    found = ["select"]
    if table.name in ONLY_READ or (table.name in WRITTEN_BY_WORKER and not is_worker):
        return found
    found.append("insert")
    if table.is_kept:
        return found
    if table.name not in NEVER_CHANGED:
        found.append("update")
    if table.name in DELETED_AT_WORK or (is_worker and table.name in DELETED_BY_WORKER):
        found.append("delete")
    return found


async def missing_roles(connection: asyncpg.Connection) -> list[DatabaseRole]:
    """The roles that the server does not have, or that whoever connects can't work as."""
    rows = await connection.fetch(
        "select rolname from pg_roles where rolname = any($1) and pg_has_role(rolname, 'member')",
        [role.value for role in DatabaseRole],
    )
    known = {row["rolname"] for row in rows}
    return [role for role in DatabaseRole if role not in known]


async def quoted_user(connection: asyncpg.Connection) -> str:
    """The name of whoever connects, as a statement names it."""
    name: str = await connection.fetchval("select quote_ident(current_user)")
    return name


async def make_roles(connection: asyncpg.Connection, roles: Iterable[DatabaseRole]) -> None:
    """Make roles, or let whoever connects work as them; raises `InsufficientPrivilegeError`."""
    for role in roles:
        try:
            async with connection.transaction():
                await connection.execute(_create(role))
        except (asyncpg.DuplicateObjectError, asyncpg.UniqueViolationError):
            pass
        await connection.execute(_grant_to_current_user(role))


async def grant_privileges(connection: asyncpg.Connection) -> None:
    """Give each role its privileges on the tables that there are, and take all others from it.

    It is one transaction: nobody sees a role without its privileges.
    """
    async with connection.transaction():
        await connection.execute(LOCK_ROLES)
        tables = [OwnedTable(row["name"], row["is_kept"]) for row in await connection.fetch(TABLES)]
        for role in DatabaseRole:
            await connection.execute("\n".join(_grants(role, tables)))
        if connection.get_server_version().major >= MAINTAINED_SINCE:
            sums = [one for one in tables if one.name in SUMS]
            if sums:
                await connection.execute(_maintaining(sums))


def _create(role: DatabaseRole) -> str:
    return f"create role {role}"


def _grant_to_current_user(role: DatabaseRole) -> str:
    return f"grant {role} to current_user"


def _maintaining(tables: Iterable[OwnedTable]) -> str:
    return f"grant maintain on {', '.join(one.name for one in tables)} to {DatabaseRole.WORKER}"


def _grants(role: DatabaseRole, tables: Iterable[OwnedTable]) -> list[str]:
    names: dict[str, list[str]] = {}
    for table in tables:
        names.setdefault(", ".join(privileges_on(table, role)), []).append(table.name)
    return [
        "do $$ begin execute format('grant usage on schema %I to"
        f" {role}', current_schema()); end $$;",
        "do $$ begin execute format('revoke all on all tables in schema %I from"
        f" {role}', current_schema()); end $$;",
        *(f"grant {given} on {', '.join(of)} to {role};" for given, of in names.items()),
    ]


LOGIN = """
select format('{verb} role %I login', $1::text)
  || case when $2::text is null then '' else format(' password %L', $2::text) end
"""
MAKE_LOGIN, ALTER_LOGIN = LOGIN.format(verb="create"), LOGIN.format(verb="alter")


async def make_login(connection: asyncpg.Connection, url: str, role: DatabaseRole) -> None:
    """See that the login of *url* is there with its password, and works as *role* alone.

    The database gets the password's verifier (RFC 5803), so that no log of the server has the
    password.
    """
    given = urlsplit(url)
    name, password = unquote(given.username or ""), unquote(given.password or "")
    exists = await connection.fetchval("select true from pg_roles where rolname = $1", name)
    make = ALTER_LOGIN if exists else MAKE_LOGIN
    statement = await connection.fetchval(make, name, _verifier(password) if password else None)
    await connection.execute(statement)
    await connection.execute(
        await connection.fetchval(
            "select format('grant %I to %I', $1::text, $2::text)", role.value, name
        )
    )


def _verifier(password: str) -> str:
    """The verifier that PostgreSQL stores for a password (SCRAM-SHA-256, RFC 7677)."""
    salt = os.urandom(16)
    plain = unicodedata.normalize("NFKC", password).encode()
    salted = hashlib.pbkdf2_hmac("sha256", plain, salt, SCRAM_ROUNDS)
    client = hmac.digest(salted, b"Client Key", "sha256")
    stored, server = hashlib.sha256(client).digest(), hmac.digest(salted, b"Server Key", "sha256")
    given, kept, own = (base64.b64encode(part).decode() for part in (salt, stored, server))
    return f"SCRAM-SHA-256${SCRAM_ROUNDS}:{given}${kept}:{own}"
