"""Reading submissions with all that a push and an answer need, by one statement.

The rows are plain: what the ORM does for each of them costs more than all that the database does.
"""

import uuid
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import date
from functools import lru_cache
from itertools import accumulate, pairwise
from operator import itemgetter
from typing import Any

import sqlalchemy as sa
from pydantic_core import to_json

from app.auth.principal import Principal
from app.models import AssignmentStatus, PlanStatus, SubmissionStatus
from app.models.base import id_of, id_of_text
from app.queries.json_shapes import AGENCY_NAME, NAME_OF_DAY
from app.queries.registry.agencies import AgencyLabel
from app.queries.submissions.case_rows import (
    AssignmentReference,
    HeldAssignment,
    HeldAttempt,
    HeldCase,
    HeldPlan,
    HeldSubmission,
    HeldTask,
    SubmissionKey,
)
from app.queries.submissions.submissions import VISIBLE
from app.reading import Sql, fetch, read_json


def _names(shape: Any) -> list[str]:
    return [one.name for one in fields(shape)] if is_dataclass(shape) else list(shape._fields)


PARTS = (
    ("submission", HeldSubmission),
    ("assignment", HeldAssignment),
    ("task", HeldTask),
    ("plan", HeldPlan),
    ("attempt", HeldAttempt),
)
# To look a word up takes a fifth of what it takes to ask the enumeration.
SUBMISSION_STATUS = {status.value: status for status in SubmissionStatus}
ASSIGNMENT_STATUS = {status.value: status for status in AssignmentStatus}
PLAN_STATUS = {status.value: status for status in PlanStatus}
ENDS = list(accumulate(len(_names(shape)) for _, shape in PARTS))
OF_SUBMISSION, OF_ASSIGNMENT, OF_TASK, OF_PLAN, OF_ATTEMPT = (
    slice(start, end) for start, end in pairwise((0, *ENDS))
)
"""The columns of each part in a row."""
AFTER_PARTS = slice(ENDS[-1], ENDS[-1] + 5)
ID, ATTEMPTS = (_names(HeldSubmission).index(name) for name in ("id", "attempts"))
key_of = itemgetter(
    OF_ASSIGNMENT.start + _names(HeldAssignment).index("agency_id"),
    OF_ASSIGNMENT.start + _names(HeldAssignment).index("id"),
    _names(HeldSubmission).index("period"),
)
"""The key of the submission that a row holds."""
ELSEWHERE = {
    "submission.row_state": "submission.xmin",
    "submission.draft": "own_draft.content",
    "submission.drafted_by_id": "own_draft.drafted_by_id",
    "submission.draft_narrative_id": "own_draft.narrative_id",
    "submission.draft_sources": "own_draft.sources",
    "submission.drafted_at": "own_draft.updated_at",
    "submission.draft_state": "own_draft.state",
}
"""Columns that are another's, or have another name, than the field of a row that holds them."""


def _columns(name: str, shape: Any) -> list[str]:
    columns = [f"{name}.{column}" for column in _names(shape)]
    return [ELSEWHERE.get(column, column) for column in columns]


COLUMNS = ", ".join(column for name, shape in PARTS for column in _columns(name, shape))
LABEL = f"json_build_array(agency.id, agency.code, {AGENCY_NAME})"
ANSWERED = f"""
  (select {LABEL} from agency {NAME_OF_DAY} where agency.id = assignment.agency_id),
  case when own_draft.drafted_by_id is not null
    then (select {LABEL} from agency {NAME_OF_DAY} where agency.id = own_draft.drafted_by_id) end,
  (select json_agg(json_build_object('system', e.system, 'id', e.external_id) order by e.system)
     from external_ref e where e.submission_id = submission.id)
"""
# The regime in force on the first day of the period counts; before the first regime, the first.
WANTS = """
  (select g.wants from reporting_regime g
    where g.plan_id = plan.id and g.replaced_at is null
    order by g.effective_from > submission.data_from, abs(g.effective_from - submission.data_from)
    limit 1)
"""
# The attempt is looked up for each row of the answer: PostgreSQL may read those of all submissions
# beside their index otherwise.
JOINED = """
join task on task.id = assignment.task_id
join plan on plan.id = assignment.plan_id
left join lateral (
  select * from submission_attempt t
   where t.submission_id = submission.id and t.number = submission.attempts offset 0
) attempt on true
"""
# Rows are locked in order of ids, and an assignment before its submissions, so that no two
# requests wait for each other.
HELD = f"""
select {COLUMNS}, report_request.questions, {WANTS}, {{answered}}
from unnest(
  cast(:agencies as uuid[]), cast(:assignments as uuid[]), cast(:periods as text[])
) as asked (agency_id, assignment_id, period)
join assignment on assignment.id = asked.assignment_id and assignment.agency_id = asked.agency_id
join submission on submission.assignment_id = asked.assignment_id
  and submission.period = asked.period
{JOINED}
left join report_request on report_request.id = submission.report_request_id
left join drafts_of(cast(:agencies as uuid[])) own_draft on own_draft.submission_id = submission.id
{{lock}}
"""
LOCK = "order by assignment.id, submission.id for no key update of assignment, submission"
LATEST = sa.text(f"""
select {", ".join(f"attempt.{name}" for name in _names(HeldAttempt))}, submission.id
from submission join submission_attempt attempt
  on attempt.submission_id = submission.id and attempt.number = submission.attempts
where submission.id = any(:ids)
""")


