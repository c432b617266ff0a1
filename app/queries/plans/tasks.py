"""Reading task groups, tasks and assignees of visible plans, in the plan's order."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.principal import Principal
from app.errors import Text
from app.models import Assignee, AssigneeRole, Collective, Plan, Task, TaskGroup
from app.queries.json_shapes import external_refs
from app.queries.lists import FoundPage, Listing, PageRequest, SortPart, read_rows
from app.queries.plans.plans import get_plan_for_update, sees_plan, visible_plans
from app.queries.rows import grouped, one_of
from app.queries.visible_ids import VisiblePlanId
from app.reading import Sql, fetch, read_json

NO_SUCH_TASK = Text("Không có nhiệm vụ này.", "There is no such task.")
NO_SUCH_GROUP = Text("Không có nhóm nhiệm vụ này.", "There is no such task group.")
NO_SUCH_ASSIGNEE = Text("Không có dòng phân công này.", "There is no such assignee.")
FRESH = {"populate_existing": True}
IDS = ARRAY(sa.Uuid())


GROUPS = Listing(
    conditions={
        "plan": "task_group.plan_id = :plan",
        "updated_since": "task_group.updated_at >= :updated_since",
    },
    orders={"position": (SortPart("task_group.position", "integer"),)},
)
# Agencies that the plan names, and those that came to owe: as members, or as successors.
NAMED = """exists (
  select from assignee n where n.task_id = task.id and {0} union all
  select from assignment n where n.task_id = task.id and {0})"""
TASKS = Listing(
    conditions={
        "plan": "task.plan_id = :plan",
        "task_group": "task.task_group_id = :task_group",
        "ordinal": "task.ordinal = :ordinal",
        "agency": NAMED.format("n.agency_id = :agency"),
        "role": NAMED.format("n.role = :role"),
        "agency_in_role": NAMED.format("n.agency_id = :agency_in_role and n.role = :its_role"),
        "updated_since": "task.updated_at >= :updated_since",
    },
    orders={
        "position": (SortPart("task.position", "integer"),),
        "updated_at": (SortPart("task.updated_at", "timestamptz"), SortPart("task.id", "uuid")),
    },
)
TASK_LABELS = sa.text("""
select task.id, task.ordinal, task.title, plan.id, plan.number, plan.title
  from task join plan on plan.id = task.plan_id
 where task.id = any(:ids) order by plan.id, task.position, task.id
""").bindparams(sa.bindparam("ids", type_=IDS))


class TaskLabel(NamedTuple):
    """The words by which a task and its plan are named."""

    id: uuid.UUID
    ordinal: str
    title: str
    plan_id: uuid.UUID
    plan_number: str | None
    plan_title: str


async def page_of_groups(
    session: AsyncSession, plan_id: VisiblePlanId, asked: PageRequest
) -> FoundPage[TaskGroup]:
    """One page of the groups of a plan, and the place where the next page begins."""
    return await read_rows(session, TaskGroup, GROUPS, asked.within(plan=plan_id))


async def page_of_tasks(
    session: AsyncSession,
    plan_id: VisiblePlanId,
    asked: PageRequest,
    *,
    its_role: AssigneeRole | None = None,
) -> FoundPage[Task]:
    """One page of the tasks of a plan, and the place where the next page begins.

    `agency_in_role` asks for those in which the agency has *its_role*.
    """
    given = {} if its_role is None else {"its_role": its_role}
    return await read_rows(session, Task, TASKS, asked.within(plan=plan_id), **given)


async def list_groups(session: AsyncSession, plan_id: VisiblePlanId) -> list[TaskGroup]:
    """The groups of a plan in its order."""
    rows = await session.exec(
        select(TaskGroup).where(col(TaskGroup.plan_id) == plan_id).order_by(col(TaskGroup.position))
    )
    return list(rows)


async def task_labels(session: AsyncSession, ids: Collection[uuid.UUID]) -> list[TaskLabel]:
    """The labels of these tasks and of their plans, in the order of the plans."""
    rows = await (await session.connection()).execute(TASK_LABELS, {"ids": list(ids)})
    return [TaskLabel(*row) for row in rows]


async def list_tasks(session: AsyncSession, plan_id: VisiblePlanId) -> list[Task]:
    """The tasks of a plan in its order."""
    statement = select(Task).where(col(Task.plan_id) == plan_id).order_by(col(Task.position))
    return list(await session.exec(statement))


async def assignees_of(
    session: AsyncSession, task_ids: Collection[uuid.UUID]
) -> dict[uuid.UUID, list[Assignee]]:
    """The assignees that each task has now: leads first, then as the plan names them."""
    if not task_ids:
        return {}
    rows = await session.exec(
        select(Assignee)
        .where(col(Assignee.task_id).in_(task_ids), col(Assignee.ended_on).is_(None))
        .order_by(col(Assignee.role).desc(), col(Assignee.position))
    )
    return grouped(task_ids, ((row.task_id, row) for row in rows))


# Agencies that were called off, and assignments that await a handover, lead nothing.
FACTS = sa.text(f"""
with begun as (
  select task_id, agency_id, occurrence, first_value(occurrence)
      over (partition by task_id order by starts_on desc, occurrence desc) as latest
  from assignment
  where task_id = any(:ids) and role = 'lead' and not awaits_handover and starts_on <= :day
    and status not in ('merged', 'split', 'revoked', 'not_applicable')
)
select asked.id,
  array(select distinct agency_id from begun
    where begun.task_id = asked.id and occurrence = latest) as leads,
  {external_refs("task", "asked")} as external_refs
