"""imports are opened by link"""

from alembic import op

revision = "0056"
down_revision = "0055"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _pages("'board', 'import'")


def downgrade() -> None:
    op.execute("delete from page_link where page = 'import'")
    _pages("'board'")


def _pages(values: str) -> None:
    op.execute("alter table page_link drop constraint ck_page_link_page")
    op.execute(f"alter table page_link add constraint ck_page_link_page check (page in ({values}))")
