"""Moving deadlines: by the plan's issuer with a document, or by an amendment.

What was judged by the old deadline up to the day of the move stays as it was. The original deadline
of an assignment is never moved.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.principal import Principal
from app.clock import local_day
from app.domain.acts import Act, PersonalAct
from app.domain.assignments.states import require_unfinished
from app.domain.authority import Power, require
from app.domain.plans.plans import require_issued
from app.domain.plans.time_units import YEAR_OUT_OF_RANGE, YEARS
from app.domain.records import Note, Subject
from app.domain.submissions.expect import expect_submissions
from app.errors import Fault, InvalidError, Text, invalid_at
from app.models import Assignment, DeadlineChange, Plan, Task, TaskDeadline
from app.models.base import new_id
from app.official_words import day_words
from app.queries.assignments import actions as queries
from app.queries.assignments import deadlines as deadline_queries
from app.queries.bulk import insert_rows


@dataclass(frozen=True, slots=True, kw_only=True)
class NewDeadline:
    """The last day that counts as in time, its document, and the reason if it is an earlier day."""

    deadline_on: date
    basis: str
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadlineMove:
    """A deadline (None: none any more) that holds from `day` on, and who moved it by which
    document.

    Only an amendment of the plan takes a deadline away, or moves one without a document.
    """

    day: date
    deadline_on: date | None
    reason: str | None
    basis: str | None
    agency_id: UUID
    client_id: UUID
    extension_id: UUID | None = None
    amendment_id: UUID | None = None


def decided_move(
    principal: Principal, given: NewDeadline, *, at: datetime, extension_id: UUID | None = None
) -> DeadlineMove:
    """A person's decision as a move that holds from today on."""
    return DeadlineMove(
        day=local_day(at),
        deadline_on=given.deadline_on,
        reason=given.reason,
        basis=given.basis,
        agency_id=principal.agency_id,
        client_id=principal.client_id,
        extension_id=extension_id,
    )


async def move_deadline(act: PersonalAct, case: queries.AssignmentCase, given: NewDeadline) -> None:
    """Move the deadline of an assignment that is locked with its plan, or give it its first."""
    require_issued(case.plan)
    require(act.principal, Power.CHANGE_ASSIGNMENT, case.plan)
    require_unfinished(case.assignment)
    if case.assignment.deadline_on == given.deadline_on:
        text = Text(
            f"Thời hạn đã là ngày {day_words(given.deadline_on)}.",
            f"The deadline is {given.deadline_on} already.",
        )
        raise invalid_at("#/deadline_on", "same_deadline", text)
    await _move(act, case.plan, [case.assignment], given)


async def move_task_deadline(
    act: PersonalAct, plan: Plan, task: Task, given: NewDeadline, *, occurrence: str | None
) -> int:
    """Move the deadline of a task's unfinished assignments; answers how many were moved.

    A yearly task has a deadline for each year, so its *occurrence* must be given. The deadline also
    holds for assignments of that occurrence that are made later. The caller has locked the plan.
    """
    session = act.session
    require_issued(plan)
    require(act.principal, Power.CHANGE_ASSIGNMENT, plan)
    await _require_occurrence(session, task, occurrence)
    held = await queries.lock_unfinished_of_task(session, task.id, occurrence)
    assignments = [row for row in held if row.deadline_on != given.deadline_on]
    if assignments:
        await _move(act, plan, assignments, given)
    await deadline_queries.supersede_task_deadlines(
        session, [(task.id, occurrence or "once")], at=act.at
    )
    session.add(
        TaskDeadline(
            task_id=task.id,
            occurrence=occurrence or "once",
            deadline_on=given.deadline_on,
            reason=given.reason,
            basis=given.basis,
            moved_on=local_day(act.at),
            agency_id=act.principal.agency_id,
            client_id=act.principal.client_id,
        )
    )
    await session.flush()
    return len(assignments)


async def apply_task_deadlines(act: Act, plan: Plan, ids: Collection[UUID]) -> int:
    """Give new assignments the deadlines that all of their tasks were given before.

    Skips a deadline that makes no sense for an assignment. Answers how many submissions are
    expected since.
    """
    submissions, today = 0, local_day(act.at)
    for moved, assignment in await deadline_queries.task_deadlines_of(act.session, ids):
        given = NewDeadline(deadline_on=moved.deadline_on, basis=moved.basis, reason=moved.reason)
        if assignment.deadline_on == given.deadline_on or _faults([assignment], given, today=today):
            continue
        moving = DeadlineMove(
            day=moved.moved_on,
            deadline_on=given.deadline_on,
            reason=given.reason,
            basis=given.basis,
            agency_id=moved.agency_id,
            client_id=moved.client_id,
        )
        submissions += await apply_deadline_move(act, plan, [assignment], moving)
    return submissions


