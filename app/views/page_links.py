"""Links that open pages: their details, and their addresses, which are shown once."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth import page_links as keys
from app.config import Settings
from app.domain.plans.page_links import opens
from app.models import PageLink
from app.schemas.page_links import NewPageLinkOut, PageLinkOut
from app.views.labels import agency_labels


async def page_links_out(
    session: AsyncSession, links: Sequence[PageLink], *, at: datetime
) -> list[PageLinkOut]:
    """Links without their addresses."""
    labels = await agency_labels(session, (link.agency_id for link in links))
    return [
        PageLinkOut.of(link, agency=labels[link.agency_id], is_open=opens(link, at=at))
        for link in links
    ]


async def new_page_link_out(
    session: AsyncSession, link: PageLink, settings: Settings, path: str, *, at: datetime
) -> NewPageLinkOut:
    """A link that was made just now, with the address of its page at *path*."""
    [row] = await page_links_out(session, [link], at=at)
    key = keys.sign(settings, link.id, link.expires_at)
    return NewPageLinkOut.of(row, url=f"{settings.base_url}{path}?key={key}")
