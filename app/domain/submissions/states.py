"""The states of a submission: how it moves, and which outcome closes its assignment."""

from datetime import date
from http import HTTPStatus
from typing import Any, NamedTuple

from app.domain.records import Subject
from app.errors import ConflictError, Text, TrackerError, invalid_at
from app.models import (
    AgencyReport,
    Assignment,
    AssignmentStatus,
    Outcome,
    Submission,
    SubmissionAttempt,
    SubmissionStatus,
)
from app.queries.submissions.case_rows import (
    HeldAssignment,
    HeldAttempt,
    HeldCase,
    HeldSubmission,
)
from app.queries.submissions.submissions import (
    SubmissionCase,
)

AnyCase = SubmissionCase | HeldCase
AnyAttempt = SubmissionAttempt | HeldAttempt
S = SubmissionStatus
ALLOWED: dict[SubmissionStatus, frozenset[SubmissionStatus]] = {
    S.EXPECTED: frozenset({S.SUBMITTED, S.WAIVED}),
    S.SUBMITTED: frozenset({S.RETURNED, S.ACCEPTED, S.EXPECTED}),
    S.RETURNED: frozenset({S.SUBMITTED, S.WAIVED}),
    S.ACCEPTED: frozenset({S.SUBMITTED}),
    S.WAIVED: frozenset(),
}
"""The changes of status that there are. A draft changes none, and a withdrawn submission is
expected again."""
DRAFTABLE = (S.EXPECTED, S.RETURNED, S.ACCEPTED)
"""The states in which an agency may draft its next attempt."""
WORDS = {
    S.EXPECTED: "chưa có",
    S.DRAFT: "đang soạn",
    S.SUBMITTED: "đã nộp, chờ xét",
    S.RETURNED: "bị trả lại",
    S.ACCEPTED: "đã được chấp nhận",
    S.WAIVED: "được miễn",
}
VERBS = {
    S.EXPECTED: "yêu cầu lại",
    S.DRAFT: "sửa hoặc rút",
    S.SUBMITTED: "nộp lại",
    S.RETURNED: "trả lại",
    S.ACCEPTED: "chấp nhận",
    S.WAIVED: "miễn",
}
OTHER_CONTENT = Text(
    "Báo cáo kỳ này đã nộp với nội dung khác và đang chờ xét: hãy rút báo cáo rồi nộp lại, hoặc chờ"
    " kết quả xét.",
    "The report of this period was filed with other content and waits for its review: withdraw it"
    " and file again, or wait for the decision.",
)
# Outcomes that close the assignment when they are accepted.
CLOSING = {
    Outcome.COMPLETED: AssignmentStatus.COMPLETED,
    Outcome.NOT_APPLICABLE: AssignmentStatus.NOT_APPLICABLE,
}


class SubmissionStateError(TrackerError):
    """The submission's status does not allow the change."""

    status = HTTPStatus.CONFLICT
    code = "wrong_submission_state"
    title = Text("Trạng thái báo cáo không cho phép", "Wrong submission state")

    def __init__(self, current: SubmissionStatus, wanted: SubmissionStatus) -> None:
        if current == S.SUBMITTED and wanted in (S.SUBMITTED, S.DRAFT):
            super().__init__(OTHER_CONTENT)
            return
        super().__init__(
            Text(
                f"Báo cáo {WORDS[current]} nên không {VERBS[wanted]} được.",
                f"A submission that is {current} cannot become {wanted}.",
            )
        )


class AssignmentClosedError(ConflictError):
    """The assignment is suspended, revoked or closed: there is nothing to report on."""

    code = "assignment_not_open"
    title = Text("Nhiệm vụ không còn thực hiện", "The assignment is not open")


class ReceiptSetRight(NamedTuple):
    """The day on which an attempt was received, as whoever accepts it sets it right, and why."""

    day: date
    reason: str


def require_receivable(
    report: Submission | HeldSubmission | AgencyReport, day: date, *, today: date
) -> None:
    """Raise `InvalidError` for a day of receipt in the future or before the window of the data."""
    if day > today:
        text = Text("Ngày nhận không được sau hôm nay.", "The day of receipt has not come yet.")
        raise invalid_at("#/received_on", "day_in_future", text)
    if day < report.data_from:
        text = Text(
            "Ngày nhận không được trước ngày bắt đầu kỳ báo cáo.",
            "The day of receipt is before the first day of the period.",
        )
        raise invalid_at("#/received_on", "before_the_period", text)


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


def change_status(
    submission: Submission | HeldSubmission | AgencyReport, wanted: SubmissionStatus
) -> None:
    """Change the status, or raise `SubmissionStateError`; `ALLOWED` is all there is."""
    if wanted not in ALLOWED[submission.status]:
        raise SubmissionStateError(submission.status, wanted)
    submission.status = wanted
