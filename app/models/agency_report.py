import uuid
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from app.models.base import ChangingRow, Row, link, text_enum
from app.models.submission import PERIOD_FORM, Decision, SubmissionStatus


class AgencyReport(ChangingRow, table=True):
    """One agency's own report on a plan for one period: its assessment, beside its submissions.

    There is a row once somebody wrote or entered it, or a request asks for it. The attempts keep
    what was filed; `expected_on`, `waived_on`, `received_on`
    and `accepted_attempt` mean what they mean of a submission.
    """

    __tablename__ = "agency_report"
    __table_args__ = (
        sa.UniqueConstraint("plan_id", "agency_id", "period"),
        sa.CheckConstraint("data_from <= data_to", name="data_window"),
        sa.CheckConstraint(f"period ~ '{PERIOD_FORM}'", name="period_form"),
        sa.CheckConstraint("status <> 'draft'", name="draft_stands_apart"),
        sa.CheckConstraint(
            "status not in ('submitted', 'accepted', 'returned')"
            " or (attempts > 0 and received_on is not null)",
            name="filed_has_attempt",
        ),
        sa.CheckConstraint(
            "accepted_attempt is null or status in ('accepted', 'submitted')",
            name="accepted_attempt_stands",
        ),
        sa.CheckConstraint(
            "status <> 'accepted' or accepted_attempt is not null", name="accepted_has_attempt"
        ),
        sa.CheckConstraint(
            "num_nulls(waived_reason, waived_on) = case status when 'waived' then 0 else 2 end",
            name="waived_has_reason",
        ),
        sa.Index("ix_agency_report_agency_id", "agency_id"),
        sa.Index(
            "ix_agency_report_report_request_id",
            "report_request_id",
            postgresql_where=sa.text("report_request_id is not null"),
        ),
    )

    plan_id: uuid.UUID = link("plan")
    agency_id: uuid.UUID = link("agency")
    report_request_id: uuid.UUID | None = link("report_request", default=None)
    period: str = Field(sa_type=sa.Text)
    data_from: date
    data_to: date
    due_on: date
    expected_on: date
    status: SubmissionStatus = Field(
        default=SubmissionStatus.EXPECTED, sa_type=text_enum(SubmissionStatus, "status")
    )
    attempts: int = 0
    received_on: date | None = None
    accepted_attempt: int | None = None
    waived_reason: str | None = Field(default=None, sa_type=sa.Text)
    waived_on: date | None = None


class AgencyReportDraft(SQLModel, table=True):
    """The draft of an agency's report; row security lets only its agency read it.

    It goes where the report goes, and ends when it is filed or the report is waived.
    """

    __tablename__ = "agency_report_draft"
    __table_args__ = (sa.Index("ix_agency_report_draft_agency_id", "agency_id"),)

    agency_report_id: uuid.UUID = link("agency_report", primary_key=True)
    agency_id: uuid.UUID = link("agency")
    content: dict[str, Any] = Field(sa_type=JSONB)
    updated_at: datetime


class AgencyReportMove(Row, table=True):
    """From this day (inclusive) a successor answers the requests that its predecessor did not."""

    __tablename__ = "agency_report_move"
    __table_args__ = (
        sa.Index("ix_agency_report_move_agency_report_id_moved_on", "agency_report_id", "moved_on"),
    )

    agency_report_id: uuid.UUID = link("agency_report")
    moved_on: date
    from_agency_id: uuid.UUID = link("agency")
    to_agency_id: uuid.UUID = link("agency")


class AgencyReportAttempt(Row, table=True):
    """One filing of an agency report, numbered from 1, unchangeable; `content` is an
    `AssessmentBody`.

    `received_on` and `entered_by_id` mean what they mean of an attempt at a submission.
    """

    __tablename__ = "agency_report_attempt"
    __table_args__ = (sa.UniqueConstraint("agency_report_id", "number"),)

    agency_report_id: uuid.UUID = link("agency_report")
    number: int
    content: dict[str, Any] = Field(sa_type=JSONB)
    submitted_at: datetime
    received_on: date
    agency_id: uuid.UUID = link("agency")
    client_id: uuid.UUID = link("client")
    entered_by_id: uuid.UUID | None = link("agency", default=None)


class AgencyReportPart(Row, table=True):
    """An attempt at a submission that belongs to an attempt at its agency's report."""

    __tablename__ = "agency_report_part"
    __table_args__ = (sa.UniqueConstraint("agency_report_attempt_id", "submission_attempt_id"),)

    agency_report_attempt_id: uuid.UUID = link("agency_report_attempt")
    submission_attempt_id: uuid.UUID = link("submission_attempt", index=True)


class AgencyReportReview(Row, table=True):
    """The one decision on an attempt: by the coordinator, or by its own agency when withdrawn.

    Whoever accepts may set right the day of receipt, with the reason.
    """

    __tablename__ = "agency_report_review"
    __table_args__ = (
        sa.CheckConstraint(
            "decision <> 'returned' or reason is not null", name="returned_has_reason"
        ),
        sa.CheckConstraint(
            "(received_on is null) = (received_reason is null)", name="received_on_has_reason"
        ),
    )

    attempt_id: uuid.UUID = link("agency_report_attempt", unique=True)
    decision: Decision = Field(sa_type=text_enum(Decision, "decision"))
    reason: str | None = Field(default=None, sa_type=sa.Text)
    received_on: date | None = None
    received_reason: str | None = Field(default=None, sa_type=sa.Text)
    decided_at: datetime
    decided_on: date
    agency_id: uuid.UUID = link("agency")
    client_id: uuid.UUID = link("client")
