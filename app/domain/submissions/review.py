"""Reviewing submissions: accept, send back, withdraw, waive; and the effect on the assignment."""

from datetime import datetime
from http import HTTPStatus
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.principal import Principal
from app.clock import local_day
from app.domain.authority import Power, may, may_judge, refusal, require
from app.domain.plans.plans import require_issued
from app.domain.records import Subject, record
from app.errors import ConflictError, PermissionDeniedError, Text, TrackerError
from app.models import (
    Assignment,
    AssignmentStatus,
    Decision,
    Outcome,
    PlanStatus,
    Submission,
    SubmissionAttempt,
    SubmissionReview,
    SubmissionStatus,
)
from app.queries.assignments.assignments import OPEN
from app.queries.handovers.decision_writes import supersede_pending
from app.queries.submissions.case_rows import (
    HeldAssignment,
    HeldAttempt,
    HeldCase,
    HeldSubmission,
)
from app.queries.submissions.submissions import (
    SubmissionCase,
    day_of_other_claim,
    later_expected,
    latest_attempts,
)

AnyCase = SubmissionCase | HeldCase
AnyAttempt = SubmissionAttempt | HeldAttempt
S = SubmissionStatus
ALLOWED: dict[SubmissionStatus, frozenset[SubmissionStatus]] = {
    S.EXPECTED: frozenset({S.DRAFT, S.SUBMITTED, S.WAIVED}),
    S.DRAFT: frozenset({S.DRAFT, S.SUBMITTED, S.WAIVED}),
    S.SUBMITTED: frozenset({S.RETURNED, S.ACCEPTED, S.DRAFT}),
    S.RETURNED: frozenset({S.RETURNED, S.SUBMITTED, S.WAIVED}),
    S.ACCEPTED: frozenset(),
    S.WAIVED: frozenset(),
}
WORDS = {
    S.EXPECTED: "chưa có",
    S.DRAFT: "đang soạn",
    S.SUBMITTED: "đã nộp, chờ xét",
    S.RETURNED: "bị trả lại",
    S.ACCEPTED: "đã được chấp nhận",
    S.WAIVED: "được miễn",
}
# Outcomes that close the assignment when they are accepted.
CLOSING = {
    Outcome.COMPLETED: AssignmentStatus.COMPLETED,
    Outcome.NOT_APPLICABLE: AssignmentStatus.NOT_APPLICABLE,
}

DONE = "Nhiệm vụ đã kết thúc. / The task is done."
"""The reason with which later submissions of a closed assignment are waived; reopening expects
submissions with this reason again."""


class SubmissionStateError(TrackerError):
    """The submission's status does not allow the change."""

    status = HTTPStatus.CONFLICT
    code = "wrong_submission_state"
    title = Text("Trạng thái báo cáo không cho phép", "Wrong submission state")

    def __init__(self, current: SubmissionStatus, wanted: SubmissionStatus) -> None:
        super().__init__(
            Text(
                f"Báo cáo {WORDS[current]} nên không thể chuyển sang {WORDS[wanted]}.",
                f"A submission that is {current} cannot become {wanted}.",
            )
        )


class OwnReportError(PermissionDeniedError):
    """Nobody accepts or returns a submission of their own agency, or one that they filed."""

    code = "own_report"
    title = Text("Không tự xét báo cáo của mình", "Own report")
    detail = Text(
        "Không ai được tự xét báo cáo của cơ quan mình hoặc do mình nộp.",
        "Nobody reviews a report of their own agency, or one that they filed.",
    )


class AssignmentClosedError(ConflictError):
    """The assignment is suspended, revoked or closed: there is nothing to report on."""

    code = "assignment_not_open"
    title = Text("Nhiệm vụ không còn thực hiện", "The assignment is not open")


def subject(case: AnyCase) -> Subject:
    """The submission as the subject of records."""
    return Subject("submission", case.submission.id, case.plan.id, case.assignment.agency_id)


def assignment_subject(case: AnyCase) -> Subject:
    """The submission's assignment as the subject of records."""
    assignment = case.assignment
    return Subject("assignment", assignment.id, case.plan.id, assignment.agency_id)


def judged_day_detail(assignment: Assignment | HeldAssignment) -> dict[str, Any]:
    """The detail of an event about an assignment: the day by which it is judged, or null."""
    day = assignment.reported_on
    return {"reported_on": day and day.isoformat()}


