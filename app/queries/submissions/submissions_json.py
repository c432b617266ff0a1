"""Reading submissions as JSON texts, of today or of a past day, with the caller's actions.

A push answers with what it holds and has changed, by `app.views.submissions`: to read that again
would be a round trip more. `tests/queries/submissions/test_submissions_json.py` compares both.
"""

import uuid
from datetime import date
from functools import lru_cache
from operator import attrgetter
from typing import Any, NamedTuple

import sqlalchemy as sa

from app.auth.principal import Principal, Role
from app.errors import NotFoundError
from app.queries.json_shapes import (
    AGENCY_LABEL,
    NAME_OF_DAY,
    as_json,
    external_refs,
    json_text,
    list_of,
    moment,
    names_where,
)
from app.queries.lists import (
    FoundPage,
    PageRequest,
    StatementForm,
    cut_page,
    first_rows,
    list_clauses,
)
from app.queries.submissions.cases import JOINED
from app.queries.submissions.readable import (
    PAST,
    TODAY,
    among_the_first,
    is_planned_once,
    looked_up,
)
from app.queries.submissions.submissions import NO_SUCH_SUBMISSION, SUBMISSIONS
from app.reading import Sql, fetch

# The cheap conditions stand on the left: most rows are decided by them alone.
IS_OPEN = """plan.status = 'issued' and not assignment.awaits_handover
      and assignment.status in ('not_started', 'in_progress', 'awaiting_confirmation'{closed})"""
OWES = "cast(:reports as boolean) and assignment.agency_id = :mine"
WRITES = f"""{OWES} and case when submission.status = 'accepted'
      then {IS_OPEN.format(closed=", 'completed', 'not_applicable'")}
      else submission.status in ('expected', 'returned') and {IS_OPEN.format(closed="")} end"""
# Nobody judges their own agency; the plan's coordinator is judged by the plan's issuer.
REVIEWS = """(cast(:issues as boolean) or cast(:coordinates as boolean))
      and :mine <> assignment.agency_id and :mine is distinct from attempt.agency_id
      and case when plan.coordinator_id in (assignment.agency_id, attempt.agency_id)
        then :issues and :mine in (plan.owner_id, plan.issuer_id)
        else :coordinates and plan.coordinator_id = :mine end"""
# Whoever entered what came on paper did not file it.
JUDGES = f"""submission.status = 'submitted'
      and (attempt.entered_by_id is not null or attempt.client_id <> cast(:client as uuid))
      and {REVIEWS}"""
ACTIONS = {
    "write": WRITES,
    "submit": f"own_draft.content is not null and {WRITES}",
    "withdraw": f"submission.status = 'submitted' and attempt.agency_id = :mine and {OWES}",
    "accept": JUDGES,
    "send_back": JUDGES,
    "waive": "submission.status in ('expected', 'returned') and plan.status = 'issued'"
    f" and {REVIEWS}",
}
"""The caller's actions on a row; a test holds them to those that the domain allows."""
EVIDENCE = json_text(
    {
        "number": "(one -> 'number')::text",
        "issued_on": "(one -> 'issued_on')::text",
        "url": "coalesce((one -> 'url')::text, 'null')",
        "sha256": "coalesce((one -> 'sha256')::text, 'null')",
    }
)
ANSWER = json_text({"question": "(one -> 'question')::text", "text": "(one -> 'text')::text"})
MEMBERS = "jsonb_array_elements({name}) with ordinality as member (one, place)"
PARTS = {
    "evidence": list_of(EVIDENCE, MEMBERS.format(name="evidence"), order_by="place"),
    "answers": list_of(ANSWER, MEMBERS.format(name="answers"), order_by="place"),
    "document": f"coalesce((select {EVIDENCE} from (select document as one) named"
    " where jsonb_typeof(one) = 'object'), 'null')",
}
FIELDS = (
    "outcome", "percent", "results", "difficulties", "proposals", "not_applicable_reason",
    "evidence", "answers", "late_reason", "document", "correction_reason",
)  # fmt: skip
SHAPED = json_text({name: PARTS.get(name, f"coalesce({name}::text, 'null')") for name in FIELDS})
# Taken apart at once: a long content is unpacked anew for each of its fields otherwise.
CONTENT = f"""case when coalesce(own_draft.content, attempt.content) is not null then (
    select {SHAPED}
      from jsonb_to_record(coalesce(own_draft.content, attempt.content))
        as content ({", ".join(f"{name} jsonb" for name in FIELDS)})) else 'null' end"""
