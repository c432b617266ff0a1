"""Reminding (đôn đốc): once a day by rule, and by hand with a reason and a document."""

import uuid
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from http import HTTPStatus
from typing import Any, NamedTuple

from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.principal import Principal
from app.clock import local_day
from app.domain.acts import Act, PersonalAct
from app.domain.authority import Power, require
from app.domain.plans.plans import require_issued
from app.domain.records import Note, Subject
from app.domain.regimes.plan_periods import load_calendar
from app.domain.regimes.working_days import SATURDAY, Calendar
from app.domain.reminders.rules import DEFAULT_LADDER
from app.errors import Fault, InvalidError, Text, TrackerError, invalid_at
from app.models import (
    Agency,
    ItemKind,
    MailState,
    Plan,
    Receiver,
    Reminder,
    ReminderDay,
    ReminderTrigger,
)
from app.models.base import new_id
from app.official_words import day_words
from app.queries.locks import lock_reminders
from app.queries.registry.agencies import name_on
from app.queries.reminders import due
from app.queries.reminders import reminders as queries
from app.queries.reminders.by_hand import (
    Contact,
    OpenItem,
    contacts_of,
    list_open_items,
    overdue_agencies,
    store_items,
)
from app.queries.row_security import reach_all


class ReminderLimitError(TrackerError):
    """The agency was reminded by hand in this plan today already."""

    status = HTTPStatus.CONFLICT
    code = "reminded_today"
    title = Text("Hôm nay đã đôn đốc", "Urged today already")

    def __init__(self, agency_name: str) -> None:
        super().__init__(
            Text(
                f"Hôm nay đã đôn đốc {agency_name} về kế hoạch này; mỗi ngày một lần.",
                f"{agency_name} was urged in this plan today; once a day is the limit.",
            )
        )


async def remind_by_rule(session: AsyncSession, *, has_mail: bool, at: datetime) -> int | None:
    """Make all reminders that the rules ask for on the province's day, once; answers how many.

    A second worker waits for the first and finds the day done: None, as on a day on which nobody
    works. It is one transaction, so a crash leaves nothing half done. After such days and days
    without a worker, the steps that have fallen since make one reminder, with the days that are
    left on this day.
    """
    day = local_day(at)
    await lock_reminders(session)
    if _is_day_off(await load_calendar(session), day):
        return None
    last = await due.last_day_done(session)
    if last is not None and last >= day:
        return None
    ids = await due.make_reminders(
        session,
        DEFAULT_LADDER,
        since=last or day - timedelta(days=1),
        day=day,
        ahead=await due.longest_lead(session, DEFAULT_LADDER),
        has_mail=has_mail,
        at=at,
    )
    await _record_sent(Act(session, None, at), ids, day=day)
    session.add(ReminderDay(on_day=day, done_at=at))
    return len(ids)


async def preview(
    session: AsyncSession,
    principal: Principal,
    *,
    day: date,
    plan_id: uuid.UUID | None,
    today: date,
) -> Sequence[due.PlannedReminder]:
    """The reminders that would be sent on *day* as things stand now; nothing is written.

    For today: those still to be made. For a later day: as if every working day until then had been
    done. Nothing is sent on a day off. Raises `InvalidError` for a day before *today*.
    """
    if day < today:
        text = Text(
            f"Ngày phải từ hôm nay ({day_words(today)}).",
            f"The day must be today ({today}) or later.",
        )
        raise invalid_at("?on", "day_in_past", text)
    calendar = await load_calendar(session)
    if _is_day_off(calendar, day):
        return []
    last = day - timedelta(days=1)
    while last >= today and _is_day_off(calendar, last):
        last -= timedelta(days=1)
    if last < today:
        last = await due.last_day_done(session) or day - timedelta(days=1)
    return await due.planned_reminders(
        session,
        principal,
        DEFAULT_LADDER,
        since=last,
        day=day,
        ahead=await due.longest_lead(session, DEFAULT_LADDER),
        plan_id=plan_id,
    )


