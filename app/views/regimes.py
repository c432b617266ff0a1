from collections.abc import Sequence
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from app.clock import local_day, utc_now
from app.domain.regimes.fields import rules_of_preset
from app.domain.regimes.presets import PRESETS
from app.models import ReportingRegime
from app.queries.registry import agencies


async def described(
    session: AsyncSession, regimes: Sequence[ReportingRegime]
) -> list[dict[str, Any]]:
    """Regimes as they are answered, with their receivers by name."""
    ids = {regime.receiver_id for regime in regimes if regime.receiver_id is not None}
    labels = await agencies.agency_names(session, ids, day=local_day(utc_now()))
    return [
        regime.model_dump()
        | {"receiver": None if regime.receiver_id is None else labels[regime.receiver_id]}
        for regime in regimes
    ]


def presets() -> list[dict[str, Any]]:
    """What is ready to be taken, as it is answered."""
    return [
        {
            "id": name,
            "name_vi": preset.name.vi,
            "name_en": preset.name.en,
            "source": preset.source,
            **rules_of_preset(name),
        }
        for name, preset in PRESETS.items()
    ]
