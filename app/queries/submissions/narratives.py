"""Reading which submissions share a narrative, and which attempts a text was taken from."""

import uuid
from collections import defaultdict
from collections.abc import Collection
from datetime import date
from typing import NamedTuple

import sqlalchemy as sa

from app.auth.principal import Principal
from app.models import SubmissionStatus
from app.queries.json_shapes import AGENCY_NAME, NAME_OF_DAY
from app.queries.registry.agencies import AgencyLabel
from app.queries.submissions.submissions import VISIBLE
from app.reading import Sql, fetch


class NarrativeUse(NamedTuple):
    """A submission for which a narrative was written."""

    id: uuid.UUID
    status: SubmissionStatus


class AttemptSource(NamedTuple):
    """An attempt whose text was taken into another submission."""

    submission_id: uuid.UUID
    number: int
    agency: AgencyLabel


USES = f"""
with own_draft as materialized (
  select narrative_id, submission_id from drafts_of(array[cast(:mine as uuid)])
)
select uses.narrative_id, submission.id,
  case when submission.status = 'expected'
      and submission.id in (select submission_id from own_draft)
    then 'draft' else submission.status end
from (
  select filed.narrative_id, filed.submission_id from submission_attempt filed
   where filed.narrative_id = any(:ids)
  union
  select own_draft.narrative_id, own_draft.submission_id from own_draft
   where own_draft.narrative_id = any(:ids)
) uses
join submission on submission.id = uses.submission_id
join assignment on assignment.id = submission.assignment_id
join plan on plan.id = assignment.plan_id
where cast(:reads_all as boolean) or {VISIBLE}
order by submission.id
"""
USES_OF = sa.text(USES)
SOURCES = sa.text(f"""
select t.id, t.submission_id, t.number, agency.id, agency.code, {AGENCY_NAME}
from submission_attempt t join agency on agency.id = t.agency_id {NAME_OF_DAY}
where t.id = any(:ids)
""")


async def uses_of(
    sql: Sql, principal: Principal, narrative_ids: Collection[uuid.UUID]
) -> dict[uuid.UUID, list[NarrativeUse]]:
    """The submissions of each narrative that the principal may read; drafts are their agency's
    alone."""
    found: dict[uuid.UUID, list[NarrativeUse]] = defaultdict(list)
    if not narrative_ids:
        return found
    parameters = {
        "ids": list(narrative_ids),
        "mine": principal.agency_id,
        "reads_all": principal.reads_all_submissions,
    }
    for narrative_id, submission_id, status in await fetch(sql, USES_OF, parameters):
        found[narrative_id].append(NarrativeUse(submission_id, SubmissionStatus(status)))
    return found


async def sources_of(
    sql: Sql, attempt_ids: Collection[uuid.UUID], *, day: date
) -> dict[uuid.UUID, AttemptSource]:
    """The submission, number and agency, by its name of *day*, of each of these attempts."""
    if not attempt_ids:
        return {}
    rows = await fetch(sql, SOURCES, {"ids": list(attempt_ids), "today": day})
    return {
        attempt_id: AttemptSource(submission_id, number, AgencyLabel(agency_id, code, name, None))
        for attempt_id, submission_id, number, agency_id, code, name in rows
    }