def _is_day_off(calendar: Calendar, day: date) -> bool:
    """Whether no reminder goes by rule on *day*: of a year that nobody entered, on weekends."""
    if day.year not in calendar.years:
        return day.isoweekday() >= SATURDAY
    return not calendar.is_working(day)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReminderByHand:
    """What a person reminds of, the reason, and the document.

    *missing* are kinds: the focal point or the action plan that the agency has not named. With
    nothing named, it is all that is overdue or comes due within the first step of the default rule;
    or only what is overdue.
    """

    assignments: Sequence[uuid.UUID] = ()
    submissions: Sequence[uuid.UUID] = ()
    agency_reports: Sequence[uuid.UUID] = ()
    missing: Sequence[ItemKind] = ()
    overdue_only: bool = False
    reason: str
    basis: str


class RemindedAgency(NamedTuple):
    """An agency with something overdue, and what it was sent or why it was not."""

    agency: Agency
    verdict: Reminder | TrackerError


async def remind_overdue(
    act: PersonalAct, plan: Plan, given: ReminderByHand, *, has_mail: bool
) -> list[RemindedAgency]:
    """Remind every agency of what is overdue with it in the plan, each judged alone.

    The caller has locked the plan.
    """
    require_issued(plan)
    require(act.principal, Power.REMIND, plan)
    found = []
    agencies = await overdue_agencies(act.session, plan.id, day=local_day(act.at))
    async with reach_all(act.session):
        for agency in agencies:
            verdict: Reminder | TrackerError
            try:
                verdict = await _remind(act, plan, agency, given, has_mail=has_mail)
            except TrackerError as error:
                # It refuses before it writes anything.
                verdict = error
            found.append(RemindedAgency(agency, verdict))
    return found


async def remind_by_hand(
    act: PersonalAct,
    plan: Plan,
    agency: Agency,
    given: ReminderByHand,
    *,
    has_mail: bool,
) -> Reminder:
    """Remind one agency by hand: its clients, its focal point and its head, once a day in a plan.

    The caller has locked the plan, so that no two remind at once. Answers the reminder to the
    clients. Raises `InvalidError` for items that are not open and `ReminderLimitError`.
    """
    require_issued(plan)
    require(act.principal, Power.REMIND, plan)
    async with reach_all(act.session):
        return await _remind(act, plan, agency, given, has_mail=has_mail)


async def _remind(
    act: PersonalAct,
    plan: Plan,
    agency: Agency,
    given: ReminderByHand,
    *,
    has_mail: bool,
) -> Reminder:
    """The same, by whom it was found that the caller may; reaches the contacts of the agency."""
    day = local_day(act.at)
    owed = await list_open_items(act.session, plan.id, agency.id, day=day)
    meant = _meant(owed, given, day)
    number = await _next_number(act.session, plan, agency, day)
    ids = [one.assignment_id for one in meant if one.assignment_id is not None]
    contacts = await contacts_of(act.session, plan.id, agency.id, ids, day=day)
    made: list[tuple[Reminder, list[OpenItem]]] = []
    for contact, items in _letters(contacts, meant):
        numbers = Counter(one.kind for one in items)
        row = Reminder(
            id=new_id(),
            on_day=day,
            trigger=ReminderTrigger.PERSON,
            agency_id=agency.id,
            receiver=Receiver.CLIENTS if contact is None else contact.receiver,
            receiver_key="clients" if contact is None else contact.key,
            focal_point_id=None if contact is None else contact.id,
            plan_id=plan.id,
            by_agency_id=act.principal.agency_id,
            by_client_id=act.principal.client_id,
            reason=given.reason,
            basis=given.basis,
            number=number,
            assignments=numbers[ItemKind.ASSIGNMENT],
            submissions=numbers[ItemKind.SUBMISSION],
            agency_reports=numbers[ItemKind.AGENCY_REPORT],
            missing=numbers[ItemKind.FOCAL_POINT] + numbers[ItemKind.ACTION_PLAN],
            mail_state=None if contact is None else _mail_state(contact, has_mail=has_mail),
        )
        row.next_try_at = act.at if row.mail_state == MailState.QUEUED else None
        made.append((row, items))
    act.session.add_all(row for row, _ in made)
    await act.session.flush()
    for row, items in made:
        await store_items(act.session, row, plan.id, items)
    await _record_sent(act, [row.id for row, _ in made], day=day, number=number)
    return made[0][0]


