"""The sample's registry and its plan, for tests that ask what the real ones give.

They are loaded once a run, and each worker has copies of its own; what a test does there is thrown
away with its transaction, as everywhere.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
import sqlalchemy as sa
from pydantic import SecretStr
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from sqlmodel import SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

import app.sample
from app.auth.principal import Principal, Role
from app.clock import local_day
from app.config import Settings
from app.db import make_sessionmaker
from app.documents.files.csv_files import SourceFile
from app.domain.acts import PersonalAct
from app.domain.plans import imports, issue, plans
from app.domain.registry.importing.files import read_registry
from app.domain.registry.importing.importer import import_registry
from app.models import Assignment, AuditEntry, Client, Event, Plan, Submission, Task
from app.queries.registry.agencies import get_agency
from app.queries.row_security import reach_all
from tests.support import databases
from tests.support.clients import Api
from tests.support.factories import make_client
from tests.support.sample_facts import INFORMATION, PROVINCIAL_COMMITTEE
from tests.support.transactions import Engines

FILES = Path(app.sample.__file__).parent
PLAN_NAME = "ke-hoach-thong-tin-doi-ngoai"
LOADED = datetime(2024, 1, 2, 2, tzinfo=UTC)
ISSUED = datetime(2024, 5, 20, 2, tzinfo=UTC)
"""Nine in the morning in the province."""
SEALED_BY = Settings.model_construct(secret=SecretStr("a secret of no service at all"))
"""The settings under which a draft is made that is copied from one run to the next."""
COMPLETION: dict[str, Any] = {
    "number": "MAU-01/KH-MAU",
    "issued_on": date(2024, 5, 20),
    "coordinator": INFORMATION,
}
COUNTED_IN = {"allowance", "storage_allowance"}
"""Tables in which requests are counted, whatever becomes of them."""
MADE = ("tiendo.assignment.created", "tiendo.submission.expected")
REPORT: dict[str, Any] = {
    "outcome": "in_progress",
    "percent": 40,
    "results": "Đã tổ chức 02 lớp tập huấn.",
    "difficulties": "",
    "proposals": "",
    "not_applicable_reason": None,
    "evidence": [],
}


def plan_file(ending: str = ".docx") -> bytes:
    """The sample's plan in one of its two forms."""
    return (FILES / f"{PLAN_NAME}{ending}").read_bytes()


async def load_registry(session: AsyncSession) -> None:
    """The sample's agencies, collectives, members and successions."""

    def source(name: str) -> SourceFile:
        return SourceFile(name, (FILES / name).read_bytes())

    files = read_registry(
        agencies=source("agencies.csv"),
        collectives=source("collectives.csv"),
        members=source("collective-members.csv"),
        successions=source("successions.csv"),
    )
    await import_registry(session, files, at=LOADED)
    await session.commit()


def principal_of(client: Client, agency_id: UUID | None = None) -> Principal:
    """A client as the caller of a verb."""
    roles = frozenset(Role(role) for role in client.roles)
    return Principal(client.id, agency_id or client.agency_id, roles)


async def draft_plan(session: AsyncSession, issuer: Client, ending: str = ".docx") -> Plan:
    """The sample's plan as it is read, a draft."""
    name = PLAN_NAME + ending
    understood, registry = await imports.read_file(
        session, plan_file(ending), file_name=name, as_of=None, today=local_day(LOADED)
    )
    imported = await imports.store_plan(
        PersonalAct(session, principal_of(issuer), LOADED),
        SEALED_BY,
        understood,
        registry,
        content=plan_file(ending),
        file_name=name,
    )
    await session.commit()
    return await session.get_one(Plan, imported.plan_id)


async def issue_plan(session: AsyncSession, issuer: Client, *, at: datetime = ISSUED) -> Plan:
    """The sample's plan completed and issued."""
    plan = await draft_plan(session, issuer)
    await plans.update(PersonalAct(session, principal_of(issuer), at), plan, COMPLETION)
    await issue.issue(PersonalAct(session, principal_of(issuer), at), plan)
    await session.commit()
    return plan


