"""Rows for tests. Each factory commits, which in a test releases its savepoint."""

import itertools
from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.principal import Role
from app.auth.secrets import digest, new_secret
from app.config import Settings
from app.models import (
    Agency,
    AgencyAlias,
    AgencyKind,
    AgencyName,
    Client,
    ClientActsFor,
    ClientSecret,
    Collective,
    CollectiveAlias,
    CollectiveMember,
    Succession,
    SuccessionKind,
)

number = itertools.count(1)


async def make_agency(
    session: AsyncSession,
    *,
    name: str | None = None,
    short_name: str | None = None,
    aliases: Sequence[str] = (),
    **given: Any,
) -> Agency:
    """An agency with one name, which it has for as long as it exists."""
    n = next(number)
    given = {"code": f"CQ{n}", "kind": AgencyKind.DEPARTMENT, **given}
    agency = Agency(**given)
    session.add(agency)
    await session.flush()
    session.add(AgencyName(agency_id=agency.id, name=name or f"Cơ quan {n}", short_name=short_name))
    session.add_all(AgencyAlias(agency_id=agency.id, alias=alias) for alias in aliases)
    await session.commit()
    return agency


async def make_collective(
    session: AsyncSession,
    *,
    members: Collection[Agency] = (),
    aliases: Sequence[str] = (),
    **given: Any,
) -> Collective:
    """A collective, with members that belong to it for as long as they exist."""
    n = next(number)
    given = {"code": f"NHOM{n}", "name": f"Các cơ quan {n}", "is_enumerable": True, **given}
    collective = Collective(**given)
    session.add(collective)
    await session.flush()
    session.add_all(CollectiveAlias(collective_id=collective.id, alias=alias) for alias in aliases)
    session.add_all(
        CollectiveMember(collective_id=collective.id, agency_id=agency.id) for agency in members
    )
    await session.commit()
    return collective


async def make_member(
    session: AsyncSession,
    collective: Collective,
    agency: Agency,
    *,
    valid_from: date | None = None,
    valid_until: date | None = None,
) -> CollectiveMember:
    """A membership between two days."""
    member = CollectiveMember(
        collective_id=collective.id,
        agency_id=agency.id,
        valid_from=valid_from,
        valid_until=valid_until,
    )
    session.add(member)
    await session.commit()
    return member


async def make_succession(
    session: AsyncSession, predecessor: Agency, successor: Agency | None, **given: Any
) -> Succession:
    """A succession of one agency by another, or an abolition."""
    kind = SuccessionKind.ABOLITION if successor is None else SuccessionKind.MERGE
    given = {"effective_on": date(2025, 3, 1), "kind": kind, **given}
    succession = Succession(
        predecessor_id=predecessor.id,
        successor_id=None if successor is None else successor.id,
        **given,
    )
    session.add(succession)
    await session.commit()
    return succession


async def make_client(
    session: AsyncSession,
    agency: Agency,
    roles: Collection[Role] = (Role.READER,),
    *,
    acts_for: Collection[Agency] = (),
    **given: Any,
) -> Client:
    """A client without a secret: tests sign its tokens themselves."""
    given = {"client_id": f"he-thong-{next(number)}", "name": "Hệ thống thử", **given}
    client = Client(agency_id=agency.id, roles=sorted(roles), **given)
    session.add(client)
    await session.flush()
    session.add_all(ClientActsFor(client_id=client.id, agency_id=other.id) for other in acts_for)
    await session.commit()
    return client


async def make_secret(
    session: AsyncSession, settings: Settings, client: Client, *, expires_at: datetime | None = None
) -> str:
    """A secret of the client, in the clear."""
    secret = new_secret()
    session.add(
        ClientSecret(client_id=client.id, digest=digest(settings, secret), expires_at=expires_at)
    )
    await session.commit()
    return secret
