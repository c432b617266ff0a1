"""Giving what one agency carries to another: duties, in a few statements however many there are,
and plans.

The trigger `keep_assignment_state` tells the days since then anew, and leaves those before alone.
"""

import enum
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.principal import Principal
from app.domain.plans import plans
from app.domain.records import Note, Subject, record_all, tell_all
from app.models import Agency, HandoverSubject, Plan
from app.queries.handovers.handovers import Duty


class What(enum.StrEnum):
    """What became of one thing that an agency carried."""

    MOVED = "moved"
    MERGED = "merged"
    TO_DECIDE = "to_decide"
    STAYS = "stays"


class Change(NamedTuple):
    """What became of one duty, or of the follow-up or the ownership of a plan."""

    what: What
    subject: HandoverSubject
    plan_id: uuid.UUID
    from_id: uuid.UUID
    to_id: uuid.UUID | None
    duty: Duty | None = None


@dataclass(frozen=True, slots=True)
class Deed:
    """In which transaction, by whom and at which moment something is done."""

    session: AsyncSession
    principal: Principal | None
    at: datetime

    async def note(self, notes: Sequence[Note]) -> None:
        """Audit these and tell of them."""
        await record_all(self.session, self.principal, notes, at=self.at)

    async def tell(self, notes: Sequence[Note]) -> None:
        """Tell of these; one audit entry, of what they come of, covers them."""
        await tell_all(self.session, notes, at=self.at)


class Hand(NamedTuple):
    """From whom, to whom, since when."""

    from_: Agency
    to: Agency
    day: date


GIVEN = "unnest(cast(:ids as uuid[]), cast(:days as date[])) as given (id, day)"
WAIT = f"""
update assignment a set awaits_handover = true, assigned_on = given.day, updated_at = :at
  from {GIVEN} where a.id = given.id
"""  # noqa: S608 - names of our own
# One duty remains: the successor's own, unless that was called off.
SAME = """
select a.id, b.id as own_id
  from unnest(cast(:ids as uuid[])) as given (id)
  join assignment a on a.id = given.id
  join assignment b on b.task_id = a.task_id and b.occurrence = a.occurrence
   and b.agency_id = :to and b.status not in ('merged', 'revoked', 'not_applicable')
 order by b.id
   for no key update of b
"""
PAIRS = (
    "unnest(cast(:ids as uuid[]), cast(:days as date[]), cast(:own as uuid[]))"
    " as given (id, day, own_id)"
)
LEAD_WINS = f"""
update assignment b set role = 'lead', assigned_on = given.day, updated_at = :at
  from {PAIRS} join assignment a on a.id = given.id
 where b.id = given.own_id and a.role = 'lead' and b.role <> 'lead'
"""  # noqa: S608 - names of our own
MERGE = f"""
update assignment a
   set status = 'merged', merged_into_id = given.own_id, agency_id = :to, awaits_handover = false,
       assigned_on = given.day, updated_at = :at
  from {PAIRS} where a.id = given.id
"""  # noqa: S608 - names of our own
MOVE = f"""
update assignment a
   set agency_id = :to, awaits_handover = false, assigned_on = given.day, updated_at = :at
  from {GIVEN} where a.id = given.id
"""  # noqa: S608 - names of our own
# What was merged into one of these before goes where it goes.
FOLLOW = """
update assignment f
   set agency_id = a.agency_id, merged_into_id = coalesce(a.merged_into_id, a.id), updated_at = :at
  from unnest(cast(:ids as uuid[])) as given (id) join assignment a on a.id = given.id
 where f.merged_into_id = given.id
"""
# From that day on all reports on what is merged, or was merged into it before, count with what
# remains.
KEEP_MOVES = f"""
insert into submission_move (submission_id, moved_on, from_assignment_id, to_assignment_id)
select u.id, given.day, given.id, given.own_id
  from {PAIRS} join assignment a on given.id in (a.id, a.merged_into_id)
  join submission u on u.assignment_id = a.id
"""  # noqa: S608 - names of our own
# Reports on what was merged: those that the remaining duty lacks go over to it.
GIVE_REPORTS = f"""
update submission u set assignment_id = given.own_id, updated_at = :at
  from {PAIRS}
 where u.assignment_id = given.id and u.status in ('expected', 'draft', 'returned')
   and not exists (
     select from submission own where own.assignment_id = given.own_id and own.period = u.period)
"""  # noqa: S608 - names of our own
# Of the rest, a draft goes along if the successor has begun none, and what nobody wrote is waived.
GIVE_DRAFTS = f"""
with given_on as (
  update submission own
     set status = 'draft', draft = u.draft, drafted_by_id = coalesce(u.drafted_by_id, :from),
         draft_narrative_id = u.draft_narrative_id, draft_sources = u.draft_sources,
         updated_at = :at
    from {PAIRS} join submission u on u.assignment_id = given.id and u.status = 'draft'
   where own.assignment_id = given.own_id and own.period = u.period and own.status = 'expected'
  returning u.id
)
update submission u
   set status = 'waived', waived_reason = :reason, waived_on = given.day, draft = null,
       drafted_by_id = null, draft_narrative_id = null, draft_sources = null, updated_at = :at
  from {PAIRS}
 where u.assignment_id = given.id
   and (u.status = 'expected' or u.id in (select id from given_on))
"""  # noqa: S608 - names of our own
MERGED = "Đã nhập vào nhiệm vụ của cơ quan tiếp nhận. / Merged into the successor's own assignment."


