"""Taking assignments back for a while, so that a report that is entered late counts from its own
day.

An agency that has ended may have reported, on paper, before its work went to a successor. Its
assignment comes back to it as of that day, the report takes effect, and what is still open then
goes where it had gone.
"""

import uuid
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from app.domain.acts import Act, PersonalAct
from app.domain.authority import Power, may
from app.domain.handovers.decide import HandoverDecision, give
from app.domain.handovers.settle import settle
from app.domain.handovers.undo import take_back_assignments
from app.domain.submissions.expect import expect_submissions
from app.models import HandoverState, Plan
from app.queries.handovers import reclaims as queries
from app.queries.handovers.handovers import open_assignment_of
from app.queries.handovers.undo_writes import lock_assignments
from app.queries.locks import lock_handovers
from app.queries.registry.agencies import agencies_of

ENTER = Power.ENTER_REPORT


class Named(NamedTuple):
    """An agency that people named to take something over, why, and on which basis."""

    agency_id: uuid.UUID
    reason: str
    basis: str | None


@dataclass(frozen=True, slots=True)
class Reclaimed:
    """The agencies that have assignments again for a while, and the decisions that people had made
    on these, by assignment and agency."""

    agency_ids: set[uuid.UUID] = field(default_factory=set)
    decisions: dict[tuple[uuid.UUID, uuid.UUID], list[Named]] = field(default_factory=dict)


@asynccontextmanager
async def reclaimed(
    act: PersonalAct, held: Sequence[queries.AssignmentOwnedOn]
) -> AsyncIterator[None]:
    """Within it each assignment is with the agency that held it on the day, as of that day.

    Left alone are those of plans for which the caller enters no reports. Takes `lock_handovers`
    where anything is held; the caller has locked no row yet.
    """
    if not held:
        yield
        return
    plans = await queries.plans_of(act.session, {one.assignment_id for one in held})
    allowed = {row_id for row_id, plan in plans.items() if may(act.principal, ENTER, plan)}
    held = [one for one in held if one.assignment_id in allowed]
    if not held:
        yield
        return
    await lock_handovers(act.session)
    days: dict[uuid.UUID, date] = {}
    for one in held:
        days[one.assignment_id] = min(one.day, days.get(one.assignment_id, one.day))
    given = await _reclaim(act, days)
    yield
    await act.session.flush()
    await settle(act, agency_ids=given.agency_ids)
    await _decide_again(act, given)


async def _reclaim(act: Act, days: Mapping[uuid.UUID, date]) -> Reclaimed:
    handovers = [
        row
        for row in await queries.handovers_of(act.session, list(days))
        if row.assignment_id is not None and row.effective_on > days[row.assignment_id]
    ]
    given = Reclaimed()
    for row in handovers:
        given.agency_ids.add(row.from_agency_id)
        if row.decided_by_id and row.assignment_id and row.to_agency_id and row.reason:
            key = (row.assignment_id, row.from_agency_id)
            named = Named(row.to_agency_id, row.reason, row.basis)
            given.decisions.setdefault(key, []).append(named)
    await take_back_assignments(act, handovers)
    await queries.join_states(act.session, days)
    act.session.expire_all()
    # An assignment that was merged at once when its plan was issued never had a submission
    # expected.
    plans = await queries.plans_of(act.session, list(days))
    for plan in {plan.id: plan for plan in plans.values()}.values():
        ids = [row_id for row_id in days if plans[row_id] is plan]
        await expect_submissions(act.session, plan, at=act.at, only=ids)
    return given


async def _decide_again(act: PersonalAct, given: Reclaimed) -> None:
    """Let those take over again whom people had named, where that waits for a decision anew."""
    ids = {assignment_id for assignment_id, _ in given.decisions}
    for pending in await queries.handovers_of(act.session, ids) if ids else ():
        if pending.state != HandoverState.PENDING or pending.assignment_id is None:
            continue
        key = (pending.assignment_id, pending.from_agency_id)
        if key not in given.decisions:
            continue
        named = given.decisions[key]
        ids_named = [key[1], *(one.agency_id for one in named)]
        agencies = {one.id: one for one in await agencies_of(act.session, ids_named)}
        [assignment] = await lock_assignments(act.session, [key[0]])
        await give(
            act,
            await act.session.get_one(Plan, pending.plan_id),
            agencies[key[1]],
            [(pending, open_assignment_of(pending, assignment))],
            HandoverDecision(
                [agencies[one.agency_id] for one in named], named[0].reason, named[0].basis
            ),
        )
