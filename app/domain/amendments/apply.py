"""Carrying an amendment out: the plan's new words from a day on, and assignments that follow them.

Assignments change from that day on only. Those that are completed, that wait for confirmation or
whose occurrence has ended by then stay as they are.
"""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from app.clock import local_day
from app.domain.acts import Act
from app.domain.amendments.amended_tasks import AmendedTasks, reword_tasks
from app.domain.amendments.snapshots import frame_in
from app.domain.assignments import deadlines, expand
from app.domain.assignments.call_off import call_off
from app.domain.assignments.coordinating import follow_tasks
from app.domain.plans.lifetimes import life_of_plan
from app.domain.plans.time_frames import occurrences
from app.domain.records import Note, Subject
from app.models import Amendment, AmendmentItem, AssigneeRole, Assignment, AssignmentStatus, Plan
from app.queries.amendments import amendments as queries
from app.queries.assignments import assignments as assignment_queries
from app.queries.assignments import deadlines as deadline_queries

OccurrenceKey = tuple[uuid.UUID, str]
ENDED = "Kế hoạch đã được sửa đổi, bổ sung."


@dataclass(slots=True)
class AmendmentEffect:
    """The effect of an amendment on assignments: those that it makes, changes and ends.

    `kept` are those that it would have ended if they were not over or reported as done already."""

    made: list[Assignment] = field(default_factory=list)
    changed: list[Assignment] = field(default_factory=list)
    ended: list[Assignment] = field(default_factory=list)
    kept: list[Assignment] = field(default_factory=list)
    submissions: int = 0
    waived: int = 0
    not_assigned: tuple[expand.NotAssigned, ...] = ()

    def counts(self) -> dict[str, int]:
        """The numbers of assignments for the event."""
        names = ("made", "changed", "ended", "kept")
        return {name: len(getattr(self, name)) for name in names}


async def carry_out(
    act: Act, plan: Plan, amendment: Amendment, items: Sequence[AmendmentItem], *, day: date
) -> AmendmentEffect:
    """Change the plan's words from *day* on, and its assignments after them.

    The caller takes `lock_handovers`, then locks the plan.
    """
    amended = AmendedTasks(amendment, day)
    await reword_tasks(act, plan, items, amended)
    effect = AmendmentEffect()
    existing = await queries.assignment_ids(act.session, amended.tasks)
    words = await expand.read_plan_words(act.session, plan, today=local_day(act.at))
    due = {one.key: one for one in words.due if one.task.id in amended.tasks}
    await _end_and_change(act, words, due, amended, effect)
    await _make(act, words, amended, effect)
    every = await queries.assignments_of(act.session, amended.tasks)
    keys = {(row.task_id, row.occurrence) for row in every}
    await follow_tasks(act, plan, keys, day=amended.day)
    effect.made = [row for row in every if row.id not in existing]
    return effect


async def _end_and_change(
    act: Act,
    words: expand.PlanWords,
    due: Mapping[OccurrenceKey, expand.DueOccurrence],
    amended: AmendedTasks,
    effect: AmendmentEffect,
) -> None:
    """Revoke assignments that are no longer named; give the others the role and deadline of now."""
    rows = await queries.lock_unfinished_assignments(act.session, amended.tasks)
    merged = await queries.merged_assignees(act.session, [row.id for row in rows])
    wanted = _wanted(words, due.values())
    deadlines_now = _moved_deadlines(words.plan, due, amended)
    moved: dict[date | None, list[Assignment]] = defaultdict(list)
    await deadline_queries.supersede_task_deadlines(act.session, deadlines_now, at=act.at)
    for row in rows:
        one = due.get((row.task_id, row.occurrence))
        naming = _naming_of(row, one, [row.assignee_id, *merged[row.id]], amended, wanted)
        if naming is None and not _stays(row, one, amended):
            effect.ended.append(row)
        elif naming is None:
            effect.kept.append(row)
        elif not _stays(row, one, amended):
            deadline_on = deadlines_now.get((row.task_id, row.occurrence), row.deadline_on)
            is_moved = deadline_on != row.deadline_on
            if is_moved:
                moved[deadline_on].append(row)
            if _follow(row, naming, amended.day) or is_moved:
                effect.changed.append(row)
    effect.waived = await call_off(act, effect.ended, day=amended.day, reason=ENDED)
    for deadline_on, those in moved.items():
        moving = _moving(amended, deadline_on)
        effect.submissions += await deadlines.apply_deadline_move(act, words.plan, those, moving)
    await act.record([_amended_note(row) for row in effect.changed])


