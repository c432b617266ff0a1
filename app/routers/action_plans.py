import uuid
from typing import Annotated

from fastapi import APIRouter, Query

from app.auth.deps import ActionPlanWriter, Reader
from app.clock import local_day, utc_now
from app.domain.acts import PersonalAct
from app.domain.figures.as_of import DayInFutureError, day_asked
from app.domain.figures.rates import rate
from app.domain.plans import relations as domain
from app.domain.plans.plans import PlanStateError
from app.http.etags import MakingDep
from app.http.idempotency import Route
from app.http.lists import PagingDep
from app.http.problems import TakenError, refusals
from app.http.sessions import ReadingSessionDep, SessionDep
from app.queries.plans import plans
from app.queries.plans import relations as queries
from app.queries.plans.plans import visible_plan_id
from app.schemas.action_plans import ActionPlanBody, ActionPlansOut, Having
from app.schemas.common import AsOfDay
from app.schemas.plans import PlanOut
from app.schemas.statistics import RateOut
from app.views import plans as views

router = APIRouter(prefix="/v1/plans/{plan_id}", tags=["plans"], route_class=Route)


@router.get(
    "/action-plans",
    summary="Cơ quan nào đã có kế hoạch hành động / List who has an action plan",
    responses=refusals(DayInFutureError),
)
async def list_action_plans(
    session: ReadingSessionDep,
    principal: Reader,
    paging: PagingDep,
    plan_id: uuid.UUID,
    as_of: AsOfDay = None,
    state: Annotated[
        Having | None, Query(description="Chỉ đã ban hành, hoặc còn thiếu / only these")
    ] = None,
) -> ActionPlansOut:
    """Các cơ quan được giao nhiệm vụ: cơ quan nào đã ban hành kế hoạch của mình, tỷ lệ bao nhiêu.

    Which of the agencies that owe anything in the plan as of a day have issued a plan that
    implements it, and how many that is of all.
    """
    day = day_asked(as_of, today=local_day(utc_now()))
    plan = await plans.get_plan(session, principal, plan_id)
    rows = await queries.action_plans(session, visible_plan_id(plan), day)
    items = await views.action_plans_out(session, rows, day=day)
    issued = [item for item in items if item.state == "issued"]
    after = (paging.after or ("",))[0]
    asked = [item for item in items if state in (None, item.state) and item.agency.code > after]
    shown = asked[: paging.limit]
    last = [shown[-1].agency.code] if len(asked) > paging.limit else None
    return ActionPlansOut(
        plan_id=plan.id,
        as_of=day,
        issued=RateOut.model_validate(rate(len(issued), len(items))),
        items=shown,
        next=paging.next_url(last),
    )


@router.post(
    "/action-plans",
    summary="Ghi nhận kế hoạch hành động / Register an agency's action plan",
    status_code=201,
    responses=refusals(PlanStateError, TakenError),
)
async def register_action_plan(
    session: SessionDep,
    principal: ActionPlanWriter,
    tagging: MakingDep,
    plan_id: uuid.UUID,
    body: ActionPlanBody,
) -> PlanOut:
    """Kế hoạch cơ quan đã ban hành: số, ngày, tên, chưa cần nhiệm vụ.

    By number, day and title, by its agency or the plan's coordinator. One with tasks is drafted and
    issued as any plan is, with the relation `implements`.
    """
    plan = await plans.get_plan(session, principal, plan_id)
    given = domain.NewActionPlan(**body.model_dump())
    own = await domain.register(PersonalAct(session, principal, utc_now()), plan, given)
    tagging.mark_new(own, f"/v1/plans/{own.id}")
    return await views.plan_out(session, principal, own)