async def wait(deed: Deed, duties: Sequence[Duty]) -> None:
    """Let these wait for a decision, from the day of each on."""
    await _run(deed, WAIT, _days(duties))


async def give_duties(deed: Deed, hand: Hand, duties: Sequence[Duty]) -> list[Change]:
    """Give these to another agency, from the day of each on.

    What that agency owes already is merged into its own, which remains; a lead stays a lead.
    """
    own = await _give(deed, hand, duties)
    words = {day: _words(hand, day) for day in {duty.effective_on for duty in duties}}
    to_id, from_id = hand.to.id, hand.from_.id
    notes = [
        Note(
            "merged" if duty.id in own else "handed_over",
            Subject("assignment", duty.id, duty.plan_id, to_id),
            words[duty.effective_on] | ({"into": str(own[duty.id])} if duty.id in own else {}),
        )
        for duty in duties
    ]
    await deed.note(notes)
    return [
        Change(
            What.MERGED if duty.id in own else What.MOVED,
            HandoverSubject.ASSIGNMENT,
            duty.plan_id,
            from_id,
            to_id,
            duty,
        )
        for duty in duties
    ]


async def give_plan(deed: Deed, hand: Hand, plan: Plan, subject: HandoverSubject) -> Change:
    """Let another agency coordinate a plan from that day on, or own it."""
    if subject == HandoverSubject.COORDINATION:
        plan.coordinator_id, plan.coordinator_since = hand.to.id, hand.day
        action = "coordinator_changed"
    else:
        plan.owner_id = hand.to.id
        action = "owner_changed"
    await deed.session.flush()
    await deed.note([Note(action, plans.subject(plan), _words(hand, hand.day))])
    return Change(What.MOVED, subject, plan.id, hand.from_.id, hand.to.id)


async def _give(deed: Deed, hand: Hand, duties: Sequence[Duty]) -> Mapping[uuid.UUID, uuid.UUID]:
    ids, to_id = [duty.id for duty in duties], hand.to.id
    connection = await deed.session.connection()
    rows = await connection.execute(sa.text(SAME), {"ids": ids, "to": to_id})
    own = {row.id: row.own_id for row in rows}
    merging = [duty for duty in duties if duty.id in own]
    pairs = _days(merging) | {"own": [own[duty.id] for duty in merging]}
    await _run(deed, LEAD_WINS, pairs)
    await _run(deed, KEEP_MOVES, pairs)
    await _run(deed, MERGE, pairs, to=to_id)
    await _run(deed, GIVE_REPORTS, pairs)
    await _run(deed, GIVE_DRAFTS, pairs, **{"from": hand.from_.id, "reason": MERGED})
    await _run(deed, MOVE, _days([duty for duty in duties if duty.id not in own]), to=to_id)
    await _run(deed, FOLLOW, {"ids": ids})
    return own


def _days(duties: Sequence[Duty]) -> dict[str, Any]:
    return {
        "ids": [duty.id for duty in duties],
        "days": [duty.effective_on for duty in duties],
    }


def _words(hand: Hand, day: date) -> dict[str, str]:
    return {"from": hand.from_.code, "to": hand.to.code, "effective_on": day.isoformat()}


async def _run(deed: Deed, statement: str, lists: Mapping[str, Any], **values: Any) -> None:
    if lists["ids"]:
        connection = await deed.session.connection()
        await connection.execute(sa.text(statement), {"at": deed.at, **lists, **values})
