"""Reading amendments, whose drafts only the plan's owner and issuer see, and their assignments."""

import uuid
from collections.abc import Collection, Sequence
from datetime import date
from typing import NamedTuple

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.principal import Principal
from app.errors import Text
from app.models import (
    Amendment,
    AmendmentItem,
    AmendmentState,
    Assignee,
    Assignment,
    AssignmentStatus,
    Plan,
    PlanStatus,
)
from app.queries.assignments.assignments import UNFINISHED
from app.queries.handovers.successions import IDS
from app.queries.lists import FoundPage, Listing, PageRequest, SortPart, read_page
from app.queries.rows import grouped, one_of

NO_SUCH_AMENDMENT = Text("Không có lần sửa đổi này.", "There is no such amendment.")

AMENDMENTS = Listing(
    conditions={
        "plan": "amendment.plan_id = :plan",
        "state": "amendment.state = any(:state)",
        "kind": "amendment.kind = :kind",
        "task": "exists (select from amendment_item i"
        " where i.amendment_id = amendment.id and i.task_id = :task)",
        "updated_since": "amendment.updated_at >= :updated_since",
    },
    orders={
        "id": (ID := SortPart("amendment.id", "uuid"),),
        # Drafts and withdrawn amendments come last.
        "number": (SortPart("coalesce(amendment.number, 999999999)", "integer"), ID),
        "effective_on": (SortPart("coalesce(amendment.effective_on, 'infinity')", "date"), ID),
        "updated_at": (SortPart("amendment.updated_at", "timestamptz"), ID),
    },
)


class AmendmentCase(NamedTuple):
    """An amendment with its plan."""

    amendment: Amendment
    plan: Plan


def _sees(principal: Principal) -> sa.ColumnElement[bool]:
    return sa.or_(
        col(Amendment.state) == AmendmentState.ISSUED,
        col(Plan.owner_id) == principal.agency_id,
        col(Plan.issuer_id) == principal.agency_id,
    )


async def page_of_amendments(
    session: AsyncSession, principal: Principal, asked: PageRequest
) -> FoundPage[AmendmentCase]:
    """One page of visible amendments, and the place where the next page begins."""
    statement = (
        select(Amendment, Plan)
        .join(Plan, col(Plan.id) == col(Amendment.plan_id))
        .where(_sees(principal))
    )
    return await read_page(session, statement, AMENDMENTS, asked, AmendmentCase)


async def get_amendment(
    session: AsyncSession, principal: Principal, amendment_id: uuid.UUID, *, lock: bool = False
) -> AmendmentCase:
    """One visible amendment; *lock* locks its plan, then it. Raises `NotFoundError`."""
    return await _find_amendment(session, amendment_id, _sees(principal), lock=lock)


async def lock_amendment(session: AsyncSession, amendment_id: uuid.UUID) -> AmendmentCase:
    """An amendment and its plan for the worker, locked until the transaction ends."""
    return await _find_amendment(session, amendment_id, sa.true(), lock=True)


async def _find_amendment(
    session: AsyncSession,
    amendment_id: uuid.UUID,
    is_visible: sa.ColumnElement[bool],
    *,
    lock: bool,
) -> AmendmentCase:
    """The plan is locked first, so that its amendments are issued one after another."""
    statement = (
        select(Amendment, Plan)
        .join(Plan, col(Plan.id) == col(Amendment.plan_id))
        .where(col(Amendment.id) == amendment_id, is_visible)
    )
    if lock:
        of_it = select(Amendment.plan_id).where(col(Amendment.id) == amendment_id)
        held = select(Plan.id).where(col(Plan.id).in_(of_it))
        await session.exec(held.with_for_update(key_share=True))
        statement = statement.with_for_update(of=Amendment, key_share=True)
    return AmendmentCase(
        *await one_of(
            session, statement.execution_options(populate_existing=True), NO_SUCH_AMENDMENT
        )
    )


async def items_of(session: AsyncSession, amendment_id: uuid.UUID) -> list[AmendmentItem]:
    """The items of an amendment, in its order."""
    return (await items_of_each(session, [amendment_id]))[amendment_id]


async def items_of_each(
    session: AsyncSession, ids: Collection[uuid.UUID]
) -> dict[uuid.UUID, list[AmendmentItem]]:
    """The items of each amendment, in its order."""
    if not ids:
        return {}
    rows = await session.exec(
        select(AmendmentItem)
        .where(col(AmendmentItem.amendment_id).in_(ids))
        .order_by(col(AmendmentItem.position))
    )
    return grouped(ids, ((row.amendment_id, row) for row in rows))


