"""Reviewing submissions: accept, send back, withdraw, waive; and the effect on the assignment."""

from datetime import date, datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.principal import Principal
from app.clock import local_day
from app.domain.acts import PersonalAct
from app.domain.authority import Power, may, may_judge, refusal, require
from app.domain.plans.plans import require_issued
from app.domain.submissions.effects import (
    close_assignment,
    day_it_holds_from,
    reopen_unless_said,
    unclaim,
)
from app.domain.submissions.expect import expect_next
from app.domain.submissions.states import (
    ALLOWED,
    CLOSING,
    AnyAttempt,
    AnyCase,
    ReceiptSetRight,
    S,
    SubmissionStateError,
    change_status,
    require_receivable,
    subject,
)
from app.errors import ConflictError, Fault, PermissionDeniedError, Text
from app.models import (
    Decision,
    Outcome,
    PlanStatus,
    Submission,
    SubmissionAttempt,
    SubmissionReview,
    SubmissionStatus,
)
from app.queries.assignments.assignments import OPEN
from app.queries.submissions.case_rows import HeldCase
from app.queries.submissions.drafts import begin_again
from app.queries.submissions.submissions import (
    UNFILED,
    SubmissionCase,
    latest_attempts,
)


class OwnReportError(PermissionDeniedError):
    """Nobody accepts or returns a submission of their own agency, or one that they filed."""

    code = "own_report"
    title = Text("Không tự xét báo cáo của mình", "Own report")
    detail = Text(
        "Không ai được tự xét báo cáo của cơ quan mình hoặc do mình nộp.",
        "Nobody reviews a report of their own agency, or one that they filed.",
    )


class AnotherAttemptError(ConflictError):
    """Another attempt was filed since the one that was read, or the one that is named is not yet
    there."""

    code = "another_attempt"
    title = Text("Đã có lần nộp khác", "Another attempt")

    def __init__(self, current: int) -> None:
        text = Text(
            f"Báo cáo hiện ở lần nộp {current}; hãy đọc lần nộp này rồi xét.",
            f"The current attempt is number {current}; read that one and decide on it.",
        )
        super().__init__(faults=[Fault("#/attempt", "not_the_current_attempt", text)])
        self.members["current_attempt"] = current


async def accept(
    act: PersonalAct,
    case: SubmissionCase,
    number: int,
    *,
    receipt: ReceiptSetRight | None = None,
) -> SubmissionAttempt:
    """Accept attempt *number*, the latest; it completes its assignment as of its day of receipt.

    That day may be set right by *receipt*.

    Where another one was accepted before, its content takes that one's place from today on; what
    that one had closed is open again if this one does not say the same.
    """
    attempt = require_reviewable(
        act.principal, case, await _latest(act.session, case.submission), number, S.ACCEPTED
    )
    if receipt is not None:
        require_receivable(case.submission, receipt.day, today=local_day(act.at))
    change_status(case.submission, S.ACCEPTED)
    before, day = case.submission.accepted_attempt, receipt.day if receipt else attempt.received_on
    case.submission.accepted_attempt = attempt.number
    if before is None:
        case.submission.received_on = day
    holds_from = day_it_holds_from(case, day, local_day(act.at))
    _decide(act, attempt, Decision.ACCEPTED, receipt=receipt, day=holds_from)
    detail = {"received_on": day.isoformat()} if receipt else {}
    act.note(
        "accepted",
        subject(case),
        attempt=attempt.number,
        **detail,
    )
    closed = CLOSING.get(Outcome(attempt.content["outcome"]))
    if before is not None and case.assignment.status in CLOSING.values():
        await reopen_unless_said(act, case, attempt)
    if closed is not None and case.assignment.status in OPEN:
        await close_assignment(act, case, day, closed)
    elif case.assignment.status in OPEN and case.plan.status == PlanStatus.ISSUED:
        await expect_next(act.session, case.plan, [case.assignment.id], at=act.at)
    return attempt


async def send_back(
    act: PersonalAct,
    case: SubmissionCase,
    number: int,
    *,
    reason: str,
) -> SubmissionAttempt:
    """Return attempt *number*, the latest, to its agency with the reason; the draft starts from
    it."""
    attempt = require_reviewable(
        act.principal, case, await _latest(act.session, case.submission), number, S.RETURNED
    )
    await _leave_undecided(act.session, case, S.RETURNED, attempt, at=act.at)
    _decide(act, attempt, Decision.RETURNED, reason=reason)
    await unclaim(act, case)
    act.note("returned", subject(case), attempt=attempt.number)
    return attempt


async def withdraw(act: PersonalAct, case: SubmissionCase) -> SubmissionAttempt:
    """Take back a submission that nobody decided on yet; it becomes a draft again, or stands as it
    was accepted before."""
    require(act.principal, Power.REPORT, case.plan, concerned=(case.assignment.agency_id,))
    attempt = await _latest(act.session, case.submission)
    if attempt is None or case.submission.status != S.SUBMITTED:
        raise SubmissionStateError(case.submission.status, S.DRAFT)
    _require_author(act.principal, attempt)
    await _leave_undecided(act.session, case, S.EXPECTED, attempt, at=act.at)
    _decide(act, attempt, Decision.WITHDRAWN)
    await unclaim(act, case)
    act.note("withdrawn", subject(case), attempt=attempt.number)
    return attempt


