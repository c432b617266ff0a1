"""E-mails of reminders, on a real mail server: what arrives, and what becomes of what doesn't."""

import asyncio
import re
from collections.abc import AsyncIterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import time_machine

from app.auth.principal import Role
from app.config import Settings
from app.db import SessionMaker
from app.domain.acts import PersonalAct
from app.domain.plans.relations import NewActionPlan, register
from app.domain.reminders import mails
from app.domain.reminders.letters import MOST_LINES
from app.domain.reminders.remind import ReminderByHand, remind_by_hand
from app.jobs.loops import LoopContext
from app.jobs.reminders import mail, send_mails
from app.models import (
    AssignmentStatus,
    ContactLevel,
    ItemKind,
    MailFault,
    MailState,
    Receiver,
    Reminder,
)
from app.outbound.mailing import Mailer
from app.queries.registry.agencies import get_agency
from tests.support import loopback
from tests.support.mailboxes import SENDER, Mailbox, receiving_mail, text_of
from tests.support.patience import PATIENCE
from tests.support.reminders import morning, name_contact, remind_on, reminders_of, set_assignment
from tests.support.sample import Sample, principal_of
from tests.support.sample_facts import (
    FOREIGN_AFFAIRS,
    HEALTH,
    INDUSTRY_AND_TRADE,
    INFORMATION,
    PROVINCIAL_COMMITTEE,
)

WEEK_BEFORE = date(2024, 12, 24)
AT = morning(WEEK_BEFORE)
ADDRESS = "focal@sngv.example"


class Office:
    """The worker of a service whose mail goes to one server."""

    def __init__(self, sample: Sample, settings: Settings) -> None:
        self.sample = sample
        self.settings = settings
        self.sessions: SessionMaker = sample.api.app.state.sessionmaker

    async def remind(self, day: date = WEEK_BEFORE) -> None:
        await remind_on(self.sessions, self.settings, day)

    async def send(self, at: datetime = AT) -> int:
        return await send_mails(self.sessions, Mailer(self.settings), at=at)

    async def mailed(self) -> list[Reminder]:
        return [one for one in await reminders_of(self.sample.session) if one.mail_state]


@pytest.fixture
async def named(issued: Sample) -> Sample:
    """The sample's plan, for which one agency named a focal point."""
    agency = await get_agency(issued.session, FOREIGN_AFFAIRS)
    await name_contact(issued.session, agency, await issued.the_plan(), phone="0000 000 111")
    return issued


@pytest.fixture
async def mailbox() -> AsyncIterator[Mailbox]:
    """A server that takes all."""
    async with receiving_mail() as mailbox:
        yield mailbox


@pytest.fixture
def office(named: Sample, mailbox: Mailbox) -> Office:
    """A worker that sends to it."""
    return Office(named, mailbox.settings(named.api.settings))


async def test_one_letter_tells_one_person_of_all_that_is_due(
    office: Office, mailbox: Mailbox
) -> None:
    await office.remind()
    sent = [await office.send() for _ in range(3)]

    [row] = await office.mailed()
    [letter] = mailbox.letters
    text = text_of(letter)
    assert sent == [1, 0, 0]
    assert mailbox.receivers == [[ADDRESS]]
    assert (letter["From"], letter["To"]) == (SENDER, ADDRESS)
    assert letter["Message-ID"] == f"<{row.id}@tinh.example>"
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter["Subject"] == f"Nhắc việc: {row.assignments:02} nhiệm vụ (24/12/2024)"
    assert letter["Date"].datetime == AT
    assert text.startswith("Kính gửi: Sở Ngoại vụ (đầu mối)\n")
    assert "hạn 31/12/2024, còn 7 ngày." in text
    assert "\nKế hoạch số MAU-01/KH-MAU ngày 20/5/2024 của " in text
    assert "Quý cơ quan còn 18 nhiệm vụ sắp đến hạn:" in text
    assert "1. Nhiệm vụ 1.1 (chủ trì): " in text
    assert "Nhiệm vụ 2.1 (phối hợp): " in text
    assert "Đề nghị Quý cơ quan quan tâm thực hiện, báo cáo đúng hạn" in text
    assert "Cơ quan gửi: Sở Thông tin và Truyền thông." in text
    assert "Trân trọng./." in text
    assert "In English" not in text
    assert text.count("; hạn ") == row.assignments > 1
    assert "Người Mẫu" not in text
    assert "http" not in text
    assert (row.mail_state, row.mail_fault, row.tries) == (MailState.SENT, None, 1)
    assert row.sent_at is not None


async def test_after_the_deadline_it_urges_and_says_whom_to_reach(
    office: Office, mailbox: Mailbox
) -> None:
    sample = office.sample
    sender = await get_agency(sample.session, INFORMATION)
    await name_contact(
        sample.session, sender, await sample.the_plan(), name="Trần Thị Mẫu", phone="0000 000 333"
    )
    late = date(2025, 1, 7)
    await office.remind(late)
    await office.send(morning(late))

    [letter] = [one for one in mailbox.letters if one["To"] == ADDRESS]
    text = text_of(letter)
    assert letter["Subject"].startswith("Đôn đốc: ")
    assert "khẩn trương thực hiện" in text
    assert "; hạn 31/12/2024, quá hạn 7 ngày." in text
    reach = "đầu mối liên hệ: Trần Thị Mẫu, 0000 000 333, focal@stttt.example."
    assert f"Cơ quan gửi: Sở Thông tin và Truyền thông; {reach}" in text


