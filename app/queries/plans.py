"""Reading plans. Every statement starts from what the principal may see."""

import uuid

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import SelectOfScalar

from app.auth.principal import Principal
from app.errors import NotFoundError, Text
from app.models import Plan, PlanStatus


def visible_plans(principal: Principal) -> SelectOfScalar[Plan]:
    """Issued plans are everyone's with a token; a draft is its agency's alone."""
    return select(Plan).where(
        sa.or_(col(Plan.status) != PlanStatus.DRAFT, col(Plan.owner_id) == principal.agency_id)
    )


async def get_plan(session: AsyncSession, principal: Principal, plan_id: uuid.UUID) -> Plan:
    """One visible plan."""
    return _found((await session.exec(_one(principal, plan_id))).one_or_none())


async def get_plan_for_update(
    session: AsyncSession, principal: Principal, plan_id: uuid.UUID
) -> Plan:
    """One visible plan, held until the request ends, so that two callers act one after another."""
    statement = _one(principal, plan_id).with_for_update(of=Plan)
    return _found((await session.exec(statement)).one_or_none())


def _one(principal: Principal, plan_id: uuid.UUID) -> SelectOfScalar[Plan]:
    return visible_plans(principal).where(col(Plan.id) == plan_id)


def _found(plan: Plan | None) -> Plan:
    if plan is None:
        raise NotFoundError(Text("Không có kế hoạch này.", "There is no such plan."))
    return plan
