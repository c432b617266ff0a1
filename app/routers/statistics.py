import uuid
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Request, Response

from app.auth.deps import Reader
from app.clock import local_day, utc_now
from app.db import ReadingSessionDep
from app.domain import statistics as domain
from app.errors import NotFoundError
from app.idempotency import Route
from app.models import AssigneeRole
from app.problems import refusals
from app.queries import statistics as queries
from app.schemas.common import AsOfDay
from app.schemas.statistics import AllStatisticsOut, PlanStatisticsOut

router = APIRouter(prefix="/v1", tags=["figures"], route_class=Route)


async def viewpoint(
    request: Request,
    as_of: AsOfDay = None,
    role: Annotated[
        AssigneeRole | None,
        Query(description="Chỉ chủ trì hoặc chỉ phối hợp / only as lead or as coordinating"),
    ] = None,
) -> queries.AsOf:
    """The day that is asked for, and which part of the assignments."""
    day = domain.day_asked(as_of, today=local_day(utc_now()))
    return queries.AsOf(day, request.app.state.settings.due_soon_days, role)


AsOfDep = Annotated[queries.AsOf, Depends(viewpoint)]


@router.get(
    "/plans/{plan_id}/statistics",
    operation_id="getPlanStatistics",
    summary="Số liệu thực hiện một kế hoạch / Get a plan's figures",
    response_model=PlanStatisticsOut,
    responses=refusals(NotFoundError, domain.DayInFutureError),
)
async def get_plan_statistics(
    session: ReadingSessionDep,
    principal: Reader,
    as_of: AsOfDep,
    plan_id: uuid.UUID,
    by: Literal["agency", "group", "task", "period"] = "agency",
) -> Any:
    """Bao nhiêu việc đã hoàn thành đúng hạn, trễ hạn, chưa hoàn thành, quá hạn; ba tỷ lệ.

    The tree of statuses as of a day, in total and by agency, task group, task or period: every
    count adds up. Each rate comes with its numerator and base. On time or late is judged by the day
    on which the accepted report was filed, by the deadline in force and by the one first set.
    """
    body = await queries.plan_statistics_json(
        session, as_of, plan_id=plan_id, by=by, mine=principal.agency_id
    )
    return Response(body, media_type="application/json")


@router.get(
    "/statistics",
    operation_id="getStatistics",
    summary="Số liệu thực hiện mọi kế hoạch / Get figures over all plans",
    response_model=AllStatisticsOut,
    responses=refusals(domain.DayInFutureError),
)
async def get_statistics(
    session: ReadingSessionDep,
    _: Reader,
    as_of: AsOfDep,
    by: Literal["plan", "agency"] = "plan",
) -> Any:
    """Số liệu của mọi kế hoạch đã ban hành, theo kế hoạch hoặc theo cơ quan.

    The tree of statuses over all issued plans as of a day, by plan or by agency.
    """
    groups = await queries.list_counts(session, as_of, by=by)
    return {"as_of": as_of.day, "by": by, "role": as_of.role, **domain.overview(groups)}
