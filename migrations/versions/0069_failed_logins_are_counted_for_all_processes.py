"""failed logins are counted for all processes"""

import sqlalchemy as sa
from alembic import op

revision = "0069"
down_revision = "0068"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "failed_login",
        sa.Column("source", sa.LargeBinary(), nullable=False),
        sa.Column("counted_until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("source", name=op.f("pk_failed_login")),
        prefixes=["UNLOGGED"],
    )


def downgrade() -> None:
    op.drop_table("failed_login")