def change_status(submission: Submission | HeldSubmission, wanted: SubmissionStatus) -> None:
    """Change the status, or raise `SubmissionStateError`; `ALLOWED` is all there is."""
    if wanted not in ALLOWED[submission.status]:
        raise SubmissionStateError(submission.status, wanted)
    submission.status = wanted


async def accept(
    session: AsyncSession, principal: Principal, case: SubmissionCase, *, at: datetime
) -> SubmissionAttempt:
    """Accept the latest attempt; it completes its assignment as of the day it was filed."""
    attempt = await _reviewed(session, principal, case, S.ACCEPTED)
    _decide(session, principal, attempt, Decision.ACCEPTED, reason=None, at=at)
    record(session, principal, "accepted", subject(case), at=at, attempt=attempt.number)
    closed = CLOSING.get(Outcome(attempt.content["outcome"]))
    if closed is not None and case.assignment.status in OPEN:
        await _close(session, principal, case, attempt, closed, at=at)
    return attempt


async def send_back(
    session: AsyncSession, principal: Principal, case: SubmissionCase, *, reason: str, at: datetime
) -> SubmissionAttempt:
    """Return a submission to its agency with the reason; the draft starts from what was filed."""
    attempt = await _reviewed(session, principal, case, S.RETURNED)
    _keep_draft(case, attempt)
    _decide(session, principal, attempt, Decision.RETURNED, reason=reason, at=at)
    await _unclaim(session, principal, case, at=at)
    record(session, principal, "returned", subject(case), at=at, attempt=attempt.number)
    return attempt


async def withdraw(
    session: AsyncSession, principal: Principal, case: SubmissionCase, *, at: datetime
) -> SubmissionAttempt:
    """Take back a submission that nobody decided on yet; it becomes a draft again."""
    require(principal, Power.REPORT, case.plan, concerned=(case.assignment.agency_id,))
    attempt = await _latest(session, case.submission)
    if attempt is None or case.submission.status != S.SUBMITTED:
        raise SubmissionStateError(case.submission.status, S.DRAFT)
    _require_author(principal, attempt)
    change_status(case.submission, S.DRAFT)
    _keep_draft(case, attempt)
    _decide(session, principal, attempt, Decision.WITHDRAWN, reason=None, at=at)
    await _unclaim(session, principal, case, at=at)
    record(session, principal, "withdrawn", subject(case), at=at, attempt=attempt.number)
    return attempt


def waive(
    session: AsyncSession, principal: Principal, case: SubmissionCase, *, reason: str, at: datetime
) -> None:
    """Expect the submission no more; the row stays, with the reason."""
    require_issued(case.plan)
    if not is_reviewer(principal, case, None):
        raise refusal(Power.REVIEW)
    change_status(case.submission, S.WAIVED)
    _keep_draft(case, None)
    case.submission.waived_reason, case.submission.waived_on = reason, local_day(at)
    record(session, principal, "waived", subject(case), at=at)


def allowed_actions(principal: Principal, case: AnyCase, attempt: AnyAttempt | None) -> list[str]:
    """The actions that the caller may take with the submission, whose latest *attempt* is given."""
    status, actions = case.submission.status, []
    is_issued = case.plan.status == PlanStatus.ISSUED
    assignment = case.assignment
    is_open = is_issued and assignment.status in OPEN and not assignment.awaits_handover
    if may(principal, Power.REPORT, case.plan, concerned=(assignment.agency_id,)):
        if is_open and status in (S.EXPECTED, S.DRAFT, S.RETURNED):
            actions.append("write")
        if is_open and case.submission.draft is not None:
            actions.append("submit")
        if status == S.SUBMITTED and is_author(principal, attempt):
            actions.append("withdraw")
    elif is_reviewer(principal, case, attempt):
        if status == S.SUBMITTED and not is_filer(principal, attempt):
            actions += ["accept", "send_back"]
        elif is_issued and S.WAIVED in ALLOWED[status]:
            actions.append("waive")
    return actions


def is_reviewer(principal: Principal, case: AnyCase, attempt: AnyAttempt | None) -> bool:
    """Whether the caller may review the submission; it counts as that of the agency that owes it
    now and of the agency that filed it."""
    agencies = [case.assignment.agency_id]
    if attempt is not None:
        agencies.append(attempt.agency_id)
    return may_judge(principal, Power.REVIEW, case.plan, concerned=agencies)


