"""The whole registry at once, for an import that is checked against it in memory."""

from dataclasses import dataclass

from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.models import (
    Agency,
    AgencyAlias,
    AgencyName,
    Collective,
    CollectiveAlias,
    CollectiveMember,
    Succession,
)


@dataclass(frozen=True, slots=True)
class WholeRegistry:
    """All rows of the registry: some thousands in a province."""

    agencies: list[Agency]
    names: list[AgencyName]
    agency_aliases: list[AgencyAlias]
    collectives: list[Collective]
    collective_aliases: list[CollectiveAlias]
    members: list[CollectiveMember]
    successions: list[Succession]


async def whole_registry(session: AsyncSession) -> WholeRegistry:
    """All rows of the registry, in no order."""
    return WholeRegistry(
        agencies=list(await session.exec(select(Agency))),
        names=list(await session.exec(select(AgencyName))),
        agency_aliases=list(await session.exec(select(AgencyAlias))),
        collectives=list(await session.exec(select(Collective))),
        collective_aliases=list(await session.exec(select(CollectiveAlias))),
        members=list(await session.exec(select(CollectiveMember))),
        successions=list(await session.exec(select(Succession))),
    )
