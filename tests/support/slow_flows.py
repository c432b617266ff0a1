"""Flows between two days, counted the slow and obvious way: day by day, life after life."""

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from typing import Any

from app.models import AssigneeRole
from app.models import AssignmentStatus as S
from tests.support.histories import Held, Life

Key = Callable[[Life, Held], str | None]
DAY = timedelta(1)
OWED = (S.NOT_STARTED, S.IN_PROGRESS, S.AWAITING_CONFIRMATION, S.SUSPENDED)
JUDGED = (S.NOT_STARTED, S.IN_PROGRESS, S.AWAITING_CONFIRMATION, S.COMPLETED)
ENDS: dict[S, tuple[str, str]] = {
    S.REVOKED: ("called_off", "revoked"),
    S.NOT_APPLICABLE: ("called_off", "not_applicable"),
    S.CARRIED_OVER: ("at_close", "carried_over"),
    S.UNFINISHED_AT_CLOSE: ("at_close", "unfinished"),
    S.ENDED_WITH_TASK: ("ended_with_task", ""),
}


def slow_flows(
    lives: Iterable[Life], key: Key, first: date, last: date, role: AssigneeRole | None
) -> tuple[dict[str, Any], dict[str | None, dict[str, Any]]]:
    """The flows of the total and of the groups between two days, both inclusive."""
    groups: dict[str | None, Counter[tuple[str, str]]] = {}
    for life in lives:
        for day, sign in ((first - DAY, -1), (last, 1)):
            held = life.on(day)
            if held is not None and day >= held.starts_on and role in (None, held.role):
                count = groups.setdefault(key(life, held), Counter())
                _at_an_end(count, held, sign)
        for day in _days(life, first, last):
            _on_a_day(groups, life, key, day, role)
    total: Counter[tuple[str, str]] = Counter()
    for count in groups.values():
        total.update(count)
    found = {name: _shaped(count) for name, count in groups.items()}
    return _shaped(total), {name: one for name, one in found.items() if _has_any(one)}


def _days(life: Life, first: date, last: date) -> Iterable[date]:
    """The days between the two on which it can begin, move or fall due."""
    changes = {held.since for held in life.held} | {life.held[0].starts_on}
    deadlines = {held.deadline_on for held in life.held if held.deadline_on}
    return (day for day in sorted(changes | deadlines) if first <= day <= last)


def _at_an_end(count: Counter[tuple[str, str]], held: Held, sign: int) -> None:
    """Count a state at one of the two ends: add it on the last day, subtract it before the
    first."""
    if held.status == S.SPLIT:
        return
    if held.status in OWED:
        count["carried_in" if sign < 0 else "carried_out", ""] += 1
    elif held.status in ENDS:
        count[ENDS[held.status]] += sign
    else:
        assert held.completed_on is not None
        is_in_time = held.deadline_on is not None and held.completed_on <= held.deadline_on
        leaf = "no_deadline" if held.deadline_on is None else "on_time" if is_in_time else "late"
        count["completed", leaf] += sign


def _on_a_day(
    groups: dict[str | None, Counter[tuple[str, str]]],
    life: Life,
    key: Key,
    day: date,
    role: AssigneeRole | None,
) -> None:
    """Count the beginnings, moves and deadlines of a day."""
    now, before = life.on(day), life.on(day - DAY)
    if now is None or day < now.starts_on:
        return
    if now.status == S.SPLIT:
        if before is not None and before.status != S.SPLIT and day > now.starts_on:
            _leaves(groups, key(life, before), before, role)
        return
    counted = {"given": day == now.starts_on, "fallen_due": _falls_due(now, day)}
    if life.is_part and before is None:
        counted["taken_over"] = day > now.starts_on
    if before is not None and day > now.starts_on:
        is_moved = (before.agency_id, before.role) != (now.agency_id, now.role)
        counted["taken_over"] = is_moved
        if is_moved:
            _leaves(groups, key(life, before), before, role)
    if role in (None, now.role):
        count = groups.setdefault(key(life, now), Counter())
        count.update({(name, ""): 1 for name, holds in counted.items() if holds})


def _leaves(
    groups: dict[str | None, Counter[tuple[str, str]]],
    key: str | None,
    before: Held,
    role: AssigneeRole | None,
) -> None:
    """It leaves whoever had it."""
    if role in (None, before.role):
        groups.setdefault(key, Counter())["handed_over", ""] += 1


def _falls_due(held: Held, day: date) -> bool:
    if held.deadline_on is None or held.awaits_handover or held.status not in JUDGED:
        return False
    return day == max(held.deadline_on, held.starts_on)


def _branch(count: Counter[tuple[str, str]], name: str, *leaves: str) -> dict[str, int]:
    parts = {leaf: count[name, leaf] for leaf in leaves}
    return {"total": sum(parts.values()), **parts}


def _shaped(count: Counter[tuple[str, str]]) -> dict[str, Any]:
    completed = _branch(count, "completed", "on_time", "late", "no_deadline")
    called_off = _branch(count, "called_off", "revoked", "not_applicable")
    at_close = _branch(count, "at_close", "carried_over", "unfinished")
    ended, handed_over = count["ended_with_task", ""], count["handed_over", ""]
    new, taken_over = count["given", ""], count["taken_over", ""]
    every = completed["total"] + called_off["total"] + at_close["total"] + ended + handed_over
    return {
        "carried_in": count["carried_in", ""],
        "given": {"total": new + taken_over, "new": new, "taken_over": taken_over},
        "fallen_due": count["fallen_due", ""],
        "closed": {
            "total": every,
            "completed": completed,
            "called_off": called_off,
            "ended_with_task": ended,
            "at_close": at_close,
            "handed_over": handed_over,
        },
        "carried_out": count["carried_out", ""],
    }


def _has_any(flows: dict[str, Any]) -> bool:
    return any(
        (flows["carried_in"], flows["given"]["total"], flows["fallen_due"], flows["carried_out"])
    )
