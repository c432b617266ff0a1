"""Reading extensions. Every statement starts from what the principal may see: the rule of reports,
since an extension has the words of its agency."""

import uuid
from functools import cache
from typing import NamedTuple

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import Select

from app.auth.principal import Principal
from app.errors import NotFoundError, Text
from app.models import Assignment, Extension, ExtensionState, Plan, Task
from app.queries.assignments.actions import hold, hold_with_plan
from app.queries.lists import Listing, PageRequest, SortPart, read_page
from app.queries.submissions.submissions import concerns


class Case(NamedTuple):
    """An extension with what decides over it."""

    extension: Extension
    assignment: Assignment
    task: Task
    plan: Plan


Cases = Select[Extension, Assignment, Task, Plan]
EXTENSIONS = Listing(
    conditions={
        "plan": "assignment.plan_id = :plan",
        "agency": "assignment.agency_id = :agency",
        "assignment": "extension.assignment_id = :assignment",
        "task": "assignment.task_id = :task",
        "state": "extension.state = any(:state)",
        "asked_from": "extension.asked_on >= :asked_from",
        "asked_before": "extension.asked_on < :asked_before",
        "updated_since": "extension.updated_at >= :updated_since",
    },
    orders={
        "id": (ID := SortPart("extension.id", "uuid"),),
        "wanted_deadline_on": (SortPart("extension.wanted_deadline_on", "date"), ID),
        "updated_at": (SortPart("extension.updated_at", "timestamptz"), ID),
    },
)


def visible_extensions(principal: Principal) -> Cases:
    """Those of assignments whose reports one may read, and those that one's agency asked for.

    The statement names the caller's agency `:mine`.
    """
    return _visible(principal.reads_all_submissions)


@cache
def _visible(reads_all: bool) -> Cases:
    statement = (
        select(Extension, Assignment, Task, Plan)
        .join(Assignment, col(Assignment.id) == col(Extension.assignment_id))
        .join(Task, col(Task.id) == col(Assignment.task_id))
        .join(Plan, col(Plan.id) == col(Assignment.plan_id))
    )
    if reads_all:
        return statement
    mine = sa.bindparam("mine", type_=sa.Uuid())
    # Who asked keeps reading it, though another agency answers for the assignment since.
    return statement.where(sa.or_(concerns(mine), col(Extension.agency_id) == mine))


async def get_case(session: AsyncSession, principal: Principal, extension_id: uuid.UUID) -> Case:
    """One visible extension, as it stands now."""
    statement = (
        visible_extensions(principal)
        .where(col(Extension.id) == extension_id)
        .execution_options(populate_existing=True)
    )
    row = (await session.exec(statement, params={"mine": principal.agency_id})).one_or_none()
    if row is None:
        raise NotFoundError(Text("Không có đề nghị gia hạn này.", "There is no such extension."))
    return Case(*row)


async def hold_case(
    session: AsyncSession, principal: Principal, extension_id: uuid.UUID, *, deciding: bool
) -> Case:
    """The same, held until the request ends: whatever changes it holds its assignment first.

    *deciding*: with the plan, whose deadline is to be moved.
    """
    found = await get_case(session, principal, extension_id)
    if deciding:
        await hold_with_plan(session, principal, found.assignment.id)
    else:
        await hold(session, found.assignment.id)
    return await get_case(session, principal, extension_id)


async def is_any_pending(session: AsyncSession, assignment_id: uuid.UUID) -> bool:
    """Whether an extension of an assignment waits for a decision."""
    rows = await session.exec(
        select(Extension.id).where(
            col(Extension.assignment_id) == assignment_id,
            col(Extension.state) == ExtensionState.PENDING,
        )
    )
    return rows.one_or_none() is not None


async def page_of_cases(
    session: AsyncSession, principal: Principal, asked: PageRequest
) -> tuple[list[Case], str | None]:
    """The visible extensions that are asked for, and where the next page goes on."""
    statement = visible_extensions(principal)
    rows, last = await read_page(session, statement, EXTENSIONS, asked, mine=principal.agency_id)
    return [Case(*row) for row in rows], last
