"""long work is promised and done later"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "operation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "pending",
                "running",
                "succeeded",
                "failed",
                name="status",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("roles", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("request_id", sa.Text(), nullable=True),
        sa.Column("parameters", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=True),
        sa.Column(
            "result", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True
        ),
        sa.Column(
            "problem", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True
        ),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(status = 'failed') = (problem is not null)", name=op.f("ck_operation_problem_set")
        ),
        sa.CheckConstraint(
            "(status = 'running') = (leased_until is not null)",
            name=op.f("ck_operation_leased_while_running"),
        ),
        sa.CheckConstraint(
            "(status = 'succeeded') = (result is not null)", name=op.f("ck_operation_result_set")
        ),
        sa.CheckConstraint(
            "(status in ('succeeded', 'failed')) = (finished_at is not null)",
            name=op.f("ck_operation_finished_at_set"),
        ),
        sa.CheckConstraint("kind ~ '^[a-z_]{1,40}$'", name=op.f("ck_operation_kind_form")),
        sa.CheckConstraint("attempts between 0 and 3", name=op.f("ck_operation_attempts_range")),
        sa.CheckConstraint("done >= 0 and done <= total", name=op.f("ck_operation_progress_range")),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agency.id"], name=op.f("fk_operation_agency_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["client_id"], ["client.id"], name=op.f("fk_operation_client_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_operation")),
    )
    op.create_index(op.f("ix_operation_agency_id"), "operation", ["agency_id"], unique=False)
    op.create_index(op.f("ix_operation_client_id"), "operation", ["client_id"], unique=False)
    op.create_index(
        "ix_operation_id_unfinished",
        "operation",
        ["id"],
        unique=False,
        postgresql_where=sa.text("status in ('pending', 'running')"),
    )
    op.create_table(
        "operation_file",
        sa.Column("operation_id", sa.Uuid(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["operation_id"],
            ["operation.id"],
            name=op.f("fk_operation_file_operation_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("operation_id", name=op.f("pk_operation_file")),
    )


def downgrade() -> None:
    op.drop_table("operation_file")
    op.drop_index(
        "ix_operation_id_unfinished",
        table_name="operation",
        postgresql_where=sa.text("status in ('pending', 'running')"),
    )
    op.drop_index(op.f("ix_operation_client_id"), table_name="operation")
    op.drop_index(op.f("ix_operation_agency_id"), table_name="operation")
    op.drop_table("operation")
