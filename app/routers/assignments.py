import uuid
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response

from app.auth.deps import Reader
from app.auth.principal import Principal
from app.clock import local_day, utc_now
from app.db import ReadingSessionDep
from app.domain.figures.statistics import DayInFutureError, day_asked
from app.errors import Fault, InvalidError, Text
from app.http.etags import ReadingDep
from app.http.idempotency import Route
from app.http.lists import Paging, Shape, chosen, paged, shaped, some_of
from app.http.problems import refusals
from app.models import AssigneeRole, AssignmentStatus, Refusal
from app.queries.assignments import assignments as queries
from app.queries.plans import plans as plan_queries
from app.queries.registry import agencies
from app.schemas.assignments import TIMELINESS, AssignmentDetailOut, AssignmentOut
from app.schemas.common import AsOfDay, Day, OverdueDays, Page, Ref, UpdatedSince
from app.schemas.external_refs import ExternalRefFilter
from app.schemas.plans import PlanNumber
from app.schemas.tasks import OrdinalFilter
from app.views.expansions import one, page

router = APIRouter(prefix="/v1", tags=["work"], route_class=Route)


AssignmentsDep = Annotated[Paging, Depends(paged(queries.ASSIGNMENTS, AssignmentOut))]
ShapeDep = Annotated[Shape, Depends(shaped(AssignmentDetailOut))]


async def filters(
    session: ReadingSessionDep,
    agency: Ref | None = None,
    task: uuid.UUID | None = None,
    ordinal: OrdinalFilter = None,
    role: AssigneeRole | None = None,
    status: Annotated[str | None, Query(pattern=some_of(AssignmentStatus))] = None,
    timeliness: Annotated[str | None, Query(pattern=some_of(TIMELINESS))] = None,
    overdue_days_from: OverdueDays = None,
    original_timeliness: Annotated[
        str | None,
        Query(
            pattern=some_of(TIMELINESS),
            description="Như timeliness, theo thời hạn ban đầu / by the original deadline",
        ),
    ] = None,
    refusal: Annotated[
        Refusal | None,
        Query(description="Cơ quan từ chối: chờ quyết định, không được chấp nhận / if refused"),
    ] = None,
    occurrence: Annotated[str | None, Query(pattern="^([0-9]{4}|once)$", examples=["2024"])] = None,
    deadline_from: Day | None = None,
    deadline_before: Day | None = None,
    external_ref: ExternalRefFilter = None,
    updated_since: UpdatedSince = None,
) -> dict[str, Any]:
    """What a list of assignments is narrowed to; an unknown agency is 404."""
    found = None if agency is None else await agencies.get_agency(session, agency)
    return {
        "agency": found and found.id,
        "task": task,
        "ordinal": ordinal,
        "role": role,
        "status": chosen(status),
        "timeliness": chosen(timeliness),
        "overdue_days_from": overdue_days_from,
        "original_timeliness": chosen(original_timeliness),
        "refusal": refusal,
        "occurrence": occurrence,
        "deadline_from": deadline_from,
        "deadline_before": deadline_before,
        "external_ref": external_ref,
        "updated_since": updated_since,
    }


FiltersDep = Annotated[dict[str, Any], Depends(filters)]


def viewpoint(request: Request, principal: Principal, as_of: date | None) -> queries.Viewpoint:
    """The day that is asked for, for this caller."""
    today = local_day(utc_now())
    day = day_asked(as_of, today=today)
    soon = request.app.state.settings.due_soon_days
    return queries.Viewpoint.of(principal, day, today=today, due_soon_days=soon)


@router.get(
    "/assignments",
    summary="Việc được giao / List assignments",
    response_model=Page[AssignmentOut],
    responses=refusals(DayInFutureError),
)
async def list_assignments(
    session: ReadingSessionDep,
    principal: Reader,
    paging: AssignmentsDep,
    narrowed: FiltersDep,
    plan: uuid.UUID | None = None,
    plan_number: PlanNumber = None,
    as_of: AsOfDay = None,
) -> Any:
    """Việc được giao của mọi kế hoạch đã ban hành, lọc theo kế hoạch, cơ quan, trạng thái…

    What agencies owe over all issued plans, narrowed by plan, agency, role, status, timeliness.
    With `as_of` everything is as it held at the end of that day: who answered, by which name,
    the deadline, the state; filters are about that day too.
    """
    view = viewpoint(paging.request, principal, as_of)
    filters = narrowed | {"plan": plan, "plan_number": plan_number}
    return await _page(session, principal, view, paging, filters)


@router.get(
    "/plans/{plan_id}/assignments",
    summary="Việc được giao của một kế hoạch / List a plan's assignments",
    response_model=Page[AssignmentOut],
    responses=refusals(DayInFutureError),
)
async def list_plan_assignments(
    session: ReadingSessionDep,
    principal: Reader,
    paging: AssignmentsDep,
    narrowed: FiltersDep,
    plan_id: uuid.UUID,
    as_of: AsOfDay = None,
) -> Any:
    """Ai được giao việc gì trong kế hoạch này, vào ngày đã cho. / Who owes what in this plan."""
    view = viewpoint(paging.request, principal, as_of)
    plan = await plan_queries.get_plan(session, principal, plan_id)
    return await _page(session, principal, view, paging, narrowed | {"plan": plan.id})


@router.get(
    "/assignments/{assignment_id}",
    summary="Một việc được giao / Get an assignment",
    response_model=AssignmentDetailOut,
    responses=refusals(DayInFutureError),
)
async def get_assignment(
    request: Request,
    session: ReadingSessionDep,
    principal: Reader,
    tagging: ReadingDep,
    shape: ShapeDep,
    assignment_id: uuid.UUID,
    as_of: AsOfDay = None,
) -> Any:
    """Việc được giao, hạn, trạng thái; cả những việc đã nhập vào khi cơ quan sáp nhập.

    The assignment, its deadline and its state, and what was merged into it when agencies became
    one.
    """
    await tagging.spare(session, "assignment", assignment_id)
    view = viewpoint(request, principal, as_of)
    row = await queries.get_assignment_json(
        session, view, assignment_id, fields=shape.fields, with_ids=bool(shape.expand)
    )
    return await one(session, principal, shape, row.body, refs=queries.refs(row))


async def _page(
    session: ReadingSessionDep,
    principal: Principal,
    view: queries.Viewpoint,
    paging: Paging,
    filters: dict[str, Any],
) -> Response:
    if view.is_past and filters["updated_since"] is not None:
        text = Text(
            "updated_since hỏi cái gì vừa thay đổi, không dùng cùng as_of của một ngày đã qua.",
            "updated_since asks what has changed lately, which as_of a past day does not know.",
        )
        raise InvalidError(text, (Fault("?updated_since", "not_with_as_of", text),))
    shape = paging.shape
    rows, last = await queries.list_assignments_json(
        session, view, paging.asked(filters), fields=shape.fields, with_ids=bool(shape.expand)
    )
    items = [row.body for row in rows]
    return await page(session, principal, paging, items, refs=map(queries.refs, rows), last=last)
