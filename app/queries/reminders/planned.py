"""The reminders that a day would bring, as far as the caller may see them.

Most agencies follow no plan and owe little of what is due in the whole province: what an agency may
see is found from what it owes, and from the plans that it issued or coordinates.
"""

import uuid
from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.principal import Principal
from app.models import Receiver
from app.queries.reminders.due import (
    ASKED_COUNTS,
    DUE_ASSIGNMENTS,
    DUE_SUBMISSIONS,
    OF_ALL,
    OPEN_ASSIGNMENT,
    OPEN_SUBMISSION,
    TYPES,
    DueParts,
    Ladder,
    asked_for,
    parameters_of,
)
from app.queries.row_security import reach_all

OF_PLAN = "(cast(:plan as uuid) is null or p.id = :plan)"
FOLLOWS = "(f.owner_id = :mine or f.coordinator_id = :mine)"
# The days on which steps of all plans fall are many. They are not put together, since an agency
# owes little of what is due on them.
# The index of the workload has all that an agency owes today. PostgreSQL would look for it among
# all that the agency ever owed.
# Submissions of followed plans are looked for only if there are such plans: PostgreSQL may read all
# that is due before it finds none of them.
OF_AGENCY = DueParts(
    plans=OF_PLAN,
    materialized="not materialized ",
    own=f"""own as materialized (
  select assignment_id as id, plan_id, agency_id, deadline_on from assignment_state a
   where agency_id = :mine and role in ('lead', 'coordinating') and not plan_closed
     and until is null and {OPEN_ASSIGNMENT}
), """,
    submissions=f"""{DUE_SUBMISSIONS}
     and exists (select from rule f where {FOLLOWS})
     and a.plan_id in (select plan_id from rule f where {FOLLOWS})
  union
  select s.id, s.due_on, a.id, a.plan_id, a.agency_id
    from own a join submission s on s.assignment_id = a.id
   where s.due_on = any(array(select due_on from step)) and {OPEN_SUBMISSION}""",
    assignments=f"""{DUE_ASSIGNMENTS.format(assignments="assignment")}
   where {OPEN_ASSIGNMENT} and {FOLLOWS}
  union all{DUE_ASSIGNMENTS.format(assignments="own")}
   where not {FOLLOWS}""",
    seen_submission=f"({FOLLOWS} or r.agency_id = :mine)",
    seen_report=f"({FOLLOWS} or o.agency_id = :mine)",
)
"""The parts for the agency `:mine`: it sees reminders of all that it owes itself, and of all that
is owed of the plans that it issued or coordinates."""
_PREVIEW = f"""
select to_id, max(receiver) as receiver, bool_or(has_address) as has_address,
       {ASKED_COUNTS},
       array_agg(distinct step order by step) as steps,
       coalesce(array_agg(distinct a.task_id) filter (where a.id is not null), '{{{{}}}}')
         as task_ids
  from asked join plan p on p.id = asked.plan_id
  left join assignment a on a.id = asked.assignment_id
 where {{seen}}
 group by to_id, receiver_key
 order by to_id, receiver, receiver_key
"""
PREVIEW = sa.text(asked_for(OF_ALL._replace(plans=OF_PLAN)) + _PREVIEW.format(seen="true"))
PREVIEW_OF_AGENCY = sa.text(
    asked_for(OF_AGENCY) + _PREVIEW.format(seen="(to_id = :mine or p.coordinator_id = :mine)")
)
PLAN: sa.BindParameter[Any] = sa.bindparam("plan", type_=sa.Uuid)
MINE: sa.BindParameter[Any] = sa.bindparam("mine", type_=sa.Uuid)


class PlannedReminder(NamedTuple):
    """A reminder that would be sent."""

    agency_id: uuid.UUID
    receiver: Receiver
    has_address: bool
    assignments: int
    submissions: int
    agency_reports: int
    steps: list[int]
    task_ids: list[uuid.UUID]


async def planned_reminders(
    session: AsyncSession,
    principal: Principal,
    ladder: Ladder,
    *,
    since: date,
    day: date,
    ahead: int,
    plan_id: uuid.UUID | None,
) -> Sequence[PlannedReminder]:
    """The reminders that `make_reminders` would insert, as far as the caller may see them."""
    parameters = parameters_of(ladder, since=since, day=day, ahead=ahead) | {"plan": plan_id}
    statement = PREVIEW.bindparams(*TYPES, PLAN)
    if not principal.reads_all_submissions:
        statement = PREVIEW_OF_AGENCY.bindparams(*TYPES, PLAN, MINE)
        parameters["mine"] = principal.agency_id
    async with reach_all(session):
        rows = await (await session.connection()).execute(statement, parameters)
    return [PlannedReminder(row[0], Receiver(row[1]), *row[2:]) for row in rows]
