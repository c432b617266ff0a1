"""The tree of statuses, counted the slow and obvious way, to hold the fast ways against."""

from collections.abc import Iterable
from datetime import date
from fractions import Fraction
from typing import Any

from app.domain.figures.statistics import State


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
