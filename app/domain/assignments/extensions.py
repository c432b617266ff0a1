"""Extensions: an agency asks for more time, and the plan's issuer or coordinator decides."""

from dataclasses import dataclass
from datetime import date, datetime

from app.auth.principal import Principal
from app.clock import local_day
from app.domain.acts import PersonalAct
from app.domain.assignments.deadlines import (
    NewDeadline,
    apply_deadline_move,
    decided_move,
    require_year,
)
from app.domain.assignments.states import (
    AT_WORK,
    AssignmentStateError,
    require_agency_exists,
    require_status,
    require_unfinished,
)
from app.domain.authority import OwnRequestError, Power, may, require
from app.domain.plans.plans import require_issued
from app.domain.records import Subject
from app.errors import ConflictError, Text, invalid_at
from app.models import Assignment, Extension, ExtensionState, PlanStatus
from app.official_words import day_words
from app.queries.assignments import actions as assignments
from app.queries.assignments import extensions as queries
from app.queries.assignments.assignments import UNFINISHED
from app.queries.assignments.extensions import ExtensionCase


class ExtensionStateError(ConflictError):
    """The extension is not pending: it was decided, withdrawn or overtaken."""

    code = "extension_not_pending"
    title = Text("Đề nghị gia hạn không còn chờ quyết định", "The extension is not pending")

    def __init__(self, state: ExtensionState) -> None:
        super().__init__(
            Text(
                "Đề nghị gia hạn này đã được quyết định, rút lại hoặc không còn cần quyết định.",
                f"The extension is {state}.",
            )
        )


