"""contact data is guarded by rows

A query that forgot its condition read the names and telephone numbers of every agency's contacts.
"""

from alembic import op

from app.models.sql_files import function_file, run_file

revision = "0076"
down_revision = "0075"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run_file(op.get_bind(), function_file("sees_contact", revision))


def downgrade() -> None:
    op.execute("drop function sees_contact")
    op.execute("drop policy of_who_works_with_them on focal_point")
    op.execute("alter table focal_point no force row level security")
    op.execute("alter table focal_point disable row level security")
