"""The figures of reporting over all plans: from the sums that are kept, and from the rows of what
changed since they were folded.

One statement reads both, so that they are of one moment, and says whether the sums are laid out.
Where they are not, a second statement goes through all rows: it is slower, and its numbers are the
same. What waits, or is returned, since when is read from the spans of the day.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

import sqlalchemy as sa

from app.models import EVERY_AGENCY, EVERY_PERIOD, NOBODY, AssigneeRole
from app.queries.figures.groupings import NAMED, ProvinceDivision
from app.queries.figures.province import (
    AFTER,
    IN_PLANS,
    IN_ROLE,
    IS_OF_PLANS,
    ISSUED_ON,
    PARTS,
    PARTS_ASKED,
    ROLES,
    Scope,
    Statements,
    ask,
    both,
)
from app.queries.figures.reporting import GROUPINGS, SubmissionCounts
from app.queries.figures.reporting_sums import HOLDS, OWNER, REPORTS_OF
from app.queries.figures.reporting_tree import KINDS, NUMBERS, kind, stated
from app.queries.figures.status_tree import held
from app.queries.figures.timeliness import TODAY
from app.reading import Sql

NAMES = ", ".join(NUMBERS)
IS_LAID_OUT = "(select exists (select from figure_basis)) as is_laid_out"
IN_PART = f"""
  (cast(:agency_id as uuid) = '{EVERY_AGENCY}' or r.agency_id = :agency_id)
  and (cast(:period as text) = '{EVERY_PERIOD}' or r.period = :period)
  and {IN_ROLE.format(row="r")} and {IN_PLANS.format(row="r")}"""
OF_DAY = ", ".join(name if name != "agency_id" else f"{OWNER} as agency_id" for name in HOLDS)
STATED = f"select {OF_DAY}, 1 as weight from stated"
# A report that changed since the last folding is subtracted as it was and added as it is.
UNFOLDED = f"""touched as materialized ({REPORTS_OF.format(log="reporting_change")}
), {
    stated(
        joined=("join touched on touched.id = u.id", "join touched on touched.id = o.id"),
    )
}, changed as materialized (
  {STATED}
  union all
  select {", ".join(HOLDS)}, -1 from reporting_span s
   where {held()} and s.report_id in (select id from touched)
)"""
COUNTED_ALL = f"{stated()}, changed as materialized ({STATED})"
"""SQL of `changed` where no sums are laid out: all reports count as changed."""
ADDED = ", ".join(
    f"coalesce(sum(weight) filter (where {condition}), 0) as {name}"
    for name, condition in NUMBERS.items()
)
CHANGES = f"""
  select {{key}} as key, {ADDED} from (
    select *, {kind(TODAY)} as kind from changed r where {IN_PART} offset 0
  ) r group by 1"""
SUMMED = f"""
  select cell.key, {NAMES}
  from {{cells}}
  cross join {PARTS}
  cross join lateral (
    select * from {{table}} f
    where {{alike}} and f.period = cell.period and f.role = role.role
      and f.plan_closed = of_plans.plan_closed and f.since <= {TODAY}
    order by f.since desc limit 1
  ) f
  where {PARTS_ASKED}"""
OF_AGENCIES = SUMMED.format(
    cells="cell", table="reporting_figure", alike="f.agency_id = cell.agency_id"
)
# The reports that wait on the day and changed since the last folding, as they are now.
REVIEWED_SINCE = f"""
  select {{key}} as key, r.plan_id, r.review, r.review_since from changed r
   where r.review_since is not null and r.weight > 0 and {IN_PART}"""
# The index of what waits has all that is asked of it here: the other role is not even looked at.
REVIEWED_BEFORE = f"""
  select {{key}} as key, r.plan_id, r.review, r.review_since
  from {ROLES}
  cross join lateral (
    select s.report_id, s.plan_id, s.agency_id, s.period, s.role, s.plan_closed, s.review,
      s.review_since
    from reporting_span s
    where s.review_since is not null and s.role = role.role
      and daterange(s.since, s.until) @> {TODAY} offset 0
  ) r
  where {IN_ROLE.format(row="role")} and {IN_PART}
    and r.report_id not in (select id from touched)"""
SINCES = ", ".join(
    f"min(review_since) filter (where review = '{name}') as {name}_since"
    for name in ("waiting", "returned")
)
NO_NUMBERS = ", ".join("0" for _ in NUMBERS)
NO_SINCES = "cast(null as date) as waiting_since, cast(null as date) as returned_since"
SUMS = (
    ", ".join(f"coalesce(sum({name}), 0)::bigint as {name}" for name in NUMBERS)
    + ", min(waiting_since) as waiting_since, min(returned_since) as returned_since"
)
ALL_KINDS = " + ".join(KINDS)
CELLS: dict[ProvinceDivision, tuple[str, str]] = {
    "agency": (
        f"""
  select agency.id as key, agency.id as agency_id, cast(:period as text) as period
  from agency where cast(:agency_id as uuid) = '{EVERY_AGENCY}' or agency.id = :agency_id
  union all
  select '{NOBODY}', '{NOBODY}', :period where cast(:agency_id as uuid) = '{EVERY_AGENCY}'""",
        "r.agency_id",
    ),
    "period": (
        f"""
  select known.period as key, cast(:agency_id as uuid) as agency_id, known.period
  from (
    with recursive known (period) as (
      (select f.period from reporting_figure f
        where f.agency_id = :agency_id and f.period > '{EVERY_PERIOD}' order by f.period limit 1)
      union all
      select (select f.period from reporting_figure f
        where f.agency_id = :agency_id and f.period > known.period order by f.period limit 1)
      from known where known.period is not null
    )
    select period from known where period is not null
  ) known
  where :period = '{EVERY_PERIOD}' or known.period = :period""",
        "r.period",
    ),
}
ALL_OF_IT = (
    "select 0 as key, cast(:agency_id as uuid) as agency_id, cast(:period as text) as period"
)


def _part(cells: str, key: str, *, from_sums: bool) -> str:
    """SQL of `part`, rows of numbers by key that are to be added up."""
    reviewed = REVIEWED_SINCE.format(key=key)
    found = f"select *, {NO_SINCES} from ({CHANGES.format(key=key)}) changes"
    if from_sums:
        reviewed += " union all" + REVIEWED_BEFORE.format(key=key)
        found += f" union all select *, {NO_SINCES} from ({OF_AGENCIES}) sums"
    return f"""{UNFOLDED if from_sums else COUNTED_ALL}, cell as ({cells}
), reviewed as materialized ({reviewed}
), part as (
  {found}
  union all select key, {NO_NUMBERS}, {SINCES} from reviewed group by key
)"""


def _groups(from_sums: bool, by: ProvinceDivision) -> str:
    cells, key = CELLS[by]
    shown = f"nullif(key, '{NOBODY}')" if by == "agency" else "key"
    return f"""
