"""reports are requested and shared"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "narrative",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agency.id"], name=op.f("fk_narrative_agency_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["client_id"], ["client.id"], name=op.f("fk_narrative_client_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_narrative")),
    )
    op.create_table(
        "report_request",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "thematic",
                "ad_hoc",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("data_from", sa.Date(), nullable=False),
        sa.Column("data_to", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("with_coordinating", sa.Boolean(), nullable=False),
        sa.Column("questions", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("not_asked", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_on", sa.Date(), nullable=True),
        sa.Column("withdrawn_reason", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "period ~ '^adhoc-[a-z0-9-]{1,48}$'", name=op.f("ck_report_request_period_form")
        ),
        sa.CheckConstraint("asked_on <= due_on", name=op.f("ck_report_request_due_when_asked")),
        sa.CheckConstraint("data_from <= data_to", name=op.f("ck_report_request_data_window")),
        sa.CheckConstraint(
            "num_nulls(withdrawn_at, withdrawn_on, withdrawn_reason) in (0, 3)",
            name=op.f("ck_report_request_withdrawn_has_reason"),
        ),
        sa.ForeignKeyConstraint(
            ["agency_id"],
            ["agency.id"],
            name=op.f("fk_report_request_agency_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["client_id"],
            ["client.id"],
            name=op.f("fk_report_request_client_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["plan.id"], name=op.f("fk_report_request_plan_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_request")),
        sa.UniqueConstraint("plan_id", "period", name=op.f("uq_report_request_plan_id_period")),
    )
    op.add_column("submission", sa.Column("report_request_id", sa.Uuid(), nullable=True))
    op.add_column("submission", sa.Column("draft_narrative_id", sa.Uuid(), nullable=True))
    op.add_column(
        "submission", sa.Column("draft_sources", postgresql.ARRAY(sa.Uuid()), nullable=True)
    )
    op.create_index(
        "ix_submission_draft_narrative_id",
        "submission",
        ["draft_narrative_id"],
        unique=False,
        postgresql_where=sa.text("draft_narrative_id is not null"),
    )
    op.create_index(
        "ix_submission_report_request_id",
        "submission",
        ["report_request_id"],
        unique=False,
        postgresql_where=sa.text("report_request_id is not null"),
    )
    op.create_foreign_key(
        op.f("fk_submission_draft_narrative_id"),
        "submission",
        "narrative",
        ["draft_narrative_id"],
        ["id"],
        ondelete="RESTRICT",
    )
    op.create_foreign_key(
        op.f("fk_submission_report_request_id"),
        "submission",
        "report_request",
        ["report_request_id"],
        ["id"],
        ondelete="RESTRICT",
    )
    op.add_column("submission_attempt", sa.Column("narrative_id", sa.Uuid(), nullable=True))
    op.add_column(
        "submission_attempt", sa.Column("sources", postgresql.ARRAY(sa.Uuid()), nullable=True)
    )
    op.create_index(
        "ix_submission_attempt_narrative_id",
        "submission_attempt",
        ["narrative_id"],
        unique=False,
        postgresql_where=sa.text("narrative_id is not null"),
    )
    op.create_foreign_key(
        op.f("fk_submission_attempt_narrative_id"),
        "submission_attempt",
        "narrative",
        ["narrative_id"],
        ["id"],
        ondelete="RESTRICT",
    )
    op.execute(
        "create trigger refuse_change before update or delete on narrative"
        " for each row execute function refuse_change()"
    )


def downgrade() -> None:
    # Constraints and indexes go with their columns.
    op.drop_column("submission_attempt", "sources")
    op.drop_column("submission_attempt", "narrative_id")
    op.drop_column("submission", "draft_sources")
    op.drop_column("submission", "draft_narrative_id")
    op.drop_column("submission", "report_request_id")
    op.drop_table("report_request")
    op.drop_table("narrative")
