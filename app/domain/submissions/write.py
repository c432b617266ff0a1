"""The rules by which an agency writes and files one submission, on rows that are locked.

The changes are gathered in `SubmissionChanges`; the caller stores them.
"""

import enum
import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from app.auth.principal import Principal
from app.clock import local_day
from app.domain.assignments.states import AWAITS_HANDOVER
from app.domain.plans.plans import require_issued
from app.domain.records import Note, audit_row, event_row
from app.domain.submissions.review import (
    CLOSING,
    AssignmentClosedError,
    S,
    SubmissionStateError,
    assignment_subject,
    change_status,
    judged_day_detail,
    subject,
)
from app.errors import Fault, InvalidError, Text, invalid_at
from app.models import AssignmentStatus, Outcome
from app.models.base import new_id
from app.queries.assignments.assignments import OPEN
from app.queries.submissions.case_rows import HeldAttempt, HeldCase, SubmissionChanges


class Effect(enum.StrEnum):
    """What a push did: `created` is the first word of a report that was only expected."""

    CREATED = "created"
    CHANGED = "changed"
    UNCHANGED = "unchanged"


class SubmissionWords(NamedTuple):
    """The content to be written, its narrative, and the attempts that its new texts came from."""

    content: Mapping[str, Any]
    narrative_id: uuid.UUID | None = None
    sources: Sequence[uuid.UUID] = ()


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
    before, content = case.submission.status, words.content
    is_filed = before in (S.SUBMITTED, S.ACCEPTED)
    if case.attempt is not None and case.attempt.content == content and (submit or is_filed):
        return Effect.UNCHANGED
    if is_filed:
        raise SubmissionStateError(before, S.SUBMITTED if submit else S.DRAFT)
    require_open(case)
    _require_answers(case, content)
    if submit:
        file_submission(principal, case, changes, words, at=at)
    elif case.submission.draft != content:
        _draft(principal, case, changes, words, at=at)
    else:
        return Effect.UNCHANGED
    return Effect.CREATED if before == S.EXPECTED else Effect.CHANGED


def require_open(case: HeldCase) -> None:
    """Raise unless the plan is issued and the assignment is open, with an agency that still
    exists."""
    require_issued(case.plan)
    if case.assignment.awaits_handover:
        raise AssignmentClosedError(AWAITS_HANDOVER)
    if case.assignment.status not in OPEN:
        raise AssignmentClosedError(
            Text(
                "Nhiệm vụ đã hoàn thành, tạm dừng hoặc thu hồi nên không nhận báo cáo mới.",
                "The assignment is completed, suspended or revoked and takes no new report.",
            )
        )


def _require_answers(case: HeldCase, content: Mapping[str, Any]) -> None:
    """A requested submission answers each question of its request once; a regular one has none."""
    answers = content.get("answers", ())
    if answers and case.questions is None:
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
        if answer["question"] not in (case.questions or ())
    ]
    if unknown:
        raise InvalidError(faults=unknown)


def _draft(
    principal: Principal,
    case: HeldCase,
    changes: SubmissionChanges,
    words: SubmissionWords,
    *,
    at: datetime,
) -> None:
    submission = case.submission
    change_status(submission, S.RETURNED if submission.status == S.RETURNED else S.DRAFT)
    submission.draft, submission.drafted_by_id = dict(words.content), principal.agency_id
    submission.draft_narrative_id = words.narrative_id
    # Sources stay named, though the text that was taken from them was edited since.
    submission.draft_sources = [*(submission.draft_sources or ()), *words.sources] or None
    submission.updated_at = at
    changes.submissions[submission.id] = submission
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
    submission, day, content = case.submission, local_day(at), dict(words.content)
    change_status(submission, S.SUBMITTED)
    # The draft's narrative is that of the draft's own words alone.
    of_draft = submission.draft_narrative_id if submission.draft == content else None
    narrative_id, sources = words.narrative_id or of_draft, submission.draft_sources
    submission.draft = submission.drafted_by_id = None
    submission.draft_narrative_id = submission.draft_sources = None
    submission.attempts += 1
    submission.submitted_on = day
    submission.updated_at = at
    changes.submissions[submission.id] = submission
    case.attempt = HeldAttempt(
        submission.attempts,
        content,
        principal.client_id,
        principal.agency_id,
        narrative_id,
        sources,
    )
    changes.attempts.append(
        {
            "id": new_id(),
            "created_at": at,
            "submission_id": submission.id,
            "submitted_at": at,
            "submitted_on": day,
            **case.attempt._asdict(),
        }
    )
    _progress(principal, case, changes, Outcome(content["outcome"]), at=at)
    note = Note("submitted", subject(case), {"attempt": submission.attempts})
    _write_down(principal, changes, note, at=at)


def _progress(
    principal: Principal,
    case: HeldCase,
    changes: SubmissionChanges,
    outcome: Outcome,
    *,
    at: datetime,
) -> None:
    """Filing begins the assignment's work, or lets it wait until its completion is confirmed."""
    assignment, day = case.assignment, local_day(at)
    if outcome in CLOSING and assignment.status == AssignmentStatus.AWAITING_CONFIRMATION:
        return
    if outcome in CLOSING:
        assignment.status = AssignmentStatus.AWAITING_CONFIRMATION
        assignment.reported_on = day
    elif outcome == Outcome.IN_PROGRESS and assignment.status == AssignmentStatus.NOT_STARTED:
        assignment.status = AssignmentStatus.IN_PROGRESS
    else:
        return
    assignment.changed_on = day
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
