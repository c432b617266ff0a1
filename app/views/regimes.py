from collections.abc import Sequence

from sqlmodel.ext.asyncio.session import AsyncSession

from app.domain.regimes.fields import rules_of_preset
from app.domain.regimes.presets import PRESETS
from app.models import ReportingRegime
from app.queries.submissions.effects import SubmissionEffect
from app.schemas.regimes import RegimePresetOut, RegimeSetOut, ReportingRegimeOut
from app.views.labels import agency_labels
from app.views.submission_effects import effects_out


async def regimes_out(
    session: AsyncSession, regimes: Sequence[ReportingRegime]
) -> list[ReportingRegimeOut]:
    """Regimes with their receivers by name."""
    labels = await agency_labels(session, (regime.receiver_id for regime in regimes))
    return [
        ReportingRegimeOut.of(row, receiver=labels.optional(row.receiver_id)) for row in regimes
    ]


async def set_out(
    session: AsyncSession,
    regime: ReportingRegime,
    effects: Sequence[SubmissionEffect],
    *,
    dry_run: bool,
) -> RegimeSetOut:
    """The regime that was or would be set, with its effects on the submissions owed."""
    [row] = await regimes_out(session, [regime])
    seen = await effects_out(session, effects)
    return RegimeSetOut.of(row, dry_run=dry_run, submission_effects=seen)


def presets_out() -> list[RegimePresetOut]:
    """The regimes that are ready to be taken, with all their rules."""
    return [
        RegimePresetOut.model_validate(
            {
                "id": name,
                "name_vi": preset.name.vi,
                "name_en": preset.name.en,
                "source": preset.source,
                **rules_of_preset(name),
            }
        )
        for name, preset in PRESETS.items()
    ]
