import enum
import uuid
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field

from app.models.base import ChangingRow, link


class RemarkNoun(enum.StrEnum):
    """The kinds of rows that a remark may be about."""

    PLAN = "plan"
    TASK = "task"
    ASSIGNMENT = "assignment"
    SUBMISSION = "submission"


class Remark(ChangingRow, table=True):
    """A remark by an overseer on a plan, a task, an assignment or a submission; it changes none.

    `agency_id` is the agency concerned, if there is one. A remark may be answered once and
    withdrawn; its text stays.
    """

    __tablename__ = "remark"
    __table_args__ = (
        sa.CheckConstraint(
            "num_nonnulls(task_id, assignment_id, submission_id) <= 1", name="one_subject"
        ),
        sa.CheckConstraint(
            "num_nulls(answer, answered_at, answered_for_id, answered_by_id) in (0, 4)",
            name="answer_signed",
        ),
        sa.CheckConstraint(
            "(withdrawn_at is null) = (withdrawn_reason is null)", name="withdrawn_has_reason"
        ),
        sa.Index("ix_remark_plan_id_id", "plan_id", "id"),
        sa.Index("ix_remark_agency_id_id", "agency_id", "id"),
        sa.Index("ix_remark_author_id_id", "author_id", "id"),
        sa.Index("ix_remark_updated_at_id", "updated_at", "id"),
    )

    plan_id: uuid.UUID = link("plan")
    task_id: uuid.UUID | None = link("task", default=None, index=True)
    assignment_id: uuid.UUID | None = link("assignment", default=None, index=True)
    submission_id: uuid.UUID | None = link("submission", default=None, index=True)
    agency_id: uuid.UUID | None = link("agency", default=None)
    text: str = Field(sa_type=sa.Text)
    basis: str | None = Field(default=None, sa_type=sa.Text)
    made_at: datetime
    author_id: uuid.UUID = link("agency")
    client_id: uuid.UUID = link("client")
    answer: str | None = Field(default=None, sa_type=sa.Text)
    answered_at: datetime | None = None
    answered_for_id: uuid.UUID | None = link("agency", default=None)
    answered_by_id: uuid.UUID | None = link("client", default=None)
    withdrawn_at: datetime | None = None
    withdrawn_reason: str | None = Field(default=None, sa_type=sa.Text)
