"""Reading submissions. Every statement starts from what the principal may see."""

import uuid
from collections.abc import Collection
from datetime import date
from functools import cache
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, distinct_on
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import Select

from app.auth.principal import Principal
from app.errors import Text
from app.models import (
    Assignment,
    Outcome,
    Plan,
    Submission,
    SubmissionAttempt,
    SubmissionReview,
    SubmissionStatus,
    Task,
)
from app.queries.external_refs import known_as
from app.queries.figures.reporting_tree import SET_ASIDE
from app.queries.lists import FoundPage, Listing, PageRequest, SortPart, read_page
from app.queries.rows import one_of

NO_SUCH_SUBMISSION = Text(
    "Không có báo cáo này, hoặc nhiệm vụ không phải báo cáo trong kỳ này.",
    "There is no such submission, or none is expected for this period.",
)

UNFILED = (SubmissionStatus.EXPECTED, SubmissionStatus.RETURNED)
"""Submissions that their agency may still file; a returned one is to be filed again."""
LIVE = (*UNFILED, SubmissionStatus.SUBMITTED)
"""Submissions that are not at their end: a submitted one may be sent back."""


class SubmissionCase(NamedTuple):
    """A submission with its assignment, task and plan."""

    submission: Submission
    assignment: Assignment
    task: Task
    plan: Plan


SubmissionCases = Select[Submission, Assignment, Task, Plan]


class FiledAttempt(NamedTuple):
    """An attempt and the decision on it, if there is one."""

    attempt: SubmissionAttempt
    review: SubmissionReview | None


ID = SortPart("submission.id", "uuid")
# Submissions that were never filed come last.
RECEIVED_ON = SortPart("coalesce(submission.received_on, 'infinity')", "date")
SUBMISSIONS = Listing(
    conditions={
        "ids": "submission.id = any(:ids)",
        "plan": "assignment.plan_id = :plan",
        "plans": "assignment.plan_id = any(cast(:plans as uuid[]))",
        "agency": "assignment.agency_id = :agency",
        "assignment": "submission.assignment_id = :assignment",
        "task": "assignment.task_id = :task",
        "ordinal": "task.ordinal = :ordinal",
        "period": "submission.period = :period",
        "report_request": "submission.report_request_id = :report_request",
        # A draft is shown to its own agency alone: to others the submission is expected. Of other
        # statuses nothing more is asked: PostgreSQL guesses that few rows pass such a question.
        "status": "submission.status = any(array_replace(cast(:status as text[]), 'draft',"
        " 'expected')) and (submission.status <> 'expected' or case"
        " when own_draft.submission_id is not null then 'draft' else 'expected' end"
        " = any(:status))",
        # PostgreSQL that plans for a literal value turns the comparison round, of which there is no
        # index.
        "is_late": "(submission.received_on > submission.due_on)"
        " = (select cast(:is_late as boolean))",
        # A returned or withdrawn submission is as overdue as one that was never filed. What nobody
        # owes is set aside, as in the figures of reporting.
        "overdue_since": "submission.status in ('expected', 'returned')"
        f" and submission.due_on <= :overdue_since and not {SET_ASIDE}",
        "due_from": "submission.due_on >= :due_from",
        "due_before": "submission.due_on < :due_before",
        "received_from": f"{RECEIVED_ON.sql} >= :received_from and {RECEIVED_ON.sql} < 'infinity'",
        "received_before": f"{RECEIVED_ON.sql} < :received_before",
        # The latest attempt: the draft is its agency's alone.
        "evidence": "exists (select from submission_attempt t"
        " where t.submission_id = submission.id and t.number = submission.attempts"
        " and t.content -> 'evidence' @> jsonb_build_array("
        "jsonb_build_object('number', cast(:evidence as text))))",
        "external_ref": known_as("submission", "submission.id"),
        "updated_since": "submission.updated_at >= :updated_since",
    },
    orders={
        "id": (ID,),
        "due_on": (SortPart("submission.due_on", "date"), ID),
        "received_on": (RECEIVED_ON, ID),
        "updated_at": (SortPart("submission.updated_at", "timestamptz"), ID),
    },
    selective=frozenset(
        {"ids", "assignment", "task", "report_request", "external_ref", "evidence"}
    ),
    found_by_index={"id": frozenset({"is_late"})},
)


