"""Reviewing agency reports as a whole: the submissions filed with a report are decided on with it.

Single submissions of a report may be sent back before; they are decided on alone from then on.
"""

from app.clock import local_day
from app.domain.acts import PersonalAct
from app.domain.agency_reports.states import is_filer, is_reviewer, subject
from app.domain.authority import Power, refusal, require
from app.domain.submissions import review
from app.domain.submissions.review import AnotherAttemptError, OwnReportError
from app.domain.submissions.states import (
    ReceiptSetRight,
    S,
    SubmissionStateError,
    change_status,
    require_receivable,
)
from app.models import (
    AgencyReportAttempt,
    AgencyReportReview,
    Decision,
    SubmissionStatus,
)
from app.queries.agency_reports.drafts import begin_again
from app.queries.agency_reports.parts import part_attempts
from app.queries.agency_reports.reports import AgencyReportCase
from app.queries.submissions.submissions import SubmissionCase, get_submissions


async def accept_report(
    act: PersonalAct,
    case: AgencyReportCase,
    number: int,
    *,
    receipt: ReceiptSetRight | None = None,
) -> None:
    """Accept attempt *number*, the latest, and the submissions of it that still wait.

    The day of receipt of all may be set right by *receipt*.
    """
    attempt = _require_reviewable(act, case, number, S.ACCEPTED)
    if receipt is not None:
        require_receivable(case.report, receipt.day, today=local_day(act.at))
    waiting = await _waiting(act, attempt)
    for part in waiting:
        await review.accept(
            act,
            part,
            part.submission.attempts,
            receipt=receipt,
        )
    report, before = case.report, case.report.accepted_attempt
    change_status(report, S.ACCEPTED)
    report.accepted_attempt = attempt.number
    if before is None:
        report.received_on = receipt.day if receipt else attempt.received_on
    _decide(act, attempt, Decision.ACCEPTED, receipt=receipt)
    act.note("accepted", subject(report), attempt=attempt.number, submissions=len(waiting))


async def send_report_back(
    act: PersonalAct, case: AgencyReportCase, number: int, *, reason: str
) -> None:
    """Return attempt *number*, the latest, and the submissions of it that still wait, with the
    reason; the draft starts from it."""
    attempt = _require_reviewable(act, case, number, S.RETURNED)
    for part in await _waiting(act, attempt):
        number = part.submission.attempts
        await review.send_back(act, part, number, reason=reason)
    await _leave_undecided(act, case, S.RETURNED, attempt)
    _decide(act, attempt, Decision.RETURNED, reason=reason)
    act.note("returned", subject(case.report), attempt=attempt.number)


async def withdraw_report(act: PersonalAct, case: AgencyReportCase) -> None:
    """Take back a report that nobody decided on yet, and the submissions of it that still wait."""
    require(act.principal, Power.REPORT, case.plan, concerned=(case.report.agency_id,))
    if case.attempt is None or case.report.status != S.SUBMITTED:
        raise SubmissionStateError(case.report.status, S.DRAFT)
    for part in await _waiting(act, case.attempt):
        await review.withdraw(act, part)
    await _leave_undecided(act, case, S.EXPECTED, case.attempt)
    _decide(act, case.attempt, Decision.WITHDRAWN)
    act.note("withdrawn", subject(case.report), attempt=case.attempt.number)


def _require_reviewable(
    act: PersonalAct, case: AgencyReportCase, number: int, wanted: SubmissionStatus
) -> AgencyReportAttempt:
    """The latest attempt, to be decided on; raises unless the caller may do so and names it."""
    report = case.report
    if act.principal.agency_id == report.agency_id or is_filer(act.principal, case):
        raise OwnReportError()
    if not is_reviewer(act.principal, report, case.plan):
        raise refusal(Power.REVIEW)
    if case.attempt is None:
        raise SubmissionStateError(S.EXPECTED, wanted)
    if case.attempt.number != number:
        raise AnotherAttemptError(case.attempt.number)
    if report.status != S.SUBMITTED:
        raise SubmissionStateError(report.status, wanted)
    return case.attempt


async def _waiting(act: PersonalAct, attempt: AgencyReportAttempt) -> list[SubmissionCase]:
    """The submissions, locked, of which the attempt filed with this one still waits."""
    filed = {one.submission_id: one.number for one in await part_attempts(act.session, attempt.id)}
    found = await get_submissions(act.session, act.principal, filed.keys(), lock=True)
    return [
        case
        for case in found.values()
        if case.submission.status == S.SUBMITTED
        and case.submission.attempts == filed[case.submission.id]
    ]


async def _leave_undecided(
    act: PersonalAct, case: AgencyReportCase, wanted: SubmissionStatus, attempt: AgencyReportAttempt
) -> None:
    """Make the *attempt* the draft; what was accepted before stands."""
    stands = case.report.accepted_attempt is not None
    change_status(case.report, S.ACCEPTED if stands else wanted)
    await begin_again(act.session, case.report, attempt, at=act.at)


def _decide(
    act: PersonalAct,
    attempt: AgencyReportAttempt,
    decision: Decision,
    *,
    reason: str | None = None,
    receipt: ReceiptSetRight | None = None,
) -> None:
    act.session.add(
        AgencyReportReview(
            attempt_id=attempt.id,
            decision=decision,
            reason=reason,
            received_on=receipt and receipt.day,
            received_reason=receipt and receipt.reason,
            decided_at=act.at,
            decided_on=local_day(act.at),
            agency_id=act.principal.agency_id,
            client_id=act.principal.client_id,
        )
    )
