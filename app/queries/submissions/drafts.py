"""Drafts of submissions as acts of others move them: nobody reads them meanwhile."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlmodel.ext.asyncio.session import AsyncSession

from app.models import SubmissionAttempt
from app.queries.row_security import reach_all

BEGIN_AGAIN = sa.text("""
insert into submission_draft (
  submission_id, agency_id, content, drafted_by_id, narrative_id, sources, updated_at
)
select u.id, a.agency_id, t.content, t.agency_id, t.narrative_id, t.sources, :at
  from submission_attempt t
  join submission u on u.id = t.submission_id
  join assignment a on a.id = u.assignment_id
 where t.id = :attempt
on conflict (submission_id) do update set content = excluded.content,
  drafted_by_id = excluded.drafted_by_id, narrative_id = excluded.narrative_id,
  sources = excluded.sources, updated_at = excluded.updated_at
""")
# If both have the period, a draft goes over where the successor has begun none. Submissions are
# looked up for each pair: PostgreSQL may read all of them for each otherwise.
MERGE = sa.text("""
with pairs as materialized (
  select u.id, own.id as own_id
    from unnest(cast(:ids as uuid[]), cast(:own as uuid[])) as given (id, own_id)
    cross join lateral (
      select u.id, u.period from submission u
       where u.assignment_id = given.id and u.status = 'expected' offset 0
    ) u
    cross join lateral (
      select own.id from submission own
       where own.assignment_id = given.own_id and own.period = u.period
         and own.status = 'expected' offset 0
    ) own
), given_on as (
  update submission_draft d set submission_id = pairs.own_id, updated_at = :at
    from pairs
   where d.submission_id = pairs.id
     and not exists (select from submission_draft begun where begun.submission_id = pairs.own_id)
  returning pairs.id
)
select d.submission_id
  from submission_draft d join submission u on u.id = d.submission_id
 where u.assignment_id = any(cast(:ids as uuid[]))
   and d.submission_id not in (select id from given_on)
""")
COPY = sa.text("""
insert into submission_draft (
  submission_id, agency_id, content, drafted_by_id, narrative_id, sources, updated_at
)
select u.id, p.agency_id, d.content, d.drafted_by_id, d.narrative_id, d.sources, :at
  from unnest(cast(:parts as uuid[]), cast(:of as uuid[])) as part (id, of_id)
  join assignment p on p.id = part.id
  join submission own on own.assignment_id = part.of_id and own.status = 'expected'
  join submission_draft d on d.submission_id = own.id
  join submission u on u.assignment_id = part.id and u.period = own.period
   and u.status = 'expected'
on conflict (submission_id) do nothing
""")


async def begin_again(session: AsyncSession, attempt: SubmissionAttempt, *, at: datetime) -> None:
    """Make an attempt that was sent back or withdrawn the draft, with its author and sources.

    The next agency may go on with it.
    """
    async with reach_all(session):
        await (await session.connection()).execute(BEGIN_AGAIN, {"attempt": attempt.id, "at": at})


async def merge_drafts(
    session: AsyncSession, lists: Mapping[str, Sequence[uuid.UUID]], *, at: datetime
) -> list[uuid.UUID]:
    """Move drafts of merged assignments (`ids`) to those that remain (`own`), for the same period.

    Answers the submissions whose draft stays, since the successor has begun its own.
    """
    async with reach_all(session):
        given = {"ids": lists["ids"], "own": lists["own"], "at": at}
        rows = await (await session.connection()).execute(MERGE, given)
        return list(rows.scalars())


async def copy_drafts(session: AsyncSession, lists: Mapping[str, object], *, at: datetime) -> None:
    """Give each part of a split assignment (`parts`) the draft on the whole (`of`), for the same
    period."""
    async with reach_all(session):
        given = {"parts": lists["parts"], "of": lists["of"], "at": at}
        await (await session.connection()).execute(COPY, given)
