"""events name their rows and are forgotten in order"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.types import UserDefinedType

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


class TransactionId(UserDefinedType[int]):
    def get_col_spec(self, **_: object) -> str:
        return "xid8"


FILL = """
update event set noun = split_part(type, '.', 2), row_id = split_part(subject, '/', 4)::uuid,
                 created_at = occurred_at
"""


def upgrade() -> None:
    added = (
        sa.Column("noun", sa.Text(), nullable=True),
        sa.Column("row_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=True),
    )
    for column in added:
        op.add_column("event", column)
    op.execute(FILL)
    for column in added:
        op.alter_column("event", column.name, nullable=False)
    op.create_table(
        "event_floor",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("transaction_id", TransactionId(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_event_floor_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event_floor")),
    )


def downgrade() -> None:
    op.drop_table("event_floor")
    for name in ("created_at", "row_id", "noun"):
        op.drop_column("event", name)
