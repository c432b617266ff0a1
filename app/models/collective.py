import uuid
from datetime import date

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlmodel import Field

from app.models.base import ChangingRow, Row, dated, link


class Collective(ChangingRow, table=True):
    """A named class of agencies; one that cannot be counted has no members and owes nothing."""

    __tablename__ = "collective"
    __table_args__ = (sa.CheckConstraint("code ~ '^[A-Z0-9][A-Z0-9.-]{0,63}$'", name="code_form"),)

    code: str = Field(sa_type=sa.Text, unique=True)
    name: str = Field(sa_type=sa.Text)
    is_enumerable: bool


class CollectiveAlias(Row, table=True):
    """Another wording under which plans name a collective."""

    __tablename__ = "collective_alias"
    __table_args__ = (sa.UniqueConstraint("collective_id", "alias"),)

    collective_id: uuid.UUID = link("collective")
    alias: str = Field(sa_type=sa.Text)


class CollectiveMember(ChangingRow, table=True):
    """An agency belongs to a collective from a day (inclusive) to a day (exclusive)."""

    __tablename__ = "collective_member"
    __table_args__ = (
        *dated(),
        ExcludeConstraint(
            (sa.column("collective_id"), "="),
            (sa.column("agency_id"), "="),
            (sa.text("daterange(valid_from, valid_until)"), "&&"),
            name="ex_collective_member_once_a_day",
            using="gist",
        ),
    )

    collective_id: uuid.UUID = link("collective")
    agency_id: uuid.UUID = link("agency", index=True)
    valid_from: date | None = None
    valid_until: date | None = None
