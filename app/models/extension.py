import enum
import uuid
from datetime import date, datetime

import sqlalchemy as sa
from sqlmodel import Field

from app.models.base import ChangingRow, Row, link, text_enum


class ExtensionState(enum.StrEnum):
    """The state of an extension; `superseded`: there is nothing left to decide on."""

    PENDING = "pending"
    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    SUPERSEDED = "superseded"


class Extension(ChangingRow, table=True):
    """An agency's request for more time, numbered from 1 for each assignment, and the decision on
    it.

    The request never changes. The trigger `supersede_extensions` ends one whose assignment is
    closed, or whose deadline was moved as far by other means: whatever closes or moves it, none is
    forgotten.
    """

    __tablename__ = "extension"
    __table_args__ = (
        sa.UniqueConstraint("assignment_id", "number"),
        sa.Index(
            "uq_extension_assignment_id_pending",
            "assignment_id",
            unique=True,
            postgresql_where=sa.text("state = 'pending'"),
        ),
        sa.Index("ix_extension_state_id", "state", "id"),
        sa.Index("ix_extension_agency_id_id", "agency_id", "id"),
        sa.Index("ix_extension_wanted_deadline_on_id", "wanted_deadline_on", "id"),
        sa.Index("ix_extension_updated_at_id", "updated_at", "id"),
        sa.CheckConstraint("wanted_deadline_on > old_deadline_on", name="asks_for_more"),
        sa.CheckConstraint(
            "granted_deadline_on = wanted_deadline_on"
            " or granted_deadline_on < wanted_deadline_on and decision_reason is not null",
            name="grants_no_more",
        ),
        sa.CheckConstraint("(state = 'pending') = (decided_at is null)", name="pending_is_open"),
        sa.CheckConstraint(
            "(state = 'approved') = (granted_deadline_on is not null)"
            " and (state <> 'approved' or decision_basis is not null)",
            name="approved_is_complete",
        ),
        sa.CheckConstraint(
            "state <> 'refused' or decision_reason is not null", name="refused_has_reason"
        ),
        sa.CheckConstraint(
            "case when state in ('pending', 'superseded')"
            " then num_nonnulls(decided_by_id, decided_for_id) = 0"
            " else num_nulls(decided_by_id, decided_for_id) = 0 end",
            name="decision_signed",
        ),
    )

    assignment_id: uuid.UUID = link("assignment")
    number: int
    old_deadline_on: date
    wanted_deadline_on: date
    reason: str = Field(sa_type=sa.Text)
    basis: str = Field(sa_type=sa.Text)
    asked_at: datetime
    asked_on: date
    agency_id: uuid.UUID = link("agency")
    client_id: uuid.UUID = link("client")
    state: ExtensionState = Field(
        default=ExtensionState.PENDING, sa_type=text_enum(ExtensionState, "state")
    )
    granted_deadline_on: date | None = None
    decided_at: datetime | None = None
    decided_by_id: uuid.UUID | None = link("client", default=None)
    decided_for_id: uuid.UUID | None = link("agency", default=None)
    decision_reason: str | None = Field(default=None, sa_type=sa.Text)
    decision_basis: str | None = Field(default=None, sa_type=sa.Text)


class DeadlineChange(Row, table=True):
    """One move of an assignment's deadline, numbered from 1, unchangeable, with its document.

    The deadline before the first of them is the original one; null where there was none. An
    amendment of the plan also takes deadlines away, or moves them without a document.
    """

    __tablename__ = "deadline_change"
    __table_args__ = (
        sa.UniqueConstraint("assignment_id", "number"),
        sa.CheckConstraint("old_deadline_on is distinct from new_deadline_on", name="is_change"),
        sa.CheckConstraint(
            "old_deadline_on is null or old_deadline_on < new_deadline_on or reason is not null",
            name="less_time_has_reason",
        ),
        sa.CheckConstraint(
            "amendment_id is not null or num_nulls(new_deadline_on, basis) = 0",
            name="decided_is_complete",
        ),
    )

    assignment_id: uuid.UUID = link("assignment")
    number: int
    old_deadline_on: date | None = None
    new_deadline_on: date | None = None
    reason: str | None = Field(default=None, sa_type=sa.Text)
    basis: str | None = Field(default=None, sa_type=sa.Text)
    extension_id: uuid.UUID | None = link("extension", default=None, unique=True)
    amendment_id: uuid.UUID | None = link("amendment", default=None)
    moved_at: datetime
    moved_on: date
    agency_id: uuid.UUID = link("agency")
    client_id: uuid.UUID = link("client")


class TaskDeadline(ChangingRow, table=True):
    """The deadline that all of a task was given in an occurrence, also for assignments made later.

    It holds until the next one, or until an amendment of the plan gives the occurrence another.
    """

    __tablename__ = "task_deadline"
    __table_args__ = (
        sa.Index(
            "uq_task_deadline_task_id_occurrence_current",
            "task_id",
            "occurrence",
            unique=True,
            postgresql_where=sa.text("superseded_at is null"),
        ),
    )

    task_id: uuid.UUID = link("task")
    occurrence: str = Field(sa_type=sa.Text)
    deadline_on: date
    reason: str | None = Field(default=None, sa_type=sa.Text)
    basis: str = Field(sa_type=sa.Text)
    moved_on: date
    agency_id: uuid.UUID = link("agency")
    client_id: uuid.UUID = link("client")
    superseded_at: datetime | None = None