def is_author(principal: Principal, attempt: AnyAttempt | None) -> bool:
    """Whether the caller's agency filed the attempt, rather than the agency before it."""
    return attempt is not None and attempt.agency_id == principal.agency_id


def is_filer(principal: Principal, attempt: AnyAttempt | None) -> bool:
    """Whether this very client filed the attempt, for whichever agency."""
    return attempt is not None and attempt.client_id == principal.client_id


def _require_author(principal: Principal, attempt: SubmissionAttempt) -> None:
    if not is_author(principal, attempt):
        raise PermissionDeniedError(
            Text(
                "Báo cáo do cơ quan trước nộp nên không rút được.",
                "It was filed by the agency before, so it is not yours to withdraw.",
            )
        )


def _keep_draft(case: SubmissionCase, filed: SubmissionAttempt | None) -> None:
    """Make the *filed* attempt the draft, with its author and sources; None: there is no draft.

    The next agency may go on with it.
    """
    submission = case.submission
    submission.draft = filed.content if filed else None
    submission.drafted_by_id = filed.agency_id if filed else None
    submission.draft_narrative_id = filed.narrative_id if filed else None
    submission.draft_sources = filed.sources if filed else None


async def _latest(session: AsyncSession, submission: Submission) -> SubmissionAttempt | None:
    if submission.attempts == 0:
        return None
    return (await latest_attempts(session, [submission.id])).get(submission.id)


async def _unclaim(
    session: AsyncSession, principal: Principal, case: SubmissionCase, *, at: datetime
) -> None:
    """Put the assignment back to work, unless another submission still waits with a claim of
    completion."""
    assignment = case.assignment
    if assignment.status == AssignmentStatus.AWAITING_CONFIRMATION:
        assignment.reported_on = await day_of_other_claim(session, case.submission, CLOSING)
        if assignment.reported_on is None:
            assignment.status = AssignmentStatus.IN_PROGRESS
        assignment.changed_on = local_day(at)
        status, detail = str(assignment.status), judged_day_detail(assignment)
        record(session, principal, status, assignment_subject(case), at=at, **detail)


async def _close(
    session: AsyncSession,
    principal: Principal,
    case: SubmissionCase,
    attempt: SubmissionAttempt,
    status: AssignmentStatus,
    *,
    at: datetime,
) -> None:
    assignment = case.assignment
    assignment.status = status
    assignment.changed_on = local_day(at)
    if assignment.awaits_handover:
        # A closed assignment of an agency that has ended need not be handed over.
        assignment.awaits_handover, assignment.assigned_on = False, local_day(at)
    if status == AssignmentStatus.COMPLETED:
        assignment.completed_on = attempt.submitted_on
    await supersede_pending(session, assignment.id, at=at)
    record(
        session,
        principal,
        str(status),
        assignment_subject(case),
        at=at,
        reported_on=str(attempt.submitted_on),
    )
    for later in await later_expected(session, case.submission):
        change_status(later, S.WAIVED)
        later.waived_reason = DONE
        later.waived_on = local_day(at)
        record(session, principal, "waived", subject(case._replace(submission=later)), at=at)


async def _reviewed(
    session: AsyncSession, principal: Principal, case: SubmissionCase, wanted: SubmissionStatus
) -> SubmissionAttempt:
    """The attempt to be decided on, after every check; the submission's status is changed."""
    attempt = await _latest(session, case.submission)
    own = principal.agency_id == case.assignment.agency_id or is_author(principal, attempt)
    if own or is_filer(principal, attempt):
        raise OwnReportError()
    if not is_reviewer(principal, case, attempt):
        raise refusal(Power.REVIEW)
    if attempt is None:
        raise SubmissionStateError(case.submission.status, wanted)
    change_status(case.submission, wanted)
    return attempt


def _decide(
    session: AsyncSession,
    principal: Principal,
    attempt: SubmissionAttempt,
    decision: Decision,
    *,
    reason: str | None,
    at: datetime,
) -> None:
    session.add(
        SubmissionReview(
            attempt_id=attempt.id,
            decision=decision,
            reason=reason,
            decided_at=at,
            decided_on=local_day(at),
            agency_id=principal.agency_id,
            client_id=principal.client_id,
        )
    )
