"""Reading external references: rows by the id of another system, and those ids of rows."""

import uuid

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.models import ExternalRef, RefNoun

KNOWN_AS = """{row_id} = (select e.{noun}_id from external_ref e
  where e.{noun}_id is not null and e.system = split_part(:external_ref, ':', 1)
    and e.external_id = substr(:external_ref, strpos(:external_ref, ':') + 1))"""


def known_as(noun: str, row_id: str) -> str:
    """The condition that a row is the one to which `:external_ref` (system:id) leads."""
    return KNOWN_AS.format(noun=noun, row_id=row_id)


async def find_row(
    session: AsyncSession, noun: RefNoun, system: str, external_id: str
) -> uuid.UUID | None:
    """The id of the row that a system knows by an id, visible or not; None if there is none."""
    column = getattr(ExternalRef, f"{noun}_id")
    rows = await session.exec(
        select(column).where(
            col(ExternalRef.system) == system,
            col(ExternalRef.external_id) == external_id,
            col(column).is_not(None),
        )
    )
    return rows.one_or_none()


async def get_ref(
    session: AsyncSession, noun: RefNoun, row_id: uuid.UUID, system: str
) -> ExternalRef | None:
    """A row's reference in a system, or None."""
    rows = await session.exec(
        select(ExternalRef).where(
            col(getattr(ExternalRef, f"{noun}_id")) == row_id, col(ExternalRef.system) == system
        )
    )
    return rows.one_or_none()