@lru_cache(maxsize=8)
def _held(is_answered: bool, is_locked: bool) -> sa.TextClause:
    answered = ANSWERED if is_answered else "null, null, null"
    return sa.text(HELD.format(answered=answered, lock=LOCK if is_locked else ""))


async def submission_cases(
    sql: Sql,
    keys: Collection[SubmissionKey],
    *,
    day: date,
    lock: bool,
    answered: bool = False,
) -> "HeldCases":
    """The submissions with these keys, of the agency that the key names; *lock*: until the
    transaction ends.

    A key without such a submission is missing from the answer. *answered*: with the names of
    agencies on *day* and the external references, which an answer shows.
    """
    parameters: dict[str, Any] = {
        "agencies": [key.agency_id for key in keys],
        "assignments": [key.assignment_id for key in keys],
        "periods": [key.period for key in keys],
    }
    if answered:
        parameters["today"] = day
    rows = [tuple(row) for row in await fetch(sql, _held(answered, lock), parameters)]
    # A row that we waited for is as it is now; what was filed meanwhile only another statement
    # sees.
    stale = [row[ID] for row in rows if (row[OF_ATTEMPT.start] or 0) != row[ATTEMPTS]]
    latest = await fetch(sql, LATEST, {"ids": stale}) if stale else ()
    return HeldCases(rows, {row[-1]: _attempt(tuple(row)[:-1]) for row in latest})


class HeldCases(Mapping[SubmissionKey, HeldCase]):
    """Held submissions by their keys, each made of its row when it is first asked for.

    Two submissions of one assignment share it, so that both change it.
    """

    def __init__(
        self, rows: Sequence[tuple[Any, ...]], latest: Mapping[uuid.UUID, HeldAttempt]
    ) -> None:
        """*latest*: the attempts, by submission, that were made while a row was waited for."""
        self._rows = {SubmissionKey(*key_of(row)): row for row in rows}
        self._latest = latest
        self._made: dict[SubmissionKey, HeldCase] = {}
        self._assignments: dict[uuid.UUID, HeldAssignment] = {}
        self._plans: dict[uuid.UUID, HeldPlan] = {}

    def __getitem__(self, key: SubmissionKey) -> HeldCase:
        case = self._made.get(key)
        if case is None:
            case = self._made[key] = _case(self._rows[key], self._assignments, self._plans)
            case.attempt = self._latest.get(case.submission.id, case.attempt)
        return case

    def __iter__(self) -> Iterator[SubmissionKey]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)

    def __contains__(self, key: object) -> bool:
        return key in self._rows


def _case(
    row: tuple[Any, ...],
    assignments: dict[uuid.UUID, HeldAssignment],
    plans: dict[uuid.UUID, HeldPlan],
) -> HeldCase:
    submission, assignment = (
        HeldSubmission(*row[OF_SUBMISSION]),
        HeldAssignment(*row[OF_ASSIGNMENT]),
    )
    submission.id = as_plain_uuid(submission.id)
    submission.status = SUBMISSION_STATUS[submission.status]
    if submission.draft is not None:
        submission.draft = read_json(submission.draft)
    assignment = assignments.setdefault(assignment.id, assignment)
    assignment.id = as_plain_uuid(assignment.id)
    assignment.agency_id = _plain_agency(assignment.agency_id)
    assignment.status = ASSIGNMENT_STATUS[assignment.status]
    plan = plans.get(row[OF_PLAN.start])
    if plan is None:
        plan = HeldPlan(*row[OF_PLAN])
        plan = plan._replace(id=as_plain_uuid(plan.id), status=PLAN_STATUS[plan.status])
        plans[plan.id] = plan
    questions, wants, agency, drafter, refs = row[AFTER_PARTS]
    return HeldCase(
        submission,
        assignment,
        HeldTask(*row[OF_TASK]),
        plan,
        wants or (),
        # Without an attempt the join gives nulls.
        None if row[OF_ATTEMPT.start] is None else _attempt(row[OF_ATTEMPT]),
        None if questions is None else frozenset(q["id"] for q in read_json(questions)),
        None if agency is None else _label(agency),
        None if drafter is None else _label(drafter),
        [] if refs is None else read_json(refs),
    )


