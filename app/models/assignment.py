import enum
import uuid
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from app.kinds import AssigneeRole, AssignmentStatus
from app.models.base import ChangingRow, link, text_enum


def false_flag() -> Any:
    """A column that is true or false; false by default."""
    return Field(default=False, sa_column_kwargs={"server_default": sa.false()})


class Refusal(enum.StrEnum):
    """The state of an agency's refusal; an accepted one leaves the assignment revoked."""

    PENDING = "pending"
    REJECTED = "rejected"


class Assignment(ChangingRow, table=True):
    """One agency's obligation for one task in one occurrence (a year, or "once").

    Where its agency ends, the same row goes to the successor: `assignment_state` has the state
    before. Where a person must decide on the successor, the row waits. Where the successor has an
    assignment for the same already, this one is merged into that one, and counted no more from that
    day on. Where several agencies take it over, it is split: each has a row of its own, and this
    one is counted no more.
    """

    __tablename__ = "assignment"
    __table_args__ = (
        # A merged or revoked assignment may stand beside one that is owed.
        sa.Index(
            "uq_assignment_task_id_agency_id_occurrence",
            "task_id",
            "agency_id",
            "occurrence",
            unique=True,
            postgresql_where=sa.text("status not in ('merged', 'revoked', 'not_applicable')"),
        ),
        sa.ForeignKeyConstraint(
            ["task_id", "plan_id"], ["task.id", "task.plan_id"], ondelete="RESTRICT"
        ),
        # Lists go on after an id, within a plan or an agency.
        sa.Index("ix_assignment_plan_id_id", "plan_id", "id"),
        # The assignments that an agency leads are found without looking up all that it owes.
        sa.Index(
            "ix_assignment_agency_id_id",
            "agency_id",
            "id",
            postgresql_include=["role", "task_id", "occurrence", "assignee_id"],
        ),
        # A task's assignments, also those that are merged or revoked.
        sa.Index("ix_assignment_task_id_id", "task_id", "id"),
        # The assignment of an agency for a task, looked up for every row that the agency may read.
        sa.Index("ix_assignment_task_id_agency_id", "task_id", "agency_id"),
        # Orders of lists; assignments without deadline are last.
        sa.Index(
            "ix_assignment_deadline_on_id", sa.text("coalesce(deadline_on, 'infinity'::date)"), "id"
        ),
        sa.Index("ix_assignment_updated_at_id", "updated_at", "id"),
        sa.CheckConstraint(
            "(status = 'completed') = (completed_on is not null)", name="completed_on_set"
        ),
        sa.CheckConstraint(
            "status <> 'awaiting_confirmation' or reported_on is not null", name="reported_on_set"
        ),
        sa.CheckConstraint(
            "(status = 'merged') = (merged_into_id is not null)", name="merged_into_set"
        ),
        sa.CheckConstraint(
            "not awaits_handover or status in"
            " ('not_started', 'in_progress', 'awaiting_confirmation', 'suspended')",
            name="waiting_is_unfinished",
        ),
        # Reminders look for the days on which open assignments are due, which are few among those
        # of years.
        sa.Index(
            "ix_assignment_deadline_on_at_work",
            "deadline_on",
            "plan_id",
            postgresql_where=sa.text("status in ('not_started', 'in_progress')"),
        ),
        # Few assignments are parts of another.
        sa.Index(
            "ix_assignment_split_from_id",
            "split_from_id",
            postgresql_where=sa.text("split_from_id is not null"),
        ),
        # Refusals that wait for the plan's issuer.
        sa.Index(
            "ix_assignment_refusal_pending", "id", postgresql_where=sa.text("refusal = 'pending'")
        ),
    )

    plan_id: uuid.UUID = link("plan")
    task_id: uuid.UUID
    agency_id: uuid.UUID = link("agency")
    assignee_id: uuid.UUID = link("assignee", index=True)
    role: AssigneeRole = Field(sa_type=text_enum(AssigneeRole, "role"))
    occurrence: str = Field(sa_type=sa.Text)
    starts_on: date
    deadline_on: date | None = None
    original_deadline_on: date | None = None
    status: AssignmentStatus = Field(
        default=AssignmentStatus.NOT_STARTED, sa_type=text_enum(AssignmentStatus, "status")
    )
    reported_on: date | None = None
    completed_on: date | None = None
    changed_on: date
    """The province's day on which the present values of the row began to hold."""
    assigned_on: date | None = None
    """The day from which this agency answers for it, in this role; null: since it was made."""
    awaits_handover: bool = false_flag()
    """True if its agency has ended, and a person is to decide on the successor."""
    merged_into_id: uuid.UUID | None = link("assignment", default=None, index=True)
    split_from_id: uuid.UUID | None = link("assignment", default=None)
    """The assignment of an ended agency that was split among its successors."""
    plan_closed: bool = false_flag()
    """The follow-up of its plan has ended."""
    refusal: Refusal | None = Field(default=None, sa_type=text_enum(Refusal, "refusal"))
    """The state of its agency's refusal, made before the work began; `pending` means nothing once
    work has begun."""


class AssignmentState(SQLModel, table=True):
    """The state of an assignment from a day (inclusive) until a day (exclusive; null: still).

    Written by the trigger `keep_assignment_state` alone, so that every count can be asked as of a
    past day without going through what happened since.
    """

    __tablename__ = "assignment_state"
    __table_args__ = (
        sa.CheckConstraint("since < until", name="span"),
        sa.Index(
            "uq_assignment_state_assignment_id_current",
            "assignment_id",
            unique=True,
            postgresql_where=sa.text("until is null"),
        ),
        sa.Index("ix_assignment_state_plan_id_since", "plan_id", "since"),
        # The present assignments of an agency, in each role and of open or closed plans, in the
        # order of its workload; and the past ones until a day.
        sa.Index(
            "ix_assignment_state_workload",
            "agency_id",
            "role",
            "plan_closed",
            sa.text("workload_rank(status)"),
            sa.text("coalesce(deadline_on, 'infinity'::date)"),
            "plan_id",
            "assignment_id",
            postgresql_where=sa.text("until is null"),
        ),
        sa.Index("ix_assignment_state_agency_id_until", "agency_id", "until"),
    )

    assignment_id: uuid.UUID = link("assignment", primary_key=True)
    since: date = Field(primary_key=True)
    until: date | None = None
    plan_id: uuid.UUID
    task_id: uuid.UUID
    agency_id: uuid.UUID
    role: AssigneeRole = Field(sa_type=text_enum(AssigneeRole, "role"))
    occurrence: str = Field(sa_type=sa.Text)
    deadline_on: date | None = None
    original_deadline_on: date | None = None
    status: AssignmentStatus = Field(sa_type=text_enum(AssignmentStatus, "status"))
    awaits_handover: bool = false_flag()
    reported_on: date | None = None
    completed_on: date | None = None
    plan_closed: bool = false_flag()
    starts_on: date
    """The first day on which it counts: that of its occurrence, or the day on which it was made."""
    taken_over_on: date | None = None
    """The day from which this agency has it from another one, in this role; null: from the plan."""