async def waive(act: PersonalAct, case: SubmissionCase, *, reason: str) -> None:
    """Expect the submission no more; the row stays, with the reason, and the next is expected."""
    require_issued(case.plan)
    if not is_reviewer(act.principal, case, None):
        raise refusal(Power.REVIEW)
    change_status(case.submission, S.WAIVED)
    case.submission.waived_reason, case.submission.waived_on = reason, local_day(act.at)
    act.note("waived", subject(case))
    await expect_next(act.session, case.plan, [case.assignment.id], at=act.at)


def allowed_actions(principal: Principal, case: HeldCase, attempt: AnyAttempt | None) -> list[str]:
    """The actions that the caller may take with the submission, whose latest *attempt* is given."""
    status, actions = case.submission.status, []
    is_issued = case.plan.status == PlanStatus.ISSUED
    assignment = case.assignment
    is_open = is_issued and assignment.status in OPEN and not assignment.awaits_handover
    if may(principal, Power.REPORT, case.plan, concerned=(assignment.agency_id,)):
        if is_correctable(case) if status == S.ACCEPTED else is_open and status in UNFILED:
            actions.append("write")
            if case.submission.draft is not None:
                actions.append("submit")
        if status == S.SUBMITTED and is_author(principal, attempt):
            actions.append("withdraw")
    elif is_reviewer(principal, case, attempt):
        if status == S.SUBMITTED and not is_filer(principal, attempt):
            actions += ["accept", "send_back"]
        elif is_issued and S.WAIVED in ALLOWED[status]:
            actions.append("waive")
    return actions


def is_correctable(case: AnyCase) -> bool:
    """True if a submission may be filed again after its acceptance, even one that closed its
    assignment."""
    assignment = case.assignment
    is_held = assignment.status in (*OPEN, *CLOSING.values()) and not assignment.awaits_handover
    return is_held and case.plan.status == PlanStatus.ISSUED


def is_reviewer(principal: Principal, case: AnyCase, attempt: AnyAttempt | None) -> bool:
    """True if the caller may review the submission; it counts as that of the agency that owes it
    now and of the agency that filed it."""
    agencies = [case.assignment.agency_id]
    if attempt is not None:
        agencies.append(attempt.agency_id)
    return may_judge(principal, Power.REVIEW, case.plan, concerned=agencies)


def is_author(principal: Principal, attempt: AnyAttempt | None) -> bool:
    """True if the attempt was filed by the caller's own agency, and not by a predecessor."""
    return attempt is not None and attempt.agency_id == principal.agency_id


def is_filer(principal: Principal, attempt: AnyAttempt | None) -> bool:
    """True if this very client filed the attempt, for whichever agency.

    A client that entered a report that came on paper did not file it.
    """
    if attempt is None or attempt.entered_by_id is not None:
        return False
    return attempt.client_id == principal.client_id


def _require_author(principal: Principal, attempt: SubmissionAttempt) -> None:
    if not is_author(principal, attempt):
        raise PermissionDeniedError(
            Text(
                "Báo cáo do cơ quan trước nộp nên không rút được.",
                "It was filed by the agency before, so it is not yours to withdraw.",
            )
        )


async def _leave_undecided(
    session: AsyncSession,
    case: SubmissionCase,
    wanted: SubmissionStatus,
    attempt: SubmissionAttempt,
    *,
    at: datetime,
) -> None:
    """Make the *attempt* the draft. The status is *wanted*, or accepted where an earlier attempt
    stands."""
    stands = case.submission.accepted_attempt is not None
    change_status(case.submission, S.ACCEPTED if stands else wanted)
    await begin_again(session, attempt, at=at)


async def _latest(session: AsyncSession, submission: Submission) -> SubmissionAttempt | None:
    if submission.attempts == 0:
        return None
    return (await latest_attempts(session, [submission.id])).get(submission.id)


def require_reviewable(
    principal: Principal,
    case: SubmissionCase,
    attempt: SubmissionAttempt | None,
    number: int,
    wanted: SubmissionStatus,
) -> SubmissionAttempt:
    """The latest *attempt*, to be decided on; raises unless the caller may do so and names it by
    its *number*."""
    own = principal.agency_id == case.assignment.agency_id or is_author(principal, attempt)
    if own or is_filer(principal, attempt):
        raise OwnReportError()
    if not is_reviewer(principal, case, attempt):
        raise refusal(Power.REVIEW)
    if attempt is None:
        raise SubmissionStateError(case.submission.status, wanted)
    if attempt.number != number:
        raise AnotherAttemptError(attempt.number)
    if case.submission.status != S.SUBMITTED:
        raise SubmissionStateError(case.submission.status, wanted)
    return attempt


def _decide(
    act: PersonalAct,
    attempt: SubmissionAttempt,
    decision: Decision,
    *,
    reason: str | None = None,
    receipt: ReceiptSetRight | None = None,
    day: date | None = None,
) -> None:
    act.session.add(
        SubmissionReview(
            attempt_id=attempt.id,
            decision=decision,
            reason=reason,
            received_on=receipt and receipt.day,
            received_reason=receipt and receipt.reason,
            decided_at=act.at,
            decided_on=day or local_day(act.at),
            agency_id=act.principal.agency_id,
            client_id=act.principal.client_id,
        )
    )
