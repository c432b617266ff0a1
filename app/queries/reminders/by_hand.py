"""The open items of agencies in a plan and their contacts for them, for reminders by hand."""

import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

import sqlalchemy as sa
from sqlmodel.ext.asyncio.session import AsyncSession

from app.models import Agency, ItemKind, Receiver, Reminder, ReminderItem
from app.queries.bulk import insert_rows
from app.queries.registry.agencies import agencies_of
from app.queries.reminders.due import (
    CONTACT,
    OPEN_ASSIGNMENT,
    OPEN_REPORT,
    OPEN_SUBMISSION,
)
from app.queries.reminders.missing import HOLDS, no_action_plan, no_focal_point
from app.queries.visible_ids import VisiblePlanId


class OpenItem(NamedTuple):
    """Something of which an agency may be reminded, by its subject (see `ReminderItem`)."""

    kind: ItemKind
    assignment_id: uuid.UUID | None
    submission_id: uuid.UUID | None
    agency_report_id: uuid.UUID | None
    due_on: date | None


@dataclass(frozen=True, slots=True)
class Contact:
    """A person who gets the mail about these assignments; one `key` is one receiver. None among the
    assignments stands for items of the agency as a whole."""

    id: uuid.UUID
    receiver: Receiver
    has_address: bool
    key: str
    assignment_ids: frozenset[uuid.UUID | None]


IDS = sa.ARRAY(sa.Uuid)
AGENCIES = "unnest(cast(:agencies as uuid[])) as asked (id)"
OWES = f"""exists (select from assignment a
    where a.plan_id = :plan and a.agency_id = asked.id and {OPEN_ASSIGNMENT})"""
OPEN_ITEMS = sa.text(f"""
select a.agency_id, 'assignment', a.id, cast(null as uuid), cast(null as uuid),
       a.deadline_on as due_on
  from assignment a
 where a.plan_id = :plan and a.agency_id = any(:agencies) and {OPEN_ASSIGNMENT}
union all
select a.agency_id, 'submission', a.id, s.id, null, s.due_on
  from submission s join assignment a on a.id = s.assignment_id
 where a.plan_id = :plan and a.agency_id = any(:agencies)
   and {OPEN_ASSIGNMENT} and {OPEN_SUBMISSION}
union all
select o.agency_id, 'agency_report', null, null, o.id, o.due_on
  from agency_report o
 where o.plan_id = :plan and o.agency_id = any(:agencies) and {OPEN_REPORT}
union all
select asked.id, 'focal_point', null, null, null, null
  from {AGENCIES} where {no_focal_point(":plan", "asked.id")} and {OWES}
union all
select asked.id, 'action_plan', null, null, null, null
  from {AGENCIES} where {no_action_plan(":plan", "asked.id")} and {OWES}
 order by due_on nulls last, 3, 4, 5, 2
""").bindparams(sa.bindparam("agencies", type_=IDS))
OVERDUE = sa.text(f"""
select distinct a.agency_id
  from assignment a
  left join submission s on s.assignment_id = a.id and {OPEN_SUBMISSION} and s.due_on < :day
 where a.plan_id = :plan and (a.deadline_on < :day or s.id is not null) and {OPEN_ASSIGNMENT}
union
select o.agency_id from agency_report o
 where o.plan_id = :plan and o.due_on < :day and {OPEN_REPORT}
""")
# The head first: a head who is focal point as well gets one mail, as the head.
CONTACTS = sa.text(f"""
select d.agency_id, c.id, c.level, c.has_address, c.key, array_agg(d.id)
  from unnest(cast(:agencies as uuid[]), cast(:ids as uuid[])) as d (agency_id, id)
 cross join unnest(array['focal', 'head']) as wanted (level)
 cross join lateral (
   select {CONTACT} from focal_point c
    where c.plan_id = :plan and c.agency_id = d.agency_id and c.level = wanted.level
      and (c.assignment_id is null or c.assignment_id = d.id) and {HOLDS}
    order by c.assignment_id nulls last limit 1
 ) c
 group by d.agency_id, c.id, c.level, c.has_address, c.key
 order by c.level desc, c.id
""").bindparams(sa.bindparam("agencies", type_=IDS), sa.bindparam("ids", type_=IDS))


async def list_open_items(
    session: AsyncSession, plan_id: VisiblePlanId, agency_ids: Collection[uuid.UUID], *, day: date
) -> dict[uuid.UUID, list[OpenItem]]:
    """The items of a plan of which these agencies may be reminded on *day*, by agency, earliest
    due first."""
    given = {"plan": plan_id, "agencies": list(agency_ids), "day": day}
    found: dict[uuid.UUID, list[OpenItem]] = {agency_id: [] for agency_id in agency_ids}
    for agency_id, kind, *about in await (await session.connection()).execute(OPEN_ITEMS, given):
        found[agency_id].append(OpenItem(ItemKind(kind), *about))
    return found


async def overdue_agencies(
    session: AsyncSession, plan_id: VisiblePlanId, *, day: date
) -> list[Agency]:
    """The agencies with something of a plan that was due before *day* and is open, by code."""
    rows = await (await session.connection()).execute(OVERDUE, {"plan": plan_id, "day": day})
    return sorted(await agencies_of(session, list(rows.scalars())), key=lambda one: one.code)


async def contacts_of(
    session: AsyncSession,
    plan_id: VisiblePlanId,
    assignments: Mapping[uuid.UUID, Collection[uuid.UUID]],
    *,
    day: date,
) -> dict[uuid.UUID, list[Contact]]:
    """The contacts of agencies on *day* for these *assignments* of theirs and for all they owe, by
    agency, heads before focal points."""
    pairs = [
        (agency_id, one) for agency_id, ids in assignments.items() for one in (None, *set(ids))
    ]
    given = {
        "plan": plan_id,
        "day": day,
        "agencies": [agency_id for agency_id, _ in pairs],
        "ids": [one for _, one in pairs],
    }
    found: dict[uuid.UUID, list[Contact]] = {agency_id: [] for agency_id in assignments}
    for row in await (await session.connection()).execute(CONTACTS, given):
        contact = Contact(row[1], Receiver(row[2]), row[3], row[4], frozenset(row[5]))
        found[row[0]].append(contact)
    return found


async def store_items(
    session: AsyncSession,
    plan_id: uuid.UUID,
    items: Iterable[tuple[Reminder, Sequence[OpenItem]]],
) -> None:
    """Insert the items of reminders by hand, numbered in their order; they have no step."""
    rows = [
        {
            "reminder_id": reminder.id,
            "number": number,
            "kind": one.kind,
            "plan_id": plan_id,
            "agency_id": reminder.agency_id if one.assignment_id is None else None,
            "assignment_id": one.assignment_id,
            "submission_id": one.submission_id,
            "agency_report_id": one.agency_report_id,
            "due_on": one.due_on,
        }
        for reminder, meant in items
        for number, one in enumerate(meant, start=1)
    ]
    await insert_rows(session, ReminderItem, rows)
