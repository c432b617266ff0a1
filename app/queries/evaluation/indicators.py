"""Reading the indicators of visible plans, their aims, and the values reported."""

import uuid
from collections.abc import Collection
from dataclasses import replace
from datetime import date
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import distinct_on
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.principal import Principal
from app.errors import Text
from app.models import Assignment, Indicator, IndicatorTarget, IndicatorValue, Plan, Task
from app.queries.assignments.assignments import NO_SUCH_ASSIGNMENT
from app.queries.lists import (
    FoundPage,
    Listing,
    PageRequest,
    SortPart,
    StatementForm,
    list_clauses,
    read_rows,
)
from app.queries.plans.plans import visible_plans
from app.queries.rows import grouped, one_of

NO_SUCH_INDICATOR = Text("Không có chỉ tiêu này.", "There is no such indicator.")
INDICATORS = Listing(
    conditions={
        "task": "indicator.task_id = :task",
        "is_ended": "(indicator.ended_on is not null) = :is_ended",
        "updated_since": "indicator.updated_at >= :updated_since",
    },
    orders={
        "id": (SortPart("indicator.id", "uuid"),),
        "updated_at": (
            SortPart("indicator.updated_at", "timestamptz"),
            SortPart("indicator.id", "uuid"),
        ),
    },
)
VALUES = Listing(
    conditions={
        "indicator": "indicator_value.indicator_id = :indicator",
        "day": "indicator_value.filed_on <= :day",
        # A value that was corrected by that day holds no more.
        "holding_on": "not exists (select from indicator_value n"
        " where n.indicator_id = indicator_value.indicator_id"
        " and n.assignment_id = indicator_value.assignment_id"
        " and n.period = indicator_value.period and n.number > indicator_value.number"
        " and n.filed_on <= :holding_on)",
        "first_day": "indicator_value.first_day >= :first_day",
        "last_day": "indicator_value.last_day <= :last_day",
        "agency": "indicator_value.agency_id = :agency",
    },
    orders={
        "period": (
            SortPart("indicator_value.first_day", "date"),
            SortPart("indicator_value.last_day", "date"),
            SortPart("indicator_value.id", "uuid"),
        ),
        "id": (SortPart("indicator_value.id", "uuid"),),
    },
)
TOTAL = """
with given as (select * from indicator_value where {where})
select coalesce(sum(v.value), 0) from given v
 where not exists (
   select from given whole
    where whole.assignment_id = v.assignment_id and whole.period <> v.period
      and whole.first_day <= v.first_day and whole.last_day >= v.last_day)
"""


# A value that lies within another one's period is not added to it; both are of one year, as every
# period lies in its year.
TOTALS_OF_PLAN = sa.text("""
with given as (
  select v.* from indicator_value v join indicator i on i.id = v.indicator_id
   where i.plan_id = :plan_id and v.filed_on <= :day and not exists (
     select from indicator_value n
      where n.indicator_id = v.indicator_id and n.assignment_id = v.assignment_id
        and n.period = v.period and n.number > v.number and n.filed_on <= :day)
)
select v.indicator_id, left(v.period, 4) as year, sum(v.value) as total
  from given v
 where not exists (
   select from given whole
    where whole.indicator_id = v.indicator_id and whole.assignment_id = v.assignment_id
      and whole.period <> v.period
      and whole.first_day <= v.first_day and whole.last_day >= v.last_day)
 group by grouping sets ((v.indicator_id, left(v.period, 4)), (v.indicator_id))
""")


async def totals_of_plan(
    session: AsyncSession, plan_id: uuid.UUID, *, day: date
) -> dict[uuid.UUID, dict[str | None, Decimal]]:
    """The totals reached by *day*, by indicator of a plan: for each year that has a value, and
    (None) for all years together."""
    given = {"plan_id": plan_id, "day": day}
    found: dict[uuid.UUID, dict[str | None, Decimal]] = {}
    for row in await (await session.connection()).execute(TOTALS_OF_PLAN, given):
        found.setdefault(row.indicator_id, {})[row.year] = row.total
    return found


async def page_of_indicators(session: AsyncSession, asked: PageRequest) -> FoundPage[Indicator]:
    """A page of a task's indicators, and the key after which the next page begins."""
    return await read_rows(session, Indicator, INDICATORS, asked)


