"""an attempt has its day of receipt, and who entered it"""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

CHECK = "ck_submission_review_received_on_has_reason"
# Since PostgreSQL 18 that a column is not null has a name, made of the column's.
NOT_NULL = """
do $$ begin
  if exists (select from pg_constraint
              where conname = 'submission_attempt_{old}_not_null' and contype = 'n') then
    alter table submission_attempt rename constraint submission_attempt_{old}_not_null
      to submission_attempt_{new}_not_null;
  end if;
end $$
"""


def upgrade() -> None:
    for table in ("submission", "submission_attempt"):
        op.alter_column(table, "submitted_on", new_column_name="received_on")
    op.execute(NOT_NULL.format(old="submitted_on", new="received_on"))
    op.add_column("submission_attempt", sa.Column("entered_by_id", sa.Uuid()))
    op.create_foreign_key(
        op.f("fk_submission_attempt_entered_by_id"),
        "submission_attempt",
        "agency",
        ["entered_by_id"],
        ["id"],
        ondelete="RESTRICT",
    )
    op.add_column("submission_review", sa.Column("received_on", sa.Date()))
    op.add_column("submission_review", sa.Column("received_reason", sa.Text()))
    condition = "(received_on is null) = (received_reason is null)"
    op.execute(
        f"alter table submission_review add constraint {CHECK} check ({condition}) not valid"
    )
    op.execute(f"alter table submission_review validate constraint {CHECK}")


def downgrade() -> None:
    op.drop_column("submission_review", "received_reason")
    op.drop_column("submission_review", "received_on")
    op.drop_column("submission_attempt", "entered_by_id")
    for table in ("submission", "submission_attempt"):
        op.alter_column(table, "received_on", new_column_name="submitted_on")
    op.execute(NOT_NULL.format(old="received_on", new="submitted_on"))
