"""Reading plans. Every statement starts from what the principal may see."""

import uuid
from collections.abc import Collection, Sequence
from contextlib import suppress

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import SelectOfScalar

from app.auth.principal import Principal
from app.errors import NotFoundError, Text
from app.models import (
    Plan,
    PlanAction,
    PlanParty,
    PlanPartyRole,
    PlanStatus,
    ReportingRegime,
)
from app.queries.external_refs import known_as
from app.queries.lists import FoundPage, Listing, PageRequest, SortPart, read_rows
from app.queries.plans.plan_facts import Parties
from app.queries.rows import one_of
from app.queries.visible_ids import VisiblePlanId
from app.reading import Sql, fetch

BY_NUMBER = sa.text("select id from plan where number = :number")
# As `visible_plans` says, of one plan: also within hot reads, which a statement of its own would
# cost a round trip.
VISIBLE = (
    "plan.id = :plan_id and (plan.status <> 'draft'"
    " or plan.owner_id = :mine and plan.discarded_at is null)"
)
VISIBLE_ID = sa.text(f"select plan.id from plan where {VISIBLE}")
NO_SUCH_PLAN = Text("Không có kế hoạch này.", "There is no such plan.")


def visible_plans(principal: Principal) -> SelectOfScalar[Plan]:
    """Issued plans are everyone's with a token; a draft is its agency's alone until it is
    discarded."""
    return select(Plan).where(sees_plan(principal))


def sees_plan(principal: Principal) -> sa.ColumnElement[bool]:
    """The condition of `visible_plans`, for statements that name `Plan` beside others."""
    own_draft = sa.and_(col(Plan.owner_id) == principal.agency_id, col(Plan.discarded_at).is_(None))
    return sa.or_(col(Plan.status) != PlanStatus.DRAFT, own_draft)


async def get_plan(session: AsyncSession, principal: Principal, plan_id: uuid.UUID) -> Plan:
    """One visible plan; raises `NotFoundError`."""
    return await one_of(session, _one(principal, plan_id), NO_SUCH_PLAN)


async def get_plan_id(sql: Sql, principal: Principal, plan_id: uuid.UUID) -> uuid.UUID:
    """The id of the plan that `get_plan` finds, for what reads no more of it."""
    given = {"plan_id": plan_id, "mine": principal.agency_id}
    for row in await fetch(sql, VISIBLE_ID, given):
        found: uuid.UUID = row.id
        return found
    raise NotFoundError(NO_SUCH_PLAN)


async def plan_ids_by_number(sql: Sql, number: str) -> list[uuid.UUID]:
    """The ids of the plans with this number, whoever may see them."""
    return [row.id for row in await fetch(sql, BY_NUMBER, {"number": number})]


async def get_plan_for_update(
    session: AsyncSession, principal: Principal, plan_id: uuid.UUID
) -> Plan:
    """One visible plan, locked until the request ends, so that two callers act one after another.

    Its key stays free: submissions on the plan are filed meanwhile. Raises `NotFoundError`.
    """
    statement = _one(principal, plan_id).with_for_update(of=Plan, key_share=True)
    fresh = statement.execution_options(populate_existing=True)
    return await one_of(session, fresh, NO_SUCH_PLAN)


async def get_plans_for_update(
    session: AsyncSession, principal: Principal, plan_ids: Sequence[uuid.UUID]
) -> list[Plan]:
    """Several visible plans as they are named, locked one after another in the order of ids.

    Raises `NotFoundError`.
    """
    found = {
        plan_id: await get_plan_for_update(session, principal, plan_id)
        for plan_id in sorted(set(plan_ids))
    }
    return [found[plan_id] for plan_id in plan_ids]


async def find_issued(session: AsyncSession, ref: str) -> list[Plan]:
    """The issued plans with this id or number, for a command."""
    named = col(Plan.number) == ref
    with suppress(ValueError):
        named = sa.or_(named, col(Plan.id) == uuid.UUID(ref))
    statement = select(Plan).where(named, col(Plan.status) != PlanStatus.DRAFT)
    return list(await session.exec(statement.order_by(col(Plan.id))))


def visible_plan_id(plan: Plan) -> VisiblePlanId:
    """The id of a row that `get_plan` or another query of visible plans handed out."""
    return VisiblePlanId(plan.id)


async def issued_plan_ids(session: AsyncSession) -> list[uuid.UUID]:
    """The ids of all issued plans, for the worker."""
    issued = select(Plan.id).where(col(Plan.status) == PlanStatus.ISSUED).order_by(col(Plan.id))
    return list(await session.exec(issued))


async def lock_plan(session: AsyncSession, plan_id: uuid.UUID) -> Plan:
    """A plan for the worker, locked until the transaction ends; its key stays free."""
    locked = select(Plan).where(col(Plan.id) == plan_id).with_for_update(key_share=True)
    return (await session.exec(locked)).one()


