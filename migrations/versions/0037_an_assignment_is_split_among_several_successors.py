"""an assignment is split among several successors"""

import sqlalchemy as sa
from alembic import op

from app.models.sql_files import function_file, run_file

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None

BEFORE = (
    "not_started",
    "in_progress",
    "awaiting_confirmation",
    "completed",
    "not_applicable",
    "suspended",
    "revoked",
    "merged",
)
COLUMNS = (
    ("assignment", "status"),
    ("assignment_state", "status"),
    ("assignment_action", "from_status"),
    ("assignment_action", "to_status"),
)


def upgrade() -> None:
    key = sa.ForeignKey("assignment.id", ondelete="RESTRICT")
    op.add_column("assignment", sa.Column("split_from_id", sa.Uuid(), key))
    op.create_index(
        "ix_assignment_split_from_id",
        "assignment",
        ["split_from_id"],
        postgresql_where=sa.text("split_from_id is not null"),
    )
    fence((*BEFORE, "split"))
    run_file(op.get_bind(), function_file("supersede_extensions", revision))


def downgrade() -> None:
    # What was split is owed no more; its parts stay with those who owe them.
    op.execute("update assignment set status = 'revoked' where status = 'split'")
    op.execute("update assignment_state set status = 'revoked' where status = 'split'")
    fence(BEFORE)
    run_file(op.get_bind(), function_file("supersede_extensions", "0025"))
    op.drop_index("ix_assignment_split_from_id")
    op.drop_column("assignment", "split_from_id")


def fence(statuses: tuple[str, ...]) -> None:
    """Let the columns of statuses hold these and no others."""
    listed = ", ".join(f"'{status}'" for status in statuses)
    for table, column in COLUMNS:
        check = f"constraint ck_{table}_{column}"
        op.execute(f"alter table {table} drop {check}")
        op.execute(f"alter table {table} add {check} check ({column} in ({listed})) not valid")
        op.execute(f"alter table {table} validate {check}")
