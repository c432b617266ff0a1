from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.principal import Principal
from app.clock import local_day, utc_now
from app.domain.evaluation import indicators as domain
from app.models import Indicator, IndicatorValue, Plan
from app.queries.evaluation import indicators as queries
from app.queries.registry import agencies


def given(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a body as the verbs take them: targets with exact decimals."""
    targets = [
        domain.IndicatorAim(
            one.get("period"), None if one["value"] is None else Decimal(one["value"])
        )
        for one in fields.get("targets", ())
    ]
    return {**fields, "targets": targets} if "targets" in fields else dict(fields)


async def described(
    session: AsyncSession, principal: Principal, plan: Plan, indicators: Sequence[Indicator]
) -> list[dict[str, Any]]:
    """Indicators of one plan as they are answered, with the targets that hold."""
    await session.flush()
    targets = await queries.targets_of(session, [one.id for one in indicators])
    return [
        one.model_dump()
        | {
            "targets": [
                row.model_dump() | {"value": domain.exact(row.value)}
                for row in targets[one.id]
                if row.value is not None
            ],
            "allowed_actions": domain.allowed_actions(principal, one, plan),
        }
        for one in indicators
    ]


async def values_out(
    session: AsyncSession, values: Sequence[IndicatorValue]
) -> list[dict[str, Any]]:
    """What was reached as it is answered."""
    ids = {value.agency_id for value in values}
    labels = await agencies.agency_names(session, ids, day=local_day(utc_now()))
    return [
        value.model_dump() | {"value": domain.exact(value.value), "agency": labels[value.agency_id]}
        for value in values
    ]


async def achievement(
    session: AsyncSession, indicator: Indicator, total: Decimal, *, period: str | None, day: date
) -> dict[str, Any]:
    """A sum against the target that held on *day*, of the period or of the whole plan."""
    targets = await queries.targets_of(session, [indicator.id], day=day)
    aimed = {row.period: row.value for row in targets[indicator.id]}
    return domain.achievement(total, aimed.get(period))
