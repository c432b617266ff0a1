"""The open assignments of a plan, and for which periods each owes a submission already."""

import uuid
from collections.abc import Collection, Sequence
from datetime import date
from typing import NamedTuple

import sqlalchemy as sa
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from app.models import AssigneeRole, Assignment, Submission
from app.queries.assignments.assignments import OPEN
from app.queries.submissions.submissions import LIVE


class OwingAssignment(NamedTuple):
    """What decides which submissions an open assignment is to be expected to owe.

    A plan has thousands of them, and a row of the ORM takes ten times the memory.
    """

    id: uuid.UUID
    agency_id: uuid.UUID
    role: AssigneeRole
    occurrence: str
    starts_on: date
    deadline_on: date | None
    periods: Sequence[str]
    """Those of its submissions, and of the submissions of what was merged into it."""
    is_lacking: bool
    """True if none of its submissions can be filed or waits for a decision."""


async def owing_assignments(
    session: AsyncSession, plan_id: uuid.UUID, *, only: Collection[uuid.UUID] | None = None
) -> list[OwingAssignment]:
    """The open assignments of a plan; of *only* these, where they are given."""
    counts_with = sa.func.coalesce(Assignment.merged_into_id, Assignment.id)
    is_own = col(Assignment.merged_into_id).is_(None)
    known = (
        sa.select(
            counts_with.label("id"),
            sa.func.array_agg(Submission.period).label("periods"),
            sa.func.bool_or(sa.and_(is_own, col(Submission.status).in_(LIVE))).label("is_live"),
        )
        .join(Submission, col(Submission.assignment_id) == col(Assignment.id))
        .where(col(Assignment.plan_id) == plan_id)
        .group_by(counts_with)
    )
    if only is not None:
        own, into = col(Assignment.id), col(Assignment.merged_into_id)
        known = known.where(sa.or_(own.in_(only), into.in_(only)))
    of_each = known.subquery()
    of_its_own = [getattr(Assignment, name) for name in OwingAssignment._fields[:-2]]
    statement = (
        sa.select(*of_its_own, of_each.c.periods, of_each.c.is_live)
        .outerjoin(of_each, of_each.c.id == col(Assignment.id))
        .where(col(Assignment.plan_id) == plan_id, col(Assignment.status).in_(OPEN))
    )
    if only is not None:
        statement = statement.where(col(Assignment.id).in_(only))
    rows = await (await session.connection()).execute(statement)
    return [
        OwingAssignment._make([*row, periods or (), not is_live]) for *row, periods, is_live in rows
    ]
