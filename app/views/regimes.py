from collections.abc import Sequence

from sqlmodel.ext.asyncio.session import AsyncSession

from app.domain.regimes.fields import rules_of_preset
from app.domain.regimes.presets import PRESETS
from app.models import Channel, ReportingRegime
from app.schemas.regimes import RegimePresetOut, ReportingRegimeOut
from app.views.labels import agency_labels


async def regimes_out(
    session: AsyncSession, regimes: Sequence[ReportingRegime]
) -> list[ReportingRegimeOut]:
    """Regimes with their receivers by name."""
    labels = await agency_labels(session, (regime.receiver_id for regime in regimes))
    return [
        ReportingRegimeOut(
            frequency=row.frequency,
            data_window=row.data_window,
            week_starts_on=row.week_starts_on,
            window_starts=row.window_starts,
            window_year_offset=row.window_year_offset,
            due_kind=row.due_kind,
            due_month_offset=row.due_month_offset,
            due_day=row.due_day,
            due_is_strict=row.due_is_strict,
            due_working_days=row.due_working_days,
            due_roll=row.due_roll,
            id=row.id,
            effective_from=row.effective_from,
            coordinating_agencies_report=row.coordinating_agencies_report,
            name=row.name,
            content_kind=row.content_kind,
            content=row.content,
            reporters=row.reporters,
            receiver=labels.optional(row.receiver_id),
            channels=[Channel(channel) for channel in row.channels],
            outline=row.outline,
            forms=row.forms,
            guidance=row.guidance,
            basis=row.basis,
            preset=row.preset,
            replaced_at=row.replaced_at,
        )
        for row in regimes
    ]


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
