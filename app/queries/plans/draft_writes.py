"""Bulk writes of the parts of a plan: its parties, and of a draft its relations and tasks."""

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
    PlanImport,
    PlanImportFile,
    PlanParty,
    PlanPartyRole,
    PlanRelation,
    Task,
    TaskGroup,
)


async def delete_parties(session: AsyncSession, plan_id: uuid.UUID, role: PlanPartyRole) -> None:
    """Delete the overseers or the recipients of a plan, which are then named anew."""
    parties = sa.delete(PlanParty).where(col(PlanParty.plan_id) == plan_id)
    await session.exec(parties.where(col(PlanParty.role) == role))


async def free_names(session: AsyncSession, plan_id: uuid.UUID) -> None:
    """Delete the rows of a discarded draft that would block others: relations, and ids in other
    systems."""
    task_ids = sa.select(col(Task.id)).where(col(Task.plan_id) == plan_id)
    await session.exec(sa.delete(PlanRelation).where(col(PlanRelation.plan_id) == plan_id))
    await session.exec(
        sa.delete(ExternalRef).where(
            sa.or_(col(ExternalRef.plan_id) == plan_id, col(ExternalRef.task_id).in_(task_ids))
        )
    )


async def delete_imported_files(session: AsyncSession, plan_id: uuid.UUID) -> None:
    """Delete the bytes of the file that a draft was read from; its reading stays."""
    import_ids = sa.select(col(PlanImport.id)).where(col(PlanImport.plan_id) == plan_id)
    await session.exec(
        sa.delete(PlanImportFile).where(col(PlanImportFile.plan_import_id).in_(import_ids))
    )


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
