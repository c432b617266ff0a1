"""How an assignment is drawn on a board: one state of nine, which add up to all of them."""

from collections.abc import Mapping
from datetime import date

from app.domain.figures.trends import MONTHS, Step
from app.models import AssignmentStatus

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
"""The state by the timeliness of an assignment; null is what no deadline judges."""
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


def step_of(first: date, last: date) -> Step:
    """The step of a trend from the first day to the last."""
    months = 12 * (last.year - first.year) + last.month - first.month
    if months <= MOST_MONTHS:
        return "month"
    return "quarter" if months <= MOST_MONTHS * MONTHS["quarter"] else "year"
