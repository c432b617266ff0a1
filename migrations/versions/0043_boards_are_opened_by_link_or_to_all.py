"""boards are opened by link or to all"""

import sqlalchemy as sa
from alembic import op

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None

ACTIONS = ("corrected", "closed", "reopened")
BOARDS = ("board_opened", "board_closed")


def upgrade() -> None:
    op.add_column(
        "plan",
        sa.Column("board_is_public", sa.Boolean(), server_default=sa.false(), nullable=False),
    )
    _plan_actions((*ACTIONS, *BOARDS))
    op.create_table(
        "page_link",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("page", sa.String(length=32), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_reason", sa.Text(), nullable=True),
        sa.CheckConstraint("page in ('board')", name=op.f("ck_page_link_page")),
        sa.CheckConstraint(
            "num_nonnulls(revoked_at, revoked_reason) in (0, 2)",
            name=op.f("ck_page_link_revoked_with_reason"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_page_link")),
        *(
            sa.ForeignKeyConstraint(
                [f"{table}_id"],
                [f"{table}.id"],
                name=op.f(f"fk_page_link_{table}_id"),
                ondelete="RESTRICT",
            )
            for table in ("plan", "agency", "client")
        ),
    )
    op.create_index(op.f("ix_page_link_plan_id"), "page_link", ["plan_id"])


def downgrade() -> None:
    op.drop_table("page_link")
    op.execute("alter table plan_action disable trigger refuse_change")
    op.execute("delete from plan_action where action in ('board_opened', 'board_closed')")
    op.execute("alter table plan_action enable trigger refuse_change")
    _plan_actions(ACTIONS)
    op.drop_column("plan", "board_is_public")


def _plan_actions(values: tuple[str, ...]) -> None:
    listed = ", ".join(f"'{value}'" for value in values)
    op.execute("alter table plan_action drop constraint ck_plan_action_action")
    op.execute(
        f"alter table plan_action add constraint ck_plan_action_action check (action in ({listed}))"
    )
