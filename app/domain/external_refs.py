"""External references: ids by which other systems know a row, set by agencies that work with it."""

import uuid
from collections.abc import Sequence
from typing import NamedTuple

from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.principal import Principal
from app.domain.acts import PersonalAct
from app.domain.plans import plans
from app.domain.plans import tasks as task_domain
from app.domain.records import Subject
from app.domain.submissions import states
from app.errors import ConflictError, Fault, NotFoundError, PermissionDeniedError, Text
from app.models import ExternalRef, Plan, RefNoun
from app.queries.assignments.assignments import get_assignment
from app.queries.external_refs import find_row, get_ref
from app.queries.locks import lock_external_ref
from app.queries.plans import tasks
from app.queries.plans.plans import get_plan
from app.queries.submissions.submissions import get_submission

PLURALS = {noun: f"{noun}s" for noun in RefNoun}


class ExternalRefTakenError(ConflictError):
    """The system knows another row of this kind by that id; `Location` leads to it."""

    code = "external_ref_taken"
    title = Text("Mã ngoài đã dùng cho dòng khác", "External id in use")


class NamedRef(NamedTuple):
    """A system and the id by which it knows something."""

    system: str
    id: str

    @classmethod
    def read(cls, text: str) -> "NamedRef":
        """Read `system:id`; the name of a system has no colon."""
        system, _, external_id = text.partition(":")
        return cls(system, external_id)


class ReferencedRow(NamedTuple):
    """A row that the caller may read, its plan, and the agencies that may set its references."""

    subject: Subject
    plan: Plan
    agencies: frozenset[uuid.UUID | None]


async def get_referenced_row(
    session: AsyncSession, principal: Principal, noun: RefNoun, row_id: uuid.UUID
) -> ReferencedRow:
    """A visible row; raises `NotFoundError`.

    References of a plan and its tasks are set by the plan's owner; those of an assignment and its
    submissions also by the agency that owes them and by the plan's coordinator.
    """
    if noun == RefNoun.SUBMISSION:
        case = await get_submission(session, principal, row_id)
        owed = {case.assignment.agency_id, case.plan.coordinator_id, case.plan.owner_id}
        return ReferencedRow(states.subject(case), case.plan, frozenset(owed))
    if noun == RefNoun.ASSIGNMENT:
        assignment = await get_assignment(session, principal, row_id)
        plan = await get_plan(session, principal, assignment.plan_id)
        subject = Subject("assignment", assignment.id, plan.id, assignment.agency_id)
        owed = {assignment.agency_id, plan.coordinator_id, plan.owner_id}
        return ReferencedRow(subject, plan, frozenset(owed))
    if noun == RefNoun.TASK:
        task = await tasks.get_task(session, principal, row_id)
        plan = await get_plan(session, principal, task.plan_id)
        return ReferencedRow(
            task_domain.subject(plan, "task", task.id), plan, frozenset({plan.owner_id})
        )
    plan = await get_plan(session, principal, row_id)
    return ReferencedRow(plans.subject(plan), plan, frozenset({plan.owner_id}))


async def find_own(
    session: AsyncSession,
    principal: Principal,
    noun: RefNoun,
    ref: NamedRef,
    *,
    plan_id: uuid.UUID | None = None,
) -> uuid.UUID | None:
    """The id of the row to which a system's id leads, for a caller who writes the row by that id.

    None: the row is to be made. Raises `ExternalRefTakenError` if the caller may not read the row,
    or if it belongs to another plan than the given one.
    """
    row_id = await find_row(session, noun, ref.system, ref.id)
    if row_id is None:
        return None
    try:
        known = await get_referenced_row(session, principal, noun, row_id)
    except NotFoundError:
        known = None
    if known is None or plan_id not in (None, known.plan.id):
        raise await _taken(session, principal, noun, row_id, "?external_ref")
    return row_id


async def put(act: PersonalAct, noun: RefNoun, known: ReferencedRow, given: NamedRef) -> None:
    """Set the id by which a system knows a row; the same again changes nothing."""
    _require_one_of_its_agencies(act.principal, known)
    await lock_external_ref(act.session, *given)
    await _set(act, noun, known.subject, given, pointer="#/id")


async def put_all(
    act: PersonalAct, noun: RefNoun, subject: Subject, given: Sequence[NamedRef]
) -> None:
    """Set the references of a row that was just made; one that is in use refuses all."""
    for place, one in enumerate(given):
        pointer = f"#/external_refs/{place}"
        await _set(act, noun, subject, one, pointer=pointer)


async def remove(act: PersonalAct, noun: RefNoun, known: ReferencedRow, system: str) -> None:
    """Remove the id by which a system knows a row; raises `NotFoundError` if there is none."""
    _require_one_of_its_agencies(act.principal, known)
    row = await get_ref(act.session, noun, known.subject.id, system)
    if row is None:
        raise NotFoundError(
            Text("Không có mã ở hệ thống này.", "There is no id of that system here.")
        )
    await act.session.delete(row)
    act.note("external_ref_removed", known.subject, system=system)


async def _set(
    act: PersonalAct, noun: RefNoun, subject: Subject, given: NamedRef, *, pointer: str
) -> None:
    session = act.session
    existing = await find_row(session, noun, given.system, given.id)
    if existing == subject.id:
        return
    if existing is not None:
        raise await _taken(session, act.principal, noun, existing, pointer)
    row = await get_ref(session, noun, subject.id, given.system)
    if row is None:
        row = ExternalRef(system=given.system, external_id=given.id)
        setattr(row, f"{noun}_id", subject.id)
        session.add(row)
    row.external_id = given.id
    await session.flush()
    act.note("external_ref_set", subject, system=given.system)


async def _taken(
    session: AsyncSession, principal: Principal, noun: RefNoun, row_id: uuid.UUID, pointer: str
) -> ExternalRefTakenError:
    """The refusal; it names the row that has the id if the caller may read it."""
    try:
        known = await get_referenced_row(session, principal, noun, row_id)
        where = f"/v1/{PLURALS[noun]}/{known.subject.id}"
        detail = Text(f"Mã này đã dùng cho {where}.", f"That id is in use for {where}.")
    except NotFoundError:
        where = ""
        detail = Text("Mã này đã dùng cho dòng khác.", "That id is in use for another row.")
    refusal = ExternalRefTakenError(faults=[Fault(pointer, "external_ref_taken", detail)])
    refusal.headers = {"Location": where} if where else {}
    return refusal


def _require_one_of_its_agencies(principal: Principal, known: ReferencedRow) -> None:
    if principal.agency_id not in known.agencies:
        raise PermissionDeniedError(
            Text(
                "Chỉ cơ quan làm việc với dòng này mới ghi mã ngoài cho nó.",
                "Only the agencies that work with this row say how other systems know it.",
            )
        )
