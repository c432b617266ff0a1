"""Labels in answers: agencies by their name of a day, and collectives."""

import uuid
from collections.abc import Iterable
from datetime import date
from typing import TypeVar

from sqlmodel.ext.asyncio.session import AsyncSession

from app.clock import local_day, utc_now
from app.queries.plans.tasks import collective_names
from app.queries.registry import agencies
from app.schemas.plans import AgencyLabelOut
from app.schemas.substitutions import CollectiveLabelOut

LabelledIds = Iterable[uuid.UUID | None]
Label = TypeVar("Label")


class Labels(dict[uuid.UUID, Label]):
    """The labels that one answer needs, by id; KeyError for one that was not collected."""

    def optional(self, row_id: uuid.UUID | None) -> Label | None:
        """The label of a row, or None where none is named."""
        return None if row_id is None else self[row_id]


AgencyLabels = Labels[AgencyLabelOut]
CollectiveLabels = Labels[CollectiveLabelOut]


async def agency_labels(
    session: AsyncSession, *ids: LabelledIds, day: date | None = None
) -> AgencyLabels:
    """The labels of all agencies with these *ids*, by their names of *day*, by default today."""
    found = await agencies.agency_names(session, _wanted(ids), day=day or local_day(utc_now()))
    return Labels({row.id: AgencyLabelOut.model_validate(row) for row in found.values()})


async def collective_labels(session: AsyncSession, *ids: LabelledIds) -> CollectiveLabels:
    """The labels of all collectives with these *ids*."""
    found = await collective_names(session, _wanted(ids))
    return Labels({row.id: CollectiveLabelOut.model_validate(row) for row in found.values()})


def _wanted(ids: Iterable[LabelledIds]) -> set[uuid.UUID]:
    return {one for some in ids for one in some if one is not None}
