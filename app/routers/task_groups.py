import uuid
from typing import Annotated

from fastapi import APIRouter, Depends

from app.auth.deps import PlanEditor, Reader
from app.clock import utc_now
from app.domain.acts import PersonalAct
from app.domain.plans import tasks as domain
from app.domain.plans.plans import PlanStateError
from app.http.answers import Answer
from app.http.etags import ChangingDep, MakingDep, ReadingDep
from app.http.idempotency import Route
from app.http.lists import ListRequest, paged
from app.http.problems import refusals
from app.http.sessions import ReadingSessionDep, SessionDep
from app.queries.plans import plans as plan_queries
from app.queries.plans import tasks as queries
from app.schemas.common import Page
from app.schemas.tasks import NewTaskGroupBody, TaskGroupBody, TaskGroupFilters, TaskGroupOut
from app.views import tasks as views

router = APIRouter(prefix="/v1", tags=["plans"], route_class=Route)

GroupsDep = Annotated[
    ListRequest[TaskGroupOut], Depends(paged(queries.GROUPS, TaskGroupOut, TaskGroupFilters))
]
EDITS = refusals(PlanStateError)


@router.get("/plans/{plan_id}/task-groups", summary="Nhóm nhiệm vụ / List task groups")
async def list_task_groups(
    session: ReadingSessionDep, principal: Reader, paging: GroupsDep, plan_id: uuid.UUID
) -> Answer[Page[TaskGroupOut]]:
    """Các nhóm nhiệm vụ theo thứ tự của kế hoạch. / The groups, in the plan's order."""
    plan = await plan_queries.get_plan(session, principal, plan_id)
    asked = await paging.asked(session)
    scoped = plan_queries.visible_plan_id(plan)
    groups, last = await queries.page_of_groups(session, scoped, asked)
    return paging.answer(map(views.group_out, groups), last)


@router.post(
    "/plans/{plan_id}/task-groups",
    summary="Thêm nhóm nhiệm vụ vào dự thảo / Add a task group to a draft",
    status_code=201,
    responses=EDITS,
)
async def add_task_group(
    session: SessionDep,
    principal: PlanEditor,
    tagging: MakingDep,
    plan_id: uuid.UUID,
    body: NewTaskGroupBody,
) -> TaskGroupOut:
    """Thêm vào cuối kế hoạch dự thảo. / Added after all that the draft has."""
    plan = await plan_queries.get_plan_for_update(session, principal, plan_id)
    group = await domain.add_group(
        PersonalAct(session, principal, utc_now()), plan, ordinal=body.ordinal, title=body.title
    )
    tagging.mark_new(group, f"/v1/task-groups/{group.id}")
    return views.group_out(group)


@router.get("/task-groups/{group_id}", summary="Một nhóm nhiệm vụ / Get a task group")
async def get_task_group(
    session: ReadingSessionDep, principal: Reader, tagging: ReadingDep, group_id: uuid.UUID
) -> TaskGroupOut:
    """Nhóm nhiệm vụ và nguyên văn. / The group, with the file's own words."""
    group = await queries.get_group(session, principal, group_id)
    tagging.mark(group)
    return views.group_out(group)


@router.patch(
    "/task-groups/{group_id}",
    summary="Sửa nhóm nhiệm vụ của dự thảo / Correct a draft's task group",
    responses=EDITS,
)
async def update_task_group(
    session: SessionDep,
    principal: PlanEditor,
    tagging: ChangingDep,
    group_id: uuid.UUID,
    body: TaskGroupBody,
) -> TaskGroupOut:
    """Sửa số thứ tự, tên nhóm; nguyên văn vẫn được giữ. / The file's own words are kept."""
    group, plan = await queries.lock_group(session, principal, group_id)
    tagging.check(group)
    changes = body.model_dump(exclude_unset=True)
    domain.change_group(PersonalAct(session, principal, utc_now()), plan, group, changes=changes)
    await session.flush()
    return views.group_out(group)
