import enum
import uuid
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlmodel import Field, SQLModel

from app.clock import local_day, utc_now
from app.models.base import ChangingRow, Row, link, text_enum

# A year, half, quarter, month, nine months; a week as ISO 8601 numbers them; a window of one's own.
PERIOD_FORM = (
    "^([0-9]{4}(-(H[12]|Q[1-4]|0[1-9]|1[0-2]|9M|W(0[1-9]|[1-4][0-9]|5[0-3])|K(0[1-9]|[1-9][0-9])))?"
    "|adhoc-[a-z0-9-]{1,48})$"
)


class SubmissionStatus(enum.StrEnum):
    """A submission's status: expected → draft → submitted → returned → submitted → accepted.

    One that was accepted may be filed again; it is accepted again when that is decided on.
    `draft` is shown to its own agency alone: to others such a submission is expected.
    """

    EXPECTED = "expected"
    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    ACCEPTED = "accepted"
    WAIVED = "waived"


class Submission(ChangingRow, table=True):
    """One agency's report on one assignment for one period, a row from the day it is expected.

    The attempts keep the filed contents; a draft is a `SubmissionDraft`. `received_on` is the day
    by which it is judged: that of the first attempt that was accepted, or else of the latest.
    `accepted_attempt` is the number of the attempt that stands, until an update or a correction of
    it is accepted. The submission is expected from `expected_on` until `waived_on` (exclusive):
    with the attempts and their reviews these days give its state on any day.
    """

    __tablename__ = "submission"
    __table_args__ = (
        sa.UniqueConstraint("assignment_id", "period"),
        sa.CheckConstraint("data_from <= data_to", name="data_window"),
        sa.CheckConstraint(f"period ~ '{PERIOD_FORM}'", name="period_form"),
        sa.CheckConstraint("status <> 'draft'", name="draft_stands_apart"),
        sa.CheckConstraint(
            "status not in ('submitted', 'accepted', 'returned')"
            " or (attempts > 0 and received_on is not null)",
            name="filed_has_attempt",
        ),
        sa.CheckConstraint(
            "status <> 'accepted' or accepted_attempt is not null", name="accepted_has_attempt"
        ),
        sa.CheckConstraint(
            "accepted_attempt is null or status in ('accepted', 'submitted')",
            name="accepted_attempt_stands",
        ),
        sa.CheckConstraint(
            "(status = 'waived') = (waived_reason is not null)", name="waived_has_reason"
        ),
        sa.CheckConstraint("(status = 'waived') = (waived_on is not null)", name="waived_has_day"),
        sa.CheckConstraint("status = 'waived' or not is_superseded", name="superseded_is_waived"),
        sa.Index("ix_submission_status_due_on", "status", "due_on"),
        # Orders of lists.
        sa.Index("ix_submission_due_on_id", "due_on", "id"),
        sa.Index(
            "ix_submission_received_on_id", sa.text("coalesce(received_on, 'infinity'::date)"), "id"
        ),
        sa.Index("ix_submission_updated_at_id", "updated_at", "id"),
        sa.Index("ix_submission_status_updated_at_id", "status", "updated_at", "id"),
        # Those filed late, and those filed in time, in the order of lists.
        sa.Index("ix_submission_is_late_id", sa.text("(received_on > due_on)"), "id"),
        # Most reports are regular, and most are written for one assignment.
        sa.Index(
            "ix_submission_report_request_id",
            "report_request_id",
            postgresql_where=sa.text("report_request_id is not null"),
        ),
    )

    assignment_id: uuid.UUID = link("assignment")
    report_request_id: uuid.UUID | None = link("report_request", default=None)
    period: str = Field(sa_type=sa.Text)
    data_from: date
    data_to: date
    due_on: date
    status: SubmissionStatus = Field(
        default=SubmissionStatus.EXPECTED, sa_type=text_enum(SubmissionStatus, "status")
    )
    attempts: int = 0
    received_on: date | None = None
    accepted_attempt: int | None = None
    waived_reason: str | None = Field(default=None, sa_type=sa.Text)
    waived_on: date | None = None
    expected_on: date = Field(default_factory=lambda: local_day(utc_now()))
    is_superseded: bool = Field(default=False, sa_column_kwargs={"server_default": "false"})
    """Waived since another regime has no such period; one that has it asks for it again."""


