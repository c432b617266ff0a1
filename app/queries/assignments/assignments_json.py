"""Reading assignments as JSON texts, of today or of a past day, with the caller's actions."""

import uuid
from dataclasses import replace
from datetime import date
from functools import lru_cache
from operator import attrgetter
from typing import Any, NamedTuple

import sqlalchemy as sa

from app.auth.principal import Permission, Principal, Role
from app.errors import NotFoundError
from app.queries.assignments.assignments import NO_SUCH_ASSIGNMENT
from app.queries.external_refs import known_as
from app.queries.figures.status_tree import GONE, HELD
from app.queries.figures.timeliness import timeliness
from app.queries.json_shapes import (
    AGENCY_LABEL,
    NAME_OF_DAY,
    PLAN_LABEL,
    TASK_LABEL,
    as_json,
    external_refs,
    json_text,
    list_of,
    moment,
    names_where,
)
from app.queries.lists import (
    FoundPage,
    Listing,
    PageRequest,
    SortPart,
    StatementForm,
    cut_page,
    first_rows,
    list_clauses,
)
from app.reading import Sql, fetch

# PostgreSQL knows these words when it plans: reading them from a parameter for each row took a
# seventh of what a page takes.
GONE_WORDS = ", ".join(f"'{status}'" for status in GONE)
ID = SortPart("{row}.id", "uuid")
# Assignments without deadline come last.
DEADLINE_ON = SortPart("coalesce({row}.deadline_on, 'infinity')", "date")
ASSIGNMENTS = Listing(
    conditions={
        "ids": "{row}.id = any(:ids)",
        "plan": "{row}.plan_id = :plan",
        "plans": "{row}.plan_id = any(cast(:plans as uuid[]))",
        "agency": "{row}.agency_id = :agency",
        "task": "{row}.task_id = :task",
        "ordinal": "exists ("
        "select from task t where t.id = {row}.task_id and t.ordinal = :ordinal)",
        "role": "{row}.role = :role",
        "status": "{row}.status = any(:status)",
        "timeliness": f"({timeliness('{row}')}) = any(:timeliness)",
        "overdue_days_from": f"({timeliness('{row}')}) = 'overdue' and {DEADLINE_ON.sql}"
        " <= cast(:today as date) - cast(:overdue_days_from as integer)",
        "original_timeliness": "("
        f"{timeliness('{row}', deadline='original_deadline_on')}) = any(:original_timeliness)",
        "is_upcoming": f"(({timeliness('{row}')}) is not distinct from 'upcoming') = :is_upcoming",
        "is_there": f"{{row}}.status not in ({GONE_WORDS})",
        "refusal": "{row}.refusal = :refusal and {row}.status = 'not_started'",
        "occurrence": "{row}.occurrence = :occurrence",
        "deadline_from": f"{DEADLINE_ON.sql} >= :deadline_from and {{row}}.deadline_on is not null",
        "deadline_before": f"{DEADLINE_ON.sql} < :deadline_before",
        "external_ref": known_as("assignment", "{row}.id"),
        "updated_since": "{row}.updated_at >= :updated_since",
    },
    orders={
        "id": (ID,),
        "deadline_on": (DEADLINE_ON, ID),
        # Plan by plan, each in the order of its tasks.
        "task": (
            SortPart("{row}.plan_id", "uuid"),
            SortPart("(select t.position from task t where t.id = {row}.task_id)", "integer"),
            ID,
        ),
        "updated_at": (SortPart("{row}.updated_at", "timestamptz"), ID),
    },
    selective=frozenset({"ids", "task", "external_ref"}),
    broad=frozenset({"is_there"}),
    found_by_index={"id": frozenset({"plan", "agency"}), "task": frozenset({"plan"})},
)
# An index has the states of a plan and those of an agency, and the assignments of a task.
ASSIGNMENTS_THEN = replace(
    ASSIGNMENTS,
    conditions={
        **ASSIGNMENTS.conditions,
        "task": "{row}.task_id = :task and {row}.id = any(array("
        "select now.id from assignment now where now.task_id = :task))",
    },
    found_by_index={},
)
"""The list of assignments as they stood at the end of a past day."""


