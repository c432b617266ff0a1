"""Reads and bulk writes that take back the effects of a wrong succession."""

import uuid
from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import NamedTuple

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.models import Assignment, Handover, HandoverState, PlanCoordinator
from app.queries.assignments.assignments import open_status
from app.queries.handovers.successions import IDS

# An assignment that had been merged or split is open again, in the state in which it was.
RESTORE_ASSIGNMENTS = sa.text(f"""
update assignment a
   set agency_id = given.agency_id, awaits_handover = false, assigned_on = given.day,
       status = case when a.status not in ('merged', 'split') then a.status
         else {open_status("s.status <> 'split'")} end,
       changed_on = case when a.status = 'merged' then given.day else a.changed_on end,
       merged_into_id = null, updated_at = :at
  from unnest(cast(:ids as uuid[]), cast(:days as date[]), cast(:agencies as uuid[]))
         as given (id, day, agency_id)
 where a.id = given.id
""")
EXPECT_SUBMISSIONS_AGAIN = sa.text("""
update submission u
   set status = 'expected', waived_reason = null, waived_on = null, updated_at = :at
 where u.assignment_id = any(cast(:ids as uuid[]))
   and u.waived_reason = any(cast(:reasons as text[]))
""")
# Submissions that came back count with their own assignment as before the merge; those that had
# gone over to the other assignment stay there.
FORGET_SUBMISSION_MOVES = sa.text("""
delete from submission_move m using submission u
 where u.id = m.submission_id and u.assignment_id = any(cast(:ids as uuid[]))
   and m.from_assignment_id = any(cast(:ids as uuid[]))
""")
# An assignment that leads only because a lead was merged into it gets back the role that the
# plan's words give it.
RESTORE_ROLES = sa.text("""
update assignment b set role = named.role, updated_at = :at
  from assignee named
 where b.id = any(cast(:remaining as uuid[])) and named.id = b.assignee_id
   and b.role = 'lead' and named.role <> 'lead'
   and not exists (
     select from assignment a join assignee led on led.id = a.assignee_id
      where a.merged_into_id = b.id and led.role = 'lead')
""")
SUPERSEDE = sa.text("""
update handover h set state = 'superseded', updated_at = :at
 where h.state <> 'superseded'
   and (h.id = any(cast(:ids as uuid[]))
        or (h.assignment_id = any(cast(:assignments as uuid[])) and h.id > :first))
returning h.id, h.plan_id, h.from_agency_id
""")


class SupersededHandover(NamedTuple):
    """A handover that was superseded, with its plan and the agency that it came from."""

    id: uuid.UUID
    plan_id: uuid.UUID
    from_agency_id: uuid.UUID


async def handovers_in_force(
    session: AsyncSession, from_agency_ids: Collection[uuid.UUID]
) -> list[Handover]:
    """The handovers of these agencies that nothing has overtaken, by day."""
    rows = await session.exec(
        select(Handover)
        .where(
            col(Handover.from_agency_id).in_(from_agency_ids),
            col(Handover.state) != HandoverState.SUPERSEDED,
        )
        .order_by(col(Handover.effective_on), col(Handover.id))
    )
    return list(rows)


async def lock_assignments(
    session: AsyncSession, ids: Collection[uuid.UUID]
) -> Sequence[Assignment]:
    """These assignments as they are now, by id, locked until the transaction ends."""
    rows = await session.exec(
        select(Assignment)
        .where(col(Assignment.id) == sa.func.any(sa.literal(list(ids), IDS)))
        .order_by(col(Assignment.id))
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    return rows.all()


async def restore_assignments(
    session: AsyncSession,
    restored: Sequence[tuple[Handover, Assignment]],
    *,
    reasons: Collection[str],
    also_leading: Collection[uuid.UUID],
    at: datetime,
) -> None:
    """Give each assignment back to the agency that its handover came from, since the same day.

    Submissions that were waived for one of *reasons* are expected again. *also_leading* are
    assignments that may lead only because one of these was split.
    """
    lists = {
        "ids": [assignment.id for _, assignment in restored],
        "days": [handover.effective_on for handover, _ in restored],
        "agencies": [handover.from_agency_id for handover, _ in restored],
    }
    remaining = [a.merged_into_id for _, a in restored if a.merged_into_id is not None]
    connection = await session.connection()
    await connection.execute(RESTORE_ASSIGNMENTS, lists | {"at": at})
    of_these = {"ids": lists["ids"]}
    await connection.execute(
        EXPECT_SUBMISSIONS_AGAIN, of_these | {"reasons": list(reasons), "at": at}
    )
    await connection.execute(FORGET_SUBMISSION_MOVES, of_these)
    await connection.execute(RESTORE_ROLES, {"remaining": [*remaining, *also_leading], "at": at})


async def coordinated_since(
    session: AsyncSession, plan_id: uuid.UUID, agency_id: uuid.UUID, *, before: date
) -> date | None:
    """The first day on which an agency last coordinated a plan, if that was *before* a day.

    None: from the plan's beginning, or never.
    """
    begins = col(PlanCoordinator.valid_from)
    rows = await session.exec(
        select(PlanCoordinator)
        .where(
            col(PlanCoordinator.plan_id) == plan_id,
            col(PlanCoordinator.agency_id) == agency_id,
            sa.or_(begins.is_(None), begins < before),
        )
        .order_by(begins.desc().nulls_last())
        # The rows are a trigger's to write.
        .execution_options(populate_existing=True)
    )
    row = rows.first()
    return None if row is None else row.valid_from


async def supersede_handovers(
    session: AsyncSession, handovers: Sequence[Handover], *, at: datetime
) -> list[SupersededHandover]:
    """End these handovers and every later one of the same assignments; answers all that ended."""
    values = {
        "at": at,
        "ids": [row.id for row in handovers],
        "assignments": [row.assignment_id for row in handovers if row.assignment_id is not None],
        "first": min(row.id for row in handovers),
    }
    rows = await (await session.connection()).execute(SUPERSEDE, values)
    return [SupersededHandover(*row) for row in rows]
