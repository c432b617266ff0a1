"""Importing the registry's files: it adds and corrects, and never erases what is stored.

An empty cell leaves what is there, so that a file loaded again changes nothing of what was entered
since by other ways. One bad row, and nothing of any file is stored.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from app.domain.acts import Act
from app.domain.handovers.settle import settle
from app.domain.registry.importing import agencies, groups
from app.domain.registry.importing.files import RegistryFiles
from app.domain.registry.importing.state import RowCounts, load_registry, store_registry
from app.errors import InvalidError, Text
from app.queries.locks import lock_handovers


class RegistryFilesError(InvalidError):
    """Rows that can't be imported; each is named by file, line and reason."""

    code = "bad_registry_files"
    title = Text("Tệp danh mục có lỗi", "Faults in the registry files")


@dataclass(frozen=True, slots=True)
class RegistryCounts:
    """What became of the rows of each file."""

    agencies: RowCounts
    collectives: RowCounts
    members: RowCounts
    successions: RowCounts


async def import_registry(
    session: AsyncSession, files: RegistryFiles, *, at: datetime
) -> RegistryCounts:
    """Store what the files say; all their faults are refused together, before anything is."""
    # On a refusal the rows in memory go back to what they were, with the savepoint.
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
        n = len(state.faults)
        raise RegistryFilesError(
            Text(
                f"Chưa nhập gì: có {n} chỗ sai trong các tệp.",
                f"Nothing was imported: {n} {'fault' if n == 1 else 'faults'} in the files.",
            ),
            tuple(state.faults),
        )
    await store_registry(session, state, at=at)
    # Whatever way an agency's end was entered, what it leaves goes the same way.
    await settle(Act(session, None, at))
    return counts
