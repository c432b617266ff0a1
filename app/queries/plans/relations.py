"""Reading relations between plans, and the action plans of agencies."""

import uuid
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.models import PlanRelation, RelationKind
from app.queries.figures.status_tree import HELD
from app.queries.visible_ids import VisiblePlanId

LEADS_TO = sa.text("""
with recursive reached (id) as (
  select cast(:start as uuid)
  union
  select r.other_plan_id from plan_relation r join reached on r.plan_id = reached.id
   where r.relation = :relation and r.other_plan_id is not null
)
select exists (select from reached where id = :goal)
""")


async def leads_to(
    session: AsyncSession, start: uuid.UUID, goal: uuid.UUID, relation: RelationKind
) -> bool:
    """True if relations of this kind lead from one plan to the other."""
    values = {"start": start, "goal": goal, "relation": relation.value}
    return bool((await (await session.connection()).execute(LEADS_TO, values)).scalar_one())


async def list_relations(session: AsyncSession, plan_id: VisiblePlanId) -> list[PlanRelation]:
    """The relations of a plan to others."""
    return list(
        await session.exec(select(PlanRelation).where(col(PlanRelation.plan_id) == plan_id))
    )


# The holder of a plan on the day is the agency that handed it over first after the day, if any did.
# HELD is the condition by which all figures pick an assignment's state of a day.
ACTION_PLANS = sa.text(f"""
with owing as (
  select distinct agency.id, agency.code
    from assignment_state s join agency on agency.id = s.agency_id
   where s.plan_id = :plan_id and {HELD} and not s.awaits_handover
     and s.status not in ('revoked', 'not_applicable', 'merged', 'split')
     and (agency.valid_from is null or agency.valid_from <= :today)
     and (agency.valid_until is null or agency.valid_until > :today)
), issued as (
  select p.id, p.number, p.title, p.issued_on, p.issuer_id,
    coalesce((
      select h.from_agency_id from handover h
       where h.plan_id = p.id and h.subject = 'ownership' and h.state = 'decided'
         and h.effective_on > :today
       order by h.effective_on limit 1), p.owner_id) as holder_id
    from plan_relation r join plan p on p.id = r.plan_id
   where r.other_plan_id = :plan_id and r.relation = 'implements'
     and p.status <> 'draft' and p.issued_on <= :today
)
select distinct on (owing.code collate "C") owing.id as agency_id, owing.code,
  issued.id as plan_id, issued.number, issued.title, issued.issued_on,
  coalesce(issued.issuer_id <> owing.id, false) as is_inherited
from owing left join issued on issued.holder_id = owing.id
order by owing.code collate "C", coalesce(issued.issuer_id <> owing.id, false),
  issued.issued_on desc, issued.id desc
""")


@dataclass(frozen=True, slots=True)
class ActionPlan:
    """An agency that owes in a plan, and its action plan: its own, an inherited one, or none."""

    agency_id: uuid.UUID
    code: str
    plan_id: uuid.UUID | None
    number: str | None
    title: str | None
    issued_on: date | None
    is_inherited: bool


async def action_plans(
    session: AsyncSession, plan_id: VisiblePlanId, day: date
) -> list[ActionPlan]:
    """Every agency that owes anything in the plan as at the end of *day*, by code.

    As many as one plan names: some hundreds at most.
    """
    rows = await (await session.connection()).execute(
        ACTION_PLANS, {"plan_id": plan_id, "today": day}
    )
    return [ActionPlan(**row) for row in rows.mappings()]
