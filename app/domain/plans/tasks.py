"""Correcting a draft: its groups, its tasks and their assignees."""

import uuid
from collections.abc import Mapping
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.principal import Principal
from app.clock import local_day
from app.domain.acts import PersonalAct
from app.domain.authority import Power, require
from app.domain.plans.imports import meaning_of_name
from app.domain.plans.plans import require_draft
from app.domain.plans.time_frames import NEEDS_PERSON, TimeFrame, read_time_frame
from app.domain.records import Subject
from app.errors import NotFoundError, invalid_at
from app.models import Assignee, AssigneeRole, Plan, Task, TaskGroup
from app.queries.plans import tasks as queries
from app.queries.plans.draft_writes import delete_parts_of_task, make_room_at
from app.queries.plans.plans import visible_plan_id


def require_editable(principal: Principal, plan: Plan) -> None:
    """A plan's tasks are edited by its agency while it is a draft."""
    require_draft(plan)
    require(principal, Power.KEEP_PLAN, plan)


def subject(plan: Plan, noun: str, row_id: uuid.UUID) -> Subject:
    """A part of a plan as the subject of records."""
    return Subject(noun, row_id, plan.id, plan.owner_id)


def set_time_frame(task: Task, text: str, *, plan_year: int | None) -> None:
    """Set a task's time frame to these words and to the meaning that is read in them."""
    apply_time_frame(task, text, read_time_frame(text, plan_year=plan_year))


def apply_time_frame(task: Task, text: str, frame: TimeFrame) -> None:
    """Set a task's time frame to these words and to this meaning."""
    task.time_frame_text = text
    task.time_frame_kind = frame.kind
    task.time_frame_starts_on = frame.starts_on
    task.time_frame_ends_on = frame.ends_on
    task.due_month = frame.due_month
    task.due_day = frame.due_day


def time_frame_of(task: Task) -> dict[str, Any]:
    """A task's time frame as JSON: its words and their meaning."""
    return {
        "text": task.time_frame_text,
        "kind": task.time_frame_kind,
        "starts_on": task.time_frame_starts_on,
        "ends_on": task.time_frame_ends_on,
        "due_month": task.due_month,
        "due_day": task.due_day,
        "needs_person": task.time_frame_kind in NEEDS_PERSON,
    }


async def group_of(
    session: AsyncSession, principal: Principal, plan: Plan, group_id: uuid.UUID
) -> TaskGroup:
    """The group that a body names; raises `InvalidError` for one of another plan."""
    try:
        group = await queries.get_group(session, principal, group_id)
    except NotFoundError:
        group = None
    if group is None or group.plan_id != plan.id:
        detail = queries.NO_SUCH_GROUP
        raise invalid_at("#/task_group_id", "unknown_task_group", detail)
    return group


async def add_group(act: PersonalAct, plan: Plan, *, ordinal: str, title: str) -> TaskGroup:
    """Add a group at the end of the plan."""
    session = act.session
    require_editable(act.principal, plan)
    position = await _last_position(session, plan) + 1
    group = TaskGroup(plan_id=plan.id, position=position, ordinal=ordinal, title=title)
    session.add(group)
    await session.flush()
    act.note("added", subject(plan, "task_group", group.id))
    return group


async def add_task(
    act: PersonalAct, plan: Plan, group: TaskGroup | None, *, fields: Mapping[str, Any]
) -> Task:
    """Add a task at the end of its group or, without one, of the plan."""
    require_editable(act.principal, plan)
    given = dict(fields)
    text = given.pop("time_frame_text")
    task = Task(
        plan_id=plan.id,
        task_group_id=group.id if group else None,
        position=0,
        time_frame_text=text,
        time_frame_kind=read_time_frame(text).kind,
        **given,
    )
    set_time_frame(task, text, plan_year=plan.issued_on.year if plan.issued_on else None)
    await insert_task(act.session, plan, task)
    act.note("added", subject(plan, "task", task.id))
    return task


async def insert_task(session: AsyncSession, plan: Plan, task: Task) -> None:
    """Insert a new task at the end of its group or, without one, of the plan."""
    task.position = await _position_in(session, plan, task.task_group_id)
    await make_room_at(session, plan.id, task.position)
    session.add(task)
    await session.flush()


