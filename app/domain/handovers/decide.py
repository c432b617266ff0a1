"""Decisions of people on pending handovers: who takes over from an agency that has ended."""

from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus

from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.principal import Principal
from app.clock import local_day
from app.domain.acts import PersonalAct
from app.domain.authority import Power, may, require
from app.domain.handovers.settle import settle
from app.domain.handovers.split import record_other_heirs, split_assignments
from app.domain.handovers.transfer import Transfer, give_assignments, give_plan
from app.domain.records import Note, Subject
from app.errors import Text, TrackerError, invalid_at
from app.models import Agency, Handover, HandoverState, HandoverSubject, Plan
from app.official_words import day_words
from app.queries.handovers import handovers as queries
from app.queries.handovers.carried import OpenAssignment
from app.queries.handovers.decision_writes import write_decision
from app.queries.handovers.successions import successors_of
from app.queries.registry.agencies import agency_names, name_on
from app.queries.registry.agency_views import exists_on

POWERS = {
    HandoverSubject.ASSIGNMENT: Power.HAND_OVER_ASSIGNMENT,
    HandoverSubject.COORDINATION: Power.HAND_OVER_COORDINATION,
    HandoverSubject.OWNERSHIP: Power.HAND_OVER_OWNERSHIP,
}


ONE_ALONE = Text(
    "Chỉ một cơ quan tiếp nhận việc theo dõi hoặc quản lý kế hoạch.",
    "One agency alone coordinates or owns a plan.",
)


class HandoverStateError(TrackerError):
    """The handover was decided already, or superseded."""

    status = HTTPStatus.CONFLICT
    code = "handover_not_pending"
    title = Text("Việc bàn giao không còn chờ quyết định", "The handover is not pending")


@dataclass(frozen=True, slots=True)
class HandoverDecision:
    """The agencies that take over, the reason, and the basis document if there is one."""

    successors: Sequence[Agency]
    reason: str
    basis: str | None


async def decide(
    act: PersonalAct,
    case: queries.HandoverCase,
    decision: HandoverDecision,
) -> None:
    """Let an agency take over one thing, since the day of its handover; an assignment may be split
    among several.

    Raises `HandoverStateError`, `PermissionDeniedError`, or `InvalidError` for an agency that is no
    candidate.
    """
    handover = case.handover
    require_pending(handover)
    require(act.principal, POWERS[handover.subject], case.plan)
    agency = await _require_candidates(act.session, handover, decision)
    if case.assignment is not None:
        given = [(handover, queries.open_assignment_of(handover, case.assignment))]
        await give(act, case.plan, agency, given, decision)
        return
    if len(decision.successors) > 1:
        raise invalid_at("#/successors", "one_alone", ONE_ALONE)
    transfer = Transfer(agency, decision.successors[0], handover.effective_on)
    await give_plan(act, transfer, case.plan, handover.subject)
    await _decided(act, [handover], decision)


async def decide_all(
    act: PersonalAct,
    plan: Plan,
    agency: Agency,
    decision: HandoverDecision,
) -> int:
    """Let others take over all pending assignments of *agency* in a plan; answers how many.

    The caller takes `lock_handovers` before it reads the plan.
    """
    require(act.principal, Power.HAND_OVER_ASSIGNMENT, plan)
    found = await queries.pending_assignments_of(act.session, plan.id, agency.id)
    if not found:
        name = await name_on(act.session, agency.id, day=local_day(act.at))
        raise HandoverStateError(
            Text(
                f"Không có nhiệm vụ nào của {name} trong kế hoạch này chờ quyết định bàn giao.",
                f"Nothing of {name} in this plan waits for a decision.",
            )
        )
    await _require_candidates(act.session, found[0][0], decision)
    await give(act, plan, agency, found, decision)
    return len(found)


async def give(
    act: PersonalAct,
    plan: Plan,
    agency: Agency,
    given: Sequence[tuple[Handover, OpenAssignment]],
    decision: HandoverDecision,
) -> None:
    """Give assignments of *agency* to the successor, or split each among the successors."""
    handovers, assignments = [one for one, _ in given], [one for _, one in given]
    if len(decision.successors) == 1:
        transfer = Transfer(agency, decision.successors[0], handovers[0].effective_on)
        await give_assignments(act, transfer, assignments)
    else:
        await split_assignments(act, plan, agency, decision.successors, assignments)
    await _decided(act, handovers, decision)


def allowed_actions(principal: Principal, handover: Handover, plan: Plan) -> list[str]:
    """The actions that this caller may take on the handover now."""
    is_open = handover.state == HandoverState.PENDING
    return ["decide"] if is_open and may(principal, POWERS[handover.subject], plan) else []


def require_pending(handover: Handover) -> None:
    """Raise `HandoverStateError` unless pending: a wrong decision is corrected by a succession."""
    if handover.state != HandoverState.PENDING:
        raise HandoverStateError(
            Text(
                "Việc bàn giao này đã được quyết định hoặc không còn cần quyết định.",
                f"The handover is {handover.state}.",
            )
        )


async def _require_candidates(
    session: AsyncSession, handover: Handover, decision: HandoverDecision
) -> Agency:
    """The agency that hands over; raises `InvalidError` unless those named may take over."""
    agency = await session.get_one(Agency, handover.from_agency_id)
    rows = (await successors_of(session, {agency.id}))[agency.id]
    day = max(handover.effective_on, agency.valid_until or handover.effective_on)
    heirs = {row.successor_id for row in rows}
    ids = [agency.id, *(one.id for one in decision.successors)]
    names = await agency_names(session, ids, day=handover.effective_on)
    for number, one in enumerate(decision.successors):
        pointer, mine, theirs = f"#/successors/{number}", names[agency.id].name, names[one.id].name
        if one in decision.successors[:number]:
            text = Text(f"{theirs} được nêu hai lần.", f"{theirs} is named twice.")
            raise invalid_at(pointer, "named_twice", text)
        if rows and one.id not in heirs:
            text = Text(f"{theirs} không kế thừa {mine}.", f"{theirs} is no successor of {mine}.")
            raise invalid_at(pointer, "not_a_candidate", text)
        if not rows and not exists_on(one, day):
            text = Text(
                f"Ngày {day_words(day)} không có {theirs}.", f"{theirs} does not exist on {day}."
            )
            raise invalid_at(pointer, "does_not_exist_then", text)
    return agency


async def _decided(
    act: PersonalAct, handovers: Sequence[Handover], decision: HandoverDecision
) -> None:
    first, *others = decision.successors
    await write_decision(
        act.session,
        act.principal,
        [row.id for row in handovers],
        to_agency_id=first.id,
        reason=decision.reason,
        basis=decision.basis,
        at=act.at,
    )
    await record_other_heirs(act, handovers, others)
    notes = [
        Note(
            "decided",
            Subject("handover", row.id, row.plan_id, first.id),
            {
                "subject": row.subject,
                "to": [agency.code for agency in decision.successors],
                "basis": decision.basis,
            },
        )
        for row in handovers
    ]
    await act.record(notes)
    await settle(act, agency_ids={agency.id for agency in decision.successors})
