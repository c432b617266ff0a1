"""answers to repeated requests, allowances"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "allowance",
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("paid_until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("client_id", name=op.f("pk_allowance")),
        prefixes=["UNLOGGED"],
    )
    op.create_table(
        "stored_answer",
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("headers", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "octet_length(fingerprint) = 32", name=op.f("ck_stored_answer_fingerprint_length")
        ),
        sa.CheckConstraint(
            "status between 200 and 299", name=op.f("ck_stored_answer_status_of_success")
        ),
        sa.ForeignKeyConstraint(
            ["client_id"],
            ["client.id"],
            name=op.f("fk_stored_answer_client_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("client_id", "key", name=op.f("pk_stored_answer")),
    )
    op.create_index(
        op.f("ix_stored_answer_created_at"), "stored_answer", ["created_at"], unique=False
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_stored_answer_created_at"), table_name="stored_answer")
    op.drop_table("stored_answer")
    op.drop_table("allowance")
