"""a plan has the day from which it is followed up"""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

CHECK = "ck_plan_tracked_since_issue"


def upgrade() -> None:
    op.add_column("plan", sa.Column("tracked_from", sa.Date()))
    op.execute(f"alter table plan add constraint {CHECK} check (issued_on <= tracked_from)")


def downgrade() -> None:
    op.drop_column("plan", "tracked_from")
