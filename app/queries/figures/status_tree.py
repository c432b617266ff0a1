"""The tree of statuses as of a day, in SQL shaped as JSON: every assignment is counted once, and
all counts add up. A test holds it against a slow loop.

Each assignment is judged twice, by the deadline in force and by the one first set: the statuses in
both trees are the same, what was in time need not be. Everything here is about rows `s` of
`assignment_state`, which says what held on each day; the day in question is `:today` unless another
is given.
"""

from typing import Any

from app.models import AssignmentStatus
from app.queries.figures.timeliness import TODAY, timeliness
from app.queries.json_shapes import json_text

LONG_DAYS = 30
"""Assignments that are overdue by more than so many days are shown apart."""


def held(today: str = ":today") -> str:
    """SQL of the condition that `s` held on the day: at most one row of each assignment does."""
    return f"s.since <= {today} and (s.until is null or s.until > {today})"


HELD = held()


def days_past(deadline: str, *, today: str = TODAY) -> str:
    """SQL of the days by which `s` is past a deadline on its judging day; negative before it."""
    return (
        "(case s.status when 'completed' then s.completed_on"
        " when 'awaiting_confirmation' then s.reported_on"
        f" else {today} end - s.{deadline})"
    )


def judged(today: str = TODAY) -> str:
    """SQL of the columns of `s` that the conditions of `NUMBERS` name."""
    return f"""
  s.status, s.awaits_handover,
  {timeliness("s", today=today)} as current,
  {days_past("deadline_on", today=today)} as current_days,
  {timeliness("s", deadline="original_deadline_on", today=today)} as original,
  {days_past("original_deadline_on", today=today)} as original_days"""


JUDGED = judged()


def _kinds(deadline: str) -> dict[str, str]:
    return {
        "on_time": f"{deadline} = 'on_time'",
        "late": f"{deadline} = 'late'",
        "completed_no_deadline": f"{deadline} = 'no_deadline' and status = 'completed'",
        "overdue": f"{deadline} = 'overdue'",
        "long_overdue": f"{deadline} = 'overdue' and {deadline}_days > {LONG_DAYS}",
        "due_soon": f"{deadline} = 'due_soon'",
        "no_deadline": f"{deadline} = 'no_deadline' and status <> 'completed'",
    }


GONE = (AssignmentStatus.MERGED, AssignmentStatus.SPLIT)
COUNTED = [status.value for status in AssignmentStatus if status not in GONE]
"""A merged or split assignment is not counted: the one that it was merged into is, or its parts."""
NUMBERS = (
    {status: f"status = '{status}' and not awaits_handover" for status in COUNTED}
    | {"awaiting_handover": "awaits_handover"}
    | {
        f"{deadline}_{kind}": condition
        for deadline in ("current", "original")
        for kind, condition in _kinds(deadline).items()
    }
)
"""The condition of each number that is counted; all others in the tree are sums of these."""
COUNTS = ",\n  ".join(
    f"count(*) filter (where {condition}) as {name}" for name, condition in NUMBERS.items()
)
WEIGHED = ",\n  ".join(
    f"coalesce(sum(weight) filter (where {condition}), 0) as {name}"
    for name, condition in NUMBERS.items()
)
"""Like `COUNTS`, of rows with a `weight`, which may be negative."""
SUMS = ", ".join(f"coalesce(sum({name}), 0)::bigint as {name}" for name in NUMBERS)
"""SQL that adds up rows of counted numbers."""
ALL = " + ".join([*COUNTED, "awaiting_handover"])
"""SQL of the number of assignments in a row of counted numbers."""


def _tree(deadline: str) -> dict[str, Any]:
    not_completed = "(not_started + in_progress + awaiting_confirmation)"
    other = "(suspended + revoked + not_applicable)"
    overdue, late = f"{deadline}_overdue", f"{deadline}_late"
    return {
        "total": f"completed + {not_completed} + {other} + awaiting_handover",
        "completed": {
            "total": "completed",
            "on_time": f"{deadline}_on_time",
            "late": late,
            "no_deadline": f"{deadline}_completed_no_deadline",
        },
        "not_completed": {
            "total": not_completed,
            "not_started": "not_started",
            "in_progress": "in_progress",
            "awaiting_confirmation": "awaiting_confirmation",
            "in_time": {
                "total": f"{not_completed} - {overdue}",
                "due_soon": f"{deadline}_due_soon",
                "no_deadline": f"{deadline}_no_deadline",
            },
            "overdue": {"total": overdue, "more_than_30_days": f"{deadline}_long_overdue"},
        },
        "other": {
            "total": other,
            "suspended": "suspended",
            "revoked": "revoked",
            "not_applicable": "not_applicable",
        },
        "awaiting_handover": "awaiting_handover",
        "rates": {
            # As the Government Office reports: of what had to be done by now, what is done.
            "completed_of_due": _rate("completed", f"completed + {overdue}"),
            # Without a deadline nothing can be late. Bình Định's figures of 2022 count so: 1,160
            # completed are 1,014 in time and 146 late, and 508 of them had no deadline.
            "on_time_of_completed": _rate(f"completed - {late}", "completed"),
            "completed_of_total": _rate("completed", f"completed + {not_completed}"),
        },
    }


def _rate(numerator: str, base: str) -> dict[str, str]:
    percent = f"round(100.0 * ({numerator}) / nullif({base}, 0), 2)"
    return {"numerator": numerator, "base": base, "percent": f"coalesce({percent}::text, 'null')"}


TREE = json_text(
    {"by_current_deadline": _tree("current"), "by_original_deadline": _tree("original")}
)
"""The JSON text of a row of `COUNTS`."""
