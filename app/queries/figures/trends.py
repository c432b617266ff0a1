"""Figures of one day after another: over all plans, or of one plan, by its groups as well."""

import uuid
from collections.abc import Sequence
from datetime import date
from functools import cache
from typing import NamedTuple

import sqlalchemy as sa

from app.queries.figures.groupings import GROUP, GROUPINGS, NAMED, Division
from app.queries.figures.plan import AsOf
from app.queries.figures.province import IN_PART, IS_LAID_OUT, Scope, ask, both, numbers
from app.queries.figures.status_tree import ALL, COUNTS, SUMS, TREE, held, judged
from app.queries.json_shapes import list_of
from app.reading import Sql, fetch

# Each day is answered once, with zeros where nothing held on it.
DAYS = """
  select day as key, cast(:agency_id as uuid) as agency_id, cast(:period as text) as occurrence,
    day as today
  from unnest(cast(:days as date[])) day
"""


def _numbers_of_days(from_sums: bool) -> str:
    every_day = "join cell day on true"
    return numbers(DAYS, from_sums=from_sums, key="day.today", days=every_day, today="day.today")


SERIES = both(
    lambda from_sums: (
        f"""
{_numbers_of_days(from_sums)}
select {TREE} as statistics, {IS_LAID_OUT} from (
  select key, {SUMS} from cell left join part using (key) group by key
) counted order by key
"""
    )
)
# Days on which nothing held have no groups, and a total of zeros.
OF_PLAN = f"""
with judged as (
  select day, {{key}} as key, {judged("day")}
  from unnest(cast(:days as date[])) day
  left join assignment_state s on {held("day")} and s.plan_id = :plan_id and {IN_PART}
  {{counted_with}}
  offset 0
), every as (
  select day, key, grouping(key) = 1 as is_total, {COUNTS}
  from judged group by grouping sets ((day, key), (day))
), counted as (select * from every where is_total or {ALL} > 0)
"""
ITS_GROUPS = list_of(GROUP, "named where named.day = counted.day", order_by="place")


@cache
def _of_plan(by: Division | None) -> sa.TextClause:
    if by is None:
        counted, groups = OF_PLAN.format(key="null", counted_with=""), "'null'"
    else:
        grouping = GROUPINGS[by]
        key, joined = grouping.key.replace(":today", "day"), grouping.counted_with
        counted = OF_PLAN.format(key=key, counted_with=joined.replace("join", "left join", 1))
        counted += f", {NAMED.format(**grouping._asdict())}"
        groups = ITS_GROUPS
    return sa.text(
        f"{counted} select {TREE} as statistics, {groups} as groups"
        " from counted where is_total order by day"
    )


class PointFigures(NamedTuple):
    """The JSON texts of one day's figures, and of its groups: null where none were asked for."""

    statistics: str
    groups: str


async def trend_json(
    sql: Sql, as_of: AsOf, part: Scope, days: Sequence[date]
) -> list[PointFigures]:
    """The figures over all issued plans on each of *days*, which are ascending.

    The day of *as_of* is not looked at.
    """
    parameters = {**as_of.parameters(), **part.parameters(), "days": list(days)}
    rows = await ask(sql, SERIES, parameters)
    return [PointFigures(row.statistics, "null") for row in rows]


async def plan_trend_json(
    sql: Sql,
    as_of: AsOf,
    part: Scope,
    days: Sequence[date],
    *,
    plan_id: uuid.UUID,
    by: Division | None = None,
) -> list[PointFigures]:
    """The figures of one plan on each of *days*, which are ascending, and by its groups.

    Groups are named as on the day of *as_of*.
    """
    parameters = {**as_of.parameters(), **part.parameters(), "days": list(days), "plan_id": plan_id}
    rows = await fetch(sql, _of_plan(by), parameters)
    return [PointFigures(row.statistics, row.groups) for row in rows]
