"""reports are consolidated and frozen"""

from typing import Any

import sqlalchemy as sa
from alembic import op

from app.models.sql_files import function_file, run_file
from app.models.submission import PERIOD_FORM

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None

TABLE = "consolidated_report"


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        _link("plan_id", "plan"),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("period", sa.Text()),
        sa.Column("data_from", sa.Date(), nullable=False),
        sa.Column("data_to", sa.Date(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        _link("previous_id", TABLE, nullable=True),
        sa.Column("reason", sa.Text()),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("frozen_at", sa.DateTime(timezone=True), nullable=False),
        _link("agency_id", "agency"),
        _link("client_id", "client"),
        sa.Column("number", sa.Text()),
        sa.Column("signed_on", sa.Date()),
        sa.Column("signer", sa.Text()),
        sa.Column("signed_at", sa.DateTime(timezone=True)),
        _link("signed_by_id", "client", nullable=True),
        _link("signed_for_id", "agency", nullable=True),
        sa.UniqueConstraint("previous_id"),
        sa.CheckConstraint("kind in ('periodic', 'thematic', 'ad_hoc')", name="kind"),
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
    )
    op.create_index(
        "uq_consolidated_report_plan_id_period",
        TABLE,
        ["plan_id", "period"],
        unique=True,
        postgresql_where=sa.text("kind = 'periodic' and version = 1"),
    )
    op.create_index("ix_consolidated_report_plan_id_id", TABLE, ["plan_id", "id"])
    op.create_table(
        "consolidated_content",
        _link("consolidated_report_id", TABLE, primary_key=True),
        sa.Column("content", sa.Text(), nullable=False),
    )
    for function in ("keep_consolidated_report", "refuse_change"):
        run_file(op.get_bind(), function_file(function, revision))


def downgrade() -> None:
    op.drop_table("consolidated_content")
    op.drop_table(TABLE)
    op.execute("drop function keep_consolidated_report")
    run_file(op.get_bind(), function_file("refuse_change", "0039"))


def _link(name: str, table: str, **options: Any) -> sa.Column[Any]:
    key = sa.ForeignKey(f"{table}.id", ondelete="RESTRICT")
    return sa.Column(name, sa.Uuid(), key, **{"nullable": False, **options})
