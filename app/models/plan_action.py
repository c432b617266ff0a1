import enum
import uuid
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from app.models.base import Row, link, text_enum


class PlanActionKind(enum.StrEnum):
    """A person's decision on a plan that was issued, other than by amendments."""

    CORRECTED = "corrected"
    CLOSED = "closed"
    REOPENED = "reopened"
    BOARD_OPENED = "board_opened"
    BOARD_CLOSED = "board_closed"
    SUBMISSIONS_SHARED = "submissions_shared"
    SUBMISSIONS_UNSHARED = "submissions_unshared"


class PlanAction(Row, table=True):
    """One such decision, numbered from 1 for each plan, unchangeable.

    `before` and `after` have the fields that it changed; agencies are named by their codes.
    """

    __tablename__ = "plan_action"
    __table_args__ = (
        sa.UniqueConstraint("plan_id", "number"),
        sa.CheckConstraint("action <> 'reopened' or basis is not null", name="has_basis"),
    )

    plan_id: uuid.UUID = link("plan")
    number: int
    action: PlanActionKind = Field(sa_type=text_enum(PlanActionKind, "action"))
    before: dict[str, Any] = Field(sa_type=JSONB)
    after: dict[str, Any] = Field(sa_type=JSONB)
    reason: str = Field(sa_type=sa.Text)
    basis: str | None = Field(default=None, sa_type=sa.Text)
    done_at: datetime
    done_on: date
    agency_id: uuid.UUID = link("agency")
    client_id: uuid.UUID = link("client")
