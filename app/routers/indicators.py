import uuid
from decimal import Decimal
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query

from app.auth.deps import IndicatorKeeper, Reader, Reporter
from app.clock import local_day, utc_now
from app.domain.acts import PersonalAct
from app.domain.evaluation import indicators as domain
from app.domain.evaluation import values
from app.domain.evaluation.measured_periods import Span, span_in
from app.domain.figures.as_of import DayInFutureError, day_asked
from app.domain.plans.plans import PlanStateError
from app.domain.submissions.states import AssignmentClosedError
from app.errors import ConflictError
from app.http.answers import Answer
from app.http.etags import ActingDep, ChangingDep, MakingDep, ReadingDep
from app.http.idempotency import Route
from app.http.lists import ListRequest, PagingDep, paged
from app.http.problems import TakenError, refusals
from app.http.sessions import ReadingSessionDep, SessionDep
from app.queries.evaluation import indicators as queries
from app.queries.plans import plans, tasks
from app.schemas.common import AsOfDay, Page
from app.schemas.indicators import (
    INDICATOR_PERIOD,
    EndIndicatorBody,
    IndicatorBody,
    IndicatorFilters,
    IndicatorOut,
    IndicatorValueBody,
    IndicatorValueFilters,
    IndicatorValueOut,
    IndicatorValuesOut,
    NewIndicatorBody,
    PlanIndicatorOut,
)
from app.views import indicators as views

router = APIRouter(prefix="/v1", tags=["figures"], route_class=Route)

IndicatorsDep = Annotated[
    ListRequest[IndicatorOut], Depends(paged(queries.INDICATORS, IndicatorOut, IndicatorFilters))
]
ValuesDep = Annotated[
    ListRequest[IndicatorValueOut],
    Depends(paged(queries.VALUES, IndicatorValueOut, IndicatorValueFilters)),
]
MeasuredPeriod = Annotated[
    str,
    Path(
        pattern=INDICATOR_PERIOD,
        examples=["2026"],
        description=(
            "Năm, 9 tháng, nửa năm, quý, tháng; tuần hoặc kỳ riêng theo chế độ báo cáo của kế hoạch"
            " / a year, nine months, a half-year, a quarter, a month; a week or a window of the"
            " plan's own regime"
        ),
    ),
]


@router.get(
    "/tasks/{task_id}/indicators", summary="Chỉ tiêu của nhiệm vụ / List a task's indicators"
)
async def list_indicators(
    session: ReadingSessionDep, principal: Reader, paging: IndicatorsDep, task_id: uuid.UUID
) -> Answer[Page[IndicatorOut]]:
    """Hiệu quả của nhiệm vụ được đo bằng gì. / By what the effect of a task is measured."""
    task, plan = await tasks.get_task_with_plan(session, principal, task_id)
    asked = await paging.asked(session, task=task.id)
    found, last = await queries.page_of_indicators(session, asked)
    return paging.answer(await views.indicators_out(session, principal, plan, found), last)


@router.get(
    "/plans/{plan_id}/indicators",
    summary="Chỉ tiêu của kế hoạch / List what is measured of a plan",
    responses=refusals(DayInFutureError),
)
async def list_plan_indicators(
    session: ReadingSessionDep,
    principal: Reader,
    paging: PagingDep,
    plan_id: uuid.UUID,
    as_of: AsOfDay = None,
) -> Page[PlanIndicatorOut]:
    """Mọi chỉ tiêu của kế hoạch: mục tiêu, kết quả, tỷ lệ, theo nhóm nhiệm vụ và từng năm.

    Every indicator in the plan's order, with target, what was reached and the percentage, over all
    and year by year. A period's own value stands for those of periods within it.
    """
    plan = await plans.get_plan(session, principal, plan_id)
    day = day_asked(as_of, today=local_day(utc_now()))
    return paging.page_by_position(await views.plan_indicators_out(session, plan, day=day))


@router.post(
    "/tasks/{task_id}/indicators",
    summary="Thêm chỉ tiêu / Define an indicator",
    status_code=201,
    responses=refusals(PlanStateError, TakenError),
)
async def add_indicator(
    session: SessionDep,
    principal: IndicatorKeeper,
    tagging: MakingDep,
    task_id: uuid.UUID,
    body: NewIndicatorBody,
) -> IndicatorOut:
    """Tên, đơn vị, mục tiêu tự chọn. / A name, a unit and targets of the plan's own choosing."""
    task, plan = await tasks.get_task_with_plan(session, principal, task_id)
    fields = views.fields_given(body.model_dump())
    made = await domain.define_indicator(
        PersonalAct(session, principal, utc_now()), plan, task, fields
    )
    tagging.mark_new(made, f"/v1/indicators/{made.id}")
    return await views.indicator_out(session, principal, plan, made)


@router.get("/indicators/{indicator_id}", summary="Một chỉ tiêu / Get an indicator")
async def get_indicator(
    session: ReadingSessionDep, principal: Reader, tagging: ReadingDep, indicator_id: uuid.UUID
) -> IndicatorOut:
    """Chỉ tiêu và các mục tiêu đang có hiệu lực. / The indicator with the targets that hold."""
    found = await queries.get_indicator(session, principal, indicator_id)
    tagging.mark(found)
    plan = await plans.get_plan(session, principal, found.plan_id)
    return await views.indicator_out(session, principal, plan, found)


