"""Resources that `expand` adds, each kind read at once for all rows of a page."""

import uuid
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple, get_args

from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.principal import Principal
from app.clock import local_day, utc_now
from app.http.answers import Answer, Schema, Shape, json_of
from app.http.lists import ListRequest
from app.http.sessions import RequestReader
from app.http.settings import settings_of
from app.queries.assignments import assignments_json as assignments
from app.queries.lists import PageRequest
from app.queries.plans import plans, tasks
from app.queries.registry import agencies
from app.queries.submissions.latest import latest_accepted
from app.schemas.accepted_reports import AcceptedReportOut
from app.schemas.agencies import AgencyOut
from app.schemas.assignments import AssignmentOut
from app.schemas.common import Out, Page
from app.schemas.expanded import EXPANDED
from app.schemas.plans import PlanOut
from app.schemas.tasks import TaskGroupOut, TaskOut
from app.views import agencies as agency_views
from app.views import plans as plan_views
from app.views import tasks as task_views

ReferredIds = Sequence[uuid.UUID]
Items = Mapping[uuid.UUID, Out | str]
ReferredByName = Mapping[str, uuid.UUID | None]


class Viewer(NamedTuple):
    """The caller with its reader, and the days before a deadline that count as near."""

    sql: AsyncSession | RequestReader
    principal: Principal
    due_soon_days: int

    @property
    def session(self) -> AsyncSession:
        """The session by which rows of the ORM are read."""
        return self.sql.session if isinstance(self.sql, RequestReader) else self.sql


async def page_answer(
    sql: AsyncSession | RequestReader,
    principal: Principal,
    paging: ListRequest[Schema],
    items: Iterable[Schema | str],
    *,
    refs: Iterable[ReferredByName],
    last: str | None,
) -> Answer[Page[Schema]]:
    """A page of a list; *refs* are the ids by which each item may be expanded."""
    expanded = await _expanded(sql, principal, paging.shape, refs)
    return paging.answer(items, last, expanded)


async def item_answer(
    sql: AsyncSession | RequestReader,
    principal: Principal,
    shape: Shape[Schema],
    item: Schema | str,
    *,
    refs: Iterable[ReferredByName],
) -> Answer[Schema]:
    """A single item; *refs*, which are read where it is to be expanded, are its one set of ids."""
    return shape.answer(item, await _expanded(sql, principal, shape, refs))


async def _expanded(
    sql: AsyncSession | RequestReader,
    principal: Principal,
    shape: Shape[Any],
    refs: Iterable[ReferredByName],
) -> list[str]:
    """The JSON of `expanded` of each row; none if none is asked for. An unset member, and one that
    the caller may not read, is null."""
    if not shape.expand:
        return []
    rows = list(refs)
    who = Viewer(sql, principal, settings_of(shape.request).due_soon_days)
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
        row_id: item if isinstance(item, str) else json_of(item) for row_id, item in found.items()
    }


async def _agencies(who: Viewer, ids: ReferredIds) -> Items:
    rows = await agencies.agencies_of(who.session, ids)
    found = await agency_views.agencies_out(who.session, rows, day=local_day(utc_now()))
    return {agency.id: agency for agency in found}


async def _plans(who: Viewer, ids: ReferredIds) -> Items:
    rows = await plans.plans_of(who.session, who.principal, ids)
    found = await plan_views.plans_out(who.session, who.principal, rows)
    return {plan.id: plan for plan in found}


async def _tasks(who: Viewer, ids: ReferredIds) -> Items:
    rows = await tasks.tasks_of(who.session, who.principal, ids)
    of = await plans.plans_of(who.session, who.principal, {row.plan_id for row in rows})
    found = await task_views.tasks_out(who.session, of, rows)
    return {task.id: task for task in found}


async def _task_groups(who: Viewer, ids: ReferredIds) -> Items:
    rows = await tasks.groups_of(who.session, who.principal, ids)
    return {group.id: task_views.group_out(group) for group in rows}


async def _assignments(who: Viewer, ids: ReferredIds) -> Items:
    asked = PageRequest({"ids": list(ids)}, "id", None, len(ids))
    found = await assignments.list_assignments_json(who.sql, viewpoint(who), asked)
    return {row.id: row.body for row in found.rows}


async def _latest_submissions(who: Viewer, ids: ReferredIds) -> Items:
    """The latest accepted submissions, by assignment."""
    day = local_day(utc_now())
    found = await latest_accepted(who.sql, ids, day=day, principal=who.principal)
    return {one: AcceptedReportOut.of(report) for one, report in found.items()}


def viewpoint(who: Viewer) -> assignments.Viewpoint:
    """Today, for this caller."""
    today = local_day(utc_now())
    return assignments.Viewpoint.of(
        who.principal, today, today=today, due_soon_days=who.due_soon_days
    )


LOADERS: dict[type[Out], Callable[[Viewer, ReferredIds], Awaitable[Items]]] = {
    AcceptedReportOut: _latest_submissions,
    AgencyOut: _agencies,
    AssignmentOut: _assignments,
    PlanOut: _plans,
    TaskGroupOut: _task_groups,
    TaskOut: _tasks,
}
