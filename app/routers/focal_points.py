import uuid
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Response

from app.auth.deps import FocalPointNamer, FocalPointReader
from app.clock import utc_now
from app.db import SessionDep
from app.domain.assignments import focal_points as domain
from app.domain.plans.plans import PlanStateError
from app.http.etags import ActingDep, MakingDep, ReadingDep
from app.http.idempotency import Route
from app.http.lists import Paging, chosen, paged, some_of
from app.http.problems import TakenError, refusals
from app.models import ContactLevel
from app.queries.assignments import focal_points as queries
from app.queries.registry import agencies
from app.schemas.common import Day, Page, Ref, UpdatedSince
from app.schemas.focal_points import EndFocalPointBody, FocalPointOut, NewFocalPointBody
from app.views import focal_points as views

router = APIRouter(prefix="/v1/focal-points", tags=["work"], route_class=Route)

FocalPointsDep = Annotated[Paging, Depends(paged(queries.FOCAL_POINTS, FocalPointOut))]


@router.get(
    "",
    summary="Đầu mối / List focal points",
    response_model=Page[FocalPointOut],
)
async def list_focal_points(
    session: SessionDep,
    principal: FocalPointReader,
    paging: FocalPointsDep,
    agency: Annotated[Ref | None, Query()] = None,
    plan: uuid.UUID | None = None,
    assignment: uuid.UUID | None = None,
    level: Annotated[
        str | None,
        Query(pattern=some_of(ContactLevel), description="Chỉ cấp này / only of this level"),
    ] = None,
    as_of: Annotated[
        Day | None,
        Query(description="Chỉ ai là đầu mối ngày này / only who holds on this day"),
    ] = None,
    updated_since: UpdatedSince = None,
) -> Any:
    """Đầu mối của cơ quan mình và của nơi mình theo dõi, cả những lần cử trước.

    Those whom the caller works with: its own agency's, those of plans that it coordinates or
    issued, those on tasks that it leads; earlier ones too, unless a day is asked for.
    """
    filters = {
        "agency": agency and (await agencies.get_agency(session, agency)).id,
        "plan": plan,
        "assignment": assignment,
        "level": chosen(level),
        "day": as_of,
        "updated_since": updated_since,
    }
    rows, last = await queries.page_of_focal_points(session, principal, paging.asked(filters))
    return paging.answer(await views.described(session, principal, rows), last)


@router.post(
    "",
    summary="Cử đầu mối / Name a focal point",
    response_model=FocalPointOut,
    status_code=201,
    responses=refusals(PlanStateError, TakenError),
)
async def name_focal_point(
    response: Response,
    session: SessionDep,
    principal: FocalPointNamer,
    tagging: MakingDep,
    body: NewFocalPointBody,
) -> Any:
    """Cử đầu mối, lãnh đạo phụ trách của cơ quan mình; người trước thôi từ ngày đó.

    Names the caller's own contact for a plan or for one assignment, where it wins over the plan's.
    Who held before ends on that day and stays in the history.
    """
    plan, assignment = await domain.find_scope(
        session, principal, plan_id=body.plan, assignment_id=body.assignment
    )
    contact = domain.NewFocalPoint(**body.model_dump(exclude={"plan", "assignment"}))
    row = await domain.name_focal_point(session, principal, plan, assignment, contact, at=utc_now())
    response.headers["Location"] = f"/v1/focal-points/{row.id}"
    await tagging.mark(session, "focal_point", row.id)
    return (await views.described(session, principal, [row]))[0]


@router.get(
    "/{focal_point_id}",
    summary="Một đầu mối / Get a focal point",
    response_model=FocalPointOut,
)
async def get_focal_point(
    session: SessionDep, principal: FocalPointReader, tagging: ReadingDep, focal_point_id: uuid.UUID
) -> Any:
    """Ai, liên hệ thế nào, từ ngày nào đến ngày nào. / Who, how to be reached, and when."""
    row = await queries.get_focal_point(session, principal, focal_point_id)
    await tagging.spare(session, "focal_point", row.id)
    return (await views.described(session, principal, [row]))[0]


@router.post(
    "/{focal_point_id}/end",
    summary="Thôi đầu mối / End a focal point",
    response_model=FocalPointOut,
    responses=refusals(domain.FocalPointStateError),
)
async def end_focal_point(
    session: SessionDep,
    principal: FocalPointNamer,
    tagging: ActingDep,
    focal_point_id: uuid.UUID,
    body: EndFocalPointBody,
) -> Any:
    """Từ ngày đó không liên hệ người này nữa; lịch sử giữ nguyên. / The history stays."""
    row = await queries.get_focal_point(session, principal, focal_point_id, lock=True)
    await tagging.check(session, "focal_point", row.id)
    await domain.end_focal_point(
        session, principal, row, valid_until=body.valid_until, at=utc_now()
    )
    await tagging.mark(session, "focal_point", row.id)
    return (await views.described(session, principal, [row]))[0]
