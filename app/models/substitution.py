import uuid
from datetime import date, datetime

import sqlalchemy as sa
from sqlmodel import Field

from app.models.base import Row, link


class CollectiveSubstitution(Row, table=True):
    """From this day on another collective, or named agencies, stand in for one that a plan names.

    Of several for one day the latest row holds; it corrects the earlier one.
    """

    __tablename__ = "collective_substitution"
    __table_args__ = (
        sa.CheckConstraint("stand_in_id <> collective_id", name="two_collectives"),
        sa.Index("ix_collective_substitution_plan_id_from_day", "plan_id", "from_day"),
    )

    plan_id: uuid.UUID = link("plan")
    collective_id: uuid.UUID = link("collective")
    stand_in_id: uuid.UUID | None = link("collective", default=None)
    from_day: date
    reason: str = Field(sa_type=sa.Text)
    basis: str | None = Field(default=None, sa_type=sa.Text)
    decided_at: datetime
    decided_on: date
    agency_id: uuid.UUID = link("agency")
    client_id: uuid.UUID = link("client")


class CollectiveSubstitutionAgency(Row, table=True):
    """One of the agencies that stand in for a collective, where no collective does."""

    __tablename__ = "collective_substitution_agency"
    __table_args__ = (sa.UniqueConstraint("substitution_id", "agency_id"),)

    substitution_id: uuid.UUID = link("collective_substitution")
    agency_id: uuid.UUID = link("agency", index=True)
