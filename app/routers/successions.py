from typing import Annotated, Any

from fastapi import APIRouter, Query

from app.auth.deps import Reader
from app.clock import local_day, utc_now
from app.db import SessionDep
from app.errors import InvalidError, NotFoundError
from app.idempotency import Route
from app.listing import PagingDep
from app.problems import refusals
from app.queries import agencies
from app.queries import successions as queries
from app.schemas.common import Day, Page, Ref
from app.schemas.successions import SuccessionOut

router = APIRouter(prefix="/v1/successions", tags=["registry"], route_class=Route)


@router.get(
    "",
    operation_id="listSuccessions",
    summary="Kế thừa giữa các cơ quan / List successions",
    response_model=Page[SuccessionOut],
    responses=refusals(NotFoundError, InvalidError),
)
async def list_successions(
    session: SessionDep,
    principal: Reader,  # noqa: ARG001 - everyone with a token
    paging: PagingDep,
    agency: Annotated[
        Ref | None, Query(description="Bên chuyển hoặc bên nhận / on either side")
    ] = None,
    effective_from: Annotated[
        Day | None, Query(description="Có hiệu lực từ ngày này / from this day on")
    ] = None,
    effective_until: Annotated[
        Day | None,
        Query(description="Có hiệu lực TRƯỚC ngày này / EXCLUSIVE: before this day"),
    ] = None,
) -> Any:
    """Cơ quan nào tiếp nhận việc của cơ quan nào, từ ngày nào, trong phạm vi nào.

    Which agency carries what another one carried, from which day, within which scope; in order of
    day. Agencies are named as today, and those that have ended by their last name.
    """
    ids = None if agency is None else [(await agencies.get_agency(session, agency)).id]
    found = await queries.list_successions(
        session, agency_ids=ids, effective_from=effective_from, effective_until=effective_until
    )
    after = paging.after or ("",)
    rows = [row for row in found if (row.effective_on.isoformat(), str(row.id)) > after]
    views = await queries.describe(session, rows[: paging.limit + 1], day=local_day(utc_now()))
    return paging.page(views, ("effective_on", "id"))
