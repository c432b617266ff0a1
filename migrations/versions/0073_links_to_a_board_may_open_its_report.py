"""links to a board may open its report"""

import sqlalchemy as sa
from alembic import op

revision = "0073"
down_revision = "0072"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "page_link",
        sa.Column("opens_report", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    op.alter_column("page_link", "opens_report", server_default=None)


def downgrade() -> None:
    op.drop_column("page_link", "opens_report")
