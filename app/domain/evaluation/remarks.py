"""Remarks of those who oversee a plan: kept beside what agencies filed, and changing none of it."""

import uuid
from typing import Any, Literal, NamedTuple

from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.principal import Permission, Principal
from app.clock import local_day, utc_now
from app.domain.acts import PersonalAct
from app.domain.authority import Power, may, require
from app.domain.plans.plans import PlanStateError
from app.domain.records import Subject
from app.errors import (
    ConflictError,
    Fault,
    InvalidError,
    NotFoundError,
    PermissionDeniedError,
    Text,
)
from app.models import Plan, PlanPartyRole, PlanStatus, Remark, RemarkNoun
from app.queries.assignments import assignments
from app.queries.evaluation.remarks import RemarkCase
from app.queries.plans import plans, tasks
from app.queries.plans.plan_facts import parties_of
from app.queries.submissions import submissions

RemarkState = Literal["open", "answered", "withdrawn"]
STATE_WORDS: dict[RemarkState, str] = {
    "open": "đang mở",
    "answered": "đã được trả lời",
    "withdrawn": "đã rút",
}


class RemarkStateError(ConflictError):
    """The remark was answered or withdrawn already."""

    code = "wrong_remark_state"
    title = Text("Nhận xét đã được trả lời hoặc đã rút", "The remark is not open")

    def __init__(self, state: RemarkState) -> None:
        super().__init__(Text(f"Nhận xét {STATE_WORDS[state]}.", f"The remark is {state}."))


class RemarkSubject(NamedTuple):
    """The subject of a remark: its plan, the columns that refer to it, and the agency concerned."""

    plan: Plan
    columns: dict[str, Any]
    agency_id: uuid.UUID | None


def state_of(remark: Remark) -> RemarkState:
    """The remark's state; it is withdrawn whether it was answered or not."""
    if remark.withdrawn_at is not None:
        return "withdrawn"
    return "open" if remark.answered_at is None else "answered"


def noun_of(remark: Remark) -> tuple[RemarkNoun, uuid.UUID]:
    """The noun and the id of the row that a remark is about."""
    for noun in (RemarkNoun.SUBMISSION, RemarkNoun.ASSIGNMENT, RemarkNoun.TASK):
        row_id = getattr(remark, f"{noun}_id")
        if row_id is not None:
            return noun, row_id
    return RemarkNoun.PLAN, remark.plan_id


def allowed_actions(principal: Principal, case: RemarkCase) -> list[str]:
    """The actions that the caller may take on the remark now."""
    state, actions = state_of(case.remark), []
    if state == "open" and may(
        principal, Power.ANSWER_REMARK, case.plan, concerned=_concerned(case)
    ):
        actions.append("answer")
    if state != "withdrawn" and case.remark.author_id == principal.agency_id:
        actions.append("withdraw")
    return actions


async def make_remark(
    act: PersonalAct, noun: RemarkNoun, row_id: uuid.UUID, *, text: str, basis: str | None
) -> Remark:
    """Remark on a plan, a task, an assignment or a submission that the caller may read.

    Supervisors and the agencies that the plan names as its overseers (giám sát) do so; they change
    nothing else.
    """
    session = act.session
    about = await _about(session, act.principal, noun, row_id)
    await _require_overseer(session, act.principal, about.plan)
    remark = Remark(
        plan_id=about.plan.id,
        agency_id=about.agency_id,
        text=text,
        basis=basis,
        made_at=act.at,
        author_id=act.principal.agency_id,
        client_id=act.principal.client_id,
        **about.columns,
    )
    session.add(remark)
    await session.flush()
    act.note("made", _subject(remark), about=noun)
    return remark


def answer_remark(act: PersonalAct, case: RemarkCase, *, text: str) -> None:
    """Answer a remark, once; its own text stays as it is."""
    remark = case.remark
    require(act.principal, Power.ANSWER_REMARK, case.plan, concerned=_concerned(case))
    _require(remark, "open")
    remark.answer, remark.answered_at = text, act.at
    remark.answered_for_id, remark.answered_by_id = act.principal.agency_id, act.principal.client_id
    act.note("answered", _subject(remark))


def withdraw_remark(act: PersonalAct, case: RemarkCase, *, reason: str) -> None:
    """Withdraw a remark; its text and its answer stay to be read."""
    remark = case.remark
    if remark.author_id != act.principal.agency_id:
        raise PermissionDeniedError(
            Text(
                "Chỉ cơ quan đã nhận xét mới rút được.",
                "Only the agency that made it withdraws it.",
            )
        )
    _require(remark, "open", "answered")
    remark.withdrawn_at, remark.withdrawn_reason = act.at, reason
    act.note("withdrawn", _subject(remark))


async def _about(
    session: AsyncSession, principal: Principal, noun: RemarkNoun, row_id: uuid.UUID
) -> RemarkSubject:
    """The subject that a body names; raises `InvalidError` for one that the caller may not read."""
    try:
        return await _found(session, principal, noun, row_id)
    except NotFoundError as error:
        fault = Fault("#/about/id", f"unknown_{noun}", error.detail)
        raise InvalidError(faults=[fault]) from error


async def _found(
    session: AsyncSession, principal: Principal, noun: RemarkNoun, row_id: uuid.UUID
) -> RemarkSubject:
    columns: dict[str, Any] = {} if noun == RemarkNoun.PLAN else {f"{noun}_id": row_id}
    if noun == RemarkNoun.SUBMISSION:
        if not principal.may(Permission.SUBMISSION_READ):
            raise NotFoundError(submissions.NO_SUCH_SUBMISSION)
        case = await submissions.get_submission(session, principal, row_id)
        return RemarkSubject(case.plan, columns, case.assignment.agency_id)
    plan_id, agency_id = row_id, None
    if noun == RemarkNoun.ASSIGNMENT:
        assignment = await assignments.get_assignment(session, principal, row_id)
        plan_id, agency_id = assignment.plan_id, assignment.agency_id
    elif noun == RemarkNoun.TASK:
        plan_id = (await tasks.get_task(session, principal, row_id)).plan_id
    return RemarkSubject(await plans.get_plan(session, principal, plan_id), columns, agency_id)


async def _require_overseer(session: AsyncSession, principal: Principal, plan: Plan) -> None:
    if plan.status == PlanStatus.DRAFT:
        raise PlanStateError(Text("Kế hoạch còn là dự thảo.", "The plan is a draft."))
    parties = await parties_of(session, [plan.id], day=local_day(utc_now()))
    require(principal, Power.REMARK, plan, overseers=parties[plan.id][PlanPartyRole.OVERSEER])


def _concerned(case: RemarkCase) -> tuple[uuid.UUID | None, uuid.UUID | None]:
    """The agency that the remark was about, and the one whose the assignment is now."""
    assignment = case.assignment
    return case.remark.agency_id, None if assignment is None else assignment.agency_id


def _require(remark: Remark, *wanted: str) -> None:
    state = state_of(remark)
    if state not in wanted:
        raise RemarkStateError(state)


def _subject(remark: Remark) -> Subject:
    return Subject("remark", remark.id, remark.plan_id, remark.agency_id)