class Sample:
    """The sample's world inside one test's transaction."""

    def __init__(self, connection: AsyncConnection, session: AsyncSession, api: Api) -> None:
        self.connection = connection
        self.session = session
        self.api = api
        self._clients: dict[tuple[Any, ...], Client] = {}

    async def client(self, agency: str, *roles: Role, acts_for: tuple[str, ...] = ()) -> Client:
        """A client of an agency with these roles, made when it is first asked for."""
        key = (agency, roles, acts_for)
        if key not in self._clients:
            others = [await get_agency(self.session, code) for code in acts_for]
            owner = await get_agency(self.session, agency)
            self._clients[key] = await make_client(self.session, owner, roles, acts_for=others)
        return self._clients[key]

    async def by(
        self, agency: str, *roles: Role, acts_for: tuple[str, ...] = (), **headers: str
    ) -> httpx.AsyncClient:
        """Requests of such a client."""
        client = await self.client(agency, *roles, acts_for=acts_for)
        return self.api.by(client, **headers)

    async def issuer(self) -> httpx.AsyncClient:
        """Requests of the provincial committee, which drafts and issues."""
        return await self.by(PROVINCIAL_COMMITTEE, Role.ISSUER)

    async def coordinator(self) -> httpx.AsyncClient:
        """Requests of the department that follows the plan up."""
        return await self.by(INFORMATION, Role.COORDINATOR)

    async def reporter(self, agency: str) -> httpx.AsyncClient:
        """Requests of an agency that owes tasks."""
        return await self.by(agency, Role.REPORTER)

    async def the_plan(self) -> Plan:
        """The one plan there is."""
        return (await self.session.exec(select(Plan))).one()

    async def assignments(self, ordinal: str, occurrence: str | None = None) -> list[Assignment]:
        """The assignments of one task."""
        statement = (
            select(Assignment)
            .join(Task, col(Task.id) == col(Assignment.task_id))
            .where(col(Task.ordinal) == ordinal)
            .execution_options(populate_existing=True)
        )
        if occurrence is not None:
            statement = statement.where(col(Assignment.occurrence) == occurrence)
        return list(await self.session.exec(statement))

    async def assignment(self, agency: str, ordinal: str, occurrence: str) -> Assignment:
        """The assignment of one agency for one task in one occurrence."""
        owner = await get_agency(self.session, agency)
        owed = await self.assignments(ordinal, occurrence)
        [found] = [row for row in owed if row.agency_id == owner.id]
        return found

    async def submission(
        self, agency: str, ordinal: str, occurrence: str, period: str = "2024"
    ) -> Submission:
        """The report that an agency owes on it for a period."""
        assignment = await self.assignment(agency, ordinal, occurrence)
        statement = (
            select(Submission)
            .where(col(Submission.assignment_id) == assignment.id, col(Submission.period) == period)
            .execution_options(populate_existing=True)
        )
        return (await self.session.exec(statement)).one()

    async def rows_of_all_tables(self) -> dict[str, int]:
        """The number of rows in each table but for those in which every request is counted."""
        tables = {
            name: one for name, one in SQLModel.metadata.tables.items() if name not in COUNTED_IN
        }
        counts = [sa.select(sa.func.count()).select_from(one) for one in tables.values()]
        all_of_them = sa.select(*(one.scalar_subquery() for one in counts))
        async with reach_all(self.session):
            found = (await (await self.session.connection()).execute(all_of_them)).one()
        return dict(zip(tables, found, strict=True))

    async def rows(self, table: sa.Table | type[SQLModel], *where: Any) -> int:
        """The number of rows in a table, or of those among them that meet the conditions."""
        statement = sa.select(sa.func.count()).select_from(table).where(*where)
        async with reach_all(self.session):
            return int((await (await self.session.connection()).execute(statement)).scalar_one())

    async def noted(self, noun: str, row_id: UUID | str) -> tuple[list[AuditEntry], list[Event]]:
        """The audit entries and the events about one row, oldest first.

        What is made with the whole plan's assignments is told of, and has no entry of its own.
        """
        entries = await self.session.exec(
            select(AuditEntry)
            .where(col(AuditEntry.noun) == noun, col(AuditEntry.row_id) == UUID(str(row_id)))
            .order_by(col(AuditEntry.occurred_at), col(AuditEntry.created_at))
        )
        events = await self.session.exec(
            select(Event)
            .where(col(Event.subject).endswith(f"/{row_id}"))
            .where(col(Event.type).not_in(MADE))
            .order_by(col(Event.sequence))
        )
        return list(entries), list(events)


