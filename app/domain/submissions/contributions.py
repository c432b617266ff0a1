"""Contributions: a lead takes texts that coordinating agencies filed into its own submission.

NĐ 09/2019/NĐ-CP: the lead consolidates what the others send it. Each text keeps the name of its
agency, and the submission keeps the attempts that its texts came from.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from app.clock import local_day
from app.domain.acts import PersonalAct
from app.domain.submissions.states import SubmissionStateError
from app.domain.submissions.write import Effect, SubmissionWords, write_submission
from app.errors import Fault, InvalidError, NotFoundError, Text
from app.models import AssigneeRole, Assignment, Outcome, SubmissionAttempt, SubmissionStatus
from app.models.base import MAX_PROSE
from app.queries.registry import agencies
from app.queries.submissions import contributions as queries
from app.queries.submissions.case_rows import HeldCase, SubmissionChanges
from app.queries.submissions.push_writes import store_changes

TEXTS = ("results", "difficulties", "proposals")
# The draft of a lead that has written nothing yet; an assignment with contributions has begun.
BLANK: Mapping[str, Any] = {
    "outcome": Outcome.IN_PROGRESS.value,
    "percent": 0,
    "results": "",
    "difficulties": "",
    "proposals": "",
    "not_applicable_reason": None,
    "evidence": [],
}


def require_lead(assignment: Assignment) -> None:
    """Raise `NotFoundError` for a coordinating agency's submission: only a lead's has
    contributions."""
    if assignment.role != AssigneeRole.LEAD:
        raise NotFoundError(
            Text(
                "Đây là báo cáo của cơ quan phối hợp; chỉ báo cáo của cơ quan chủ trì có phần đóng"
                " góp.",
                "This is a coordinating agency's report; others contribute to a lead's alone.",
            )
        )


async def take_contributions(
    act: PersonalAct,
    case: HeldCase,
    wanted: Sequence[UUID] | None,
) -> Effect:
    """Add texts that others filed to the lead's draft, which is locked, each under its agency's
    name.

    Skips texts that were taken before and empty ones; takes nothing where the whole would be too
    long. *wanted*: the ids of submissions; None for all that were filed.
    """
    found = await queries.filed_for(act.session, act.principal, case, submission_ids=wanted)
    if wanted is not None:
        _require_filed(wanted, {row.submission.id for row in found if row.submission})
    known = set(case.submission.draft_sources or ())
    attempts = [row.attempt for row in found if row.attempt and row.attempt.id not in known]
    attempts = [one for one in attempts if any(one.content[name].strip() for name in TEXTS)]
    if case.submission.status == SubmissionStatus.WAIVED:
        raise SubmissionStateError(case.submission.status, SubmissionStatus.DRAFT)
    if not attempts:
        return Effect.UNCHANGED
    ids = {one.agency_id for one in attempts}
    labels = await agencies.agency_names(act.session, ids, day=local_day(act.at))
    content = _joined(case.submission.draft or BLANK, attempts, labels)
    words = SubmissionWords(content, sources=[one.id for one in attempts])
    changes = SubmissionChanges(case.assignment)
    effect = write_submission(act.principal, case, changes, words, submit=False, at=act.at)
    await store_changes(act.session, [changes], at=act.at)
    return effect


def _require_filed(wanted: Sequence[UUID], found: Collection[UUID]) -> None:
    text = Text(
        "Không phải báo cáo phối hợp đã nộp của nhiệm vụ này cho kỳ này.",
        "No report that a coordinating agency of this task has filed for this period.",
    )
    faults = tuple(
        Fault(f"#/from/{number}", "not_filed", text)
        for number, submission_id in enumerate(wanted)
        if submission_id not in found
    )
    if faults:
        raise InvalidError(faults=faults)


def _joined(
    draft: Mapping[str, Any],
    attempts: Sequence[SubmissionAttempt],
    labels: Mapping[UUID, agencies.AgencyLabel],
) -> dict[str, Any]:
    """The draft with the texts of others below its own."""
    content, faults = dict(draft), []
    for name in TEXTS:
        added = [
            f"{labels[one.agency_id].name}:\n{one.content[name].strip()}"
            for one in attempts
            if one.content[name].strip()
        ]
        content[name] = "\n\n".join([one for one in (content[name], *added) if one])
        if added and len(content[name]) > MAX_PROSE:
            text = Text(
                f"{name} sẽ dài {len(content[name])} ký tự, vượt quá {MAX_PROSE}; hãy lấy ít hơn.",
                f"{name} would have {len(content[name])} characters, more than {MAX_PROSE}; take"
                " fewer.",
            )
            faults.append(Fault(f"#/{name}", "too_long", text))
    if faults:
        raise InvalidError(faults=faults)
    return content
