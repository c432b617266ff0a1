"""the first regime that somebody chooses takes the running period"""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

# A plan that was issued without a regime got one in the same transaction.
MARK = """
update reporting_regime r set is_default = true
  from plan p
 where p.id = r.plan_id and r.preset is null and r.name is null and r.basis is null
   and r.created_at between p.issued_at - interval '1 minute' and p.issued_at + interval '1 minute'
   and not exists (select from reporting_regime o where o.plan_id = r.plan_id and o.id <> r.id)
"""


def upgrade() -> None:
    for name in ("is_default", "cuts_running"):
        op.add_column(
            "reporting_regime",
            sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.text("false")),
        )
    op.execute(MARK)


def downgrade() -> None:
    for name in ("cuts_running", "is_default"):
        op.drop_column("reporting_regime", name)
