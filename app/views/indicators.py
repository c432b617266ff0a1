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
from app.queries.plans import tasks
from app.queries.plans.plans import visible_plan_id
from app.schemas.assignments import TaskLabelOut
from app.schemas.indicators import (
    AchievementOut,
    IndicatorOut,
    IndicatorValueOut,
    PlanIndicatorOut,
    TargetOut,
    TaskGroupLabelOut,
    YearAchievementOut,
)
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
        IndicatorOut.of(
            one,
            targets=[
                TargetOut.of(row, value=domain_values.exact(row.value, one.decimals))
                for row in targets[one.id]
                if row.value is not None
            ],
            allowed_actions=domain.allowed_actions(principal, one, plan),
        )
        for one in indicators
    ]


async def indicator_out(
    session: AsyncSession, principal: Principal, plan: Plan, indicator: Indicator
) -> IndicatorOut:
    """One indicator with the targets that hold."""
    return (await indicators_out(session, principal, plan, [indicator]))[0]


async def plan_indicators_out(
    session: AsyncSession, plan: Plan, *, day: date
) -> list[PlanIndicatorOut]:
    """All indicators of a plan, in its order, with the values reached by *day*."""
    rows = await queries.indicators_of_plan(session, plan.id, day=day)
    targets = await queries.targets_of(session, [one.id for one in rows], day=day)
    totals = await queries.totals_of_plan(session, plan.id, day=day)
    of_plan = {task.id: task for task in await tasks.list_tasks(session, visible_plan_id(plan))}
    groups = {group.id: group for group in await tasks.list_groups(session, visible_plan_id(plan))}
    answers = []
    for one in rows:
        task = of_plan[one.task_id]
        aimed = {row.period: row.value for row in targets[one.id] if row.value is not None}
        reached = totals.get(one.id, {})
        group = groups[task.task_group_id] if task.task_group_id else None
        answers.append(
            PlanIndicatorOut.of(
                one,
                task=TaskLabelOut.of(task),
                task_group=None if group is None else TaskGroupLabelOut.of(group),
                total=_achieved(one, reached, aimed, None),
                years=[
                    YearAchievementOut(
                        period=year, **_achieved(one, reached, aimed, year).model_dump()
                    )
                    for year in sorted({*_years(reached), *_years(aimed)})
                ],
            )
        )
    return answers


def _years(periods: Mapping[str | None, Decimal]) -> set[str]:
    """The years among periods."""
    return {one for one in periods if one is not None and one.isdigit()}


def _achieved(
    indicator: Indicator,
    reached: Mapping[str | None, Decimal],
    aimed: Mapping[str | None, Decimal],
    period: str | None,
) -> AchievementOut:
    found = domain_values.achievement(
        reached.get(period, Decimal(0)), aimed.get(period), indicator.decimals
    )
    return AchievementOut.model_validate(found)


async def values_out(
    session: AsyncSession, indicator: Indicator, values: Sequence[IndicatorValue]
) -> list[IndicatorValueOut]:
    """Values that agencies reached of an indicator, exact to the last digit."""
    labels = await agency_labels(session, (value.agency_id for value in values))
    return [
        IndicatorValueOut.of(
            value,
            value=domain_values.exact(value.value, indicator.decimals),
            agency=labels[value.agency_id],
        )
        for value in values
    ]


async def achievement_out(
    session: AsyncSession, indicator: Indicator, total: Decimal, *, period: str | None, day: date
) -> AchievementOut:
    """A sum against the target that held on *day*, of the period or of the whole plan."""
    targets = await queries.targets_of(session, [indicator.id], day=day)
    aimed = {row.period: row.value for row in targets[indicator.id]}
    found = domain_values.achievement(total, aimed.get(period), indicator.decimals)
    return AchievementOut.model_validate(found)
