"""The open assignments of a plan, and for which periods each owes a submission already."""

import uuid
from collections.abc import Collection, Sequence
from datetime import date
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from app.models import AssigneeRole, Assignment, Submission
from app.queries.assignments.assignments import OPEN
from app.queries.submissions.submissions import LIVE


class OwingAssignment(NamedTuple):
    """The facts that decide which submissions an open assignment is expected to owe.

    A plan has thousands of them, and a row of the ORM takes ten times the memory.
    """

    id: uuid.UUID
    agency_id: uuid.UUID
    role: AssigneeRole
    occurrence: str
    starts_on: date
    deadline_on: date | None
    periods: Sequence[str]
    """The periods of its submissions, and of those of the assignments merged into it."""
    is_lacking: bool
    """True if none of its submissions can be filed or waits for a decision."""


async def owing_assignments(
    session: AsyncSession, plan_id: uuid.UUID, *, only: Collection[uuid.UUID] | None = None
) -> list[OwingAssignment]:
    """The open assignments of a plan; of *only* these, where they are given.

    What each owes is looked up by its id: a plan that was just issued is read before the database
    has counted its rows, and what it joins for a few rows takes seconds for a thousand.
    """
    merged = aliased(Assignment)
    its_own = sa.select(col(Submission.period)).where(
        col(Submission.assignment_id) == Assignment.id
    )
    of_merged = (
        sa.select(col(Submission.period))
        .join(merged, col(merged.id) == col(Submission.assignment_id))
        .where(col(merged.merged_into_id) == Assignment.id)
    )
    is_live = its_own.where(col(Submission.status).in_(LIVE)).exists()
    columns: list[Any] = [getattr(Assignment, name) for name in OwingAssignment._fields[:-2]]
    columns += [sa.func.array(one.scalar_subquery()) for one in (its_own, of_merged)]
    statement = sa.select(*columns, ~is_live).where(
        col(Assignment.plan_id) == plan_id, col(Assignment.status).in_(OPEN)
    )
    if only is not None:
        statement = statement.where(col(Assignment.id).in_(only))
    rows = await (await session.connection()).execute(statement)
    return [
        OwingAssignment._make([*row, (*periods, *others), is_lacking])
        for *row, periods, others, is_lacking in rows
    ]
