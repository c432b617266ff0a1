"""effects are measured agencies rated plans remarked on"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

UNCHANGEABLE = ("indicator_value", "rating_version")


def upgrade() -> None:
    op.create_table(
        "rating",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("versions", sa.Integer(), nullable=False),
        sa.CheckConstraint("versions > 0", name=op.f("ck_rating_versions_count")),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agency.id"], name=op.f("fk_rating_agency_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["plan.id"], name=op.f("fk_rating_plan_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rating")),
        sa.UniqueConstraint(
            "plan_id", "agency_id", "year", name=op.f("uq_rating_plan_id_agency_id_year")
        ),
    )
    op.create_index(op.f("ix_rating_agency_id"), "rating", ["agency_id"], unique=False)
    op.create_index("ix_rating_plan_id_id", "rating", ["plan_id", "id"], unique=False)
    op.create_table(
        "rating_version",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("rating_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column(
            "grade",
            sa.Enum(
                "excellent",
                "good",
                "completed",
                "not_completed",
                name="grade",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("remark", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("given_on", sa.Date(), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "number = 1 or reason is not null", name=op.f("ck_rating_version_correction_has_reason")
        ),
        sa.ForeignKeyConstraint(
            ["agency_id"],
            ["agency.id"],
            name=op.f("fk_rating_version_agency_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["client_id"],
            ["client.id"],
            name=op.f("fk_rating_version_client_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["rating_id"],
            ["rating.id"],
            name=op.f("fk_rating_version_rating_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rating_version")),
        sa.UniqueConstraint("rating_id", "number", name=op.f("uq_rating_version_rating_id_number")),
    )
    op.create_table(
        "indicator",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("task_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("higher_is_better", sa.Boolean(), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("end_reason", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(ended_on is null) = (end_reason is null)", name=op.f("ck_indicator_ended_has_reason")
        ),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["plan.id"], name=op.f("fk_indicator_plan_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["task_id", "plan_id"],
            ["task.id", "task.plan_id"],
            name=op.f("fk_indicator_task_id_plan_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_indicator")),
    )
    op.create_index(op.f("ix_indicator_plan_id"), "indicator", ["plan_id"], unique=False)
    op.create_index(
        "uq_indicator_task_id_name",
        "indicator",
        ["task_id", sa.literal_column("lower(name)")],
        unique=True,
        postgresql_where=sa.text("ended_on is null"),
    )
    op.create_table(
        "indicator_target",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("indicator_id", sa.Uuid(), nullable=False),
        sa.Column("period", sa.Text(), nullable=True),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("value", sa.Numeric(), nullable=True),
        sa.Column("set_on", sa.Date(), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "period ~ '^[0-9]{4}(-(H[12]|Q[1-4]|0[1-9]|1[0-2]))?$'",
            name=op.f("ck_indicator_target_period_form"),
        ),
        sa.CheckConstraint(
            "abs(value) < 1e15 and scale(value) <= 6", name=op.f("ck_indicator_target_value_exact")
        ),
        sa.ForeignKeyConstraint(
            ["agency_id"],
            ["agency.id"],
            name=op.f("fk_indicator_target_agency_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["client_id"],
            ["client.id"],
            name=op.f("fk_indicator_target_client_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["indicator_id"],
            ["indicator.id"],
            name=op.f("fk_indicator_target_indicator_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_indicator_target")),
        sa.UniqueConstraint(
            "indicator_id",
            "period",
            "number",
            name=op.f("uq_indicator_target_indicator_id_period_number"),
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.create_table(
        "indicator_value",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("indicator_id", sa.Uuid(), nullable=False),
        sa.Column("assignment_id", sa.Uuid(), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("first_month", sa.Integer(), nullable=False),
        sa.Column("last_month", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("value", sa.Numeric(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("filed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("filed_on", sa.Date(), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "period ~ '^[0-9]{4}(-(H[12]|Q[1-4]|0[1-9]|1[0-2]))?$'",
            name=op.f("ck_indicator_value_period_form"),
        ),
        sa.CheckConstraint(
            "abs(value) < 1e15 and scale(value) <= 6", name=op.f("ck_indicator_value_value_exact")
        ),
        sa.CheckConstraint("first_month <= last_month", name=op.f("ck_indicator_value_months")),
        sa.ForeignKeyConstraint(
            ["agency_id"],
            ["agency.id"],
            name=op.f("fk_indicator_value_agency_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["assignment_id"],
            ["assignment.id"],
            name=op.f("fk_indicator_value_assignment_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["client_id"],
            ["client.id"],
            name=op.f("fk_indicator_value_client_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["indicator_id"],
            ["indicator.id"],
            name=op.f("fk_indicator_value_indicator_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_indicator_value")),
        sa.UniqueConstraint(
            "indicator_id",
            "assignment_id",
            "period",
            "number",
            name=op.f("uq_indicator_value_indicator_id_assignment_id_period_number"),
        ),
    )
    op.create_index(
        op.f("ix_indicator_value_agency_id"), "indicator_value", ["agency_id"], unique=False
    )
    op.create_index(
        op.f("ix_indicator_value_assignment_id"), "indicator_value", ["assignment_id"], unique=False
    )
    op.create_table(
        "remark",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("task_id", sa.Uuid(), nullable=True),
        sa.Column("assignment_id", sa.Uuid(), nullable=True),
        sa.Column("submission_id", sa.Uuid(), nullable=True),
        sa.Column("agency_id", sa.Uuid(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_for_id", sa.Uuid(), nullable=True),
        sa.Column("answered_by_id", sa.Uuid(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_reason", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(withdrawn_at is null) = (withdrawn_reason is null)",
            name=op.f("ck_remark_withdrawn_has_reason"),
        ),
        sa.CheckConstraint(
            "num_nonnulls(task_id, assignment_id, submission_id) <= 1",
            name=op.f("ck_remark_one_subject"),
        ),
        sa.CheckConstraint(
            "num_nulls(answer, answered_at, answered_for_id, answered_by_id) in (0, 4)",
            name=op.f("ck_remark_answer_signed"),
        ),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agency.id"], name=op.f("fk_remark_agency_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["answered_by_id"],
            ["client.id"],
            name=op.f("fk_remark_answered_by_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["answered_for_id"],
            ["agency.id"],
            name=op.f("fk_remark_answered_for_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["assignment_id"],
            ["assignment.id"],
            name=op.f("fk_remark_assignment_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["author_id"], ["agency.id"], name=op.f("fk_remark_author_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["client_id"], ["client.id"], name=op.f("fk_remark_client_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["plan.id"], name=op.f("fk_remark_plan_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["submission.id"],
            name=op.f("fk_remark_submission_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["task_id"], ["task.id"], name=op.f("fk_remark_task_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_remark")),
    )
    op.create_index("ix_remark_agency_id_id", "remark", ["agency_id", "id"], unique=False)
    op.create_index(op.f("ix_remark_assignment_id"), "remark", ["assignment_id"], unique=False)
    op.create_index("ix_remark_author_id_id", "remark", ["author_id", "id"], unique=False)
    op.create_index("ix_remark_plan_id_id", "remark", ["plan_id", "id"], unique=False)
    op.create_index(op.f("ix_remark_submission_id"), "remark", ["submission_id"], unique=False)
    op.create_index(op.f("ix_remark_task_id"), "remark", ["task_id"], unique=False)
    for table in UNCHANGEABLE:
        op.execute(
            f"create trigger refuse_change before update or delete on {table}"
            " for each row execute function refuse_change()"
        )


def downgrade() -> None:
    op.drop_index(op.f("ix_remark_task_id"), table_name="remark")
    op.drop_index(op.f("ix_remark_submission_id"), table_name="remark")
    op.drop_index("ix_remark_plan_id_id", table_name="remark")
    op.drop_index("ix_remark_author_id_id", table_name="remark")
    op.drop_index(op.f("ix_remark_assignment_id"), table_name="remark")
    op.drop_index("ix_remark_agency_id_id", table_name="remark")
    op.drop_table("remark")
    op.drop_index(op.f("ix_indicator_value_assignment_id"), table_name="indicator_value")
    op.drop_index(op.f("ix_indicator_value_agency_id"), table_name="indicator_value")
    op.drop_table("indicator_value")
    op.drop_table("indicator_target")
    op.drop_index(
        "uq_indicator_task_id_name",
        table_name="indicator",
        postgresql_where=sa.text("ended_on is null"),
    )
    op.drop_index(op.f("ix_indicator_plan_id"), table_name="indicator")
    op.drop_table("indicator")
    op.drop_table("rating_version")
    op.drop_index("ix_rating_plan_id_id", table_name="rating")
    op.drop_index(op.f("ix_rating_agency_id"), table_name="rating")
    op.drop_table("rating")
