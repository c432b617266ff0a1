"""The latest accepted submission of each assignment, which has its progress."""

import uuid
from collections.abc import Collection
from datetime import date
from functools import cache
from typing import NamedTuple

import sqlalchemy as sa

from app.auth.principal import Principal
from app.models import Outcome
from app.models.base import MAX_PROSE
from app.queries.submissions.submissions import VISIBLE
from app.reading import Sql, fetch

# The day of receipt is the one that the reviewer set right, if there is one.
LATEST = """
select asked.id as assignment_id, found.*
from unnest(cast(:ids as uuid[])) as asked (id)
cross join lateral (
  select submission.id, submission.period, attempt.number,
    coalesce(review.received_on, attempt.received_on) as received_on,
    attempt.content ->> 'outcome' as outcome,
    coalesce(cast(attempt.content ->> 'percent' as integer), 0) as percent,
    left(coalesce(attempt.content ->> 'results', ''), :length) as results
  from submission
  join assignment on assignment.id = submission.assignment_id
  join plan on plan.id = assignment.plan_id
  join submission_attempt attempt on attempt.submission_id = submission.id
  join submission_review review on review.attempt_id = attempt.id
  where submission.assignment_id = asked.id and review.decision = 'accepted'
    and review.decided_on <= :today and {visible}
  order by submission.data_to desc, submission.due_on desc, attempt.number desc limit 1
) found
"""


class AcceptedReport(NamedTuple):
    """The attempt that was accepted last, of the submission of the latest period that has one."""

    id: uuid.UUID
    period: str
    attempt: int
    received_on: date
    outcome: Outcome
    percent: int
    results: str


@cache
def _statement(reads_all: bool) -> sa.TextClause:
    return sa.text(LATEST.format(visible="true" if reads_all else VISIBLE))


async def latest_accepted(
    sql: Sql,
    ids: Collection[uuid.UUID],
    *,
    day: date,
    principal: Principal | None,
    length: int = MAX_PROSE,
) -> dict[uuid.UUID, AcceptedReport]:
    """The latest submission that was accepted by the end of *day*, by assignment, for these
    assignments.

    Only those that the *principal* may read; None: all, for a page that the plan's issuer or
    coordinator opened. Of its text the first *length* characters.
    """
    reads_all = principal is None or principal.reads_all_submissions
    parameters = {"ids": list(ids), "today": day, "length": length}
    if principal is not None and not reads_all:
        parameters["mine"] = principal.agency_id
    rows = await fetch(sql, _statement(reads_all), parameters)
    return {
        row.assignment_id: AcceptedReport(
            row.id,
            row.period,
            row.number,
            row.received_on,
            Outcome(row.outcome),
            row.percent,
            row.results,
        )
        for row in rows
    }
