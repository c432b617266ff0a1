"""members of a collective may read what the others file"""

import sqlalchemy as sa
from alembic import op

revision = "0071"
down_revision = "0070"
branch_labels = None
depends_on = None

ACTIONS = ("corrected", "closed", "reopened", "board_opened", "board_closed")
SHARING = ("submissions_shared", "submissions_unshared")


def upgrade() -> None:
    op.add_column(
        "plan",
        sa.Column(
            "submissions_are_shared", sa.Boolean(), server_default=sa.false(), nullable=False
        ),
    )
    _plan_actions((*ACTIONS, *SHARING))


def downgrade() -> None:
    op.execute("alter table plan_action disable trigger refuse_change")
    op.execute(
        "delete from plan_action where action in ('submissions_shared', 'submissions_unshared')"
    )
    op.execute("alter table plan_action enable trigger refuse_change")
    _plan_actions(ACTIONS)
    op.drop_column("plan", "submissions_are_shared")


def _plan_actions(values: tuple[str, ...]) -> None:
    listed = ", ".join(f"'{value}'" for value in values)
    op.execute("alter table plan_action drop constraint ck_plan_action_action")
    op.execute(
        f"alter table plan_action add constraint ck_plan_action_action check (action in ({listed}))"
    )
