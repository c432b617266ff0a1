import uuid
from datetime import date, datetime

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from app.kinds import AssigneeRole
from app.models.base import text_enum

EVERY_AGENCY = uuid.UUID(int=0)
"""Stands in the place of an agency for all agencies together."""
EVERY_PERIOD = ""
"""Stands in the place of an occurrence for all occurrences together."""


class Counts(SQLModel):
    """The numbers of assignments of each kind; a test holds them to the names in `NUMBERS`."""

    not_started: int
    in_progress: int
    awaiting_confirmation: int
    completed: int
    not_applicable: int
    suspended: int
    revoked: int
    ended_with_task: int
    carried_over: int
    unfinished_at_close: int
    awaiting_handover: int
    upcoming: int
    current_on_time: int
    current_late: int
    current_completed_no_deadline: int
    current_overdue_7: int
    current_overdue_30: int
    current_overdue_365: int
    current_overdue_longer: int
    current_due_soon: int
    current_no_deadline: int
    current_reported_late: int
    current_reported_no_deadline: int
    original_on_time: int
    original_late: int
    original_completed_no_deadline: int
    original_overdue_7: int
    original_overdue_30: int
    original_overdue_365: int
    original_overdue_longer: int
    original_due_soon: int
    original_no_deadline: int
    original_reported_late: int
    original_reported_no_deadline: int
    given: int
    taken_over: int
    fallen_due: int


class Figure(Counts, table=True):
    """The number of assignments of each kind in a cell from a day on, until the cell's next row.

    A cell is an agency (or all) in one occurrence (or in all) in one role, of open plans or of
    closed ones. An assignment that awaits a handover is counted under the agency that it leaves.
    The worker writes the rows, by folding each `FigureChange` or by laying all out anew; a reader
    adds the changes not folded yet.
    """

    __tablename__ = "figure"

    agency_id: uuid.UUID = Field(primary_key=True)
    occurrence: str = Field(sa_type=sa.Text, primary_key=True)
    role: AssigneeRole = Field(sa_type=text_enum(AssigneeRole, "role"), primary_key=True)
    plan_closed: bool = Field(primary_key=True)
    since: date = Field(primary_key=True)


class PlanFigure(Counts, table=True):
    """Like `Figure`, of a plan in one role."""

    __tablename__ = "plan_figure"

    plan_id: uuid.UUID = Field(primary_key=True)
    role: AssigneeRole = Field(sa_type=text_enum(AssigneeRole, "role"), primary_key=True)
    since: date = Field(primary_key=True)


class FigureChange(SQLModel, table=True):
    """A row of `assignment_state` that was added (weight 1) or removed (-1) and is in no `Figure`.

    The triggers `log_figure_…` write it in the transaction of the change: figures and this log
    together are right at every moment, and who changes an assignment waits for no sum.
    """

    __tablename__ = "figure_change"

    id: int = Field(
        default=None, sa_column=sa.Column(sa.BigInteger, sa.Identity(always=True), primary_key=True)
    )
    weight: int = Field(sa_type=sa.SmallInteger)
    since: date
    until: date | None = None
    plan_id: uuid.UUID
    agency_id: uuid.UUID
    role: str = Field(sa_type=sa.Text)
    occurrence: str = Field(sa_type=sa.Text)
    deadline_on: date | None = None
    original_deadline_on: date | None = None
    status: str = Field(sa_type=sa.Text)
    awaits_handover: bool
    reported_on: date | None = None
    completed_on: date | None = None
    plan_closed: bool
    starts_on: date
    taken_over_on: date | None = None


class FigureBasis(SQLModel, table=True):
    """The setting for which the figures were laid out; no row: they were not yet."""

    __tablename__ = "figure_basis"
    __table_args__ = (sa.CheckConstraint("id = 1", name="one_row"),)

    id: int = Field(default=1, primary_key=True)
    due_soon_days: int
    laid_out_at: datetime
