"""The nine states in which a board draws assignments; together they hold all assignments."""

from collections.abc import Mapping
from datetime import date
from functools import reduce
from itertools import islice
from operator import attrgetter, getitem
from typing import Any

from app.domain.figures.trends import MONTHS, TrendStep
from app.kinds import AssignmentStatus

STATES: Mapping[str | None, str] = {
    "on_time": "on_time",
    "no_deadline": "in_time",
    "late": "late",
    "reported_on_time": "awaiting_confirmation",
    "reported_late": "awaiting_confirmation",
    "in_time": "in_time",
    "due_soon": "due_soon",
    "overdue": "overdue",
    "upcoming": "upcoming",
    None: "stopped",
}
"""The state by the timeliness of an assignment; null is an assignment that no deadline judges."""
COUNTED: Mapping[str, tuple[str, ...]] = {
    "on_time": ("completed.on_time", "completed.no_deadline"),
    "late": ("completed.late",),
    "awaiting_confirmation": ("not_completed.awaiting_confirmation.total",),
    "in_time": ("not_completed.in_time.not_near", "not_completed.in_time.no_deadline"),
    "due_soon": ("not_completed.in_time.due_soon",),
    "overdue": ("not_completed.overdue.total",),
    "awaiting_handover": ("awaiting_handover",),
    "stopped": ("other.total", "ended_with_task", "at_close.total"),
}
"""The places of each state's numbers in a tree of figures; each assignment that has begun is in
exactly one state."""
PLACES = [path for paths in COUNTED.values() for path in paths]
_numbers = attrgetter(*PLACES)
MOST_MONTHS = 18
"""A trend has a point a month, or a quarter where that were more points than this."""


def state_of(status: AssignmentStatus, timeliness: str | None, *, awaits_handover: bool) -> str:
    """The state in which an assignment is drawn."""
    if awaits_handover and timeliness is None:
        return "awaiting_handover"
    if timeliness == "no_deadline" and status == AssignmentStatus.COMPLETED:
        return "on_time"
    if timeliness == "no_deadline" and status == AssignmentStatus.AWAITING_CONFIRMATION:
        return "awaiting_confirmation"
    return STATES[timeliness]


def counts_of(statistics: Any) -> dict[str, int]:
    """The number of assignments in each state, from the figures as the API answers them: a schema,
    or parsed JSON."""
    if isinstance(statistics, Mapping):
        tree = statistics["by_current_deadline"]
        numbers = iter([reduce(getitem, path.split("."), tree) for path in PLACES])
    else:
        numbers = iter(_numbers(statistics.by_current_deadline))
    return {state: sum(islice(numbers, len(paths))) for state, paths in COUNTED.items()}


def step_of(first: date, last: date) -> TrendStep:
    """The step of a trend from the first day to the last."""
    months = 12 * (last.year - first.year) + last.month - first.month
    if months <= MOST_MONTHS:
        return "month"
    return "quarter" if months <= MOST_MONTHS * MONTHS["quarter"] else "year"
