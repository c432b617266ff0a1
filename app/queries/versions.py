"""What state a row is in, as a text that differs after every change of what is shown of it.

PostgreSQL's own `xmin`, the transaction that wrote a row last, changes with every way of writing:
no statement can forget it. `own` is the row with what is changed through it; `around` is what else
is shown with it and changes without it.
"""

import uuid
from functools import cache
from typing import NamedTuple

import sqlalchemy as sa
from sqlmodel.ext.asyncio.session import AsyncSession

from app.errors import NotFoundError, Text
from app.models import RefNoun


class Version(NamedTuple):
    """The state of a row, and that of what is shown around it."""

    own: str
    around: str


ALL = (
    "(select string_agg(x.xmin::text, ',' order by x.xmin::text) from {table} x where {condition})"
)
ONE = "(select x.xmin from {table} x where x.id = {id})"
STATE = "select concat_ws(' ', {own}), concat_ws(' ', {around}) from {noun} r where r.id = :id"


def _all(table: str, condition: str) -> str:
    return ALL.format(table=table, condition=condition)


def _one(table: str, row_id: str) -> str:
    return ONE.format(table=table, id=row_id)


def _names(agency_ids: str) -> str:
    return _all("agency_name", f"x.agency_id in ({agency_ids})")


ASSIGNMENT = "(select a.{column} from assignment a where a.id = r.assignment_id)"
MERGED_INTO_IT = "x.assignment_id in (select m.id from assignment m where m.merged_into_id = r.id)"
OF_THE_REQUEST = (
    "x.id in (select s.assignment_id from submission s where s.report_request_id = r.id)"
)
CONCERNED = (
    "coalesce(r.assignment_id,"
    " (select u.assignment_id from submission u where u.id = r.submission_id))"
)
# Of a report: what it was written once with, and whose words went into it.
NARRATIVES = (
    "select t.narrative_id from submission_attempt t where t.submission_id = r.id"
    " union all select r.draft_narrative_id"
)
SHARING = "select s.submission_id from submission_attempt s where s.narrative_id in ({})"
SOURCES = (
    "select s.agency_id from submission_attempt s where s.id = any(r.draft_sources) union all"
    " select s.agency_id from submission_attempt t cross join unnest(t.sources) one"
    " join submission_attempt s on s.id = one where t.submission_id = r.id"
)
# The row under the name `r`: what stands for the row itself, and what stands around it.
STATES: dict[str, tuple[list[str], list[str]]] = {
    "agency": (
        [
            "r.xmin",
            _all("agency_name", "x.agency_id = r.id"),
            _all("agency_alias", "x.agency_id = r.id"),
        ],
        [_all("agency_name", "true"), _all("succession", "true")],
    ),
    "amendment": (
        ["r.xmin", _all("amendment_item", "x.amendment_id = r.id")],
        [_one("plan", "r.plan_id"), _all("agency_name", "true")],
    ),
    "assignee": (["r.xmin"], [_names("r.agency_id"), _one("collective", "r.collective_id")]),
    "assignment": (
        ["r.xmin"],
        [
            _all("assignment_state", "x.assignment_id = r.id"),
            _all("assignment_state", MERGED_INTO_IT),
            # What may be done depends on what was asked for and on what was filed.
            _all("extension", "x.assignment_id = r.id"),
            _all("submission", "x.assignment_id = r.id"),
            _one("plan", "r.plan_id"),
            _one("task", "r.task_id"),
            _names("select s.agency_id from assignment_state s where s.assignment_id = r.id"),
        ],
    ),
    "extension": (
        ["r.xmin"],
        [
            ASSIGNMENT.format(column="xmin"),
            _one("plan", ASSIGNMENT.format(column="plan_id")),
            _one("task", ASSIGNMENT.format(column="task_id")),
            _names(f"{ASSIGNMENT.format(column='agency_id')}, r.agency_id, r.decided_for_id"),
        ],
    ),
    "handover": (
        ["r.xmin"],
        [
            _one("plan", "r.plan_id"),
            ASSIGNMENT.format(column="xmin"),
            _all("succession", "x.predecessor_id = r.from_agency_id"),
            _all("agency_name", "true"),
        ],
    ),
    "indicator": (
        ["r.xmin", _all("indicator_target", "x.indicator_id = r.id")],
        [_one("plan", "r.plan_id")],
    ),
    "succession": (["r.xmin"], [_names("r.predecessor_id, r.successor_id")]),
    "calendar_day": (["r.xmin"], []),
    "collective": (["r.xmin", _all("collective_alias", "x.collective_id = r.id")], []),
    "collective_member": (["r.xmin"], [_names("r.agency_id")]),
    "document": (
        ["r.xmin"],
        [_all("document_effect", "x.earlier_id = r.id"), _names("r.sender_id")],
    ),
    "focal_point": (["r.xmin"], [_names("r.agency_id")]),
    "plan": (
        [
            "r.xmin",
            _all("plan_overseer", "x.plan_id = r.id"),
            _all("plan_relation", "x.plan_id = r.id"),
            _all("reporting_regime", "x.plan_id = r.id"),
            _all("reminder_rule", "x.plan_id = r.id"),
        ],
        [
            _names(
                "select unnest(array[r.owner_id, r.issuer_id, r.coordinator_id])"
                " union all select o.agency_id from plan_overseer o where o.plan_id = r.id"
                " union all select c.agency_id from plan_coordinator c where c.plan_id = r.id"
            ),
            _all("plan_coordinator", "x.plan_id = r.id"),
        ],
    ),
    "plan_import": (["r.xmin"], []),
    "reminder": (["r.xmin"], [_names("r.agency_id, r.by_agency_id")]),
    "report_request": (
        ["r.xmin"],
        [
            _one("plan", "r.plan_id"),
            _all("submission", "x.report_request_id = r.id"),
            _all("assignment", OF_THE_REQUEST),
            _names(
                "select a.agency_id from assignment a join submission s on s.assignment_id = a.id"
                " where s.report_request_id = r.id union all select r.agency_id union all"
                " select cast(n ->> 'agency_id' as uuid) from jsonb_array_elements(r.not_asked) n"
            ),
        ],
    ),
    "rating": (["r.xmin"], []),
    "remark": (
        ["r.xmin"],
        [
            _one("plan", "r.plan_id"),
            _one("assignment", CONCERNED),
            _names("select unnest(array[r.agency_id, r.author_id, r.answered_for_id])"),
        ],
    ),
    "submission": (
        ["r.xmin"],
        [
            ASSIGNMENT.format(column="xmin"),
            _one("plan", ASSIGNMENT.format(column="plan_id")),
            _one("task", ASSIGNMENT.format(column="task_id")),
            _names(ASSIGNMENT.format(column="agency_id")),
            _all("submission", f"x.draft_narrative_id in ({NARRATIVES})"),
            _all("submission", f"x.id in ({SHARING.format(NARRATIVES)})"),
            _names(SOURCES),
        ],
    ),
    "task": (
        ["r.xmin", _all("assignee", "x.task_id = r.id")],
        [
            _one("plan", "r.plan_id"),
            _names("select e.agency_id from assignee e where e.task_id = r.id"),
        ],
    ),
    "task_group": (["r.xmin"], []),
    "webhook_endpoint": (
        ["r.xmin"],
        [
            _names("r.agency_id"),
            "(select q.failing_since from webhook_queue q where q.endpoint_id = r.id)",
        ],
    ),
}


@cache
def _statement(noun: str) -> sa.TextClause:
    own, around = STATES[noun]
    if noun in {one.value for one in RefNoun}:
        around = [*around, _all("external_ref", f"x.{noun}_id = r.id")]
    texts = {"own": ", ".join(own), "around": ", ".join(around) or "''"}
    return sa.text(STATE.format(noun=noun, **texts))


async def version_of(session: AsyncSession, noun: str, row_id: uuid.UUID) -> Version:
    """The state of a row, as this transaction sees it; raises `NotFoundError` where none is."""
    connection = await session.connection()
    row = (await connection.execute(_statement(noun), {"id": row_id})).one_or_none()
    if row is None:
        raise NotFoundError(Text("Không có dữ liệu này.", "There is no such thing."))
    return Version(*row)
