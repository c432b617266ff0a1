import json
import uuid
from dataclasses import replace
from datetime import date
from typing import Annotated, Literal, cast, get_args

from fastapi import APIRouter, Depends, Query, Request

from app.auth.deps import Reader
from app.clock import local_day, utc_now
from app.domain.figures import as_of as domain
from app.domain.figures import trends
from app.errors import Text, invalid_at
from app.http.answers import Answer
from app.http.idempotency import Route
from app.http.lists import PagingDep
from app.http.parameters import chosen, some_of
from app.http.patterns import Pattern
from app.http.problems import refusals
from app.http.sessions import ReaderDep
from app.http.settings import settings_of
from app.queries.figures import deadlines as dues
from app.queries.figures import plan as queries
from app.queries.figures import province
from app.queries.figures import trends as series
from app.queries.figures.groupings import Division, Sort
from app.queries.plans.plans import get_plan_id
from app.queries.registry.agencies import get_agency_id
from app.routers.viewpoints import (
    FigureDeadline,
    FigureRole,
    OccurrenceAsked,
    OpenPlans,
    plan_after,
    role_asked,
    viewpoint,
)
from app.schemas.common import Day, Ref
from app.schemas.statistics import (
    AllDeadlinesOut,
    AllStatisticsOut,
    DeadlinesOut,
    GroupDeadlinesOut,
    PlanStatisticsOut,
    TrendOut,
    TrendPointOut,
)

router = APIRouter(prefix="/v1", tags=["figures"], route_class=Route)


AsOfDep = Annotated[queries.AsOf, Depends(viewpoint)]
PlanDivision = Literal["agency", "group", "task", "period"]
DIVISIONS: tuple[PlanDivision, ...] = get_args(PlanDivision)
MOST_DIVISIONS = 2
BY = (
    "Phân tổ theo cơ quan, nhóm nhiệm vụ, nhiệm vụ, năm; hai cách cùng lúc thì ngăn bằng dấu phẩy"
    " / one division, or two with a comma between them"
)
SortAsked = Annotated[
    Sort,
    Query(
        description=(
            "Theo thứ tự của kế hoạch, của danh mục, hay quá hạn nhiều nhất trước / in their own"
            " order, or those with most overdue first"
        )
    ),
]


@router.get(
    "/plans/{plan_id}/statistics",
    summary="Số liệu thực hiện một kế hoạch / Get a plan's figures",
    responses=refusals(domain.DayInFutureError),
)
async def get_plan_statistics(
    reader: ReaderDep,
    principal: Reader,
    as_of: AsOfDep,
    plan_id: uuid.UUID,
    by: Annotated[str, Query(description=BY), Pattern(some_of(DIVISIONS))] = "agency",
    period: OccurrenceAsked = None,
    sort: SortAsked = "order",
) -> Answer[PlanStatisticsOut]:
    """Bao nhiêu việc đã hoàn thành đúng hạn, trễ hạn, chưa hoàn thành, quá hạn; ba tỷ lệ.

    The tree of statuses as of a day, in total and by agency, task group, task or period, or by two
    of these at once (`by=group,agency`): every count adds up. Each rate comes with its numerator
    and base. Counted is what agencies lead, of occurrences that have begun. On time or late is
    judged by the day on which the accepted report was received, by the deadline in force and, with
    `deadline=both`, by the one first set.
    """
    first, then = _divisions(by)
    body = await queries.plan_statistics_json(
        reader,
        as_of,
        plan_id=plan_id,
        by=first,
        then=then,
        mine=principal.agency_id,
        period=period,
        sort=sort,
    )
    return Answer(body)


def _divisions(by: str) -> tuple[PlanDivision, PlanDivision | None]:
    """The one or two divisions that `by` names; raises `InvalidError`."""
    named = cast("list[PlanDivision]", chosen(by))
    if len(named) > MOST_DIVISIONS or len(set(named)) < len(named):
        text = Text(
            "Phân tổ theo một hoặc hai cách khác nhau.", "Name one division, or two that differ."
        )
        raise invalid_at("?by", "divisions", text)
    return named[0], named[1] if len(named) > 1 else None


async def part_asked(
    reader: ReaderDep,
    agency: Ref | None = None,
    period: OccurrenceAsked = None,
    plans: OpenPlans = "open",
) -> province.Scope:
    """The part of the assignments that is asked for."""
    agency_id = None if agency is None else await get_agency_id(reader, agency)
    return province.Scope(agency_id, period, plans)


PartDep = Annotated[province.Scope, Depends(part_asked)]


