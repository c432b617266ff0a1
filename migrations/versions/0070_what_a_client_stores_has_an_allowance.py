"""what a client stores has an allowance"""

import sqlalchemy as sa
from alembic import op

revision = "0070"
down_revision = "0069"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "storage_allowance",
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("paid_until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("client_id", name=op.f("pk_storage_allowance")),
        prefixes=["UNLOGGED"],
    )


def downgrade() -> None:
    op.drop_table("storage_allowance")
