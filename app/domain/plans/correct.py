"""Corrections of a plan after its issue: of its particulars, and of a closing that was too early.

Its tasks are changed by amendment. Both verbs store the values before, with a reason.
"""

from collections.abc import Mapping
from typing import Any

from app.clock import local_day
from app.domain.acts import PersonalAct
from app.domain.authority import Power, require
from app.domain.handovers.settle import settle
from app.domain.plans.close import open_again
from app.domain.plans.kept_actions import keep_action
from app.domain.plans.plans import (
    ISSUED_IN_FUTURE,
    PARTY_FIELDS,
    apply_fields,
    require_closed,
    require_ever_issued,
)
from app.errors import invalid_at
from app.models import Plan, PlanActionKind, PlanStatus
from app.queries.plans import plans as queries
from app.queries.registry.agencies import agencies_of

FIELDS = ("short_title", "number", "issued_on", "legal_bases", "signer", "note")


async def correct(
    act: PersonalAct, plan: Plan, fields: Mapping[str, Any], *, reason: str, basis: str | None
) -> None:
    """Correct the particulars of an issued plan; the same again changes nothing.

    Its assignments stay as they are. Raises `PlanStateError`, `PermissionDeniedError`, or
    `InvalidError` for a day of issue that has not come and for unknown agencies.
    """
    require(act.principal, Power.CORRECT_PLAN, plan)
    require_ever_issued(plan)
    before = await _particulars(act, plan)
    await apply_fields(act.session, plan, fields, at=act.at)
    if plan.issued_on is not None and plan.issued_on > local_day(act.at):
        raise invalid_at("#/issued_on", "in_future", ISSUED_IN_FUTURE)
    after = await _particulars(act, plan)
    changed = sorted(name for name in after if before[name] != after[name])
    if not changed:
        return
    await keep_action(
        act,
        plan,
        PlanActionKind.CORRECTED,
        before={name: before[name] for name in changed},
        after={name: after[name] for name in changed},
        reason=reason,
        basis=basis,
    )


async def reopen(act: PersonalAct, plan: Plan, *, reason: str, basis: str) -> None:
    """Follow a closed plan up again: its assignments that were open are owed again from today on,
    or wait again for a decision where their agency has ended. The day's jobs then do all else that
    waited meanwhile. The caller has taken `lock_handovers` and locked the plan. Raises
    `PlanStateError` or `PermissionDeniedError`."""
    require(act.principal, Power.KEEP_PLAN, plan)
    require_closed(plan)
    before = {"closed_at": plan.closed_at and plan.closed_at.isoformat()}
    plan.status, plan.closed_at = PlanStatus.ISSUED, None
    await open_again(act, plan)
    after = {"closed_at": None}
    kind = PlanActionKind.REOPENED
    await keep_action(act, plan, kind, before=before, after=after, reason=reason, basis=basis)
    await settle(act, plan_id=plan.id)


async def _particulars(act: PersonalAct, plan: Plan) -> dict[str, Any]:
    """The correctable particulars as JSON; agencies by the codes under which the plan names
    them."""
    roles = (await queries.parties_named(act.session, [plan.id]))[plan.id]
    ids = [one for some in roles.values() for one in some]
    codes = {row.id: row.code for row in await agencies_of(act.session, ids)}
    particulars = {name: getattr(plan, name) for name in FIELDS}
    particulars["issued_on"] = plan.issued_on and plan.issued_on.isoformat()
    return particulars | {
        PARTY_FIELDS[role]: [codes[one] for one in some] for role, some in roles.items()
    }
