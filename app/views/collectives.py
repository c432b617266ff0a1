from collections.abc import Sequence
from datetime import date

from sqlmodel.ext.asyncio.session import AsyncSession

from app.models import Collective, CollectiveMember
from app.queries.registry import collectives as queries
from app.schemas.collectives import CollectiveMemberOut, CollectiveOut
from app.views.labels import agency_labels


async def collectives_out(
    session: AsyncSession, collectives: Sequence[Collective]
) -> list[CollectiveOut]:
    """Collectives with their other wordings."""
    aliases = await queries.list_aliases(session, [row.id for row in collectives])
    return [CollectiveOut.of(row, aliases=aliases[row.id]) for row in collectives]


async def collective_out(session: AsyncSession, collective: Collective) -> CollectiveOut:
    """One collective with its other wordings."""
    return (await collectives_out(session, [collective]))[0]


async def members_out(
    session: AsyncSession, members: Sequence[CollectiveMember], *, day: date
) -> list[CollectiveMemberOut]:
    """Memberships with their agencies by the names of *day*."""
    labels = await agency_labels(session, (row.agency_id for row in members), day=day)
    return [CollectiveMemberOut.of(row, agency=labels[row.agency_id]) for row in members]


async def member_out(
    session: AsyncSession, member: CollectiveMember, *, day: date
) -> CollectiveMemberOut:
    """One membership with its agency by the name of *day*."""
    return (await members_out(session, [member], day=day))[0]
