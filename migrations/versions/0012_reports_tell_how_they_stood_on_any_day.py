"""reports tell how they stood on any day"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

# Inspectors' entries are kept for ever; what was merged into another duty has none.
WAIVED_ON = """
update submission u
   set waived_on = (coalesce((
         select max(e.occurred_at) from audit_entry e
          where e.noun = 'submission' and e.row_id = u.id and e.action = 'waived'), u.updated_at)
         at time zone 'Asia/Ho_Chi_Minh')::date
 where u.status = 'waived'
"""
# A row may have been written long after the day on which its plan was issued: where it is still
# told of, that says the day.
EXPECTED_ON = """
update submission u
   set expected_on = least(
         (coalesce(told.at, u.created_at) at time zone 'Asia/Ho_Chi_Minh')::date, u.waived_on, (
         select min(t.submitted_on) from submission_attempt t where t.submission_id = u.id))
  from submission s
  left join (
    select e.row_id, min(e.occurred_at) as at from event e
     where e.type = 'tiendo.submission.expected' group by e.row_id
  ) told on told.row_id = s.id
 where s.id = u.id
"""
# Of what was merged before, as far as it is known.
MOVES = """
insert into submission_move (submission_id, moved_on, from_assignment_id, to_assignment_id)
select u.id, last.until, a.id, a.merged_into_id
  from assignment a
  join submission u on u.assignment_id = a.id
  join lateral (
    select max(s.until) as until from assignment_state s where s.assignment_id = a.id
  ) last on last.until is not null
 where a.merged_into_id is not null
"""


def upgrade() -> None:
    op.create_table(
        "submission_move",
        sa.Column("sequence", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("submission_id", sa.Uuid(), nullable=False),
        sa.Column("moved_on", sa.Date(), nullable=False),
        sa.Column("from_assignment_id", sa.Uuid(), nullable=False),
        sa.Column("to_assignment_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["from_assignment_id"],
            ["assignment.id"],
            name=op.f("fk_submission_move_from_assignment_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["submission.id"],
            name=op.f("fk_submission_move_submission_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["to_assignment_id"],
            ["assignment.id"],
            name=op.f("fk_submission_move_to_assignment_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("sequence", name=op.f("pk_submission_move")),
    )
    op.create_index(
        op.f("ix_submission_move_from_assignment_id"),
        "submission_move",
        ["from_assignment_id"],
        unique=False,
    )
    op.create_index(
        "ix_submission_move_submission_id_moved_on",
        "submission_move",
        ["submission_id", "moved_on"],
        unique=False,
    )
    op.add_column("submission", sa.Column("waived_on", sa.Date(), nullable=True))
    op.add_column("submission", sa.Column("expected_on", sa.Date(), nullable=True))
    op.execute(WAIVED_ON)
    op.execute(EXPECTED_ON)
    op.execute(MOVES)
    op.alter_column("submission", "expected_on", nullable=False)
    op.create_check_constraint(
        op.f("ck_submission_waived_has_day"),
        "submission",
        "(status = 'waived') = (waived_on is not null)",
    )


def downgrade() -> None:
    op.drop_constraint(op.f("ck_submission_waived_has_day"), "submission", type_="check")
    op.drop_column("submission", "expected_on")
    op.drop_column("submission", "waived_on")
    op.drop_index("ix_submission_move_submission_id_moved_on", table_name="submission_move")
    op.drop_index(op.f("ix_submission_move_from_assignment_id"), table_name="submission_move")
    op.drop_table("submission_move")
