import enum
import uuid
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlmodel import Field

from app.models.base import ChangingRow, dated, link, text_enum


class ContactLevel(enum.StrEnum):
    """The contact that an agency names: its desk, its head, or the office over all of a plan."""

    FOCAL = "focal"
    HEAD = "head"
    OFFICE = "office"


class FocalPoint(ChangingRow, table=True):
    """The person or desk that an agency names for a plan, or for one assignment of it (đầu mối).

    A focal point is never edited: another one ends it, from a day (exclusive) on. One that was
    replaced before it held for a day was a slip: `corrected_at` says when, and it counts no more.
    """

    __tablename__ = "focal_point"
    __table_args__ = (
        *dated(),
        ExcludeConstraint(
            (sa.column("agency_id"), "="),
            (sa.text("coalesce(assignment_id, plan_id)"), "="),
            (sa.column("level"), "="),
            (sa.text("daterange(valid_from, valid_until)"), "&&"),
            name="ex_focal_point_one_a_day",
            using="gist",
            where=sa.text("corrected_at is null"),
        ),
        sa.CheckConstraint("num_nonnulls(email, phone) > 0", name="can_be_reached"),
        sa.CheckConstraint(
            "level <> 'office' or assignment_id is null", name="office_is_for_a_plan"
        ),
        sa.Index("ix_focal_point_plan_id_agency_id", "plan_id", "agency_id"),
        sa.Index("ix_focal_point_valid_from_id", "valid_from", "id"),
    )

    agency_id: uuid.UUID = link("agency", index=True)
    plan_id: uuid.UUID = link("plan")
    assignment_id: uuid.UUID | None = link("assignment", default=None, index=True)
    level: ContactLevel = Field(sa_type=text_enum(ContactLevel, "level"))
    name: str = Field(sa_type=sa.Text)
    position: str | None = Field(default=None, sa_type=sa.Text)
    email: str | None = Field(default=None, sa_type=sa.Text)
    phone: str | None = Field(default=None, sa_type=sa.Text)
    valid_from: date
    valid_until: date | None = None
    corrected_at: datetime | None = None
