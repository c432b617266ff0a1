"""The database that a run of the fuzz asks about, and the ids of rows that exist in it."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.principal import Role
from app.cli.sample_story import CLIENTS
from app.config import Settings
from app.queries.access.clients import find_client
from tests.support import databases
from tests.support.example_world import with_sample
from tests.support.sample import draft_plan, fill, template_after
from tests.support.sample_facts import CULTURE, FOREIGN_AFFAIRS

# The agency whose reports a role deals with: its own, or the coordinator's, or anybody's.
WHOSE = {Role.REPORTER: FOREIGN_AFFAIRS}
CLIENT = {role: next(c[0] for c in CLIENTS if c[2] == role) for role in Role}

A_MEMBER = "member as (select * from collective_member order by id limit 1)"
# Rows that exist, so that the runs reach what lies behind a 404: those of a client's own agency.
IDS = {
    "plan_id": "select id from plan where status <> 'draft'",
    "group_id": "select g.id from task_group g join plan p on p.id = plan_id and status <> 'draft'",
    "task_id": "select t.id from task t join plan p on p.id = plan_id and status <> 'draft'",
    "assignee_id": "select a.id from assignee a join task t on t.id = task_id"
    " join plan p on p.id = plan_id and status <> 'draft'",
    "import_id": "select id from plan_import",
    "succession_id": "select id from succession",
    "ref": "select code from agency",
    "code": "select code from collective where id = (select collective_id from member)",
    "member_id": "select id from member",
    "assignment_id": "select s.assignment_id from submission s join assignment a"
    " on a.id = s.assignment_id join agency g on g.id = a.agency_id"
    " where g.code in (:whose, 'SNGV') and s.period = '2026' order by g.code <> :whose",
    "submission_id": "select s.id from submission s join assignment a on a.id = s.assignment_id"
    " join agency g on g.id = a.agency_id where g.code = :whose"
    " order by s.status <> 'submitted', s.period <> '2026'",
    "period": "select distinct period from submission where period = '2026'",
    "If-Match": "select '*'",
    "Acting-Agency": "select code from agency where id ="
    " (select agency_id from client where client_id = :client)",
}
# A plan is changed while it is a draft.
DRAFTS = {
    "plan_id": "select id from plan where status = 'draft'",
    "group_id": "select g.id from task_group g join plan p on p.id = plan_id and status = 'draft'",
    "task_id": "select t.id from task t join plan p on p.id = plan_id and status = 'draft'",
    "assignee_id": "select a.id from assignee a join task t on t.id = task_id"
    " join plan p on p.id = plan_id and status = 'draft'",
}
KNOWN = 40
"""The most ids of each kind that the contract names."""


@dataclass
class World:
    """A database with the whole sample and a draft, and ids of its rows by parameter."""

    url: str
    ids: dict[str, list[str]] = field(default_factory=dict)
    drafts: dict[str, list[str]] = field(default_factory=dict)

    def known(self, method: str, name: str) -> list[str]:
        """Values of a parameter that lead somewhere."""
        drafts = self.drafts.get(name) if method != "get" else None
        return drafts or self.ids.get(name) or []


@contextmanager
def new_world(settings: Settings, role: Role) -> Iterator[World]:
    """A world for the runs of one role."""

    async def draft(session: AsyncSession) -> None:
        issuer = await find_client(session, "sample-issuer")
        assert issuer
        await draft_plan(session, issuer)

    like = template_after(with_sample(settings), "told", draft)
    with databases.new_database(like=like) as url:
        world = World(url)

        async def find(session: AsyncSession) -> None:
            world.ids = await _find(session, IDS, role)
            # A draft is its agency's alone.
            world.drafts = await _find(session, DRAFTS, role) if role == Role.ISSUER else {}

        asyncio.run(fill(url, find))
        yield world


async def _find(session: AsyncSession, queries: dict[str, str], role: Role) -> dict[str, list[str]]:
    connection = await session.connection()
    values = {"client": CLIENT[role], "whose": WHOSE.get(role, CULTURE)}
    found = {}
    for name, query in queries.items():
        text = sa.text(f"with {A_MEMBER} select x::text from ({query} limit {KNOWN}) t (x)")
        asked = {key: value for key, value in values.items() if f":{key}" in query}
        found[name] = list((await connection.execute(text, asked)).scalars())
    return found
