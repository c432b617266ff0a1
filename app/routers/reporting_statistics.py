import uuid
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query

from app.auth.deps import Reader
from app.clock import local_day, utc_now
from app.db import ReadingSessionDep
from app.domain.figures import reporting as domain
from app.domain.figures.as_of import DayInFutureError, day_asked
from app.http.idempotency import Route
from app.http.lists import Paging, PagingDep
from app.http.problems import refusals
from app.queries.figures import reporting as queries
from app.queries.plans import plans
from app.queries.registry import agencies
from app.routers.viewpoints import FigureRole, role_asked
from app.schemas.common import AsOfDay, Ref
from app.schemas.reporting_statistics import ReportingGroupOut, ReportingOut, ReportingStatisticsOut

router = APIRouter(prefix="/v1", tags=["figures"], route_class=Route)

REFUSALS = refusals(DayInFutureError)


async def filters(
    session: ReadingSessionDep,
    agency: Ref | None = None,
    period: Annotated[str | None, Query(max_length=60, pattern="^[0-9A-Za-z-]*$")] = None,
    role: FigureRole = "lead",
) -> dict[str, Any]:
    """The submissions that are counted; an unknown agency is 404."""
    found = None if agency is None else await agencies.get_agency(session, agency)
    return {"agency_id": found and found.id, "period": period, "role": role_asked(role)}


FiltersDep = Annotated[dict[str, Any], Depends(filters)]


@router.get(
    "/plans/{plan_id}/reporting-statistics",
    summary="Số liệu báo cáo của một kế hoạch / Get a plan's figures of reporting",
    responses=REFUSALS,
)
async def get_plan_reporting_statistics(
    session: ReadingSessionDep,
    principal: Reader,
    paging: PagingDep,
    narrowed: FiltersDep,
    plan_id: uuid.UUID,
    as_of: AsOfDay = None,
    by: Literal["agency", "task", "period"] = "agency",
) -> ReportingStatisticsOut:
    """Báo cáo đã nộp đủ chưa, đúng hạn không, chờ xét từ bao giờ; tách khỏi việc hoàn thành.

    How complete and timely reporting was as of a day, apart from how far the work is: what was due
    and filed, on time or late by the day of the filing that stands, what is overdue for how long,
    what waits for review or was returned. Every count adds up.
    """
    plan = await plans.get_plan(session, principal, plan_id)
    return await _answer(session, paging, narrowed | {"plan_id": plan.id}, by=by, as_of=as_of)


@router.get(
    "/reporting-statistics",
    summary="Số liệu báo cáo mọi kế hoạch / Get figures of reporting over all plans",
    responses=REFUSALS,
)
async def get_reporting_statistics(
    session: ReadingSessionDep,
    _: Reader,
    paging: PagingDep,
    narrowed: FiltersDep,
    as_of: AsOfDay = None,
    by: Literal["plan", "agency", "period"] = "plan",
) -> ReportingStatisticsOut:
    """Như trên, của mọi kế hoạch đã ban hành. / The same over all issued plans."""
    return await _answer(session, paging, narrowed, by=by, as_of=as_of)


async def _answer(
    session: ReadingSessionDep,
    paging: Paging,
    narrowed: dict[str, Any],
    *,
    by: queries.ReportingDivision,
    as_of: AsOfDay,
) -> ReportingStatisticsOut:
    day = day_asked(as_of, today=local_day(utc_now()))
    asked = queries.ReportingQuery(by, day, narrowed, paging.after_position() or 0, paging.limit)
    total, groups = await queries.count_submissions(session, asked)
    shown = groups[: paging.limit]
    return ReportingStatisticsOut(
        plan_id=narrowed.get("plan_id"),
        as_of=day,
        by=by,
        total=ReportingOut.model_validate(domain.tree(total)),
        groups=[
            ReportingGroupOut.of(group, reporting=ReportingOut.model_validate(domain.tree(group)))
            for group in shown
        ],
        next=paging.next_url([shown[-1].place] if len(groups) > paging.limit else None),
    )
