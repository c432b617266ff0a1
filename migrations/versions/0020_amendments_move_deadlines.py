"""amendments move deadlines"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("deadline_change", sa.Column("amendment_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        op.f("fk_deadline_change_amendment_id"),
        "deadline_change",
        "amendment",
        ["amendment_id"],
        ["id"],
        ondelete="RESTRICT",
    )
    for column in ("new_deadline_on", "basis"):
        op.alter_column("deadline_change", column, nullable=True)
    op.create_check_constraint(
        op.f("ck_deadline_change_decided_is_complete"),
        "deadline_change",
        "amendment_id is not null or num_nulls(new_deadline_on, basis) = 0",
    )


def downgrade() -> None:
    # As before, what an amendment moved is told by the states that are kept, without its document.
    op.execute("alter table deadline_change disable trigger refuse_change")
    op.execute("delete from deadline_change where amendment_id is not null")
    op.execute("alter table deadline_change enable trigger refuse_change")
    op.drop_constraint(
        op.f("ck_deadline_change_decided_is_complete"), "deadline_change", type_="check"
    )
    for column in ("new_deadline_on", "basis"):
        op.alter_column("deadline_change", column, nullable=False)
    op.drop_constraint(
        op.f("fk_deadline_change_amendment_id"), "deadline_change", type_="foreignkey"
    )
    op.drop_column("deadline_change", "amendment_id")
