import uuid
from typing import Annotated

from fastapi import APIRouter, Depends, Query

from app.auth.deps import Reader, RegimeSetter
from app.clock import local_day, utc_now
from app.domain.acts import PersonalAct
from app.domain.plans.plans import PlanStateError
from app.domain.regimes import regimes as domain
from app.http import batches
from app.http.answers import Answer
from app.http.etags import ChangingDep
from app.http.idempotency import Route
from app.http.lists import ListRequest, paged
from app.http.problems import refusals
from app.http.sessions import ReadingSessionDep, SessionDep
from app.queries.locks import lock_handovers
from app.queries.plans import plans as queries
from app.queries.submissions.effects import effects_on
from app.schemas.common import Page
from app.schemas.regimes import (
    PeriodOut,
    RegimeFilters,
    RegimePresetOut,
    RegimeSetOut,
    ReportingRegimeBody,
    ReportingRegimeOut,
)
from app.views import regimes as views

router = APIRouter(prefix="/v1", tags=["plans"], route_class=Route)

RegimesDep = Annotated[
    ListRequest[ReportingRegimeOut],
    Depends(paged(queries.REGIMES, ReportingRegimeOut, RegimeFilters)),
]


@router.get("/regime-presets", summary="Chế độ báo cáo mẫu / Regimes that are ready to be taken")
async def list_regime_presets(_: Reader) -> Page[RegimePresetOut]:
    """Theo NĐ 09/2019/NĐ-CP, theo lịch, và gợi ý. / By the decree, by the calendar, and others."""
    return Page(items=views.presets_out(), next=None)


@router.get(
    "/plans/{plan_id}/reporting-regimes", summary="Chế độ báo cáo / Reporting regimes of a plan"
)
async def list_reporting_regimes(
    session: ReadingSessionDep, principal: Reader, paging: RegimesDep, plan_id: uuid.UUID
) -> Answer[Page[ReportingRegimeOut]]:
    """Kế hoạch được báo cáo thế nào, từ ngày nào. / How the plan is reported, from which day."""
    plan = await queries.get_plan(session, principal, plan_id)
    asked = await paging.asked(session)
    plan_id = queries.visible_plan_id(plan)
    regimes, last = await queries.page_of_regimes(session, plan_id, asked)
    return paging.answer(await views.regimes_out(session, regimes), last)


@router.put(
    "/plans/{plan_id}/reporting-regimes",
    summary="Đặt chế độ báo cáo / Set how a plan is reported",
    responses=refusals(PlanStateError),
)
async def set_reporting_regime(
    session: SessionDep,
    principal: RegimeSetter,
    tagging: ChangingDep,
    plan_id: uuid.UUID,
    body: ReportingRegimeBody,
    dry_run: batches.DryRun = False,
) -> RegimeSetOut:
    """Dự thảo: thay chế độ đã đặt. Đã ban hành: từ một ngày tới; kỳ đã qua, đã làm thì giữ nguyên.

    A draft's regime, or another one for an issued plan from a coming day on; what has passed or
    was begun stays as it is. The first that somebody chooses may take effect in the running period,
    from any day, if nobody has begun to report on it. `submission_effects` says which.
    """
    await lock_handovers(session)
    plan = await queries.get_plan_for_update(session, principal, plan_id)
    tagging.check(plan)
    given = body.model_dump(exclude_unset=True)
    async with session.begin_nested() as ahead:
        async with effects_on(session, [plan.id]) as effects:
            regime = await domain.set_regime(
                PersonalAct(session, principal, utc_now()), plan, given
            )
        answer = await views.set_out(session, regime, effects, dry_run=dry_run)
        if dry_run:
            await ahead.rollback()
    return answer


@router.get(
    "/plans/{plan_id}/periods", summary="Các kỳ báo cáo của một năm / The periods of a year"
)
async def list_periods(
    session: ReadingSessionDep,
    principal: Reader,
    plan_id: uuid.UUID,
    year: Annotated[
        int | None, Query(ge=1990, le=2100, description="Mặc định năm nay / this year if absent")
    ] = None,
) -> Page[PeriodOut]:
    """Kỳ nào, số liệu từ ngày nào đến ngày nào, hạn gửi, theo chế độ nào. / By its regimes."""
    plan = await queries.get_plan(session, principal, plan_id)
    layout = await domain.periods_of(session, plan, year or local_day(utc_now()).year)
    items = [PeriodOut.of(one, regime_id=layout.regimes[one.regime].id) for one in layout.periods]
    return Page(items=items, next=None)
