"""ids of other systems"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "external_ref",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=True),
        sa.Column("task_id", sa.Uuid(), nullable=True),
        sa.Column("assignment_id", sa.Uuid(), nullable=True),
        sa.Column("submission_id", sa.Uuid(), nullable=True),
        sa.Column("system", sa.Text(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "system ~ '^[a-z0-9][a-z0-9._-]{0,63}$'", name=op.f("ck_external_ref_system_form")
        ),
        sa.CheckConstraint(
            "length(external_id) between 1 and 200", name=op.f("ck_external_ref_external_id_length")
        ),
        sa.CheckConstraint(
            "num_nonnulls(plan_id, task_id, assignment_id, submission_id) = 1",
            name=op.f("ck_external_ref_one_row"),
        ),
        sa.ForeignKeyConstraint(
            ["assignment_id"],
            ["assignment.id"],
            name=op.f("fk_external_ref_assignment_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["plan.id"], name=op.f("fk_external_ref_plan_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["submission.id"],
            name=op.f("fk_external_ref_submission_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["task_id"], ["task.id"], name=op.f("fk_external_ref_task_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_external_ref")),
    )
    op.create_index(
        "uq_external_ref_assignment",
        "external_ref",
        ["system", "external_id"],
        unique=True,
        postgresql_where=sa.text("assignment_id is not null"),
    )
    op.create_index(
        "uq_external_ref_assignment_system",
        "external_ref",
        ["assignment_id", "system"],
        unique=True,
        postgresql_where=sa.text("assignment_id is not null"),
    )
    op.create_index(
        "uq_external_ref_plan",
        "external_ref",
        ["system", "external_id"],
        unique=True,
        postgresql_where=sa.text("plan_id is not null"),
    )
    op.create_index(
        "uq_external_ref_plan_system",
        "external_ref",
        ["plan_id", "system"],
        unique=True,
        postgresql_where=sa.text("plan_id is not null"),
    )
    op.create_index(
        "uq_external_ref_submission",
        "external_ref",
        ["system", "external_id"],
        unique=True,
        postgresql_where=sa.text("submission_id is not null"),
    )
    op.create_index(
        "uq_external_ref_submission_system",
        "external_ref",
        ["submission_id", "system"],
        unique=True,
        postgresql_where=sa.text("submission_id is not null"),
    )
    op.create_index(
        "uq_external_ref_task",
        "external_ref",
        ["system", "external_id"],
        unique=True,
        postgresql_where=sa.text("task_id is not null"),
    )
    op.create_index(
        "uq_external_ref_task_system",
        "external_ref",
        ["task_id", "system"],
        unique=True,
        postgresql_where=sa.text("task_id is not null"),
    )
    op.create_index("ix_external_ref_external_id", "external_ref", ["external_id"])


def downgrade() -> None:
    op.drop_table("external_ref")
