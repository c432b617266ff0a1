"""an import counts the rows of its file

What an earlier import left out was not written down, so nobody can count it now.
"""

from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        "update plan_import set reading = reading"
        """ || '{"file_rows": null, "left_out": []}'::jsonb"""
    )


def downgrade() -> None:
    op.execute("update plan_import set reading = reading - 'file_rows' - 'left_out'")
