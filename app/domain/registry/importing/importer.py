"""Importing the registry's files: an import adds and corrects rows, and never deletes one.

An empty cell leaves the stored value, so that loading a file again does not undo corrections that
were made since. One bad row refuses all files.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from app.domain.acts import Act
from app.domain.handovers.settle import settle
from app.domain.registry.importing import agencies, groups
from app.domain.registry.importing.files import RegistryFiles
from app.domain.registry.importing.state import RowCounts, load_registry, store_registry
from app.errors import Fault, InvalidError, Text
from app.queries.locks import lock_handovers


class RegistryFilesError(InvalidError):
    """Rows that can't be imported; each is named by file, line and reason."""

    code = "bad_registry_files"
    title = Text("Tệp danh mục có lỗi", "Faults in the registry files")

    def __init__(self, faults: Sequence[Fault]) -> None:
        n = len(faults)
        super().__init__(
            Text(
                f"Chưa nhập gì: có {n} chỗ sai trong các tệp.",
                f"Nothing was imported: {n} {'fault' if n == 1 else 'faults'} in the files.",
            ),
            faults,
        )


@dataclass(frozen=True, slots=True)
class RegistryCounts:
    """The counts of the rows of each file."""

    agencies: RowCounts
    collectives: RowCounts
    members: RowCounts
    successions: RowCounts


async def import_registry(
    session: AsyncSession, files: RegistryFiles, *, at: datetime
) -> RegistryCounts:
    """Store the rows of the files; raises `RegistryFilesError` with all faults together."""
    # A refusal rolls back to the savepoint, which also resets the changed rows in memory.
    async with session.begin_nested():
        return await _import(session, files, at)


async def _import(session: AsyncSession, files: RegistryFiles, at: datetime) -> RegistryCounts:
    await lock_handovers(session)
    state = await load_registry(session, files.unread)
    state.faults += files.faults
    counts = RegistryCounts(
        agencies=agencies.stage(state, files.agencies),
        collectives=groups.stage_collectives(state, files.collectives),
        members=groups.stage_members(state, files.members),
        successions=groups.stage_successions(state, files.successions),
    )
    agencies.check_lives(state, files.agencies)
    if state.faults:
        raise RegistryFilesError(state.faults)
    await store_registry(session, state, at=at)
    # An agency whose end comes from a file hands over like any other.
    await settle(Act(session, None, at))
    return counts
