"""The registry in memory while files are imported into it, so that all can be checked first."""

import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlmodel import SQLModel
from sqlmodel.ext.asyncio.session import AsyncSession

from app.documents.files.csv_cells import CsvPlace
from app.domain.records import Note, Subject, record_all
from app.domain.registry.importing.files import ALL
from app.errors import Fault, Text
from app.models import Agency, AgencyName, Collective, CollectiveMember, Succession
from app.queries.registry.whole import whole_registry


@dataclass(frozen=True, slots=True)
class RowCounts:
    """The numbers of rows of one file that were created, changed and left unchanged."""

    created: int
    changed: int
    unchanged: int


@dataclass
class ImportState:
    """All rows of the registry, those that the import adds, and the faults that it found."""

    unread: frozenset[str] = frozenset()
    agencies: dict[str, Agency] = field(default_factory=dict)
    names: dict[uuid.UUID, list[AgencyName]] = field(default_factory=lambda: defaultdict(list))
    aliases: dict[uuid.UUID, set[str]] = field(default_factory=lambda: defaultdict(set))
    collectives: dict[str, Collective] = field(default_factory=dict)
    members: list[CollectiveMember] = field(default_factory=list)
    successions: list[Succession] = field(default_factory=list)
    new: list[SQLModel] = field(default_factory=list)
    """The rows to insert, in an order in which they can be stored."""
    changed: list[Agency | Collective] = field(default_factory=list)
    """The stored rows that the import corrects, be it only by another name of theirs."""
    parents: dict[str, Agency] = field(default_factory=dict)
    """New parents by the agency's code; set once all agencies are stored."""
    identifiers: dict[str, str] = field(default_factory=dict)
    """New identifiers by the agency's code; set last, since two agencies may swap theirs."""
    member_places: dict[uuid.UUID, CsvPlace] = field(default_factory=dict)
    """The memberships that the files name, by id, and their places in the files."""
    notes: list[Note] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    def agency(self, code: str, place: CsvPlace, column: str) -> Agency | None:
        """The agency of *code*, stored or new; an unknown one is a fault of the row."""
        agency = self.agencies.get(code)
        if agency is None and self.unread.isdisjoint({ALL, code}):
            text = Text(f"Không có cơ quan {code}.", f"There is no agency {code}.")
            self.faults.append(place.fault("unknown_agency", text, column=column))
        return agency

    def collective(self, code: str, place: CsvPlace) -> Collective | None:
        """The collective of *code*, stored or new; an unknown one is a fault of the row."""
        collective = self.collectives.get(code)
        if collective is None and self.unread.isdisjoint({ALL, code}):
            text = Text(f"Không có nhóm {code}.", f"There is no collective {code}.")
            self.faults.append(place.fault("unknown_collective", text, column="collective"))
        return collective

    def agencies_by_id(self) -> dict[uuid.UUID, Agency]:
        """All agencies, stored or new."""
        return {agency.id: agency for agency in self.agencies.values()}

    def fault(self, place: CsvPlace, code: str, text: Text, *, column: str | None = None) -> None:
        """Add a fault of a row, which refuses the whole import."""
        self.faults.append(place.fault(code, text, column=column))

    def note(self, action: str, subject: Subject, **detail: Any) -> None:
        """Add an audit entry and event, written when the import is stored."""
        self.notes.append(Note(action, subject, detail))


async def load_registry(session: AsyncSession, unread: frozenset[str]) -> ImportState:
    """The registry as it is stored; *unread* are codes that unreadable rows may have defined."""
    rows = await whole_registry(session)
    state = ImportState(
        unread=unread,
        agencies={row.code: row for row in rows.agencies},
        collectives={row.code: row for row in rows.collectives},
        members=rows.members,
        successions=rows.successions,
    )
    for name in rows.names:
        state.names[name.agency_id].append(name)
    for alias in rows.agency_aliases:
        state.aliases[alias.agency_id].add(alias.alias)
    for wording in rows.collective_aliases:
        state.aliases[wording.collective_id].add(wording.alias)
    return state


async def store_registry(session: AsyncSession, state: ImportState, *, at: datetime) -> None:
    """Store the staged rows with their audit entries and events."""
    for row in state.changed:
        row.updated_at = at
    changing = [state.agencies[code] for code in state.identifiers]
    for agency in changing:
        agency.identifier = None
    # Rows that others refer to go first, and shortened periods before those that follow them.
    await _store(session, [row for row in state.new if isinstance(row, Agency | Collective)])
    for code, parent in state.parents.items():
        state.agencies[code].parent_id = parent.id
    for code, identifier in state.identifiers.items():
        state.agencies[code].identifier = identifier
    await _store(session, [row for row in state.new if not isinstance(row, Agency | Collective)])
    await record_all(session, None, state.notes, at=at)
    await session.flush()


async def _store(session: AsyncSession, rows: Iterable[SQLModel]) -> None:
    session.add_all(rows)
    await session.flush()
