"""assignees name their amendment"""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

# Of several that touched a task from one day on, the last one left it as it is.
NAME_THE_AMENDMENT = """
update assignee set amendment_id = (
  select a.id from amendment a join amendment_item i on i.amendment_id = a.id
   where i.task_id = assignee.task_id and a.effective_on = assignee.named_on
     and a.applied_at is not null
   order by a.number desc limit 1)
 where named_on is not null
"""


def upgrade() -> None:
    op.add_column("assignee", sa.Column("amendment_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        op.f("fk_assignee_amendment_id"),
        "assignee",
        "amendment",
        ["amendment_id"],
        ["id"],
        ondelete="RESTRICT",
    )
    op.execute(NAME_THE_AMENDMENT)


def downgrade() -> None:
    op.drop_constraint(op.f("fk_assignee_amendment_id"), "assignee", type_="foreignkey")
    op.drop_column("assignee", "amendment_id")
