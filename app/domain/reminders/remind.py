"""Reminding (đôn đốc): once a day by rule, and by hand with a reason and a document."""

import uuid
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
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
from app.queries.plans.plans import visible_plan_id
from app.queries.registry.agencies import agency_names
from app.queries.reminders import due, planned
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
    title = Text("Hôm nay đã đôn đốc", "Reminded today already")

    def __init__(self, agency_name: str) -> None:
        super().__init__(
            Text(
                f"Hôm nay đã đôn đốc {agency_name} về kế hoạch này; mỗi ngày một lần.",
                f"{agency_name} was reminded in this plan today; once a day is the limit.",
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
) -> Sequence[planned.PlannedReminder]:
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
    return await planned.planned_reminders(
        session,
        principal,
        DEFAULT_LADDER,
        since=last,
        day=day,
        ahead=await due.longest_lead(session, DEFAULT_LADDER),
        plan_id=plan_id,
    )


def _is_day_off(calendar: Calendar, day: date) -> bool:
    """True if rules send no reminder on *day*; in a year without a calendar these are the
    weekends."""
    if day.year not in calendar.years:
        return day.isoweekday() >= SATURDAY
    return not calendar.is_working(day)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReminderByHand:
    """One reminder by a person: the items, the reason, and the document.

    *missing* are kinds: the focal point or the action plan that the agency has not named. Where no
    item is named, the reminder is about all items that are overdue or come due within the first
    step of the default rule; with *overdue_only*, about the overdue ones alone.
    """

    assignments: Sequence[uuid.UUID] = ()
    submissions: Sequence[uuid.UUID] = ()
    agency_reports: Sequence[uuid.UUID] = ()
    missing: Sequence[ItemKind] = ()
    overdue_only: bool = False
    reason: str
    basis: str


class RemindedAgency(NamedTuple):
    """An agency with overdue items, and the reminder to it or the error that refused it."""

    agency: Agency
    verdict: Reminder | TrackerError


async def remind_overdue(
    act: PersonalAct, plan: Plan, given: ReminderByHand, *, has_mail: bool
) -> list[RemindedAgency]:
    """Remind every agency of its overdue items in the plan, each judged alone. The caller has
    locked the plan."""
    require_issued(plan)
    require(act.principal, Power.REMIND, plan)
    agencies = await overdue_agencies(act.session, visible_plan_id(plan), day=local_day(act.at))
    return await _remind_each(act, plan, agencies, given, has_mail=has_mail)


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
    [found] = await _remind_each(act, plan, [agency], given, has_mail=has_mail)
    if isinstance(found.verdict, TrackerError):
        raise found.verdict
    return found.verdict


class _Meant(NamedTuple):
    """The items of one agency's reminder, and the reminder's number among those sent by hand."""

    items: list[OpenItem]
    number: int


async def _remind_each(
    act: PersonalAct,
    plan: Plan,
    agencies: Sequence[Agency],
    given: ReminderByHand,
    *,
    has_mail: bool,
) -> list[RemindedAgency]:
    """Judge each agency alone, and store the reminders to those that are not refused."""
    session, day = act.session, local_day(act.at)
    async with reach_all(session):
        meant = await _meant_of_each(session, plan, agencies, given, day)
        sent = {id_: one for id_, one in meant.items() if isinstance(one, _Meant)}
        owed = {
            id_: [one.assignment_id for one in items if one.assignment_id is not None]
            for id_, (items, _) in sent.items()
        }
        contacts = await contacts_of(session, visible_plan_id(plan), owed, day=day)
    made = {}
    for id_, (all_items, number) in sent.items():
        write = partial(_letter, act, plan, id_, given, number=number, has_mail=has_mail)
        made[id_] = [
            (write(contact=contact, items=items), items)
            for contact, items in _letters(contacts[id_], all_items)
        ]
    letters = [letter for of_one in made.values() for letter in of_one]
    session.add_all(row for row, _ in letters)
    await session.flush()
    await store_items(session, plan.id, letters)
    await _record_sent(act, [row.id for row, _ in letters], day=day)
    verdicts: dict[uuid.UUID, Reminder | TrackerError] = {
        id_: one for id_, one in meant.items() if isinstance(one, TrackerError)
    }
    # The first letter is that to the agency's clients.
    verdicts |= {id_: of_one[0][0] for id_, of_one in made.items()}
    return [RemindedAgency(agency, verdicts[agency.id]) for agency in agencies]


async def _meant_of_each(
    session: AsyncSession,
    plan: Plan,
    agencies: Sequence[Agency],
    given: ReminderByHand,
    day: date,
) -> dict[uuid.UUID, "_Meant | TrackerError"]:
    """The reminder to each agency, or the error that refuses it."""
    ids = [agency.id for agency in agencies]
    owed = await list_open_items(session, visible_plan_id(plan), ids, day=day)
    earlier = await queries.earlier_by_hand(session, plan.id, ids, day=day)
    limited = [id_ for id_, before in earlier.items() if before.was_today]
    names = await agency_names(session, limited, day=day)
    found: dict[uuid.UUID, _Meant | TrackerError] = {}
    for id_ in ids:
        try:
            items = _meant(owed[id_], given, day)
        except TrackerError as error:
            found[id_] = error
            continue
        if id_ in names:
            found[id_] = ReminderLimitError(names[id_].name)
        else:
            found[id_] = _Meant(items, 1 + (earlier[id_].times if id_ in earlier else 0))
    return found


def _letter(
    act: PersonalAct,
    plan: Plan,
    agency_id: uuid.UUID,
    given: ReminderByHand,
    *,
    contact: Contact | None,
    items: Sequence[OpenItem],
    number: int,
    has_mail: bool,
) -> Reminder:
    """The row of one reminder: to a contact, or to the agency's clients."""
    numbers = Counter(one.kind for one in items)
    row = Reminder(
        id=new_id(),
        on_day=local_day(act.at),
        trigger=ReminderTrigger.PERSON,
        agency_id=agency_id,
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
    return row


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
    """The items of this kind by the id of their subject."""
    found: dict[uuid.UUID | ItemKind, OpenItem] = {}
    for one in owed:
        about = one.agency_report_id or one.submission_id or one.assignment_id
        if one.kind == kind and about is not None:
            found[about] = one
    return found


def _nothing(*pointers: str) -> InvalidError:
    text = Text(
        "Cơ quan này không còn nội dung nào trong kế hoạch cần đôn đốc.",
        "There is nothing of this agency in the plan of which it could be reminded.",
    )
    return InvalidError(faults=[Fault(one, "nothing_to_urge", text) for one in pointers])


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
                "number": one.number,
            },
        )
        for one in await queries.sent_reminders(act.session, ids)
    ]
    await act.record(notes)