class ExtensionPendingError(ConflictError):
    """An assignment has one pending extension at a time."""

    code = "extension_pending"
    title = Text("Đã có đề nghị gia hạn đang chờ", "An extension is pending")
    detail = Text(
        "Đề nghị gia hạn trước của nhiệm vụ này đang chờ quyết định; rút lại nếu cần.",
        "An extension of this assignment waits for its decision; withdraw it if need be.",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtensionRequest:
    """The day that an agency asks for (inclusive), the reason, and its document."""

    deadline_on: date
    reason: str
    basis: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtensionApproval:
    """The document of an approval; a `deadline_on` before the day asked for needs a reason."""

    basis: str
    deadline_on: date | None = None
    reason: str | None = None


async def ask_extension(
    act: PersonalAct, case: assignments.AssignmentCase, wish: ExtensionRequest
) -> Extension:
    """Ask for more time, before or after the deadline; an assignment that was late up to then stays
    late for that time."""
    session = act.session
    assignment, today = case.assignment, local_day(act.at)
    require(act.principal, Power.ASK_EXTENSION, case.plan, concerned=(assignment.agency_id,))
    require_issued(case.plan)
    require_agency_exists(assignment)
    require_status(assignment, AT_WORK)
    old = _require_later(assignment, wish, today=today)
    if await queries.is_any_pending(session, assignment.id):
        raise ExtensionPendingError()
    extension = Extension(
        assignment_id=assignment.id,
        number=await assignments.next_number(session, Extension, assignment.id),
        old_deadline_on=old,
        wanted_deadline_on=wish.deadline_on,
        reason=wish.reason,
        basis=wish.basis,
        asked_at=act.at,
        asked_on=today,
        agency_id=act.principal.agency_id,
        client_id=act.principal.client_id,
    )
    session.add(extension)
    await session.flush()
    act.note(
        "asked",
        _subject(extension, assignment),
        assignment_id=str(assignment.id),
        wanted_deadline_on=wish.deadline_on.isoformat(),
    )
    return extension


async def approve(act: PersonalAct, case: ExtensionCase, grant: ExtensionApproval) -> None:
    """Grant the day asked for, or an earlier one: the deadline from today on.

    The days before keep the deadline that they had, and the original one stays for ever.
    """
    extension, assignment = case.extension, case.assignment
    _require_decidable(act.principal, case)
    require_unfinished(assignment)
    day = grant.deadline_on or extension.wanted_deadline_on
    _require_grant(case, day, grant.reason)
    _decide(act.principal, extension, ExtensionState.APPROVED, reason=grant.reason, at=act.at)
    extension.granted_deadline_on, extension.decision_basis = day, grant.basis
    # Flushed before the deadline moves: the move supersedes extensions that are still pending.
    await act.session.flush()
    act.note(
        "approved",
        _subject(extension, assignment),
        assignment_id=str(assignment.id),
        granted_deadline_on=day.isoformat(),
        basis=grant.basis,
    )
    given = NewDeadline(deadline_on=day, basis=grant.basis, reason=grant.reason)
    moving = decided_move(act.principal, given, at=act.at, extension_id=extension.id)
    await apply_deadline_move(act, case.plan, [assignment], moving)


def refuse(act: PersonalAct, case: ExtensionCase, *, reason: str) -> None:
    """Refuse an extension: the deadline stays."""
    _require_decidable(act.principal, case)
    _decide(act.principal, case.extension, ExtensionState.REFUSED, reason=reason, at=act.at)
    _record_end(act, case, "refused")


def withdraw(act: PersonalAct, case: ExtensionCase) -> None:
    """Withdraw an extension, also one that the agency before asked for."""
    require(act.principal, Power.ASK_EXTENSION, case.plan, concerned=(case.assignment.agency_id,))
    _require_pending(case.extension)
    _decide(act.principal, case.extension, ExtensionState.WITHDRAWN, reason=None, at=act.at)
    _record_end(act, case, "withdrawn")


def allowed_actions(principal: Principal, case: ExtensionCase) -> list[str]:
    """The actions that the caller may take on the extension now."""
    if case.extension.state != ExtensionState.PENDING:
        return []
    plan, owing_id = case.plan, case.assignment.agency_id
    if owing_id == principal.agency_id:
        may_ask = may(principal, Power.ASK_EXTENSION, plan, concerned=(owing_id,))
        return ["withdraw"] if may_ask else []
    if (
        not may(principal, Power.DECIDE_EXTENSION, plan)
        or _is_own(principal, case)
        or case.plan.status != PlanStatus.ISSUED
    ):
        return []
    return ["approve", "refuse"] if case.assignment.status in UNFINISHED else ["refuse"]


def _require_later(assignment: Assignment, wish: ExtensionRequest, *, today: date) -> date:
    """The present deadline; raises `InvalidError` unless the day asked for is later."""
    old, wanted = assignment.deadline_on, wish.deadline_on
    if old is None:
        raise AssignmentStateError(
            Text("Nhiệm vụ không có thời hạn.", "The assignment has no deadline.")
        )
    require_year("#/wanted_deadline_on", wanted)
    if wanted <= old:
        text = Text(
            f"Thời hạn đề nghị phải sau thời hạn hiện nay ({day_words(old)}).",
            f"The day asked for must be after the deadline that there is ({old}).",
        )
        raise invalid_at("#/wanted_deadline_on", "not_later", text)
    if wanted < today:
        text = Text(
            "Thời hạn đề nghị là ngày đã qua.", "The day that is asked for has passed already."
        )
        raise invalid_at("#/wanted_deadline_on", "in_the_past", text)
    return old


def _require_grant(case: ExtensionCase, day: date, reason: str | None) -> None:
    """A granted day is after the deadline, not after the day asked for, and has a reason if before
    it."""
    current, wanted = case.assignment.deadline_on, case.extension.wanted_deadline_on
    if day > wanted or (current is not None and day <= current):
        text = Text(
            f"Ngày chấp thuận phải sau {day_words(current or day)} và không sau ngày đề nghị"
            f" ({day_words(wanted)}).",
            f"The day granted must be after {current} and not after what was asked ({wanted}).",
        )
        raise invalid_at("#/deadline_on", "outside_what_was_asked", text)
    if day < wanted and reason is None:
        text = Text(
            "Chấp thuận ngắn hơn đề nghị phải nêu lý do.",
            "Granting less than what was asked for needs a reason.",
        )
        raise invalid_at("#/reason", "reason_required", text)


def _require_decidable(principal: Principal, case: ExtensionCase) -> None:
    require(principal, Power.DECIDE_EXTENSION, case.plan)
    if _is_own(principal, case):
        raise OwnRequestError()
    require_issued(case.plan)
    _require_pending(case.extension)


def _is_own(principal: Principal, case: ExtensionCase) -> bool:
    """True if the caller's agency owes the assignment or asked, or this very client asked."""
    own = (case.assignment.agency_id, case.extension.agency_id)
    return principal.agency_id in own or principal.client_id == case.extension.client_id


def _require_pending(extension: Extension) -> None:
    if extension.state != ExtensionState.PENDING:
        raise ExtensionStateError(extension.state)


def _decide(
    principal: Principal,
    extension: Extension,
    state: ExtensionState,
    *,
    reason: str | None,
    at: datetime,
) -> None:
    extension.state = state
    extension.decided_at = at
    extension.decided_by_id, extension.decided_for_id = principal.client_id, principal.agency_id
    extension.decision_reason = reason


def _record_end(act: PersonalAct, case: ExtensionCase, action: str) -> None:
    subject = _subject(case.extension, case.assignment)
    act.note(action, subject, assignment_id=str(case.assignment.id))


def _subject(extension: Extension, assignment: Assignment) -> Subject:
    return Subject("extension", extension.id, assignment.plan_id, assignment.agency_id)
