"""Bulk writes of the parts of a draft plan: overseers, relations, and tasks with their parts."""

import uuid
from collections.abc import Collection

import sqlalchemy as sa
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from app.models import (
    Assignee,
    ExternalRef,
    Indicator,
    IndicatorTarget,
    PlanOverseer,
    PlanRelation,
    Task,
    TaskGroup,
)


async def delete_overseers(session: AsyncSession, plan_id: uuid.UUID) -> None:
    """Delete the overseers of a plan, which are then named anew."""
    await session.exec(sa.delete(PlanOverseer).where(col(PlanOverseer.plan_id) == plan_id))


async def delete_relations(session: AsyncSession, ids: Collection[uuid.UUID]) -> None:
    """Delete relations of a draft to other plans."""
    await session.exec(sa.delete(PlanRelation).where(col(PlanRelation.id).in_(ids)))


async def make_room_at(session: AsyncSession, plan_id: uuid.UUID, position: int) -> None:
    """Move the tasks and groups of a plan from *position* on one position further."""
    for table in (Task, TaskGroup):
        await session.exec(
            sa.update(table)
            .where(col(table.plan_id) == plan_id, col(table.position) >= position)
            .values(position=col(table.position) + 1)
        )


async def delete_parts_of_task(session: AsyncSession, task_id: uuid.UUID) -> None:
    """Delete the assignees, external references and indicators of a draft's task.

    Nobody has reported on the indicators of a draft.
    """
    indicator_ids = sa.select(col(Indicator.id)).where(col(Indicator.task_id) == task_id)
    await session.exec(sa.delete(Assignee).where(col(Assignee.task_id) == task_id))
    await session.exec(sa.delete(ExternalRef).where(col(ExternalRef.task_id) == task_id))
    await session.exec(
        sa.delete(IndicatorTarget).where(col(IndicatorTarget.indicator_id).in_(indicator_ids))
    )
    await session.exec(sa.delete(Indicator).where(col(Indicator.task_id) == task_id))
