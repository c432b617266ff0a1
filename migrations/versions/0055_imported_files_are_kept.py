"""imported files are kept"""

import sqlalchemy as sa
from alembic import op

revision = "0055"
down_revision = "0046"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "plan_import_file",
        sa.Column("plan_import_id", sa.Uuid(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("plan_import_id", name=op.f("pk_plan_import_file")),
        sa.ForeignKeyConstraint(
            ["plan_import_id"],
            ["plan_import.id"],
            name=op.f("fk_plan_import_file_plan_import_id"),
            ondelete="RESTRICT",
        ),
    )


def downgrade() -> None:
    op.drop_table("plan_import_file")
