"""The standing of every assignment of a plan on a day, with the text that was accepted last on it.

docs/sql/consolidated_reports/ has the statement written out.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa

from app.models import AssigneeRole
from app.queries.figures.status_tree import HELD, judged
from app.queries.figures.timeliness import CALLED_OFF, among
from app.queries.json_shapes import AGENCY_NAME, NAME_OF_DAY
from app.reading import Sql, fetch, read_json


@dataclass(frozen=True, slots=True)
class ReportWindow:
    """The days of a report, inclusive: its data lie from *first* to *last*, what stands is asked
    *as_of* a day, and what was accepted by *frozen_on* is in it."""

    first: date
    last: date
    as_of: date
    frozen_on: date
    due_soon_days: int

    def parameters(self) -> dict[str, Any]:
        """The values by the names that the statements give them."""
        return {
            "first": self.first,
            "before": self.first - timedelta(1),
            "last": self.last,
            "today": self.as_of,
            "frozen_on": self.frozen_on,
            "due_soon_days": self.due_soon_days,
        }


@dataclass(frozen=True, slots=True)
class AssignmentStanding:
    """One assignment on the day: `standing` and `timeliness` as figures count it.

    The last members are of the accepted text, None where there is none: which attempt it is, the
    narrative that it shares with others, who filed it, its period and content.
    """

    assignment_id: uuid.UUID
    task_id: uuid.UUID
    role: AssigneeRole
    occurrence: str
    agency_id: uuid.UUID
    agency_code: str
    agency_name: str
    collective: str | None
    standing: str
    timeliness: str | None
    deadline_on: date | None
    original_deadline_on: date | None
    reported_on: date | None
    completed_on: date | None
    attempt_id: uuid.UUID | None
    narrative_id: uuid.UUID | None
    filed_by: str | None
    period: str | None
    received_on: date | None
    content: Mapping[str, Any] | None


FINAL = ("completed", *CALLED_OFF)
# A text filed on an assignment counts for the one into which that was merged. A text of a period
# that the window cuts counts too: a report in the middle of the year has the text filed for the
# year. The text of an assignment completed within the window may be of the period before: it was
# late, or filed when that period was over.
ACCEPTED = f"""
    select b.id, b.narrative_id, u.period, b.content,
      coalesce(r.received_on, b.received_on) as received_on,
      {AGENCY_NAME} as filed_by
    from submission u
    join submission_attempt b on b.submission_id = u.id
    join submission_review r on r.attempt_id = b.id
    join agency on agency.id = b.agency_id {NAME_OF_DAY}
    where (u.assignment_id = s.assignment_id or u.assignment_id in (
        select a.id from assignment a where a.merged_into_id = s.assignment_id))
      and r.decision = 'accepted' and r.decided_on <= :frozen_on
      and coalesce(r.received_on, b.received_on) <= :today
      and u.data_from <= :last and (u.data_to >= :first
        or s.standing = 'completed' and b.content ->> 'outcome' = 'completed')
    order by u.data_to desc, u.due_on desc, b.number desc, b.id desc limit 1"""
# An assignment closed before the first day was in an earlier report; one that begins after the last
# day will be in a later one.
STANDINGS = sa.text(f"""
with held as (
  select s.*, {judged()}
  from assignment_state s
  where {HELD} and s.plan_id = :plan_id and s.starts_on <= least(cast(:today as date), :last)
    and s.status not in ('merged', 'split')
    and not (s.status in ({among(FINAL)}) and exists (
      select from assignment_state e
       where e.assignment_id = s.assignment_id and e.since <= :before
         and (e.until is null or e.until > :before) and e.status in ({among(FINAL)})))
)
select s.assignment_id, s.task_id, s.role, s.occurrence, s.agency_id, agency.code,
  {AGENCY_NAME}, collective.name, s.standing, s.current, s.deadline_on,
  s.original_deadline_on, s.reported_on, s.completed_on, accepted.id, accepted.narrative_id,
  accepted.filed_by, accepted.period, accepted.received_on, accepted.content
from held s
join task on task.id = s.task_id
join agency on agency.id = s.agency_id {NAME_OF_DAY}
join assignment on assignment.id = s.assignment_id
join assignee on assignee.id = assignment.assignee_id
left join collective on collective.id = assignee.collective_id
left join lateral ({ACCEPTED}) accepted on true
order by task.position, s.role desc, s.occurrence collate "C", agency.code collate "C",
  s.assignment_id
""")


async def standings(sql: Sql, plan_id: uuid.UUID, window: ReportWindow) -> list[AssignmentStanding]:
    """Every assignment that had begun by the day and within the window, and was not closed before
    it, in the plan's order, leads first."""
    given = {"plan_id": plan_id, **window.parameters()}
    return [_standing(row) for row in await fetch(sql, STANDINGS, given)]


def _standing(row: Any) -> AssignmentStanding:
    found: list[Any] = list(row)
    found[2] = AssigneeRole(found[2])
    found[-1] = read_json(found[-1])
    return AssignmentStanding(*found)
