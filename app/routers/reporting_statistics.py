import uuid
from collections.abc import Sequence
from typing import Annotated, Literal

from fastapi import APIRouter, Query

from app.auth.deps import Reader
from app.clock import local_day, utc_now
from app.domain.figures import reporting as domain
from app.domain.figures.as_of import DayInFutureError, day_asked
from app.http.idempotency import Route
from app.http.lists import Paging, PagingDep
from app.http.problems import refusals
from app.http.sessions import ReaderDep
from app.queries.figures import reporting as queries
from app.queries.figures import reporting_province as province
from app.queries.figures.province import Scope
from app.queries.plans import plans
from app.queries.registry import agencies
from app.routers.viewpoints import FigureRole, OpenPlans, plan_after, role_asked
from app.schemas.common import AsOfDay, Ref
from app.schemas.reporting_statistics import ReportingGroupOut, ReportingOut, ReportingStatisticsOut

router = APIRouter(prefix="/v1", tags=["figures"], route_class=Route)

REFUSALS = refusals(DayInFutureError)


PeriodAsked = Annotated[
    str | None,
    Query(
        max_length=60,
        pattern="^[0-9A-Za-z-]*$",
        description="Chỉ báo cáo của kỳ này / only of this period",
    ),
]


@router.get(
    "/plans/{plan_id}/reporting-statistics",
    summary="Số liệu báo cáo của một kế hoạch / Get a plan's figures of reporting",
    responses=REFUSALS,
)
async def get_plan_reporting_statistics(
    reader: ReaderDep,
    principal: Reader,
    paging: PagingDep,
    plan_id: uuid.UUID,
    agency: Ref | None = None,
    period: PeriodAsked = None,
    role: FigureRole = "lead",
    as_of: AsOfDay = None,
    by: Literal["agency", "task", "period"] = "agency",
) -> ReportingStatisticsOut:
    """Báo cáo đã nộp đủ chưa, đúng hạn không, chờ xét từ bao giờ; tách khỏi việc hoàn thành.

    How complete and timely reporting was as of a day, apart from how far the work is: what was due
    and filed, on time or late by the day of the filing that stands, what is overdue for how long,
    what waits for review or was returned. Every count adds up.
    """
    plan = await plans.get_plan_id(reader, principal, plan_id)
    day = day_asked(as_of, today=local_day(utc_now()))
    agency_id = None if agency is None else await agencies.get_agency_id(reader, agency)
    narrowed = {
        "plan_id": plan,
        "agency_id": agency_id,
        "period": period,
        "role": role_asked(role),
    }
    asked = queries.ReportingQuery(by, day, narrowed, paging.after_position() or 0, paging.limit)
    total, groups = await queries.count_submissions(reader, asked)
    shown, after = _page(groups, paging)
    return ReportingStatisticsOut(
        plan_id=plan,
        as_of=day,
        by=by,
        role=role,
        plans=None,
        total=_tree(total),
        groups=shown,
        next=after,
    )


@router.get(
    "/reporting-statistics",
    summary="Số liệu báo cáo mọi kế hoạch / Get figures of reporting over all plans",
    responses=REFUSALS,
)
async def get_reporting_statistics(
    reader: ReaderDep,
    _: Reader,
    paging: PagingDep,
    agency: Ref | None = None,
    period: PeriodAsked = None,
    role: FigureRole = "lead",
    plans: OpenPlans = "open",
    as_of: AsOfDay = None,
    by: Literal["plan", "agency", "period"] = "plan",
) -> ReportingStatisticsOut:
    """Như trên, của mọi kế hoạch đang theo dõi, hoặc theo `plans`.

    The same over all plans that were open on the day, or as `plans` says: by plan, in the order of
    issue; by agency; or by period.
    """
    day = day_asked(as_of, today=local_day(utc_now()))
    agency_id = None if agency is None else await agencies.get_agency_id(reader, agency)
    asked = province.ReportingAsked(
        day, Scope(agency_id, period, plans), role_asked(role), paging.limit
    )
    if by == "plan":
        found, last = await province.reporting_of_plans(reader, asked, after=plan_after(paging))
        total, groups = found[0], [_group(plan) for plan in found[1]]
        after = paging.next_url(last)
    else:
        start = paging.after_position() or 0
        total, more = await province.reporting_by(reader, asked, by, after=start)
        groups, after = _page(more, paging)
    return ReportingStatisticsOut(
        plan_id=None,
        as_of=day,
        by=by,
        role=role,
        plans=plans,
        total=_tree(total),
        groups=groups,
        next=after,
    )


def _page(
    groups: Sequence[queries.SubmissionCounts], paging: Paging
) -> tuple[list[ReportingGroupOut], str | None]:
    """The groups of a page and the address of the next; one beyond the limit shows that there is
    one."""
    shown = groups[: paging.limit]
    after = paging.next_url([shown[-1].place] if len(groups) > paging.limit else None)
    return [_group(one) for one in shown], after


def _group(counts: queries.SubmissionCounts) -> ReportingGroupOut:
    return ReportingGroupOut.of(counts, reporting=_tree(counts))


def _tree(counts: queries.SubmissionCounts) -> ReportingOut:
    return ReportingOut.model_validate(domain.tree(counts))
