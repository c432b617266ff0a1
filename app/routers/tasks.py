import uuid
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Response

from app.auth.deps import PlanEditor, Reader
from app.clock import utc_now
from app.domain.acts import PersonalAct
from app.domain.external_refs import ExternalRefTakenError, NamedRef, find_own, put_all
from app.domain.plans import tasks as domain
from app.domain.plans.plans import PlanStateError
from app.domain.references import meaning_of
from app.http.answers import Answer, Shape, shaped
from app.http.etags import ActingDep, ChangingDep, MakingDep, ReadingDep
from app.http.idempotency import Route
from app.http.lists import ListRequest, paged
from app.http.problems import refusals
from app.http.sessions import ReadingSessionDep, SessionDep
from app.models import AssigneeRole, Plan, RefNoun, Task
from app.queries.plans import plans as plan_queries
from app.queries.plans import tasks as queries
from app.queries.registry import agencies
from app.schemas.common import Page, Ref
from app.schemas.external_refs import ExternalKey
from app.schemas.tasks import (
    AssigneeBody,
    AssigneeOut,
    NewAssigneeBody,
    NewTaskBody,
    TaskBody,
    TaskFilters,
    TaskOut,
)
from app.views import tasks as views
from app.views.expansions import item_answer, page_answer

router = APIRouter(prefix="/v1", tags=["plans"], route_class=Route)

TasksDep = Annotated[ListRequest[TaskOut], Depends(paged(queries.TASKS, TaskOut, TaskFilters))]
TaskShapeDep = Annotated[Shape[TaskOut], Depends(shaped(TaskOut))]
EDITS = refusals(PlanStateError)


@router.get("/plans/{plan_id}/tasks", summary="Nhiệm vụ của kế hoạch / List tasks")
async def list_tasks(
    session: ReadingSessionDep,
    principal: Reader,
    paging: TasksDep,
    plan_id: uuid.UUID,
    agency: Annotated[
        Ref | None, Query(description="Chỉ nhiệm vụ của cơ quan này / only what is this agency's")
    ] = None,
    role: AssigneeRole | None = None,
) -> Answer[Page[TaskOut]]:
    """Nhiệm vụ theo thứ tự của kế hoạch, kèm cơ quan chủ trì, phối hợp và nguyên văn.

    Tasks in the plan's order, with who leads and coordinates and the plan's own words. An agency's
    are those that name it and those that it came to owe; `role` is what it is to them.
    """
    plan = await plan_queries.get_plan(session, principal, plan_id)
    named: dict[str, Any] = {"role": role}
    if agency is not None:
        agency_id = (await agencies.get_agency(session, agency)).id
        named = {"agency": agency_id} if role is None else {"agency_in_role": agency_id}
    asked = await paging.asked(session, **named)
    scoped = plan_queries.visible_plan_id(plan)
    tasks, last = await queries.page_of_tasks(session, scoped, asked, its_role=role)
    items = await views.tasks_out(session, [plan], tasks)
    refs = map(views.refs, tasks)
    return await page_answer(session, principal, paging, items, refs=refs, last=last)


@router.post(
    "/plans/{plan_id}/tasks",
    summary="Thêm nhiệm vụ vào dự thảo / Add a task to a draft",
    status_code=201,
    responses=refusals(PlanStateError, ExternalRefTakenError),
)
async def add_task(
    session: SessionDep,
    principal: PlanEditor,
    tagging: MakingDep,
    plan_id: uuid.UUID,
    body: NewTaskBody,
) -> TaskOut:
    """Thêm vào cuối nhóm; thời gian thực hiện được đọc từ nguyên văn. / At the end of its group."""
    plan = await plan_queries.get_plan_for_update(session, principal, plan_id)
    act = PersonalAct(session, principal, utc_now())
    task = await _add(act, plan, body)
    subject = domain.subject(plan, "task", task.id)
    named = [NamedRef(ref.system, ref.id) for ref in body.external_refs]
    await put_all(act, RefNoun.TASK, subject, named)
    tagging.mark_new(task, f"/v1/tasks/{task.id}")
    return await views.task_out(session, plan, task)


