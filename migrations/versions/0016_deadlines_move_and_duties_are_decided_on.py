"""deadlines move and duties are decided on"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

UNCHANGEABLE = ("deadline_change", "assignment_action", "submission_waiver")
SUPERSEDE_EXTENSIONS = """
create or replace function supersede_extensions() returns trigger language plpgsql as $$
begin
  update extension
     set state = 'superseded', decided_at = new.updated_at, updated_at = new.updated_at
   where assignment_id = new.id and state = 'pending'
     and (new.status in ('completed', 'not_applicable', 'revoked', 'merged')
          or wanted_deadline_on <= new.deadline_on);
  return null;
end $$
"""


def upgrade() -> None:
    op.create_table(
        "assignment_action",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("assignment_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column(
            "action",
            sa.Enum(
                "suspended",
                "resumed",
                "revoked",
                "refused",
                "refusal_accepted",
                "refusal_rejected",
                "reopened",
                name="action",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "from_status",
            sa.Enum(
                "not_started",
                "in_progress",
                "awaiting_confirmation",
                "completed",
                "not_applicable",
                "suspended",
                "revoked",
                "merged",
                name="from_status",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "to_status",
            sa.Enum(
                "not_started",
                "in_progress",
                "awaiting_confirmation",
                "completed",
                "not_applicable",
                "suspended",
                "revoked",
                "merged",
                name="to_status",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("basis", sa.Text(), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "action in ('resumed', 'refusal_accepted') or reason is not null",
            name=op.f("ck_assignment_action_has_reason"),
        ),
        sa.CheckConstraint(
            "action not in ('suspended', 'revoked', 'reopened') or basis is not null",
            name=op.f("ck_assignment_action_has_basis"),
        ),
        sa.ForeignKeyConstraint(
            ["agency_id"],
            ["agency.id"],
            name=op.f("fk_assignment_action_agency_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["assignment_id"],
            ["assignment.id"],
            name=op.f("fk_assignment_action_assignment_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["client_id"],
            ["client.id"],
            name=op.f("fk_assignment_action_client_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignment_action")),
        sa.UniqueConstraint(
            "assignment_id", "number", name=op.f("uq_assignment_action_assignment_id_number")
        ),
    )
    op.create_table(
        "extension",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("assignment_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("old_deadline_on", sa.Date(), nullable=False),
        sa.Column("wanted_deadline_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "pending",
                "approved",
                "refused",
                "withdrawn",
                "superseded",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("granted_deadline_on", sa.Date(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by_id", sa.Uuid(), nullable=True),
        sa.Column("decided_for_id", sa.Uuid(), nullable=True),
        sa.Column("decision_reason", sa.Text(), nullable=True),
        sa.Column("decision_basis", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(state = 'approved') = (granted_deadline_on is not null)"
            " and (state <> 'approved' or decision_basis is not null)",
            name=op.f("ck_extension_approved_is_complete"),
        ),
        sa.CheckConstraint(
            "(state = 'pending') = (decided_at is null)", name=op.f("ck_extension_pending_is_open")
        ),
        sa.CheckConstraint(
            "case when state in ('pending', 'superseded')"
            " then num_nonnulls(decided_by_id, decided_for_id) = 0"
            " else num_nulls(decided_by_id, decided_for_id) = 0 end",
            name=op.f("ck_extension_decision_signed"),
        ),
        sa.CheckConstraint(
            "state <> 'refused' or decision_reason is not null",
            name=op.f("ck_extension_refused_has_reason"),
        ),
        sa.CheckConstraint(
            "granted_deadline_on = wanted_deadline_on"
            " or granted_deadline_on < wanted_deadline_on and decision_reason is not null",
            name=op.f("ck_extension_grants_no_more"),
        ),
        sa.CheckConstraint(
            "wanted_deadline_on > old_deadline_on", name=op.f("ck_extension_asks_for_more")
        ),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agency.id"], name=op.f("fk_extension_agency_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["assignment_id"],
            ["assignment.id"],
            name=op.f("fk_extension_assignment_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["client_id"], ["client.id"], name=op.f("fk_extension_client_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"],
            ["client.id"],
            name=op.f("fk_extension_decided_by_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["decided_for_id"],
            ["agency.id"],
            name=op.f("fk_extension_decided_for_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_extension")),
        sa.UniqueConstraint(
            "assignment_id", "number", name=op.f("uq_extension_assignment_id_number")
        ),
    )
    op.create_index("ix_extension_agency_id_id", "extension", ["agency_id", "id"], unique=False)
    op.create_index("ix_extension_state_id", "extension", ["state", "id"], unique=False)
    op.create_index(
        "uq_extension_assignment_id_pending",
        "extension",
        ["assignment_id"],
        unique=True,
        postgresql_where=sa.text("state = 'pending'"),
    )
    op.create_table(
        "deadline_change",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("assignment_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("old_deadline_on", sa.Date(), nullable=True),
        sa.Column("new_deadline_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("extension_id", sa.Uuid(), nullable=True),
        sa.Column("moved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("moved_on", sa.Date(), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "old_deadline_on is distinct from new_deadline_on",
            name=op.f("ck_deadline_change_is_change"),
        ),
        sa.CheckConstraint(
            "old_deadline_on is null or old_deadline_on < new_deadline_on or reason is not null",
            name=op.f("ck_deadline_change_less_time_has_reason"),
        ),
        sa.ForeignKeyConstraint(
            ["agency_id"],
            ["agency.id"],
            name=op.f("fk_deadline_change_agency_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["assignment_id"],
            ["assignment.id"],
            name=op.f("fk_deadline_change_assignment_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["client_id"],
            ["client.id"],
            name=op.f("fk_deadline_change_client_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["extension_id"],
            ["extension.id"],
            name=op.f("fk_deadline_change_extension_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deadline_change")),
        sa.UniqueConstraint(
            "assignment_id", "number", name=op.f("uq_deadline_change_assignment_id_number")
        ),
        sa.UniqueConstraint("extension_id", name=op.f("uq_deadline_change_extension_id")),
    )
    op.create_table(
        "submission_waiver",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submission_id", sa.Uuid(), nullable=False),
        sa.Column("waived_on", sa.Date(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.CheckConstraint("waived_on < ended_on", name=op.f("ck_submission_waiver_span")),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["submission.id"],
            name=op.f("fk_submission_waiver_submission_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_submission_waiver")),
        sa.UniqueConstraint(
            "submission_id", "waived_on", name=op.f("uq_submission_waiver_submission_id_waived_on")
        ),
    )
    op.add_column(
        "assignment",
        sa.Column(
            "refusal",
            sa.Enum(
                "pending",
                "rejected",
                name="refusal",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
    )
    op.create_index(
        "ix_assignment_refusal_pending",
        "assignment",
        ["id"],
        unique=False,
        postgresql_where=sa.text("refusal = 'pending'"),
    )
    op.execute(SUPERSEDE_EXTENSIONS)
    op.execute(
        "create trigger supersede_extensions after update on assignment for each row"
        " when (new.status is distinct from old.status and new.status in"
        " ('completed', 'not_applicable', 'revoked', 'merged')"
        " or new.deadline_on is distinct from old.deadline_on)"
        " execute function supersede_extensions()"
    )
    for table in UNCHANGEABLE:
        op.execute(
            f"create trigger refuse_change before update or delete on {table}"
            " for each row execute function refuse_change()"
        )


def downgrade() -> None:
    op.execute("drop trigger supersede_extensions on assignment")
    op.execute("drop function supersede_extensions")
    op.drop_index(
        "ix_assignment_refusal_pending",
        table_name="assignment",
        postgresql_where=sa.text("refusal = 'pending'"),
    )
    op.drop_column("assignment", "refusal")
    op.drop_table("submission_waiver")
    op.drop_table("deadline_change")
    op.drop_index(
        "uq_extension_assignment_id_pending",
        table_name="extension",
        postgresql_where=sa.text("state = 'pending'"),
    )
    op.drop_index("ix_extension_state_id", table_name="extension")
    op.drop_index("ix_extension_agency_id_id", table_name="extension")
    op.drop_table("extension")
    op.drop_table("assignment_action")
