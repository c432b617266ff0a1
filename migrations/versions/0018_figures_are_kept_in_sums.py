"""figures are kept in sums"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

NUMBERS = (
    "not_started",
    "in_progress",
    "awaiting_confirmation",
    "completed",
    "not_applicable",
    "suspended",
    "revoked",
    "awaiting_handover",
    "current_on_time",
    "current_late",
    "current_completed_no_deadline",
    "current_overdue",
    "current_long_overdue",
    "current_due_soon",
    "current_no_deadline",
    "original_on_time",
    "original_late",
    "original_completed_no_deadline",
    "original_overdue",
    "original_long_overdue",
    "original_due_soon",
    "original_no_deadline",
)
WORKLOAD_RANK = """
create or replace function workload_rank(status text) returns integer
language sql immutable parallel safe as $$
  select case when status in ('not_started', 'in_progress', 'awaiting_confirmation') then 0
              when status = 'completed' then 1 else 2 end
$$
"""
STATE = (
    "since, until, agency_id, role, occurrence, deadline_on, original_deadline_on, status,"
    " awaits_handover, reported_on, completed_on"
)
LOG_FIGURE_CHANGE = f"""
create or replace function log_figure_change() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' then
    insert into figure_change (weight, {STATE})
    select 1, {STATE} from state_after;
  elsif tg_op = 'DELETE' then
    insert into figure_change (weight, {STATE})
    select -1, {STATE} from state_before;
  else
    insert into figure_change (weight, {STATE})
    select -1, {STATE} from state_before
    union all select 1, {STATE} from state_after;
  end if;
  return null;
end $$
"""  # noqa: S608 - columns of our own
LOG_FIGURES = {
    "insert": "new table as state_after",
    "update": "old table as state_before new table as state_after",
    "delete": "old table as state_before",
}


def upgrade() -> None:
    op.create_table(
        "figure",
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("occurrence", sa.Text(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "lead",
                "coordinating",
                name="role",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("since", sa.Date(), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in NUMBERS),
        sa.PrimaryKeyConstraint("agency_id", "occurrence", "role", "since", name=op.f("pk_figure")),
    )
    op.create_table(
        "figure_basis",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("due_soon_days", sa.Integer(), nullable=False),
        sa.Column("laid_out_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_figure_basis_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_figure_basis")),
    )
    op.create_table(
        "figure_change",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("weight", sa.SmallInteger(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("occurrence", sa.Text(), nullable=False),
        sa.Column("deadline_on", sa.Date(), nullable=True),
        sa.Column("original_deadline_on", sa.Date(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("awaits_handover", sa.Boolean(), nullable=False),
        sa.Column("reported_on", sa.Date(), nullable=True),
        sa.Column("completed_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_figure_change")),
    )
    op.drop_index(op.f("ix_assignment_state_agency_id_since"), table_name="assignment_state")
    op.create_index(
        "ix_assignment_state_agency_id_until",
        "assignment_state",
        ["agency_id", "until"],
        unique=False,
    )
    op.execute(WORKLOAD_RANK)
    op.create_index(
        "ix_assignment_state_workload",
        "assignment_state",
        [
            "agency_id",
            sa.literal_column("workload_rank(status)"),
            sa.literal_column("coalesce(deadline_on, 'infinity'::date)"),
            "plan_id",
            "assignment_id",
        ],
        unique=False,
        postgresql_where=sa.text("until is null"),
    )
    op.create_index(
        "ix_plan_issued_on_id",
        "plan",
        [sa.literal_column("coalesce(issued_on, 'infinity'::date)"), "id"],
        unique=False,
    )
    # What is there is counted row by row until the worker has laid it out.
    op.execute(LOG_FIGURE_CHANGE)
    for event, tables in LOG_FIGURES.items():
        op.execute(
            f"create trigger log_figure_{event} after {event} on assignment_state"
            f" referencing {tables} for each statement execute function log_figure_change()"
        )


def downgrade() -> None:
    for event in LOG_FIGURES:
        op.execute(f"drop trigger log_figure_{event} on assignment_state")
    op.execute("drop function log_figure_change()")
    op.drop_index("ix_plan_issued_on_id", table_name="plan")
    op.drop_index(
        "ix_assignment_state_workload",
        table_name="assignment_state",
        postgresql_where=sa.text("until is null"),
    )
    op.execute("drop function workload_rank(text)")
    op.drop_index("ix_assignment_state_agency_id_until", table_name="assignment_state")
    op.create_index(
        op.f("ix_assignment_state_agency_id_since"),
        "assignment_state",
        ["agency_id", "since"],
        unique=False,
    )
    op.drop_table("figure_change")
    op.drop_table("figure_basis")
    op.drop_table("figure")
