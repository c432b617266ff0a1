"""plans have short titles"""

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0039"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("plan", sa.Column("short_title", sa.Text()))


def downgrade() -> None:
    op.drop_column("plan", "short_title")
