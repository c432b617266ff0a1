"""links open the page of all plans"""

import sqlalchemy as sa
from alembic import op

revision = "0074"
down_revision = "0073"
branch_labels = None
depends_on = None

TABLE, OF_ALL = "page_link", "of_all_plans"


def upgrade() -> None:
    op.alter_column(TABLE, "plan_id", nullable=True)
    _pages("'board', 'import', 'boards'")
    op.create_check_constraint(OF_ALL, TABLE, "(page = 'boards') = (plan_id is null)")


def downgrade() -> None:
    op.drop_constraint(op.f(f"ck_{TABLE}_{OF_ALL}"), TABLE)
    op.execute(sa.text("delete from page_link where page = 'boards'"))
    _pages("'board', 'import'")
    op.alter_column(TABLE, "plan_id", nullable=False)


def _pages(known: str) -> None:
    op.drop_constraint(op.f(f"ck_{TABLE}_page"), TABLE)
    op.create_check_constraint("page", TABLE, f"page in ({known})")