@router.get(
    "/statistics",
    summary="Số liệu thực hiện mọi kế hoạch / Get figures over all plans",
    responses=refusals(domain.DayInFutureError),
)
async def get_statistics(
    reader: ReaderDep,
    _: Reader,
    as_of: AsOfDep,
    part: PartDep,
    paging: PagingDep,
    by: Literal["plan", "agency", "period"] = "plan",
    sort: SortAsked = "order",
    deadlines: Annotated[
        bool,
        Query(
            description=(
                "Kèm thời hạn đã quá lâu nhất, thời hạn sắp tới gần nhất / with the oldest deadline"
                " that has passed and the next one"
            )
        ),
    ] = False,
) -> Answer[AllStatisticsOut]:
    """Số liệu của mọi kế hoạch đang theo dõi, theo kế hoạch (từng trang), cơ quan hoặc năm.

    The tree of statuses over all plans that were open on a day, or as `plans` says: by plan, in the
    order of issue and by pages; by agency or by period whole, without `limit` and `cursor`. With
    `deadlines=true` the oldest deadline that has passed, the next one and how many fall on it, of
    all and of each group.
    """
    if by == "plan" and sort != "order":
        text = Text(
            "Theo kế hoạch thì luôn theo thứ tự ban hành.",
            "Plans stand in the order of their issue.",
        )
        raise invalid_at("?sort", "not_by_plan", text)
    if by == "plan":
        found = await province.figures_of_plans(
            reader, as_of, part, limit=paging.limit, after=plan_after(paging)
        )
    else:
        found = await province.province_figures(reader, as_of, by=by, part=part, sort=sort)
    ahead = await _deadlines(reader, as_of, part, by, found.groups) if deadlines else "null"
    body = (
        f'{{"as_of":"{as_of.day}","by":"{by}","role":"{as_of.role or "all"}",'
        f'"plans":"{part.plans}",'
        f'"total":{found.total},"deadlines":{ahead},"groups":{found.groups},'
        f'"next":{json.dumps(paging.next_url(found.last))}}}'
    )
    return Answer(body)


async def _deadlines(
    reader: ReaderDep, as_of: queries.AsOf, part: province.Scope, by: Division, groups: str
) -> str:
    """The deadlines of the total and of the *groups* that are answered, as JSON."""
    of_agencies = await dues.deadlines_of_agencies(reader, as_of, part)
    if by == "agency":
        found = of_agencies
    else:
        plans = [uuid.UUID(one["key"]) for one in json.loads(groups)] if by == "plan" else []
        found = await dues.deadlines_by(reader, by, as_of, part, plans=plans)
    answer = AllDeadlinesOut(
        total=DeadlinesOut.of(dues.all_together(of_agencies)),
        groups=[GroupDeadlinesOut.of(one) for one in sorted(found, key=lambda one: one.key or "")],
    )
    return answer.model_dump_json()


@router.get(
    "/statistics/trend",
    summary="Số liệu qua các tháng, quý, năm / Get figures over months, quarters or years",
    responses=refusals(domain.DayInFutureError),
)
async def get_statistics_trend(
    reader: ReaderDep,
    principal: Reader,
    request: Request,
    part: PartDep,
    first: Annotated[
        Day | None,
        Query(alias="from", description="Từ ngày này; mặc định 1/1 / INCLUSIVE; else 1 January"),
    ] = None,
    last: Annotated[
        Day | None,
        Query(alias="to", description="Đến ngày này; mặc định hôm nay / INCLUSIVE; else today"),
    ] = None,
    step: Annotated[
        trends.TrendStep, Query(description="Cuối mỗi tháng, quý, năm / the ends of these")
    ] = "month",
    plan: uuid.UUID | None = None,
    role: FigureRole = "lead",
    deadline: FigureDeadline = "current",
    by: Annotated[
        PlanDivision | None,
        Query(description="Phân tổ từng ngày, chỉ với `plan` / divide each day, with `plan` alone"),
    ] = None,
) -> TrendOut:
    """Số liệu vào cuối mỗi tháng, quý hoặc năm và vào ngày cuối: toàn tỉnh, cơ quan, kế hoạch.

    The figures at the end of every month, quarter or year and on the last day, 60 days at most:
    of the plans that were open on each day (or as `plans` says) or of one plan and of its groups
    as well, of all agencies or of one, each day as it was then.
    """
    if by is not None and plan is None:
        text = Text("Chỉ phân tổ khi nêu kế hoạch.", "by is asked for with plan alone.")
        raise invalid_at("?by", "only_with_plan", text)
    days = trends.days_of_trend(first, last, step, today=local_day(utc_now()))
    soon = settings_of(request).due_soon_days
    as_of = queries.AsOf(days[-1], soon, role_asked(role), deadline)
    if plan is None:
        found = await series.trend_json(reader, as_of, part, days)
    else:
        plan_id = await get_plan_id(reader, principal, plan)
        part = replace(part, plans="all")
        found = await series.plan_trend_json(reader, as_of, part, days, plan_id=plan_id, by=by)
    return TrendOut(step=step, role=role, points=list(map(_point, days, found)))


def _point(day: date, found: series.PointFigures) -> TrendPointOut:
    text = f'{{"as_of":"{day}","statistics":{found.statistics},"groups":{found.groups}}}'
    return TrendPointOut.model_validate_json(text)
