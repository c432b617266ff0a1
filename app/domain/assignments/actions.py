"""Decisions on one assignment: suspend, resume, revoke, refuse, reopen. Each of them is kept.

A state that is set here holds from today on. What was counted up to yesterday stays as it was.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from app.auth.principal import Principal
from app.clock import local_day
from app.domain.acts import Act, PersonalAct
from app.domain.assignments.call_off import call_off
from app.domain.assignments.coordinating import DONE, follow_the_task
from app.domain.assignments.states import (
    ALLOWED,
    AssignmentStateError,
    require_agency_exists,
    require_status,
)
from app.domain.authority import OwnRequestError, Power, require
from app.domain.handovers.settle import settle
from app.domain.plans.plans import require_issued
from app.domain.records import Note, Subject
from app.domain.submissions.expect import expect_submissions
from app.errors import ConflictError, Text
from app.models import AssignmentAction, AssignmentStatus, Refusal
from app.models import AssignmentActionKind as Kind
from app.queries.assignments import actions as queries
from app.queries.assignments.actions import AssignmentCase
from app.queries.submissions.waiver_writes import ChangedSubmission, expect_again, waive_due_between

REVOKED = "Nhiệm vụ đã được thu hồi."
SUSPENDED = "Nhiệm vụ tạm dừng khi đến hạn gửi."


class RefusalDecidedError(ConflictError):
    """The refusal was decided on, or none was made: a refused assignment is refused once."""

    code = "refusal_not_pending"
    title = Text("Không có từ chối đang chờ quyết định", "No refusal to decide on")
    detail = Text(
        "Không có từ chối nào của nhiệm vụ này chờ quyết định.",
        "No refusal of this assignment waits for a decision.",
    )


@dataclass(frozen=True, slots=True)
class ActionReason:
    """The reason for a decision and the document (number and date) that it rests on."""

    reason: str | None = None
    basis: str | None = None


async def suspend(act: PersonalAct, case: AssignmentCase, order: ActionReason) -> None:
    """Suspend the work: no submission is expected meanwhile, and no figure counts it as late."""
    require(act.principal, Power.CHANGE_ASSIGNMENT, case.plan)
    await _act(act, case, Kind.SUSPENDED, order, AssignmentStatus.SUSPENDED)


async def resume(act: PersonalAct, case: AssignmentCase, order: ActionReason) -> None:
    """Resume in the state in which the assignment was suspended; its deadline stays.

    Waives submissions that fell due meanwhile and that nobody began, and expects the next.
    """
    require(act.principal, Power.CHANGE_ASSIGNMENT, case.plan)
    assignment = case.assignment
    last = await queries.last_suspension(act.session, assignment)
    status = last.from_status if last is not None else AssignmentStatus.NOT_STARTED
    await _act(act, case, Kind.RESUMED, order, status)
    if last is not None:
        waived = await waive_due_between(
            act.session, assignment.id, last.done_on, local_day(act.at), reason=SUSPENDED, at=act.at
        )
        await _note_reports(act, case, "waived", waived)
    await expect_submissions(act.session, case.plan, at=act.at, only=[assignment.id])


async def revoke(act: PersonalAct, case: AssignmentCase, order: ActionReason) -> None:
    """Call an assignment off and waive its unfiled submissions."""
    require(act.principal, Power.CHANGE_ASSIGNMENT, case.plan)
    before = _require_allowed(case, Kind.REVOKED)
    await call_off(act, [case.assignment], day=local_day(act.at), reason=REVOKED)
    await _keep(act, case, Kind.REVOKED, order, before)
    await follow_the_task(act, case.plan, case.assignment)


async def refuse(act: PersonalAct, case: AssignmentCase, order: ActionReason) -> None:
    """Refuse an assignment that was neither begun nor reported on; the plan's issuer then
    decides."""
    assignment = case.assignment
    require(act.principal, Power.REFUSE_ASSIGNMENT, case.plan, concerned=(assignment.agency_id,))
    require_agency_exists(assignment)
    require_status(assignment, ALLOWED[Kind.REFUSED])
    if assignment.refusal is not None:
        raise AssignmentStateError(
            Text(
                "Nhiệm vụ này đã từng bị từ chối.",
                "The assignment was refused once already.",
            )
        )
    if await queries.is_reported_on(act.session, assignment.id):
        raise AssignmentStateError(
            Text(
                "Đã có báo cáo về nhiệm vụ này nên không từ chối được nữa.",
                "It was reported on, so it can't be refused any more.",
            )
        )
    assignment.refusal = Refusal.PENDING
    await _act(act, case, Kind.REFUSED, order)


async def accept_refusal(act: PersonalAct, case: AssignmentCase, order: ActionReason) -> None:
    """Take the assignment back from the agency that refused it: it is called off."""
    await _require_refusal(act.principal, case, Kind.REFUSAL_ACCEPTED)
    before = _require_allowed(case, Kind.REFUSAL_ACCEPTED)
    case.assignment.refusal = None
    await call_off(act, [case.assignment], day=local_day(act.at), reason=REVOKED)
    await _keep(act, case, Kind.REFUSAL_ACCEPTED, order, before)
    _record(act, case, Kind.REFUSAL_ACCEPTED, order)
    await follow_the_task(act, case.plan, case.assignment)


async def reject_refusal(act: PersonalAct, case: AssignmentCase, order: ActionReason) -> None:
    """Let the assignment stand; it can't be refused again."""
    await _require_refusal(act.principal, case, Kind.REFUSAL_REJECTED)
    case.assignment.refusal = Refusal.REJECTED
    await _act(act, case, Kind.REFUSAL_REJECTED, order)