with {_part(cells, key, from_sums=from_sums)}, counted as (
  select {shown} as key, is_total, {NAMES}, waiting_since, returned_since
  from (
    select key, grouping(key) = 1 as is_total, {SUMS} from part group by grouping sets ((key), ())
  ) every where is_total or {ALL_KINDS} > 0
), {NAMED.format(**GROUPINGS[by]._asdict())}
select *, {IS_LAID_OUT} from (
  select counted.*, null as code, null as label, null as kind, 0 as place
  from counted where is_total
  union all
  select * from named where place > :after and place <= :upto
) found
order by place
"""


# A whole plan has stored sums, by period; one agency's part in a plan is counted from its spans.
OF_PLAN = SUMMED.format(
    cells="(select 0 as key, cast(:period as text) as period) cell",
    table="plan_reporting_figure",
    alike="f.plan_id = plan.id",
)
OF_PLAN_AND_AGENCY = f"""
  select 0 as key, {ADDED.replace("sum(weight)", "count(*)")} from (
    select *, {kind(TODAY)} as kind from reporting_span r
    where r.plan_id = plan.id and r.agency_id = :agency_id and {held().replace("s.", "r.")}
      and {IN_PART} offset 0
  ) r"""
# An agency has no part in most plans, and the index alone shows that.
HAS_SPANS = """(plan.id in (select key from logged) or exists (
  select from reporting_span own where own.plan_id = plan.id and own.agency_id = :agency_id))"""


def _page_of_plans(from_sums: bool, goes_on: bool, of_agency: bool) -> str:
    plans = f"plan.status <> 'draft' and {AFTER if goes_on else 'true'} and {IS_OF_PLANS}"
    added = ", ".join(f"coalesce(sum({name}), 0)::bigint as {name}" for name in NUMBERS)
    if from_sums:
        kept = OF_PLAN_AND_AGENCY if of_agency else OF_PLAN
        plans += f" and {HAS_SPANS}" if of_agency else ""
        counted = f"""plan cross join lateral (
      select {added} from (
        {kept} union all select 0, {NAMES} from logged where logged.key = plan.id
      ) part
    ) numbers"""
    else:
        counted = "plan join logged on logged.key = plan.id"
    return f"""