@router.put(
    "/plans/{plan_id}/tasks",
    summary="Thêm hoặc sửa nhiệm vụ theo mã ngoài / Add or correct a task by an external id",
    responses={
        201: {"model": TaskOut, "description": "Đã thêm / Added"},
        **refusals(PlanStateError, ExternalRefTakenError),
    },
)
async def put_task(
    session: SessionDep,
    principal: PlanEditor,
    tagging: ActingDep,
    plan_id: uuid.UUID,
    external_ref: ExternalKey,
    body: NewTaskBody,
    response: Response,
) -> TaskOut:
    """Mã chưa có thì thêm vào cuối nhóm, có rồi thì sửa; nhiệm vụ ở lại nhóm của nó.

    The task of the draft that a system knows by this id is added, or corrected where it exists; it
    stays in its group.
    """
    plan = await plan_queries.get_plan_for_update(session, principal, plan_id)
    act, ref = PersonalAct(session, principal, utc_now()), NamedRef.read(external_ref)
    row_id = await find_own(session, principal, RefNoun.TASK, ref, plan_id=plan.id)
    if row_id is None:
        task = await _add(act, plan, body)
        response.status_code = 201
        response.headers["Location"] = f"/v1/tasks/{task.id}"
    else:
        task = await queries.get_task(session, principal, row_id)
        tagging.check(task)
        changes = body.model_dump(exclude_unset=True, exclude={"task_group_id", "external_refs"})
        domain.change_task(act, plan, task, changes=changes)
    subject = domain.subject(plan, "task", task.id)
    named = [ref, *(NamedRef(one.system, one.id) for one in body.external_refs)]
    await put_all(act, RefNoun.TASK, subject, named)
    await session.flush()
    tagging.mark(task)
    return await views.task_out(session, plan, task)


@router.get("/tasks/{task_id}", summary="Một nhiệm vụ / Get a task")
async def get_task(
    session: ReadingSessionDep,
    principal: Reader,
    tagging: ReadingDep,
    shape: TaskShapeDep,
    task_id: uuid.UUID,
) -> Answer[TaskOut]:
    """Nhiệm vụ, kèm cơ quan và nguyên văn. / The task with its assignees and own words."""
    task, plan = await queries.get_task_with_plan(session, principal, task_id)
    tagging.mark(task)
    item = await views.task_out(session, plan, task)
    return await item_answer(session, principal, shape, item, refs=map(views.refs, [task]))


@router.patch(
    "/tasks/{task_id}", summary="Sửa nhiệm vụ của dự thảo / Correct a draft's task", responses=EDITS
)
async def update_task(
    session: SessionDep,
    principal: PlanEditor,
    tagging: ChangingDep,
    task_id: uuid.UUID,
    body: TaskBody,
) -> TaskOut:
    """Sửa nội dung, thời gian thực hiện; `time_frame` để người dùng tự nêu ý nghĩa.

    Corrects texts and the time frame: its words are read again unless `time_frame` says what
    they mean.
    """
    task, plan = await queries.lock_task(session, principal, task_id)
    tagging.check(task)
    changes = body.model_dump(exclude_unset=True)
    domain.change_task(PersonalAct(session, principal, utc_now()), plan, task, changes=changes)
    await session.flush()
    return await views.task_out(session, plan, task)


@router.delete(
    "/tasks/{task_id}",
    summary="Bỏ nhiệm vụ khỏi dự thảo / Remove a task from a draft",
    status_code=204,
    response_class=Response,
    responses=EDITS,
)
async def remove_task(
    session: SessionDep, principal: PlanEditor, tagging: ChangingDep, task_id: uuid.UUID
) -> None:
    """Chỉ khi còn dự thảo; đã ban hành thì không xóa gì. / What was issued is never removed."""
    task, plan = await queries.lock_task(session, principal, task_id)
    tagging.check(task)
    await domain.remove_task(PersonalAct(session, principal, utc_now()), plan, task)


