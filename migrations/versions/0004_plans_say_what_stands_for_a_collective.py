"""plans say what stands for a collective"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

TABLES = ("collective_substitution", "collective_substitution_agency")


def upgrade() -> None:
    op.create_table(
        "collective_substitution",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("collective_id", sa.Uuid(), nullable=False),
        sa.Column("stand_in_id", sa.Uuid(), nullable=True),
        sa.Column("from_day", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "stand_in_id <> collective_id", name=op.f("ck_collective_substitution_two_collectives")
        ),
        sa.ForeignKeyConstraint(
            ["agency_id"],
            ["agency.id"],
            name=op.f("fk_collective_substitution_agency_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["client_id"],
            ["client.id"],
            name=op.f("fk_collective_substitution_client_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["collective_id"],
            ["collective.id"],
            name=op.f("fk_collective_substitution_collective_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["plan_id"],
            ["plan.id"],
            name=op.f("fk_collective_substitution_plan_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["stand_in_id"],
            ["collective.id"],
            name=op.f("fk_collective_substitution_stand_in_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_collective_substitution")),
    )
    op.create_index(
        "ix_collective_substitution_plan_id_from_day",
        "collective_substitution",
        ["plan_id", "from_day"],
        unique=False,
    )
    op.create_table(
        "collective_substitution_agency",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("substitution_id", sa.Uuid(), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agency_id"],
            ["agency.id"],
            name=op.f("fk_collective_substitution_agency_agency_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["substitution_id"],
            ["collective_substitution.id"],
            name=op.f("fk_collective_substitution_agency_substitution_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_collective_substitution_agency")),
        sa.UniqueConstraint(
            "substitution_id",
            "agency_id",
            name=op.f("uq_collective_substitution_agency_substitution_id_agency_id"),
        ),
    )
    op.create_index(
        op.f("ix_collective_substitution_agency_agency_id"),
        "collective_substitution_agency",
        ["agency_id"],
        unique=False,
    )
    for table in TABLES:
        op.execute(
            f"create trigger refuse_change before update or delete on {table}"
            " for each row execute function refuse_change()"
        )


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