async def apply_deadline_move(
    act: Act, plan: Plan, assignments: Sequence[Assignment], moving: DeadlineMove
) -> int:
    """Move the deadline of locked assignments, whoever decided it; answers how many submissions are
    expected since.

    The first deadline that an assignment is ever given is its original one too.
    """
    ids = [row.id for row in assignments]
    numbers = await queries.last_numbers(act.session, DeadlineChange, ids)
    rows = [
        {
            "id": new_id(),
            "created_at": act.at,
            "assignment_id": one.id,
            "number": numbers.get(one.id, 0) + 1,
            "old_deadline_on": one.deadline_on,
            "new_deadline_on": moving.deadline_on,
            "reason": moving.reason,
            "basis": moving.basis,
            "extension_id": moving.extension_id,
            "amendment_id": moving.amendment_id,
            "moved_at": act.at,
            "moved_on": max(moving.day, one.changed_on),
            "agency_id": moving.agency_id,
            "client_id": moving.client_id,
        }
        for one in assignments
    ]
    await insert_rows(act.session, DeadlineChange, rows)
    notes = [_deadline_note(one, moving) for one in assignments]
    for one in assignments:
        one.deadline_on = moving.deadline_on
        one.original_deadline_on = one.original_deadline_on or moving.deadline_on
        one.changed_on = max(moving.day, one.changed_on)
    await act.record(notes)
    return await expect_submissions(act.session, plan, at=act.at, only=ids)


async def _move(
    act: Act, plan: Plan, assignments: Sequence[Assignment], given: NewDeadline
) -> None:
    if act.principal is None:
        raise ValueError("a person moves a deadline")
    _require_sense(assignments, given, today=local_day(act.at))
    await apply_deadline_move(act, plan, assignments, decided_move(act.principal, given, at=act.at))


def _deadline_note(assignment: Assignment, moving: DeadlineMove) -> Note:
    detail = {
        "from": assignment.deadline_on and assignment.deadline_on.isoformat(),
        "to": moving.deadline_on and moving.deadline_on.isoformat(),
        "basis": moving.basis,
        "extension_id": moving.extension_id and str(moving.extension_id),
        "amendment_id": moving.amendment_id and str(moving.amendment_id),
    }
    about = Subject("assignment", assignment.id, assignment.plan_id, assignment.agency_id)
    return Note("deadline_moved", about, detail)


def _require_sense(assignments: Sequence[Assignment], given: NewDeadline, *, today: date) -> None:
    require_year("#/deadline_on", given.deadline_on)
    faults = _faults(assignments, given, today=today)
    if faults:
        raise InvalidError(faults=faults)


def _faults(assignments: Sequence[Assignment], given: NewDeadline, *, today: date) -> list[Fault]:
    """Less time needs a reason, and no new deadline may have passed before its agency knew of
    it."""
    day, faults = given.deadline_on, []
    if any(day < one.starts_on for one in assignments):
        text = Text(
            "Thời hạn không được trước ngày bắt đầu của nhiệm vụ.",
            "The deadline must not be before the assignment starts.",
        )
        faults.append(Fault("#/deadline_on", "before_it_starts", text))
    if day < today and any(one.deadline_on is None or day < one.deadline_on for one in assignments):
        text = Text(
            "Thời hạn sớm hơn thời hạn đang có không được là ngày đã qua.",
            "A deadline that leaves less time than there was must not have passed already.",
        )
        faults.append(Fault("#/deadline_on", "in_the_past", text))
    is_less = any(one.deadline_on is not None and day < one.deadline_on for one in assignments)
    if is_less and given.reason is None:
        text = Text("Rút ngắn thời hạn phải nêu lý do.", "Less time than there was needs a reason.")
        faults.append(Fault("#/reason", "reason_required", text))
    return faults


def require_year(pointer: str, day: date) -> None:
    """Raise `InvalidError` for a year outside `YEARS`, which is a typing error."""
    if day.year not in YEARS:
        raise invalid_at(pointer, "year_out_of_range", YEAR_OUT_OF_RANGE)


async def _require_occurrence(session: AsyncSession, task: Task, occurrence: str | None) -> None:
    known = await queries.occurrences_of(session, task.id)
    if occurrence is None and known - {"once"}:
        text = Text(
            f"Nhiệm vụ {task.ordinal} thực hiện hằng năm; hãy nêu năm.",
            f"Task {task.ordinal} is owed once a year: say which occurrence is meant.",
        )
        raise invalid_at("#/occurrence", "occurrence_required", text)
    if occurrence is not None and occurrence not in known:
        text = Text(
            f"Nhiệm vụ {task.ordinal} không có kỳ {occurrence}.",
            f"Task {task.ordinal} has no occurrence {occurrence}.",
        )
        raise invalid_at("#/occurrence", "no_such_occurrence", text)
