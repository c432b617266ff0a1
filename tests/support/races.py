"""Clients of the sample that act at once, each request in a transaction of its own."""

import asyncio
from typing import Any

import httpx
import sqlalchemy as sa
from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.principal import Principal, Role
from app.clock import utc_now
from app.models import (
    Agency,
    Assignment,
    Client,
    Plan,
    Submission,
    Task,
)
from app.queries.registry.agencies import get_agency
from tests.support.factories import make_client
from tests.support.patience import PATIENCE
from tests.support.sample import COMPLETION, principal_of
from tests.support.sample_facts import (
    COMMITTEE_OFFICE,
    FOREIGN_AFFAIRS,
    INFORMATION,
    PROVINCIAL_COMMITTEE,
)

CLIENTS = {
    "reporter": (FOREIGN_AFFAIRS, Role.REPORTER),
    "first-coordinator": (INFORMATION, Role.COORDINATOR),
    "second-coordinator": (INFORMATION, Role.COORDINATOR),
    "issuer": (PROVINCIAL_COMMITTEE, Role.ISSUER),
    "administrator": (COMMITTEE_OFFICE, Role.ADMINISTRATOR),
}
# Other tests have databases of the same server, in which statements wait too.
WAITING = sa.text("""
select count(*) from pg_locks waits join pg_locks held using (pid)
 where not waits.granted and held.database = (
   select oid from pg_database where datname = current_database())
""")


async def make_clients(session: AsyncSession) -> None:
    """Make them all, by the names under which tests call them."""
    for client_id, (code, role) in CLIENTS.items():
        await make_client(session, await get_agency(session, code), [role], client_id=client_id)


async def until_one_waits(connection: AsyncConnection) -> None:
    """Return once a statement on the database of *connection* waits for a lock."""
    async with asyncio.timeout(PATIENCE):
        while (await connection.execute(WAITING)).scalar_one() == 0:  # noqa: ASYNC110 - PostgreSQL waits
            await asyncio.sleep(0.01)


def by(service: FastAPI, client_id: str) -> httpx.AsyncClient:
    """Requests of one of them."""
    token, _ = service.state.token_keys.issue(
        client_id, frozenset({CLIENTS[client_id][1]}), at=utc_now()
    )
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(service),
        base_url=service.state.settings.base_url,
        headers={"Authorization": f"Bearer {token}"},
        timeout=PATIENCE,
    )


async def principal(session: AsyncSession, client_id: str) -> Principal:
    """One of them as the caller of a verb."""
    client = await session.exec(select(Client).where(col(Client.client_id) == client_id))
    return principal_of(client.one())


async def report_on(service: FastAPI, ordinal: str, occurrence: str = "2024") -> Submission:
    """The submission of Foreign Affairs on a task for 2024; each test takes a task of its own."""
    async with service.state.sessionmaker() as session:
        rows = await session.exec(
            select(Submission)
            .join(Assignment, col(Assignment.id) == col(Submission.assignment_id))
            .join(Task, col(Task.id) == col(Assignment.task_id))
            .join(Agency, col(Agency.id) == col(Assignment.agency_id))
            .join(Plan, col(Plan.id) == col(Assignment.plan_id))
            .where(
                col(Plan.number) == COMPLETION["number"],
                col(Agency.code) == FOREIGN_AFFAIRS,
                col(Task.ordinal) == ordinal,
                col(Assignment.occurrence) == occurrence,
                col(Submission.period) == "2024",
            )
        )
        found: Submission = rows.one()
        return found


def address(report: Submission, period: str = "2024") -> str:
    """The address at which the submission is put."""
    return f"/v1/assignments/{report.assignment_id}/submissions/{period}?submit=true"


async def count(service: FastAPI, table: type[SQLModel], *where: Any) -> int:
    """The number of rows, by a session of its own."""
    async with service.state.sessionmaker() as session:
        rows = await session.exec(select(sa.func.count()).select_from(table).where(*where))
        return int(rows.one())
