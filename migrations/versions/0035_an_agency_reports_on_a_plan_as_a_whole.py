"""an agency reports on a plan as a whole

A report request is answered once by each agency, or for each assignment as those of before.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from app.models.sql_files import function_file, run_file
from app.models.submission import PERIOD_FORM

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

STATUSES = "'expected', 'draft', 'submitted', 'returned', 'accepted', 'waived'"


def upgrade() -> None:
    op.create_table(
        "agency_report",
        *_row(),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        _link("plan_id", "plan"),
        _link("agency_id", "agency"),
        _link("report_request_id", "report_request", nullable=True),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("data_from", sa.Date(), nullable=False),
        sa.Column("data_to", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("status", sa.String(32), nullable=False),
        sa.Column("draft", postgresql.JSONB()),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("received_on", sa.Date()),
        sa.Column("accepted_attempt", sa.Integer()),
        sa.Column("waived_reason", sa.Text()),
        sa.UniqueConstraint("plan_id", "agency_id", "period"),
        sa.CheckConstraint(f"status in ({STATUSES})", name="status"),
        sa.CheckConstraint("data_from <= data_to", name="data_window"),
        sa.CheckConstraint(f"period ~ '{PERIOD_FORM}'", name="period_form"),
        sa.CheckConstraint("status <> 'draft' or draft is not null", name="draft_has_content"),
        sa.CheckConstraint(
            "status not in ('submitted', 'accepted', 'returned')"
            " or (attempts > 0 and received_on is not null)",
            name="filed_has_attempt",
        ),
        sa.CheckConstraint(
            "accepted_attempt is null or status in ('accepted', 'submitted')",
            name="accepted_attempt_stands",
        ),
        sa.CheckConstraint(
            "status <> 'accepted' or accepted_attempt is not null", name="accepted_has_attempt"
        ),
        sa.CheckConstraint(
            "(status = 'waived') = (waived_reason is not null)", name="waived_has_reason"
        ),
    )
    op.create_index("ix_agency_report_agency_id", "agency_report", ["agency_id"])
    op.create_index(
        "ix_agency_report_report_request_id",
        "agency_report",
        ["report_request_id"],
        postgresql_where=sa.text("report_request_id is not null"),
    )
    op.create_table(
        "agency_report_attempt",
        *_row(),
        _link("agency_report_id", "agency_report"),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("content", postgresql.JSONB(), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        _link("agency_id", "agency"),
        _link("client_id", "client"),
        _link("entered_by_id", "agency", nullable=True),
        sa.UniqueConstraint("agency_report_id", "number"),
    )
    op.create_table(
        "agency_report_part",
        *_row(),
        _link("agency_report_attempt_id", "agency_report_attempt"),
        _link("submission_attempt_id", "submission_attempt"),
        sa.UniqueConstraint("agency_report_attempt_id", "submission_attempt_id"),
    )
    op.create_index(
        "ix_agency_report_part_submission_attempt_id",
        "agency_report_part",
        ["submission_attempt_id"],
    )
    op.create_table(
        "agency_report_review",
        *_row(),
        _link("attempt_id", "agency_report_attempt"),
        sa.Column("decision", sa.String(32), nullable=False),
        sa.Column("reason", sa.Text()),
        sa.Column("received_on", sa.Date()),
        sa.Column("received_reason", sa.Text()),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        _link("agency_id", "agency"),
        _link("client_id", "client"),
        sa.UniqueConstraint("attempt_id"),
        sa.CheckConstraint("decision in ('accepted', 'returned', 'withdrawn')", name="decision"),
        sa.CheckConstraint(
            "decision <> 'returned' or reason is not null", name="returned_has_reason"
        ),
        sa.CheckConstraint(
            "(received_on is null) = (received_reason is null)", name="received_on_has_reason"
        ),
    )
    run_file(op.get_bind(), function_file("refuse_change", revision))
    op.add_column("report_request", sa.Column("answered_by", sa.String(32)))
    op.execute("update report_request set answered_by = 'assignment'")
    op.alter_column("report_request", "answered_by", nullable=False)
    op.create_check_constraint(
        "answered_by", "report_request", "answered_by in ('agency', 'assignment')"
    )


def downgrade() -> None:
    op.drop_column("report_request", "answered_by")
    for table in ("review", "part", "attempt"):
        op.drop_table(f"agency_report_{table}")
    run_file(op.get_bind(), function_file("refuse_change", "0033"))
    op.drop_table("agency_report")


def _row() -> list[sa.Column[Any]]:
    return [
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    ]


def _link(name: str, table: str, *, nullable: bool = False) -> sa.Column[Any]:
    key = sa.ForeignKey(f"{table}.id", ondelete="RESTRICT")
    return sa.Column(name, sa.Uuid(), key, nullable=nullable)