# Each member of a collective that leads a task does its own part: no member leads another.
HAS_PART = """(assignment.agency_id = :mine or plan.coordinator_id = :mine or exists (
  select from assignment lead join assignee named on named.id = lead.assignee_id
   where lead.task_id = assignment.task_id
     and lead.occurrence = assignment.occurrence and lead.agency_id = :mine
     and lead.role = 'lead'
     and (assignment.role <> 'lead' or named.collective_id is null)))"""
"""SQL of the condition that `:mine` owes an assignment, coordinates its plan or leads its task."""
# If the plan shares them, members of the collective read each other's filed submissions.
SHARED = """(plan.submissions_are_shared and submission.attempts > 0
  and assignment.role = 'lead' and exists (
  select from assignment mate where mate.task_id = assignment.task_id
     and mate.occurrence = assignment.occurrence and mate.assignee_id = assignment.assignee_id
     and mate.role = 'lead' and mate.agency_id = :mine))"""
"""SQL of the condition that `:mine` is of the collective that owes a submission and may read it."""
# The agency that filed it keeps reading it after the assignment went to another agency. By the
# offset it is asked of each submission by index: PostgreSQL may read all attempts first otherwise.
VISIBLE = f"""({HAS_PART} or {SHARED} or exists (
  select from submission_attempt own
   where own.submission_id = submission.id and own.agency_id = :mine offset 0))"""
"""SQL of the condition that the agency `:mine` may read a submission."""


def visible_submissions(principal: Principal) -> SubmissionCases:
    """Submissions of the caller's agency, of plans that it coordinates and tasks that it leads,
    those that it filed, or all by role.

    The statement names the caller's agency `:mine`.
    """
    return _visible(principal.reads_all_submissions)


@cache
def _visible(reads_all: bool) -> SubmissionCases:
    statement = (
        select(Submission, Assignment, Task, Plan)
        .join(Assignment, col(Assignment.id) == col(Submission.assignment_id))
        .join(Task, col(Task.id) == col(Assignment.task_id))
        .join(Plan, col(Plan.id) == col(Assignment.plan_id))
    )
    if reads_all:
        return statement
    return statement.where(sa.text(VISIBLE).bindparams(sa.bindparam("mine", type_=sa.Uuid())))


def has_part_in_assignment(agency_id: Any) -> sa.TextClause:
    """The condition that an agency owes an assignment, coordinates its plan or leads its task.

    For statements over `Assignment` and `Plan`; *agency_id* is an id, or the parameter `:mine`.
    """
    if not isinstance(agency_id, sa.BindParameter):
        agency_id = sa.bindparam("mine", agency_id, type_=sa.Uuid())
    return sa.text(HAS_PART).bindparams(agency_id)


@cache
def _one(reads_all: bool, lock: bool) -> SubmissionCases:
    """The statement for one submission, built once: building it costs more than running it."""
    statement = _visible(reads_all).where(col(Submission.id) == sa.bindparam("id"))
    return _locked(statement) if lock else statement


def _locked(statement: SubmissionCases) -> SubmissionCases:
    """Both rows change together. The assignment is locked first, as for all changes of its
    submissions, so that no two requests wait for each other. Its key stays free, so that more
    submissions can be expected of it."""
    locked = statement.with_for_update(of=[Assignment, Submission], key_share=True)
    return locked.execution_options(populate_existing=True)


async def get_submission(
    session: AsyncSession, principal: Principal, submission_id: uuid.UUID, *, lock: bool = False
) -> SubmissionCase:
    """One visible submission; with *lock* it is locked until the transaction ends."""
    statement = _one(principal.reads_all_submissions, lock)
    row = await one_of(
        session, statement, NO_SUCH_SUBMISSION, mine=principal.agency_id, id=submission_id
    )
    return SubmissionCase(*row)