# The cheap conditions stand on the left: most rows are decided by them alone.
OWES = "cast(:reports as boolean) and page.agency_id = :mine and not page.awaits_handover"
ISSUES = "cast(:issues as boolean) and :mine in (plan.owner_id, plan.issuer_id)"
COORDINATES = "cast(:coordinates as boolean) and plan.coordinator_id = :mine"
ACTIONS = {
    "report": f"{OWES} and page.status in ('not_started', 'in_progress', 'awaiting_confirmation')",
    "ask_extension": f"{OWES} and page.status in ('not_started', 'in_progress')"
    " and page.deadline_on is not null and not exists (select from extension x"
    " where x.assignment_id = page.id and x.state = 'pending')",
    "refuse": f"{OWES} and page.status = 'not_started' and page.refusal is null and not exists"
    " (select from submission u where u.assignment_id = page.id and u.attempts > 0)",
    "accept_refusal": f"{ISSUES} and page.refusal = 'pending' and page.status = 'not_started'"
    " and page.agency_id <> :mine",
    "reject_refusal": f"{ISSUES} and page.refusal = 'pending' and page.status = 'not_started'"
    " and page.agency_id <> :mine",
    "move_deadline": f"{ISSUES} and page.status in"
    " ('not_started', 'in_progress', 'awaiting_confirmation', 'suspended')",
    "suspend": f"{ISSUES} and page.status in ('not_started', 'in_progress')",
    "resume": f"{ISSUES} and page.status = 'suspended'",
    "revoke": f"{ISSUES} and page.status in"
    " ('not_started', 'in_progress', 'awaiting_confirmation', 'suspended')",
    "reopen": f"page.status in ('completed', 'not_applicable') and (({ISSUES}) or ({COORDINATES}))",
}
"""The caller's actions on a row; a test holds them to `app.domain.authority` and the states."""
ALLOWED_ACTIONS = f"case when plan.status <> 'issued' then '[]' else {names_where(ACTIONS)} end"
ITEM: dict[str, Any] = {
    "id": "to_json(page.id)",
    "plan": PLAN_LABEL,
    "task": TASK_LABEL,
    "agency": AGENCY_LABEL,
    "role": "to_json(page.role)",
    "occurrence": "to_json(page.occurrence)",
    "starts_on": "to_json(page.starts_on)",
    "deadline_on": as_json("page.deadline_on"),
    "original_deadline_on": as_json("page.original_deadline_on"),
    "status": "to_json(page.status)",
    "timeliness": as_json(timeliness("page")),
    "original_timeliness": as_json(timeliness("page", deadline="original_deadline_on")),
    "reported_on": as_json("page.reported_on"),
    "completed_on": as_json("page.completed_on"),
    "external_refs": external_refs("assignment", "page"),
    "awaits_handover": "to_json(page.awaits_handover)",
    "merged_into_id": as_json("page.merged_into_id"),
    "split_from_id": as_json("page.split_from_id"),
    "refusal": as_json("page.refusal"),
    "updated_at": moment("page.updated_at"),
    "as_of": "to_json(cast(:today as date))",
    "allowed_actions": ALLOWED_ACTIONS,
}
MERGED = json_text(
    {"id": "to_json(m.id)", "agency": AGENCY_LABEL, "merged_on": "to_json(last.until)"}
)
# The agency that a merged assignment had last is in its last state.
MERGED_FROM = list_of(
    MERGED,
    f"""assignment m
      join lateral (
        select s.agency_id, s.until from assignment_state s
         where s.assignment_id = m.id order by s.since desc limit 1
      ) last on last.until <= :today
      join agency on agency.id = last.agency_id {NAME_OF_DAY}
     where m.merged_into_id = page.id""",
    order_by="last.until, m.id",
)
# The row holds today; `assignment_state` keeps what held on each past day.
NOW = "assignment"
THEN = f"""(
    select s.assignment_id as id, s.plan_id, s.task_id, s.agency_id, s.role, s.occurrence,
      kept.starts_on, s.deadline_on, s.original_deadline_on, s.status, s.reported_on,
      s.completed_on, s.awaits_handover, null::uuid as merged_into_id,
      kept.split_from_id, null::text as refusal,
      kept.updated_at, kept.xmin
    from assignment_state s join assignment kept on kept.id = s.assignment_id
    where {HELD}
  )"""
# The inner query picks the rows of the page by index before anything is joined or named.
PICKED = "select a.*{state} from {rows} a where {where} order by {order_by}"
PAGE = """
select {item} as body, {key} as key{more}
from (
  {picked}
) page
join plan on plan.id = page.plan_id
join task on task.id = page.task_id
join agency on agency.id = page.agency_id {name_of_day}
order by {page_order}
"""
# Fifty rows come in seven parts, each of which wakes up who reads them, and are read one by one.
IN_ONE_ROW = """
select string_agg(body, ',' order by number) filter (where number < :rows) as body,
  case when count(*) = :rows then max(key) filter (where number = :rows - 1) end as key
from ({page}) listed
"""
NUMBER = ", row_number() over (order by {page_order}) as number"
IDS = ", page.id, page.plan_id, page.task_id, page.agency_id"


