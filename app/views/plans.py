import uuid
from collections.abc import Iterable, Sequence
from datetime import date

from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.principal import Principal
from app.clock import local_day, utc_now
from app.domain.assignments.expand import NotAssigned
from app.domain.plans import plans as domain
from app.models import Plan, PlanAction, PlanPartyRole
from app.queries.plans.days_past import plans_then
from app.queries.plans.plan_facts import facts_of, parties_of
from app.queries.plans.relations import ActionPlan
from app.queries.submissions.effects import SubmissionEffect
from app.schemas.action_plans import ActionPlanOut
from app.schemas.plan_closings import PlanClosedOut
from app.schemas.plans import (
    CoordinatorOut,
    NotAssignedOut,
    PlanActionOut,
    PlanFieldChangeOut,
    PlanOut,
)
from app.views.labels import agency_labels
from app.views.submission_effects import effects_out


async def plans_out(
    session: AsyncSession, principal: Principal, plans: Sequence[Plan], *, past: date | None = None
) -> list[PlanOut]:
    """Plans with their agencies by today's names, and what the caller may do with each; or as they
    stood at the end of a *past* day, on which nothing may be done any more."""
    await session.flush()
    ids, day = [plan.id for plan in plans], past or local_day(utc_now())
    then = {} if past is None else await plans_then(session, ids, day=past)
    coordinating = {
        plan.id: then[plan.id].coordinator_id if past else plan.coordinator_id for plan in plans
    }
    facts = await facts_of(session, ids)
    coordinators = {
        plan_id: [
            row for row in found.coordinators if row.valid_from is None or row.valid_from <= day
        ]
        if past
        else found.coordinators
        for plan_id, found in facts.items()
    }
    parties = await parties_of(session, ids, day=day)
    labels = await agency_labels(
        session,
        (one for roles in parties.values() for some in roles.values() for one in some),
        (row.agency_id for found in coordinators.values() for row in found),
        (one for plan in plans for one in (plan.owner_id, plan.issuer_id)),
        coordinating.values(),
        day=day,
    )
    return [
        PlanOut.of(
            plan,
            status=then[plan.id].status if past else plan.status,
            version=then[plan.id].version if past else plan.version,
            board_is_public=then[plan.id].board_is_public if past else plan.board_is_public,
            owner=labels[plan.owner_id],
            issuer=labels.optional(plan.issuer_id),
            coordinator=labels.optional(coordinating[plan.id]),
            coordinators=[
                CoordinatorOut.of(row, agency=labels[row.agency_id])
                for row in coordinators[plan.id]
            ],
            overseers=[labels[one] for one in parties[plan.id][PlanPartyRole.OVERSEER]],
            recipients=[labels[one] for one in parties[plan.id][PlanPartyRole.RECIPIENT]],
            relations=facts[plan.id].relations,
            external_refs=facts[plan.id].external_refs,
            allowed_actions=[] if past else domain.allowed_actions(principal, plan),
        )
        for plan in plans
    ]


async def plan_out(
    session: AsyncSession, principal: Principal, plan: Plan, *, past: date | None = None
) -> PlanOut:
    """One plan, and what the caller may do with it; or as it stood on a *past* day."""
    return (await plans_out(session, principal, [plan], past=past))[0]


async def closed_out(
    session: AsyncSession,
    principal: Principal,
    plan: Plan,
    effects: Sequence[SubmissionEffect],
    *,
    dry_run: bool,
) -> PlanClosedOut:
    """The plan that was or would be closed, with the submissions that are owed no more."""
    row = await plan_out(session, principal, plan)
    seen = await effects_out(session, effects)
    return PlanClosedOut.of(row, dry_run=dry_run, submission_effects=seen)


def not_assigned_out(rows: Iterable[NotAssigned]) -> list[NotAssignedOut]:
    """The words of a plan from which nobody owes anything."""
    return [NotAssignedOut.of(row) for row in rows]


async def action_plans_out(
    session: AsyncSession, rows: Sequence[ActionPlan], *, day: date
) -> list[ActionPlanOut]:
    """Agencies that are to have an action plan, each with the one that it has, if any."""
    labels = await agency_labels(session, (row.agency_id for row in rows), day=day)
    return [
        ActionPlanOut.of(
            row, agency=labels[row.agency_id], state="missing" if row.plan_id is None else "issued"
        )
        for row in rows
    ]


async def actions_out(session: AsyncSession, actions: Sequence[PlanAction]) -> list[PlanActionOut]:
    """Decisions on a plan, each with the fields that it changed."""
    labels = await agency_labels(session, (one.agency_id for one in actions))
    return [
        PlanActionOut(
            number=one.number,
            action=one.action,
            changes=[
                PlanFieldChangeOut(field=name, before=one.before[name], after=one.after[name])
                for name in sorted(one.after)
            ],
            reason=one.reason,
            basis=one.basis,
            done_at=one.done_at,
            done_on=one.done_on,
            agency=labels[one.agency_id],
        )
        for one in actions
    ]


def refs(plan: PlanOut) -> dict[str, uuid.UUID | None]:
    """The ids of the agencies by which a plan may be expanded."""
    return {
        "owner": plan.owner.id,
        "issuer": None if plan.issuer is None else plan.issuer.id,
        "coordinator": None if plan.coordinator is None else plan.coordinator.id,
    }
