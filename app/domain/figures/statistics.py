"""The tree of statuses as of a day: every assignment is counted once, and all counts add up.

Each is judged twice, by the deadline in force and by the one first set: the statuses are the same
in both trees, what was in time need not be.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from http import HTTPStatus
from typing import Any, Literal, Protocol

from app.errors import Fault, Text, TrackerError
from app.models import AssignmentStatus

Timeliness = Literal["in_time", "due_soon", "overdue", "no_deadline", "on_time", "late"]

LONG = timedelta(days=30)
"""What is overdue by more than this is shown apart."""

S = AssignmentStatus
OPEN = (S.NOT_STARTED, S.IN_PROGRESS, S.AWAITING_CONFIRMATION)
OTHER = (S.SUSPENDED, S.REVOKED, S.NOT_APPLICABLE)


class DayInFutureError(TrackerError):
    """Figures are of a day that has come; what will be is not known."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY
    code = "day_in_future"
    title = Text("Ngày chưa tới", "The day has not come yet")


def day_asked(as_of: date | None, *, today: date, name: str = "as_of") -> date:
    """The day that figures are asked for: today in the province unless another one is named.

    *name* is that of the parameter.
    """
    if as_of is None or as_of <= today:
        return as_of or today
    text = Text(
        f"{name} không được sau hôm nay ({today}).", f"{name} can't be after today ({today})."
    )
    raise DayInFutureError(text, (Fault(f"?{name}", DayInFutureError.code, text),))


class State(Protocol):
    """What held of an assignment on a day: a row of `assignment_state`, or of `assignment`."""

    @property
    def status(self) -> AssignmentStatus: ...
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


@dataclass(frozen=True, slots=True)
class Counts:
    """How many assignments there are of each kind, judged by one deadline.

    `due_soon` and `no_deadline` are parts of what is in time, `long_overdue` of what is overdue.
    """

    not_started: int = 0
    in_progress: int = 0
    awaiting_confirmation: int = 0
    suspended: int = 0
    revoked: int = 0
    not_applicable: int = 0
    on_time: int = 0
    late: int = 0
    completed_no_deadline: int = 0
    overdue: int = 0
    long_overdue: int = 0
    due_soon: int = 0
    no_deadline: int = 0
    awaiting_handover: int = 0

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(
            *(getattr(self, f.name) + getattr(other, f.name) for f in fields(Counts)),
        )

    @property
    def completed(self) -> int:
        return self.on_time + self.late + self.completed_no_deadline

    @property
    def not_completed(self) -> int:
        return self.not_started + self.in_progress + self.awaiting_confirmation

    @property
    def other(self) -> int:
        return self.suspended + self.revoked + self.not_applicable

    @property
    def total(self) -> int:
        return self.completed + self.not_completed + self.other + self.awaiting_handover


@dataclass(frozen=True, slots=True)
class Statistics:
    """The same assignments by both deadlines."""

    by_current_deadline: Counts = Counts()
    by_original_deadline: Counts = Counts()

    def __add__(self, other: "Statistics") -> "Statistics":
        return Statistics(
            self.by_current_deadline + other.by_current_deadline,
            self.by_original_deadline + other.by_original_deadline,
        )


def judging_day(state: State, day: date) -> date:
    """The day in question; for what waits for confirmation the day on which it was reported.

    A slow confirmer makes nobody late.
    """
    if state.status == S.AWAITING_CONFIRMATION and state.reported_on is not None:
        return state.reported_on
    return day


def timeliness(
    state: State, deadline: date | None, *, day: date, due_soon_days: int
) -> Timeliness | None:
    """How a state stands on *day* by one of its deadlines; None for what is in no denominator:
    what is called off, and what waits for it to be decided whose it is.

    `app.queries.figures.timeliness` is the same rule in SQL; a test holds the two together.
    """
    if state.awaits_handover or state.status in (*OTHER, S.MERGED):
        return None
    if deadline is None:
        return "no_deadline"
    if state.status == S.COMPLETED:
        on_time = state.completed_on is not None and state.completed_on <= deadline
        return "on_time" if on_time else "late"
    left = (deadline - judging_day(state, day)).days
    if left < 0:
        return "overdue"
    return "due_soon" if left <= due_soon_days else "in_time"


