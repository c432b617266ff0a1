"""issued plans are amended and related"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "amendment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column(
            "kind",
            sa.Enum(
                "amendment",
                "correction",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "issued",
                "withdrawn",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("basis", sa.Text(), nullable=True),
        sa.Column("effective_on", sa.Date(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("issued_on", sa.Date(), nullable=True),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(state = 'issued') = (number is not null)"
            " and num_nulls(number, issued_at, issued_on) in (0, 3)"
            " and (state <> 'issued' or effective_on is not null)",
            name=op.f("ck_amendment_issued_is_complete"),
        ),
        sa.CheckConstraint(
            "applied_at is null or state = 'issued'", name=op.f("ck_amendment_applied_is_issued")
        ),
        sa.CheckConstraint(
            "state <> 'issued' or kind = 'correction' or basis is not null",
            name=op.f("ck_amendment_basis_named"),
        ),
        sa.CheckConstraint("issued_on <= effective_on", name=op.f("ck_amendment_forward_only")),
        sa.CheckConstraint("number > 1", name=op.f("ck_amendment_number_above_first")),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agency.id"], name=op.f("fk_amendment_agency_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["client_id"], ["client.id"], name=op.f("fk_amendment_client_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["plan.id"], name=op.f("fk_amendment_plan_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_amendment")),
        sa.UniqueConstraint("plan_id", "number", name=op.f("uq_amendment_plan_id_number")),
    )
    op.create_index(
        "ix_amendment_effective_on_waiting",
        "amendment",
        ["effective_on"],
        unique=False,
        postgresql_where=sa.text("state = 'issued' and applied_at is null"),
    )
    op.create_index("ix_amendment_plan_id_id", "amendment", ["plan_id", "id"], unique=False)
    op.create_table(
        "plan_relation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column(
            "relation",
            sa.Enum(
                "follows",
                "amends",
                "replaces",
                "implements",
                name="relation",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("other_plan_id", sa.Uuid(), nullable=True),
        sa.Column("reference", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "num_nonnulls(other_plan_id, reference) = 1", name=op.f("ck_plan_relation_one_other")
        ),
        sa.CheckConstraint("other_plan_id <> plan_id", name=op.f("ck_plan_relation_two_plans")),
        sa.ForeignKeyConstraint(
            ["other_plan_id"],
            ["plan.id"],
            name=op.f("fk_plan_relation_other_plan_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["plan.id"], name=op.f("fk_plan_relation_plan_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_relation")),
        sa.UniqueConstraint(
            "plan_id",
            "relation",
            "other_plan_id",
            name=op.f("uq_plan_relation_plan_id_relation_other_plan_id"),
        ),
        sa.UniqueConstraint(
            "plan_id", "relation", "reference", name="uq_plan_relation_plan_id_reference"
        ),
    )
    op.create_index(
        "ix_plan_relation_other_plan_id_relation",
        "plan_relation",
        ["other_plan_id", "relation"],
        unique=False,
    )
    op.create_table(
        "amendment_item",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("amendment_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column(
            "change",
            sa.Enum(
                "add",
                "change",
                "drop",
                "reassign",
                "resolve",
                name="change",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("task_id", sa.Uuid(), nullable=True),
        sa.Column("task_version", sa.Integer(), nullable=True),
        sa.Column(
            "before", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True
        ),
        sa.Column(
            "after", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True
        ),
        sa.CheckConstraint(
            "(change = 'add') = (before is null) and (change = 'drop') = (after is null)",
            name=op.f("ck_amendment_item_words_of_change"),
        ),
        sa.CheckConstraint(
            "change = 'add' or num_nulls(task_id, task_version) = 0",
            name=op.f("ck_amendment_item_task_named"),
        ),
        sa.ForeignKeyConstraint(
            ["amendment_id"],
            ["amendment.id"],
            name=op.f("fk_amendment_item_amendment_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["task_id"], ["task.id"], name=op.f("fk_amendment_item_task_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_amendment_item")),
        sa.UniqueConstraint(
            "amendment_id", "position", name=op.f("uq_amendment_item_amendment_id_position")
        ),
    )
    op.create_index(op.f("ix_amendment_item_task_id"), "amendment_item", ["task_id"], unique=False)
    op.add_column("assignee", sa.Column("named_on", sa.Date(), nullable=True))
    op.add_column("assignee", sa.Column("ended_on", sa.Date(), nullable=True))
    op.create_check_constraint(op.f("ck_assignee_named_period"), "assignee", "named_on <= ended_on")
    op.add_column(
        "plan", sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False)
    )
    op.add_column(
        "task", sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False)
    )
    op.add_column("task", sa.Column("in_force_on", sa.Date(), nullable=True))
    op.add_column("task", sa.Column("dropped_on", sa.Date(), nullable=True))


def downgrade() -> None:
    op.drop_column("task", "dropped_on")
    op.drop_column("task", "in_force_on")
    op.drop_column("task", "version")
    op.drop_column("plan", "version")
    op.drop_constraint(op.f("ck_assignee_named_period"), "assignee", type_="check")
    op.drop_column("assignee", "ended_on")
    op.drop_column("assignee", "named_on")
    op.drop_index(op.f("ix_amendment_item_task_id"), table_name="amendment_item")
    op.drop_table("amendment_item")
    op.drop_index("ix_plan_relation_other_plan_id_relation", table_name="plan_relation")
    op.drop_table("plan_relation")
    op.drop_index("ix_amendment_plan_id_id", table_name="amendment")
    op.drop_index(
        "ix_amendment_effective_on_waiting",
        table_name="amendment",
        postgresql_where=sa.text("state = 'issued' and applied_at is null"),
    )
    op.drop_table("amendment")
