import uuid
from typing import Annotated

from fastapi import APIRouter, Depends

from app.auth.deps import FocalPointNamer, FocalPointReader
from app.clock import utc_now
from app.domain.acts import PersonalAct
from app.domain.assignments import focal_points as domain
from app.domain.plans.plans import PlanStateError
from app.http.answers import Answer
from app.http.etags import ActingDep, MakingDep, ReadingDep
from app.http.idempotency import Route
from app.http.lists import ListRequest, paged
from app.http.problems import TakenError, refusals
from app.http.sessions import SessionDep
from app.queries.assignments import focal_points as queries
from app.schemas.common import Page
from app.schemas.focal_points import (
    EndFocalPointBody,
    FocalPointFilters,
    FocalPointOut,
    NewFocalPointBody,
)
from app.views import focal_points as views

router = APIRouter(prefix="/v1/focal-points", tags=["work"], route_class=Route)

FocalPointsDep = Annotated[
    ListRequest[FocalPointOut],
    Depends(paged(queries.FOCAL_POINTS, FocalPointOut, FocalPointFilters)),
]


@router.get("", summary="Đầu mối / List focal points")
async def list_focal_points(
    session: SessionDep, principal: FocalPointReader, paging: FocalPointsDep
) -> Answer[Page[FocalPointOut]]:
    """Đầu mối của cơ quan mình và của nơi mình theo dõi, cả những lần cử trước.

    Those whom the caller works with: its own agency's, those of plans that it coordinates or
    issued, those on tasks that it leads; earlier ones too, unless a day is asked for.
    """
    asked = await paging.asked(session)
    rows, last = await queries.page_of_focal_points(session, principal, asked)
    return paging.answer(await views.focal_points_out(session, principal, rows), last)


@router.post(
    "",
    summary="Cử đầu mối / Name a focal point",
    status_code=201,
    responses=refusals(PlanStateError, TakenError),
)
async def name_focal_point(
    session: SessionDep, principal: FocalPointNamer, tagging: MakingDep, body: NewFocalPointBody
) -> FocalPointOut:
    """Cử đầu mối, lãnh đạo phụ trách của cơ quan mình; người trước thôi từ ngày đó.

    Names the caller's own contact for a plan or for one assignment, where it wins over the plan's.
    Who held before ends on that day and stays in the history.
    """
    plan, assignment = await domain.find_scope(
        session, principal, plan_id=body.plan, assignment_id=body.assignment
    )
    contact = domain.NewFocalPoint(**body.model_dump(exclude={"plan", "assignment"}))
    row = await domain.name_focal_point(
        PersonalAct(session, principal, utc_now()), plan, assignment, contact
    )
    tagging.mark_new(row, f"/v1/focal-points/{row.id}")
    return await views.focal_point_out(session, principal, row)


@router.get("/{focal_point_id}", summary="Một đầu mối / Get a focal point")
async def get_focal_point(
    session: SessionDep,
    principal: FocalPointReader,
    tagging: ReadingDep,
    focal_point_id: uuid.UUID,
) -> FocalPointOut:
    """Ai, liên hệ thế nào, từ ngày nào đến ngày nào. / Who, how to be reached, and when."""
    row = await queries.get_focal_point(session, principal, focal_point_id)
    tagging.mark(row)
    return await views.focal_point_out(session, principal, row)


@router.post(
    "/{focal_point_id}/end",
    summary="Thôi làm đầu mối / End a focal point",
    responses=refusals(domain.FocalPointStateError),
)
async def end_focal_point(
    session: SessionDep,
    principal: FocalPointNamer,
    tagging: ActingDep,
    focal_point_id: uuid.UUID,
    body: EndFocalPointBody,
) -> FocalPointOut:
    """Từ ngày đó không liên hệ người này nữa; lịch sử giữ nguyên. / The history stays."""
    row = await queries.get_focal_point(session, principal, focal_point_id, lock=True)
    tagging.check(row)
    await domain.end_focal_point(
        PersonalAct(session, principal, utc_now()), row, valid_until=body.valid_until
    )
    tagging.mark(row)
    return await views.focal_point_out(session, principal, row)