async def add_assignee(
    act: PersonalAct, plan: Plan, task: Task, *, role: AssigneeRole, fields: Mapping[str, Any]
) -> Assignee:
    """Add an agency or a collective to a task, after those that it has.

    Where neither is given, the words are read as in an import.
    """
    session = act.session
    require_editable(act.principal, plan)
    if not fields["agency_id"] and not fields["collective_id"]:
        words, today = fields["source_text"], local_day(act.at)
        fields = {**fields, **await meaning_of_name(session, plan, words, today=today)}
    existing = (await queries.assignees_of(session, [task.id]))[task.id]
    position = max((row.position for row in existing), default=0) + 1
    assignee = Assignee(task_id=task.id, role=role, position=position, **fields)
    session.add(assignee)
    task.updated_at = act.at
    await session.flush()
    act.note("added", subject(plan, "assignee", assignee.id))
    return assignee


def change_group(
    act: PersonalAct, plan: Plan, group: TaskGroup, *, changes: Mapping[str, Any]
) -> None:
    """Correct a group of a draft; the plan's own words stay in `source_cells`."""
    require_editable(act.principal, plan)
    _change(act, plan, group, changes=changes)


def change_assignee(
    act: PersonalAct, plan: Plan, task: Task, assignee: Assignee, *, changes: Mapping[str, Any]
) -> None:
    """Correct an assignee of a draft's task; the plan's own words stay in `source_text`."""
    require_editable(act.principal, plan)
    _change(act, plan, assignee, changes=changes)
    task.updated_at = act.at


def _change(
    act: PersonalAct, plan: Plan, row: TaskGroup | Assignee, *, changes: Mapping[str, Any]
) -> None:
    for name, value in changes.items():
        setattr(row, name, value)
    noun = str(row.__tablename__)
    act.note("changed", subject(plan, noun, row.id), fields=sorted(changes))


def change_task(act: PersonalAct, plan: Plan, task: Task, *, changes: Mapping[str, Any]) -> None:
    """Correct a task; new words of its time frame are read unless a meaning is given with them."""
    require_editable(act.principal, plan)
    given = dict(changes)
    meaning, words = given.pop("time_frame", None), given.pop("time_frame_text", None)
    if meaning is not None:
        apply_time_frame(task, words or task.time_frame_text, TimeFrame(**meaning))
    elif words is not None:
        set_time_frame(task, words, plan_year=plan.issued_on.year if plan.issued_on else None)
    for name, value in given.items():
        setattr(task, name, value)
    act.note("changed", subject(plan, "task", task.id), fields=sorted(changes))


async def remove_task(act: PersonalAct, plan: Plan, task: Task) -> None:
    """Remove a task from a draft with its parts; an issued plan's tasks are never removed."""
    require_editable(act.principal, plan)
    await delete_parts_of_task(act.session, task.id)
    await act.session.delete(task)
    act.note("removed", subject(plan, "task", task.id))


async def remove_assignee(act: PersonalAct, plan: Plan, task: Task, assignee: Assignee) -> None:
    """Remove an assignee from a draft's task."""
    require_editable(act.principal, plan)
    await act.session.delete(assignee)
    task.updated_at = act.at
    act.note("removed", subject(plan, "assignee", assignee.id))


async def _last_position(session: AsyncSession, plan: Plan) -> int:
    groups = await queries.list_groups(session, visible_plan_id(plan))
    tasks = await queries.list_tasks(session, visible_plan_id(plan))
    return max([0, *(group.position for group in groups), *(task.position for task in tasks)])


async def _position_in(session: AsyncSession, plan: Plan, group_id: uuid.UUID | None) -> int:
    if group_id is None:
        return await _last_position(session, plan) + 1
    places = [
        task.position
        for task in await queries.list_tasks(session, visible_plan_id(plan))
        if task.task_group_id == group_id
    ]
    places += [
        group.position
        for group in await queries.list_groups(session, visible_plan_id(plan))
        if group.id == group_id
    ]
    return max(places) + 1
