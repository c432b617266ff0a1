"""calendar days and reporting regimes"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

PERIODS = "^([0-9]{4}(-(H[12]|Q[1-4]|0[1-9]|1[0-2]))?|adhoc-[a-z0-9-]{1,48})$"
MORE_PERIODS = (
    "^([0-9]{4}(-(H[12]|Q[1-4]|0[1-9]|1[0-2]|9M|W(0[1-9]|[1-4][0-9]|5[0-3])|K(0[1-9]|[1-9][0-9])))?"
    "|adhoc-[a-z0-9-]{1,48})$"
)
FREQUENCIES = ("year", "half_year", "quarter", "month")
MORE_FREQUENCIES = ("year", "nine_months", "half_year", "quarter", "month", "week", "own")
CHECKS = {
    "due_kind": "due_kind in ('fixed_day', 'working_days_after')",
    "due_roll": "due_roll in ('none', 'next_working_day')",
    "content_kind": "content_kind in ('narrative', 'figures', 'both')",
    "due_working_days_range": "due_working_days between 1 and 60",
    "week_starts_on_range": "week_starts_on between 1 and 7",
    "window_year_offset_range": "window_year_offset between -1 and 0",
    "own_has_windows": "(frequency = 'own') = (cardinality(window_starts) > 0)",
    "own_window": "(frequency in ('week', 'own')) = (data_window = 'own')",
    "week_has_no_fixed_day": "frequency <> 'week' or due_kind = 'working_days_after'",
}


def check(table: str, name: str, condition: str) -> None:
    name = op.f(f"ck_{table}_{name}")
    op.execute(f"alter table {table} drop constraint if exists {name}")
    op.create_check_constraint(name, table, condition)


def one_of(column: str, values: tuple[str, ...]) -> str:
    return f"{column} in ({', '.join(map(repr, values))})"


def upgrade() -> None:
    op.create_table(
        "calendar_day",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "holiday",
                "working_day",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=True),
        sa.Column("is_seeded", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_day")),
        sa.UniqueConstraint("day", name=op.f("uq_calendar_day_day")),
    )
    op.add_column(
        "reporting_regime",
        sa.Column("week_starts_on", sa.Integer(), server_default="4", nullable=False),
    )
    op.add_column(
        "reporting_regime",
        sa.Column(
            "window_starts", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False
        ),
    )
    op.add_column(
        "reporting_regime",
        sa.Column("window_year_offset", sa.Integer(), server_default="0", nullable=False),
    )
    op.add_column(
        "reporting_regime",
        sa.Column(
            "due_kind",
            sa.Enum(
                "fixed_day",
                "working_days_after",
                name="due_kind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            server_default="fixed_day",
            nullable=False,
        ),
    )
    op.add_column(
        "reporting_regime",
        sa.Column("due_is_strict", sa.Boolean(), server_default="false", nullable=False),
    )
    op.add_column(
        "reporting_regime",
        sa.Column("due_working_days", sa.Integer(), server_default="3", nullable=False),
    )
    op.add_column(
        "reporting_regime",
        sa.Column(
            "due_roll",
            sa.Enum(
                "none",
                "next_working_day",
                name="due_roll",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            server_default="none",
            nullable=False,
        ),
    )
    op.add_column("reporting_regime", sa.Column("name", sa.Text(), nullable=True))
    op.add_column(
        "reporting_regime",
        sa.Column(
            "content_kind",
            sa.Enum(
                "narrative",
                "figures",
                "both",
                name="content_kind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            server_default="both",
            nullable=False,
        ),
    )
    op.add_column("reporting_regime", sa.Column("content", sa.Text(), nullable=True))
    op.add_column("reporting_regime", sa.Column("reporters", sa.Text(), nullable=True))
    op.add_column("reporting_regime", sa.Column("receiver_id", sa.Uuid(), nullable=True))
    op.add_column(
        "reporting_regime",
        sa.Column(
            "channels", postgresql.ARRAY(sa.Text()), server_default="{system}", nullable=False
        ),
    )
    op.add_column("reporting_regime", sa.Column("outline", sa.Text(), nullable=True))
    op.add_column("reporting_regime", sa.Column("forms", sa.Text(), nullable=True))
    op.add_column("reporting_regime", sa.Column("guidance", sa.Text(), nullable=True))
    op.add_column("reporting_regime", sa.Column("basis", sa.Text(), nullable=True))
    op.add_column("reporting_regime", sa.Column("preset", sa.Text(), nullable=True))
    op.add_column(
        "reporting_regime", sa.Column("replaced_at", sa.DateTime(timezone=True), nullable=True)
    )
    check("reporting_regime", "frequency", one_of("frequency", MORE_FREQUENCIES))
    check(
        "reporting_regime", "data_window", one_of("data_window", ("decree_09", "calendar", "own"))
    )
    for name, condition in CHECKS.items():
        check("reporting_regime", name, condition)
    op.drop_constraint(
        op.f("uq_reporting_regime_plan_id_effective_from"), "reporting_regime", type_="unique"
    )
    op.create_index(
        "uq_reporting_regime_plan_id_effective_from",
        "reporting_regime",
        ["plan_id", "effective_from"],
        unique=True,
        postgresql_where=sa.text("replaced_at is null"),
    )
    op.create_foreign_key(
        op.f("fk_reporting_regime_receiver_id"),
        "reporting_regime",
        "agency",
        ["receiver_id"],
        ["id"],
        ondelete="RESTRICT",
    )
    op.add_column(
        "submission",
        sa.Column("is_superseded", sa.Boolean(), server_default="false", nullable=False),
    )
    check("submission", "superseded_is_waived", "status = 'waived' or not is_superseded")
    check("submission", "period_form", f"period ~ '{MORE_PERIODS}'")


def downgrade() -> None:
    # Periods and frequencies that the schema before has no words for make it refuse.
    check("submission", "period_form", f"period ~ '{PERIODS}'")
    op.drop_constraint(op.f("ck_submission_superseded_is_waived"), "submission", type_="check")
    op.drop_column("submission", "is_superseded")
    op.execute("delete from reporting_regime where replaced_at is not null")
    for name in CHECKS:
        op.drop_constraint(op.f(f"ck_reporting_regime_{name}"), "reporting_regime", type_="check")
    check("reporting_regime", "frequency", one_of("frequency", FREQUENCIES))
    check("reporting_regime", "data_window", one_of("data_window", ("decree_09", "calendar")))
    op.drop_constraint(
        op.f("fk_reporting_regime_receiver_id"), "reporting_regime", type_="foreignkey"
    )
    op.drop_index(
        "uq_reporting_regime_plan_id_effective_from",
        table_name="reporting_regime",
        postgresql_where=sa.text("replaced_at is null"),
    )
    op.create_unique_constraint(
        op.f("uq_reporting_regime_plan_id_effective_from"),
        "reporting_regime",
        ["plan_id", "effective_from"],
    )
    op.drop_column("reporting_regime", "replaced_at")
    op.drop_column("reporting_regime", "preset")
    op.drop_column("reporting_regime", "basis")
    op.drop_column("reporting_regime", "guidance")
    op.drop_column("reporting_regime", "forms")
    op.drop_column("reporting_regime", "outline")
    op.drop_column("reporting_regime", "channels")
    op.drop_column("reporting_regime", "receiver_id")
    op.drop_column("reporting_regime", "reporters")
    op.drop_column("reporting_regime", "content")
    op.drop_column("reporting_regime", "content_kind")
    op.drop_column("reporting_regime", "name")
    op.drop_column("reporting_regime", "due_roll")
    op.drop_column("reporting_regime", "due_working_days")
    op.drop_column("reporting_regime", "due_is_strict")
    op.drop_column("reporting_regime", "due_kind")
    op.drop_column("reporting_regime", "window_year_offset")
    op.drop_column("reporting_regime", "window_starts")
    op.drop_column("reporting_regime", "week_starts_on")
    op.drop_table("calendar_day")
