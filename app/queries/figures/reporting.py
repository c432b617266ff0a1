"""Counting submissions as of a day: how complete and how timely reporting is, apart from the work.

A submission's state at the end of `:today` comes from rows that are never rewritten: its attempts,
the decisions on them, and the days from which it was expected and waived. It is credited to the
agency that filed it. Until it is filed it is charged to the agency that owed it on its due day, as
`assignment_state` has it for its assignment, however many successors came since; before that day,
to the agency that owes it now. What a document asks of an agency once is counted alike, by the
agency's report: it belongs to no task, and has the role of a lead. docs/sql/figures/ has the
statements written out.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any, Literal

import sqlalchemy as sa
from sqlmodel.ext.asyncio.session import AsyncSession

from app.queries.figures.groupings import GROUPINGS as OF_ASSIGNMENTS
from app.queries.figures.groupings import NAMED, Grouping
from app.queries.figures.status_tree import HELD

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
    # What was never filed is not looked at for what waits or was returned.
    "is_filed": "(u.attempts > 0) = :is_filed",
}
STAYS = """not exists (
      select from submission_move m where m.submission_id = u.id and m.moved_on > :today)"""
# The first move after the day says which assignment a submission belonged to on it.
NEXT_MOVE = """m.moved_on > :today and not exists (
      select from submission_move e where e.submission_id = m.submission_id
         and e.moved_on > :today and (e.moved_on, e.sequence) < (m.moved_on, m.sequence))"""
SUBMISSION = (
    "u.id, u.period, u.due_on, u.waived_on, s.assignment_id, s.plan_id, s.task_id, s.agency_id,"
    " s.status, s.awaits_handover, s.plan_closed"
)
WHERE = "{held} and u.expected_on <= :today and {condition}"
# Assignments of the day, each with its own submissions and those of assignments merged into it.
PLACED = f"""
  select {SUBMISSION}
    from assignment_state s join submission u on u.assignment_id = s.assignment_id
   where {STAYS} and {WHERE}
  union all
  select {SUBMISSION}
    from assignment_state s
    join assignment a on a.merged_into_id = s.assignment_id
    join submission u on u.assignment_id = a.id
   where {STAYS} and {WHERE}
  union all
  select {SUBMISSION}
    from assignment_state s
    join submission_move m on m.from_assignment_id = s.assignment_id
    join submission u on u.id = m.submission_id
   where {NEXT_MOVE} and {WHERE}"""  # noqa: S608 - the same columns thrice
# The last attempt stands until it is returned or withdrawn, and what was accepted before it stands
# all the same; the day of the first that was accepted, or else its own, makes it on time or late.
# The day of receipt is the one that the reviewer set right, if there is one.
STANDS_FILED = """t.decision, t.decided_on, t.received_on,
    case when a.received_on is not null then a.received_on
      when coalesce(t.decision, 'accepted') = 'accepted' then t.received_on end as filed_on,
    coalesce(a.agency_id, t.agency_id) as filed_by_id"""
FILINGS = """
  left join lateral (
    select b.id, b.number, b.agency_id, coalesce(r.received_on, b.received_on) as received_on,
      case when r.decided_on <= :today then r.decision end as decision,
      case when r.decided_on <= :today then r.decided_on end as decided_on
    from {noun}_attempt b left join {noun}_review r on r.attempt_id = b.id
     where b.{noun}_id = p.id and coalesce(r.received_on, b.received_on) <= :today
     order by b.number desc limit 1
  ) t on true
  left join lateral (
    select coalesce(r.received_on, b.received_on) as received_on, b.agency_id
      from {noun}_attempt b
      join {noun}_review r on r.attempt_id = b.id
     where b.{noun}_id = p.id and r.decision = 'accepted' and r.decided_on <= :today
       and t.number > 1
     order by b.number limit 1
  ) a on true"""
STANDING = f"""
  select p.*, w.id is not null as was_waived, {STANDS_FILED}
  from placed p {FILINGS.format(noun="submission")}
  left join submission_waiver w
    on w.submission_id = p.id and w.waived_on <= :today and w.ended_on > :today"""  # noqa: S608 - the same pieces as below
# A request that each agency answers once. Whose it was on the day, or on the due day if that is
# past, is said by the first move after it.
ASKED = f"""
  select p.*, false as was_waived, {STANDS_FILED}
  from (
    select o.id, o.period, o.due_on, o.waived_on, cast(null as uuid) as assignment_id, o.plan_id,
      cast(null as uuid) as task_id, coalesce((
        select m.from_agency_id from agency_report_move m
         where m.agency_report_id = o.id and m.moved_on > least(:today, o.due_on)
         order by m.moved_on, m.id limit 1), o.agency_id) as agency_id,
      'in_progress' as status, false as awaits_handover, exists (
        select from assignment_state s
         where s.plan_id = o.plan_id and {HELD} and s.plan_closed) as plan_closed
    from agency_report o join report_request q on q.id = o.report_request_id
    where q.answered_by = 'agency' and o.expected_on <= :today and {{condition}}
  ) p {FILINGS.format(noun="agency_report")}"""  # noqa: S608 - the same judgement as above
# The assignment with which a submission counted on its due day had the agency that owed it.
OWNED = """
  select p.*,
    case when filed_on is not null then filed_by_id
      when not coalesce(o.awaits_handover, p.awaits_handover)
      then coalesce(o.agency_id, p.agency_id) end as owner_id,
    coalesce(o.awaits_handover, p.awaits_handover) as is_unowned
  from standing p
  left join lateral (
    select o.agency_id, o.awaits_handover from assignment_state o
     where p.filed_on is null and p.due_on <= :today
       and o.since <= p.due_on and (o.until is null or o.until > p.due_on)
       and o.assignment_id = coalesce((
         select m.from_assignment_id from submission_move m
          where m.submission_id = p.id and m.moved_on > p.due_on
          order by m.moved_on, m.sequence limit 1), p.assignment_id)
  ) o on true"""
JUDGED = """
  select {key} as key, decision, decided_on, received_on, filed_on, case
    when waived_on <= :today or was_waived then 'waived'
    when filed_on is not null and due_on > :today then 'filed_early'
    when filed_on <= due_on then 'on_time'
    when filed_on is not null then 'late'
    when is_unowned or plan_closed or status in ('suspended', 'revoked', 'not_applicable', 'split')
    then 'set_aside'
    when due_on > :today then 'not_due'
    when due_on = :today then 'due_today'
    when cast(:today as date) - due_on <= 7 then 'overdue_up_to_7'
    when cast(:today as date) - due_on <= 30 then 'overdue_up_to_30'
    when cast(:today as date) - due_on <= 365 then 'overdue_up_to_365'
    else 'overdue_longer'
  end as kind
  from owned where {owner}"""
KINDS = (
    "waived",
    "filed_early",
    "on_time",
    "late",
    "set_aside",
    "not_due",
    "due_today",
    "overdue_up_to_7",
    "overdue_up_to_30",
    "overdue_up_to_365",
    "overdue_longer",
)
"""Each submission is of one kind; every number of the tree sums kinds, or is in `REVIEWED`."""
STANDS = "filed_on is not null and kind <> 'waived'"
REVIEWED = {
    "waiting": f"{STANDS} and decision is null",
    "accepted": f"{STANDS} and decision is not null",
    "returned": "decision = 'returned' and filed_on is null"
    " and kind not in ('waived', 'set_aside')",
}
NUMBERS = {kind: f"kind = '{kind}'" for kind in KINDS} | REVIEWED
COUNTS = ",\n    ".join(
    [
        *(f"count(*) filter (where {condition}) as {name}" for name, condition in NUMBERS.items()),
        f"min(received_on) filter (where {REVIEWED['waiting']}) as waiting_since",
        f"min(decided_on) filter (where {REVIEWED['returned']}) as returned_since",
    ]
)
STATEMENT = """
with placed as ({placed}), standing as ({standing}{asked}), owned as ({owned}),
judged as ({judged}), counted as (
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


async def count_submissions(
    session: AsyncSession, asked: ReportingQuery
) -> tuple[SubmissionCounts, list[SubmissionCounts]]:
    """Count the total and the groups; one group beyond the limit shows whether more follow."""
    given = {name: value for name, value in asked.narrowed.items() if value is not None}
    parameters = given | {
        "today": asked.day,
        "after": asked.after,
        "upto": asked.after + asked.limit + 1,
    }
    connection = await session.connection()
    rows = await connection.execute(_statement(asked.by, tuple(given)), parameters)
    total, *groups = [
        SubmissionCounts(
            None if row["key"] is None else str(row["key"]),
            row["code"],
            row["label"],
            row["kind"],
            row["place"],
            {name: row[name] for name in NUMBERS},
            row["waiting_since"],
            row["returned_since"],
        )
        for row in rows.mappings()
    ]
    return total, groups


@cache
def _statement(by: ReportingDivision, narrowed: tuple[str, ...]) -> sa.TextClause:
    grouping = GROUPINGS[by]
    placed = PLACED.format(held=f"({HELD})", condition=_among(CONDITIONS, narrowed))
    # What no task asks for is in no figure by task.
    asked = ASKED.format(condition=_among(ASKED_CONDITIONS, narrowed))
    asked = "" if by == "task" else f" union all {asked}"
    owner = "owner_id = :agency_id" if "agency_id" in narrowed else "true"
    return sa.text(
        STATEMENT.format(
            placed=placed,
            standing=STANDING,
            asked=asked,
            owned=OWNED,
            judged=JUDGED.format(key=grouping.key, owner=owner),
            counts=COUNTS,
            named=NAMED.format(**grouping._asdict()),
        )
    )


def _among(conditions: Mapping[str, str], narrowed: tuple[str, ...]) -> str:
    return " and ".join(conditions[name] for name in narrowed if name in conditions) or "true"
