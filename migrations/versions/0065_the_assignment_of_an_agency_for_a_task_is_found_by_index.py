"""the assignment of an agency for a task is found by index"""

from alembic import op

revision = "0065"
down_revision = "0056"
branch_labels = None
depends_on = None

INDEX = "ix_assignment_task_id_agency_id"


def upgrade() -> None:
    # Requests go on meanwhile; a large table takes minutes, and waits for who has begun to read it.
    with op.get_context().autocommit_block():
        op.execute("set statement_timeout = 0")
        op.execute("set lock_timeout = 0")
        # One that an earlier attempt has left unfinished.
        op.execute(f"drop index concurrently if exists {INDEX}")
        op.create_index(INDEX, "assignment", ["task_id", "agency_id"], postgresql_concurrently=True)
        op.execute("set lock_timeout = '4s'")
        op.execute("set statement_timeout = '30s'")


def downgrade() -> None:
    op.drop_index(INDEX, table_name="assignment")
