import uuid
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Request

from app.auth.deps import Reader
from app.clock import local_day, utc_now
from app.domain.figures.as_of import DayInFutureError
from app.domain.figures.trends import span_asked
from app.http.answers import Answer
from app.http.idempotency import Route
from app.http.problems import refusals
from app.http.sessions import ReaderDep
from app.http.settings import settings_of
from app.queries.figures import flows as queries
from app.queries.figures.province import Scope
from app.queries.registry.agencies import get_agency_id
from app.routers.viewpoints import FigureRole, OccurrenceAsked, role_asked
from app.schemas.common import Day, Ref
from app.schemas.flows import AllFlowsOut, PlanFlowsOut

router = APIRouter(prefix="/v1", tags=["figures"], route_class=Route)


async def flow_asked(
    request: Request,
    first: Annotated[
        Day | None,
        Query(alias="from", description="Từ ngày này; mặc định 1/1 / INCLUSIVE; else 1 January"),
    ] = None,
    last: Annotated[
        Day | None,
        Query(alias="to", description="Đến ngày này; mặc định hôm nay / INCLUSIVE; else today"),
    ] = None,
    role: FigureRole = "lead",
) -> queries.Flow:
    """The two days, and the role."""
    days = span_asked(first, last, today=local_day(utc_now()))
    return queries.Flow(*days, settings_of(request).due_soon_days, role_asked(role))


FlowDep = Annotated[queries.Flow, Depends(flow_asked)]


@router.get(
    "/plans/{plan_id}/flows",
    summary="Số liệu trong kỳ của một kế hoạch / Get a plan's flows between two days",
    responses=refusals(DayInFutureError),
)
async def get_plan_flows(
    reader: ReaderDep,
    principal: Reader,
    flow: FlowDep,
    plan_id: uuid.UUID,
    by: Literal["agency", "group", "task", "period"] = "agency",
    period: OccurrenceAsked = None,
) -> Answer[PlanFlowsOut]:
    """Kỳ trước chuyển sang, giao trong kỳ, đến hạn, hoàn thành, kết thúc khác, chuyển kỳ sau.

    What was carried in, newly given, fell due, was completed on time or late, called off, handed
    over, and is carried out: carried in and given less closed is carried out, for every group.
    """
    body = await queries.plan_flows_json(
        reader, flow, plan_id=plan_id, by=by, mine=principal.agency_id, period=period
    )
    return Answer(body)


@router.get(
    "/flows",
    summary="Số liệu trong kỳ của mọi kế hoạch / Get flows over all plans between two days",
    responses=refusals(DayInFutureError),
)
async def get_flows(
    reader: ReaderDep,
    _: Reader,
    flow: FlowDep,
    by: Literal["agency", "period"] = "agency",
    agency: Ref | None = None,
    period: OccurrenceAsked = None,
) -> Answer[AllFlowsOut]:
    """Như trên, của mọi kế hoạch, kể cả kế hoạch kết thúc trong kỳ.

    The same over all plans, those that were closed included: their closing is one of the flows.
    """
    agency_id = None if agency is None else await get_agency_id(reader, agency)
    part = Scope(agency_id, period, plans="all")
    total, groups = await queries.all_flows_json(reader, flow, part, by=by)
    return Answer(
        f'{{"from":"{flow.first}","to":"{flow.last}","by":"{by}","role":"{flow.role or "all"}",'
        f'"total":{total},"groups":{groups}}}'
    )