from unnest(:ids) as asked (id)
""").bindparams(sa.bindparam("ids", type_=IDS))


@dataclass(frozen=True, slots=True)
class TaskFacts:
    """The agencies that lead a task: in its last occurrence that has begun; and the task's ids in
    other systems, by system."""

    leads: list[uuid.UUID]
    external_refs: list[dict[str, str]]


async def facts_of(
    sql: Sql, task_ids: Collection[uuid.UUID], *, day: date
) -> dict[uuid.UUID, TaskFacts]:
    """The facts of each of these tasks on a day."""
    rows = await fetch(sql, FACTS, {"ids": list(task_ids), "day": day}) if task_ids else ()
    return {row.id: TaskFacts(row.leads, read_json(row.external_refs)) for row in rows}


async def collective_names(
    session: AsyncSession, ids: Collection[uuid.UUID]
) -> dict[uuid.UUID, Collective]:
    """The collectives with these ids, by id."""
    if not ids:
        return {}
    rows = await session.exec(select(Collective).where(col(Collective.id).in_(ids)))
    return {row.id: row for row in rows}


async def get_task(session: AsyncSession, principal: Principal, task_id: uuid.UUID) -> Task:
    """One task of a visible plan, as it is now."""
    statement = select(Task).where(col(Task.id) == task_id, _visible(principal, Task))
    return await one_of(session, statement.execution_options(**FRESH), NO_SUCH_TASK)


async def get_task_with_plan(
    session: AsyncSession, principal: Principal, task_id: uuid.UUID
) -> tuple[Task, Plan]:
    """The same task and its plan, as they are now."""
    statement = (
        select(Task, Plan)
        .join(Plan, col(Plan.id) == col(Task.plan_id))
        .where(col(Task.id) == task_id, sees_plan(principal))
    )
    return await one_of(session, statement.execution_options(**FRESH), NO_SUCH_TASK)


async def lock_task(
    session: AsyncSession, principal: Principal, task_id: uuid.UUID
) -> tuple[Task, Plan]:
    """The same task with its plan, which is locked: whoever changes a task locks its plan first."""
    found = await get_task(session, principal, task_id)
    plan = await get_plan_for_update(session, principal, found.plan_id)
    return await get_task(session, principal, task_id), plan


async def tasks_of(
    session: AsyncSession, principal: Principal, ids: Collection[uuid.UUID]
) -> list[Task]:
    """The tasks among these that belong to visible plans."""
    statement = select(Task).where(col(Task.id).in_(ids), _visible(principal, Task))
    return list(await session.exec(statement))


async def list_tasks_by_id(session: AsyncSession, ids: Collection[uuid.UUID]) -> list[Task]:
    """The tasks with these ids, for records of acts that concern all of their plans."""
    return list(await session.exec(select(Task).where(col(Task.id).in_(ids))))


async def groups_of(
    session: AsyncSession, principal: Principal, ids: Collection[uuid.UUID]
) -> list[TaskGroup]:
    """The task groups among these that belong to visible plans."""
    statement = select(TaskGroup).where(col(TaskGroup.id).in_(ids), _visible(principal, TaskGroup))
    return list(await session.exec(statement))


async def get_group(session: AsyncSession, principal: Principal, group_id: uuid.UUID) -> TaskGroup:
    """One task group of a visible plan, as it is now."""
    statement = select(TaskGroup).where(
        col(TaskGroup.id) == group_id, _visible(principal, TaskGroup)
    )
    return await one_of(session, statement.execution_options(**FRESH), NO_SUCH_GROUP)


async def lock_group(
    session: AsyncSession, principal: Principal, group_id: uuid.UUID
) -> tuple[TaskGroup, Plan]:
    """The same task group with its plan, which is locked."""
    found = await get_group(session, principal, group_id)
    plan = await get_plan_for_update(session, principal, found.plan_id)
    return await get_group(session, principal, group_id), plan


async def get_assignee(
    session: AsyncSession, principal: Principal, assignee_id: uuid.UUID
) -> tuple[Assignee, Task]:
    """One assignee and its task, of a visible plan, as they are now."""
    statement = (
        select(Assignee, Task)
        .join(Task, col(Task.id) == col(Assignee.task_id))
        .where(col(Assignee.id) == assignee_id, _visible(principal, Task))
    )
    return await one_of(session, statement.execution_options(**FRESH), NO_SUCH_ASSIGNEE)


async def lock_assignee(
    session: AsyncSession, principal: Principal, assignee_id: uuid.UUID
) -> tuple[Assignee, Task, Plan]:
    """The same assignee and its task with their plan, which is locked."""
    _, found = await get_assignee(session, principal, assignee_id)
    plan = await get_plan_for_update(session, principal, found.plan_id)
    return *(await get_assignee(session, principal, assignee_id)), plan


def _visible(principal: Principal, table: type[Task] | type[TaskGroup]) -> Any:
    plan_ids = visible_plans(principal).with_only_columns(col(Plan.id))
    return col(table.plan_id).in_(plan_ids)
