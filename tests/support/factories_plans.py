"""Issued plans and what agencies owe in them, as rows for tests; each factory commits."""

from datetime import UTC, date, datetime
from typing import Any, TypeVar

from sqlmodel.ext.asyncio.session import AsyncSession

from app.models import (
    Agency,
    Assignee,
    AssigneeRole,
    Assignment,
    Plan,
    PlanStatus,
    Submission,
    SubmissionStatus,
    Task,
    TaskGroup,
    TimeFrameKind,
)
from tests.support.factories import number
from tests.support.submission_drafts import write_draft

ISSUED_ON = date(2024, 5, 20)
Stored = TypeVar("Stored")


async def make_plan(session: AsyncSession, owner: Agency, **given: Any) -> Plan:
    """A plan of *owner*, which issued and coordinates it; `status=PlanStatus.DRAFT` for a draft."""
    n = next(number)
    status = given.get("status", PlanStatus.ISSUED)
    given = {
        "title": f"Kế hoạch {n}",
        "number": f"{n}/KH-UBND",
        "issued_on": ISSUED_ON,
        "starts_on": date(2024, 1, 1),
        "ends_on": date(2030, 12, 31),
        "issuer_id": owner.id,
        "coordinator_id": owner.id,
        "issued_at": None if status == PlanStatus.DRAFT else datetime(2024, 5, 20, 2, tzinfo=UTC),
        "status": PlanStatus.ISSUED,
        **given,
    }
    return await _stored(session, Plan(owner_id=owner.id, **given))


async def make_group(session: AsyncSession, plan: Plan, **given: Any) -> TaskGroup:
    """A heading of the plan's table."""
    n = next(number)
    given = {"position": n, "ordinal": str(n), "title": f"Nhóm nhiệm vụ {n}", **given}
    return await _stored(session, TaskGroup(plan_id=plan.id, **given))


async def make_task(
    session: AsyncSession, plan: Plan, group: TaskGroup | None = None, **given: Any
) -> Task:
    """A task of the plan, in its order of making."""
    n = next(number)
    given = {
        "position": n,
        "ordinal": str(n),
        "title": f"Nhiệm vụ {n}",
        "time_frame_text": "2024",
        "time_frame_kind": TimeFrameKind.YEAR,
        **given,
    }
    group_id = None if group is None else group.id
    return await _stored(session, Task(plan_id=plan.id, task_group_id=group_id, **given))


async def make_assignee(
    session: AsyncSession, task: Task, agency: Agency | None = None, **given: Any
) -> Assignee:
    """The plan's words for who does a task."""
    given = {"role": AssigneeRole.LEAD, "position": next(number), "source_text": "Sở A", **given}
    agency_id = None if agency is None else agency.id
    return await _stored(session, Assignee(task_id=task.id, agency_id=agency_id, **given))


async def make_assignment(
    session: AsyncSession, task: Task, agency: Agency, **given: Any
) -> Assignment:
    """Make the assignment of *agency* for *task* since the plan was issued."""
    given = {
        "role": AssigneeRole.LEAD,
        "occurrence": "once",
        "starts_on": date(2024, 1, 1),
        "deadline_on": date(2024, 12, 31),
        "changed_on": ISSUED_ON,
        **given,
    }
    given.setdefault("original_deadline_on", given["deadline_on"])
    assignee = await make_assignee(session, task, agency, role=given["role"])
    assignment = Assignment(
        plan_id=task.plan_id,
        task_id=task.id,
        agency_id=agency.id,
        assignee_id=assignee.id,
        **given,
    )
    return await _stored(session, assignment)


async def make_submission(
    session: AsyncSession, assignment: Assignment, **given: Any
) -> Submission:
    """A report that is expected of an assignment, for 2024 unless it is said otherwise.

    With the status `draft` it is expected, and has the *draft* that is given.
    """
    is_draft = given.get("status") == SubmissionStatus.DRAFT
    draft, author = given.pop("draft", None), given.pop("drafted_by_id", None)
    if is_draft:
        given["status"] = SubmissionStatus.EXPECTED
    given = {
        "period": "2024",
        "data_from": date(2023, 12, 15),
        "data_to": date(2024, 12, 14),
        "due_on": date(2024, 12, 20),
        "expected_on": ISSUED_ON,
        **given,
    }
    if given.get("status") == SubmissionStatus.ACCEPTED:
        given.setdefault("accepted_attempt", given["attempts"])
    made = await _stored(session, Submission(assignment_id=assignment.id, **given))
    if is_draft:
        await write_draft(session, made, draft or {}, author)
        await session.commit()
    return made


async def _stored(session: AsyncSession, row: Stored) -> Stored:
    session.add(row)
    await session.commit()
    return row
