"""The tasks and assignees of a plan, changed as an amendment says."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from app.domain.acts import Act
from app.domain.amendments.snapshots import MEANING, Snapshot, frame_in
from app.domain.plans.tasks import apply_time_frame, insert_task, subject
from app.domain.records import Note
from app.models import Amendment, AmendmentItem, Assignee, AssigneeRole, Plan, Task
from app.queries.amendments import amendments as queries
from app.queries.plans import tasks as task_queries
from app.queries.plans.plans import visible_plan_id


@dataclass(slots=True)
class AmendedTasks:
    """The tasks that an amendment touches, before and after it, with all their assignees."""

    amendment: Amendment
    day: date
    tasks: dict[uuid.UUID, Task] = field(default_factory=dict)
    before: dict[uuid.UUID, Snapshot] = field(default_factory=dict)
    assignees: dict[uuid.UUID, Assignee] = field(default_factory=dict)
    """All assignees that these tasks ever named, by id."""
    new_ids: set[uuid.UUID] = field(default_factory=set)


async def reword_tasks(
    act: Act, plan: Plan, items: Sequence[AmendmentItem], amended: AmendedTasks
) -> None:
    """Give the tasks of the items their new words and assignees, and put them into *amended*."""
    session, day = act.session, amended.day
    ids = {item.task_id for item in items if item.task_id is not None}
    known = {
        task.id: task for task in await task_queries.list_tasks(session, visible_plan_id(plan))
    }
    named = await queries.every_assignee_of(session, ids)
    last: dict[uuid.UUID, Snapshot | None] = {}
    notes = []
    for item in items:
        if item.task_id is not None:
            amended.before.setdefault(item.task_id, item.before or {})
            last[item.task_id] = item.after
        elif item.after is not None:
            task = await _add(act, plan, item.after, amended)
            item.task_id = task.id
            notes.append(Note("amended", subject(plan, "task", task.id), {"change": "add"}))
    for task_id, after in last.items():
        task = amended.tasks[task_id] = known[task_id]
        task.version += 1
        if after is None:
            task.dropped_on = day
        else:
            _change(task, amended.before[task_id], after, day)
        _name(act, amended, task, named[task_id], after["assignees"] if after else ())
        action = "dropped" if after is None else "amended"
        notes.append(Note(action, subject(plan, "task", task_id), {"version": task.version}))
    await session.flush()
    await act.record(notes)


async def _add(act: Act, plan: Plan, after: Snapshot, amended: AmendedTasks) -> Task:
    group_id = after["task_group_id"] and uuid.UUID(after["task_group_id"])
    task = Task(
        plan_id=plan.id,
        task_group_id=group_id,
        position=0,
        ordinal=after["ordinal"],
        title=after["title"],
        expected_result=after["expected_result"],
        note=after["note"],
        time_frame_text=after["time_frame_text"],
        time_frame_kind=after["time_frame"]["kind"],
        in_force_on=amended.day,
    )
    apply_time_frame(task, task.time_frame_text, frame_in(after))
    await insert_task(act.session, plan, task)
    amended.tasks[task.id] = task
    _name(act, amended, task, (), after["assignees"])
    return task


def _change(task: Task, before: Snapshot, after: Snapshot, day: date) -> None:
    for name in ("ordinal", "title", "expected_result", "note"):
        setattr(task, name, after[name])
    apply_time_frame(task, after["time_frame_text"], frame_in(after))
    if after["time_frame"] != before["time_frame"]:
        task.in_force_on = day


def _name(
    act: Act, amended: AmendedTasks, task: Task, rows: Iterable[Assignee], after: Iterable[Snapshot]
) -> None:
    """Name the assignees of *after* from the day on: an unchanged one keeps its row.

    Others end that day; assignments that came from them keep referring to them.
    """
    living = {str(row.id): row for row in rows if row.ended_on is None}
    named: list[Assignee] = []
    for one in after:
        row = living.get(one["id"])
        if row is None or any(_text(getattr(row, name)) != one[name] for name in MEANING):
            row = Assignee(
                task_id=task.id,
                role=AssigneeRole(one["role"]),
                position=0,
                source_text=one["source_text"],
                agency_id=_id(one["agency_id"]),
                collective_id=_id(one["collective_id"]),
                is_related_only=one["is_related_only"],
                named_on=amended.day,
                amendment_id=amended.amendment.id,
            )
            act.session.add(row)
            amended.new_ids.add(row.id)
        named.append(row)
    for row in living.values():
        if row not in named:
            row.ended_on = amended.day
    former = [row for row in rows if row not in named]
    for position, row in enumerate((*named, *former), start=1):
        row.position = position
    amended.assignees |= {row.id: row for row in (*named, *former)}


def _text(value: Any) -> Any:
    return str(value) if isinstance(value, uuid.UUID) else value


def _id(text: str | None) -> uuid.UUID | None:
    return None if text is None else uuid.UUID(text)
