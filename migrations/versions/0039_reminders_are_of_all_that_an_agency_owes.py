"""reminders are of all that an agency owes

A reminder is also about an agency's report that a document asks for, and about the focal point or
action plan that the agency has not named. An agency report has the days from which it was expected
and waived, and keeps from whom it came to a successor, so that figures of past days can count it.
"""

import sqlalchemy as sa
from alembic import op

from app.models.sql_files import function_file, run_file

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None

SUBJECT_OF_KIND = (
    "(kind in ('assignment', 'submission')) = (assignment_id is not null)"
    " and (kind = 'submission') = (submission_id is not null)"
    " and (kind = 'agency_report') = (agency_report_id is not null)"
    " and (assignment_id is null) = (agency_id is not null)"
)
WAIVED = "num_nulls(waived_reason, waived_on) = case status when 'waived' then 0 else 2 end"
WAIVED_BEFORE = "(status = 'waived') = (waived_reason is not null)"
KINDS = ("assignment", "submission", "agency_report", "focal_point", "action_plan")
# Days are the province's. Of a report without a request, the row came when it was first written.
FILL_DAYS = """
update agency_report o
   set expected_on = coalesce(
         (select q.asked_on from report_request q where q.id = o.report_request_id),
         (o.created_at at time zone 'Asia/Ho_Chi_Minh')::date),
       waived_on = case when o.status = 'waived' then coalesce(
         (select q.withdrawn_on from report_request q where q.id = o.report_request_id),
         (o.updated_at at time zone 'Asia/Ho_Chi_Minh')::date) end
"""


def upgrade() -> None:
    extend_items()
    for name in ("agency_reports", "missing"):
        op.add_column("reminder", sa.Column(name, sa.Integer(), server_default="0", nullable=False))
        op.alter_column("reminder", name, server_default=None)
    op.add_column("agency_report", sa.Column("expected_on", sa.Date()))
    op.add_column("agency_report", sa.Column("waived_on", sa.Date()))
    op.execute(FILL_DAYS)
    op.alter_column("agency_report", "expected_on", nullable=False)
    op.drop_constraint(op.f("ck_agency_report_waived_has_reason"), "agency_report")
    op.create_check_constraint(op.f("ck_agency_report_waived_has_reason"), "agency_report", WAIVED)
    op.create_table(
        "agency_report_move",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("agency_report_id", sa.Uuid(), nullable=False),
        sa.Column("moved_on", sa.Date(), nullable=False),
        sa.Column("from_agency_id", sa.Uuid(), nullable=False),
        sa.Column("to_agency_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["agency_report_id"], ["agency_report.id"], ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["from_agency_id"], ["agency.id"], ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["to_agency_id"], ["agency.id"], ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "ix_agency_report_move_agency_report_id_moved_on",
        "agency_report_move",
        ["agency_report_id", "moved_on"],
    )
    run_file(op.get_bind(), function_file("refuse_change", revision))


def extend_items() -> None:
    """Let an item be about more than an assignment or a submission; those that stand are either."""
    kind = "case when submission_id is null then 'assignment' else 'submission' end"
    # Items are never rewritten: their kind is computed while the table is written anew.
    op.execute(
        f"alter table reminder_item add column kind varchar(32) generated always as ({kind}) stored"
    )
    op.execute("alter table reminder_item alter column kind drop expression")
    op.alter_column("reminder_item", "kind", nullable=False)
    listed = ", ".join(f"'{one}'" for one in KINDS)
    op.create_check_constraint(
        op.f("ck_reminder_item_kind"), "reminder_item", f"kind in ({listed})"
    )
    op.alter_column("reminder_item", "assignment_id", nullable=True)
    for name, table in (("agency_id", "agency"), ("agency_report_id", "agency_report")):
        key = sa.ForeignKey(f"{table}.id", ondelete="RESTRICT")
        op.add_column("reminder_item", sa.Column(name, sa.Uuid(), key))
    op.create_check_constraint(
        op.f("ck_reminder_item_subject_of_kind"), "reminder_item", SUBJECT_OF_KIND
    )
    op.create_index(
        "ix_reminder_item_agency_report_id",
        "reminder_item",
        ["agency_report_id"],
        postgresql_where=sa.text("agency_report_id is not null"),
    )


def downgrade() -> None:
    op.execute("drop trigger refuse_change on reminder_item")
    op.execute("delete from reminder_item where assignment_id is null")
    op.drop_index("ix_reminder_item_agency_report_id")
    op.drop_constraint(op.f("ck_reminder_item_subject_of_kind"), "reminder_item")
    for name in ("agency_report_id", "agency_id", "kind"):
        op.drop_column("reminder_item", name)
    op.alter_column("reminder_item", "assignment_id", nullable=False)
    for name in ("agency_reports", "missing"):
        op.drop_column("reminder", name)
    op.drop_table("agency_report_move")
    op.drop_constraint(op.f("ck_agency_report_waived_has_reason"), "agency_report")
    for name in ("waived_on", "expected_on"):
        op.drop_column("agency_report", name)
    op.create_check_constraint(
        op.f("ck_agency_report_waived_has_reason"), "agency_report", WAIVED_BEFORE
    )
    run_file(op.get_bind(), function_file("refuse_change", "0035"))
