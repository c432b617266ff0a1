import enum
import uuid

import sqlalchemy as sa
from sqlmodel import Field

from app.models.base import Row, link


class RefNoun(enum.StrEnum):
    """The nouns that another system may know by an id of its own."""

    PLAN = "plan"
    TASK = "task"
    ASSIGNMENT = "assignment"
    SUBMISSION = "submission"


def _indexes() -> list[sa.Index]:
    """An id of a system leads to one row of a kind, and a row has one id in a system."""
    found = []
    for noun in RefNoun:
        column = f"{noun}_id"
        for name, columns in (
            (f"uq_external_ref_{noun}", ("system", "external_id")),
            (f"uq_external_ref_{noun}_system", (column, "system")),
        ):
            found.append(
                sa.Index(
                    name, *columns, unique=True, postgresql_where=sa.text(f"{column} is not null")
                )
            )
    return found


class ExternalRef(Row, table=True):
    """The id under which another system knows a plan, a task, an assignment or a submission."""

    __tablename__ = "external_ref"
    __table_args__ = (
        sa.CheckConstraint(
            "num_nonnulls(plan_id, task_id, assignment_id, submission_id) = 1", name="one_row"
        ),
        sa.CheckConstraint("system ~ '^[a-z0-9][a-z0-9._-]{0,63}$'", name="system_form"),
        sa.CheckConstraint("length(external_id) between 1 and 200", name="external_id_length"),
        *_indexes(),
        # A document of another system names a task by its id alone.
        sa.Index("ix_external_ref_external_id", "external_id"),
    )

    plan_id: uuid.UUID | None = link("plan", default=None)
    task_id: uuid.UUID | None = link("task", default=None)
    assignment_id: uuid.UUID | None = link("assignment", default=None)
    submission_id: uuid.UUID | None = link("submission", default=None)
    system: str = Field(sa_type=sa.Text)
    external_id: str = Field(sa_type=sa.Text)
