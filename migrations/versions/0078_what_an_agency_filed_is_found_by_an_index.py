"""what an agency filed is found by an index

An agency goes on reading what it filed after the assignment went to another. Its list of
submissions begins with those instead of trying all that a province was ever to file.
"""

from alembic import op

revision = "0078"
down_revision = "0077"
branch_labels = None
depends_on = None

INDEX = "ix_submission_attempt_agency_id_submission_id"


def upgrade() -> None:
    # Requests go on meanwhile; a large table takes minutes, and waits for who has begun to read it.
    with op.get_context().autocommit_block():
        op.execute("set statement_timeout = 0")
        op.execute("set lock_timeout = 0")
        # One that an earlier attempt has left unfinished.
        op.execute(f"drop index concurrently if exists {INDEX}")
        op.create_index(
            INDEX,
            "submission_attempt",
            ["agency_id", "submission_id"],
            postgresql_concurrently=True,
        )
        op.execute("set lock_timeout = '4s'")
        op.execute("set statement_timeout = '30s'")


def downgrade() -> None:
    op.drop_index(INDEX, table_name="submission_attempt")