async def test_the_workers_loop_sends_what_waits_and_ends_when_told(
    office: Office, mailbox: Mailbox
) -> None:
    await office.remind()
    work = LoopContext(office.settings, office.sessions, asyncio.Event())
    with time_machine.travel(AT, tick=True):
        async with asyncio.timeout(PATIENCE), asyncio.TaskGroup() as group:
            group.create_task(mail(work))
            await mailbox.came.wait()
            work.stop.set()

    [row] = await office.mailed()
    assert (row.mail_state, len(mailbox.letters)) == (MailState.SENT, 1)


async def test_without_a_server_the_loop_waits_to_be_ended(named: Sample) -> None:
    stop = asyncio.Event()
    work = LoopContext(named.api.settings, named.api.app.state.sessionmaker, stop)
    async with asyncio.timeout(PATIENCE), asyncio.TaskGroup() as group:
        waiting = group.create_task(mail(work))
        stop.set()

    assert waiting.done()


async def test_what_was_done_meanwhile_is_not_told(office: Office, mailbox: Mailbox) -> None:
    await office.remind()
    [row] = await office.mailed()
    [done] = [one for one in await office.sample.assignments("3.3", "once")
              if one.agency_id == row.agency_id]  # fmt: skip
    await set_assignment(
        office.sample.session, done, status=AssignmentStatus.COMPLETED,
        completed_on=WEEK_BEFORE, changed_on=WEEK_BEFORE,
    )  # fmt: skip
    await office.send()

    [letter] = mailbox.letters
    expected = row.assignments - (done.deadline_on == date(2024, 12, 31))
    assert text_of(letter).count("; hạn ") == expected


async def test_what_was_named_meanwhile_is_not_missed(office: Office, mailbox: Mailbox) -> None:
    sample, session, plan = office.sample, office.sample.session, await office.sample.the_plan()
    missing = [ItemKind.FOCAL_POINT, ItemKind.ACTION_PLAN]
    given = ReminderByHand(missing=missing, reason="Chưa gửi.", basis="15/TB-UBND")
    sender = principal_of(await sample.client(INFORMATION, Role.COORDINATOR))
    named, registers = [await get_agency(session, code) for code in (HEALTH, INDUSTRY_AND_TRADE)]
    for agency in (named, registers):
        await name_contact(session, agency, plan, level=ContactLevel.HEAD)
        act = PersonalAct(session, sender, AT)
        await remind_by_hand(act, plan, agency, given, has_mail=True)
    await name_contact(session, named, plan)
    own = NewActionPlan(agency=None, number="9/KH-SCT", issued_on=WEEK_BEFORE, title="Riêng")
    reporter = principal_of(await sample.client(INDUSTRY_AND_TRADE, Role.REPORTER))
    await register(PersonalAct(session, reporter, AT), plan, own)
    await session.commit()
    await office.send()

    told = {one["To"]: text_of(one) for one in mailbox.letters}
    assert told.keys() == {"head@syt.example", "head@sct.example"}
    assert "Chưa cử đầu mối" not in told["head@syt.example"]
    assert "Chưa gửi kế hoạch" in told["head@syt.example"]
    assert "Chưa cử đầu mối" in told["head@sct.example"]
    assert "Chưa gửi kế hoạch" not in told["head@sct.example"]


async def test_where_nothing_is_left_nothing_is_sent(office: Office, mailbox: Mailbox) -> None:
    await office.remind()
    plan = await office.sample.the_plan()
    plan.status, plan.closed_at = type(plan.status).CLOSED, AT
    await office.sample.session.commit()

    assert await office.send() == 0
    [row] = await office.mailed()
    assert (row.mail_state, mailbox.letters) == (MailState.CANCELLED, [])


async def test_a_letter_that_waited_tells_how_things_are_today_and_goes_with_the_next(
    named: Sample,
) -> None:
    office = Office(named, Mailbox(port=loopback.free_port()).settings(named.api.settings))
    await office.remind()
    await office.send()
    [row] = await office.mailed()
    assert (row.mail_state, row.mail_fault) == (MailState.QUEUED, MailFault.NOT_CONNECTED)
    later = date(2024, 12, 30)
    await office.remind(later)

    async with receiving_mail() as mailbox:
        office.settings = mailbox.settings(named.api.settings)
        sent = await office.send(morning(later))

    first, second = await office.mailed()
    [letter] = mailbox.letters
    text = text_of(letter)
    assert sent == 1
    assert letter["Message-ID"] == f"<{second.id}@tinh.example>"
    assert "còn 1 ngày" in text
    assert "còn 7 ngày" not in text
    assert {first.mail_state, second.mail_state} == {MailState.SENT}
    assert (first.tries, second.tries) == (2, 1)


