"""a workload is read by its role

An agency that leads little and coordinates much had all that it coordinates gone through for the
first page of what it leads, and the closed plans of all years for what is open.
"""

from alembic import op

revision = "0079"
down_revision = "0078"
branch_labels = None
depends_on = None

INDEX = "ix_assignment_state_workload"
ORDER = "workload_rank(status), coalesce(deadline_on, 'infinity'::date), plan_id, assignment_id"


def upgrade() -> None:
    # Requests go on meanwhile; a large table takes minutes, and waits for who has begun to read it.
    with op.get_context().autocommit_block():
        op.execute("set statement_timeout = 0")
        op.execute("set lock_timeout = 0")
        # One that an earlier attempt has left unfinished.
        op.execute(f"drop index concurrently if exists {INDEX}_new")
        op.execute(
            f"create index concurrently {INDEX}_new on assignment_state"
            f" (agency_id, role, plan_closed, {ORDER}) where until is null"
        )
        op.execute("set lock_timeout = '4s'")
        op.execute("set statement_timeout = '30s'")
    op.execute(f"drop index if exists {INDEX}")
    op.execute(f"alter index {INDEX}_new rename to {INDEX}")


def downgrade() -> None:
    op.execute(f"drop index {INDEX}")
    op.execute(f"create index {INDEX} on assignment_state (agency_id, {ORDER}) where until is null")