def count(states: Iterable[State], *, day: date, due_soon_days: int) -> Statistics:
    """The tree of these states, each of which held on *day*."""
    total = Statistics()
    for state in states:
        total += Statistics(
            _one(state, state.deadline_on, day, due_soon_days),
            _one(state, state.original_deadline_on, day, due_soon_days),
        )
    return total


def _one(state: State, deadline: date | None, day: date, due_soon_days: int) -> Counts:
    if state.awaits_handover:
        return Counts(awaiting_handover=1)
    kinds: list[str] = [] if state.status == S.COMPLETED else [state.status.value]
    found = timeliness(state, deadline, day=day, due_soon_days=due_soon_days)
    if found == "no_deadline" and state.status == S.COMPLETED:
        kinds.append("completed_no_deadline")
    elif found is not None and found != "in_time":
        kinds.append(found)
    if found == "overdue" and deadline is not None and judging_day(state, day) - deadline > LONG:
        kinds.append("long_overdue")
    return Counts(**dict.fromkeys(kinds, 1))


def statistics_of(numbers: Mapping[str, int]) -> Statistics:
    """The tree of what was counted."""
    return Statistics(_counts(numbers, "current"), _counts(numbers, "original"))


def _counts(numbers: Mapping[str, int], deadline: str) -> Counts:
    names = [f.name for f in fields(Counts)]
    return Counts(**{n: numbers[n] if n in numbers else numbers[f"{deadline}_{n}"] for n in names})


def tree(statistics: Statistics) -> dict[str, Any]:
    """The counts with their sums and rates, as they are answered."""
    return {
        "by_current_deadline": _branches(statistics.by_current_deadline),
        "by_original_deadline": _branches(statistics.by_original_deadline),
    }


def _branches(counts: Counts) -> dict[str, Any]:
    return {
        "total": counts.total,
        "completed": {
            "total": counts.completed,
            "on_time": counts.on_time,
            "late": counts.late,
            "no_deadline": counts.completed_no_deadline,
        },
        "not_completed": {
            "total": counts.not_completed,
            "not_started": counts.not_started,
            "in_progress": counts.in_progress,
            "awaiting_confirmation": counts.awaiting_confirmation,
            "in_time": {
                "total": counts.not_completed - counts.overdue,
                "due_soon": counts.due_soon,
                "no_deadline": counts.no_deadline,
            },
            "overdue": {"total": counts.overdue, "more_than_30_days": counts.long_overdue},
        },
        "other": {
            "total": counts.other,
            "suspended": counts.suspended,
            "revoked": counts.revoked,
            "not_applicable": counts.not_applicable,
        },
        "awaiting_handover": counts.awaiting_handover,
        "rates": {
            # As the Government Office reports: of what had to be done by now, what is done.
            "completed_of_due": _rate(counts.completed, counts.completed + counts.overdue),
            # Without a deadline nothing can be late. Bình Định's figures of 2022 count so: 1,160
            # completed are 1,014 in time and 146 late, and 508 of them had no deadline.
            "on_time_of_completed": _rate(counts.completed - counts.late, counts.completed),
            "completed_of_total": _rate(counts.completed, counts.completed + counts.not_completed),
        },
    }


def _rate(numerator: int, base: int) -> dict[str, Any]:
    return {"numerator": numerator, "base": base, "percent": _percent(numerator, base)}


def _percent(numerator: int, base: int) -> float | None:
    if base == 0:
        return None
    exact = Decimal(100 * numerator) / base
    return float(exact.quantize(Decimal("0.01"), ROUND_HALF_UP))
