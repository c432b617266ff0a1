"""The tree of statuses as of a day, in SQL shaped as JSON: every assignment is counted once, and
all counts add up. A test holds it against a slow loop.

Each assignment is judged by the deadline in force and, where it is asked for, by the one first set:
the statuses in both trees are the same, what was in time need not be. Everything here is about rows
`s` of `assignment_state`, which says what held on each day; the day in question is `:today` unless
another is given.
"""

from collections.abc import Iterable
from typing import Any

from app.models import AssignmentStatus
from app.queries.figures.timeliness import CALLED_OFF, NEVER_LATE, TODAY, among, timeliness
from app.queries.json_shapes import json_text

STEPS = {"overdue_7": 7, "overdue_30": 30, "overdue_365": 365}
"""The most days by which assignments of each step are overdue; one that is overdue for longer is in
none of the steps."""


def held(today: str = ":today") -> str:
    """SQL of the condition that `s` held on the day: at most one row of each assignment does."""
    return f"s.since <= {today} and (s.until is null or s.until > {today})"


HELD = held()


def judged(today: str = TODAY) -> str:
    """SQL of the columns of `s` that the conditions of `STOCKS` name."""
    return f"""
  case when {today} < s.starts_on and s.status in ({among((*CALLED_OFF, "split"))})
    then 'never_begun'
    when {today} < s.starts_on then 'upcoming'
    when s.awaits_handover then 'awaiting_handover' else s.status end as standing,
  {timeliness("s", today=today)} as current, {today} - s.deadline_on as current_days,
  {timeliness("s", deadline="original_deadline_on", today=today)} as original,
  {today} - s.original_deadline_on as original_days"""


JUDGED = judged()


def _kinds(deadline: str) -> dict[str, str]:
    no_deadline, overdue = f"{deadline} = 'no_deadline'", f"{deadline} = 'overdue'"
    days = f"{deadline}_days"
    return {
        "on_time": f"{deadline} = 'on_time'",
        "late": f"{deadline} = 'late'",
        "completed_no_deadline": f"{no_deadline} and standing = 'completed'",
        "overdue_7": f"{overdue} and {days} <= {STEPS['overdue_7']}",
        "overdue_30": f"{overdue} and {days} > {STEPS['overdue_7']}"
        f" and {days} <= {STEPS['overdue_30']}",
        "overdue_365": f"{overdue} and {days} > {STEPS['overdue_30']}"
        f" and {days} <= {STEPS['overdue_365']}",
        "overdue_longer": f"{overdue} and {days} > {STEPS['overdue_365']}",
        "due_soon": f"{deadline} = 'due_soon'",
        "no_deadline": f"{no_deadline} and standing in ('not_started', 'in_progress')",
        "reported_late": f"{deadline} = 'reported_late'",
        "reported_no_deadline": f"{no_deadline} and standing = 'awaiting_confirmation'",
    }


GONE = (AssignmentStatus.MERGED, AssignmentStatus.SPLIT)
COUNTED = [status.value for status in AssignmentStatus if status not in GONE]
"""A merged or split assignment is not counted: the one that it was merged into is, or its parts."""
STANDINGS = [*COUNTED, "awaiting_handover", "upcoming"]
OPEN_STANDINGS = (
    "not_started", "in_progress", "awaiting_confirmation", "suspended", "awaiting_handover",
)  # fmt: skip
"""The states that are carried from day to day. A suspended assignment is owed again one day; one
that awaits a handover is still its last agency's, since nobody took it over."""
STOCKS = {standing: f"standing = '{standing}'" for standing in STANDINGS} | {
    f"{deadline}_{kind}": condition
    for deadline in ("current", "original")
    for kind, condition in _kinds(deadline).items()
}
"""The condition of each number that is counted of a day; all others in the tree are sums of
these."""
RUNNING = {
    # An assignment that was split before it began is given to the agencies of its parts.
    "given": ("s.starts_on", "s.status <> 'split'"),
    "taken_over": ("s.taken_over_on", "s.taken_over_on > s.starts_on"),
    "fallen_due": (
        "greatest(s.deadline_on, s.starts_on)",
        "s.deadline_on is not null and not s.awaits_handover"
        f" and s.status not in ({among(NEVER_LATE)})",
    ),
}
"""The counts that never fall, whatever holds later: SQL of the day from which an assignment counts,
and of the condition on the row of that day."""
NUMBERS = [*STOCKS, *RUNNING]


def counted_once(today: str = TODAY) -> str:
    """SQL of a boolean column for each member of `RUNNING`: true where the row `s` held on the day
    from which it counts, and that day has come."""
    columns = {
        name: f"coalesce({day} <= {today} and {held(day)} and {condition}, false)"
        for name, (day, condition) in RUNNING.items()
    }
    return ", ".join(f"{value} as {name}" for name, value in columns.items())


