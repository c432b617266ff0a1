"""Counting submissions as of a day, by going through them: those of a plan, or of any part.

`reporting_tree` has the rules by which one counts. docs/sql/figures/ has the statements written
out.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any, Literal

import sqlalchemy as sa

from app.queries.figures.groupings import GROUPINGS as OF_ASSIGNMENTS
from app.queries.figures.groupings import NAMED, Grouping
from app.queries.figures.reporting_tree import NUMBERS, kind, stated
from app.reading import Sql, fetch

ReportingDivision = Literal["agency", "task", "period", "plan"]
"""The divisions of figures of reporting."""


# Submissions are grouped like their assignments, but by their own periods, and by who owns them.
GROUPINGS: dict[ReportingDivision, Grouping] = {
    "agency": OF_ASSIGNMENTS["agency"]._replace(key="owner_id"),
    "task": OF_ASSIGNMENTS["task"]._replace(key="task_id"),
    "period": Grouping(
        key="period", code="counted.key", label="counted.key", order='counted.key collate "C"'
    ),
    "plan": OF_ASSIGNMENTS["plan"]._replace(key="plan_id"),
}
ASKED_CONDITIONS = {
    "plan_id": "o.plan_id = :plan_id",
    "role": "cast(:role as text) = 'lead'",
    "period": "o.period = :period",
    "is_filed": "(o.attempts > 0) = :is_filed",
}
CONDITIONS = {
    "plan_id": "s.plan_id = :plan_id",
    "role": "s.role = :role",
    "period": "u.period = :period",
    "data_from": "u.data_to >= :data_from",
    "data_to": "u.data_to <= :data_to",
    # A submission that was never filed needs no look for a pending or a negative decision.
    "is_filed": "(u.attempts > 0) = :is_filed",
}
JUDGED = f"""
  select {{key}} as key, {kind("today")} as kind, review, review_since
  from stated where {{owner}}"""
COUNTS = ",\n    ".join(
    [
        *(f"count(*) filter (where {condition}) as {name}" for name, condition in NUMBERS.items()),
        *(
            f"min(review_since) filter (where {NUMBERS[name]}) as {name}_since"
            for name in ("waiting", "returned")
        ),
    ]
)
STATEMENT = """
with {stated}, judged as ({judged}), counted as (
  select key, grouping(key) = 1 as is_total, {counts}
  from judged group by grouping sets ((key), ())
), {named}
select counted.*, null as code, null as label, null as kind, 0 as place from counted where is_total
union all
select * from named where place > :after and place <= :upto
order by place
"""


@dataclass(frozen=True, slots=True)
class ReportingQuery:
    """A request for figures of reporting: the division, the day, the filters by the names in
    `CONDITIONS`, and the page of groups: at most *limit* after the place *after*."""

    by: ReportingDivision
    day: date
    narrowed: Mapping[str, Any]
    after: int
    limit: int


@dataclass(frozen=True, slots=True)
class SubmissionCounts:
    """The number of submissions of each kind (`NUMBERS`) in one group, or in all."""

    key: str | None
    code: str | None
    label: str | None
    kind: str | None
    place: int
    numbers: Mapping[str, int]
    waiting_since: date | None
    returned_since: date | None

    @classmethod
    def of(cls, row: Any) -> "SubmissionCounts":
        """A row of a statement that counts submissions."""
        return cls(
            None if row["key"] is None else str(row["key"]),
            row["code"],
            row["label"],
            row["kind"],
            row["place"],
            {name: int(row[name]) for name in NUMBERS},
            row["waiting_since"],
            row["returned_since"],
        )


async def count_submissions(
    sql: Sql, asked: ReportingQuery
) -> tuple[SubmissionCounts, list[SubmissionCounts]]:
    """Count the total and the groups; one group beyond the limit shows whether more follow."""
    given = {name: value for name, value in asked.narrowed.items() if value is not None}
    parameters = given | {
        "today": asked.day,
        "after": asked.after,
        "upto": asked.after + asked.limit + 1,
    }
    # The best plan depends on the conditions, so the statement is planned for their values.
    rows = await fetch(sql, _statement(asked.by, tuple(given)), parameters, by_value=True)
    # A session's rows name their columns by a mapping of theirs.
    total, *groups = [SubmissionCounts.of(getattr(row, "_mapping", row)) for row in rows]
    return total, groups


@cache
def _statement(by: ReportingDivision, narrowed: tuple[str, ...]) -> sa.TextClause:
    grouping = GROUPINGS[by]
    # A request that asks an agency, and no task, is in no figure by task.
    of_requests = None if by == "task" else _among(ASKED_CONDITIONS, narrowed)
    owner = "owner_id = :agency_id" if "agency_id" in narrowed else "true"
    return sa.text(
        STATEMENT.format(
            stated=stated(of_submissions=_among(CONDITIONS, narrowed), of_requests=of_requests),
            judged=JUDGED.format(key=grouping.key, owner=owner),
            counts=COUNTS,
            named=NAMED.format(**grouping._asdict()),
        )
    )


def _among(conditions: Mapping[str, str], narrowed: tuple[str, ...]) -> str:
    return " and ".join(conditions[name] for name in narrowed if name in conditions) or "true"