with {_part(ALL_OF_IT, "0", from_sums=from_sums)}, logged as materialized (
  {CHANGES.format(key="r.plan_id")}
), page as (
  select plan.id as key, plan.number as code, plan.title as label, {ISSUED_ON} as issued_on, {NAMES}
  from {counted} where {plans} and {ALL_KINDS} > 0
  order by {ISSUED_ON}, plan.id limit :limit + 1
)
select *, {IS_LAID_OUT} from (
  select cast(null as uuid) as key, {SUMS}, null as code, null as label, null as kind, 0 as place,
    null as issued_on
  from part
  union all
  select key, {NAMES}, waiting_since, returned_since, code, label, null,
    row_number() over (order by issued_on, key), issued_on::text
  from page left join (
    select plan_id as key, {SINCES} from reviewed group by plan_id
  ) since using (key)
) found
order by place
"""


GROUPS: dict[ProvinceDivision, Statements] = {by: both(partial(_groups, by=by)) for by in CELLS}
PAGES = {
    (of_agency, goes_on): both(partial(_page_of_plans, goes_on=goes_on, of_agency=of_agency))
    for of_agency in (False, True)
    for goes_on in (False, True)
}


@dataclass(frozen=True, slots=True)
class ReportingAsked:
    """The day, the part and the role (None: both) of figures of reporting, and the limit of the
    groups of one page."""

    day: date
    part: Scope
    role: AssigneeRole | None
    limit: int

    def parameters(self) -> dict[str, Any]:
        """The values by the names that the statements give them."""
        role = None if self.role is None else self.role.value
        return {**self.part.parameters(), "today": self.day, "role": role}


TotalAndGroups = tuple[SubmissionCounts, list[SubmissionCounts]]
PlanPlace = tuple[str, uuid.UUID]
"""The day of issue of a plan, or `infinity`, and its id."""


async def reporting_by(
    sql: Sql, asked: ReportingAsked, by: ProvinceDivision, *, after: int
) -> TotalAndGroups:
    """The total and the groups after a place; one beyond the limit shows whether more follow."""
    given = asked.parameters() | {"after": after, "upto": after + asked.limit + 1}
    rows = await _rows(sql, GROUPS[by], given)
    total, *groups = [SubmissionCounts.of(row) for row in rows]
    return total, groups


async def reporting_of_plans(
    sql: Sql, asked: ReportingAsked, *, after: PlanPlace | None
) -> tuple[TotalAndGroups, PlanPlace | None]:
    """The total of all plans and a page of them in the order of their issue; with the place after
    which the next page begins, if there is one."""
    given: dict[str, Any] = asked.parameters() | {"limit": asked.limit}
    if after is not None:
        given |= {"after_issued_on": after[0], "after_id": after[1]}
    narrowed = asked.part.agency_id is not None, after is not None
    rows = await _rows(sql, PAGES[narrowed], given)
    total, *plans = [SubmissionCounts.of(row) for row in rows]
    goes_on = len(plans) > asked.limit
    last = (rows[asked.limit]["issued_on"], rows[asked.limit]["key"]) if goes_on else None
    return (total, plans[: asked.limit]), last


async def _rows(sql: Sql, statements: Statements, given: Mapping[str, Any]) -> list[Any]:
    rows = await ask(sql, statements, given)
    return [row._mapping if isinstance(row, sa.Row) else row for row in rows]