class Viewpoint(NamedTuple):
    """The agency and the roles for which assignments are shown, and the day at whose end. On a day
    that `is_past` nothing may be done any more."""

    agency_id: uuid.UUID
    reports: bool
    issues: bool
    coordinates: bool
    day: date
    is_past: bool
    due_soon_days: int

    @classmethod
    def of(cls, principal: Principal, day: date, *, today: date, due_soon_days: int) -> "Viewpoint":
        """The caller's view of *day*, which is not after *today*."""
        is_past = day < today
        return cls(
            agency_id=principal.agency_id,
            reports=not is_past and principal.may(Permission.SUBMISSION_WRITE),
            issues=not is_past and Role.ISSUER in principal.roles,
            coordinates=not is_past and Role.COORDINATOR in principal.roles,
            day=day,
            is_past=is_past,
            due_soon_days=due_soon_days,
        )


async def list_assignments_json(
    sql: Sql,
    view: Viewpoint,
    asked: PageRequest,
    *,
    fields: frozenset[str] = frozenset(),
    detailed: bool = False,
) -> FoundPage[Any]:
    """Assignments with JSON texts as their `body`, of these *fields* or of all.

    Each row has its `id` and those of its plan, task and agency beside the body.
    *detailed*: with the assignments that were merged into each.
    """
    statement = _page_statement(asked.form, view.is_past, fields, detailed)
    parameters = _parameters(view, asked)
    by_value = not _listing(is_past=view.is_past).is_planned_once(asked.form)
    rows = await fetch(sql, statement, parameters, by_value=by_value)
    return cut_page(rows, asked, attrgetter("key"))


async def page_of_assignments_json(
    sql: Sql, view: Viewpoint, asked: PageRequest, *, fields: frozenset[str] = frozenset()
) -> FoundPage[str]:
    """The JSON texts of a page of assignments, of these *fields* or of all, as one text, which has
    commas between them; none where no assignment is found."""
    statement = _whole_page_statement(asked.form, view.is_past, fields)
    by_value = not _listing(is_past=view.is_past).is_planned_once(asked.form)
    [found] = await fetch(sql, statement, _parameters(view, asked), by_value=by_value)
    return FoundPage([] if found.body is None else [found.body], found.key)


def _parameters(view: Viewpoint, asked: PageRequest) -> dict[str, Any]:
    return {
        **asked.parameters(),
        "mine": view.agency_id,
        "reports": view.reports,
        "issues": view.issues,
        "coordinates": view.coordinates,
        "today": view.day,
        "due_soon_days": view.due_soon_days,
    }


# Callers combine filters and fields as they like: the caches are bounded.
@lru_cache(maxsize=1000)
def _page_statement(
    form: StatementForm, is_past: bool, fields: frozenset[str], detailed: bool
) -> sa.TextClause:
    more = IDS + (", page.xmin" if detailed else "")
    return sa.text(_page(form, is_past, fields, more, detailed=detailed))


@lru_cache(maxsize=1000)
def _whole_page_statement(
    form: StatementForm, is_past: bool, fields: frozenset[str]
) -> sa.TextClause:
    return sa.text(IN_ONE_ROW.format(page=_page(form, is_past, fields, NUMBER)))


def _listing(*, is_past: bool) -> Listing:
    return ASSIGNMENTS_THEN if is_past else ASSIGNMENTS


def _page(
    form: StatementForm,
    is_past: bool,
    fields: frozenset[str],
    more: str,
    *,
    detailed: bool = False,
) -> str:
    listing = _listing(is_past=is_past)
    inner, outer = (list_clauses(listing, form, row=row) for row in ("a", "page"))
    whole = ITEM | ({"merged_from": MERGED_FROM} if detailed else {})
    item = {name: leaf for name, leaf in whole.items() if not fields or name in fields}
    picked = PICKED.format(
        # It is no column, so that `*` has it not.
        state=", a.xmin" if detailed and not is_past else "",
        rows=THEN if is_past else NOW,
        where=inner.where,
        order_by=inner.order_by,
    )
    return PAGE.format(
        item=json_text(item),
        key=outer.key,
        more=more.format(page_order=outer.order_by),
        name_of_day=NAME_OF_DAY,
        picked=first_rows(picked, planned_once=listing.is_planned_once(form)),
        page_order=outer.order_by,
    )


async def get_assignment_json(
    sql: Sql,
    view: Viewpoint,
    assignment_id: uuid.UUID,
    *,
    fields: frozenset[str] = frozenset(),
) -> Any:
    """One assignment with a JSON text as its `body`, with those that were merged into it; raises
    `NotFoundError` also for a day before it was made."""
    asked = PageRequest({"ids": [assignment_id]}, ASSIGNMENTS.default, None, 1)
    found = await list_assignments_json(sql, view, asked, fields=fields, detailed=True)
    if not found.rows:
        raise NotFoundError(NO_SUCH_ASSIGNMENT)
    return found.rows[0]


def refs(row: Any) -> dict[str, uuid.UUID | None]:
    """The ids by which an assignment is expanded."""
    found = {name: getattr(row, f"{name}_id", None) for name in ("plan", "task", "agency")}
    return found | {"latest_submission": getattr(row, "id", None)}
