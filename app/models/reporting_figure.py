import uuid
from datetime import date

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from app.kinds import AssigneeRole
from app.models.base import text_enum

NOBODY = uuid.UUID(int=1)
"""The key of the agency for assignments that nobody owes while a handover is awaited."""


class ReportingCounts(SQLModel):
    """The numbers of submissions of each kind; a test holds them to the names in `NUMBERS`."""

    waived: int
    filed_early: int
    on_time: int
    late: int
    set_aside: int
    not_due: int
    due_today: int
    overdue_up_to_7: int
    overdue_up_to_30: int
    overdue_up_to_365: int
    overdue_longer: int
    waiting: int
    accepted: int
    returned: int


class ReportingFigure(ReportingCounts, table=True):
    """The number of submissions of each kind in a cell from a day on, until the cell's next row.

    A cell is an agency (or all, or nobody) in one period (or in all) in one role, of open plans or
    of closed ones. The worker writes the rows, from `ReportingSpan`.
    """

    __tablename__ = "reporting_figure"

    agency_id: uuid.UUID = Field(primary_key=True)
    period: str = Field(sa_type=sa.Text, primary_key=True)
    role: AssigneeRole = Field(sa_type=text_enum(AssigneeRole, "role"), primary_key=True)
    plan_closed: bool = Field(primary_key=True)
    since: date = Field(primary_key=True)


class PlanReportingFigure(ReportingCounts, table=True):
    """Like `ReportingFigure`, of a plan in one period (or in all) in one role."""

    __tablename__ = "plan_reporting_figure"

    plan_id: uuid.UUID = Field(primary_key=True)
    period: str = Field(sa_type=sa.Text, primary_key=True)
    role: AssigneeRole = Field(sa_type=text_enum(AssigneeRole, "role"), primary_key=True)
    plan_closed: bool = Field(primary_key=True)
    since: date = Field(primary_key=True)


class ReportingSpan(SQLModel, table=True):
    """The state in which a submission, or an agency's requested report, counts in the sums from a
    day (inclusive) until a day (exclusive; null: still).

    The sums are corrected by subtracting the rows of all that changed since. A submission that is
    owed, or was filed before it was due, counts differently as days pass: `due_on` decides.
    `review` is its reviewer's action, and `review_since` the day from which it waits or is
    returned.
    """

    __tablename__ = "reporting_span"
    __table_args__ = (
        sa.CheckConstraint("since < until", name="span"),
        sa.Index("ix_reporting_span_plan_id_agency_id", "plan_id", "agency_id"),
        # The reports that waited on a day are few among all that ever waited; this index alone has
        # them.
        sa.Index(
            "ix_reporting_span_reviewed",
            "role",
            sa.text("daterange(since, until)"),
            postgresql_using="gist",
            postgresql_include=[
                "since",
                "until",
                "report_id",
                "plan_id",
                "agency_id",
                "period",
                "plan_closed",
                "review",
                "review_since",
            ],
            postgresql_where=sa.text("review_since is not null"),
        ),
    )

    report_id: uuid.UUID = Field(primary_key=True)
    since: date = Field(primary_key=True)
    until: date | None = None
    plan_id: uuid.UUID
    agency_id: uuid.UUID
    period: str = Field(sa_type=sa.Text)
    role: AssigneeRole = Field(sa_type=text_enum(AssigneeRole, "role"))
    plan_closed: bool
    due_on: date
    state: str = Field(sa_type=sa.Text)
    filed_on: date | None = None
    review: str | None = Field(default=None, sa_type=sa.Text)
    review_since: date | None = None


class ReportingChange(SQLModel, table=True):
    """Something changed by which submissions count otherwise than their `ReportingSpan` says: one
    of them, an assignment, or all that is asked of a plan's agencies.

    The triggers `log_reporting_…` write it in the transaction of the change.
    """

    __tablename__ = "reporting_change"
    __table_args__ = (
        sa.CheckConstraint("num_nonnulls(report_id, assignment_id, plan_id) = 1", name="of_one"),
    )

    id: int = Field(
        default=None, sa_column=sa.Column(sa.BigInteger, sa.Identity(always=True), primary_key=True)
    )
    report_id: uuid.UUID | None = None
    assignment_id: uuid.UUID | None = None
    plan_id: uuid.UUID | None = None
