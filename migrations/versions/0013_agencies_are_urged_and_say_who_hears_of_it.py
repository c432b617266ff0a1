"""agencies are urged and say who hears of it"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "reminder_day",
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("on_day", name=op.f("pk_reminder_day")),
    )
    op.create_table(
        "reminder_rule",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("days", postgresql.ARRAY(sa.Integer()), nullable=False),
        sa.Column("every_days", sa.Integer(), nullable=True),
        sa.Column("head_from", sa.Integer(), nullable=True),
        sa.Column("office_from", sa.Integer(), nullable=True),
        sa.CheckConstraint("cardinality(days) <= 20", name=op.f("ck_reminder_rule_days_are_few")),
        sa.CheckConstraint(
            "every_days between 1 and 366", name=op.f("ck_reminder_rule_every_days_range")
        ),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["plan.id"], name=op.f("fk_reminder_rule_plan_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reminder_rule")),
        sa.UniqueConstraint("plan_id", name=op.f("uq_reminder_rule_plan_id")),
    )
    op.create_table(
        "focal_point",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("assignment_id", sa.Uuid(), nullable=True),
        sa.Column(
            "level",
            sa.Enum(
                "focal",
                "head",
                "office",
                name="level",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("position", sa.Text(), nullable=True),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("corrected_at", sa.DateTime(timezone=True), nullable=True),
        postgresql.ExcludeConstraint(
            (sa.column("agency_id"), "="),
            (sa.text("coalesce(assignment_id, plan_id)"), "="),
            (sa.column("level"), "="),
            (sa.text("daterange(valid_from, valid_until)"), "&&"),
            where=sa.text("corrected_at is null"),
            using="gist",
            name="ex_focal_point_one_a_day",
        ),
        sa.CheckConstraint(
            "level <> 'office' or assignment_id is null",
            name=op.f("ck_focal_point_office_is_for_a_plan"),
        ),
        sa.CheckConstraint(
            "num_nonnulls(email, phone) > 0", name=op.f("ck_focal_point_can_be_reached")
        ),
        sa.CheckConstraint("valid_from < valid_until", name=op.f("ck_focal_point_valid_period")),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agency.id"], name=op.f("fk_focal_point_agency_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["assignment_id"],
            ["assignment.id"],
            name=op.f("fk_focal_point_assignment_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["plan.id"], name=op.f("fk_focal_point_plan_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_focal_point")),
    )
    op.create_index(op.f("ix_focal_point_agency_id"), "focal_point", ["agency_id"], unique=False)
    op.create_index(
        op.f("ix_focal_point_assignment_id"), "focal_point", ["assignment_id"], unique=False
    )
    op.create_index(
        "ix_focal_point_plan_id_agency_id", "focal_point", ["plan_id", "agency_id"], unique=False
    )
    op.create_table(
        "reminder",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column(
            "trigger",
            sa.Enum(
                "rule",
                "person",
                name="trigger",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column(
            "receiver",
            sa.Enum(
                "clients",
                "focal",
                "head",
                "office",
                name="receiver",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("receiver_key", sa.Text(), nullable=False),
        sa.Column("focal_point_id", sa.Uuid(), nullable=True),
        sa.Column("plan_id", sa.Uuid(), nullable=True),
        sa.Column("by_agency_id", sa.Uuid(), nullable=True),
        sa.Column("by_client_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("basis", sa.Text(), nullable=True),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("assignments", sa.Integer(), nullable=False),
        sa.Column("submissions", sa.Integer(), nullable=False),
        sa.Column(
            "mail_state",
            sa.Enum(
                "not_configured",
                "no_address",
                "queued",
                "sent",
                "failed",
                "cancelled",
                name="mail_state",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column(
            "mail_fault",
            sa.Enum(
                "not_connected",
                "tls_failed",
                "timeout",
                "not_authenticated",
                "deferred",
                "rejected",
                "broken_answer",
                name="mail_fault",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("next_try_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(mail_state = 'queued') = (next_try_at is not null)", name=op.f("ck_reminder_next_try")
        ),
        sa.CheckConstraint(
            "(mail_state = 'sent') = (sent_at is not null)", name=op.f("ck_reminder_sent_at_set")
        ),
        sa.CheckConstraint(
            "num_nonnulls(plan_id, by_agency_id, by_client_id, reason, basis, number)"
            " = case trigger when 'person' then 6 else 0 end",
            name=op.f("ck_reminder_by_a_person_with_a_reason"),
        ),
        sa.CheckConstraint(
            "(mail_state is null) = (focal_point_id is null)",
            name=op.f("ck_reminder_mail_goes_to_a_person"),
        ),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agency.id"], name=op.f("fk_reminder_agency_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["by_agency_id"],
            ["agency.id"],
            name=op.f("fk_reminder_by_agency_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["by_client_id"],
            ["client.id"],
            name=op.f("fk_reminder_by_client_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["focal_point_id"],
            ["focal_point.id"],
            name=op.f("fk_reminder_focal_point_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["plan.id"], name=op.f("fk_reminder_plan_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reminder")),
    )
    op.create_index(
        "ix_reminder_agency_id_on_day_id", "reminder", ["agency_id", "on_day", "id"], unique=False
    )
    op.create_index(
        "ix_reminder_next_try_at",
        "reminder",
        ["next_try_at"],
        unique=False,
        postgresql_where=sa.text("mail_state = 'queued'"),
    )
    op.create_index("ix_reminder_on_day_id", "reminder", ["on_day", "id"], unique=False)
    op.create_index(op.f("ix_reminder_plan_id"), "reminder", ["plan_id"], unique=False)
    op.create_index(
        "uq_reminder_on_day_agency_id_receiver_key_by_hand",
        "reminder",
        ["on_day", "agency_id", "plan_id", "receiver_key"],
        unique=True,
        postgresql_where=sa.text("trigger = 'person'"),
    )
    op.create_index(
        "uq_reminder_on_day_agency_id_receiver_key_by_rule",
        "reminder",
        ["on_day", "agency_id", "receiver_key"],
        unique=True,
        postgresql_where=sa.text("trigger = 'rule'"),
    )
    op.create_table(
        "reminder_item",
        sa.Column("reminder_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("assignment_id", sa.Uuid(), nullable=False),
        sa.Column("submission_id", sa.Uuid(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("step", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["assignment_id"],
            ["assignment.id"],
            name=op.f("fk_reminder_item_assignment_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["plan.id"], name=op.f("fk_reminder_item_plan_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["reminder_id"],
            ["reminder.id"],
            name=op.f("fk_reminder_item_reminder_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["submission.id"],
            name=op.f("fk_reminder_item_submission_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("reminder_id", "number", name=op.f("pk_reminder_item")),
    )
    op.create_index(
        "ix_reminder_item_assignment_id_submission_id",
        "reminder_item",
        ["assignment_id", "submission_id"],
        unique=False,
    )
    op.create_index(
        "ix_reminder_item_plan_id_reminder_id",
        "reminder_item",
        ["plan_id", "reminder_id"],
        unique=False,
    )
    op.execute(
        "create trigger refuse_change before update or delete on reminder_item"
        " for each row execute function refuse_change()"
    )


def downgrade() -> None:
    for table in ("reminder_item", "reminder", "focal_point", "reminder_rule", "reminder_day"):
        op.drop_table(table)
