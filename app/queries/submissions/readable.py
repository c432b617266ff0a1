"""The first submissions of a list that an agency may read, however few of all they are.

PostgreSQL cannot tell how many submissions the grounds admit on which an agency may read one, and
tries those of a whole province in their order until a page is full. That is right for an agency
that reads many of them. For one that reads few its assignments are looked up first, at the most as
many as others' submissions would have to be tried. For one that reads several they are tried by the
ids of its assignments.
"""

from collections.abc import Mapping
from typing import NamedTuple

from app.queries.lists import Clauses, Listing, StatementForm, first_rows
from app.queries.submissions.days_past import SUBMISSIONS_THEN, THEN, VISIBLE_THEN
from app.queries.submissions.submissions import SUBMISSIONS, VISIBLE

# An agency reads m of n submissions: a page of k is full after k * n / m of them were tried, or
# after m were looked up. Both are as many if m is the root of k * n. Finding the ids of m
# assignments takes a fifth of the time of looking their submissions up, and a submission is tried
# by the ids in a fifth of the time: this pays for three times as many.
READABLE = """
with bound as materialized (
  select cast(sqrt(greatest(reltuples, 1) * :rows) as bigint) + 1 as few,
    cast(3 * sqrt(greatest(reltuples, 1) * :rows) as bigint) + 1 as several
    from pg_class where oid = cast('submission' as regclass)
), readable as materialized (
  select * from (
    select id, false as once_filed from assignment where agency_id = :mine{filters}
    union all
    select assignment.id, false from plan join assignment on assignment.plan_id = plan.id
     where plan.coordinator_id = :mine{filters}
    union all
    select led.id, false from assignment lead
    cross join lateral (
      select assignment.id from assignment
       where assignment.task_id = lead.task_id and assignment.occurrence = lead.occurrence
         and (assignment.role <> 'lead' or (
           select collective_id is null from assignee where id = lead.assignee_id)){of_agency}
      offset 0
    ) led
     where lead.agency_id = :mine and lead.role = 'lead'{of_lead}
    union all
    select others.id, true from assignment mate join plan on plan.id = mate.plan_id
    cross join lateral (
      select assignment.id from assignment
       where assignment.task_id = mate.task_id and assignment.occurrence = mate.occurrence
         and assignment.assignee_id = mate.assignee_id and assignment.role = 'lead'{of_agency}
      offset 0
    ) others
     where mate.agency_id = :mine and mate.role = 'lead' and plan.submissions_are_shared{of_mate}
  ) a limit (select several from bound)
){narrowed}, reads as materialized (
  select case {when_narrowed}when found < {few} then 'few' when found < several then 'several'
      else 'many' end as how
    from bound, (select count(*) as found from readable) counted
)
"""
"""SQL of the assignments within the filters whose submissions `:mine` may read, or only those that
were `once_filed`; and of whether they are few, or several, so that they are all, or many."""
# Of few assignments within the filters those that the agency filed for are soon picked, however
# many it filed for.
NARROWED = """, narrowed as materialized (
  select assignment.id from assignment where true{filters} limit (select few from bound)
)"""
WHEN_NARROWED = """when found < {most} and few > (select count(*) from narrowed) then 'narrowed'
      """
# The submissions of a plan lie together in most orders, so that they are looked up. Those of an
# agency lie among all others: to try one by its id takes far less than to look it up, above all
# where the table is large, so that they are tried unless they are fewer.
FEW_OF_AGENCY = "few / 6"
"""SQL of the number below which those of an agency that is asked for are few."""
FIRST = """select submission.id
  from {rows}{joined}
  where {ground} and {where}
  order by {order_by}"""
# PostgreSQL expects few members of an array, and looks each up.
OF_FEW = """(select how from reads) in ('few', 'narrowed')
    and {assignment_id} = any(array(select id from readable"""
FILED = "select submission_id from submission_attempt where agency_id = :mine"
# PostgreSQL hashes the rows of a subquery, and finds each in the hash by its value.
OF_NARROWED = f"""(select how from reads) = 'narrowed'
    and {{assignment_id}} = any(array(select id from narrowed)) and submission.id in ({FILED})"""
OF_SEVERAL = f"""(select how from reads) = 'several' and (
    {{assignment_id}} in (select id from readable where not once_filed)
    or submission.attempts > 0
      and {{assignment_id}} in (select id from readable where once_filed)
    or submission.id in ({FILED}))"""