async def indicators_of_plan(
    session: AsyncSession, plan_id: uuid.UUID, *, day: date
) -> list[Indicator]:
    """The plan's indicators that were measured on *day*, in the order of its tasks."""
    ended_on = col(Indicator.ended_on)
    rows = await session.exec(
        select(Indicator)
        .join(Task, col(Task.id) == col(Indicator.task_id))
        .where(
            col(Indicator.plan_id) == plan_id,
            sa.or_(ended_on.is_(None), ended_on > day),
        )
        .order_by(col(Task.position), col(Indicator.id))
    )
    return list(rows)


async def get_indicator(
    session: AsyncSession, principal: Principal, indicator_id: uuid.UUID
) -> Indicator:
    """One indicator of a visible plan; raises `NotFoundError`."""
    plan_ids = visible_plans(principal).with_only_columns(col(Plan.id))
    statement = select(Indicator).where(
        col(Indicator.id) == indicator_id, col(Indicator.plan_id).in_(plan_ids)
    )
    return await one_of(session, statement, NO_SUCH_INDICATOR)


async def targets_of(
    session: AsyncSession, indicator_ids: Collection[uuid.UUID], *, day: date | None = None
) -> dict[uuid.UUID, list[IndicatorTarget]]:
    """The last aim of each period, or the last one by *day*; that of the whole plan first."""
    if not indicator_ids:
        return {}
    statement = (
        select(IndicatorTarget)
        .where(col(IndicatorTarget.indicator_id).in_(indicator_ids))
        .ext(distinct_on(col(IndicatorTarget.indicator_id), col(IndicatorTarget.period)))
        .order_by(
            col(IndicatorTarget.indicator_id),
            col(IndicatorTarget.period).nulls_first(),
            col(IndicatorTarget.number).desc(),
        )
    )
    if day is not None:
        statement = statement.where(col(IndicatorTarget.set_on) <= day)
    return grouped(
        indicator_ids, ((row.indicator_id, row) for row in await session.exec(statement))
    )


async def has_values(session: AsyncSession, indicator_id: uuid.UUID) -> bool:
    """True if a value was ever reported."""
    statement = select(IndicatorValue.id).where(col(IndicatorValue.indicator_id) == indicator_id)
    return (await session.exec(statement.limit(1))).first() is not None


async def lock_measured_assignment(
    session: AsyncSession, indicator: Indicator, assignment_id: uuid.UUID
) -> Assignment:
    """An assignment of the indicator's task, locked until the request ends.

    Its values are so numbered one after another. Raises `NotFoundError`.
    """
    statement = (
        select(Assignment)
        .where(col(Assignment.id) == assignment_id, col(Assignment.task_id) == indicator.task_id)
        .with_for_update(key_share=True)
    )
    return await one_of(session, statement, NO_SUCH_ASSIGNMENT)


async def last_value(
    session: AsyncSession, indicator_id: uuid.UUID, assignment_id: uuid.UUID, period: str
) -> IndicatorValue | None:
    """The value that holds for an assignment in a period, if there is one."""
    statement = (
        select(IndicatorValue)
        .where(
            col(IndicatorValue.indicator_id) == indicator_id,
            col(IndicatorValue.assignment_id) == assignment_id,
            col(IndicatorValue.period) == period,
        )
        .order_by(col(IndicatorValue.number).desc())
        .limit(1)
    )
    return (await session.exec(statement)).first()


async def page_of_values(session: AsyncSession, asked: PageRequest) -> FoundPage[IndicatorValue]:
    """A page of reported values, and the key after which the next page begins."""
    return await read_rows(session, IndicatorValue, VALUES, asked)


async def total_of(session: AsyncSession, asked: PageRequest, *, day: date) -> Decimal:
    """The sum of the values that held on *day*, over all pages of the list.

    A value whose period lies within another value's period of the same assignment is not added.
    """
    asked = replace(asked, filters={**asked.filters, "holding_on": day}, after=None)
    rows = await (await session.connection()).execute(_total(asked.form), asked.parameters())
    total: Decimal = rows.scalar_one()
    return total


def _total(form: StatementForm) -> sa.TextClause:
    return sa.text(TOTAL.format(where=list_clauses(VALUES, form).where))