@router.post(
    "/tasks/{task_id}/assignees",
    summary="Thêm cơ quan thực hiện vào dự thảo / Add an assignee to a draft",
    status_code=201,
    responses=EDITS,
)
async def add_assignee(
    session: SessionDep,
    principal: PlanEditor,
    tagging: MakingDep,
    task_id: uuid.UUID,
    body: NewAssigneeBody,
) -> AssigneeOut:
    """Thêm một cơ quan hoặc nhóm cơ quan cho nhiệm vụ. / An agency or a collective more."""
    task, plan = await queries.lock_task(session, principal, task_id)
    meaning = await meaning_of(session, agency=body.agency, collective=body.collective)
    assignee = await domain.add_assignee(
        PersonalAct(session, principal, utc_now()),
        plan,
        task,
        role=body.role,
        fields={"source_text": body.source_text, **meaning},
    )
    tagging.mark_new(assignee, f"/v1/assignees/{assignee.id}")
    return await views.assignee_out(session, plan, assignee)


@router.get("/assignees/{assignee_id}", summary="Một dòng cơ quan thực hiện / Get an assignee")
async def get_assignee(
    session: ReadingSessionDep, principal: Reader, tagging: ReadingDep, assignee_id: uuid.UUID
) -> AssigneeOut:
    """Nguyên văn kế hoạch và cơ quan, nhóm cơ quan được hiểu. / The words and whom they mean."""
    assignee, task = await queries.get_assignee(session, principal, assignee_id)
    tagging.mark(assignee)
    plan = await plan_queries.get_plan(session, principal, task.plan_id)
    return await views.assignee_out(session, plan, assignee)


@router.patch(
    "/assignees/{assignee_id}",
    summary="Xác định cơ quan thực hiện / Say whom the plan's words mean",
    responses=EDITS,
)
async def update_assignee(
    session: SessionDep,
    principal: PlanEditor,
    tagging: ChangingDep,
    assignee_id: uuid.UUID,
    body: AssigneeBody,
) -> AssigneeOut:
    """Người dùng chọn cơ quan hoặc nhóm đúng với nguyên văn dự thảo; nguyên văn vẫn được giữ.

    A person decides which agency or collective the words of a draft stand for.
    """
    assignee, task, plan = await queries.lock_assignee(session, principal, assignee_id)
    tagging.check(assignee)
    meaning = await meaning_of(session, agency=body.agency, collective=body.collective)
    changes = {**meaning, "is_related_only": body.is_related_only}
    domain.change_assignee(
        PersonalAct(session, principal, utc_now()), plan, task, assignee, changes=changes
    )
    await session.flush()
    return await views.assignee_out(session, plan, assignee)


@router.delete(
    "/assignees/{assignee_id}",
    summary="Bỏ cơ quan thực hiện khỏi dự thảo / Remove an assignee from a draft",
    status_code=204,
    response_class=Response,
    responses=EDITS,
)
async def remove_assignee(
    session: SessionDep, principal: PlanEditor, tagging: ChangingDep, assignee_id: uuid.UUID
) -> None:
    """Chỉ khi còn dự thảo. / Only while the plan is a draft."""
    assignee, task, plan = await queries.lock_assignee(session, principal, assignee_id)
    tagging.check(assignee)
    await domain.remove_assignee(PersonalAct(session, principal, utc_now()), plan, task, assignee)


async def _add(act: PersonalAct, plan: Plan, body: NewTaskBody) -> Task:
    fields = body.model_dump(exclude={"external_refs"})
    group_id = fields.pop("task_group_id")
    group = None
    if group_id is not None:
        group = await domain.group_of(act.session, act.principal, plan, group_id)
    return await domain.add_task(act, plan, group, fields=fields)