def _one(principal: Principal, plan_id: uuid.UUID) -> SelectOfScalar[Plan]:
    return visible_plans(principal).where(col(Plan.id) == plan_id)


PLANS = Listing(
    conditions={
        "status": "plan.status = any(:status)",
        "number": "plan.number = :number",
        "coordinator": "plan.coordinator_id = :coordinator",
        "issuer": "plan.issuer_id = :issuer",
        "related_to": "exists (select from plan_relation r"
        " where r.plan_id = plan.id and r.other_plan_id = :related_to)",
        "related_as": "exists (select from plan_relation r"
        " where r.plan_id = plan.id and r.relation || ':' || r.other_plan_id = :related_as)",
        "relation": "exists (select from plan_relation r"
        " where r.plan_id = plan.id and r.relation = :relation)",
        "issued_from": "plan.issued_on >= :issued_from",
        "issued_before": "plan.issued_on < :issued_before",
        "external_ref": known_as("plan", "plan.id"),
        "updated_since": "plan.updated_at >= :updated_since",
    },
    orders={
        "id": (ID := SortPart("plan.id", "uuid"),),
        # A draft without a date comes last, as it does in a register.
        "issued_on": (SortPart("coalesce(plan.issued_on, 'infinity')", "date"), ID),
        "updated_at": (SortPart("plan.updated_at", "timestamptz"), ID),
    },
)


async def page_of_plans(
    session: AsyncSession, principal: Principal, asked: PageRequest
) -> FoundPage[Plan]:
    """One page of visible plans, and the place where the next page begins."""
    return await read_rows(session, Plan, PLANS, asked, sees_plan(principal))


async def plans_of(
    session: AsyncSession, principal: Principal, ids: Collection[uuid.UUID]
) -> list[Plan]:
    """The plans among these that the principal may see."""
    return list(await session.exec(visible_plans(principal).where(col(Plan.id).in_(ids))))


async def first_plans(
    session: AsyncSession, ids: Collection[uuid.UUID], *, limit: int
) -> list[Plan]:
    """The first of these plans by id, for records of acts that concern all of them."""
    statement = select(Plan).where(col(Plan.id).in_(ids)).order_by(col(Plan.id)).limit(limit)
    return list(await session.exec(statement))


async def parties_named(
    session: AsyncSession, plan_ids: Collection[uuid.UUID]
) -> dict[uuid.UUID, Parties]:
    """The overseers and recipients of each plan as it names them, ended ones too."""
    rows = await session.exec(
        select(PlanParty)
        .where(col(PlanParty.plan_id).in_(plan_ids))
        .order_by(col(PlanParty.created_at), col(PlanParty.id))
    )
    found = {plan_id: {role: list[uuid.UUID]() for role in PlanPartyRole} for plan_id in plan_ids}
    for row in rows:
        found[row.plan_id][row.role].append(row.agency_id)
    return found


async def list_actions(session: AsyncSession, plan_id: VisiblePlanId) -> list[PlanAction]:
    """The decisions on a plan, the first one first."""
    statement = select(PlanAction).where(col(PlanAction.plan_id) == plan_id)
    return list(await session.exec(statement.order_by(col(PlanAction.number))))


async def next_action_number(session: AsyncSession, plan_id: uuid.UUID) -> int:
    """The number of the next decision on a plan that is locked."""
    last = sa.func.coalesce(sa.func.max(col(PlanAction.number)), 0)
    return 1 + (await session.exec(select(last).where(col(PlanAction.plan_id) == plan_id))).one()


REGIMES = Listing(
    conditions={
        "plan": "reporting_regime.plan_id = :plan",
        "updated_since": "reporting_regime.updated_at >= :updated_since",
    },
    orders={
        "effective_from": (
            SortPart("reporting_regime.effective_from", "date"),
            SortPart("reporting_regime.id", "uuid"),
        )
    },
)


async def page_of_regimes(
    session: AsyncSession, plan_id: VisiblePlanId, asked: PageRequest
) -> FoundPage[ReportingRegime]:
    """One page of the reporting regimes of a plan, and the place where the next page begins."""
    return await read_rows(session, ReportingRegime, REGIMES, asked.within(plan=plan_id))


async def list_regimes(session: AsyncSession, plan_id: VisiblePlanId) -> list[ReportingRegime]:
    """The reporting regimes of a plan, the earliest first, without replaced ones."""
    rows = await session.exec(
        select(ReportingRegime)
        .where(col(ReportingRegime.plan_id) == plan_id, col(ReportingRegime.replaced_at).is_(None))
        .order_by(col(ReportingRegime.effective_from))
    )
    return list(rows)
