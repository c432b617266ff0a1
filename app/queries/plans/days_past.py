"""Plans as they stood at the end of a past day: those that had been issued by then.

The decisions on a plan, its coordinators and its amendments show whether it was followed up, by
whom, and in which version. A particular that was corrected since has its corrected value.
"""

import uuid
from collections.abc import Collection
from dataclasses import replace
from datetime import date
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from app.errors import NotFoundError
from app.models import Plan, PlanStatus
from app.queries.lists import FoundPage, PageRequest, read_rows
from app.queries.plans.plans import NO_SUCH_PLAN, PLANS

# The last one of several decisions on one day holds; before the first one the plan was issued.
LAST_ACTION = """(
  select x.action from plan_action x
   where x.plan_id = plan.id and x.done_on <= :today and x.action in ({actions})
   order by x.number desc limit 1)"""
# For most plans the row itself has the answer, and no decision has to be looked up.
STATUS = f"""case
    when plan.status = 'closed'
      and (plan.closed_at at time zone 'Asia/Ho_Chi_Minh')::date <= :today then 'closed'
    when {LAST_ACTION.format(actions="'closed', 'reopened'")} = 'closed' then 'closed'
    else 'issued'
  end"""
COORDINATOR = """(
  select c.agency_id from plan_coordinator c
   where c.plan_id = plan.id and (c.valid_from is null or c.valid_from <= :today)
     and (c.valid_until is null or c.valid_until > :today))"""
PLANS_THEN = replace(
    PLANS,
    conditions={
        **PLANS.conditions,
        "status": f"({STATUS}) = any(:status)",
        "coordinator": f"{COORDINATOR} = :coordinator",
    },
)
STANDING = sa.text(f"""
select plan.id, {STATUS} as status, {COORDINATOR} as coordinator_id,
  coalesce({LAST_ACTION.format(actions="'board_opened', 'board_closed'")}, 'board_closed')
    = 'board_opened' as board_is_public,
  1 + (select count(*) from amendment m
        where m.plan_id = plan.id and m.state = 'issued' and m.issued_on <= :today) as version
from plan where plan.id = any(:ids)
""").bindparams(sa.bindparam("ids", type_=ARRAY(sa.Uuid)))


class PlanThen(NamedTuple):
    """The particulars of a plan that may have been different on a past day."""

    status: PlanStatus
    coordinator_id: uuid.UUID | None
    board_is_public: bool
    version: int


async def page_of_past_plans(
    session: AsyncSession, asked: PageRequest, *, day: date
) -> FoundPage[Plan]:
    """One page of the plans that had been issued by *day*; filters are about that day."""
    issued = sa.and_(col(Plan.status) != PlanStatus.DRAFT, col(Plan.issued_on) <= day)
    return await read_rows(session, Plan, PLANS_THEN, asked, issued, today=day)


def check_issued_by(plan: Plan, day: date) -> None:
    """Raise `NotFoundError` unless the plan had been issued by *day*."""
    if plan.status == PlanStatus.DRAFT or plan.issued_on is None or plan.issued_on > day:
        raise NotFoundError(NO_SUCH_PLAN)


async def plans_then(
    session: AsyncSession, ids: Collection[uuid.UUID], *, day: date
) -> dict[uuid.UUID, PlanThen]:
    """The particulars of each of these plans at the end of *day*, by its id."""
    rows = await (await session.connection()).execute(STANDING, {"ids": list(ids), "today": day})
    return {
        row.id: PlanThen(
            PlanStatus(row.status), row.coordinator_id, row.board_is_public, row.version
        )
        for row in rows
    }
