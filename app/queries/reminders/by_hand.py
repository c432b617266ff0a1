"""The open items of one agency in a plan and its contacts for them, for a reminder by hand."""

# ruff: noqa: S608 - due.py shares the conditions with these statements

import uuid
from collections.abc import Collection, Sequence
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


class OpenItem(NamedTuple):
    """Something of which an agency may be reminded, by what it is about (see `ReminderItem`)."""

    kind: ItemKind
    assignment_id: uuid.UUID | None
    submission_id: uuid.UUID | None
    agency_report_id: uuid.UUID | None
    due_on: date | None


@dataclass(frozen=True, slots=True)
class Contact:
    """A person who gets the mail about these assignments; one `key` is one receiver.

    None among them stands for what is the agency's as a whole.
    """

    id: uuid.UUID
    receiver: Receiver
    has_address: bool
    key: str
    assignment_ids: frozenset[uuid.UUID | None]


OWES = f"""select from assignment a
    where a.plan_id = :plan and a.agency_id = :agency and {OPEN_ASSIGNMENT}"""
OPEN_ITEMS = sa.text(f"""
select 'assignment', a.id, cast(null as uuid), cast(null as uuid), a.deadline_on as due_on
  from assignment a where a.plan_id = :plan and a.agency_id = :agency and {OPEN_ASSIGNMENT}
union all
select 'submission', a.id, s.id, null, s.due_on
  from submission s join assignment a on a.id = s.assignment_id
 where a.plan_id = :plan and a.agency_id = :agency and {OPEN_ASSIGNMENT} and {OPEN_SUBMISSION}
union all
select 'agency_report', null, null, o.id, o.due_on
  from agency_report o where o.plan_id = :plan and o.agency_id = :agency and {OPEN_REPORT}
union all
select 'focal_point', null, null, null, null
 where {no_focal_point(":plan", ":agency")}
   and exists ({OWES})
union all
select 'action_plan', null, null, null, null
 where {no_action_plan(":plan", ":agency")}
   and exists ({OWES})
 order by due_on nulls last, 2, 3, 4, 1
""")
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
select c.id, c.level, c.has_address, c.key, array_agg(d.id)
  from (select cast(null as uuid) as id union all select unnest(cast(:ids as uuid[]))) d
 cross join unnest(array['focal', 'head']) as wanted (level)
 cross join lateral (
   select {CONTACT} from focal_point c
    where c.plan_id = :plan and c.agency_id = :agency and c.level = wanted.level
      and (c.assignment_id is null or c.assignment_id = d.id) and {HOLDS}
    order by c.assignment_id nulls last limit 1
 ) c
 group by c.id, c.level, c.has_address, c.key
 order by c.level desc, c.id
""").bindparams(sa.bindparam("ids", type_=sa.ARRAY(sa.Uuid)))


async def list_open_items(
    session: AsyncSession, plan_id: uuid.UUID, agency_id: uuid.UUID, *, day: date
) -> list[OpenItem]:
    """The items of a plan of which an agency may be reminded on *day*, earliest due first."""
    given = {"plan": plan_id, "agency": agency_id, "day": day}
    rows = await (await session.connection()).execute(OPEN_ITEMS, given)
    return [OpenItem(ItemKind(row[0]), *row[1:]) for row in rows]


async def overdue_agencies(session: AsyncSession, plan_id: uuid.UUID, *, day: date) -> list[Agency]:
    """The agencies with something of a plan that was due before *day* and is open, by code."""
    rows = await (await session.connection()).execute(OVERDUE, {"plan": plan_id, "day": day})
    return sorted(await agencies_of(session, list(rows.scalars())), key=lambda one: one.code)


async def contacts_of(
    session: AsyncSession,
    plan_id: uuid.UUID,
    agency_id: uuid.UUID,
    assignment_ids: Collection[uuid.UUID],
    *,
    day: date,
) -> list[Contact]:
    """An agency's contacts on *day* for these assignments and for all of it, heads before focal
    points."""
    given = {"plan": plan_id, "agency": agency_id, "ids": list(set(assignment_ids)), "day": day}
    rows = await (await session.connection()).execute(CONTACTS, given)
    return [Contact(row[0], Receiver(row[1]), row[2], row[3], frozenset(row[4])) for row in rows]


async def store_items(
    session: AsyncSession, reminder: Reminder, plan_id: uuid.UUID, items: Sequence[OpenItem]
) -> None:
    """Insert the items of one reminder by hand, numbered in this order; they have no step."""
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
        for number, one in enumerate(items, start=1)
    ]
    await insert_rows(session, ReminderItem, rows)
