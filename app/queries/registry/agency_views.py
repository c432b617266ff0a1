"""Agencies with their names, spellings, parents, predecessors and successors."""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal, Protocol

from sqlmodel.ext.asyncio.session import AsyncSession

from app.models import Agency, AgencyKind, Succession, SuccessionKind
from app.queries.handovers.successions import list_successions
from app.queries.registry import agencies as queries
from app.queries.registry.agencies import AgencyLabel, NameTerm


@dataclass(frozen=True, slots=True)
class SuccessionSide:
    """One succession as seen from an agency: the agency at the other end."""

    agency: AgencyLabel | None
    effective_on: date
    kind: SuccessionKind
    scope: str | None
    basis: str | None
    certainty: str | None


@dataclass(frozen=True, slots=True)
class Notice:
    """The notice that an agency has ended: its last day (inclusive) and its successors."""

    code: Literal["agency_ended"]
    ended_on: date
    successors: list[SuccessionSide]


@dataclass(frozen=True, slots=True)
class AgencyView:
    """An agency as of a day; a notice where it had ended by then."""

    id: uuid.UUID
    code: str
    identifier: str | None
    identifier_source: str | None
    as_of: date
    exists: bool
    name: str
    short_name: str | None
    names: list[NameTerm]
    aliases: list[str]
    kind: AgencyKind
    parent: AgencyLabel | None
    valid_from: date | None
    valid_until: date | None
    unit_code: str | None
    certainty: str | None
    predecessors: list[SuccessionSide]
    successors: list[SuccessionSide]
    updated_at: datetime

    @property
    def notice(self) -> Notice | None:
        """The notice for callers who use the code of an ended agency; None before its end."""
        if self.valid_until is None or self.as_of < self.valid_until:
            return None
        last_day = self.valid_until - timedelta(days=1)
        successors = [side for side in self.successors if side.effective_on <= self.as_of]
        return Notice("agency_ended", last_day, successors)


async def describe(
    session: AsyncSession, agencies: Sequence[Agency], *, day: date
) -> list[AgencyView]:
    """The agencies as of *day*, in three statements however many there are."""
    ids = [agency.id for agency in agencies]
    successions = await list_successions(session, agency_ids=ids, in_force=True)
    known = await queries.names_of(session, _all_ids(agencies, successions))
    labels = {agency_id: known.label(agency_id, day) for agency_id in known.codes}
    aliases = await queries.list_aliases(session, ids)
    before, after = (defaultdict[uuid.UUID, list[Succession]](list) for _ in range(2))
    for row in successions:
        after[row.predecessor_id].append(row)
        if row.successor_id is not None:
            before[row.successor_id].append(row)
    return [
        AgencyView(
            id=agency.id,
            code=agency.code,
            identifier=agency.identifier,
            identifier_source=agency.identifier_source,
            as_of=day,
            exists=exists_on(agency, day),
            name=labels[agency.id].name,
            short_name=labels[agency.id].short_name,
            names=known.names[agency.id],
            aliases=aliases[agency.id],
            kind=agency.kind,
            parent=None if agency.parent_id is None else labels[agency.parent_id],
            valid_from=agency.valid_from,
            valid_until=agency.valid_until,
            unit_code=agency.unit_code,
            certainty=agency.certainty,
            predecessors=[_side(row, labels.get(row.predecessor_id)) for row in before[agency.id]],
            successors=[
                _side(row, None if row.successor_id is None else labels[row.successor_id])
                for row in after[agency.id]
            ],
            updated_at=agency.updated_at,
        )
        for agency in agencies
    ]


class Lived(Protocol):
    """Whatever has the days of an agency: the first one, and the first one after its end."""

    @property
    def valid_from(self) -> date | None:
        """The first day, None where it is not known."""

    @property
    def valid_until(self) -> date | None:
        """The first day on which it exists no longer, None while it does."""


def exists_on(agency: Lived, day: date) -> bool:
    """True if *day* is from the agency's first day on and before the day on which it ended."""
    begun = agency.valid_from is None or agency.valid_from <= day
    return begun and (agency.valid_until is None or day < agency.valid_until)


def _all_ids(agencies: Iterable[Agency], successions: Iterable[Succession]) -> set[uuid.UUID]:
    ids = {agency.id for agency in agencies}
    ids |= {agency.parent_id for agency in agencies if agency.parent_id is not None}
    for row in successions:
        ids.add(row.predecessor_id)
        if row.successor_id is not None:
            ids.add(row.successor_id)
    return ids


def _side(row: Succession, agency: AgencyLabel | None) -> SuccessionSide:
    return SuccessionSide(
        agency=agency,
        effective_on=row.effective_on,
        kind=row.kind,
        scope=row.scope,
        basis=row.basis,
        certainty=row.certainty,
    )
