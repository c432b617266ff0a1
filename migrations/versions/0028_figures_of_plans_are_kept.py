"""figures of plans are kept

The sums are laid out anew afterwards, by the worker or by `tiendo figures rebuild`; until then
figures are counted from the rows.
"""

import sqlalchemy as sa
from alembic import op

from app.models.sql_files import function_file, run_file

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

NUMBERS = (
    "not_started",
    "in_progress",
    "awaiting_confirmation",
    "completed",
    "not_applicable",
    "suspended",
    "revoked",
    "awaiting_handover",
    *(
        f"{deadline}_{kind}"
        for deadline in ("current", "original")
        for kind in (
            "on_time",
            "late",
            "completed_no_deadline",
            "overdue",
            "long_overdue",
            "due_soon",
            "no_deadline",
        )
    ),
)


def upgrade() -> None:
    op.create_table(
        "plan_figure",
        *(sa.Column(name, sa.Integer(), nullable=False) for name in NUMBERS),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.String(length=32), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.CheckConstraint("role in ('lead', 'coordinating')", name=op.f("ck_plan_figure_role")),
        sa.PrimaryKeyConstraint("plan_id", "role", "since", name=op.f("pk_plan_figure")),
    )
    # Nobody adds to the log between its end and the first row that names its plan.
    op.execute("lock table figure_change in access exclusive mode")
    op.execute("delete from figure_basis")
    op.execute("truncate figure_change")
    op.add_column("figure_change", sa.Column("plan_id", sa.Uuid(), nullable=False))
    run_file(op.get_bind(), function_file("log_figure_change", revision))


def downgrade() -> None:
    op.execute("lock table figure_change in access exclusive mode")
    run_file(op.get_bind(), function_file("log_figure_change", "0026"))
    op.drop_column("figure_change", "plan_id")
    op.drop_table("plan_figure")
