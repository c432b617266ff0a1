"""Decisions on plans that were issued, each stored with the values before and after it."""

from typing import Any

from app.clock import local_day
from app.domain.acts import PersonalAct
from app.domain.plans.plans import subject
from app.models import Plan, PlanAction, PlanActionKind
from app.queries.plans import plans as queries


async def keep_action(
    act: PersonalAct,
    plan: Plan,
    kind: PlanActionKind,
    *,
    before: dict[str, Any],
    after: dict[str, Any],
    reason: str,
    basis: str | None,
) -> None:
    """Store a decision on an issued plan with the values before it, and record it."""
    act.session.add(
        PlanAction(
            plan_id=plan.id,
            number=await queries.next_action_number(act.session, plan.id),
            action=kind,
            before=before,
            after=after,
            reason=reason,
            basis=basis,
            done_at=act.at,
            done_on=local_day(act.at),
            agency_id=act.principal.agency_id,
            client_id=act.principal.client_id,
        )
    )
    plan.updated_at = act.at
    detail = {"fields": sorted(after), "basis": basis}
    act.note(str(kind), subject(plan), **detail)
    await act.session.flush()
