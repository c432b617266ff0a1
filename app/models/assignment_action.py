import enum
import uuid
from datetime import date, datetime

import sqlalchemy as sa
from sqlmodel import Field

from app.kinds import AssignmentStatus
from app.models.base import Row, link, text_enum


class AssignmentActionKind(enum.StrEnum):
    """A person's decision on an assignment, other than by submissions and deadlines."""

    SUSPENDED = "suspended"
    RESUMED = "resumed"
    REVOKED = "revoked"
    REFUSED = "refused"
    REFUSAL_ACCEPTED = "refusal_accepted"
    REFUSAL_REJECTED = "refusal_rejected"
    REOPENED = "reopened"


class AssignmentAction(Row, table=True):
    """One such decision, numbered from 1 for each assignment, unchangeable.

    What a handover or a substitution does to an assignment is kept where that is decided.
    """

    __tablename__ = "assignment_action"
    __table_args__ = (
        sa.UniqueConstraint("assignment_id", "number"),
        sa.CheckConstraint(
            "action in ('resumed', 'refusal_accepted') or reason is not null", name="has_reason"
        ),
        sa.CheckConstraint(
            "action not in ('suspended', 'revoked', 'reopened') or basis is not null",
            name="has_basis",
        ),
    )

    assignment_id: uuid.UUID = link("assignment")
    number: int
    action: AssignmentActionKind = Field(sa_type=text_enum(AssignmentActionKind, "action"))
    from_status: AssignmentStatus = Field(sa_type=text_enum(AssignmentStatus, "from_status"))
    to_status: AssignmentStatus = Field(sa_type=text_enum(AssignmentStatus, "to_status"))
    reason: str | None = Field(default=None, sa_type=sa.Text)
    basis: str | None = Field(default=None, sa_type=sa.Text)
    done_at: datetime
    done_on: date
    agency_id: uuid.UUID = link("agency")
    client_id: uuid.UUID = link("client")
