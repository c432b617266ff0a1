"""The tree of statuses, counted the slow and obvious way, to hold the fast ways against.

It is written from the rules of the field, one assignment after another, and knows no SQL.
"""

from collections import Counter
from collections.abc import Iterable
from datetime import date
from fractions import Fraction
from typing import Any, Protocol

from app.models import AssignmentStatus as S

CALLED_OFF = (
    S.REVOKED,
    S.NOT_APPLICABLE,
    S.ENDED_WITH_TASK,
    S.CARRIED_OVER,
    S.UNFINISHED_AT_CLOSE,
)


class State(Protocol):
    """The state of an assignment on a day: a row of `assignment_state`, or of `assignment`."""

    @property
    def starts_on(self) -> date: ...
    @property
    def status(self) -> S: ...
    @property
    def deadline_on(self) -> date | None: ...
    @property
    def original_deadline_on(self) -> date | None: ...
    @property
    def reported_on(self) -> date | None: ...
    @property
    def completed_on(self) -> date | None: ...
    @property
    def awaits_handover(self) -> bool: ...


def slow_timeliness(
    state: State, deadline: date | None, *, day: date, due_soon_days: int
) -> str | None:
    """The timeliness of a state on *day* by one of its deadlines; None for a state that no deadline
    judges."""
    if state.awaits_handover or state.status in (*CALLED_OFF, S.SUSPENDED, S.MERGED, S.SPLIT):
        return None
    if day < state.starts_on:
        return "upcoming"
    if deadline is None:
        return "no_deadline"
    if state.status == S.COMPLETED:
        return _judged(state.completed_on, deadline)
    if state.status == S.AWAITING_CONFIRMATION:
        return f"reported_{_judged(state.reported_on, deadline)}"
    return _at_work(deadline, day, due_soon_days)


def _judged(done_on: date | None, deadline: date) -> str:
    assert done_on is not None
    return "on_time" if done_on <= deadline else "late"


def _at_work(deadline: date, day: date, soon: int) -> str:
    if day > deadline:
        return "overdue"
    return "due_soon" if (deadline - day).days <= soon else "in_time"


STEPS = {
    7: "up_to_7_days",
    30: "from_8_to_30_days",
    365: "from_31_to_365_days",
    10**6: "more_than_365_days",
}
OTHER = (S.SUSPENDED, S.REVOKED, S.NOT_APPLICABLE)
AT_CLOSE = {S.CARRIED_OVER: "carried_over", S.UNFINISHED_AT_CLOSE: "unfinished"}
BRANCHES: dict[str, list[str]] = {
    "completed": ["on_time", "late", "no_deadline"],
    "in_time": ["not_near", "due_soon", "no_deadline"],
    "overdue": list(STEPS.values()),
    "awaiting_confirmation": ["on_time", "late", "no_deadline"],
    "other": [status.value for status in OTHER],
    "at_close": list(AT_CLOSE.values()),
}
LEAVES = ("ended_with_task", "awaiting_handover", "upcoming")


def slow_tree(
    states: Iterable[State], day: date, due_soon_days: int, *, both: bool = True
) -> dict[str, Any]:
    """The whole tree, by both deadlines or by the current one alone.

    What was split is not counted: its parts are.
    """
    rows = [state for state in states if state.status != S.SPLIT]
    return {
        "by_current_deadline": _slow(rows, "deadline_on", day, due_soon_days),
        "by_original_deadline": (
            _slow(rows, "original_deadline_on", day, due_soon_days) if both else None
        ),
    }


def slow_deadlines(states: Iterable[State], day: date) -> dict[str, Any]:
    """The oldest deadline that has passed, the next one to come, and how many fall on it."""
    open_ones = [
        state.deadline_on
        for state in states
        if day >= state.starts_on
        and state.status in (S.NOT_STARTED, S.IN_PROGRESS)
        and not state.awaits_handover
        and state.deadline_on is not None
    ]
    passed = [deadline for deadline in open_ones if deadline < day]
    to_come = [deadline for deadline in open_ones if deadline >= day]
    return {
        "oldest_overdue_on": str(min(passed)) if passed else None,
        "next_deadline_on": str(min(to_come)) if to_come else None,
        "next_deadline_count": to_come.count(min(to_come)) if to_come else 0,
    }


def overdue(tree: dict[str, Any]) -> int:
    """The number of assignments that are overdue by the deadline in force."""
    return int(tree["by_current_deadline"]["not_completed"]["overdue"]["total"])


def _leaf(row: State, deadline: date | None, day: date, soon: int) -> tuple[str, str] | None:
    """The branch and the leaf on which an assignment is counted; None for what was called off
    before it began, since it was never owed."""
    if day < row.starts_on:
        return None if row.status in CALLED_OFF else ("upcoming", "")
    if row.awaits_handover:
        return ("awaiting_handover", "")
    if row.status == S.ENDED_WITH_TASK:
        return ("ended_with_task", "")
    if row.status in OTHER:
        return ("other", row.status.value)
    if row.status in AT_CLOSE:
        return ("at_close", AT_CLOSE[row.status])
    return _judged_leaf(row, deadline, day, soon)


def _judged_leaf(row: State, deadline: date | None, day: date, soon: int) -> tuple[str, str]:
    reported = {S.COMPLETED: row.completed_on, S.AWAITING_CONFIRMATION: row.reported_on}
    if row.status in reported:
        leaf = "no_deadline" if deadline is None else _judged(reported[row.status], deadline)
        return (row.status.value, leaf)
    if deadline is None:
        return ("in_time", "no_deadline")
    stands = _at_work(deadline, day, soon)
    if stands == "overdue":
        return (stands, next(STEPS[most] for most in STEPS if (day - deadline).days <= most))
    return ("in_time", "due_soon" if stands == "due_soon" else "not_near")


def _slow(rows: list[State], deadline_name: str, day: date, soon: int) -> dict[str, Any]:
    leaves = [(row, _leaf(row, getattr(row, deadline_name), day, soon)) for row in rows]
    count = Counter(leaf for _, leaf in leaves)
    work = Counter(
        row.status.value for row, leaf in leaves if leaf and leaf[0] in ("in_time", "overdue")
    )
    tree: dict[str, Any] = {
        branch: {
            "total": sum(count[branch, name] for name in names),
            **{name: count[branch, name] for name in names},
        }
        for branch, names in BRANCHES.items()
    } | {name: count[name, ""] for name in LEAVES}
    parts = {name: tree.pop(name) for name in ("in_time", "overdue", "awaiting_confirmation")}
    undone = sum(part["total"] for part in parts.values())
    begun = {name: work[name] for name in ("not_started", "in_progress")}
    done, late = (
        tree["completed"],
        parts["overdue"]["total"] + parts["awaiting_confirmation"]["late"],
    )
    in_time = done["on_time"] + done["no_deadline"]
    every = done["total"] + undone + tree["at_close"]["unfinished"]
    return {
        **tree,
        "total": sum(leaf is not None and leaf[0] != "upcoming" for _, leaf in leaves),
        "not_completed": {"total": undone, **begun, **parts},
        "rates": {
            "completed_of_due": _rate(done["total"], done["total"] + late),
            "on_time_of_completed": _rate(in_time, done["total"]),
            "completed_of_total": _rate(done["total"], every),
        },
    }


def _rate(numerator: int, base: int) -> dict[str, Any]:
    percent = None
    if base:
        percent = int(Fraction(10_000 * numerator, base) + Fraction(1, 2)) / 100
    return {"numerator": numerator, "base": base, "percent": percent}
