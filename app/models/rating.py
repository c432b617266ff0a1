import uuid
from datetime import date, datetime

import sqlalchemy as sa
from sqlmodel import Field

from app.kinds import Grade
from app.models.base import ChangingRow, Row, link, text_enum


class Rating(ChangingRow, table=True):
    """The rating of an agency's year in a plan; `versions` numbers its latest `RatingVersion`."""

    __tablename__ = "rating"
    __table_args__ = (
        sa.UniqueConstraint("plan_id", "agency_id", "year"),
        sa.Index("ix_rating_plan_id_id", "plan_id", "id"),
        sa.CheckConstraint("versions > 0", name="versions_count"),
    )

    plan_id: uuid.UUID = link("plan")
    agency_id: uuid.UUID = link("agency", index=True)
    year: int
    versions: int = 1


class RatingVersion(Row, table=True):
    """One judgment, numbered from 1 and unchangeable; a correction has a reason."""

    __tablename__ = "rating_version"
    __table_args__ = (
        sa.UniqueConstraint("rating_id", "number"),
        sa.CheckConstraint("number = 1 or reason is not null", name="correction_has_reason"),
    )

    rating_id: uuid.UUID = link("rating")
    number: int
    grade: Grade = Field(sa_type=text_enum(Grade, "grade"))
    remark: str = Field(sa_type=sa.Text)
    reason: str | None = Field(default=None, sa_type=sa.Text)
    given_at: datetime
    given_on: date
    agency_id: uuid.UUID = link("agency")
    client_id: uuid.UUID = link("client")
