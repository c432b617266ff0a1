"""a lease names the worker that has it

So that what a dead worker leaves is taken up at once, and not when its lease has ended.
"""

import sqlalchemy as sa
from alembic import op

revision = "0068"
down_revision = "0067"
branch_labels = None
depends_on = None

TABLES = ("webhook_queue", "operation")


def upgrade() -> None:
    for table in TABLES:
        op.add_column(table, sa.Column("leased_by", sa.Integer(), nullable=True))


def downgrade() -> None:
    for table in TABLES:
        op.drop_column(table, "leased_by")