LABEL_OF = f"select {AGENCY_LABEL} from agency {NAME_OF_DAY} where agency.id ="
DRAFTED_BY = f"({LABEL_OF} coalesce(own_draft.drafted_by_id, assignment.agency_id))"
ITEM: dict[str, Any] = {
    "id": "to_json(submission.id)",
    "assignment_id": "to_json(assignment.id)",
    "plan_id": "to_json(plan.id)",
    "task_ordinal": "to_json(task.ordinal)",
    "agency": f"({LABEL_OF} assignment.agency_id)",
    "report_request_id": as_json("submission.report_request_id"),
    "period": "to_json(submission.period)",
    "data_from": "to_json(submission.data_from)",
    "data_to": "to_json(submission.data_to)",
    "due_on": "to_json(submission.due_on)",
    # A draft is shown to its own agency alone.
    "status": "to_json(case when submission.status = 'expected' and own_draft.content is not null"
    " then 'draft' else submission.status end)",
    "attempts": "submission.attempts",
    "accepted_attempt": as_json("submission.accepted_attempt"),
    "received_on": as_json("submission.received_on"),
    "is_late": as_json("submission.received_on > submission.due_on"),
    "waived_reason": as_json("submission.waived_reason"),
    "is_draft": "to_json(own_draft.content is not null)",
    "drafted_by": f"case when own_draft.content is not null then {DRAFTED_BY} else 'null' end",
    "content": CONTENT,
    "shared_with": "'[]'",
    "sources": "'[]'",
    "external_refs": external_refs("submission", "submission"),
    "updated_at": moment("greatest(submission.updated_at, own_draft.updated_at)"),
    "allowed_actions": names_where(ACTIONS),
}
"""The members of a submission. `shared_with` and `sources` are read apart, for few have any: of
those the row has the narrative and the attempts, by which they are found."""
ORIGIN = """case when own_draft.content is not null
    then own_draft.narrative_id else attempt.narrative_id end as narrative_id,
  case when own_draft.content is not null
    then own_draft.sources else attempt.sources end as sources"""
IDS = (
    ", plan.id as plan_id, task.id as task_id, assignment.id as assignment_id, assignment.agency_id"
)
# The transactions that wrote the row and the draft last.
STATE = ", concat_ws('.', submission.xmin, own_draft.state) as xmin"
PAGE = f"""
select {{item}} as body, {{key}} as key, submission.id, {ORIGIN}{{more}}
from {{rows}}
{JOINED}
left join drafts_of(array[cast(:mine as uuid)]) own_draft on {{drafts}}
where {{where}}
order by {{order_by}}
"""


class Additions(NamedTuple):
    """The additions to a row of a page beside its body and its key: the ids by which it is
    expanded, and its state."""

    ids: bool
    state: bool


async def list_submissions_json(
    sql: Sql,
    principal: Principal,
    asked: PageRequest,
    *,
    day: date,
    is_past: bool = False,
    fields: frozenset[str] = frozenset(),
    with_ids: bool = False,
    is_one: bool = False,
) -> FoundPage[Any]:
    """Submissions that the principal may read with JSON texts as their `body`, of these *fields* or
    of all; agencies have their names of *day*.

    As they stood at the end of *day*, where it *is_past*: nothing may be done any more then. Each
    row has the `narrative_id` and the `sources` of the words that it shows. *with_ids*: and the ids
    by which it is expanded. *is_one*: of a row by its key, with its state as `xmin`.
    """
    parameters: dict[str, Any] = {
        **asked.parameters(),
        "today": day,
        "mine": principal.agency_id,
        "client": principal.client_id,
        "reports": not is_past and Role.REPORTER in principal.roles,
        "issues": not is_past and Role.ISSUER in principal.roles,
        "coordinates": not is_past and Role.COORDINATOR in principal.roles,
    }
    adds = Additions(with_ids, is_one)
    statement = _page(asked.form, principal.reads_all_submissions, is_past, fields, adds)
    of_day, reads_all = PAST if is_past else TODAY, principal.reads_all_submissions
    by_value = not is_planned_once(asked.form, of_day, reads_all=reads_all)
    rows = await fetch(sql, statement, parameters, by_value=by_value)
    return cut_page(rows, asked, attrgetter("key"))


# Callers combine filters and fields as they like: the cache is bounded.
@lru_cache(maxsize=1000)
def _page(
    form: StatementForm, reads_all: bool, is_past: bool, fields: frozenset[str], adds: Additions
) -> sa.TextClause:
    of_day = PAST if is_past else TODAY
    clauses = list_clauses(of_day.listing, form)
    before = ""
    if reads_all:
        where = clauses.where
    elif of_day.listing.is_selective(form):
        where = f"({of_day.visible}) and {clauses.where}"
    else:
        before = looked_up(form, of_day)
        where = among_the_first(clauses, form, of_day)
    item = {name: leaf for name, leaf in ITEM.items() if not fields or name in fields}
    page = PAGE.format(
        item=json_text(item),
        key=clauses.key,
        more=(IDS if adds.ids else "") + (STATE if adds.state else ""),
        rows=of_day.rows,
        drafts=of_day.drafts,
        where=where,
        order_by=clauses.order_by,
    )
    return sa.text(
        before + first_rows(page, planned_once=is_planned_once(form, of_day, reads_all=reads_all))
    )


async def get_submission_json(
    sql: Sql,
    principal: Principal,
    *,
    day: date,
    is_past: bool = False,
    fields: frozenset[str] = frozenset(),
    with_ids: bool = False,
    **key: Any,
) -> Any:
    """One submission that the principal may read, by its `ids` or `assignment` and `period`, with a
    JSON text as its `body`; as it stood at the end of *day*, where that *is_past*.

    Raises `NotFoundError`.
    """
    asked = PageRequest(key, SUBMISSIONS.default, None, 1)
    found = await list_submissions_json(
        sql, principal, asked, day=day, is_past=is_past, fields=fields, with_ids=with_ids,
        is_one=True,
    )  # fmt: skip
    if not found.rows:
        raise NotFoundError(NO_SUCH_SUBMISSION)
    return found.rows[0]


def refs(row: Any) -> dict[str, uuid.UUID | None]:
    """The ids by which a submission that was read with ids is expanded."""
    return {name: getattr(row, f"{name}_id") for name in ("plan", "task", "assignment", "agency")}