COUNTS = ",\n  ".join(
    f"count(*) filter (where {condition}) as {name}" for name, condition in STOCKS.items()
)
WEIGHED = ",\n  ".join(
    f"coalesce(sum(weight) filter (where {condition}), 0) as {name}"
    for name, condition in STOCKS.items()
)
"""Like `COUNTS`, of rows with a `weight`, which may be negative."""


def added_up(names: Iterable[str]) -> str:
    """SQL that adds up rows of these numbers."""
    return ", ".join(f"coalesce(sum({name}), 0)::bigint as {name}" for name in names)


SUMS = added_up(STOCKS)


def ever(today: str = TODAY) -> str:
    """SQL of the columns of all rows `s` that began by the day, whether or not they hold on it."""
    return f"{judged(today)}, {counted_once(today)}, {held(today)} as is_held"


EVER_COUNTS = ",\n  ".join(
    f"coalesce(sum(weight) filter (where {condition}), 0) as {name}"
    for name, condition in (
        *((name, f"is_held and {condition}") for name, condition in STOCKS.items()),
        *zip(RUNNING, RUNNING, strict=True),
    )
)
"""SQL that counts rows with the columns of `ever` and a weight."""
OVERDUE = " + ".join(f"current_{name}" for name in (*STEPS, "overdue_longer"))
"""SQL of the number of overdue assignments in a row of counted numbers."""
ALL = " + ".join(STANDINGS)
"""SQL of the number of assignments in a row of counted numbers, the upcoming ones included."""


def _tree(deadline: str) -> dict[str, Any]:
    at_work, late = "(not_started + in_progress)", f"{deadline}_late"
    not_completed = f"({at_work} + awaiting_confirmation)"
    other, at_close = (
        "(suspended + revoked + not_applicable)",
        "(carried_over + unfinished_at_close)",
    )
    steps = {name: f"{deadline}_{name}" for name in (*STEPS, "overdue_longer")}
    overdue = f"({' + '.join(steps.values())})"
    due_soon, no_deadline = f"{deadline}_due_soon", f"{deadline}_no_deadline"
    reported_late = f"{deadline}_reported_late"
    reported_no_deadline = f"{deadline}_reported_no_deadline"
    return {
        "total": f"completed + {not_completed} + {other} + ended_with_task + {at_close}"
        " + awaiting_handover",
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
            "in_time": {
                "total": f"{at_work} - {overdue}",
                "not_near": f"{at_work} - {overdue} - {due_soon} - {no_deadline}",
                "due_soon": due_soon,
                "no_deadline": no_deadline,
            },
            "overdue": {
                "total": overdue,
                "up_to_7_days": steps["overdue_7"],
                "from_8_to_30_days": steps["overdue_30"],
                "from_31_to_365_days": steps["overdue_365"],
                "more_than_365_days": steps["overdue_longer"],
            },
            "awaiting_confirmation": {
                "total": "awaiting_confirmation",
                "on_time": f"awaiting_confirmation - {reported_late} - {reported_no_deadline}",
                "late": reported_late,
                "no_deadline": reported_no_deadline,
            },
        },
        "other": {
            "total": other,
            "suspended": "suspended",
            "revoked": "revoked",
            "not_applicable": "not_applicable",
        },
        "ended_with_task": "ended_with_task",
        "at_close": {
            "total": at_close,
            "carried_over": "carried_over",
            "unfinished": "unfinished_at_close",
        },
        "awaiting_handover": "awaiting_handover",
        "upcoming": "upcoming",
        "rates": {
            # As the Government Office reports: of what had to be done by now, what is done.
            "completed_of_due": _rate("completed", f"completed + {overdue} + {reported_late}"),
            # Without a deadline nothing can be late. Bình Định's figures of 2022 count so: 1,160
            # completed are 1,014 in time and 146 late, and 508 of them had no deadline.
            "on_time_of_completed": _rate(f"completed - {late}", "completed"),
            "completed_of_total": _rate(
                "completed", f"completed + {not_completed} + unfinished_at_close"
            ),
        },
    }


def _rate(numerator: str, base: str) -> dict[str, str]:
    percent = f"round(100.0 * ({numerator}) / nullif({base}, 0), 2)"
    return {"numerator": numerator, "base": base, "percent": f"coalesce({percent}::text, 'null')"}


ORIGINAL = f"case when :deadline = 'both' then {json_text(_tree('original'))} else 'null' end"
TREE = json_text({"by_current_deadline": _tree("current"), "by_original_deadline": ORIGINAL})
"""The JSON text of a row of `COUNTS`; the tree by the original deadline is null unless both are
asked for."""
