import enum
import uuid
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, ExcludeConstraint
from sqlmodel import Field, SQLModel

from app.models.base import ChangingRow, Row, TaggedRow, dated, first_version, link, text_enum


class PlanStatus(enum.StrEnum):
    """Drafts are their agency's alone; issued plans make assignments; closed ones make no more."""

    DRAFT = "draft"
    ISSUED = "issued"
    CLOSED = "closed"


class Plan(ChangingRow, table=True):
    """An official plan; number and date may be blank only while it is a draft."""

    __tablename__ = "plan"
    __table_args__ = (
        sa.CheckConstraint("starts_on <= ends_on", name="life"),
        sa.CheckConstraint(
            "status = 'draft' or num_nulls(number, issued_on, starts_on, ends_on, issuer_id,"
            " issued_at) = 0",
            name="issued_is_complete",
        ),
        # Nobody coordinates while a successor of the ended coordinator is to be chosen.
        sa.CheckConstraint(
            "status = 'draft' or num_nonnulls(coordinator_id, coordinator_since) > 0",
            name="issued_is_coordinated",
        ),
        sa.CheckConstraint("issued_on <= tracked_from", name="tracked_since_issue"),
        sa.CheckConstraint("(status = 'closed') = (closed_at is not null)", name="closed_at_set"),
        sa.CheckConstraint("discarded_at is null or status = 'draft'", name="discarded_is_draft"),
        # NĐ 30/2020/NĐ-CP, Điều 15: numbers start anew each year, for each agency.
        sa.Index(
            "uq_plan_issuer_id_number_year",
            "issuer_id",
            "number",
            sa.text("extract(year from issued_on)"),
            unique=True,
        ),
        # The order of issue; drafts without a date are last.
        sa.Index("ix_plan_issued_on_id", sa.text("coalesce(issued_on, 'infinity'::date)"), "id"),
    )

    title: str = Field(sa_type=sa.Text)
    short_title: str | None = Field(default=None, sa_type=sa.Text)
    """The plan's name where its title is too long: in a list, on a board."""
    number: str | None = Field(default=None, sa_type=sa.Text, index=True)
    issued_on: date | None = None
    starts_on: date | None = None
    ends_on: date | None = None
    tracked_from: date | None = None
    """The day from which the plan is followed up here; null: from its issue. No submission due
    before that day is expected, and each may be entered."""
    owner_id: uuid.UUID = link("agency", index=True)
    issuer_id: uuid.UUID | None = link("agency", default=None)
    coordinator_id: uuid.UUID | None = link("agency", default=None, index=True)
    coordinator_since: date | None = None
    """The first day of the present coordinator, or of none; null: from the beginning."""
    legal_bases: list[str] = Field(default_factory=list, sa_type=ARRAY(sa.Text))
    signer: str | None = Field(default=None, sa_type=sa.Text)
    note: str | None = Field(default=None, sa_type=sa.Text)
    status: PlanStatus = Field(default=PlanStatus.DRAFT, sa_type=text_enum(PlanStatus, "status"))
    issued_at: datetime | None = None
    closed_at: datetime | None = None
    discarded_at: datetime | None = None
    """The moment at which its owner discarded the draft: from then on it does not exist for
    anybody."""
    board_is_public: bool = Field(default=False, sa_column_kwargs={"server_default": sa.false()})
    """Everybody may see how it stands, without a link: its issuer opened its board."""
    submissions_are_shared: bool = Field(
        default=False, sa_column_kwargs={"server_default": sa.false()}
    )
    """True if members of a collective that leads a task read the others' filed submissions."""
    version: int = first_version()
    """1 as it was issued, and one more with every amendment that was issued."""


class PlanCoordinator(SQLModel, table=True):
    """The coordinator of a plan from a day (inclusive) to a day (exclusive); null is open.

    Written by the trigger `keep_plan_coordinator` alone; at most one coordinates on a day.
    """

    __tablename__ = "plan_coordinator"
    __table_args__ = (
        *dated(),
        ExcludeConstraint(
            (sa.column("plan_id"), "="),
            (sa.text("daterange(valid_from, valid_until)"), "&&"),
            name="ex_plan_coordinator_one_a_day",
            using="gist",
        ),
    )

    id: uuid.UUID | None = Field(
        default=None,
        primary_key=True,
        sa_column_kwargs={"server_default": sa.text("gen_random_uuid()")},
    )
    plan_id: uuid.UUID = link("plan")
    agency_id: uuid.UUID = link("agency")
    valid_from: date | None = None
    valid_until: date | None = None


class PlanPartyRole(enum.StrEnum):
    """Overseers are asked to direct and supervise; recipients are sent the plan."""

    OVERSEER = "overseer"
    RECIPIENT = "recipient"


class PlanParty(Row, table=True):
    """An agency that the plan names as an overseer or a recipient; it owes nothing.

    Once it has ended, whoever took over from it stands in its place; the row stays as it is.
    """

    __tablename__ = "plan_party"
    __table_args__ = (sa.UniqueConstraint("plan_id", "role", "agency_id"),)

    plan_id: uuid.UUID = link("plan")
    role: PlanPartyRole = Field(sa_type=text_enum(PlanPartyRole, "role"))
    agency_id: uuid.UUID = link("agency", index=True)


class PlanImport(TaggedRow, table=True):
    """One reading of a file, with the meaning of every row as it was answered."""

    __tablename__ = "plan_import"

    plan_id: uuid.UUID = link("plan", index=True)
    file_name: str = Field(sa_type=sa.Text)
    media_type: str = Field(sa_type=sa.Text)
    sha256: str = Field(sa_type=sa.Text)
    size: int
    reading: dict[str, Any] = Field(sa_type=JSONB)


class PlanImportFile(SQLModel, table=True):
    """The bytes of an imported file, sealed; they are deleted when the draft is given up."""

    __tablename__ = "plan_import_file"

    plan_import_id: uuid.UUID = link("plan_import", primary_key=True)
    sealed: bytes
