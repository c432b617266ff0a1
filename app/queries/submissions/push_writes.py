"""Storing the results of pushes of submissions, by one statement whatever their number."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from pydantic_core import to_json

from app.queries.submissions.case_rows import HeldSubmission, SubmissionChanges
from app.reading import Sql, fetch

# One statement, so that a filing costs one round trip and a thousand cost no more. Rows come as
# json, not jsonb: they are taken apart once, and jsonb would be made of them for nothing.
STORE = sa.text("""
with attempts as (
  insert into submission_attempt (
    id, created_at, submission_id, number, content, submitted_at, received_on, agency_id,
    client_id, entered_by_id, narrative_id, sources
  )
  select
    id, created_at, submission_id, number, content, submitted_at, received_on, agency_id,
    client_id, entered_by_id, narrative_id, sources
  from json_populate_recordset(cast(null as submission_attempt), cast(:attempts as json))
), entries as (
  insert into audit_entry (
    id, created_at, occurred_at, client_id, agency_id, action, noun, row_id, request_id, detail
  )
  select
    id, created_at, occurred_at, client_id, agency_id, action, noun, row_id, request_id, detail
  from json_populate_recordset(cast(null as audit_entry), cast(:audit_entries as json))
), events as (
  insert into event (
    transaction_id, id, type, subject, noun, row_id, occurred_at, created_at, plan_id, agency_id,
    data
  )
  select
    (select event_position(pg_current_xact_id())), id, type, subject, noun, row_id, occurred_at,
    created_at, plan_id, agency_id, data
  from json_populate_recordset(cast(null as event), cast(:events as json))
), assignments as (
  update assignment set status = new.status, reported_on = new.reported_on,
    changed_on = new.changed_on, updated_at = new.updated_at
  from json_populate_recordset(cast(null as assignment), cast(:assignments as json)) new
  where new.id = assignment.id
), drafts as (
  insert into submission_draft (
    submission_id, agency_id, content, drafted_by_id, narrative_id, sources, updated_at
  )
  select submission_id, agency_id, content, drafted_by_id, narrative_id, sources, updated_at
  from json_populate_recordset(cast(null as submission_draft), cast(:drafts as json))
  on conflict (submission_id) do update set content = excluded.content,
    drafted_by_id = excluded.drafted_by_id, narrative_id = excluded.narrative_id,
    sources = excluded.sources, updated_at = excluded.updated_at
  returning xmin
), stored as (
  update submission set status = new.status, attempts = new.attempts,
    received_on = new.received_on, updated_at = new.updated_at,
    waived_reason = case when new.status = 'waived' then submission.waived_reason end,
    waived_on = case when new.status = 'waived' then submission.waived_on end
  from json_populate_recordset(cast(null as submission), cast(:submissions as json)) new
  where new.id = submission.id
  returning submission.xmin
)
select xmin from stored union all select xmin from drafts limit 1
""")


class ChangesToStore(NamedTuple):
    """The rows that `STORE` takes, as JSON by the names of its parameters; and the submissions and
    drafts that get their new states when they are stored."""

    given: dict[str, str]
    submissions: list[HeldSubmission]
    drafts: list[HeldSubmission]

    @property
    def is_empty(self) -> bool:
        """True if nothing is to be stored."""
        return not (self.submissions or self.drafts)


async def store_changes(sql: Sql, changes: Iterable[SubmissionChanges], *, at: datetime) -> None:
    """Write all of *changes* with their audit entries and events; the rows get their new states.

    Drafts are written in the transaction in which their submissions were held: row security lets
    nobody write another agency's.
    """
    await store_prepared(sql, prepare_changes(changes, at=at))


async def store_prepared(sql: Sql, prepared: ChangesToStore) -> None:
    """Store like `store_changes`, from changes that are ready to be sent."""
    # The rows that one statement writes are all of one transaction.
    [stored] = await fetch(sql, STORE, prepared.given)
    for row in prepared.submissions:
        row.row_state = stored.xmin
    for row in prepared.drafts:
        row.draft_state = stored.xmin


def prepare_changes(changes: Iterable[SubmissionChanges], *, at: datetime) -> ChangesToStore:
    """The *changes* of a moment as PostgreSQL takes them."""
    changes = list(changes)
    # A word is written at once, a member of an enumeration as long as fifty words.
    submissions = [row for one in changes for row in one.submissions.values()]
    drafts = [(one.assignment, row) for one in changes for row in one.drafts.values()]
    rows: dict[str, list[Any]] = {
        "attempts": [row for one in changes for row in one.attempts],
        "audit_entries": [row for one in changes for row in one.audit_entries],
        "events": [row for one in changes for row in one.events],
        "assignments": [
            {
                "id": one.assignment.id,
                "status": str(one.assignment.status),
                "reported_on": one.assignment.reported_on,
                "changed_on": one.assignment.changed_on,
                "updated_at": at,
            }
            for one in changes
            if one.is_assignment_changed
        ],
        "submissions": [
            {
                "id": row.id,
                "status": str(row.status),
                "attempts": row.attempts,
                "received_on": row.received_on,
                "updated_at": row.updated_at,
            }
            for row in submissions
        ],
        "drafts": [
            {
                "submission_id": row.id,
                "agency_id": assignment.agency_id,
                "content": row.draft,
                "drafted_by_id": row.drafted_by_id,
                "narrative_id": row.draft_narrative_id,
                "sources": row.draft_sources,
                "updated_at": row.drafted_at,
            }
            for assignment, row in drafts
        ],
    }
    given = {name: to_json(values).decode() for name, values in rows.items()}
    return ChangesToStore(given, submissions, [row for _, row in drafts])