async def delete_items(session: AsyncSession, amendment_id: uuid.UUID) -> None:
    """Delete the items of a draft, which is drawn up anew."""
    await session.exec(
        sa.delete(AmendmentItem).where(col(AmendmentItem.amendment_id) == amendment_id)
    )


async def carried_out_on(
    session: AsyncSession, task_id: uuid.UUID
) -> list[tuple[Amendment, AmendmentItem]]:
    """The items of carried-out amendments that changed a task, the earliest first."""
    rows = await session.exec(
        select(Amendment, AmendmentItem)
        .join(AmendmentItem, col(AmendmentItem.amendment_id) == col(Amendment.id))
        .where(col(AmendmentItem.task_id) == task_id, col(Amendment.applied_at).is_not(None))
        .order_by(col(Amendment.number), col(AmendmentItem.position))
    )
    return list(rows)


async def waiting_items(session: AsyncSession, plan_id: uuid.UUID) -> list[AmendmentItem]:
    """The items of issued amendments of a plan whose day has not come."""
    rows = await session.exec(
        select(AmendmentItem)
        .join(Amendment, col(Amendment.id) == col(AmendmentItem.amendment_id))
        .where(
            col(Amendment.plan_id) == plan_id,
            col(Amendment.state) == AmendmentState.ISSUED,
            col(Amendment.applied_at).is_(None),
        )
    )
    return list(rows)


async def amendments_due_by(session: AsyncSession, day: date) -> Sequence[uuid.UUID]:
    """The ids of issued amendments that are due by *day* and not carried out, the earliest first.

    Those of closed plans are left out.
    """
    rows = await session.exec(
        select(Amendment.id)
        .join(Plan, col(Plan.id) == col(Amendment.plan_id))
        .where(
            col(Amendment.state) == AmendmentState.ISSUED,
            col(Amendment.applied_at).is_(None),
            col(Amendment.effective_on) <= day,
            col(Plan.status) == PlanStatus.ISSUED,
        )
        .order_by(col(Amendment.effective_on), col(Amendment.number), col(Amendment.id))
    )
    return rows.all()


async def every_assignee_of(
    session: AsyncSession, task_ids: Collection[uuid.UUID]
) -> dict[uuid.UUID, list[Assignee]]:
    """All assignees that these tasks name or ever named, in their order."""
    if not task_ids:
        return {}
    rows = await session.exec(
        select(Assignee)
        .where(col(Assignee.task_id).in_(task_ids))
        .order_by(col(Assignee.position), col(Assignee.id))
    )
    return grouped(task_ids, ((row.task_id, row) for row in rows))


async def assignments_of(
    session: AsyncSession, task_ids: Collection[uuid.UUID]
) -> list[Assignment]:
    """All assignments that were ever made for these tasks, in the order of their making."""
    rows = await session.exec(
        select(Assignment).where(col(Assignment.task_id).in_(task_ids)).order_by(col(Assignment.id))
    )
    return list(rows)


async def assignment_ids(session: AsyncSession, task_ids: Collection[uuid.UUID]) -> set[uuid.UUID]:
    """The ids of all assignments that were ever made for these tasks."""
    rows = await session.exec(select(Assignment.id).where(col(Assignment.task_id).in_(task_ids)))
    return set(rows)


async def lock_unfinished_assignments(
    session: AsyncSession, task_ids: Collection[uuid.UUID]
) -> list[Assignment]:
    """The unfinished assignments of these tasks, locked until the transaction ends.

    They are locked in the order of their ids, as those of a batch of submissions are.
    """
    rows = await session.exec(
        select(Assignment)
        .where(col(Assignment.task_id).in_(task_ids), col(Assignment.status).in_(UNFINISHED))
        .order_by(col(Assignment.id))
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    return list(rows)


async def merged_assignees(
    session: AsyncSession, ids: Collection[uuid.UUID]
) -> dict[uuid.UUID, list[uuid.UUID]]:
    """The assignees of the assignments that were merged into each of these."""
    rows = await session.exec(
        select(col(Assignment.merged_into_id), Assignment.assignee_id).where(
            col(Assignment.merged_into_id) == sa.func.any(sa.literal(list(ids), IDS)),
            col(Assignment.status) == AssignmentStatus.MERGED,
        )
    )
    return grouped(ids, ((into_id, one) for into_id, one in rows if into_id is not None))
