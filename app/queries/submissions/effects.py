"""The effects of a change on the submissions that agencies owe: they come, go or move."""

import uuid
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from datetime import date
from typing import Literal, NamedTuple

import sqlalchemy as sa
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from app.models import Assignment, Plan, PlanStatus, Submission, Task
from app.queries.reminders.due import REMINDED_SUBMISSIONS


class OwedSubmission(NamedTuple):
    """A submission that an agency is to file, and the day on which it is due."""

    assignment_id: uuid.UUID
    agency_id: uuid.UUID
    task_ordinal: str
    period: str
    due_on: date


class SubmissionEffect(NamedTuple):
    """The effect of a change on one submission; `due_on_before` where it was owed before."""

    change: Literal["comes", "goes", "moves"]
    owed: OwedSubmission
    due_on_before: date | None


@asynccontextmanager
async def effects_on(
    session: AsyncSession, plan_ids: Collection[uuid.UUID]
) -> AsyncIterator[list[SubmissionEffect]]:
    """The list of the block's effects on the submissions owed in these plans, filled when the block
    ends, earliest due first."""
    effects: list[SubmissionEffect] = []
    before = await _owed(session, plan_ids)
    yield effects
    await session.flush()
    after = await _owed(session, plan_ids)
    for key in before.keys() | after.keys():
        was, now = before.get(key), after.get(key)
        if now is None and was is not None:
            effects.append(SubmissionEffect("goes", was, was.due_on))
        elif now is not None and was is None:
            effects.append(SubmissionEffect("comes", now, None))
        elif now is not None and was is not None and now.due_on != was.due_on:
            effects.append(SubmissionEffect("moves", now, was.due_on))
    effects.sort(key=_place)


def _place(effect: SubmissionEffect) -> tuple[date, str, uuid.UUID, str]:
    owed = effect.owed
    return owed.due_on, owed.period, owed.agency_id, owed.task_ordinal


async def _owed(
    session: AsyncSession, plan_ids: Collection[uuid.UUID]
) -> dict[uuid.UUID, OwedSubmission]:
    """The submissions still to be filed in the issued ones of these plans, by id."""
    statement = (
        sa.select(
            col(Submission.id),
            col(Submission.assignment_id),
            col(Assignment.agency_id),
            col(Task.ordinal),
            col(Submission.period),
            col(Submission.due_on),
        )
        .join(Assignment, col(Assignment.id) == col(Submission.assignment_id))
        .join(Task, col(Task.id) == col(Assignment.task_id))
        .join(Plan, col(Plan.id) == col(Assignment.plan_id))
        .where(
            col(Plan.id).in_(plan_ids),
            col(Plan.status) == PlanStatus.ISSUED,
            col(Submission.status).in_(REMINDED_SUBMISSIONS),
        )
    )
    rows = await (await session.connection()).execute(statement)
    return {row[0]: OwedSubmission(*row[1:]) for row in rows}
