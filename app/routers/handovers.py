import uuid
from typing import Annotated

from fastapi import APIRouter, Depends

from app.auth.deps import HandoverDecider, Reader
from app.clock import utc_now
from app.domain.acts import PersonalAct
from app.domain.handovers import decide as domain
from app.domain.references import agencies_named
from app.http.answers import Answer
from app.http.batches import DryRun
from app.http.etags import ActingDep, ReadingDep
from app.http.idempotency import Route
from app.http.lists import ListRequest, paged
from app.http.problems import refusals
from app.http.sessions import ReadingSessionDep, SessionDep
from app.queries.handovers import handovers as queries
from app.queries.locks import lock_handovers
from app.queries.plans import plans as plan_queries
from app.schemas.common import Page
from app.schemas.handovers import (
    DecisionBody,
    DecisionsBody,
    DecisionsOut,
    HandoverFilters,
    HandoverOut,
)
from app.views import handovers as views

router = APIRouter(prefix="/v1/handovers", tags=["work"], route_class=Route)

HandoversDep = Annotated[
    ListRequest[HandoverOut], Depends(paged(queries.HANDOVERS, HandoverOut, HandoverFilters))
]


@router.get("", summary="Việc bàn giao / List handovers")
async def list_handovers(
    session: ReadingSessionDep, principal: Reader, paging: HandoversDep
) -> Answer[Page[HandoverOut]]:
    """Việc của cơ quan đã kết thúc chuyển cho ai; `state=pending` là danh sách chờ quyết định.

    What agencies that ended hand over, to whom, since when, by what. `state=pending` is what
    people are to decide, each with its candidates and their scopes.
    """
    asked = await paging.asked(session)
    cases, last = await queries.page_of_handovers(session, asked)
    return paging.answer(await views.handovers_out(session, principal, cases), last)


@router.get("/{handover_id}", summary="Một việc bàn giao / Get a handover")
async def get_handover(
    session: ReadingSessionDep, principal: Reader, tagging: ReadingDep, handover_id: uuid.UUID
) -> HandoverOut:
    """Bàn giao gì, ai có thể nhận, ai đã quyết định. / What, to whom it may go, who decided."""
    case = await queries.get_handover(session, handover_id)
    tagging.mark(case.handover)
    return await views.handover_out(session, principal, case)


@router.post(
    "/{handover_id}/decide",
    summary="Quyết định cơ quan tiếp nhận / Decide who takes over",
    responses=refusals(domain.HandoverStateError),
)
async def decide_handover(
    session: SessionDep,
    principal: HandoverDecider,
    tagging: ActingDep,
    handover_id: uuid.UUID,
    body: DecisionBody,
    dry_run: DryRun = False,
) -> HandoverOut:
    """Giao cho một cơ quan tiếp nhận, kể từ ngày kế thừa; lịch sử trước ngày đó giữ nguyên.

    Gives it to one of the candidates, from the day of the succession on; what held before stays.
    The plan's coordinator decides on assignments, its owner on who coordinates, an administrator on
    all.
    """
    case = await queries.get_handover(session, handover_id, lock=True)
    tagging.check(case.handover)
    successors = await agencies_named(session, body.named())
    decision = domain.HandoverDecision(successors, body.reason, body.basis)
    async with session.begin_nested() as ahead:
        await domain.decide(PersonalAct(session, principal, utc_now()), case, decision)
        case = await queries.get_handover(session, handover_id)
        answer = await views.handover_out(session, principal, case)
        if dry_run:
            await ahead.rollback()
        else:
            tagging.mark(case.handover)
    return answer


@router.post(
    "/decide",
    summary="Quyết định nhiều việc một lần / Decide on many at once",
    responses=refusals(domain.HandoverStateError),
)
async def decide_handovers(
    session: SessionDep,
    principal: HandoverDecider,
    body: DecisionsBody,
    dry_run: DryRun = False,
) -> DecisionsOut:
    """Mọi nhiệm vụ đang chờ của một cơ quan trong kế hoạch về một cơ quan; tất cả hoặc không gì.

    All assignments of one agency in a plan that wait go to one successor, or none does. Who
    coordinates
    the plan is decided apart.
    """
    await lock_handovers(session)
    plan = await plan_queries.get_plan(session, principal, body.plan)
    named = [("#/from_agency", body.from_agency), *body.named()]
    agency, *successors = await agencies_named(session, named)
    decision = domain.HandoverDecision(successors, body.reason, body.basis)
    async with session.begin_nested() as ahead:
        decided = await domain.decide_all(
            PersonalAct(session, principal, utc_now()), plan, agency, decision
        )
        if dry_run:
            await ahead.rollback()
    return DecisionsOut(decided=decided)
