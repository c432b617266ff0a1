import uuid
from collections.abc import Mapping, Sequence
from datetime import date
from operator import attrgetter

from sqlmodel.ext.asyncio.session import AsyncSession

from app.clock import local_day, utc_now
from app.domain.plans.time_frames import NEEDS_PERSON
from app.models import Assignee, Plan, Task, TaskGroup
from app.queries.plans import tasks as queries
from app.queries.registry import agencies
from app.schemas.plan_imports import CellOut, TextOut, TimeFrameOut
from app.schemas.tasks import AssigneeOut, TaskGroupOut, TaskOut


def cells_out(cells: list[list[str]]) -> list[CellOut]:
    """Cells as the file has them."""
    return [CellOut(heading=heading, text=text) for heading, text in cells]


def group_out(group: TaskGroup) -> TaskGroupOut:
    """A heading of the plan's table."""
    return TaskGroupOut.of(group, source_cells=cells_out(group.source_cells))


async def tasks_out(
    session: AsyncSession, plans: Sequence[Plan], tasks: Sequence[Task]
) -> list[TaskOut]:
    """Tasks of these plans with their assignees by name."""
    ids = [task.id for task in tasks]
    found = await queries.assignees_of(session, ids)
    today = local_day(utc_now())
    facts = await queries.facts_of(session, ids, day=today)
    days = {plan.id: _day_of(plan) for plan in plans}
    rows = [(days[task.plan_id], row) for task in tasks for row in found[task.id]]
    leads = {(lead, today) for task in facts.values() for lead in task.leads}
    labels = await agencies.labels_on(session, _named_in(rows) | leads)
    by_task: dict[uuid.UUID, list[AssigneeOut]] = {task_id: [] for task_id in ids}
    for assignee in await _assignees_out(session, rows, labels):
        by_task[assignee.task_id].append(assignee)
    return [
        TaskOut.of(
            task,
            time_frame=_time_frame_out(task),
            assignees=by_task[task.id],
            leads_today=sorted(
                (labels[lead, today] for lead in facts[task.id].leads), key=attrgetter("code")
            ),
            source_cells=cells_out(task.source_cells),
            external_refs=facts[task.id].external_refs,
        )
        for task in tasks
    ]


async def task_out(session: AsyncSession, plan: Plan, task: Task) -> TaskOut:
    """One task of *plan* with its assignees by name."""
    return (await tasks_out(session, [plan], [task]))[0]


def _time_frame_out(task: Task) -> TimeFrameOut:
    return TimeFrameOut.of(
        task,
        text=task.time_frame_text,
        kind=task.time_frame_kind,
        starts_on=task.time_frame_starts_on,
        ends_on=task.time_frame_ends_on,
        needs_person=task.time_frame_kind in NEEDS_PERSON,
    )


async def assignee_out(session: AsyncSession, plan: Plan, row: Assignee) -> AssigneeOut:
    """One assignee; an agency by its name on the plan's day."""
    rows = [(_day_of(plan), row)]
    labels = await agencies.labels_on(session, _named_in(rows))
    return (await _assignees_out(session, rows, labels))[0]


def _day_of(plan: Plan) -> date:
    return plan.issued_on or plan.starts_on or local_day(utc_now())


def _named_in(rows: Sequence[tuple[date, Assignee]]) -> set[tuple[uuid.UUID, date]]:
    return {(row.agency_id, day) for day, row in rows if row.agency_id}


async def _assignees_out(
    session: AsyncSession,
    rows: Sequence[tuple[date, Assignee]],
    labels: Mapping[tuple[uuid.UUID, date], agencies.AgencyLabel],
) -> list[AssigneeOut]:
    collectives = await queries.collective_names(
        session, {row.collective_id for _, row in rows if row.collective_id}
    )
    answers = []
    for day, row in rows:
        known = labels[row.agency_id, day] if row.agency_id else None
        meant = known or (collectives.get(row.collective_id) if row.collective_id else None)
        answers.append(
            AssigneeOut.of(
                row,
                resolution="agency" if known else "collective" if meant else "unresolved",
                code=meant.code if meant else None,
                name=meant.name if meant else None,
                note=TextOut(vi=row.note_vi, en=row.note_en)
                if row.note_vi and row.note_en
                else None,
            )
        )
    return answers


def refs(task: Task) -> dict[str, uuid.UUID | None]:
    """The ids of the resources by which a task may be expanded."""
    return {"plan": task.plan_id, "task_group": task.task_group_id}