@pytest.mark.parametrize("says", ["451 4.7.1 Greylisted", "421 4.3.2 Busy"])
async def test_what_is_put_off_is_tried_again(named: Sample, says: str) -> None:
    async with receiving_mail(says) as mailbox:
        office = Office(named, mailbox.settings(named.api.settings))
        await office.remind()
        await office.send()
        [put_off] = await office.mailed()
        state = (put_off.mail_state, put_off.mail_fault)
        at_once = await office.send(AT + timedelta(seconds=1))
        again = await office.send(AT + timedelta(minutes=10))

    [row] = await office.mailed()
    assert state == (MailState.QUEUED, MailFault.DEFERRED)
    assert (at_once, again, len(mailbox.letters)) == (0, 1, 1)
    assert (row.mail_state, row.mail_fault, row.tries) == (MailState.SENT, None, 2)


async def test_what_is_refused_for_good_has_failed(named: Sample) -> None:
    async with receiving_mail("550 5.1.1 No such user") as mailbox:
        office = Office(named, mailbox.settings(named.api.settings))
        await office.remind()
        sent = [await office.send(AT + timedelta(days=n)) for n in range(3)]

    [row] = await office.mailed()
    assert sent == [1, 0, 0]
    assert (row.mail_state, row.mail_fault, row.tries) == (MailState.FAILED, MailFault.REJECTED, 1)


async def test_after_three_days_it_is_given_up(named: Sample) -> None:
    office = Office(named, Mailbox(port=loopback.free_port()).settings(named.api.settings))
    await office.remind()
    at, tries = AT, 0
    while (rows := await office.mailed())[0].mail_state == MailState.QUEUED:
        at = rows[0].next_try_at or at
        tries += await office.send(at)

    [row] = rows
    assert (row.mail_state, row.mail_fault) == (MailState.FAILED, MailFault.NOT_CONNECTED)
    assert tries == row.tries == 10
    assert timedelta(days=2.5) < at - AT < timedelta(days=4)


async def test_a_crash_after_sending_sends_the_same_letter_again(
    office: Office, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def crash(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    await office.remind()
    with monkeypatch.context() as patch:
        patch.setattr(mails, "finish_mail", crash)
        with pytest.raises(KeyboardInterrupt):
            await office.send()
    at_once = await office.send(AT + timedelta(minutes=1))
    again = await office.send(AT + timedelta(minutes=11))

    first, second = mailbox.letters
    assert (at_once, again) == (0, 1)
    assert first["Message-ID"] == second["Message-ID"]
    [row] = await office.mailed()
    assert (row.mail_state, row.tries) == (MailState.SENT, 2)


async def test_the_office_hears_who_is_late_and_by_how_much(
    office: Office, mailbox: Mailbox
) -> None:
    session, plan = office.sample.session, await office.sample.the_plan()
    owner = await get_agency(session, PROVINCIAL_COMMITTEE)
    await name_contact(session, owner, plan, level=ContactLevel.OFFICE)
    late = date(2025, 1, 30)
    await office.remind(late)
    await office.send(morning(late))

    [letter] = [one for one in mailbox.letters if one["To"] == "office@ubnd-tinh.example"]
    text = text_of(letter)
    assert "(Văn phòng)" in text
    assert "các cơ quan còn" in text
    assert "của Sở Ngoại vụ (chủ trì): " in text
    assert text.count("quá hạn 30 ngày.") == MOST_LINES
    assert re.search("… và [0-9]+ việc khác.", text)


async def test_a_person_gives_a_reason_and_a_document(office: Office, mailbox: Mailbox) -> None:
    session, plan = office.sample.session, await office.sample.the_plan()
    sender = principal_of(await office.sample.client(INFORMATION, Role.COORDINATOR))
    given = ReminderByHand(assignments=(), submissions=(), reason="Chậm ba kỳ.", basis="15/TB-UBND")
    agency = await get_agency(session, FOREIGN_AFFAIRS)
    await remind_by_hand(PersonalAct(session, sender, AT), plan, agency, given, has_mail=True)
    await session.commit()
    await office.remind()
    sent = await office.send()

    [letter] = mailbox.letters
    text = text_of(letter)
    listed = [line for line in text.splitlines() if "; hạn " in line]
    assert sent == 1
    assert "Lý do: Chậm ba kỳ.\nCăn cứ: 15/TB-UBND." in text
    # The items of the rule's reminder on the same day go along, each once.
    assert len({line.partition(". ")[2] for line in listed}) == len(listed) > 1


async def test_no_address_and_no_server_are_said(named: Sample) -> None:
    agency, plan = await get_agency(named.session, HEALTH), await named.the_plan()
    await name_contact(named.session, agency, plan, email=None, phone="0000 000 222")
    await Office(named, named.api.settings).remind()

    states = {one.agency_id: one.mail_state for one in await reminders_of(named.session)
              if one.receiver == Receiver.FOCAL}  # fmt: skip
    assert states.pop(agency.id) == MailState.NO_ADDRESS
    assert set(states.values()) == {MailState.NOT_CONFIGURED}
