import uuid

from fastapi import APIRouter

from app.auth.deps import PlanDecider, Reader
from app.clock import local_day, utc_now
from app.domain.acts import PersonalAct
from app.domain.assignments import expand
from app.domain.assignments import substitutions as domain
from app.domain.plans.plans import PlanStateError
from app.errors import ConflictError
from app.http.idempotency import Route
from app.http.lists import PagingDep
from app.http.problems import refusals
from app.http.sessions import ReadingSessionDep, SessionDep
from app.models import PlanStatus
from app.queries.assignments import substitutions as queries
from app.queries.locks import lock_handovers
from app.queries.plans import plans
from app.schemas.common import Page
from app.schemas.plans import NotAssignedOut
from app.schemas.substitutions import NewSubstitutionBody, SubstitutionMadeOut, SubstitutionOut
from app.views import plans as plan_views
from app.views import substitutions as views

router = APIRouter(prefix="/v1/plans/{plan_id}", tags=["plans"], route_class=Route)


@router.get(
    "/collective-substitutions", summary="Nhóm được thay thế / List what stands for collectives"
)
async def list_collective_substitutions(
    session: ReadingSessionDep, principal: Reader, paging: PagingDep, plan_id: uuid.UUID
) -> Page[SubstitutionOut]:
    """Trong kế hoạch này, từ ngày nào nhóm nào được hiểu là nhóm, cơ quan nào khác.

    What stands in this plan for collectives that have no members any more, from which day, by
    whose decision; by day.
    """
    plan = await plans.get_plan(session, principal, plan_id)
    decided = await queries.list_substitutions(session, plan.id)
    after = paging.after or ("",)
    items = [
        item
        for item in await views.substitutions_out(session, decided)
        if (item.from_day.isoformat(), str(item.id)) > after
    ]
    return paging.page(items[: paging.limit + 1], ("from_day", "id"))


@router.post(
    "/collective-substitutions",
    summary="Quyết định thay thế một nhóm / Decide what stands for a collective",
    status_code=201,
    responses=refusals(PlanStateError, ConflictError),
)
async def substitute_collective(
    session: SessionDep, principal: PlanDecider, plan_id: uuid.UUID, body: NewSubstitutionBody
) -> SubstitutionMadeOut:
    """Nhóm không còn thành viên từ một ngày: quyết định nhóm, cơ quan thực hiện thay từ ngày đó.

    Says once for the plan what stands for a collective that has no members from a day on; the
    plan's words stay. Occurrences that begin on that day or later, and that have not ended, are
    owed by the stand-ins. What was decided wrongly is set right by deciding again for that day.
    """
    await lock_handovers(session)
    plan = await plans.get_plan_for_update(session, principal, plan_id)
    given = domain.NewSubstitution(**body.model_dump())
    outcome = await domain.decide_substitution(
        PersonalAct(session, principal, utc_now()), plan, given
    )
    every = await views.substitutions_out(
        session, await queries.list_substitutions(session, plan.id)
    )
    [substitution] = [one for one in every if one.id == outcome.row.id]
    return SubstitutionMadeOut.of(
        outcome.made,
        substitution=substitution,
        revoked=outcome.revoked,
        not_assigned=plan_views.not_assigned_out(outcome.made.not_assigned),
    )


@router.get("/not-assigned", summary="Nội dung chưa giao được cho ai / List what nobody owes")
async def list_not_assigned(
    session: ReadingSessionDep, principal: Reader, paging: PagingDep, plan_id: uuid.UUID
) -> Page[NotAssignedOut]:
    """Nội dung nào của kế hoạch nay chưa giao được cho cơ quan nào, từ kỳ nào, vì sao.

    The words of an issued plan from which nobody owes what has not ended yet, from which
    occurrence on and why; `no_members` waits for a substitution. In the plan's order.
    """
    plan = await plans.get_plan(session, principal, plan_id)
    if plan.status != PlanStatus.ISSUED:
        return Page(items=[], next=None)
    found = await expand.not_assigned(session, plan, today=local_day(utc_now()))
    items = plan_views.not_assigned_out(found)
    return paging.page_by_position(items)
