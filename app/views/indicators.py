from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.principal import Principal
from app.domain.evaluation import indicators as domain
from app.domain.evaluation import values as domain_values
from app.models import Indicator, IndicatorValue, Plan
from app.queries.evaluation import indicators as queries
from app.schemas.indicators import AchievementOut, IndicatorOut, IndicatorValueOut, TargetOut
from app.views.labels import agency_labels


def fields_given(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a body as the verbs take them: targets with exact decimals."""
    targets = [
        domain.IndicatorAim(
            one.get("period"), None if one["value"] is None else Decimal(one["value"])
        )
        for one in fields.get("targets", ())
    ]
    return {**fields, "targets": targets} if "targets" in fields else dict(fields)


async def indicators_out(
    session: AsyncSession, principal: Principal, plan: Plan, indicators: Sequence[Indicator]
) -> list[IndicatorOut]:
    """Indicators of one plan with the targets that hold."""
    await session.flush()
    targets = await queries.targets_of(session, [one.id for one in indicators])
    return [
        IndicatorOut(
            id=one.id,
            plan_id=one.plan_id,
            task_id=one.task_id,
            name=one.name,
            unit=one.unit,
            higher_is_better=one.higher_is_better,
            targets=[
                TargetOut(
                    period=row.period,
                    value=domain_values.exact(row.value),
                    number=row.number,
                    set_on=row.set_on,
                )
                for row in targets[one.id]
                if row.value is not None
            ],
            ended_on=one.ended_on,
            end_reason=one.end_reason,
            updated_at=one.updated_at,
            allowed_actions=domain.allowed_actions(principal, one, plan),
        )
        for one in indicators
    ]


async def indicator_out(
    session: AsyncSession, principal: Principal, plan: Plan, indicator: Indicator
) -> IndicatorOut:
    """One indicator with the targets that hold."""
    return (await indicators_out(session, principal, plan, [indicator]))[0]


async def values_out(
    session: AsyncSession, values: Sequence[IndicatorValue]
) -> list[IndicatorValueOut]:
    """Values that agencies reached, exact to the last digit."""
    labels = await agency_labels(session, (value.agency_id for value in values))
    return [
        IndicatorValueOut(
            id=value.id,
            indicator_id=value.indicator_id,
            assignment_id=value.assignment_id,
            period=value.period,
            number=value.number,
            value=domain_values.exact(value.value),
            note=value.note,
            agency=labels[value.agency_id],
            filed_at=value.filed_at,
            filed_on=value.filed_on,
        )
        for value in values
    ]


async def achievement_out(
    session: AsyncSession, indicator: Indicator, total: Decimal, *, period: str | None, day: date
) -> AchievementOut:
    """A sum against the target that held on *day*, of the period or of the whole plan."""
    targets = await queries.targets_of(session, [indicator.id], day=day)
    aimed = {row.period: row.value for row in targets[indicator.id]}
    return AchievementOut.model_validate(domain_values.achievement(total, aimed.get(period)))
