"""Reading extensions, which are seen by who sees the submissions of their assignment."""

import uuid
from functools import cache
from typing import NamedTuple

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import Select

from app.auth.principal import Principal
from app.errors import Text
from app.models import Assignment, Extension, ExtensionState, Plan, Task
from app.queries.assignments.actions import lock_assignment, lock_assignment_and_plan
from app.queries.grounds import on_grounds
from app.queries.lists import FoundPage, Listing, PageRequest, SortPart, read_page
from app.queries.rows import one_of
from app.queries.submissions.submissions import has_part_in_assignment

NO_SUCH_EXTENSION = Text("Không có đề nghị gia hạn này.", "There is no such extension.")


class ExtensionCase(NamedTuple):
    """An extension with its assignment, task and plan."""

    extension: Extension
    assignment: Assignment
    task: Task
    plan: Plan


ExtensionCases = Select[Extension, Assignment, Task, Plan]
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
    selective=frozenset({"plan", "task", "assignment"}),
)

GROUNDS = on_grounds(
    EXTENSIONS,
    col(Extension.id),
    "select id from extension where agency_id = :mine",
    of_readable=(
        """select extension.id from readable
    join extension on extension.assignment_id = readable.id
    where not once_filed""",
    ),
)


def visible_extensions(principal: Principal) -> ExtensionCases:
    """Extensions of assignments whose submissions the caller reads, and those its agency asked for.

    The statement names the caller's agency `:mine`.
    """
    return _visible(principal.reads_all_submissions)


@cache
def _visible(reads_all: bool) -> ExtensionCases:
    statement = (
        select(Extension, Assignment, Task, Plan)
        .join(Assignment, col(Assignment.id) == col(Extension.assignment_id))
        .join(Task, col(Task.id) == col(Assignment.task_id))
        .join(Plan, col(Plan.id) == col(Assignment.plan_id))
    )
    if reads_all:
        return statement
    mine = sa.bindparam("mine", type_=sa.Uuid())
    # The agency that asked keeps reading it after the assignment went to another agency.
    return statement.where(sa.or_(has_part_in_assignment(mine), col(Extension.agency_id) == mine))


async def get_extension(
    session: AsyncSession, principal: Principal, extension_id: uuid.UUID
) -> ExtensionCase:
    """One visible extension, as it stands now."""
    statement = (
        visible_extensions(principal)
        .where(col(Extension.id) == extension_id)
        .execution_options(populate_existing=True)
    )
    return ExtensionCase(
        *await one_of(session, statement, NO_SUCH_EXTENSION, mine=principal.agency_id)
    )


async def lock_extension(
    session: AsyncSession, principal: Principal, extension_id: uuid.UUID, *, deciding: bool
) -> ExtensionCase:
    """Lock a visible extension until the transaction ends; its assignment is locked first.

    *deciding*: the plan is locked too, since the deadline may move.
    """
    found = await get_extension(session, principal, extension_id)
    if deciding:
        await lock_assignment_and_plan(session, principal, found.assignment.id)
    else:
        await lock_assignment(session, principal, found.assignment.id)
    return await get_extension(session, principal, extension_id)


async def is_any_pending(session: AsyncSession, assignment_id: uuid.UUID) -> bool:
    """True if an extension of the assignment is pending."""
    rows = await session.exec(
        select(Extension.id).where(
            col(Extension.assignment_id) == assignment_id,
            col(Extension.state) == ExtensionState.PENDING,
        )
    )
    return rows.one_or_none() is not None


async def page_of_extensions(
    session: AsyncSession, principal: Principal, asked: PageRequest
) -> FoundPage[ExtensionCase]:
    """The visible extensions that are asked for, and where the next page goes on."""
    statement, mine = visible_extensions(principal), principal.agency_id
    if not principal.reads_all_submissions:
        few = await GROUNDS.among_few(session, principal, asked)
        statement = statement.where(few)
    return await read_page(session, statement, EXTENSIONS, asked, ExtensionCase, mine=mine)
