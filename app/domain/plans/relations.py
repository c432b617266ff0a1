"""Relations of a plan to others (follows, amends, replaces, implements), and action plans.

A relation ends nothing by itself: what a replaced plan asks for is owed until its owner closes it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.principal import Principal
from app.clock import local_day
from app.domain.acts import PersonalAct
from app.domain.authority import Power, require
from app.domain.plans import plans
from app.domain.plans.lifetimes import life_of_plan
from app.domain.references import agency_named
from app.domain.regimes.fields import default_regime
from app.domain.registry.lifetimes import outside_life
from app.errors import Fault, InvalidError, Text, invalid_at
from app.models import Agency, Plan, PlanRelation, PlanStatus, RelationKind
from app.queries.locks import lock_plan_relations
from app.queries.plans import plans as plan_queries
from app.queries.plans import relations as queries
from app.queries.plans.draft_writes import delete_relations
from app.queries.plans.plans import visible_plan_id
from app.queries.registry.agencies import get_agency
from app.queries.registry.agency_views import exists_on


@dataclass(frozen=True, slots=True)
class NewRelation:
    """A relation to a plan in the system by its id, or to another one by its number and day."""

    relation: RelationKind
    plan: UUID | None = None
    reference: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewActionPlan:
    """An action plan that its agency has issued; no `agency` is the caller's own."""

    agency: str | None
    number: str
    issued_on: date
    title: str


async def create(act: PersonalAct, fields: Mapping[str, Any]) -> Plan:
    """Make a draft of the caller's agency, with its relations to other plans."""
    own = {name: value for name, value in fields.items() if name != "relations"}
    plan = await plans.create(act, own)
    if "relations" in fields:
        await set_relations(act, plan, _read(fields))
    return plan


async def update(act: PersonalAct, plan: Plan, fields: Mapping[str, Any]) -> None:
    """Correct a draft; of an issued plan, only relations can be added."""
    own = {name: value for name, value in fields.items() if name != "relations"}
    if own or "relations" not in fields:
        await plans.update(act, plan, own)
    if "relations" in fields:
        await set_relations(act, plan, _read(fields))


def _read(fields: Mapping[str, Any]) -> list[NewRelation]:
    return [NewRelation(**one) for one in fields["relations"]]


async def set_relations(act: PersonalAct, plan: Plan, given: Sequence[NewRelation]) -> None:
    """Replace the relations of a draft; of an issued plan, add to them and take none back."""
    session = act.session
    if plan.status == PlanStatus.DRAFT:
        require(act.principal, Power.KEEP_PLAN, plan)
    else:
        plans.require_issued(plan)
        require(act.principal, Power.RELATE, plan)
    await lock_plan_relations(session)
    rows = await queries.list_relations(session, visible_plan_id(plan))
    stored = {NewRelation(row.relation, row.other_plan_id, row.reference): row for row in rows}
    removed = [row.id for one, row in stored.items() if one not in given]
    if removed and plan.status != PlanStatus.DRAFT:
        text = Text(
            "Quan hệ đã ghi của kế hoạch đã ban hành không được bỏ; chỉ thêm.",
            "What was said of an issued plan stays; give it with what you add.",
        )
        raise invalid_at("#/relations", "relation_missing", text)
    await _require_sense(session, act.principal, plan, given)
    await delete_relations(session, removed)
    added = [one for one in dict.fromkeys(given) if one not in stored]
    session.add_all(
        PlanRelation(
            plan_id=plan.id, relation=one.relation, other_plan_id=one.plan, reference=one.reference
        )
        for one in added
    )
    if added or removed:
        plan.updated_at = act.at
    await session.flush()
    if added or removed:
        texts = [f"{one.relation}: {one.plan or one.reference}" for one in added]
        act.note("related", plans.subject(plan), added=texts)


async def _require_sense(
    session: AsyncSession, principal: Principal, plan: Plan, given: Sequence[NewRelation]
) -> None:
    """Raise `InvalidError` unless each plan is another one, is issued, and closes no circle."""
    ids = {one.plan for one in given if one.plan is not None}
    known = {
        other.id
        for other in await plan_queries.plans_of(session, principal, ids)
        if other.status != PlanStatus.DRAFT and other.id != plan.id
    }
    faults = []
    for number, one in enumerate(given):
        pointer = f"#/relations/{number}/plan"
        if one.plan is not None and one.plan not in known:
            text = Text(
                "Không có kế hoạch nào khác đã ban hành mang id này.",
                "There is no other issued plan of this id.",
            )
            faults.append(Fault(pointer, "unknown_plan", text))
        elif one.plan is not None and await queries.leads_to(
            session, one.plan, plan.id, one.relation
        ):
            text = Text("Quan hệ này tạo thành vòng.", "It would come back to this plan.")
            faults.append(Fault(pointer, "cycle", text))
    if faults:
        raise InvalidError(faults=faults)


async def register(act: PersonalAct, plan: Plan, given: NewActionPlan) -> Plan:
    """Register an agency's own action plan, which is issued already, without its tasks.

    The agency itself does so, or the plan's coordinator, who received the document. The action
    plan ends with the plan that it implements.
    """
    session = act.session
    plans.require_issued(plan)
    agency = await _whose(session, act.principal, plan, given.agency)
    pointer = "#/issued_on"
    if given.issued_on > local_day(act.at):
        raise invalid_at(pointer, "in_future", plans.ISSUED_IN_FUTURE)
    if not exists_on(agency, given.issued_on):
        raise invalid_at(pointer, "outside_the_agencys_life", outside_life(agency))
    own = Plan(
        title=given.title,
        number=given.number,
        issued_on=given.issued_on,
        starts_on=given.issued_on,
        ends_on=max(given.issued_on, life_of_plan(plan).ends_on),
        owner_id=agency.id,
        issuer_id=agency.id,
        coordinator_id=agency.id,
        status=PlanStatus.ISSUED,
        issued_at=act.at,
    )
    plans.require_years(own)
    session.add(own)
    await session.flush()
    session.add(default_regime(own.id, given.issued_on))
    implements = RelationKind.IMPLEMENTS
    session.add(PlanRelation(plan_id=own.id, relation=implements, other_plan_id=plan.id))
    await session.flush()
    act.note("registered", plans.subject(own), implements=str(plan.id))
    return own


async def _whose(
    session: AsyncSession, principal: Principal, plan: Plan, ref: str | None
) -> Agency:
    mine = str(principal.agency_id)
    agency = (
        await get_agency(session, mine)
        if ref is None
        else await agency_named(session, ref, pointer="#/agency")
    )
    require(principal, Power.REGISTER_ACTION_PLAN, plan, concerned=(agency.id,))
    return agency
