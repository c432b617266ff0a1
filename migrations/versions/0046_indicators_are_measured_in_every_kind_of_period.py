"""indicators are measured in every kind of period

A value keeps the days of its period in the place of the months, since a week has none; an indicator
says with how many decimals it is measured.
"""

import sqlalchemy as sa
from alembic import op

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None

FORM = (
    "^[0-9]{4}(-(H[12]|Q[1-4]|0[1-9]|1[0-2]|9M|W(0[1-9]|[1-4][0-9]|5[0-3])|K(0[1-9]|[1-9][0-9])))?$"
)
FORM_BEFORE = "^[0-9]{4}(-(H[12]|Q[1-4]|0[1-9]|1[0-2]))?$"
TABLES = ("indicator_target", "indicator_value")
DAYS = """
update indicator_value
   set first_day = make_date(first_month / 12, first_month % 12 + 1, 1),
       last_day = (make_date(last_month / 12, last_month % 12 + 1, 1)
                   + interval '1 month - 1 day')::date
"""
MONTHS = """
update indicator_value
   set first_month = extract(year from first_day) * 12 + extract(month from first_day) - 1,
       last_month = extract(year from last_day) * 12 + extract(month from last_day) - 1
"""
REFUSES = "alter table indicator_value {} trigger refuse_change"


def upgrade() -> None:
    op.add_column("indicator", sa.Column("decimals", sa.SmallInteger()))
    op.create_check_constraint(
        op.f("ck_indicator_decimals"), "indicator", "decimals between 0 and 6"
    )
    _periods(FORM)
    _columns("day", sa.Date(), "month", DAYS)


def downgrade() -> None:
    op.execute(REFUSES.format("disable"))
    op.execute(f"delete from indicator_value where period !~ '{FORM_BEFORE}'")  # noqa: S608 - a constant
    op.execute(REFUSES.format("enable"))
    op.execute(f"delete from indicator_target where period !~ '{FORM_BEFORE}'")  # noqa: S608 - a constant
    _periods(FORM_BEFORE)
    _columns("month", sa.Integer(), "day", MONTHS)
    op.drop_column("indicator", "decimals")


def _periods(form: str) -> None:
    for table in TABLES:
        name = op.f(f"ck_{table}_period_form")
        op.drop_constraint(name, table)
        op.create_check_constraint(name, table, f"period ~ '{form}'")


def _columns(unit: str, kind: sa.Date | sa.Integer, before: str, filling: str) -> None:
    """Say of each value in another *unit* from when to when its period goes."""
    for end in ("first", "last"):
        op.add_column("indicator_value", sa.Column(f"{end}_{unit}", kind))
    op.execute(REFUSES.format("disable"))
    op.execute(filling)
    op.execute(REFUSES.format("enable"))
    for end in ("first", "last"):
        op.alter_column("indicator_value", f"{end}_{unit}", nullable=False)
        op.drop_column("indicator_value", f"{end}_{before}")
    op.create_check_constraint(
        op.f(f"ck_indicator_value_{unit}s"), "indicator_value", f"first_{unit} <= last_{unit}"
    )
