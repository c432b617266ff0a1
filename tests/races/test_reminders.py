"""Two workers at once, on real connections: each receiver is reminded once and written to once."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from datetime import date

import pytest
from pydantic import SecretStr
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.config import Settings
from app.db import SessionMaker, make_engine, make_sessionmaker
from app.jobs.reminders import remind, send_mails
from app.models import Event, MailState, Plan, Reminder, ReminderDay
from app.outbound.mailing import Mailer
from app.queries.registry.agencies import get_agency
from tests.support.mailboxes import receiving_mail
from tests.support.reminders import morning, name_contact
from tests.support.sample import issued_database
from tests.support.sample_facts import FINANCE, FOREIGN_AFFAIRS, HEALTH

AT = morning(date(2024, 12, 24))


async def name_all(session: AsyncSession) -> None:
    plan = (await session.exec(select(Plan))).one()
    for code in (FOREIGN_AFFAIRS, HEALTH, FINANCE):
        await name_contact(session, await get_agency(session, code), plan)


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """A database of these tests' own, with the issued plan and contacts."""
    with issued_database(name_all) as url:
        yield url


@pytest.fixture
async def workers(url: str, settings: Settings) -> AsyncIterator[SessionMaker]:
    """Sessions with a pool, as a worker has them."""
    engine = make_engine(settings.model_copy(update={"database_url": SecretStr(url)}))
    yield make_sessionmaker(engine)
    await engine.dispose()


async def test_two_workers_remind_and_write_once(workers: SessionMaker, settings: Settings) -> None:
    async with receiving_mail() as mailbox:
        given = mailbox.settings(settings)
        done = await asyncio.gather(*(remind(workers, given, at=AT) for _ in range(4)))
        mailer = Mailer(given)
        await asyncio.gather(*(send_mails(workers, mailer, at=AT) for _ in range(4)))

    async with workers() as session:
        rows = list(await session.exec(select(Reminder)))
        told = list(await session.exec(select(Event).where(col(Event.noun) == "reminder")))
        worked = list(await session.exec(select(ReminderDay)))
    assert done == [True] * 4
    assert len(worked) == 1
    assert max(Counter((row.agency_id, row.receiver_key) for row in rows).values()) == 1
    assert len(told) == len([row for row in rows if row.mail_state is None]) > 10
    assert sorted(one for [one] in mailbox.receivers) == [
        "focal@sngv.example", "focal@stc.example", "focal@syt.example",
    ]  # fmt: skip
    assert Counter(row.mail_state for row in rows)[MailState.SENT] == 3
