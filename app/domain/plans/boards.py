"""Opening a plan's board to everybody, where its issuer says so; links: `page_links`, beside it."""

from app.domain.acts import PersonalAct
from app.domain.authority import Power, require
from app.domain.plans.kept_actions import keep_action
from app.domain.plans.plans import require_ever_issued
from app.models import Plan, PlanActionKind


async def open_board(act: PersonalAct, plan: Plan, *, reason: str, basis: str | None) -> None:
    """Open the board of an issued plan to everybody; the same again changes nothing."""
    await _set_public(act, plan, True, reason=reason, basis=basis)


async def close_board(act: PersonalAct, plan: Plan, *, reason: str, basis: str | None) -> None:
    """Open the board of a plan to nobody without a link any more."""
    await _set_public(act, plan, False, reason=reason, basis=basis)


async def _set_public(
    act: PersonalAct, plan: Plan, is_public: bool, *, reason: str, basis: str | None
) -> None:
    require(act.principal, Power.OPEN_BOARD, plan)
    require_ever_issued(plan)
    if plan.board_is_public == is_public:
        return
    plan.board_is_public = is_public
    await keep_action(
        act,
        plan,
        PlanActionKind.BOARD_OPENED if is_public else PlanActionKind.BOARD_CLOSED,
        before={"board_is_public": not is_public},
        after={"board_is_public": is_public},
        reason=reason,
        basis=basis,
    )
