"""documents of other systems are received"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

UNCHANGEABLE = ("document", "document_evidence", "document_effect")


def upgrade() -> None:
    op.create_table(
        "document",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "plan",
                "result",
                "status",
                "other",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("sender_id", sa.Uuid(), nullable=False),
        sa.Column("sender_organ_id", sa.Text(), nullable=False),
        sa.Column("sender_identifier", sa.Text(), nullable=True),
        sa.Column("document_id", sa.Text(), nullable=True),
        sa.Column("number", sa.Text(), nullable=True),
        sa.Column("promulgated_on", sa.Date(), nullable=True),
        sa.Column("type_number", sa.Integer(), nullable=True),
        sa.Column("type_name", sa.Text(), nullable=True),
        sa.Column("subject", sa.Text(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column(
            "business",
            sa.Enum(
                "new",
                "recall",
                "update",
                "replace",
                name="business",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("business_reason", sa.Text(), nullable=True),
        sa.Column("attachments", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("task_codes", sa.Integer(), nullable=False),
        sa.Column("problems", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("plan_import_id", sa.Uuid(), nullable=True),
        sa.Column("attempt_id", sa.Uuid(), nullable=True),
        sa.Column("status_code", sa.Text(), nullable=True),
        sa.Column("status_description", sa.Text(), nullable=True),
        sa.Column("status_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("envelope", sa.LargeBinary(), nullable=False),
        sa.Column("has_signature", sa.Boolean(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "kind <> 'status' or num_nulls(status_code, attempt_id) = 0",
            name=op.f("ck_document_status_is_complete"),
        ),
        sa.CheckConstraint(
            "kind = 'plan' or plan_import_id is null", name=op.f("ck_document_only_plans_imported")
        ),
        sa.CheckConstraint(
            "kind = 'status' or num_nulls(document_id, subject) = 0 and num_nonnulls(status_code, attempt_id) = 0",
            name=op.f("ck_document_document_is_complete"),
        ),
        sa.CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name=op.f("ck_document_sha256_form")),
        sa.ForeignKeyConstraint(
            ["attempt_id"],
            ["submission_attempt.id"],
            name=op.f("fk_document_attempt_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["client_id"], ["client.id"], name=op.f("fk_document_client_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["plan_import_id"],
            ["plan_import.id"],
            name=op.f("fk_document_plan_import_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["sender_id"], ["agency.id"], name=op.f("fk_document_sender_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document")),
        sa.UniqueConstraint("sender_id", "sha256", name=op.f("uq_document_sender_id_sha256")),
    )
    op.create_index(op.f("ix_document_attempt_id"), "document", ["attempt_id"], unique=False)
    op.create_index(op.f("ix_document_number"), "document", ["number"], unique=False)
    op.create_index(
        op.f("ix_document_plan_import_id"), "document", ["plan_import_id"], unique=False
    )
    op.create_index(
        "uq_document_sender_id_document_id_new",
        "document",
        ["sender_id", "document_id"],
        unique=True,
        postgresql_where=sa.text("business = 'new'"),
    )
    op.create_table(
        "document_effect",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("earlier_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "document_id <> earlier_id", name=op.f("ck_document_effect_two_documents")
        ),
        sa.ForeignKeyConstraint(
            ["document_id"],
            ["document.id"],
            name=op.f("fk_document_effect_document_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["earlier_id"],
            ["document.id"],
            name=op.f("fk_document_effect_earlier_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document_effect")),
        sa.UniqueConstraint(
            "document_id", "earlier_id", name=op.f("uq_document_effect_document_id_earlier_id")
        ),
    )
    op.create_index(
        op.f("ix_document_effect_earlier_id"), "document_effect", ["earlier_id"], unique=False
    )
    op.create_table(
        "document_evidence",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("assignment_id", sa.Uuid(), nullable=False),
        sa.Column("task_code", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["assignment_id"],
            ["assignment.id"],
            name=op.f("fk_document_evidence_assignment_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["document_id"],
            ["document.id"],
            name=op.f("fk_document_evidence_document_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document_evidence")),
        sa.UniqueConstraint(
            "document_id",
            "assignment_id",
            name=op.f("uq_document_evidence_document_id_assignment_id"),
        ),
    )
    op.create_index(
        op.f("ix_document_evidence_assignment_id"),
        "document_evidence",
        ["assignment_id"],
        unique=False,
    )
    for table in UNCHANGEABLE:
        op.execute(
            f"create trigger refuse_change before update or delete on {table}"
            " for each row execute function refuse_change()"
        )


def downgrade() -> None:
    for table in reversed(UNCHANGEABLE):
        op.drop_table(table)
