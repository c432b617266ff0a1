"""The setting by which members of a collective that leads a task read each other's submissions."""

from app.domain.acts import PersonalAct
from app.domain.authority import Power, require
from app.domain.plans.kept_actions import keep_action
from app.domain.plans.plans import require_ever_issued
from app.models import Plan, PlanActionKind


async def share_submissions(
    act: PersonalAct, plan: Plan, *, reason: str, basis: str | None
) -> None:
    """Let the members read one another's filed submissions, past and future; the same again changes
    nothing."""
    await _set_shared(act, plan, True, reason=reason, basis=basis)


async def unshare_submissions(
    act: PersonalAct, plan: Plan, *, reason: str, basis: str | None
) -> None:
    """Let the members read their own submissions alone, from now on."""
    await _set_shared(act, plan, False, reason=reason, basis=basis)


async def _set_shared(
    act: PersonalAct, plan: Plan, are_shared: bool, *, reason: str, basis: str | None
) -> None:
    require(act.principal, Power.SHARE_SUBMISSIONS, plan)
    require_ever_issued(plan)
    if plan.submissions_are_shared == are_shared:
        return
    plan.submissions_are_shared = are_shared
    await keep_action(
        act,
        plan,
        PlanActionKind.SUBMISSIONS_SHARED if are_shared else PlanActionKind.SUBMISSIONS_UNSHARED,
        before={"submissions_are_shared": not are_shared},
        after={"submissions_are_shared": are_shared},
        reason=reason,
        basis=basis,
    )