def _meant(owed: Sequence[OpenItem], given: ReminderByHand, day: date) -> list[OpenItem]:
    """The open items that are meant; each named item that is not open is a fault at its place."""
    named: dict[str, tuple[Sequence[uuid.UUID | ItemKind], Mapping[Any, OpenItem]]] = {
        "assignments": (given.assignments, _by_id(owed, ItemKind.ASSIGNMENT)),
        "submissions": (given.submissions, _by_id(owed, ItemKind.SUBMISSION)),
        "agency_reports": (given.agency_reports, _by_id(owed, ItemKind.AGENCY_REPORT)),
        "missing": (given.missing, {one.kind: one for one in owed}),
    }
    if not any(asked for asked, _ in named.values()):
        ahead = -1 if given.overdue_only else -min(*DEFAULT_LADDER.days, 0)
        horizon = day + timedelta(days=ahead)
        found = [one for one in owed if one.due_on is not None and one.due_on <= horizon]
        if not found:
            raise _nothing("#/agency")
        return found
    faults = [
        f"#/{field}/{n}"
        for field, (asked, known) in named.items()
        for n, one in enumerate(asked)
        if one not in known
    ]
    if faults:
        raise _nothing(*faults)
    return [known[one] for asked, known in named.values() for one in dict.fromkeys(asked)]


def _by_id(owed: Sequence[OpenItem], kind: ItemKind) -> dict[uuid.UUID | ItemKind, OpenItem]:
    """The items of this kind by the id of what they are about."""
    found: dict[uuid.UUID | ItemKind, OpenItem] = {}
    for one in owed:
        about = one.agency_report_id or one.submission_id or one.assignment_id
        if one.kind == kind and about is not None:
            found[about] = one
    return found


def _nothing(*pointers: str) -> InvalidError:
    text = Text(
        "Cơ quan này không còn nội dung nào trong kế hoạch cần đôn đốc.",
        "There is nothing of this agency in the plan that is open to be urged.",
    )
    return InvalidError(faults=[Fault(one, "nothing_to_urge", text) for one in pointers])


async def _next_number(session: AsyncSession, plan: Plan, agency: Agency, day: date) -> int:
    if await queries.was_reminded_by_hand(session, plan.id, agency.id, day):
        raise ReminderLimitError(await name_on(session, agency.id, day=day))
    return 1 + await queries.count_by_hand(session, plan.id, agency.id)


def _letters(
    contacts: Sequence[Contact], meant: Sequence[OpenItem]
) -> list[tuple[Contact | None, list[OpenItem]]]:
    """All items for the agency's clients; for each person the items that they are contact for."""
    letters: dict[str, tuple[Contact, list[OpenItem]]] = {}
    for contact in contacts:
        # A person who is both focal point and head is one receiver.
        _, items = letters.setdefault(contact.key, (contact, []))
        theirs = [one for one in meant if one.assignment_id in contact.assignment_ids]
        items += [one for one in theirs if one not in items]
    return [(None, list(meant)), *letters.values()]


def _mail_state(contact: Contact, *, has_mail: bool) -> MailState:
    if not contact.has_address:
        return MailState.NO_ADDRESS
    return MailState.QUEUED if has_mail else MailState.NOT_CONFIGURED


async def _record_sent(
    act: Act,
    ids: Collection[uuid.UUID],
    *,
    day: date,
    number: int | None = None,
) -> None:
    """Record one event for each agency, however many of its people are written to."""
    notes = [
        Note(
            "sent",
            Subject("reminder", one.id, one.plan_id, one.agency_id),
            {
                "on_day": day.isoformat(),
                "receiver": one.receiver,
                "also_to": one.also_to,
                "assignments": one.assignments,
                "submissions": one.submissions,
                "agency_reports": one.agency_reports,
                "missing": one.missing,
                "steps": one.steps,
                "number": number,
            },
        )
        for one in await queries.sent_reminders(act.session, ids)
    ]
    await act.record(notes)
