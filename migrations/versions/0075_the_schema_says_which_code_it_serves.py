"""the schema says which code it serves

Processes of the version before go on after a migration and end one by one. A migration that their
code does not work with says so here.
"""

import sqlalchemy as sa
from alembic import op

revision = "0075"
down_revision = "0074"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "code_served",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("since", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_code_served")),
        sa.CheckConstraint("id = 1", name=op.f("ck_code_served_one_row")),
    )
    op.execute("insert into code_served (id, since) values (1, '0066')")


def downgrade() -> None:
    op.drop_table("code_served")
