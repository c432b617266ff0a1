import uuid
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field, SQLModel

from app.kinds import ReportKind
from app.models.base import ChangingRow, link, text_enum
from app.models.submission import PERIOD_FORM


class ConsolidatedReport(ChangingRow, table=True):
    """One version of a plan's consolidated report, which its coordinator makes of all agencies,
    frozen as of a day.

    The trigger `keep_consolidated_report` lets nothing of it change but its signing, once. Later
    changes stand in the next version, which names this one and the reason why it follows. With
    `own_id` it is that agency's own report; `with_plan_ids` are the plans that it covers beside its
    own.
    """

    __tablename__ = "consolidated_report"
    __table_args__ = (
        sa.CheckConstraint("data_from <= as_of", name="data_window"),
        sa.CheckConstraint(f"period ~ '{PERIOD_FORM}'", name="period_form"),
        sa.CheckConstraint("kind <> 'periodic' or period is not null", name="periodic_has_period"),
        sa.CheckConstraint(
            "case when version = 1 then num_nonnulls(previous_id, reason) = 0"
            " else num_nulls(previous_id, reason) = 0 end",
            name="next_version_has_reason",
        ),
        sa.CheckConstraint(
            "num_nulls(number, signed_on, signer, signed_at, signed_by_id, signed_for_id)"
            " in (0, 6)",
            name="signed_is_complete",
        ),
        # A plan's period is reported once; what follows are its versions.
        sa.Index(
            "uq_consolidated_report_plan_id_period",
            "plan_id",
            "period",
            unique=True,
            postgresql_where=sa.text(
                "kind = 'periodic' and version = 1 and own_id is null"
                " and cardinality(with_plan_ids) = 0"
            ),
        ),
        sa.Index(
            "uq_consolidated_report_plan_id_own_id_period",
            "plan_id",
            "own_id",
            "period",
            unique=True,
            postgresql_where=sa.text("kind = 'periodic' and version = 1"),
        ),
        sa.Index("ix_consolidated_report_plan_id_id", "plan_id", "id"),
    )

    plan_id: uuid.UUID = link("plan")
    own_id: uuid.UUID | None = link("agency", default=None)
    with_plan_ids: list[uuid.UUID] = Field(default=[], sa_type=ARRAY(sa.Uuid))
    kind: ReportKind = Field(sa_type=text_enum(ReportKind, "kind"))
    period: str | None = Field(default=None, sa_type=sa.Text)
    data_from: date
    data_to: date
    as_of: date
    title: str = Field(sa_type=sa.Text)
    version: int = 1
    previous_id: uuid.UUID | None = link("consolidated_report", default=None, unique=True)
    reason: str | None = Field(default=None, sa_type=sa.Text)
    sha256: str = Field(sa_type=sa.Text)
    frozen_at: datetime
    agency_id: uuid.UUID = link("agency")
    client_id: uuid.UUID = link("client")
    number: str | None = Field(default=None, sa_type=sa.Text)
    signed_on: date | None = None
    signer: str | None = Field(default=None, sa_type=sa.Text)
    signed_at: datetime | None = None
    signed_by_id: uuid.UUID | None = link("client", default=None)
    signed_for_id: uuid.UUID | None = link("agency", default=None)


class ConsolidatedContent(SQLModel, table=True):
    """The content of a consolidated report, as the canonical JSON text over which its hash was
    made."""

    __tablename__ = "consolidated_content"

    consolidated_report_id: uuid.UUID = link("consolidated_report", primary_key=True)
    content: str = Field(sa_type=sa.Text)
