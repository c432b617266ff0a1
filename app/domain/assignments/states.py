"""The states in which each action on an assignment is allowed, and the refusals in all others."""

from collections.abc import Collection

from app.errors import ConflictError, Text
from app.models import Assignment, AssignmentActionKind, AssignmentStatus
from app.official_words import STATUS_WORDS
from app.queries.assignments.assignments import UNFINISHED

S = AssignmentStatus
K = AssignmentActionKind
AT_WORK: frozenset[AssignmentStatus] = frozenset({S.NOT_STARTED, S.IN_PROGRESS})
"""States in which more time may be asked for: not once completion was reported."""
ALLOWED: dict[AssignmentActionKind, frozenset[AssignmentStatus]] = {
    # A reported completion is reviewed first.
    K.SUSPENDED: AT_WORK,
    K.RESUMED: frozenset({S.SUSPENDED}),
    K.REVOKED: frozenset(UNFINISHED),
    K.REFUSED: frozenset({S.NOT_STARTED}),
    K.REFUSAL_ACCEPTED: frozenset({S.NOT_STARTED}),
    K.REFUSAL_REJECTED: frozenset({S.NOT_STARTED}),
    K.REOPENED: frozenset({S.COMPLETED, S.NOT_APPLICABLE}),
}


AWAITS_HANDOVER = Text(
    "Cơ quan đã kết thúc; nhiệm vụ chờ quyết định cơ quan tiếp nhận.",
    "The agency has ended; who takes the assignment over is to be decided.",
)


class AssignmentStateError(ConflictError):
    """The assignment's state does not allow the action."""

    code = "wrong_assignment_state"
    title = Text("Trạng thái nhiệm vụ không cho phép", "Wrong assignment state")


def require_status(assignment: Assignment, allowed: Collection[AssignmentStatus]) -> None:
    """Raise `AssignmentStateError` in every state that is not *allowed*."""
    if assignment.status not in allowed:
        raise AssignmentStateError(
            Text(
                f"Nhiệm vụ {STATUS_WORDS[assignment.status]} nên không làm được việc này.",
                f"The assignment is {assignment.status}: this can't be done.",
            )
        )


def require_unfinished(assignment: Assignment) -> None:
    """Raise `AssignmentStateError` for a closed assignment, which keeps its deadline."""
    require_status(assignment, UNFINISHED)


def require_agency_exists(assignment: Assignment) -> None:
    """Raise `AssignmentStateError` while a successor is to be chosen: nobody acts for it."""
    if assignment.awaits_handover:
        raise AssignmentStateError(AWAITS_HANDOVER)