def _attempt(values: Sequence[Any]) -> HeldAttempt:
    attempt = HeldAttempt(*values)
    return attempt._replace(content=read_json(attempt.content))


def _label(text: Any) -> AgencyLabel:
    row_id, code, name = read_json(text)
    return AgencyLabel(id_of_text(row_id), code, name, None)


def as_plain_uuid(given: uuid.UUID) -> uuid.UUID:
    """The same id as Python's own type: the driver's takes seven times as long to be written."""
    return id_of(given.int)


# Agencies are few, and each has many rows.
_plain_agency = lru_cache(maxsize=1_000)(as_plain_uuid)

VISIBLE_KEYS = """
select submission.assignment_id, submission.period
from unnest(cast(:assignments as uuid[]), cast(:periods as text[]))
  as asked (assignment_id, period)
join submission on submission.assignment_id = asked.assignment_id
  and submission.period = asked.period
join assignment on assignment.id = submission.assignment_id
join plan on plan.id = assignment.plan_id
where {visible}
"""
KEYS_OF_ALL = sa.text(VISIBLE_KEYS.format(visible="true"))
KEYS_OF_OWN = sa.text(VISIBLE_KEYS.format(visible=VISIBLE))


async def visible_keys(
    sql: Sql, principal: Principal, keys: Collection[SubmissionKey]
) -> set[tuple[uuid.UUID, str]]:
    """The assignment and period of those *keys* that the principal may at least read."""
    parameters: dict[str, Any] = {
        "assignments": [key.assignment_id for key in keys],
        "periods": [key.period for key in keys],
    }
    if principal.reads_all_submissions:
        rows = await fetch(sql, KEYS_OF_ALL, parameters)
    else:
        rows = await fetch(sql, KEYS_OF_OWN, {**parameters, "mine": principal.agency_id})
    return {(row[0], row[1]) for row in rows}


FIND = """
select asked.number, assignment.id,
  asked.occurrence is null and assignment.occurrence = left(asked.period, 4) as is_of_that_year
from json_to_recordset(cast(:asked as json)) as asked (
  number integer, agency_id uuid, plan_id uuid, plan_number text, task_ordinal text,
  system text, external_id text, occurrence text, period text, day date
)
cross join lateral (
  select task.id as task_id, null::uuid as assignment_id
  from plan join task on task.plan_id = plan.id and task.ordinal = asked.task_ordinal
  where plan.id = asked.plan_id or plan.number = asked.plan_number
  union all
  select ref.task_id, ref.assignment_id
  from external_ref ref
  where ref.system = asked.system and ref.external_id = asked.external_id
) named
join assignment on (assignment.task_id = named.task_id or assignment.id = named.assignment_id)
  and {is_theirs}
  and (asked.occurrence is null or assignment.occurrence = asked.occurrence)
"""
EXPECTED = """join submission on submission.assignment_id = assignment.id
  and submission.period = asked.period"""
OWN = "assignment.agency_id = asked.agency_id and assignment.status not in ('merged', 'split')"
FIND_OWN = sa.text(FIND.format(is_theirs=OWN) + EXPECTED)
FIND_HELD = sa.text(
    FIND.format(
        is_theirs="""exists (
    select from assignment_state s
     where s.assignment_id = assignment.id and s.agency_id = asked.agency_id
       and s.since <= asked.day and (s.until is null or s.until > asked.day))"""
    )
)


async def find_assignments(
    sql: Sql, references: Sequence[AssignmentReference], *, days: Sequence[date] | None = None
) -> list[list[uuid.UUID]]:
    """For each reference, its agency's assignments that fit and have a submission of its period.

    Of a yearly task the year of the period is meant, unless an occurrence is named: those of years
    before that are still open report for the period as well. With *days*, one for each reference,
    they are those that the agency had at the end of its day, whatever is expected of them.
    """
    found: list[list[uuid.UUID]] = [[] for _ in references]
    of_that_year: dict[int, list[uuid.UUID]] = {}
    asked = [
        {"number": number, "day": days[number] if days else None, **reference._asdict()}
        for number, reference in enumerate(references)
    ]
    statement = FIND_HELD if days else FIND_OWN
    for row in await fetch(sql, statement, {"asked": to_json(asked).decode()}):
        found[row.number].append(row.id)
        if row.is_of_that_year:
            of_that_year.setdefault(row.number, []).append(row.id)
    return [of_that_year.get(number, ids) for number, ids in enumerate(found)]
