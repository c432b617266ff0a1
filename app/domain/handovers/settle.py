"""What an agency that ends leaves behind: it goes to its successor, or waits for a decision.

The rule is about what is, not about what was recorded when: whatever an agency that has ended
still owes, follows up or owns is settled, however it came there. So it is safe to repeat.
"""

import uuid
from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from app.clock import local_day
from app.domain.assignments.carriers import Hop
from app.domain.handovers.transfer import Change, Deed, Hand, What, give_duties, give_plan, wait
from app.domain.records import Note, Subject
from app.models import Agency, Handover, HandoverState, HandoverSubject, Plan, Succession
from app.models.base import new_id
from app.queries.bulk import insert_rows
from app.queries.handovers import handovers as queries
from app.queries.handovers.handovers import Duty
from app.queries.handovers.successions import successors_of


async def settle(
    deed: Deed,
    *,
    day: date | None = None,
    agency_ids: Collection[uuid.UUID] | None = None,
    plan_id: uuid.UUID | None = None,
) -> list[Change]:
    """Hand over all that agencies which ended by *day* (today) still carry; safe to repeat.

    Each goes from the day on which its agency ended, however late that is found out: to the one
    successor, else it waits. The earliest end comes first, so that chains are followed. A plan
    that is closed is left as it was.
    """
    await deed.session.flush()
    await queries.hold(deed.session)
    until = day or local_day(deed.at)
    session = deed.session
    ended = await queries.ended_carriers(session, until, agency_ids=agency_ids, plan_id=plan_id)
    changes: list[Change] = []
    while ended:
        agency_id = min(ended, key=lambda key: (ended[key], key))
        ended_on = ended.pop(agency_id)
        found = await _settle_one(deed, agency_id, ended_on, plan_id)
        changes += found
        heirs = {change.to_id for change in found if change.to_id is not None}
        if heirs:
            ended |= await queries.ended_carriers(session, until, agency_ids=heirs, plan_id=plan_id)
    return changes


async def _settle_one(
    deed: Deed, agency_id: uuid.UUID, day: date, plan_id: uuid.UUID | None
) -> list[Change]:
    session = deed.session
    agency = await session.get_one(Agency, agency_id)
    successions = (await successors_of(session, {agency_id}))[agency_id]
    duties = await queries.unfinished_duties(session, agency_id, day, plan_id=plan_id)
    plans = await queries.carried_plans(session, agency_id, plan_id=plan_id)
    carried = [(plan, subject) for plan in plans for subject in _carried(plan, agency)]
    if len(successions) != 1:
        changes = await _wait(deed, agency, duties)
        for plan, subject in carried:
            changes.append(await _plan_waits(deed, agency, day, plan, subject))
        return changes
    to = await session.get_one(Agency, successions[0].successor_id)
    hand = Hand(agency, to, day)
    changes = await give_duties(deed, hand, duties)
    changes += [await give_plan(deed, hand, plan, subject) for plan, subject in carried]
    await insert_rows(
        deed.session, Handover, [_by_succession(deed, change, successions[0]) for change in changes]
    )
    return changes


async def _wait(deed: Deed, agency: Agency, duties: Sequence[Duty]) -> list[Change]:
    await wait(deed, duties)
    await open_handovers(deed, agency, duties)
    return [
        Change(What.TO_DECIDE, HandoverSubject.ASSIGNMENT, duty.plan_id, agency.id, None, duty)
        for duty in duties
    ]


async def open_handovers(deed: Deed, agency: Agency, duties: Sequence[Duty]) -> None:
    """Put duties that wait already before the people who decide."""
    rows = [
        _row(deed, HandoverSubject.ASSIGNMENT, duty.plan_id, agency.id, duty.effective_on)
        | {"assignment_id": duty.id}
        for duty in duties
    ]
    await insert_rows(deed.session, Handover, rows)
    await deed.note([_opened(row, agency) for row in rows])


async def carry_on(deed: Deed, duty: Duty, hops: Sequence[Hop]) -> None:
    """Write down by what a new duty came to its agency from the one that the plan names."""
    rows = []
    for hop in hops:
        row = _row(
            deed, HandoverSubject.ASSIGNMENT, duty.plan_id, hop.from_id, duty.effective_on
        ) | {
            "assignment_id": duty.id,
            "state": HandoverState.DECIDED,
            "to_agency_id": hop.to_id,
            "basis": hop.by.basis,
        }
        if isinstance(hop.by, Succession):
            rows.append(row | {"succession_id": hop.by.id, "decided_at": deed.at})
        else:
            names = ("decided_at", "decided_by_id", "decided_for_id", "reason")
            rows.append(row | {name: getattr(hop.by, name) for name in names})
    for row in rows:
        await insert_rows(deed.session, Handover, [row])


async def _plan_waits(
    deed: Deed, agency: Agency, day: date, plan: Plan, subject: HandoverSubject
) -> Change:
    if subject == HandoverSubject.COORDINATION:
        plan.coordinator_id, plan.coordinator_since = None, day
        await deed.session.flush()
    row = _row(deed, subject, plan.id, agency.id, day)
    await insert_rows(deed.session, Handover, [row])
    await deed.note([_opened(row, agency)])
    return Change(What.TO_DECIDE, subject, plan.id, agency.id, None)


def _carried(plan: Plan, agency: Agency) -> list[HandoverSubject]:
    found = []
    if plan.coordinator_id == agency.id:
        found.append(HandoverSubject.COORDINATION)
    if plan.owner_id == agency.id:
        found.append(HandoverSubject.OWNERSHIP)
    return found


def _row(
    deed: Deed, subject: HandoverSubject, plan_id: uuid.UUID, agency_id: uuid.UUID, day: date
) -> dict[str, Any]:
    return {
        "id": new_id(),
        "created_at": deed.at,
        "updated_at": deed.at,
        "subject": subject,
        "plan_id": plan_id,
        "from_agency_id": agency_id,
        "effective_on": day,
        "state": HandoverState.PENDING,
    }


def _by_succession(deed: Deed, change: Change, succession: Succession) -> dict[str, Any]:
    """The handover that a succession decides by itself, since nobody else could take over."""
    day = change.duty.effective_on if change.duty else succession.effective_on
    return _row(deed, change.subject, change.plan_id, change.from_id, day) | {
        "assignment_id": change.duty and change.duty.id,
        "state": HandoverState.DECIDED,
        "to_agency_id": change.to_id,
        "succession_id": succession.id,
        "decided_at": deed.at,
        "basis": succession.basis,
    }


def _opened(row: dict[str, Any], agency: Agency) -> Note:
    return Note(
        "opened",
        Subject("handover", row["id"], row["plan_id"], agency.id),
        {
            "subject": row["subject"],
            "from": agency.code,
            "effective_on": row["effective_on"].isoformat(),
        },
    )
