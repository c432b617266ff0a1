import uuid
from collections.abc import Mapping, Sequence
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
from app.queries.registry import agencies
from app.queries.registry.agencies import AgencyLabel
from app.views.plans import not_assigned

KINDS = ("made", "changed", "ended", "kept")


async def one(
    session: AsyncSession, principal: Principal, case: queries.AmendmentCase
) -> dict[str, Any]:
    """One amendment as it is answered."""
    return (await described(session, principal, [case]))[0]


async def described(
    session: AsyncSession, principal: Principal, cases: Sequence[queries.AmendmentCase]
) -> list[dict[str, Any]]:
    """Amendments with their difference, task by task; names are those of today."""
    items = await queries.items_of_each(session, [case.amendment.id for case in cases])
    snapshots = [
        words
        for rows in items.values()
        for row in rows
        for words in (row.before, row.after)
        if words is not None
    ]
    named = [one for words in snapshots for one in words["assignees"]]
    agency_ids = {uuid.UUID(one["agency_id"]) for one in named if one["agency_id"]}
    agency_ids |= {case.amendment.agency_id for case in cases}
    labels = await agencies.agency_names(session, agency_ids, day=local_day(utc_now()))
    collective_ids = {uuid.UUID(one["collective_id"]) for one in named if one["collective_id"]}
    collectives = await task_queries.collective_names(session, collective_ids)
    codes = {str(key): row.code for key, row in collectives.items()}
    by_text = {str(key): label for key, label in labels.items()}
    return [
        amendment.model_dump()
        | {
            "agency": labels[amendment.agency_id],
            "items": [_item(row, by_text, codes) for row in items[amendment.id]],
            "allowed_actions": domain.allowed_actions(principal, amendment, plan),
        }
        for amendment, plan in cases
    ]


def _item(
    row: AmendmentItem, labels: Mapping[str, AgencyLabel], codes: Mapping[str, str]
) -> dict[str, Any]:
    before, after = (words and _words(words, labels, codes) for words in (row.before, row.after))
    fields = [name for name in (before or {}) if after and before and before[name] != after[name]]
    return {
        "change": row.change,
        "task_id": row.task_id,
        "fields": fields,
        "before": before,
        "after": after,
    }


def _words(
    words: Mapping[str, Any], labels: Mapping[str, AgencyLabel], codes: Mapping[str, str]
) -> dict[str, Any]:
    frame = words["time_frame"]
    return {
        name: words[name]
        for name in ("task_group_id", "ordinal", "title", "expected_result", "note")
    } | {
        "time_frame": {name: frame[name] for name in FRAME}
        | {"text": words["time_frame_text"], "needs_person": frame["kind"] in NEEDS_PERSON},
        "assignees": [
            {
                "role": one["role"],
                "source_text": one["source_text"],
                "agency": one["agency_id"] and labels[one["agency_id"]],
                "collective": one["collective_id"] and codes[one["collective_id"]],
                "is_related_only": one["is_related_only"],
            }
            for one in words["assignees"]
        ],
    }


async def effect_out(
    session: AsyncSession,
    principal: Principal,
    case: queries.AmendmentCase,
    effect: AmendmentEffect,
    *,
    dry_run: bool,
) -> dict[str, Any]:
    """What issuing did, or would do, to assignments; agencies by their name of the day."""
    day = case.amendment.effective_on or local_day(utc_now())
    rows: list[Assignment] = [row for kind in KINDS for row in getattr(effect, kind)]
    labels = await agencies.agency_names(session, {row.agency_id for row in rows}, day=day)
    tasks = {task.id: task for task in await task_queries.list_tasks(session, case.plan.id)}
    return {
        "dry_run": dry_run,
        "amendment": await one(session, principal, case),
        **{kind: _assignments(getattr(effect, kind), tasks, labels) for kind in KINDS},
        "submissions": effect.submissions,
        "waived": effect.waived,
        "not_assigned": await not_assigned(session, effect.not_assigned),
    }


def _assignments(
    rows: Sequence[Assignment],
    tasks: Mapping[uuid.UUID, Task],
    labels: Mapping[uuid.UUID, AgencyLabel],
) -> list[dict[str, Any]]:
    """In the plan's order."""
    ordered = sorted(
        rows,
        key=lambda row: (tasks[row.task_id].position, row.occurrence, labels[row.agency_id].code),
    )
    return [
        {
            "task_ordinal": tasks[row.task_id].ordinal,
            "occurrence": row.occurrence,
            "agency": labels[row.agency_id],
            "role": row.role,
            "deadline_on": row.deadline_on,
        }
        for row in ordered
    ]
