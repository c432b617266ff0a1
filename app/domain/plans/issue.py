"""Issuing a plan: its assignees become assignments."""

import uuid
from collections import Counter
from collections.abc import Iterator, Sequence, Set
from datetime import date

from app.clock import local_day
from app.domain.acts import PersonalAct
from app.domain.assignments import expand
from app.domain.authority import Power, require, require_in_its_name
from app.domain.plans.lifetimes import life_of_plan
from app.domain.plans.plans import (
    ISSUED_IN_FUTURE,
    TRACKED_OUTSIDE,
    require_draft,
    subject,
)
from app.domain.plans.stated_periods import contradicts
from app.domain.regimes.fields import default_regime
from app.errors import Fault, InvalidError, Text
from app.models import AssigneeRole, Plan, PlanStatus, Task
from app.queries.plans import plans as plan_queries
from app.queries.plans import tasks as task_queries
from app.queries.plans.plans import visible_plan_id


class PlanIncompleteError(InvalidError):
    """A draft lacks fields that an issued plan must have; `errors` names all of them."""

    code = "plan_incomplete"
    title = Text("Kế hoạch chưa đủ để ban hành", "The plan is incomplete")

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__(
            Text(
                f"Kế hoạch còn thiếu {len(faults)} điều để ban hành.",
                f"The plan lacks {len(faults)} things to be issued; see errors.",
            ),
            faults,
        )


REQUIRED = {
    "number": Text("Thiếu số, ký hiệu.", "The number is missing."),
    "issued_on": Text("Thiếu ngày ban hành.", "The date is missing."),
    "starts_on": Text("Thiếu ngày bắt đầu.", "The first day is missing."),
    "ends_on": Text("Thiếu ngày kết thúc.", "The last day is missing."),
    "issuer_id": Text("Thiếu cơ quan ban hành.", "The issuer is missing."),
    "coordinator_id": Text("Thiếu cơ quan theo dõi.", "The coordinating agency is missing."),
}


NOTHING_ASSIGNED = Fault(
    "#/tasks",
    "nothing_assigned",
    Text(
        "Không nhiệm vụ nào giao được cho cơ quan nào.",
        "No agency would owe anything from any of the tasks.",
    ),
)


LIFE_DOUBTFUL = Text(
    "Thời gian của kế hoạch khác với tên kế hoạch hoặc thời hạn của nhiệm vụ; hãy sửa lại, hoặc "
    "ban hành với confirm_life=true nếu đúng như vậy.",
    "The plan's days differ from its title or its tasks' deadlines; correct them, or issue with "
    "confirm_life=true if they are meant so.",
)


async def issue(
    act: PersonalAct, plan: Plan, *, life_confirmed: bool = False
) -> expand.ExpansionResult:
    """Issue a draft as of its own date and make its assignments up to the end of next year.

    `life_confirmed`: a person has seen that its days differ from its title or its tasks.
    Raises `PlanIncompleteError`, `PlanStateError` or `PermissionDeniedError`.
    """
    session = act.session
    require_draft(plan)
    require(act.principal, Power.KEEP_PLAN, plan)
    tasks = await task_queries.list_tasks(session, visible_plan_id(plan))
    assignees = await task_queries.assignees_of(session, [task.id for task in tasks])
    led = {
        task_id
        for task_id, rows in assignees.items()
        if any(row.role == AssigneeRole.LEAD for row in rows)
    }
    today = local_day(act.at)
    faults = (*missing(plan, tasks, led, today), *_doubtful_life(plan, tasks, life_confirmed))
    if faults:
        raise PlanIncompleteError(faults)
    if plan.issuer_id is not None:
        require_in_its_name(act.principal, plan.issuer_id)
    plan.status = PlanStatus.ISSUED
    plan.issued_at = act.at
    if not await plan_queries.list_regimes(session, visible_plan_id(plan)):
        session.add(default_regime(plan.id, life_of_plan(plan).starts_on))
    await session.flush()
    made = await expand.expand_plan(act, plan)
    if not made.assignments:
        raise PlanIncompleteError([NOTHING_ASSIGNED])
    act.note("issued", subject(plan), assignments=made.assignments)
    return made


def _wrong_days(plan: Plan, today: date) -> Iterator[Fault]:
    issued_on = plan.issued_on or today
    if issued_on > today:
        yield Fault("#/issued_on", "in_future", ISSUED_IN_FUTURE)
    elif plan.tracked_from is not None and not issued_on <= plan.tracked_from <= today:
        yield Fault("#/tracked_from", "not_between_issue_and_today", TRACKED_OUTSIDE)


def _doubtful_life(plan: Plan, tasks: Sequence[Task], confirmed: bool) -> Iterator[Fault]:
    if confirmed or plan.starts_on is None or plan.ends_on is None:
        return
    ends = [task.time_frame_ends_on for task in tasks if task.time_frame_ends_on]
    if contradicts(plan.title, plan.starts_on, plan.ends_on, ends):
        yield Fault("#/ends_on", "life_unconfirmed", LIFE_DOUBTFUL)


def missing(plan: Plan, tasks: Sequence[Task], led: Set[uuid.UUID], today: date) -> Iterator[Fault]:
    """The faults for which a draft can't be issued, all of them."""
    for name, text in REQUIRED.items():
        if getattr(plan, name) is None:
            yield Fault(f"#/{name.removesuffix('_id')}", "missing", text)
    yield from _wrong_days(plan, today)
    if not tasks:
        yield Fault("#/tasks", "missing", Text("Chưa có nhiệm vụ nào.", "There are no tasks."))
    # Numbering may begin again in each group: an ordinal is judged by its path.
    numbers = Counter((task.task_group_id, task.ordinal) for task in tasks)
    for task in tasks:
        if numbers[task.task_group_id, task.ordinal] > 1:
            yield Fault(
                f"#/tasks/{task.ordinal}",
                "ordinal_repeated",
                Text(
                    f"Số thứ tự {task.ordinal} bị lặp.", f"The ordinal {task.ordinal} is repeated."
                ),
            )
        if task.id not in led:
            yield Fault(
                f"#/tasks/{task.ordinal}/assignees",
                "lead_missing",
                Text(
                    f"Nhiệm vụ {task.ordinal} chưa có cơ quan chủ trì.",
                    f"Task {task.ordinal} has no lead.",
                ),
            )
