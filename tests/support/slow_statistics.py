"""The tree of statuses, counted the slow and obvious way, to hold the fast ways against."""

from collections.abc import Iterable
from datetime import date
from fractions import Fraction
from typing import Any, Protocol

from app.models import AssignmentStatus as S


class State(Protocol):
    """What held of an assignment on a day: a row of `assignment_state`, or of `assignment`."""

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
    """How a state stands on *day* by one of its deadlines; None for what is in no denominator."""
    if state.awaits_handover:
        return None
    if state.status in (S.SUSPENDED, S.REVOKED, S.NOT_APPLICABLE, S.MERGED, S.SPLIT):
        return None
    if deadline is None:
        return "no_deadline"
    if state.status == S.COMPLETED:
        assert state.completed_on is not None
        return "on_time" if state.completed_on <= deadline else "late"
    judged = state.reported_on if state.status == S.AWAITING_CONFIRMATION else day
    assert judged is not None
    if judged > deadline:
        return "overdue"
    return "due_soon" if (deadline - judged).days <= due_soon_days else "in_time"


def slow_tree(states: Iterable[State], day: date, due_soon_days: int) -> dict[str, Any]:
    """The whole tree, by both deadlines."""
    rows = list(states)
    waiting = sum(row.awaits_handover for row in rows)
    rows = [row for row in rows if not row.awaits_handover]
    return {
        "by_current_deadline": _slow(rows, waiting, "deadline_on", day, due_soon_days),
        "by_original_deadline": _slow(rows, waiting, "original_deadline_on", day, due_soon_days),
    }


def _slow(
    rows: list[State], waiting: int, deadline_name: str, day: date, soon: int
) -> dict[str, Any]:
    done = {"total": 0, "on_time": 0, "late": 0, "no_deadline": 0}
    in_time = {"total": 0, "due_soon": 0, "no_deadline": 0}
    overdue = {"total": 0, "more_than_30_days": 0}
    undone = {"total": 0, "not_started": 0, "in_progress": 0, "awaiting_confirmation": 0}
    other = {"total": 0, "suspended": 0, "revoked": 0, "not_applicable": 0}
    for row in rows:
        status, deadline = row.status.value, getattr(row, deadline_name)
        if status in other:
            other["total"] += 1
            other[status] += 1
        elif status == "completed":
            done["total"] += 1
            if deadline is None:
                done["no_deadline"] += 1
            else:
                assert row.completed_on is not None
                done["on_time" if row.completed_on <= deadline else "late"] += 1
        else:
            undone["total"] += 1
            undone[status] += 1
            judged = row.reported_on if status == "awaiting_confirmation" else day
            assert judged is not None
            if deadline is None:
                in_time["total"] += 1
                in_time["no_deadline"] += 1
            elif judged <= deadline:
                in_time["total"] += 1
                in_time["due_soon"] += (deadline - judged).days <= soon
            else:
                overdue["total"] += 1
                overdue["more_than_30_days"] += (judged - deadline).days > 30
    return {
        "total": len(rows) + waiting,
        "completed": done,
        "not_completed": {**undone, "in_time": in_time, "overdue": overdue},
        "other": other,
        "awaiting_handover": waiting,
        "rates": {
            "completed_of_due": _rate(done["total"], done["total"] + overdue["total"]),
            "on_time_of_completed": _rate(done["on_time"] + done["no_deadline"], done["total"]),
            "completed_of_total": _rate(done["total"], done["total"] + undone["total"]),
        },
    }


def _rate(numerator: int, base: int) -> dict[str, Any]:
    percent = None
    if base:
        percent = int(Fraction(10_000 * numerator, base) + Fraction(1, 2)) / 100
    return {"numerator": numerator, "base": base, "percent": percent}
