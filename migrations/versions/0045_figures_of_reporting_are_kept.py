"""figures of reporting are kept

What changes is logged from now on. The sums are laid out anew afterwards, by the worker or by
`tiendo figures rebuild`; until then figures are counted from the rows.
"""

import sqlalchemy as sa
from alembic import op

from app.models.sql_files import function_file, run_file

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None

FUNCTION = "log_reporting_change"
NUMBERS = (
    "waived",
    "filed_early",
    "on_time",
    "late",
    "set_aside",
    "not_due",
    "due_today",
    "overdue_up_to_7",
    "overdue_up_to_30",
    "overdue_up_to_365",
    "overdue_longer",
    "waiting",
    "accepted",
    "returned",
)
TABLES = {"reporting_figure": "agency_id", "plan_reporting_figure": "plan_id"}
"""The sums, and of what they are."""
TRIGGERS = {
    "submission": ("insert", "update"),
    "submission_attempt": ("insert",),
    "submission_review": ("insert",),
    "submission_move": ("insert", "delete"),
    "submission_waiver": ("insert",),
    "agency_report": ("insert", "update"),
    "agency_report_attempt": ("insert",),
    "agency_report_review": ("insert",),
    "agency_report_move": ("insert",),
    "assignment": ("update",),
    "assignment_state": ("insert", "update", "delete"),
}


def upgrade() -> None:
    for table, of in TABLES.items():
        op.create_table(
            table,
            *(sa.Column(name, sa.Integer(), nullable=False) for name in NUMBERS),
            sa.Column(of, sa.Uuid(), nullable=False),
            sa.Column("period", sa.Text(), nullable=False),
            sa.Column("role", sa.String(length=32), nullable=False),
            sa.Column("plan_closed", sa.Boolean(), nullable=False),
            sa.Column("since", sa.Date(), nullable=False),
            _of_role(table),
            sa.PrimaryKeyConstraint(
                of, "period", "role", "plan_closed", "since", name=op.f(f"pk_{table}")
            ),
        )
    _spans()
    op.create_table(
        "reporting_change",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("report_id", sa.Uuid(), nullable=True),
        sa.Column("assignment_id", sa.Uuid(), nullable=True),
        sa.Column("plan_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "num_nonnulls(report_id, assignment_id, plan_id) = 1",
            name=op.f("ck_reporting_change_of_one"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reporting_change")),
    )
    run_file(op.get_bind(), function_file(FUNCTION, revision))
    op.execute("delete from figure_basis")


def downgrade() -> None:
    for table, events in TRIGGERS.items():
        for event in events:
            op.execute(f"drop trigger log_reporting_{event} on {table}")
    op.execute(f"drop function {FUNCTION}()")
    for table in ("reporting_change", "reporting_span", *TABLES):
        op.drop_table(table)


def _of_role(table: str) -> sa.CheckConstraint:
    return sa.CheckConstraint("role in ('lead', 'coordinating')", name=op.f(f"ck_{table}_role"))


def _spans() -> None:
    op.create_table(
        "reporting_span",
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("role", sa.String(length=32), nullable=False),
        sa.Column("plan_closed", sa.Boolean(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("filed_on", sa.Date(), nullable=True),
        sa.Column("review", sa.Text(), nullable=True),
        sa.Column("review_since", sa.Date(), nullable=True),
        _of_role("reporting_span"),
        sa.CheckConstraint("since < until", name=op.f("ck_reporting_span_span")),
        sa.PrimaryKeyConstraint("report_id", "since", name=op.f("pk_reporting_span")),
    )
    op.create_index(
        "ix_reporting_span_plan_id_agency_id", "reporting_span", ["plan_id", "agency_id"]
    )
    op.create_index(
        "ix_reporting_span_reviewed",
        "reporting_span",
        [sa.literal_column("daterange(since, until)")],
        postgresql_using="gist",
        postgresql_where=sa.text("review_since is not null"),
    )
