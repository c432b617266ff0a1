"""contacts are guarded one by one

The policy on contacts put together all assignments that an agency leads before it looked at the
first contact: a second of 10,000,000 assignments, for each list of contacts.
"""

from alembic import op

from app.models.sql_files import function_file, run_file

revision = "0083"
down_revision = "0082"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run_file(op.get_bind(), function_file("sees_contact", revision))


def downgrade() -> None:
    run_file(op.get_bind(), function_file("sees_contact", "0076"))
