import uuid
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query

from app.auth.deps import HandoverDecider, Reader
from app.clock import utc_now
from app.db import SessionDep
from app.domain.handovers import decide as domain
from app.domain.references import agencies_named, agency_named
from app.http.etags import ActingDep, ReadingDep
from app.http.idempotency import Route
from app.http.lists import Paging, chosen, paged, some_of
from app.http.problems import refusals
from app.models import HandoverState, HandoverSubject
from app.queries.handovers import handovers as queries
from app.queries.locks import lock_handovers
from app.queries.plans import plans as plan_queries
from app.queries.registry import agencies
from app.schemas.common import Page, Ref, UpdatedSince
from app.schemas.handovers import DecisionBody, DecisionsBody, DecisionsOut, HandoverOut
from app.views import handovers as views

router = APIRouter(prefix="/v1/handovers", tags=["work"], route_class=Route)

HandoversDep = Annotated[Paging, Depends(paged(queries.HANDOVERS, HandoverOut))]


@router.get(
    "",
    summary="Việc bàn giao / List handovers",
    response_model=Page[HandoverOut],
)
async def list_handovers(
    session: SessionDep,
    principal: Reader,
    paging: HandoversDep,
    state: Annotated[
        str | None,
        Query(
            pattern=some_of(HandoverState),
            description="Chỉ trạng thái này / only in this state",
        ),
    ] = None,
    subject: Annotated[
        str | None,
        Query(pattern=some_of(HandoverSubject), description="Chỉ loại này / only of this kind"),
    ] = None,
    plan: uuid.UUID | None = None,
    agency: Annotated[
        Ref | None, Query(description="Bên bàn giao / the agency that hands over")
    ] = None,
    to_agency: Annotated[
        Ref | None, Query(description="Bên tiếp nhận / the agency that takes over")
    ] = None,
    assignment: uuid.UUID | None = None,
    updated_since: UpdatedSince = None,
) -> Any:
    """Việc của cơ quan đã kết thúc chuyển cho ai; `state=pending` là danh sách chờ quyết định.

    What agencies that ended hand over, to whom, since when, by what. `state=pending` is what
    people are to decide, each with its candidates and their scopes.
    """
    filters = {
        "state": chosen(state),
        "subject": chosen(subject),
        "plan": plan,
        "agency": agency and (await agencies.get_agency(session, agency)).id,
        "to_agency": to_agency and (await agencies.get_agency(session, to_agency)).id,
        "assignment": assignment,
        "updated_since": updated_since,
    }
    cases, last = await queries.page_of_handovers(session, paging.asked(filters))
    return paging.answer(await views.described(session, principal, cases), last)


@router.get(
    "/{handover_id}",
    summary="Một việc bàn giao / Get a handover",
    response_model=HandoverOut,
)
async def get_handover(
    session: SessionDep, principal: Reader, tagging: ReadingDep, handover_id: uuid.UUID
) -> Any:
    """Bàn giao gì, ai có thể nhận, ai đã quyết định. / What, to whom it may go, who decided."""
    await tagging.spare(session, "handover", handover_id)
    case = await queries.get_handover(session, handover_id)
    return (await views.described(session, principal, [case]))[0]


@router.post(
    "/{handover_id}/decide",
    summary="Quyết định bên nhận / Decide who takes over",
    response_model=HandoverOut,
    responses=refusals(domain.HandoverStateError),
)
async def decide_handover(
    session: SessionDep,
    principal: HandoverDecider,
    tagging: ActingDep,
    handover_id: uuid.UUID,
    body: DecisionBody,
) -> Any:
    """Giao cho một bên nhận, kể từ ngày kế thừa; lịch sử trước ngày đó giữ nguyên.

    Gives it to one of the candidates, from the day of the succession on; what held before stays.
    The plan's coordinator decides on assignments, its owner on who coordinates, an administrator on
    all.
    """
    case = await queries.get_handover(session, handover_id, lock=True)
    await tagging.check(session, "handover", handover_id)
    to = await agency_named(session, body.successor, pointer="#/successor")
    decision = domain.HandoverDecision(to, body.reason, body.basis)
    await domain.decide(session, principal, case, decision, at=utc_now())
    case = await queries.get_handover(session, handover_id)
    await tagging.mark(session, "handover", handover_id)
    return (await views.described(session, principal, [case]))[0]


@router.post(
    "/decide",
    summary="Quyết định nhiều việc một lần / Decide on many at once",
    response_model=DecisionsOut,
    responses=refusals(domain.HandoverStateError),
)
async def decide_handovers(
    session: SessionDep, principal: HandoverDecider, body: DecisionsBody
) -> Any:
    """Mọi việc đang chờ của một cơ quan trong một kế hoạch về một bên nhận; tất cả hoặc không gì.

    All assignments of one agency in a plan that wait go to one successor, or none does. Who
    coordinates
    the plan is decided apart.
    """
    await lock_handovers(session)
    plan = await plan_queries.get_plan(session, principal, body.plan)
    named = [("#/from_agency", body.from_agency), ("#/to_agency", body.to_agency)]
    agency, to = await agencies_named(session, named)
    decision = domain.HandoverDecision(to, body.reason, body.basis)
    decided = await domain.decide_all(session, principal, plan, agency, decision, at=utc_now())
    return {"decided": decided}
