"""The effects on an assignment of a decision on one of its submissions."""

from datetime import date

from app.clock import local_day
from app.domain.acts import PersonalAct
from app.domain.assignments.call_off import waive_submissions_of
from app.domain.assignments.coordinating import DONE, follow_the_task
from app.domain.records import Note
from app.domain.submissions.states import (
    CLOSING,
    assignment_subject,
    judged_day_detail,
    subject,
)
from app.models import (
    AssignmentStatus,
    SubmissionAttempt,
)
from app.queries.handovers.decision_writes import supersede_pending
from app.queries.submissions.submissions import (
    SubmissionCase,
    day_of_other_claim,
    has_other_accepted,
)
from app.queries.submissions.waiver_writes import expect_again


async def unclaim(act: PersonalAct, case: SubmissionCase) -> None:
    """Put the assignment back to work, unless another submission still waits with a claim of
    completion."""
    assignment = case.assignment
    if assignment.status == AssignmentStatus.AWAITING_CONFIRMATION:
        assignment.reported_on = await day_of_other_claim(act.session, case.submission, CLOSING)
        if assignment.reported_on is None:
            assignment.status = AssignmentStatus.IN_PROGRESS
        assignment.changed_on = local_day(act.at)
        status, detail = str(assignment.status), judged_day_detail(assignment)
        act.note(status, assignment_subject(case), **detail)
        await follow_the_task(act, case.plan, assignment)


def day_it_holds_from(case: SubmissionCase, received_on: date, today: date) -> date:
    """The day from which an acceptance counts: today; for a report received before the plan was
    followed up here, its own day."""
    tracked_from = case.plan.tracked_from
    return received_on if tracked_from is not None and received_on < tracked_from else today


async def reopen_unless_said(
    act: PersonalAct,
    case: SubmissionCase,
    attempt: SubmissionAttempt,
) -> None:
    """Reopen the assignment from today on, unless the *attempt* or another accepted submission
    reports its end as it stands."""
    assignment = case.assignment
    outcomes = [outcome for outcome, status in CLOSING.items() if status == assignment.status]
    if attempt.content["outcome"] in outcomes or await has_other_accepted(
        act.session, case.submission, outcomes
    ):
        return
    assignment.status = AssignmentStatus.IN_PROGRESS
    assignment.changed_on = max(local_day(act.at), assignment.changed_on)
    assignment.completed_on = assignment.reported_on = None
    act.note("reopened", assignment_subject(case))
    await act.session.flush()
    again = await expect_again(
        act.session, [assignment.id], local_day(act.at), reason=DONE, at=act.at
    )
    await act.record([Note("expected", subject(case)._replace(id=one.id), {}) for one in again])
    await follow_the_task(act, case.plan, assignment)


async def close_assignment(
    act: PersonalAct,
    case: SubmissionCase,
    received_on: date,
    status: AssignmentStatus,
) -> None:
    """Close the assignment, as of the day on which its end was received, and waive its submissions
    that were not due by then."""
    assignment = case.assignment
    assignment.status = status
    assignment.changed_on = max(
        day_it_holds_from(case, received_on, local_day(act.at)), assignment.changed_on
    )
    if assignment.awaits_handover:
        # A closed assignment of an agency that has ended need not be handed over.
        assignment.awaits_handover, assignment.assigned_on = False, local_day(act.at)
    if status == AssignmentStatus.COMPLETED:
        assignment.completed_on = assignment.reported_on = received_on
    await supersede_pending(act.session, assignment.id, at=act.at)
    act.note(
        str(status),
        assignment_subject(case),
        reported_on=str(received_on),
    )
    # A submission that was overdue by the day on which the end was reported stays overdue.
    await act.session.flush()
    owed = {assignment.id: assignment}
    await waive_submissions_of(act, owed, reason=DONE, due_from=received_on)
    await follow_the_task(act, case.plan, assignment)