async def reopen(act: PersonalAct, case: AssignmentCase, order: ActionReason) -> None:
    """Reopen an assignment that was closed by mistake; the submission that closed it stays as it
    is.

    Submissions that were waived because of the closing are expected again, unless their due day
    has passed meanwhile. An assignment whose agency has ended since goes to the successor today.
    """
    require(act.principal, Power.REOPEN_ASSIGNMENT, case.plan)
    assignment = case.assignment
    await _act(act, case, Kind.REOPENED, order, AssignmentStatus.IN_PROGRESS)
    today = local_day(act.at)
    again = await expect_again(act.session, [assignment.id], today, reason=DONE, at=act.at)
    await _note_reports(act, case, "expected", again)
    await expect_submissions(act.session, case.plan, at=act.at, only=[assignment.id])
    await settle(act, agency_ids={assignment.agency_id}, plan_id=case.plan.id)
    await follow_the_task(act, case.plan, assignment)


def subject(case: AssignmentCase) -> Subject:
    """The assignment as the subject of records."""
    return Subject("assignment", case.assignment.id, case.plan.id, case.assignment.agency_id)


async def _require_refusal(principal: Principal, case: AssignmentCase, kind: Kind) -> None:
    require(principal, Power.CHANGE_ASSIGNMENT, case.plan)
    if principal.agency_id == case.assignment.agency_id:
        raise OwnRequestError()
    require_status(case.assignment, ALLOWED[kind])
    if case.assignment.refusal != Refusal.PENDING:
        raise RefusalDecidedError()


def _require_allowed(case: AssignmentCase, kind: Kind) -> AssignmentStatus:
    """Raise `AssignmentStateError` unless the action is allowed; answers the present state."""
    require_issued(case.plan)
    require_status(case.assignment, ALLOWED[kind])
    return case.assignment.status


async def _act(
    act: Act,
    case: AssignmentCase,
    kind: Kind,
    order: ActionReason,
    status: AssignmentStatus | None = None,
) -> int:
    """Change the state from today on, if a new one is given, and record the action; answers its
    number."""
    assignment, before = case.assignment, _require_allowed(case, kind)
    if status is not None:
        assignment.status = status
        assignment.changed_on = max(local_day(act.at), assignment.changed_on)
        if kind == Kind.REOPENED:
            assignment.completed_on = assignment.reported_on = None
    _record(act, case, kind, order)
    return await _keep(act, case, kind, order, before)


async def _keep(
    act: Act, case: AssignmentCase, kind: Kind, order: ActionReason, before: AssignmentStatus
) -> int:
    if act.principal is None:
        raise ValueError("a person decides")
    assignment = case.assignment
    number = await queries.next_number(act.session, AssignmentAction, assignment.id)
    act.session.add(
        AssignmentAction(
            assignment_id=assignment.id,
            number=number,
            action=kind,
            from_status=before,
            to_status=assignment.status,
            reason=order.reason,
            basis=order.basis,
            done_at=act.at,
            done_on=local_day(act.at),
            agency_id=act.principal.agency_id,
            client_id=act.principal.client_id,
        )
    )
    await act.session.flush()
    return number


def _record(act: Act, case: AssignmentCase, kind: Kind, order: ActionReason) -> None:
    detail = {} if order.basis is None else {"basis": order.basis}
    act.note(str(kind), subject(case), **detail)


async def _note_reports(
    act: Act, case: AssignmentCase, action: str, reports: Iterable[ChangedSubmission]
) -> None:
    await act.record(
        [
            Note(
                action,
                Subject("submission", one.id, case.plan.id, case.assignment.agency_id),
                {
                    "assignment_id": str(case.assignment.id),
                    "period": one.period,
                    "due_on": one.due_on.isoformat(),
                },
            )
            for one in reports
        ]
    )
