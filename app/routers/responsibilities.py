import uuid
from typing import Annotated

from fastapi import APIRouter, Query

from app.auth.deps import Reader
from app.clock import local_day, utc_now
from app.domain.figures.as_of import DayInFutureError, day_asked
from app.http.idempotency import Route
from app.http.lists import PagingDep
from app.http.problems import refusals
from app.http.sessions import ReadingSessionDep
from app.models import AssigneeRole
from app.queries.assignments import responsibilities as queries
from app.queries.plans import tasks
from app.schemas.common import AsOfDay, Page
from app.schemas.responsibilities import ResponsibilityOut
from app.views.responsibilities import responsibilities_out

router = APIRouter(prefix="/v1", tags=["work"], route_class=Route)


@router.get(
    "/tasks/{task_id}/responsibilities",
    summary="Ai chịu trách nhiệm về một nhiệm vụ / List who answered for a task",
    responses=refusals(DayInFutureError),
)
async def list_responsibilities(
    session: ReadingSessionDep,
    principal: Reader,
    paging: PagingDep,
    task_id: uuid.UUID,
    as_of: AsOfDay = None,
    role: AssigneeRole | None = None,
    occurrence: Annotated[str | None, Query(pattern="^([0-9]{4}|once)$", examples=["2024"])] = None,
) -> Page[ResponsibilityOut]:
    """Ngày đó cơ quan nào chịu trách nhiệm, từ ngày nào đến ngày nào, theo văn bản nào.

    Who answers for each assignment of the task on a day (`agency`), and all who did with their
    days and documents (`chain`): so that one request says who answered then, who does today, and
    by what it passed from one to the other.
    """
    day = day_asked(as_of, today=local_day(utc_now()))
    task, plan = await tasks.get_task_with_plan(session, principal, task_id)
    rows = await queries.list_responsibilities(
        session,
        plan,
        task,
        queries.ResponsibilityFilter(day, role, occurrence),
        after=paging.after_id(),
        limit=paging.limit,
    )
    return paging.page(responsibilities_out(rows, day=day), ("assignment_id",))