GROUNDS = (
    OF_FEW + " where not once_filed))",
    OF_FEW + " where once_filed)) and submission.attempts > 0",
    f"(select how from reads) = 'few' and submission.id = any(array({FILED}))",
    OF_SEVERAL,
    "(select how from reads) = 'many' and {visible}",
)
PLANS = "\n  join plan on plan.id = assignment.plan_id"
TASKS = "\n  join task on task.id = assignment.task_id"
DRAFTS = """
  left join drafts_of(array[cast(:mine as uuid)]) own_draft on {drafts}"""


class RowsOfADay(NamedTuple):
    """The list of submissions of today or of a past day, and its SQL: the rows `submission` and
    `assignment`, those of submissions alone, the assignment that owes one today, the condition that
    the agency `:mine` may read one, and the condition that a row of `own_draft` is of one.

    `narrowing` names the filters that the assignment of today fulfils where that of the day does.
    """

    listing: Listing
    rows: str
    alone: str
    assignment_id: str
    visible: str
    drafts: str
    narrowing: frozenset[str]


TODAY = RowsOfADay(
    SUBMISSIONS,
    "submission join assignment on assignment.id = submission.assignment_id",
    "submission",
    "submission.assignment_id",
    VISIBLE,
    "own_draft.submission_id = submission.id",
    frozenset({"plan", "plans", "agency"}),
)
# A draft of a past day is not stored. Only the assignments of the day show which submissions there
# were.
PAST = RowsOfADay(
    SUBMISSIONS_THEN,
    THEN,
    THEN,
    "submission.now_of",
    VISIBLE_THEN,
    "false",
    frozenset({"plan", "plans"}),
)


def looked_up(form: StatementForm, of_day: RowsOfADay) -> str:
    """SQL with which a statement with `among_the_first` begins: it looks up the assignments whose
    submissions `:mine` may read, within those filters that name their plan or agency."""
    given = {name: SUBMISSIONS.conditions[name] for name in form.names if name in of_day.narrowing}
    # Assignments of one task are of one plan: who leads one is narrowed by the plan, not each of
    # those that are led, which PostgreSQL would look for among all of the plan.
    of_agency = {name: given.pop(name) for name in ("agency",) if name in given}
    filters = _and({**given, **of_agency})
    few, most = (FEW_OF_AGENCY, FEW_OF_AGENCY) if of_agency and not given else ("few", "several")
    return READABLE.format(
        filters=filters,
        of_agency=_and(of_agency),
        of_lead=_and(given).replace("assignment.", "lead."),
        of_mate=_and(given).replace("assignment.", "mate."),
        narrowed=NARROWED.format(filters=filters) if filters else "",
        when_narrowed=WHEN_NARROWED.format(most=most) if filters else "",
        few=few,
    )


def _and(conditions: Mapping[str, str]) -> str:
    return "".join(f" and {condition}" for condition in conditions.values())


def is_planned_once(form: StatementForm, of_day: RowsOfADay, *, reads_all: bool) -> bool:
    """True if values change nothing in how the submissions of a page are best found.

    Filters that narrow what is looked up are within `among_the_first`, which tries submissions in
    their order only where many fulfil them.
    """
    if of_day.listing.is_planned_once(form):
        return True
    return not reads_all and form.is_page and of_day.narrowing.issuperset(form.names)


def among_the_first(clauses: Clauses, form: StatementForm, of_day: RowsOfADay) -> str:
    """The condition that a submission is among the first in their order that `:mine` may read; its
    statement begins with what is `looked_up`."""
    tasks = TASKS if "ordinal" in form.names else ""
    drafts = DRAFTS.format(drafts=of_day.drafts) if "status" in form.names else ""
    planned_once = is_planned_once(form, of_day, reads_all=False)
    is_narrowed = not of_day.narrowing.isdisjoint(form.names)
    first = []
    for ground in (OF_NARROWED, *GROUNDS) if is_narrowed else GROUNDS:
        condition = ground.format(assignment_id=of_day.assignment_id, visible=of_day.visible)
        text = condition + clauses.where + clauses.order_by
        # A table that no condition needs is not joined: PostgreSQL looks it up for each of
        # thousands.
        is_joined = bool(tasks) or "assignment." in text or "plan." in text
        found = FIRST.format(
            rows=of_day.rows if is_joined else of_day.alone,
            joined=(PLANS if is_joined else "") + tasks + drafts,
            ground=condition,
            where=clauses.where,
            order_by=clauses.order_by,
        )
        first.append(f"({first_rows(found, planned_once=planned_once)})")
    return f"submission.id = any(array({' union '.join(first)}))"
