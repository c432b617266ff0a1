"""what was wrong on an issued plan is corrected and kept

A plan names its recipients beside its overseers and says who signed it; a closed one is reopened,
a draft is discarded.
"""

import uuid

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from app.models.sql_files import function_file, run_file

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "plan_party",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        _link("plan"),
        sa.Column("role", sa.String(32), nullable=False),
        _link("agency"),
        sa.UniqueConstraint("plan_id", "role", "agency_id"),
        sa.CheckConstraint("role in ('overseer', 'recipient')", name="role"),
    )
    op.create_index("ix_plan_party_agency_id", "plan_party", ["agency_id"])
    op.execute(
        "insert into plan_party (id, created_at, plan_id, role, agency_id)"
        " select id, created_at, plan_id, 'overseer', agency_id from plan_overseer"
    )
    op.drop_table("plan_overseer")
    op.add_column("plan", sa.Column("signer", sa.Text()))
    op.add_column("plan", sa.Column("discarded_at", sa.DateTime(timezone=True)))
    op.create_check_constraint(
        "discarded_is_draft", "plan", "discarded_at is null or status = 'draft'"
    )
    op.create_table(
        "plan_action",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        _link("plan"),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("action", sa.String(32), nullable=False),
        sa.Column("before", postgresql.JSONB(), nullable=False),
        sa.Column("after", postgresql.JSONB(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("basis", sa.Text()),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=False),
        _link("agency"),
        _link("client"),
        sa.UniqueConstraint("plan_id", "number"),
        sa.CheckConstraint("action in ('corrected', 'reopened')", name="action"),
        sa.CheckConstraint("action <> 'reopened' or basis is not null", name="has_basis"),
    )
    run_file(op.get_bind(), function_file("refuse_change", revision))


def downgrade() -> None:
    op.drop_table("plan_action")
    run_file(op.get_bind(), function_file("refuse_change", "0025"))
    op.drop_constraint("ck_plan_discarded_is_draft", "plan")
    op.drop_column("plan", "discarded_at")
    op.drop_column("plan", "signer")
    op.create_table(
        "plan_overseer",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        _link("plan"),
        _link("agency"),
        sa.UniqueConstraint("plan_id", "agency_id"),
    )
    op.create_index("ix_plan_overseer_agency_id", "plan_overseer", ["agency_id"])
    op.execute(
        "insert into plan_overseer (id, created_at, plan_id, agency_id)"
        " select id, created_at, plan_id, agency_id from plan_party where role = 'overseer'"
    )
    op.drop_table("plan_party")


def _link(table: str) -> sa.Column[uuid.UUID]:
    key = sa.ForeignKey(f"{table}.id", ondelete="RESTRICT")
    return sa.Column(f"{table}_id", sa.Uuid(), key, nullable=False)
