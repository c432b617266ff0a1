"""Decisions of people on pending handovers: who takes over from an agency that has ended."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus

from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.principal import Principal
from app.clock import local_day
from app.domain.acts import Act
from app.domain.authority import Power, may, require
from app.domain.handovers.settle import settle
from app.domain.handovers.transfer import Transfer, give_assignments, give_plan
from app.domain.records import Note, Subject
from app.errors import Text, TrackerError, invalid_at
from app.models import Agency, Handover, HandoverState, HandoverSubject, Plan
from app.official_words import day_words
from app.queries.handovers import handovers as queries
from app.queries.handovers.decision_writes import write_decision
from app.queries.handovers.successions import successors_of
from app.queries.registry.agencies import agency_names, name_on
from app.queries.registry.agency_views import exists_on

POWERS = {
    HandoverSubject.ASSIGNMENT: Power.HAND_OVER_ASSIGNMENT,
    HandoverSubject.COORDINATION: Power.HAND_OVER_COORDINATION,
    HandoverSubject.OWNERSHIP: Power.HAND_OVER_OWNERSHIP,
}


class HandoverStateError(TrackerError):
    """The handover was decided already, or superseded."""

    status = HTTPStatus.CONFLICT
    code = "handover_not_pending"
    title = Text("Việc bàn giao không còn chờ quyết định", "The handover is not pending")


@dataclass(frozen=True, slots=True)
class HandoverDecision:
    """The agency that takes over, the reason, and the basis document if there is one."""

    to: Agency
    reason: str
    basis: str | None


async def decide(
    session: AsyncSession,
    principal: Principal,
    case: queries.HandoverCase,
    decision: HandoverDecision,
    *,
    at: datetime,
) -> None:
    """Let an agency take over one thing, since the day of its handover.

    Raises `HandoverStateError`, `PermissionDeniedError`, or `InvalidError` for an agency that is no
    candidate.
    """
    handover = case.handover
    require_pending(handover)
    require(principal, POWERS[handover.subject], case.plan)
    agency = await _require_candidate(session, handover, decision)
    act, transfer = (
        Act(session, principal, at),
        Transfer(agency, decision.to, handover.effective_on),
    )
    if case.assignment is not None:
        await give_assignments(
            act, transfer, [queries.open_assignment_of(handover, case.assignment)]
        )
    else:
        await give_plan(act, transfer, case.plan, handover.subject)
    await _decided(act, principal, [handover], decision)
    await settle(act, agency_ids={decision.to.id})


async def decide_all(
    session: AsyncSession,
    principal: Principal,
    plan: Plan,
    agency: Agency,
    decision: HandoverDecision,
    *,
    at: datetime,
) -> int:
    """Let an agency take over all pending assignments of *agency* in a plan; answers how many.

    The caller takes `lock_handovers` before it reads the plan.
    """
    require(principal, Power.HAND_OVER_ASSIGNMENT, plan)
    found = await queries.pending_assignments_of(session, plan.id, agency.id)
    if not found:
        name = await name_on(session, agency.id, day=local_day(at))
        raise HandoverStateError(
            Text(
                f"Không có nhiệm vụ nào của {name} trong kế hoạch này chờ quyết định bàn giao.",
                f"Nothing of {name} in this plan waits for a decision.",
            )
        )
    handovers = [handover for handover, _ in found]
    await _require_candidate(session, handovers[0], decision)
    act, transfer = (
        Act(session, principal, at),
        Transfer(agency, decision.to, handovers[0].effective_on),
    )
    await give_assignments(act, transfer, [assignment for _, assignment in found])
    await _decided(act, principal, handovers, decision)
    await settle(act, agency_ids={decision.to.id})
    return len(found)


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


async def _require_candidate(
    session: AsyncSession, handover: Handover, decision: HandoverDecision
) -> Agency:
    """The agency that hands over; raises `InvalidError` unless the one named may take over."""
    agency = await session.get_one(Agency, handover.from_agency_id)
    rows = (await successors_of(session, {agency.id}))[agency.id]
    named = await agency_names(session, {agency.id, decision.to.id}, day=handover.effective_on)
    mine, theirs = named[agency.id].name, named[decision.to.id].name
    if rows and decision.to.id not in {row.successor_id for row in rows}:
        raise invalid_at(
            "#/successor",
            "not_a_candidate",
            Text(
                f"{theirs} không kế thừa {mine}.",
                f"{theirs} is no successor of {mine}.",
            ),
        )
    day = max(handover.effective_on, agency.valid_until or handover.effective_on)
    if not rows and not exists_on(decision.to, day):
        raise invalid_at(
            "#/successor",
            "does_not_exist_then",
            Text(
                f"Ngày {day_words(day)} không có {theirs}.",
                f"{theirs} does not exist on {day}.",
            ),
        )
    return agency


async def _decided(
    act: Act, principal: Principal, handovers: Sequence[Handover], decision: HandoverDecision
) -> None:
    await write_decision(
        act.session,
        principal,
        [row.id for row in handovers],
        to_agency_id=decision.to.id,
        reason=decision.reason,
        basis=decision.basis,
        at=act.at,
    )
    notes = [
        Note(
            "decided",
            Subject("handover", row.id, row.plan_id, decision.to.id),
            {"subject": row.subject, "to": decision.to.code, "basis": decision.basis},
        )
        for row in handovers
    ]
    await act.record(notes)