async def get_submissions(
    session: AsyncSession,
    principal: Principal,
    submission_ids: Collection[uuid.UUID],
    *,
    lock: bool,
) -> dict[uuid.UUID, SubmissionCase]:
    """Those of these submissions that are visible; with *lock* until the transaction ends."""
    statement = (
        visible_submissions(principal)
        .where(col(Submission.id) == sa.any_(sa.bindparam("ids", type_=ARRAY(sa.Uuid()))))
        .order_by(col(Assignment.id), col(Submission.id))
    )
    parameters = {"mine": principal.agency_id, "ids": list(submission_ids)}
    rows = await session.exec(_locked(statement) if lock else statement, params=parameters)
    return {row[0].id: SubmissionCase(*row) for row in rows}


LATEST_ATTEMPTS = (
    select(SubmissionAttempt)
    .where(col(SubmissionAttempt.submission_id).in_(sa.bindparam("ids", expanding=True)))
    .order_by(col(SubmissionAttempt.submission_id), col(SubmissionAttempt.number).desc())
    .ext(distinct_on(col(SubmissionAttempt.submission_id)))
)


async def latest_attempts(
    session: AsyncSession, submission_ids: Collection[uuid.UUID]
) -> dict[uuid.UUID, SubmissionAttempt]:
    """The latest attempt of each of these submissions that was ever filed."""
    rows = await session.exec(LATEST_ATTEMPTS, params={"ids": list(submission_ids)})
    return {row.submission_id: row for row in rows}


ATTEMPTS = Listing(
    conditions={"submission": "submission_attempt.submission_id = :submission"},
    orders={"number": (SortPart("submission_attempt.number", "integer"),)},
)


async def page_of_attempts(
    session: AsyncSession, case: SubmissionCase, asked: PageRequest
) -> FoundPage[FiledAttempt]:
    """The attempts of a submission with their decisions, and where the next page goes on."""
    statement = select(SubmissionAttempt, SubmissionReview).outerjoin(
        SubmissionReview, col(SubmissionReview.attempt_id) == col(SubmissionAttempt.id)
    )
    return await read_page(
        session, statement, ATTEMPTS, asked.within(submission=case.submission.id), FiledAttempt
    )


async def without_live_submission(
    session: AsyncSession, assignment_ids: Collection[uuid.UUID]
) -> set[uuid.UUID]:
    """Those of these assignments of which no submission can be filed or waits for a decision."""
    live: Any = select(Submission.assignment_id).where(
        col(Submission.assignment_id) == sa.any_(sa.bindparam("ids", type_=ARRAY(sa.Uuid()))),
        col(Submission.status).in_(LIVE),
    )
    ids = set(assignment_ids)
    return ids - set(await session.exec(live, params={"ids": list(ids)}))


async def has_other_accepted(
    session: AsyncSession, submission: Submission, outcomes: Collection[Outcome]
) -> bool:
    """True if the accepted attempt of another submission of the assignment reports one of these
    outcomes."""
    rows = await session.exec(
        select(Submission.id)
        .join(SubmissionAttempt, col(SubmissionAttempt.submission_id) == col(Submission.id))
        .where(
            col(Submission.assignment_id) == submission.assignment_id,
            col(Submission.id) != submission.id,
            col(SubmissionAttempt.number) == col(Submission.accepted_attempt),
            col(SubmissionAttempt.content)["outcome"].astext.in_(outcomes),
        )
        .limit(1)
    )
    return rows.one_or_none() is not None


async def day_of_other_claim(
    session: AsyncSession, submission: Submission, outcomes: Collection[Outcome]
) -> date | None:
    """The first day on which another undecided submission of the assignment filed such an
    outcome."""
    outcome = col(SubmissionAttempt.content)["outcome"].astext
    rows = await session.exec(
        select(sa.func.min(Submission.received_on))
        .join(SubmissionAttempt, col(SubmissionAttempt.submission_id) == col(Submission.id))
        .where(
            col(SubmissionAttempt.number) == col(Submission.attempts),
            col(Submission.assignment_id) == submission.assignment_id,
            col(Submission.id) != submission.id,
            col(Submission.status) == SubmissionStatus.SUBMITTED,
            outcome.in_(outcomes),
        )
    )
    return rows.one()
