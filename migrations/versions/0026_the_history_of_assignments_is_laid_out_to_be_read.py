"""the history of assignments is laid out to be read

These functions do what they did, word for word; only their lines are broken otherwise.
"""

from alembic import op

from app.models.sql_files import function_file, run_file

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

FUNCTIONS = ("begin_assignment_state", "keep_assignment_state", "log_figure_change")


def upgrade() -> None:
    for name in FUNCTIONS:
        run_file(op.get_bind(), function_file(name, revision))


def downgrade() -> None:
    for name in FUNCTIONS:
        run_file(op.get_bind(), function_file(name, down_revision))