Step = Callable[[AsyncSession], Awaitable[Any]]


async def fill(url: str, *steps: Step) -> None:
    """Do what makes a database's first rows, and leave no connection."""
    engine = create_async_engine(url, poolclass=sa.NullPool)
    try:
        async with make_sessionmaker(engine)() as session:
            for step in steps:
                await step(session)
            await session.commit()
    finally:
        await engine.dispose()


async def _maker(session: AsyncSession) -> Client:
    # Numbers of other clients begin anew in every process; the database may be another's.
    agency = await get_agency(session, PROVINCIAL_COMMITTEE)
    return await make_client(session, agency, [Role.ISSUER], client_id="nguoi-lap-mau")


async def _draft(session: AsyncSession) -> None:
    await draft_plan(session, await _maker(session))


async def issue_sample_plan(session: AsyncSession) -> None:
    """The sample's plan, issued by a client made for it."""
    await issue_plan(session, await _maker(session))


def template_after(like: str, name: str, *steps: Step) -> str:
    """The template in which these steps followed what *like* holds; they are gone through once a
    run, by whoever asks first."""
    return databases.keep_template(name, lambda url: asyncio.run(fill(url, *steps)), like=like)


def with_registry() -> str:
    """The template with the sample's registry."""
    return template_after("template", "registry", load_registry)


def with_issued_plan() -> str:
    """The template with the sample's plan issued on 20/05/2024."""
    return template_after(with_registry(), "issued", issue_sample_plan)


@contextmanager
def issued_database(*more: Step) -> Iterator[str]:
    """A database of one's own with the sample's plan issued on 20/05/2024, and more."""
    with databases.new_database(like=with_issued_plan()) as url:
        if more:
            asyncio.run(fill(url, *more))
        yield url


@pytest.fixture(scope="session")
def registry_url() -> Iterator[str]:
    """A database with the sample's registry, this worker's own."""
    with databases.new_database(like=with_registry()) as url:
        yield url


@pytest.fixture(scope="session")
def drafted_url() -> Iterator[str]:
    """A database with the sample's plan as a draft, this worker's own."""
    like = template_after(with_registry(), "drafted", _draft)
    with databases.new_database(like=like) as url:
        yield url


@pytest.fixture(scope="session")
def issued_url() -> Iterator[str]:
    """A database with the sample's plan issued on 20/05/2024, this worker's own."""
    with issued_database() as url:
        yield url


@pytest.fixture
async def sample(registry_url: str, settings: Settings, engines: Engines) -> AsyncIterator[Sample]:
    """The sample's registry, and no plan yet."""
    async with opened(engines, registry_url, settings) as sample:
        yield sample


@pytest.fixture
async def drafted(drafted_url: str, settings: Settings, engines: Engines) -> AsyncIterator[Sample]:
    """The sample's registry and its plan, as it was imported."""
    async with opened(engines, drafted_url, settings) as sample:
        yield sample


@pytest.fixture
async def issued(issued_url: str, settings: Settings, engines: Engines) -> AsyncIterator[Sample]:
    """The sample's registry and its plan, issued on 20/05/2024."""
    async with opened(engines, issued_url, settings) as sample:
        yield sample


@asynccontextmanager
async def opened(engines: Engines, url: str, settings: Settings) -> AsyncIterator[Sample]:
    """One of these databases in a transaction that is thrown away."""
    async with engines.transaction(url) as connection:
        sessions = make_sessionmaker(connection, join_transaction_mode="create_savepoint")
        async with sessions() as session:
            yield Sample(connection, session, Api(connection, settings))
