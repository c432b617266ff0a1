"""reports of one agency, and over several plans"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0072"
down_revision = "0071"
branch_labels = None
depends_on = None

TABLE = "consolidated_report"
OF_PLAN = "uq_consolidated_report_plan_id_period"
OF_AGENCY = "uq_consolidated_report_plan_id_own_id_period"
FIRST = "kind = 'periodic' and version = 1"


def upgrade() -> None:
    agency = sa.ForeignKey("agency.id", ondelete="RESTRICT")
    op.add_column(TABLE, sa.Column("own_id", sa.Uuid(), agency, nullable=True))
    ids, none = postgresql.ARRAY(sa.Uuid()), sa.text("'{}'")
    op.add_column(TABLE, sa.Column("with_plan_ids", ids, nullable=False, server_default=none))
    op.alter_column(TABLE, "with_plan_ids", server_default=None)
    op.drop_index(OF_PLAN, TABLE)
    alone = f"{FIRST} and own_id is null and cardinality(with_plan_ids) = 0"
    for name, columns, where in (
        (OF_PLAN, ["plan_id", "period"], alone),
        (OF_AGENCY, ["plan_id", "own_id", "period"], FIRST),
    ):
        op.create_index(name, TABLE, columns, unique=True, postgresql_where=sa.text(where))


def downgrade() -> None:
    op.drop_index(OF_AGENCY, TABLE)
    op.drop_index(OF_PLAN, TABLE)
    op.create_index(
        OF_PLAN, TABLE, ["plan_id", "period"], unique=True, postgresql_where=sa.text(FIRST)
    )
    op.drop_column(TABLE, "with_plan_ids")
    op.drop_column(TABLE, "own_id")
