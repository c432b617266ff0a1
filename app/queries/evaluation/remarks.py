"""Reading remarks. Every statement starts from those that the principal may see."""

import uuid
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import Select

from app.auth.principal import Permission, Principal, Role
from app.errors import Text
from app.models import Assignment, Plan, Remark, Submission
from app.queries.grounds import on_grounds
from app.queries.lists import FoundPage, Listing, PageRequest, SortPart, read_page
from app.queries.rows import one_of

NO_SUCH_REMARK = Text("Không có nhận xét này.", "There is no such remark.")


class RemarkCase(NamedTuple):
    """A remark, its plan, and the assignment that it concerns, as it is now, if there is one."""

    remark: Remark
    plan: Plan
    assignment: Assignment | None


RemarkCases = Select[Remark, Plan, Assignment | None]
ID = SortPart("remark.id", "uuid")
REMARKS = Listing(
    conditions={
        "plan": "remark.plan_id = :plan",
        "task": "remark.task_id = :task",
        "assignment": "remark.assignment_id = :assignment",
        "submission": "remark.submission_id = :submission",
        "agency": "remark.agency_id = :agency",
        "author": "remark.author_id = :author",
        "state": "case when remark.withdrawn_at is not null then 'withdrawn'"
        " when remark.answered_at is not null then 'answered' else 'open' end = any(:state)",
        "updated_since": "remark.updated_at >= :updated_since",
    },
    orders={"id": (ID,), "updated_at": (SortPart("remark.updated_at", "timestamptz"), ID)},
    selective=frozenset({"plan", "task", "assignment", "submission"}),
)
GROUNDS = on_grounds(
    REMARKS,
    col(Remark.id),
    "select id from remark where author_id = :mine",
    "select id from remark where agency_id = :mine",
    """select remark.id from assignment
    join remark on remark.assignment_id = assignment.id
    where assignment.agency_id = :mine""",
    # That it is about a submission tells PostgreSQL how few remarks are.
    """select remark.id from assignment
    join submission on submission.assignment_id = assignment.id
    join remark on remark.submission_id = submission.id
    where assignment.agency_id = :mine and remark.submission_id is not null""",
    """select remark.id from plan join remark on remark.plan_id = plan.id
    where :mine in (plan.coordinator_id, plan.issuer_id, plan.owner_id)""",
)


def visible_remarks(principal: Principal) -> RemarkCases:
    """All for supervisors; for others those that they wrote, and, if they read submissions, those
    that concern their agency or its assignments now, or a plan that it coordinates, issued or
    owns."""
    reported = sa.func.coalesce(Remark.assignment_id, Submission.assignment_id)
    statement = (
        select(Remark, Plan, Assignment)
        .join(Plan, col(Plan.id) == col(Remark.plan_id))
        .outerjoin(Submission, col(Submission.id) == col(Remark.submission_id))
        .outerjoin(Assignment, col(Assignment.id) == reported)
    )
    if Role.SUPERVISOR in principal.roles:
        return statement
    mine = principal.agency_id
    parts: list[Any] = [col(Remark.author_id)]
    if principal.may(Permission.SUBMISSION_READ):
        parts += [
            col(Remark.agency_id),
            col(Assignment.agency_id),
            col(Plan.coordinator_id),
            col(Plan.issuer_id),
            col(Plan.owner_id),
        ]
    return statement.where(sa.or_(*(part == mine for part in parts)))


async def page_of_remarks(
    session: AsyncSession, principal: Principal, asked: PageRequest
) -> FoundPage[RemarkCase]:
    """A page of visible remarks, and the key after which the next page begins."""
    statement = visible_remarks(principal)
    if Role.SUPERVISOR not in principal.roles:
        few = await GROUNDS.among_few(session, principal, asked)
        statement = statement.where(few)
    return await read_page(session, statement, REMARKS, asked, RemarkCase)


async def get_remark(
    session: AsyncSession, principal: Principal, remark_id: uuid.UUID, *, lock: bool = False
) -> RemarkCase:
    """One visible remark; *lock* locks it until the request ends. Raises `NotFoundError`."""
    statement = visible_remarks(principal).where(col(Remark.id) == remark_id)
    if lock:
        held = statement.with_for_update(of=Remark, key_share=True)
        statement = held.execution_options(populate_existing=True)
    return RemarkCase(*await one_of(session, statement, NO_SUCH_REMARK))
