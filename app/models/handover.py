import enum
import uuid
from datetime import date, datetime

import sqlalchemy as sa
from sqlmodel import Field

from app.models.base import ChangingRow, link, text_enum


class HandoverSubject(enum.StrEnum):
    """The subject of a handover: an assignment, or the coordination or the ownership of a plan."""

    ASSIGNMENT = "assignment"
    COORDINATION = "coordination"
    OWNERSHIP = "ownership"


class HandoverState(enum.StrEnum):
    """A handover waits for a decision, is decided, or was superseded by later changes."""

    PENDING = "pending"
    DECIDED = "decided"
    SUPERSEDED = "superseded"


class Handover(ChangingRow, table=True):
    """An ended agency hands over one thing from a day on; the successor may be undecided yet.

    With exactly one successor the succession itself decides, and `succession_id` names it; else a
    person decides among the successors in force, and `decided_by_id` names the client.
    """

    __tablename__ = "handover"
    __table_args__ = (
        sa.CheckConstraint(
            "(subject = 'assignment') = (assignment_id is not null)", name="assignment_named"
        ),
        sa.CheckConstraint(
            "state <> 'pending' or num_nonnulls(to_agency_id, decided_at) = 0",
            name="pending_is_open",
        ),
        sa.CheckConstraint(
            "state <> 'decided' or num_nulls(to_agency_id, decided_at) = 0"
            " and num_nonnulls(succession_id, decided_by_id) = 1",
            name="decided_is_complete",
        ),
        sa.CheckConstraint(
            "num_nulls(decided_by_id, decided_for_id, reason) in (0, 3)", name="decision_signed"
        ),
        sa.Index(
            "uq_handover_assignment_id_pending",
            "assignment_id",
            unique=True,
            postgresql_where=sa.text("state = 'pending' and assignment_id is not null"),
        ),
        sa.Index(
            "uq_handover_plan_id_subject_pending",
            "plan_id",
            "subject",
            unique=True,
            postgresql_where=sa.text("state = 'pending' and assignment_id is null"),
        ),
        sa.Index("ix_handover_state_id", "state", "id"),
        sa.Index("ix_handover_plan_id_id", "plan_id", "id"),
        sa.Index("ix_handover_from_agency_id_id", "from_agency_id", "id"),
        sa.Index("ix_handover_effective_on_id", "effective_on", "id"),
    )

    subject: HandoverSubject = Field(sa_type=text_enum(HandoverSubject, "subject"))
    plan_id: uuid.UUID = link("plan")
    assignment_id: uuid.UUID | None = link("assignment", default=None, index=True)
    from_agency_id: uuid.UUID = link("agency")
    effective_on: date
    state: HandoverState = Field(
        default=HandoverState.PENDING, sa_type=text_enum(HandoverState, "state")
    )
    to_agency_id: uuid.UUID | None = link("agency", default=None)
    succession_id: uuid.UUID | None = link("succession", default=None, index=True)
    decided_at: datetime | None = None
    decided_by_id: uuid.UUID | None = link("client", default=None)
    decided_for_id: uuid.UUID | None = link("agency", default=None)
    reason: str | None = Field(default=None, sa_type=sa.Text)
    basis: str | None = Field(default=None, sa_type=sa.Text)
