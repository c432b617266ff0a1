"""The rules by which an agency writes and files one submission, on rows that are locked.

The changes are gathered in `SubmissionChanges`; the caller stores them.
"""

import enum
import uuid
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from app.auth.principal import Principal
from app.clock import local_day
from app.domain.assignments.states import AWAITS_HANDOVER
from app.domain.plans.plans import require_issued
from app.domain.records import Note, audit_row, event_row
from app.domain.submissions.expected import UNTRACKED
from app.domain.submissions.review import is_correctable
from app.domain.submissions.states import (
    CLOSING,
    DRAFTABLE,
    AssignmentClosedError,
    S,
    SubmissionStateError,
    assignment_subject,
    change_status,
    judged_day_detail,
    require_receivable,
    subject,
)
from app.domain.submissions.wanted import require_wanted
from app.errors import Fault, InvalidError, Text, invalid_at
from app.models import AssignmentStatus, Outcome
from app.models.base import new_id
from app.queries.assignments.assignments import OPEN
from app.queries.submissions.case_rows import HeldAttempt, HeldCase, SubmissionChanges


class Effect(enum.StrEnum):
    """The effect of a push: `created` are the first words of a report that was only expected."""

    CREATED = "created"
    CHANGED = "changed"
    UNCHANGED = "unchanged"


class Receipt(NamedTuple):
    """The day on which a report reached the coordinating agency otherwise than by this service, and
    the agency that enters it."""

    day: date
    entered_by_id: uuid.UUID


class SubmissionWords(NamedTuple):
    """The content to be written, its narrative, and the attempts that its new texts came from."""

    content: Mapping[str, Any]
    narrative_id: uuid.UUID | None = None
    sources: Sequence[uuid.UUID] = ()
    receipt: Receipt | None = None


def write_submission(
    principal: Principal,
    case: HeldCase,
    changes: SubmissionChanges,
    words: SubmissionWords,
    *,
    submit: bool,
    at: datetime,
) -> Effect:
    """Save a draft or file it; refuses before anything is changed."""
    before, content = case.submission.shown_status, words.content
    is_filed = before in (S.SUBMITTED, S.ACCEPTED)
    if case.attempt is not None and case.attempt.content == content and (submit or is_filed):
        return Effect.UNCHANGED
    if before == S.SUBMITTED:
        raise SubmissionStateError(before, S.SUBMITTED if submit else S.DRAFT)
    require_open(case)
    require_answers(case.questions, content)
    require_document_issued(content, local_day(at))
    if submit:
        file_submission(principal, case, changes, words, at=at)
    elif case.submission.draft != content:
        _draft(principal, case, changes, words, at=at)
    else:
        return Effect.UNCHANGED
    return Effect.CREATED if before in (S.EXPECTED, S.WAIVED) else Effect.CHANGED


def require_open(case: HeldCase) -> None:
    """Raise unless the plan is issued and the assignment is open, or closed by the submission to be
    corrected, with an agency that still exists."""
    require_issued(case.plan)
    if case.assignment.awaits_handover:
        raise AssignmentClosedError(AWAITS_HANDOVER)
    may_be_corrected = case.submission.status == S.ACCEPTED and is_correctable(case)
    if case.assignment.status not in OPEN and not may_be_corrected:
        raise AssignmentClosedError(
            Text(
                "Nhiệm vụ đã hoàn thành, tạm dừng hoặc thu hồi nên không nhận báo cáo mới.",
                "The assignment is completed, suspended or revoked and takes no new report.",
            )
        )


def require_answers(questions: Collection[str] | None, content: Mapping[str, Any]) -> None:
    """Raise `InvalidError` for answers to other than the *questions* of a request, by their ids;
    None: the report is a regular one, which is asked nothing."""
    answers = content.get("answers", ())
    if answers and questions is None:
        text = Text(
            "Báo cáo định kỳ không có câu hỏi để trả lời.",
            "A regular report is asked no questions.",
        )
        raise invalid_at("#/answers", "not_asked", text)
    unknown = [
        Fault(
            f"#/answers/{number}/question",
            "unknown_question",
            Text(
                f"Yêu cầu báo cáo không có câu hỏi {answer['question']}.",
                f"The report request has no question {answer['question']}.",
            ),
        )
        for number, answer in enumerate(answers)
        if answer["question"] not in (questions or ())
    ]
    if unknown:
        raise InvalidError(faults=unknown)


def require_document_issued(content: Mapping[str, Any], today: date) -> None:
    """Raise `InvalidError` for documents that a report names and that are dated in the future."""
    if not content.get("evidence") and not content.get("document"):
        return
    named = [(f"#/evidence/{n}", one) for n, one in enumerate(content.get("evidence", ()))]
    named += [("#/document", one) for one in [content.get("document")] if one]
    text = Text("Văn bản chưa ban hành.", "The document is not issued yet.")
    # Days are compared as they are written: YYYY-MM-DD.
    faults = [
        Fault(f"{pointer}/issued_on", "day_in_future", text)
        for pointer, one in named
        if one["issued_on"] > today.isoformat()
    ]
    if faults:
        raise InvalidError(faults=faults)


