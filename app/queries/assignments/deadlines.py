"""Reading the deadlines that an assignment has had."""

import uuid
from collections.abc import Collection
from datetime import date, datetime
from typing import NamedTuple

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.models import Assignment, TaskDeadline
from app.queries.assignments.assignments import UNFINISHED
from app.queries.handovers.successions import IDS
from app.queries.visible_ids import VisibleAssignmentId


class Deadline(NamedTuple):
    """A deadline (None: there was none) and the day from which it held; number 0 is the original
    one.

    Of several for one day the last one held.
    """

    number: int
    deadline_on: date | None
    since_on: date
    reason: str | None
    basis: str | None
    extension_id: uuid.UUID | None
    amendment_id: uuid.UUID | None
    moved_at: datetime | None
    agency_id: uuid.UUID | None


# The trigger keeps which deadline held from which day; `deadline_change` keeps the reason and the
# document, and each of several moves on one day.
HISTORY = sa.text("""
with kept as (
  select s.since, s.deadline_on,
    lag(s.deadline_on) over (order by s.since) as before,
    row_number() over (order by s.since) = 1 as is_first
  from assignment_state s where s.assignment_id = :assignment
), moved as (
  select * from deadline_change c where c.assignment_id = :assignment
), shown as (
  select k.since as since_on, 0 as nth,
    case when same_day.id is null then k.deadline_on else same_day.old_deadline_on end
      as deadline_on,
    null as reason, null as basis, cast(null as uuid) as extension_id,
    cast(null as uuid) as amendment_id, cast(null as timestamptz) as moved_at,
    cast(null as uuid) as agency_id
  from kept k
  left join moved same_day on same_day.moved_on = k.since and same_day.number = 1
  where k.is_first
  union all
  select k.since, 0, k.deadline_on, null, null, null, null, null, null
  from kept k
  where not k.is_first and k.deadline_on is distinct from k.before
    and not exists (select from moved m where m.moved_on = k.since)
  union all
  select m.moved_on, m.number, m.new_deadline_on, m.reason, m.basis, m.extension_id,
    m.amendment_id, m.moved_at, m.agency_id
  from moved m
), numbered as (
  select row_number() over (order by since_on, nth) - 1 as number, shown.* from shown
)
select number, deadline_on, since_on, reason, basis, extension_id, amendment_id, moved_at, agency_id
from numbered where number > :after order by number limit :limit
""")


async def deadlines_of(
    session: AsyncSession, assignment_id: VisibleAssignmentId, *, after: int | None, limit: int
) -> list[Deadline]:
    """The deadlines of an assignment after number *after*, in order; at most *limit*."""
    values = {"assignment": assignment_id, "after": -1 if after is None else after, "limit": limit}
    rows = await (await session.connection()).execute(HISTORY, values)
    return [Deadline(*row) for row in rows]


async def supersede_task_deadlines(
    session: AsyncSession, keys: Collection[tuple[uuid.UUID, str]], *, at: datetime
) -> None:
    """Let the deadlines of these occurrences of tasks hold no more for assignments that are made
    from now on."""
    key = sa.tuple_(col(TaskDeadline.task_id), col(TaskDeadline.occurrence))
    await session.exec(
        sa.update(TaskDeadline)
        .where(key.in_(list(keys)), col(TaskDeadline.superseded_at).is_(None))
        .values(superseded_at=at)
    )


async def task_deadlines_of(
    session: AsyncSession, ids: Collection[uuid.UUID]
) -> list[tuple[TaskDeadline, Assignment]]:
    """The deadline that was given to the whole task of each of these unfinished assignments."""
    rows = await session.exec(
        select(TaskDeadline, Assignment)
        .join(
            Assignment,
            sa.and_(
                col(Assignment.task_id) == col(TaskDeadline.task_id),
                col(Assignment.occurrence) == col(TaskDeadline.occurrence),
            ),
        )
        .where(
            col(TaskDeadline.superseded_at).is_(None),
            col(Assignment.id) == sa.func.any(sa.literal(list(ids), IDS)),
            col(Assignment.status).in_(UNFINISHED),
        )
        .order_by(col(Assignment.id))
        .execution_options(populate_existing=True)
    )
    return list(rows)
