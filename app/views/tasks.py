import uuid
from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from app.clock import local_day, utc_now
from app.domain.plans import tasks as domain
from app.models import Assignee, Plan, RefNoun, Task, TaskGroup
from app.queries.external_refs import refs_of
from app.queries.plans import tasks as queries
from app.queries.registry import agencies


def cells_out(cells: list[list[str]]) -> list[dict[str, str]]:
    """Cells as the file has them."""
    return [{"heading": heading, "text": text} for heading, text in cells]


def group_out(group: TaskGroup) -> dict[str, Any]:
    """A task group as it is answered."""
    return group.model_dump() | {"source_cells": cells_out(group.source_cells)}


async def tasks_out(
    session: AsyncSession, plans: Sequence[Plan], tasks: Sequence[Task]
) -> list[dict[str, Any]]:
    """Tasks of these plans as they are answered, with their assignees by name."""
    found = await queries.assignees_of(session, [task.id for task in tasks])
    known_as = await refs_of(session, RefNoun.TASK, [task.id for task in tasks])
    by_task: dict[uuid.UUID, list[dict[str, Any]]] = {task.id: [] for task in tasks}
    days = {plan.id: _day_of(plan) for plan in plans}
    rows = [(days[task.plan_id], row) for task in tasks for row in found[task.id]]
    for answer in await _assignees_out(session, rows):
        by_task[answer["task_id"]].append(answer)
    return [
        task.model_dump()
        | {
            "time_frame": domain.time_frame_of(task),
            "assignees": by_task[task.id],
            "external_refs": known_as[task.id],
            "source_cells": cells_out(task.source_cells),
        }
        for task in tasks
    ]


async def assignees_out(
    session: AsyncSession, plan: Plan, rows: Sequence[Assignee]
) -> list[dict[str, Any]]:
    """Assignees as they are answered; agencies by their name on the plan's day."""
    return await _assignees_out(session, [(_day_of(plan), row) for row in rows])


def _day_of(plan: Plan) -> date:
    return plan.issued_on or plan.starts_on or local_day(utc_now())


async def _assignees_out(
    session: AsyncSession, rows: Sequence[tuple[date, Assignee]]
) -> list[dict[str, Any]]:
    labels = await agencies.labels_on(
        session, {(row.agency_id, day) for day, row in rows if row.agency_id}
    )
    collectives = await queries.collective_names(
        session, {row.collective_id for _, row in rows if row.collective_id}
    )
    answers = []
    for day, row in rows:
        known = labels[row.agency_id, day] if row.agency_id else None
        meant = known or (collectives.get(row.collective_id) if row.collective_id else None)
        kind = "agency" if known else "collective" if meant else "unresolved"
        answers.append(
            row.model_dump()
            | {
                "resolution": kind,
                "code": meant.code if meant else None,
                "name": meant.name if meant else None,
                "note": {"vi": row.note_vi, "en": row.note_en} if row.note_vi else None,
            }
        )
    return answers


def refs(task: Task) -> dict[str, uuid.UUID | None]:
    """What a task may be expanded by."""
    return {"plan": task.plan_id, "task_group": task.task_group_id}