def _require_reason(case: HeldCase, content: Mapping[str, Any], day: date) -> None:
    """A correction after its period has ended gives its reason; nothing else has one."""
    is_correction = case.submission.status == S.ACCEPTED and day > case.submission.data_to
    if is_correction and not content.get("correction_reason"):
        text = Text(
            "Kỳ báo cáo đã kết thúc: báo cáo đính chính phải nêu lý do.",
            "The period has ended: a correction says why it is made.",
        )
        raise invalid_at("#/correction_reason", "required", text)
    if not is_correction and content.get("correction_reason"):
        text = Text(
            "Chỉ báo cáo đính chính của kỳ đã kết thúc mới có lý do đính chính.",
            "Only a correction of a period that has ended has such a reason.",
        )
        raise invalid_at("#/correction_reason", "not_a_correction", text)


def _draft(
    principal: Principal,
    case: HeldCase,
    changes: SubmissionChanges,
    words: SubmissionWords,
    *,
    at: datetime,
) -> None:
    submission = case.submission
    if submission.status not in DRAFTABLE:
        raise SubmissionStateError(submission.status, S.DRAFT)
    submission.draft, submission.drafted_by_id = dict(words.content), principal.agency_id
    submission.draft_narrative_id = words.narrative_id
    # Sources stay named, though the text that was taken from them was edited since.
    submission.draft_sources = [*(submission.draft_sources or ()), *words.sources] or None
    submission.drafted_at = at
    changes.drafts[submission.id] = submission
    detail = {"taken": len(words.sources)} if words.sources else {}
    # A draft has no event: other systems don't learn of it.
    entry = audit_row(principal, "drafted", subject(case), at=at, detail=detail)
    changes.audit_entries.append(entry)


def file_submission(
    principal: Principal,
    case: HeldCase,
    changes: SubmissionChanges,
    words: SubmissionWords,
    *,
    at: datetime,
) -> None:
    """Make an attempt of the content, which is never changed."""
    submission, content, receipt = case.submission, dict(words.content), words.receipt
    _require_reason(case, content, local_day(at))
    if receipt is not None:
        require_receivable(submission, receipt.day, today=local_day(at))
    day = receipt.day if receipt else local_day(at)
    require_wanted(case, content, day)
    if receipt is not None and submission.waived_reason == UNTRACKED:
        # A report that was due before its plan was followed up here is owed once somebody enters
        # it.
        submission.status, submission.waived_reason = S.EXPECTED, None
    change_status(submission, S.SUBMITTED)
    # The draft's narrative is that of the draft's own words alone.
    of_draft = submission.draft_narrative_id if submission.draft == content else None
    narrative_id, sources = words.narrative_id or of_draft, submission.draft_sources
    submission.drop_draft()
    changes.drafts.pop(submission.id, None)
    submission.attempts += 1
    if submission.accepted_attempt is None:
        submission.received_on = day
    submission.updated_at = at
    changes.submissions[submission.id] = submission
    case.attempt = HeldAttempt(
        submission.attempts,
        content,
        principal.client_id,
        principal.agency_id,
        narrative_id,
        sources,
        receipt and receipt.entered_by_id,
    )
    changes.attempts.append(
        {
            "id": new_id(),
            "created_at": at,
            "submission_id": submission.id,
            "submitted_at": at,
            "received_on": day,
            **case.attempt._asdict(),
        }
    )
    _progress(principal, case, changes, content["outcome"], day, at=at)
    detail: dict[str, Any] = {"attempt": submission.attempts}
    if receipt is not None:
        detail |= {
            "received_on": day.isoformat(),
            "entered_by": str(receipt.entered_by_id),
        }
    note = Note("submitted", subject(case), detail)
    _write_down(principal, changes, note, at=at)


def _progress(
    principal: Principal,
    case: HeldCase,
    changes: SubmissionChanges,
    outcome: str,
    day: date,
    *,
    at: datetime,
) -> None:
    """Let the report that is received on *day* begin the assignment's work, or set the assignment
    to await the confirmation of its completion."""
    assignment = case.assignment
    if assignment.status not in OPEN:
        # The report corrects the one that closed the assignment, which changes once it is accepted.
        return
    if outcome in CLOSING and assignment.status == AssignmentStatus.AWAITING_CONFIRMATION:
        return
    if outcome in CLOSING:
        assignment.status = AssignmentStatus.AWAITING_CONFIRMATION
        assignment.reported_on = day
    elif outcome == Outcome.IN_PROGRESS and assignment.status == AssignmentStatus.NOT_STARTED:
        assignment.status = AssignmentStatus.IN_PROGRESS
    else:
        return
    assignment.changed_on = max(day, assignment.changed_on)
    changes.is_assignment_changed = True
    note = Note(str(assignment.status), assignment_subject(case), judged_day_detail(assignment))
    _write_down(principal, changes, note, at=at)


def _write_down(
    principal: Principal, changes: SubmissionChanges, note: Note, *, at: datetime
) -> None:
    """The audit entry and event of *note*, as rows to be stored with the other changes."""
    action, about, detail = note
    changes.audit_entries.append(audit_row(principal, action, about, at=at, detail=detail))
    changes.events.append(event_row(action, about, at=at, detail=detail))
