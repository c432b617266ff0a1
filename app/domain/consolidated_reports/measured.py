"""The values of a plan's indicators in a report's period and since the plan's beginning."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from app.domain.consolidated_reports.content import MeasuredIndicator
from app.domain.evaluation.measured_periods import Span, span_in
from app.domain.evaluation.values import achievement
from app.models import Plan
from app.models.indicator import MEASURED_PERIOD
from app.queries.evaluation import indicators as queries
from app.queries.lists import PageRequest

CALENDAR_PERIOD = re.compile(MEASURED_PERIOD)
"""The periods in which indicators are measured."""


@dataclass(frozen=True, slots=True)
class Measured:
    """The choice of a plan's indicators: the period, the day by which values count, the tasks with
    their ordinals, and the agency where a report is of one agency alone."""

    period: str | None
    day: date
    ordinals: Mapping[UUID, str]
    own: UUID | None


async def measured(session: AsyncSession, plan: Plan, asked: Measured) -> list[MeasuredIndicator]:
    """Every indicator that was still measured on the day, by the sums that the API answers.

    A report without such a period has the values since the plan's beginning alone.
    """
    day, ordinals, period = asked.day, asked.ordinals, asked.period
    rows = [
        row
        for row in await queries.indicators_of_plan(session, plan.id, day=day)
        if row.task_id in ordinals
    ]
    targets = await queries.targets_of(session, [row.id for row in rows], day=day)
    within = period if period and CALENDAR_PERIOD.match(period) else None
    span = None if within is None else await span_in(session, plan, within)
    found = []
    for row in rows:
        aims = {one.period: one.value for one in targets[row.id]}
        reached = await _total(session, row.id, asked, None)
        now = ever = achievement(reached, aims.get(None), row.decimals)
        if span is not None:
            reached = await _total(session, row.id, asked, span)
            now = achievement(reached, aims.get(within), row.decimals)
        found.append(
            MeasuredIndicator(
                id=row.id,
                task_ordinal=ordinals[row.task_id],
                name=row.name,
                unit=row.unit,
                reached=now["numerator"],
                target=now["base"],
                percent=now["percent"],
                reached_in_all=ever["numerator"],
                target_in_all=ever["base"],
                percent_in_all=ever["percent"],
            )
        )
    return found


async def _total(
    session: AsyncSession, indicator_id: UUID, asked: Measured, span: Span | None
) -> Decimal:
    filters: dict[str, Any] = {"indicator": indicator_id, "day": asked.day}
    if span is not None:
        filters |= {"first_day": span.first, "last_day": span.last}
    if asked.own is not None:
        filters["agency"] = asked.own
    page = PageRequest(filters, queries.VALUES.default, None, 1)
    return await queries.total_of(session, page, day=asked.day)