def _moving(amended: AmendedTasks, deadline_on: date | None) -> deadlines.DeadlineMove:
    return deadlines.DeadlineMove(
        day=amended.day,
        deadline_on=deadline_on,
        reason=amended.amendment.reason,
        basis=amended.amendment.basis,
        agency_id=amended.amendment.agency_id,
        client_id=amended.amendment.client_id,
        amendment_id=amended.amendment.id,
    )


def _amended_note(row: Assignment) -> Note:
    detail = {"role": row.role, "deadline_on": row.deadline_on and row.deadline_on.isoformat()}
    return Note("amended", Subject("assignment", row.id, row.plan_id, row.agency_id), detail)


def _stays(row: Assignment, one: expand.DueOccurrence | None, amended: AmendedTasks) -> bool:
    """True if the assignment is reported as done or its occurrence is over: it is not changed.

    Assignments of a dropped task are revoked however old they are.
    """
    if row.status == AssignmentStatus.AWAITING_CONFIRMATION:
        return True
    if amended.tasks[row.task_id].dropped_on is not None:
        return False
    if one is None:
        return row.occurrence != "once" and int(row.occurrence) < amended.day.year
    return max(one.occurrence.ends_on, row.deadline_on or date.min) < amended.day


@dataclass(frozen=True, slots=True)
class Naming:
    """The assignee by which an agency owes an assignment, and its role."""

    assignee_id: uuid.UUID
    role: AssigneeRole


def _naming_of(
    row: Assignment,
    one: expand.DueOccurrence | None,
    assignee_ids: Iterable[uuid.UUID],
    amended: AmendedTasks,
    wanted: Mapping[tuple[OccurrenceKey, uuid.UUID], Mapping[str, Any]],
) -> Naming | None:
    """The assignee by which an agency owes an assignment from now on, a lead if any; None: by none.

    *assignee_ids* are its own and those of assignments that were merged into it.
    """
    if one is None:
        return None
    found = [amended.assignees[key] for key in assignee_ids if key in amended.assignees]
    namings = [
        Naming(assignee.id, assignee.role) for assignee in found if assignee.ended_on is None
    ]
    named = wanted.get((one.key, row.agency_id))
    if named is not None:
        namings.append(Naming(named["assignee_id"], named["role"]))
    return min(namings, key=lambda naming: naming.role != AssigneeRole.LEAD, default=None)


def _wanted(
    words: expand.PlanWords, due: Iterable[expand.DueOccurrence]
) -> dict[tuple[OccurrenceKey, uuid.UUID], Mapping[str, Any]]:
    registry = expand.ExpansionRegistry(words.rows)
    return {
        (one.key, new.current.agency_id): new.row
        for one in due
        for new in expand.assignments_of_occurrence(words, one, registry)
    }


def _moved_deadlines(
    plan: Plan, due: Mapping[OccurrenceKey, expand.DueOccurrence], amended: AmendedTasks
) -> dict[OccurrenceKey, date | None]:
    """The deadlines that the amendment changes, extended ones included."""
    life = life_of_plan(plan)
    found = {}
    for task_id, before in amended.before.items():
        was = occurrences(
            frame_in(before), plan_starts_on=life.starts_on, plan_ends_on=life.ends_on
        )
        for one in was:
            now = due.get((task_id, one.name))
            if now is not None and now.occurrence.deadline_on != one.deadline_on:
                found[now.key] = now.occurrence.deadline_on
    return found


def _follow(row: Assignment, naming: Naming, day: date) -> bool:
    """Let an assignment follow its assignee from *day* on; answers whether its role changes."""
    is_other_role = naming.role != row.role
    row.assignee_id = naming.assignee_id
    if is_other_role:
        row.role, row.assigned_on = naming.role, max(day, row.assigned_on or day)
    return is_other_role


async def _make(
    act: Act, words: expand.PlanWords, amended: AmendedTasks, effect: AmendmentEffect
) -> None:
    """Make new assignments: of new occurrences all, of running ones those of new assignees."""
    await act.session.flush()
    rolled = await expand.expand_plan(act, words.plan)
    owing = await assignment_queries.expanded_occurrences(act.session, words.plan.id)
    new = words.only(lambda row: row.id in amended.new_ids)
    running = [one for one in new.due if one.occurrence.ends_on >= amended.day]
    made = await expand.make_assignments(act, new, running, owing)
    effect.submissions += rolled.submissions + made.submissions
    effect.not_assigned = made.not_assigned
