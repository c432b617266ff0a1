"""lists of many years are read by index"""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

INDEXES: dict[str, tuple[str, list[str | sa.TextClause]]] = {
    "ix_assignment_task_id_id": ("assignment", ["task_id", "id"]),
    "ix_submission_is_late_id": ("submission", [sa.text("(submitted_on > due_on)"), "id"]),
    "ix_submission_status_updated_at_id": ("submission", ["status", "updated_at", "id"]),
}


def upgrade() -> None:
    # Requests go on meanwhile; a large table takes minutes, and waits for who has begun to read it.
    with op.get_context().autocommit_block():
        op.execute("set statement_timeout = 0")
        op.execute("set lock_timeout = 0")
        for name, (table, columns) in INDEXES.items():
            # One that an earlier attempt has left unfinished.
            op.execute(f"drop index concurrently if exists {name}")
            op.create_index(name, table, columns, postgresql_concurrently=True)
        op.execute("set lock_timeout = '4s'")
        op.execute("set statement_timeout = '30s'")


def downgrade() -> None:
    for name, (table, _) in INDEXES.items():
        op.drop_index(name, table_name=table)