@router.patch(
    "/indicators/{indicator_id}",
    summary="Sửa chỉ tiêu, mục tiêu / Correct an indicator or its targets",
    responses=refusals(ConflictError, TakenError, PlanStateError, domain.IndicatorEndedError),
)
async def update_indicator(
    session: SessionDep,
    principal: IndicatorKeeper,
    tagging: ChangingDep,
    indicator_id: uuid.UUID,
    body: IndicatorBody,
) -> IndicatorOut:
    """Mục tiêu cũ vẫn được giữ; có số liệu rồi thì không đổi tên, đơn vị.

    Targets that were stay on record; name and unit stay once something was reported.
    """
    found = await queries.get_indicator(session, principal, indicator_id)
    plan = await plans.get_plan_for_update(session, principal, found.plan_id)
    await session.refresh(found)
    tagging.check(found)
    changes = views.fields_given(body.model_dump(exclude_unset=True))
    await domain.change_indicator(PersonalAct(session, principal, utc_now()), plan, found, changes)
    return await views.indicator_out(session, principal, plan, found)


@router.post(
    "/indicators/{indicator_id}/end",
    summary="Kết thúc chỉ tiêu / End an indicator",
    responses=refusals(PlanStateError, domain.IndicatorEndedError),
)
async def end_indicator(
    session: SessionDep,
    principal: IndicatorKeeper,
    tagging: ActingDep,
    indicator_id: uuid.UUID,
    body: EndIndicatorBody,
) -> IndicatorOut:
    """Không đo nữa; số liệu đã có được giữ. / Measured no more; what was reached stays."""
    found = await queries.get_indicator(session, principal, indicator_id)
    plan = await plans.get_plan_for_update(session, principal, found.plan_id)
    await session.refresh(found)
    tagging.check(found)
    domain.end_indicator(
        PersonalAct(session, principal, utc_now()), plan, found, reason=body.reason
    )
    return await views.indicator_out(session, principal, plan, found)


@router.get(
    "/indicators/{indicator_id}/values",
    summary="Kết quả đạt được / List what was reached",
    responses=refusals(DayInFutureError),
)
async def list_indicator_values(
    session: ReadingSessionDep,
    principal: Reader,
    paging: ValuesDep,
    indicator_id: uuid.UUID,
    period: Annotated[
        str | None,
        Query(
            pattern=INDICATOR_PERIOD,
            description="Kỳ này và các kỳ nằm trong đó / this period and those within it",
        ),
    ] = None,
    include_corrected: Annotated[
        bool, Query(description="Kể cả số đã được đính chính / those that were corrected, too")
    ] = False,
    as_of: AsOfDay = None,
) -> Answer[IndicatorValuesOut]:
    """Từng số liệu, tổng của tất cả và tỷ lệ so với mục tiêu của kỳ hoặc của cả kế hoạch.

    What was reached, by whom, in which period; the sum of all of it against the target of the
    period, or of the whole plan. A period's own value stands for those of periods within it.
    """
    indicator = await queries.get_indicator(session, principal, indicator_id)
    day = day_asked(as_of, today=local_day(utc_now()))
    span: Span | None = None
    if period is not None:
        plan = await plans.get_plan(session, principal, indicator.plan_id)
        span = await span_in(session, plan, period)
        if span is None:
            raise values.no_such_period("?period")
    asked = await paging.asked(
        session,
        indicator=indicator.id,
        day=day,
        holding_on=None if include_corrected else day,
        first_day=span and span.first,
        last_day=span and span.last,
    )
    total = await queries.total_of(session, asked, day=day)
    found_values, last = await queries.page_of_values(session, asked)
    found = await views.achievement_out(session, indicator, total, period=period, day=day)
    items = await views.values_out(session, indicator, found_values)
    return paging.answer_with(IndicatorValuesOut, {"as_of": day, "total": found}, items, last)


@router.put(
    "/assignments/{assignment_id}/indicator-values/{indicator_id}/{period}",
    summary="Báo kết quả đạt được / Report what was reached",
    responses=refusals(PlanStateError, domain.IndicatorEndedError, AssignmentClosedError),
)
async def put_indicator_value(
    session: SessionDep,
    principal: Reporter,
    assignment_id: uuid.UUID,
    indicator_id: uuid.UUID,
    period: MeasuredPeriod,
    body: IndicatorValueBody,
) -> IndicatorValueOut:
    """Gửi lại cùng số liệu không tạo thêm gì; số khác là một lần đính chính, số cũ được giữ.

    The same again changes nothing; another value is a correction, and the old one stays.
    """
    indicator = await queries.get_indicator(session, principal, indicator_id)
    plan = await plans.get_plan(session, principal, indicator.plan_id)
    assignment = await queries.lock_measured_assignment(session, indicator, assignment_id)
    reached = values.ReportedValue(period, Decimal(body.value), body.note)
    row = await values.report_value(
        PersonalAct(session, principal, utc_now()), plan, indicator, assignment, reached=reached
    )
    return (await views.values_out(session, indicator, [row]))[0]
