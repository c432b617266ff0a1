"""Ending the follow-up of a plan: the closing decides on each open assignment, and is stored."""

import uuid
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Literal, NamedTuple

from app.clock import local_day
from app.domain.acts import PersonalAct
from app.domain.authority import Power, require
from app.domain.plans.kept_actions import keep_action
from app.domain.plans.plans import require_issued
from app.domain.records import Note, Subject
from app.domain.submissions.expect import expect_submissions
from app.errors import Fault, InvalidError, Text, invalid_at
from app.models import AssignmentStatus, Plan, PlanActionKind, PlanStatus
from app.queries.plans import closing_writes as writes
from app.queries.submissions.waiver_writes import expect_again, waive_unfiled

LeftAs = Literal["carried_over", "unfinished"]
"""The end of an open assignment: carried over into the plan that follows, or left unfinished."""
STATUSES: dict[LeftAs, AssignmentStatus] = {
    "carried_over": AssignmentStatus.CARRIED_OVER,
    "unfinished": AssignmentStatus.UNFINISHED_AT_CLOSE,
}
CLOSED = "Kế hoạch đã kết thúc theo dõi."
"""The reason with which submissions are waived when their plan is closed; reopening the plan
expects them again."""


class Closing(NamedTuple):
    """The decision that closes a plan: *outcomes* for the assignments named there, *outcome* for
    all other open ones."""

    reason: str
    outcome: LeftAs
    outcomes: Mapping[uuid.UUID, LeftAs]
    followed_by: Plan | None
    basis: str | None = None


async def close(act: PersonalAct, plan: Plan, closing: Closing) -> None:
    """End the follow-up of an issued plan from today on: nothing of it is owed any more.

    Its open assignments end as *closing* says, its unfiled submissions are waived. The caller has
    taken `lock_handovers` and locked the plan. Raises `PlanStateError`, `PermissionDeniedError`, or
    `InvalidError` for assignments that are not open and where the plan that follows is missing.
    """
    require(act.principal, Power.KEEP_PLAN, plan)
    require_issued(plan)
    every = await writes.lock_assignments_of(act.session, plan.id)
    agencies = {row.id: row.agency_id for row in every}
    found = {row.id for row in every if row.is_unfinished}
    unknown = [row_id for row_id in closing.outcomes if row_id not in found]
    if unknown:
        raise InvalidError(faults=[_not_open(closing, row_id) for row_id in unknown])
    if closing.followed_by is not None:
        require_issued(closing.followed_by)
    left = {row_id: closing.outcomes.get(row_id, closing.outcome) for row_id in found}
    if closing.followed_by is None and "carried_over" in left.values():
        raise invalid_at("#/followed_by", "required", NOWHERE)
    day = local_day(act.at)
    statuses = {row_id: STATUSES[outcome] for row_id, outcome in left.items()}
    await writes.close_assignments(act.session, plan.id, statuses, day=day, at=act.at)
    await act.record(
        [
            Note(status.value, Subject("assignment", row_id, plan.id, agencies[row_id]), {})
            for row_id, status in statuses.items()
        ]
    )
    waived = await waive_unfiled(act.session, agencies, reason=CLOSED, day=day, at=act.at)
    await act.record(_submission_notes(plan, "waived", waived, agencies))
    plan.status, plan.closed_at = PlanStatus.CLOSED, act.at
    after = {
        "closed_at": act.at.isoformat(),
        "carried_over": str(list(left.values()).count("carried_over")),
        "unfinished": str(list(left.values()).count("unfinished")),
        "followed_by": closing.followed_by and str(closing.followed_by.id),
    }
    before = dict.fromkeys(after)
    await keep_action(
        act, plan, PlanActionKind.CLOSED, before=before, after=after,
        reason=closing.reason, basis=closing.basis,
    )  # fmt: skip


async def open_again(act: PersonalAct, plan: Plan) -> None:
    """Make the assignments that were open when the *plan* was closed owed again, from today on, and
    their waived submissions expected again, also where they are overdue by now."""
    day = local_day(act.at)
    every = await writes.lock_assignments_of(act.session, plan.id)
    await writes.reopen_assignments(act.session, plan.id, day=day, at=act.at)
    agencies = {row.id: row.agency_id for row in every}
    again = await expect_again(
        act.session, list(agencies), day, reason=CLOSED, at=act.at, due_from=date.min
    )
    changed = [(one.id, one.assignment_id) for one in again]
    await act.record(_submission_notes(plan, "expected", changed, agencies))
    await expect_submissions(act.session, plan, at=act.at)


NOWHERE = Text(
    "Phải nêu kế hoạch tiếp theo nhận các nhiệm vụ chuyển sang.",
    "The plan that follows must be named, to which assignments are carried over.",
)


def _submission_notes(
    plan: Plan,
    action: str,
    changed: Iterable[tuple[uuid.UUID, uuid.UUID]],
    agencies: Mapping[uuid.UUID, uuid.UUID],
) -> list[Note]:
    return [
        Note(action, Subject("submission", row_id, plan.id, agencies[owing_id]), {})
        for row_id, owing_id in changed
    ]


def _not_open(closing: Closing, row_id: uuid.UUID) -> Fault:
    number = list(closing.outcomes).index(row_id)
    text = Text(
        "Nhiệm vụ này không thuộc kế hoạch, hoặc không còn phải thực hiện.",
        "This assignment is not of the plan, or is not open.",
    )
    return Fault(f"#/assignments/{number}/id", "not_open", text)
