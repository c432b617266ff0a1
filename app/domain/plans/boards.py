"""Whom a plan's board opens to: everybody, where its issuer says so, or whoever has a link."""

from datetime import date, datetime, timedelta

from app.auth.principal import Principal
from app.clock import local_day, local_midnight
from app.domain.acts import PersonalAct
from app.domain.authority import Power, require
from app.domain.plans.kept_actions import keep_action
from app.domain.plans.plans import require_ever_issued
from app.domain.records import Subject
from app.errors import ConflictError, Text, invalid_at
from app.models import LinkedPage, PageLink, Plan, PlanActionKind

MOST_DAYS = 400
"""A link lives a year and a month at most: whoever needs it longer asks again."""


class LinkStateError(ConflictError):
    """The link opens nothing any more."""

    code = "link_revoked"
    title = Text("Liên kết đã bị thu hồi", "The link was revoked")
    detail = Text("Liên kết này đã bị thu hồi.", "This link was revoked already.")


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


def require_sharing(principal: Principal, plan: Plan) -> None:
    """Raise `PermissionDeniedError` for whoever may not share the board."""
    require(principal, Power.SHARE_BOARD, plan)


async def make_link(act: PersonalAct, plan: Plan, *, purpose: str, last_day: date) -> PageLink:
    """Make a link to the board that opens it until *last_day* is over.

    Raises `InvalidError` for a day that has passed or is too far ahead.
    """
    require(act.principal, Power.SHARE_BOARD, plan)
    require_ever_issued(plan)
    today = local_day(act.at)
    if not today <= last_day <= today + timedelta(MOST_DAYS):
        text = Text(
            f"Ngày cuối phải từ hôm nay và không quá {MOST_DAYS} ngày.",
            f"The last day is today or later, within {MOST_DAYS} days.",
        )
        raise invalid_at("#/last_day", "not_within_days", text)
    link = PageLink(
        plan_id=plan.id,
        page=LinkedPage.BOARD,
        purpose=purpose,
        expires_at=local_midnight(last_day + timedelta(1)),
        agency_id=act.principal.agency_id,
        client_id=act.principal.client_id,
    )
    act.session.add(link)
    act.audit("linked", subject(link), purpose=purpose, last_day=last_day.isoformat())
    await act.session.flush()
    return link


async def revoke_link(act: PersonalAct, plan: Plan, link: PageLink, *, reason: str) -> None:
    """Let a link open nothing any more, from now on; raises `LinkStateError` the second time."""
    require(act.principal, Power.SHARE_BOARD, plan)
    if link.revoked_at is not None:
        raise LinkStateError()
    link.revoked_at, link.revoked_reason = act.at, reason
    act.audit("revoked", subject(link), reason=reason)
    await act.session.flush()


def opens(link: PageLink, *, at: datetime) -> bool:
    """True while the link opens its page."""
    return link.revoked_at is None and at < link.expires_at


def subject(link: PageLink) -> Subject:
    """The link as the subject of records: its plan's."""
    return Subject("page_link", link.id, link.plan_id, link.agency_id)
