import enum
import uuid
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlmodel import Field

from app.models.base import ChangingRow, Row, TaggedRow, dated, link, text_enum


class AgencyKind(enum.StrEnum):
    """The kind of body that an agency is; repeated names are matched within a kind."""

    PROVINCIAL_COMMITTEE = "provincial_committee"
    DEPARTMENT = "department"
    VERTICAL = "vertical"
    PRESS = "press"
    PUBLIC_SERVICE_UNIT = "public_service_unit"
    UNION = "union"
    FRONT = "front"
    PARTY = "party"
    STEERING_COMMITTEE = "steering_committee"
    DISTRICT_COMMITTEE = "district_committee"
    COMMUNE_COMMITTEE = "commune_committee"
    OTHER = "other"


class Agency(ChangingRow, table=True):
    """A body that exists from a day (inclusive) to a day (exclusive); null is open."""

    __tablename__ = "agency"
    __table_args__ = (
        *dated(),
        sa.CheckConstraint("code ~ '^[A-Z0-9][A-Z0-9.-]{0,63}$'", name="code_form"),
        # QĐ 20/2020/QĐ-TTg: levels from the left, at most 35 characters.
        sa.CheckConstraint(
            "identifier ~ '^[A-Y][0-9]{2}([.][0-9A-Z]+)*$' and length(identifier) <= 35",
            name="identifier_form",
        ),
        sa.CheckConstraint("parent_id <> id", name="not_its_own_parent"),
    )

    code: str = Field(sa_type=sa.Text, unique=True)
    identifier: str | None = Field(default=None, sa_type=sa.Text, unique=True)
    identifier_source: str | None = Field(default=None, sa_type=sa.Text)
    kind: AgencyKind = Field(sa_type=text_enum(AgencyKind, "kind"))
    parent_id: uuid.UUID | None = link("agency", default=None, index=True)
    valid_from: date | None = None
    valid_until: date | None = None
    unit_code: str | None = Field(default=None, sa_type=sa.Text)
    certainty: str | None = Field(default=None, sa_type=sa.Text)


class AgencyName(Row, table=True):
    """A name of an agency between two days; at most one name a day."""

    __tablename__ = "agency_name"
    __table_args__ = (
        *dated(),
        ExcludeConstraint(
            (sa.column("agency_id"), "="),
            (sa.text("daterange(valid_from, valid_until)"), "&&"),
            name="ex_agency_name_one_a_day",
            using="gist",
        ),
    )

    agency_id: uuid.UUID = link("agency")
    name: str = Field(sa_type=sa.Text)
    short_name: str | None = Field(default=None, sa_type=sa.Text)
    valid_from: date | None = None
    valid_until: date | None = None


class AgencyAlias(Row, table=True):
    """Another spelling under which documents name an agency."""

    __tablename__ = "agency_alias"
    __table_args__ = (sa.UniqueConstraint("agency_id", "alias"),)

    agency_id: uuid.UUID = link("agency")
    alias: str = Field(sa_type=sa.Text)


class SuccessionKind(enum.StrEnum):
    """The way in which one body takes over from another."""

    MERGE = "merge"
    SPLIT = "split"
    RENAME = "rename"
    ABOLITION = "abolition"


class Succession(TaggedRow, table=True):
    """From this day the successor takes the predecessor's place, within the scope.

    A wrong one is not edited: later rows replace it, and from `corrected_at` on it is not in force.
    """

    __tablename__ = "succession"
    __table_args__ = (
        sa.Index(
            "uq_succession_in_force",
            "predecessor_id",
            "successor_id",
            "effective_on",
            unique=True,
            postgresql_nulls_not_distinct=True,
            postgresql_where=sa.text("corrected_at is null"),
        ),
        sa.CheckConstraint("predecessor_id <> successor_id", name="two_agencies"),
        sa.CheckConstraint(
            "(successor_id is null) = (kind = 'abolition')", name="successor_unless_abolished"
        ),
    )

    predecessor_id: uuid.UUID = link("agency")
    successor_id: uuid.UUID | None = link("agency", default=None, index=True)
    effective_on: date
    corrected_at: datetime | None = None
    kind: SuccessionKind = Field(sa_type=text_enum(SuccessionKind, "kind"))
    scope: str | None = Field(default=None, sa_type=sa.Text)
    basis: str | None = Field(default=None, sa_type=sa.Text)
    certainty: str | None = Field(default=None, sa_type=sa.Text)
