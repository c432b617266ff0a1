"""open duties are found by deadline"""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_assignment_deadline_on_at_work",
        "assignment",
        ["deadline_on", "plan_id"],
        postgresql_where=sa.text("status in ('not_started', 'in_progress')"),
    )


def downgrade() -> None:
    op.drop_index("ix_assignment_deadline_on_at_work", table_name="assignment")
