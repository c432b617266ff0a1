import uuid
from datetime import date
from operator import attrgetter
from typing import Annotated

from fastapi import APIRouter, Depends, Request

from app.auth.deps import Reader
from app.auth.principal import Principal
from app.clock import local_day, utc_now
from app.domain.figures.as_of import DayInFutureError, day_asked
from app.http.answers import Answer, Shape, shaped
from app.http.etags import ReadingDep
from app.http.idempotency import Route
from app.http.lists import ListRequest, paged
from app.http.problems import refusals
from app.http.sessions import ReaderDep
from app.http.settings import settings_of
from app.queries.assignments import assignments_json as queries
from app.queries.lists import PageRequest
from app.queries.plans import plans as plan_queries
from app.routers.viewpoints import of_day
from app.schemas.assignments import (
    AssignmentDetailOut,
    AssignmentFilters,
    AssignmentOut,
    PlanAssignmentFilters,
)
from app.schemas.common import AsOfDay, Page
from app.views.expansions import item_answer, page_answer

router = APIRouter(prefix="/v1", tags=["work"], route_class=Route)


AssignmentsDep = Annotated[
    ListRequest[AssignmentOut],
    Depends(paged(queries.ASSIGNMENTS, AssignmentOut, AssignmentFilters)),
]
PlanAssignmentsDep = Annotated[
    ListRequest[AssignmentOut],
    Depends(paged(queries.ASSIGNMENTS, AssignmentOut, PlanAssignmentFilters)),
]
NAMES_WHAT_IS_GONE = {"status", "external_ref", "updated_since"}
"""The filters with which a list has merged and split assignments too: whoever follows changes is to
learn of them."""
AssignmentShapeDep = Annotated[Shape[AssignmentDetailOut], Depends(shaped(AssignmentDetailOut))]


def viewpoint(request: Request, principal: Principal, as_of: date | None) -> queries.Viewpoint:
    """The day that is asked for, for this caller."""
    today = local_day(utc_now())
    day = day_asked(as_of, today=today)
    soon = settings_of(request).due_soon_days
    return queries.Viewpoint.of(principal, day, today=today, due_soon_days=soon)


@router.get(
    "/assignments",
    summary="Nhiệm vụ được giao / List assignments",
    responses=refusals(DayInFutureError),
)
async def list_assignments(
    reader: ReaderDep,
    principal: Reader,
    paging: AssignmentsDep,
    as_of: AsOfDay = None,
) -> Answer[Page[AssignmentOut]]:
    """Nhiệm vụ được giao của mọi kế hoạch đã ban hành, lọc theo kế hoạch, cơ quan, trạng thái…

    What agencies owe over all issued plans, narrowed by plan, agency, role, status, timeliness.
    With `as_of` everything is as it held at the end of that day: who answered, by which name,
    the deadline, the state; filters are about that day too. What was merged into another
    assignment or split is listed by `status`, `external_ref` and `updated_since` alone.
    """
    view = viewpoint(paging.request, principal, as_of)
    asked = await paging.asked(reader)
    return await _page(reader, principal, view, paging, asked)


@router.get(
    "/plans/{plan_id}/assignments",
    summary="Nhiệm vụ được giao của một kế hoạch / List a plan's assignments",
    responses=refusals(DayInFutureError),
)
async def list_plan_assignments(
    reader: ReaderDep,
    principal: Reader,
    paging: PlanAssignmentsDep,
    plan_id: uuid.UUID,
    as_of: AsOfDay = None,
) -> Answer[Page[AssignmentOut]]:
    """Ai được giao nhiệm vụ gì trong kế hoạch này, ngày đã cho. / Who owes what in this plan."""
    view = viewpoint(paging.request, principal, as_of)
    plan = await plan_queries.get_plan_id(reader, principal, plan_id)
    asked = await paging.asked(reader, plan=plan)
    return await _page(reader, principal, view, paging, asked)


@router.get(
    "/assignments/{assignment_id}",
    summary="Một nhiệm vụ được giao / Get an assignment",
    responses=refusals(DayInFutureError),
)
async def get_assignment(
    request: Request,
    reader: ReaderDep,
    principal: Reader,
    tagging: ReadingDep,
    shape: AssignmentShapeDep,
    assignment_id: uuid.UUID,
    as_of: AsOfDay = None,
) -> Answer[AssignmentDetailOut]:
    """Nhiệm vụ được giao, hạn, trạng thái; cả những việc đã nhập vào khi cơ quan sáp nhập.

    The assignment, its deadline and its state, and what was merged into it when agencies became
    one.
    """
    view = viewpoint(request, principal, as_of)
    row = await queries.get_assignment_json(reader, view, assignment_id, fields=shape.fields)
    tagging.mark(row)
    return await item_answer(reader, principal, shape, row.body, refs=map(queries.refs, [row]))


async def _page(
    reader: ReaderDep,
    principal: Principal,
    view: queries.Viewpoint,
    paging: ListRequest[AssignmentOut],
    asked: PageRequest,
) -> Answer[Page[AssignmentOut]]:
    asked = of_day(asked, view.day, today=local_day(utc_now()))
    if asked.filters.keys().isdisjoint(NAMES_WHAT_IS_GONE):
        asked = asked.within(is_there=True)
    shape = paging.shape
    if not shape.expand:
        whole = await queries.page_of_assignments_json(reader, view, asked, fields=shape.fields)
        return paging.answer(whole.rows, whole.last)
    rows, last = await queries.list_assignments_json(reader, view, asked, fields=shape.fields)
    items = map(attrgetter("body"), rows)
    return await page_answer(
        reader, principal, paging, items, refs=map(queries.refs, rows), last=last
    )
