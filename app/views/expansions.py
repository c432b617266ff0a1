"""What `expand` adds: whole resources, each kind read at once for all rows of a page."""

import uuid
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple, get_args

from fastapi import Response
from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.principal import Principal
from app.clock import local_day, utc_now
from app.http.lists import Paging, Shape, json_of
from app.queries.assignments import assignments
from app.queries.lists import PageRequest
from app.queries.plans import plans, tasks
from app.queries.registry import agencies, agency_views
from app.schemas.agencies import AgencyOut
from app.schemas.assignments import AssignmentOut
from app.schemas.common import Out
from app.schemas.expanded import EXPANDED
from app.schemas.plans import PlanOut
from app.schemas.tasks import TaskGroupOut, TaskOut
from app.views import plans as plan_views
from app.views import tasks as task_views

Ids = Sequence[uuid.UUID]
Items = Mapping[uuid.UUID, Any]
Refs = Mapping[str, uuid.UUID | None]


class Viewer(NamedTuple):
    """Who reads, by which session, and from when a deadline is near."""

    session: AsyncSession
    principal: Principal
    due_soon_days: int


async def page(
    session: AsyncSession,
    principal: Principal,
    paging: Paging,
    items: Iterable[Any],
    *,
    refs: Iterable[Refs],
    last: str | None,
) -> Response:
    """A page of a list; *refs* are the ids of what each item may be expanded by."""
    expanded = await _expanded(session, principal, paging.shape, refs)
    return paging.answer(items, last, expanded)


async def one(
    session: AsyncSession, principal: Principal, shape: Shape, item: Any, *, refs: Refs
) -> Response:
    """A single item, with the ids of what it may be expanded by."""
    return shape.answer(item, await _expanded(session, principal, shape, [refs]))


async def _expanded(
    session: AsyncSession, principal: Principal, shape: Shape, refs: Iterable[Refs]
) -> list[str]:
    """The JSON of `expanded` of each row; none if none is asked for.

    What is not set, and what the caller may not read, is null.
    """
    if not shape.expand:
        return []
    rows = list(refs)
    who = Viewer(session, principal, shape.request.app.state.settings.due_soon_days)
    members = EXPANDED[shape.out].model_fields
    kinds = {name: get_args(members[name].annotation)[0] for name in shape.expand}
    texts = {
        kind: await _texts(
            who, kind, [row[name] for row in rows for name in kinds if kinds[name] is kind]
        )
        for kind in set(kinds.values())
    }
    return [
        "{"
        + ",".join(f'"{name}":{texts[kind].get(row[name], "null")}' for name, kind in kinds.items())
        + "}"
        for row in rows
    ]


async def _texts(
    who: Viewer, kind: type[Out], ids: Sequence[uuid.UUID | None]
) -> dict[uuid.UUID | None, str]:
    found = await LOADERS[kind](who, sorted({one for one in ids if one is not None}))
    return {
        row_id: item if isinstance(item, str) else json_of(kind, item)
        for row_id, item in found.items()
    }


async def _agencies(who: Viewer, ids: Ids) -> Items:
    rows = await agencies.agencies_of(who.session, ids)
    views = await agency_views.describe(who.session, rows, day=local_day(utc_now()))
    return {view.id: view for view in views}


async def _plans(who: Viewer, ids: Ids) -> Items:
    rows = await plans.plans_of(who.session, who.principal, ids)
    described = await plan_views.described(who.session, who.principal, rows)
    return {plan["id"]: plan for plan in described}


async def _tasks(who: Viewer, ids: Ids) -> Items:
    rows = await tasks.tasks_of(who.session, who.principal, ids)
    of = await plans.plans_of(who.session, who.principal, {row.plan_id for row in rows})
    described = await task_views.tasks_out(who.session, of, rows)
    return {task["id"]: task for task in described}


async def _task_groups(who: Viewer, ids: Ids) -> Items:
    rows = await tasks.groups_of(who.session, who.principal, ids)
    return {group.id: task_views.group_out(group) for group in rows}


async def _assignments(who: Viewer, ids: Ids) -> Items:
    asked = PageRequest({"ids": list(ids)}, "id", None, len(ids))
    found = await assignments.list_assignments_json(
        who.session, viewpoint(who), asked, with_ids=True
    )
    return {row.id: row.body for row in found.rows}


def viewpoint(who: Viewer) -> assignments.Viewpoint:
    """Today, for this caller."""
    today = local_day(utc_now())
    return assignments.Viewpoint.of(
        who.principal, today, today=today, due_soon_days=who.due_soon_days
    )


LOADERS: dict[type[Out], Callable[[Viewer, Ids], Awaitable[Items]]] = {
    AgencyOut: _agencies,
    AssignmentOut: _assignments,
    PlanOut: _plans,
    TaskGroupOut: _task_groups,
    TaskOut: _tasks,
}
