"""Reading the links that open pages of a plan."""

import uuid
from datetime import datetime
from typing import NamedTuple

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


async def links_of_all(session: AsyncSession) -> list[PageLink]:
    """All links that were ever made to the page of all plans, the latest first."""
    statement = select(PageLink).where(col(PageLink.page) == LinkedPage.BOARDS)
    return list(await session.exec(statement.order_by(col(PageLink.id).desc())))


async def get_link_to_all_for_update(session: AsyncSession, link_id: uuid.UUID) -> PageLink:
    """A link to the page of all plans, locked until the request ends; raises `NotFoundError`."""
    statement = select(PageLink).where(
        col(PageLink.page) == LinkedPage.BOARDS, col(PageLink.id) == link_id
    )
    held = statement.with_for_update(key_share=True).execution_options(populate_existing=True)
    return await one_of(session, held, NO_SUCH_LINK)


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
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    return await one_of(session, statement, NO_SUCH_LINK)


class Opened(NamedTuple):
    """An issued plan whose page is open, and whether the files of its report are too."""

    plan: Plan
    opens_report: bool


async def opened_by_link(
    session: AsyncSession, link_id: uuid.UUID, plan_id: uuid.UUID, *, at: datetime
) -> Opened | None:
    """The plan if a link opens its board at a moment; None where it does not."""
    statement = (
        select(Plan, PageLink.opens_report)
        .join(PageLink, col(PageLink.id) == link_id)
        .where(
            col(Plan.id) == plan_id,
            col(Plan.status) != PlanStatus.DRAFT,
            _opens(at),
            sa.or_(col(PageLink.plan_id) == plan_id, col(PageLink.page) == LinkedPage.BOARDS),
        )
    )
    found = (await session.exec(statement)).one_or_none()
    return None if found is None else Opened(*found)


async def opens_all(session: AsyncSession, link_id: uuid.UUID, *, at: datetime) -> bool:
    """True where a link opens the page of all plans at a moment."""
    statement = select(PageLink.id).where(
        col(PageLink.id) == link_id, col(PageLink.page) == LinkedPage.BOARDS, _opens(at)
    )
    return (await session.exec(statement)).one_or_none() is not None


def _opens(at: datetime) -> sa.ColumnElement[bool]:
    return sa.and_(col(PageLink.revoked_at).is_(None), col(PageLink.expires_at) > at)


async def import_of_link(
    session: AsyncSession, link_id: uuid.UUID, import_id: uuid.UUID, *, at: datetime
) -> tuple[PlanImport, Plan] | None:
    """The import that a link opens at a moment, with its plan; None where it opens nothing."""
    opens = sa.and_(
        col(PageLink.plan_id) == col(Plan.id),
        col(PageLink.id) == link_id,
        col(PageLink.page) == LinkedPage.IMPORT,
        _opens(at),
    )
    statement = (
        select(PlanImport, Plan)
        .join(Plan, col(Plan.id) == col(PlanImport.plan_id))
        .join(PageLink, opens)
        .where(col(PlanImport.id) == import_id, col(Plan.discarded_at).is_(None))
    )
    return (await session.exec(statement)).one_or_none()


async def public_plan(session: AsyncSession, plan_id: uuid.UUID) -> Opened | None:
    """A plan whose board is everybody's; None where its issuer did not open it."""
    statement = select(Plan).where(
        col(Plan.id) == plan_id,
        col(Plan.board_is_public).is_(True),
        col(Plan.status) != PlanStatus.DRAFT,
    )
    plan = (await session.exec(statement)).one_or_none()
    return None if plan is None else Opened(plan, False)
