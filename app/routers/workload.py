import json
import re
import uuid
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends

from app.auth.deps import Reader
from app.domain.figures import as_of as domain
from app.http.answers import Answer
from app.http.idempotency import Route
from app.http.lists import Paging, PagingDep, bad_cursor
from app.http.problems import refusals
from app.http.sessions import ReaderDep
from app.models import AssignmentStatus
from app.queries.figures import workload as queries
from app.queries.figures.plan import AsOf
from app.queries.registry.agencies import get_agency
from app.queries.registry.agency_views import describe
from app.routers.viewpoints import OpenPlans, viewpoint
from app.schemas.agencies import AgencyNoticeOut
from app.schemas.common import Ref
from app.schemas.workload import WorkloadOut

router = APIRouter(prefix="/v1", tags=["figures"], route_class=Route)


async def narrowing(
    as_of: Annotated[AsOf, Depends(viewpoint)],
    plan: uuid.UUID | None = None,
    status: AssignmentStatus | None = None,
    plans: OpenPlans = "open",
) -> queries.WorkloadFilter:
    """The day that is asked for, and what the assignments are narrowed to; a plan that is named may
    be closed."""
    return queries.WorkloadFilter(as_of, plans if plan is None else "all", plan, status)


NarrowingDep = Annotated[queries.WorkloadFilter, Depends(narrowing)]


@router.get(
    "/agencies/{ref}/workload",
    summary="Nhiệm vụ được giao của một cơ quan / Get what an agency owes",
    responses=refusals(domain.DayInFutureError),
)
async def get_agency_workload(
    reader: ReaderDep, principal: Reader, paging: PagingDep, asked: NarrowingDep, ref: Ref
) -> Answer[WorkloadOut]:
    """Cơ quan phải làm những gì, hạn nào, đến đâu: việc chưa xong trước, hạn sớm trước.

    What an agency owes as lead over all open plans, or by `role` and `plans`, by when and in which
    state, in one call: open assignments first, by deadline. `counts` are of all that match, not
    only of this page.
    """
    found = await queries.get_workload_json(
        reader,
        ref,
        asked,
        mine=principal.agency_id,
        limit=paging.limit,
        after=_after(paging),
    )
    url = json.dumps(paging.next_url(found.last))
    notice = "null"
    if found.has_ended:
        agency = await get_agency(reader.session, ref)
        [view] = await describe(reader.session, [agency], day=asked.as_of.day)
        if view.notice is not None:
            notice = AgencyNoticeOut.model_validate(view.notice).model_dump_json()
    body = (
        f'{{"agency":{found.agency},"notice":{notice},"as_of":"{asked.as_of.day}",'
        f'"counts":{found.counts},"assignments":{found.assignments},"next":{url}}}'
    )
    return Answer(body)


def _after(paging: Paging) -> queries.WorkloadPosition | None:
    if paging.after is None:
        return None
    try:
        rank, due_on, plan_id, assignment_id = paging.after
        if not re.fullmatch("[0-9]{1,9}", rank):
            raise bad_cursor()
        return queries.WorkloadPosition(
            int(rank),
            due_on if due_on == "infinity" else str(date.fromisoformat(due_on)),
            uuid.UUID(plan_id),
            uuid.UUID(assignment_id),
        )
    except ValueError:
        raise bad_cursor() from None
