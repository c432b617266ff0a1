import uuid
from collections.abc import Collection, Mapping

from sqlmodel.ext.asyncio.session import AsyncSession

from app.models import RefNoun
from app.queries.external_refs import refs_of
from app.schemas.external_refs import ExternalRefOut

ExternalRefs = Mapping[uuid.UUID, list[ExternalRefOut]]


async def external_refs_out(
    session: AsyncSession, noun: RefNoun, ids: Collection[uuid.UUID]
) -> ExternalRefs:
    """The external references of each row, in order of systems; every id has a list."""
    found = await refs_of(session, noun, ids)
    return {
        row_id: [ExternalRefOut(system=ref["system"], id=ref["id"]) for ref in refs]
        for row_id, refs in found.items()
    }
