"""The tree of submissions, counted the slow and obvious way, to hold the fast ways against.

It is written from the rules of the field, one report after another, and knows no SQL.
"""

from collections import defaultdict
from collections.abc import Callable
from datetime import date
from fractions import Fraction
from typing import Any, NamedTuple

from app.models import AssignmentStatus, Decision, Submission
from app.queries.figures.reporting import ReportingDivision
from tests.support.histories import Held
from tests.support.report_histories import Filing, Told

CALLED_OFF = (
    AssignmentStatus.SUSPENDED,
    AssignmentStatus.REVOKED,
    AssignmentStatus.NOT_APPLICABLE,
)
KEYS: dict[ReportingDivision, Callable[[Told, Held, date], str | None]] = {
    "agency": lambda *asked: owner(*asked),  # noqa: PLW0108 - it is defined below
    "task": lambda told, *_: str(told.life.task.id),
    "period": lambda told, *_: told.submission.period,
    "plan": lambda told, *_: str(told.life.task.plan_id),
}
FILED = ("early", "on_time", "late")
MISSING = ("not_due", "due_today", "overdue")
LEAVES = (*FILED, *MISSING, "waived", "set_aside")
Rows = list[tuple[Told, Held]]


class Standing(NamedTuple):
    """The filing that stands and is judged, the day of the last filing, the decision on that."""

    judged: Filing | None = None
    filed_on: date | None = None
    decision: Decision | None = None
    decided_on: date | None = None


def standing(told: Told, day: date) -> Standing:
    """The standing of a report at the end of *day*."""
    filings = [one for one in told.filings if one.received_on <= day]
    if not filings:
        return Standing()
    last = filings[-1]
    # An accepted report stands, whatever becomes of its updates, and is judged by the first of
    # them.
    accepted = [
        one
        for one in filings
        if one.decision == Decision.ACCEPTED and (one.decided_on or date.max) <= day
    ]
    if last.decided_on is None or last.decided_on > day:
        return Standing((accepted or [last])[0], last.received_on)
    return Standing(
        accepted[0] if accepted else None, last.received_on, last.decision, last.decided_on
    )


def owed(told: Told, held: Held, day: date) -> Held:
    """The state of its assignment when the report was due; before that, and where it was not known
    yet, the present one (*held*)."""
    due_on = told.due_on
    return (told.assignment(due_on).on(due_on) if due_on <= day else None) or held


def owner(told: Told, held: Held, day: date) -> str | None:
    """The agency that filed the report, or else the one that owed it on its due day; None while
    nobody did."""
    filed = standing(told, day).judged
    if filed is not None:
        return str(filed.agency_id)
    charged = owed(told, held, day)
    return None if charged.awaits_handover else str(charged.agency_id)


def leaf(told: Told, held: Held, day: date) -> str:
    """In which leaf of the tree a report is."""
    filed = standing(told, day).judged
    if told.is_waived(day):
        return "waived"
    if filed is not None:
        if told.due_on > day:
            return "early"
        return "late" if filed.received_on > told.due_on else "on_time"
    if owed(told, held, day).awaits_handover or held.status in CALLED_OFF or held.plan_closed:
        return "set_aside"
    if told.due_on >= day:
        return "due_today" if told.due_on == day else "not_due"
    return "overdue"


def slow_tree(rows: Rows, day: date) -> dict[str, Any]:
    """The tree of reports, by looking at one after another."""
    leaves: dict[str, list[Told]] = defaultdict(list)
    for told, held in rows:
        leaves[leaf(told, held, day)].append(told)
    count = {name: len(leaves[name]) for name in LEAVES}
    assert sum(count.values()) == len(rows)
    overdue = [(day - told.due_on).days for told in leaves["overdue"]]
    filed, not_filed = count["on_time"] + count["late"], count["due_today"] + len(overdue)
    return {
        "total": len(rows),
        "expected": {
            "total": filed + not_filed,
            "filed": {"total": filed, "on_time": count["on_time"], "late": count["late"]},
            "not_filed": {
                "total": not_filed,
                "due_today": count["due_today"],
                "overdue": {
                    "total": len(overdue),
                    "up_to_7_days": sum(days <= 7 for days in overdue),
                    "from_8_to_30_days": sum(7 < days <= 30 for days in overdue),
                    "from_31_to_365_days": sum(30 < days <= 365 for days in overdue),
                    "more_than_365_days": sum(days > 365 for days in overdue),
                },
            },
        },
        "not_due": {"total": count["not_due"] + count["early"], "filed": count["early"]},
        "waived": count["waived"],
        "set_aside": count["set_aside"],
        "review": slow_review(leaves, day),
        "rates": {
            "filed_of_expected": _rate(filed, filed + not_filed),
            "on_time_of_filed": _rate(count["on_time"], filed),
        },
    }


def slow_review(leaves: dict[str, list[Told]], day: date) -> dict[str, Any]:
    """The numbers of reports that wait or were returned, with their oldest days."""
    filed = [standing(told, day) for name in FILED for told in leaves[name]]
    missing = [standing(told, day) for name in MISSING for told in leaves[name]]
    waiting = [one.filed_on for one in filed if one.filed_on and one.decision is None]
    back = [
        one.decided_on for one in missing if one.decided_on and one.decision == Decision.RETURNED
    ]
    return {
        "waiting": len(waiting),
        "waiting_since": min(waiting, default=None),
        "accepted": len(filed) - len(waiting),
        "returned": len(back),
        "returned_since": min(back, default=None),
    }


def _rate(numerator: int, base: int) -> dict[str, Any]:
    percent = None
    if base:
        percent = int(Fraction(10_000 * numerator, base) + Fraction(1, 2)) / 100
    return {"numerator": numerator, "base": base, "percent": percent}


def known(reports: list[Told], day: date) -> Rows:
    """The reports that were expected by *day*, each with what held of its assignment then."""
    rows = [(told, told.assignment(day).on(day)) for told in reports if told.expected_on <= day]
    return [(told, held) for told, held in rows if held is not None]


def of_tasks(rows: Rows) -> Rows:
    """Those that a task asks for."""
    return [(told, held) for told, held in rows if isinstance(told.submission, Submission)]


def slow(
    rows: Rows, by: ReportingDivision, day: date
) -> tuple[dict[str, Any], dict[Any, dict[str, Any]]]:
    """The tree of all and those of the groups; by task without what no task asks for."""
    rows = of_tasks(rows) if by == "task" else rows
    groups: dict[str | None, Rows] = defaultdict(list)
    for told, held in rows:
        groups[KEYS[by](told, held, day)].append((told, held))
    return slow_tree(rows, day), {key: slow_tree(group, day) for key, group in groups.items()}
