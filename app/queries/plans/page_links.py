"""Reading the links that open pages of a plan."""

import uuid
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.errors import Text
from app.models import LinkedPage, PageLink, Plan, PlanImport, PlanStatus
from app.queries.rows import one_of
from app.queries.visible_ids import VisiblePlanId

NO_SUCH_LINK = Text("Không có liên kết này.", "There is no such link.")


async def links_of(
    session: AsyncSession, plan_id: VisiblePlanId, page: LinkedPage
) -> list[PageLink]:
    """All links that were ever made to a page of a plan, the latest first."""
    statement = select(PageLink).where(col(PageLink.plan_id) == plan_id, col(PageLink.page) == page)
    return list(await session.exec(statement.order_by(col(PageLink.id).desc())))


async def get_link_for_update(
    session: AsyncSession, plan_id: VisiblePlanId, page: LinkedPage, link_id: uuid.UUID
) -> PageLink:
    """A link to a page of a plan, locked until the request ends; raises `NotFoundError`."""
    statement = (
        select(PageLink)
        .where(
            col(PageLink.plan_id) == plan_id,
            col(PageLink.page) == page,
            col(PageLink.id) == link_id,
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return await one_of(session, statement, NO_SUCH_LINK)


def _opened(link_id: uuid.UUID, page: LinkedPage, at: datetime) -> sa.ColumnElement[bool]:
    """The condition under which a link opens a page of `Plan` at a moment."""
    return sa.and_(
        col(PageLink.plan_id) == col(Plan.id),
        col(PageLink.id) == link_id,
        col(PageLink.page) == page,
        col(PageLink.revoked_at).is_(None),
        col(PageLink.expires_at) > at,
    )


async def plan_of_board_link(
    session: AsyncSession, link_id: uuid.UUID, *, at: datetime
) -> Plan | None:
    """The issued plan whose board a link opens at a moment; None where it opens nothing."""
    opens = _opened(link_id, LinkedPage.BOARD, at)
    statement = select(Plan).join(PageLink, opens).where(col(Plan.status) != PlanStatus.DRAFT)
    return (await session.exec(statement)).one_or_none()


async def import_of_link(
    session: AsyncSession, link_id: uuid.UUID, import_id: uuid.UUID, *, at: datetime
) -> tuple[PlanImport, Plan] | None:
    """The import that a link opens at a moment, with its plan; None where it opens nothing."""
    opens = _opened(link_id, LinkedPage.IMPORT, at)
    statement = (
        select(PlanImport, Plan)
        .join(Plan, col(Plan.id) == col(PlanImport.plan_id))
        .join(PageLink, opens)
        .where(col(PlanImport.id) == import_id, col(Plan.discarded_at).is_(None))
    )
    return (await session.exec(statement)).one_or_none()


async def public_plan(session: AsyncSession, plan_id: uuid.UUID) -> Plan | None:
    """A plan whose board is everybody's; None where its issuer did not open it."""
    statement = select(Plan).where(
        col(Plan.id) == plan_id,
        col(Plan.board_is_public).is_(True),
        col(Plan.status) != PlanStatus.DRAFT,
    )
    return (await session.exec(statement)).one_or_none()