class SubmissionDraft(SQLModel, table=True):
    """An agency's draft of a submission; row security lets only the agency read it.

    It goes where its assignment goes (`agency_id`), and ends when it is filed or the submission is
    waived: triggers see to both. `drafted_by_id` wrote it: the agency, or the one before it.
    `narrative_id` and `sources` become those of the attempt.
    """

    __tablename__ = "submission_draft"
    __table_args__ = (
        sa.Index("ix_submission_draft_agency_id", "agency_id"),
        sa.Index(
            "ix_submission_draft_narrative_id",
            "narrative_id",
            postgresql_where=sa.text("narrative_id is not null"),
        ),
    )

    submission_id: uuid.UUID = link("submission", primary_key=True)
    agency_id: uuid.UUID = link("agency")
    content: dict[str, Any] = Field(sa_type=JSONB)
    drafted_by_id: uuid.UUID = link("agency")
    narrative_id: uuid.UUID | None = link("narrative", default=None)
    sources: list[uuid.UUID] | None = Field(default=None, sa_type=ARRAY(sa.Uuid))
    updated_at: datetime


class SubmissionWaiver(Row, table=True):
    """A waiver that ended: from a day (inclusive) until a day (exclusive) no report was asked for.

    Its assignment was closed by mistake and reopened; figures of those days count these rows.
    """

    __tablename__ = "submission_waiver"
    __table_args__ = (
        sa.UniqueConstraint("submission_id", "waived_on"),
        sa.CheckConstraint("waived_on < ended_on", name="span"),
    )

    submission_id: uuid.UUID = link("submission")
    waived_on: date
    ended_on: date
    reason: str = Field(sa_type=sa.Text)


class SubmissionMove(SQLModel, table=True):
    """From this day (inclusive) a submission counts with the assignment into which its own was
    merged.

    Its attempts stay with the assignment under which they were filed; figures of the days before
    count these rows.
    """

    __tablename__ = "submission_move"
    __table_args__ = (
        sa.Index("ix_submission_move_submission_id_moved_on", "submission_id", "moved_on"),
    )

    # Set by the database; it orders several moves on one day by their insertion.
    sequence: int = Field(
        default=None, sa_column=sa.Column(sa.BigInteger, sa.Identity(always=True), primary_key=True)
    )
    submission_id: uuid.UUID = link("submission")
    moved_on: date
    from_assignment_id: uuid.UUID = link("assignment", index=True)
    to_assignment_id: uuid.UUID = link("assignment")


class SubmissionAttempt(Row, table=True):
    """One filing of a submission, numbered from 1, unchangeable; its `content` has the members of
    `ReportBody`.

    `received_on` is the day on which it reached the coordinating agency: that of its filing here,
    or the one that whoever entered it for its agency (`entered_by_id`) answers for. `sources` are
    the attempts of other agencies whose texts were taken into it; null: none.
    """

    __tablename__ = "submission_attempt"
    __table_args__ = (
        sa.UniqueConstraint("submission_id", "number"),
        # An agency finds what it filed, whoever owes it today.
        sa.Index(None, "agency_id", "submission_id"),
        # Reports are found by the documents that they name.
        sa.Index(
            "ix_submission_attempt_evidence",
            sa.text("(content -> 'evidence')"),
            postgresql_using="gin",
        ),
        sa.Index(
            "ix_submission_attempt_narrative_id",
            "narrative_id",
            postgresql_where=sa.text("narrative_id is not null"),
        ),
    )

    submission_id: uuid.UUID = link("submission")
    number: int
    content: dict[str, Any] = Field(sa_type=JSONB)
    submitted_at: datetime
    received_on: date
    agency_id: uuid.UUID = link("agency")
    client_id: uuid.UUID = link("client")
    entered_by_id: uuid.UUID | None = link("agency", default=None)
    narrative_id: uuid.UUID | None = link("narrative", default=None)
    sources: list[uuid.UUID] | None = Field(default=None, sa_type=ARRAY(sa.Uuid))


class Decision(enum.StrEnum):
    """The decision on an attempt."""

    ACCEPTED = "accepted"
    RETURNED = "returned"
    WITHDRAWN = "withdrawn"


class SubmissionReview(Row, table=True):
    """The one decision on an attempt: by the coordinator, or its own agency when withdrawn.

    Whoever accepts may set right the day of receipt (`received_on`), with the reason.
    """

    __tablename__ = "submission_review"
    __table_args__ = (
        sa.CheckConstraint(
            "decision <> 'returned' or reason is not null", name="returned_has_reason"
        ),
        sa.CheckConstraint(
            "(received_on is null) = (received_reason is null)", name="received_on_has_reason"
        ),
    )

    attempt_id: uuid.UUID = link("submission_attempt", unique=True)
    decision: Decision = Field(sa_type=text_enum(Decision, "decision"))
    reason: str | None = Field(default=None, sa_type=sa.Text)
    received_on: date | None = None
    received_reason: str | None = Field(default=None, sa_type=sa.Text)
    decided_at: datetime
    decided_on: date
    agency_id: uuid.UUID = link("agency")
    client_id: uuid.UUID = link("client")
