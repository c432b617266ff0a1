"""Reading which deadlines an assignment has had."""

import uuid
from datetime import date, datetime
from typing import NamedTuple

import sqlalchemy as sa
from sqlmodel.ext.asyncio.session import AsyncSession


class Deadline(NamedTuple):
    """A deadline and the day from which it held; number 0 is the one of the plan's words.

    `deadline_on` is None where those gave none. Of several for one day the last one held.
    """

    number: int
    deadline_on: date | None
    since_on: date
    reason: str | None
    basis: str | None
    extension_id: uuid.UUID | None
    moved_at: datetime | None
    agency_id: uuid.UUID | None


# What an assignment was made with is written down by the first moving, and until then is its own.
HISTORY = sa.text("""
select 0 as number,
  case when first.id is null then a.deadline_on else first.old_deadline_on end as deadline_on,
  coalesce((select min(s.since) from assignment_state s where s.assignment_id = a.id),
           a.changed_on) as since_on,
  null as reason, null as basis, null as extension_id, null as moved_at, null as agency_id
from assignment a
left join deadline_change first on first.assignment_id = a.id and first.number = 1
where a.id = :assignment and cast(:after as integer) < 0
union all
select c.number, c.new_deadline_on, c.moved_on, c.reason, c.basis, c.extension_id, c.moved_at,
  c.agency_id
from deadline_change c
where c.assignment_id = :assignment and c.number > :after
order by number limit :limit
""")


async def deadlines_of(
    session: AsyncSession, assignment_id: uuid.UUID, *, after: int | None, limit: int
) -> list[Deadline]:
    """The deadlines that an assignment has had, in order, after the one of that number."""
    values = {"assignment": assignment_id, "after": -1 if after is None else after, "limit": limit}
    rows = await (await session.connection()).execute(HISTORY, values)
    return [Deadline(*row) for row in rows]
