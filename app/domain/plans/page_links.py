"""Signed links that open a page of a plan to whoever has one: its board, or its import."""

from datetime import date, datetime, timedelta

from app.auth.principal import Principal
from app.clock import local_day, local_midnight
from app.domain.acts import PersonalAct
from app.domain.authority import Power, require
from app.domain.plans.plans import require_ever_issued
from app.domain.records import Subject
from app.errors import ConflictError, Text, invalid_at
from app.models import LinkedPage, PageLink, Plan

MOST_DAYS = 400
"""A link lives a year and a month at most: whoever needs it longer asks again."""
POWERS = {LinkedPage.BOARD: Power.SHARE_BOARD, LinkedPage.IMPORT: Power.SHARE_IMPORT}
"""The power that a caller needs to make, see and revoke the links to a page."""


class LinkStateError(ConflictError):
    """The link opens nothing any more."""

    code = "link_revoked"
    title = Text("Liên kết đã bị thu hồi", "The link was revoked")
    detail = Text("Liên kết này đã bị thu hồi.", "This link was revoked already.")


def require_sharing(principal: Principal, plan: Plan, page: LinkedPage) -> None:
    """Raise `PermissionDeniedError` for whoever may not share the page."""
    require(principal, POWERS[page], plan)


async def make_link(
    act: PersonalAct,
    plan: Plan,
    page: LinkedPage,
    *,
    purpose: str,
    last_day: date,
    opens_report: bool = False,
) -> PageLink:
    """Make a link to a page of the plan that opens it until *last_day* is over; a board's with the
    files of the last signed report if *opens_report*.

    Raises `InvalidError` for a day that has passed or is too far ahead. A draft has no board.
    """
    require_sharing(act.principal, plan, page)
    if page is LinkedPage.BOARD:
        require_ever_issued(plan)
    link = PageLink(
        plan_id=plan.id,
        page=page,
        purpose=purpose,
        opens_report=opens_report,
        expires_at=_end_of(last_day, local_day(act.at)),
        agency_id=act.principal.agency_id,
        client_id=act.principal.client_id,
    )
    return await _kept(act, link, last_day)


async def make_link_to_all(act: PersonalAct, *, purpose: str, last_day: date) -> PageLink:
    """Make a link to the page of all issued plans, and to the board of each, until *last_day* is
    over; its permission is its own.

    Raises `InvalidError` as `make_link` does.
    """
    link = PageLink(
        page=LinkedPage.BOARDS,
        purpose=purpose,
        expires_at=_end_of(last_day, local_day(act.at)),
        agency_id=act.principal.agency_id,
        client_id=act.principal.client_id,
    )
    return await _kept(act, link, last_day)


def _end_of(last_day: date, today: date) -> datetime:
    if not today <= last_day <= today + timedelta(MOST_DAYS):
        text = Text(
            f"Ngày cuối phải từ hôm nay và không quá {MOST_DAYS} ngày.",
            f"The last day is today or later, within {MOST_DAYS} days.",
        )
        raise invalid_at("#/last_day", "not_within_days", text)
    return local_midnight(last_day + timedelta(1))


async def _kept(act: PersonalAct, link: PageLink, last_day: date) -> PageLink:
    act.session.add(link)
    detail = {"page": str(link.page), "purpose": link.purpose, "last_day": last_day.isoformat()}
    act.audit("linked", subject(link), opens_report=link.opens_report, **detail)
    await act.session.flush()
    return link


async def revoke_link(act: PersonalAct, plan: Plan, link: PageLink, *, reason: str) -> None:
    """Let a link open nothing any more, from now on; raises `LinkStateError` the second time."""
    require_sharing(act.principal, plan, link.page)
    await revoke_link_to_all(act, link, reason=reason)


async def revoke_link_to_all(act: PersonalAct, link: PageLink, *, reason: str) -> None:
    """The same of a link to the page of all plans."""
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
