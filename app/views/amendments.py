import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.principal import Principal
from app.clock import local_day, utc_now
from app.domain.amendments import amendments as domain
from app.domain.amendments.apply import AmendmentEffect
from app.domain.amendments.snapshots import FRAME
from app.domain.plans.time_frames import NEEDS_PERSON
from app.models import AmendmentItem, Assignment, Task
from app.queries.amendments import amendments as queries
from app.queries.plans import tasks as task_queries
from app.queries.plans.plans import visible_plan_id
from app.queries.submissions.effects import SubmissionEffect
from app.schemas.amendments import (
    AmendedAssigneeOut,
    AmendedAssignmentOut,
    AmendmentIssueOut,
    AmendmentItemOut,
    AmendmentOut,
    TaskWordsOut,
)
from app.schemas.plan_imports import TimeFrameOut
from app.views.labels import AgencyLabels, agency_labels
from app.views.plans import not_assigned_out
from app.views.submission_effects import effects_out


@dataclass(frozen=True, slots=True)
class _Names:
    """The names of the agencies and the codes of the collectives that amendments mention."""

    agencies: AgencyLabels
    collectives: Mapping[uuid.UUID, str]


async def amendment_out(
    session: AsyncSession, principal: Principal, case: queries.AmendmentCase
) -> AmendmentOut:
    """One amendment with its difference."""
    return (await amendments_out(session, principal, [case]))[0]


async def amendments_out(
    session: AsyncSession, principal: Principal, cases: Sequence[queries.AmendmentCase]
) -> list[AmendmentOut]:
    """Amendments with their difference, task by task; names are those of today."""
    items = await queries.items_of_each(session, [case.amendment.id for case in cases])
    rows = [row for found in items.values() for row in found]
    names = await _names(session, cases, rows)
    return [
        AmendmentOut.of(
            amendment,
            agency=names.agencies[amendment.agency_id],
            items=[_item_out(row, names) for row in items[amendment.id]],
            allowed_actions=domain.allowed_actions(principal, amendment, plan),
        )
        for amendment, plan in cases
    ]


async def _names(
    session: AsyncSession, cases: Sequence[queries.AmendmentCase], rows: Sequence[AmendmentItem]
) -> _Names:
    words = [words for row in rows for words in (row.before, row.after) if words is not None]
    assignees = [one for snapshot in words for one in snapshot["assignees"]]
    agencies = await agency_labels(
        session,
        (case.amendment.agency_id for case in cases),
        (uuid.UUID(one["agency_id"]) for one in assignees if one["agency_id"]),
    )
    ids = {uuid.UUID(one["collective_id"]) for one in assignees if one["collective_id"]}
    collectives = await task_queries.collective_names(session, ids)
    return _Names(agencies, {row.id: row.code for row in collectives.values()})


def _item_out(row: AmendmentItem, names: _Names) -> AmendmentItemOut:
    before = None if row.before is None else _words_out(row.before, names)
    after = None if row.after is None else _words_out(row.after, names)
    fields = []
    if before and after:
        pairs = ((name, getattr(before, name), getattr(after, name)) for name in WORDS)
        fields = [name for name, old, new in pairs if old != new]
    return AmendmentItemOut.of(row, fields=fields, before=before, after=after)


WORDS = (
    "task_group_id", "ordinal", "title", "expected_result", "note", "time_frame", "assignees",
)  # fmt: skip
"""The members of a task's words, in the order in which a difference names them."""


def _words_out(words: Mapping[str, Any], names: _Names) -> TaskWordsOut:
    assignees = [_assignee_out(one, names) for one in words["assignees"]]
    return TaskWordsOut.model_validate(
        {**words, "time_frame": _time_frame_out(words), "assignees": assignees}
    )


def _time_frame_out(words: Mapping[str, Any]) -> TimeFrameOut:
    frame = words["time_frame"]
    return TimeFrameOut.model_validate(
        {name: frame[name] for name in FRAME}
        | {"text": words["time_frame_text"], "needs_person": frame["kind"] in NEEDS_PERSON}
    )


def _assignee_out(one: Mapping[str, Any], names: _Names) -> AmendedAssigneeOut:
    agency_id, collective_id = one["agency_id"], one["collective_id"]
    agency = names.agencies[uuid.UUID(agency_id)] if agency_id else None
    collective = names.collectives[uuid.UUID(collective_id)] if collective_id else None
    return AmendedAssigneeOut.model_validate({**one, "agency": agency, "collective": collective})


async def effect_out(
    session: AsyncSession,
    principal: Principal,
    case: queries.AmendmentCase,
    effect: AmendmentEffect,
    effects: Sequence[SubmissionEffect],
    *,
    dry_run: bool,
) -> AmendmentIssueOut:
    """The effect of issuing on assignments, done or foreseen; agencies by their name of the day."""
    day = case.amendment.effective_on or local_day(utc_now())
    rows = [*effect.made, *effect.changed, *effect.ended, *effect.kept]
    labels = await agency_labels(session, (row.agency_id for row in rows), day=day)
    tasks = {
        task.id: task for task in await task_queries.list_tasks(session, visible_plan_id(case.plan))
    }
    return AmendmentIssueOut.of(
        effect,
        dry_run=dry_run,
        amendment=await amendment_out(session, principal, case),
        made=_assignments_out(effect.made, tasks, labels),
        changed=_assignments_out(effect.changed, tasks, labels),
        ended=_assignments_out(effect.ended, tasks, labels),
        kept=_assignments_out(effect.kept, tasks, labels),
        submission_effects=await effects_out(session, effects),
        not_assigned=not_assigned_out(effect.not_assigned),
    )


def _assignments_out(
    rows: Sequence[Assignment], tasks: Mapping[uuid.UUID, Task], labels: AgencyLabels
) -> list[AmendedAssignmentOut]:
    """Assignments in the plan's order."""
    ordered = sorted(
        rows,
        key=lambda row: (tasks[row.task_id].position, row.occurrence, labels[row.agency_id].code),
    )
    return [
        AmendedAssignmentOut.of(
            row, task_ordinal=tasks[row.task_id].ordinal, agency=labels[row.agency_id]
        )
        for row in ordered
    ]
