import enum
import uuid
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field, SQLModel

from app.models.base import ChangingRow, link, text_enum


class ReminderRule(ChangingRow, table=True):
    """The steps at which a plan's agencies are reminded, in calendar days from the day due.

    Negative days are before it. After the last of `days` comes every multiple of `every_days`. The
    agency's head gets the steps from `head_from` on, the province's office those from `office_from`
    on; null: none. A plan without a row has the default of app/domain/reminders/rules.py.
    """

    __tablename__ = "reminder_rule"
    __table_args__ = (
        sa.CheckConstraint("cardinality(days) <= 20", name="days_are_few"),
        sa.CheckConstraint("every_days between 1 and 366", name="every_days_range"),
    )

    plan_id: uuid.UUID = link("plan", unique=True)
    days: list[int] = Field(sa_type=ARRAY(sa.Integer))
    every_days: int | None = None
    head_from: int | None = None
    office_from: int | None = None


class ReminderTrigger(enum.StrEnum):
    """The origin of a reminder: the plan's rule, or a person with a reason and a document."""

    RULE = "rule"
    PERSON = "person"


class Receiver(enum.StrEnum):
    """The receiver of a reminder: an agency's clients, by event; its contact persons, by e-mail.

    `OFFICE` is the province's office, which is informed of what other agencies owe: its clients by
    event, its contact person by e-mail.
    """

    CLIENTS = "clients"
    FOCAL = "focal"
    HEAD = "head"
    OFFICE = "office"


class MailState(enum.StrEnum):
    """The state of the e-mail to a person; a reminder by event alone has none."""

    NOT_CONFIGURED = "not_configured"
    NO_ADDRESS = "no_address"
    QUEUED = "queued"
    SENT = "sent"
    FAILED = "failed"
    CANCELLED = "cancelled"  # nothing was open any more when it was to be sent


class MailFault(enum.StrEnum):
    """The reason for which the latest try failed."""

    NOT_CONNECTED = "not_connected"
    TLS_FAILED = "tls_failed"
    TIMEOUT = "timeout"
    NOT_AUTHENTICATED = "not_authenticated"
    DEFERRED = "deferred"  # 4xx: try again later
    REJECTED = "rejected"  # 5xx: never
    BROKEN_ANSWER = "broken_answer"


class ItemKind(enum.StrEnum):
    """The matter of a reminder: work, a report, or a thing that an agency names or sends first.

    An agency's focal point and its own action plan are asked for by the plan (IV.2).
    """

    ASSIGNMENT = "assignment"
    SUBMISSION = "submission"
    AGENCY_REPORT = "agency_report"
    FOCAL_POINT = "focal_point"
    ACTION_PLAN = "action_plan"


class Reminder(ChangingRow, table=True):
    """One reminder (đôn đốc) to one receiver on one day, of everything that is open for them.

    `agency_id` is the agency that receives it: the one that owes, or for the province's office the
    plan's owner. `receiver_key` is the receiver within the agency: "clients", "office", or a digest
    of an address. `number` counts the reminders by hand to an agency in a plan, from 1. Only the
    state of the e-mail ever changes.
    """

    __tablename__ = "reminder"
    __table_args__ = (
        # Whatever happens, nobody is reminded by rule twice on a day.
        sa.Index(
            "uq_reminder_on_day_agency_id_receiver_key_by_rule",
            "on_day",
            "agency_id",
            "receiver_key",
            unique=True,
            postgresql_where=sa.text("trigger = 'rule'"),
        ),
        sa.Index(
            "uq_reminder_on_day_agency_id_receiver_key_by_hand",
            "on_day",
            "agency_id",
            "plan_id",
            "receiver_key",
            unique=True,
            postgresql_where=sa.text("trigger = 'person'"),
        ),
        sa.CheckConstraint(
            "num_nonnulls(plan_id, by_agency_id, by_client_id, reason, basis, number)"
            " = case trigger when 'person' then 6 else 0 end",
            name="by_a_person_with_a_reason",
        ),
        sa.CheckConstraint(
            "(mail_state is null) = (focal_point_id is null)", name="mail_goes_to_a_person"
        ),
        sa.CheckConstraint("(mail_state = 'queued') = (next_try_at is not null)", name="next_try"),
        sa.CheckConstraint("(mail_state = 'sent') = (sent_at is not null)", name="sent_at_set"),
        sa.Index("ix_reminder_agency_id_on_day_id", "agency_id", "on_day", "id"),
        sa.Index("ix_reminder_on_day_id", "on_day", "id"),
        sa.Index(
            "ix_reminder_next_try_at",
            "next_try_at",
            postgresql_where=sa.text("mail_state = 'queued'"),
        ),
    )

    on_day: date
    trigger: ReminderTrigger = Field(sa_type=text_enum(ReminderTrigger, "trigger"))
    agency_id: uuid.UUID = link("agency")
    receiver: Receiver = Field(sa_type=text_enum(Receiver, "receiver"))
    receiver_key: str = Field(sa_type=sa.Text)
    focal_point_id: uuid.UUID | None = link("focal_point", default=None)
    plan_id: uuid.UUID | None = link("plan", default=None, index=True)
    by_agency_id: uuid.UUID | None = link("agency", default=None)
    by_client_id: uuid.UUID | None = link("client", default=None)
    reason: str | None = Field(default=None, sa_type=sa.Text)
    basis: str | None = Field(default=None, sa_type=sa.Text)
    number: int | None = None
    assignments: int
    submissions: int
    agency_reports: int
    missing: int
    mail_state: MailState | None = Field(default=None, sa_type=text_enum(MailState, "mail_state"))
    mail_fault: MailFault | None = Field(default=None, sa_type=text_enum(MailFault, "mail_fault"))
    tries: int = 0
    next_try_at: datetime | None = None
    sent_at: datetime | None = None


class ReminderItem(SQLModel, table=True):
    """One thing that a reminder is about, with its day due if it has one.

    An assignment or a submission on it says itself whose it is; `agency_id` says it of the others:
    an agency's report on the plan, and the focal point or action plan that it has not named.
    `step` is that of the rule, in days from the day due; null: by hand. Numbered from 1.
    """

    __tablename__ = "reminder_item"
    __table_args__ = (
        sa.CheckConstraint(
            "(kind in ('assignment', 'submission')) = (assignment_id is not null)"
            " and (kind = 'submission') = (submission_id is not null)"
            " and (kind = 'agency_report') = (agency_report_id is not null)"
            " and (assignment_id is null) = (agency_id is not null)",
            name="subject_of_kind",
        ),
        sa.Index("ix_reminder_item_assignment_id_submission_id", "assignment_id", "submission_id"),
        sa.Index(
            "ix_reminder_item_agency_report_id",
            "agency_report_id",
            postgresql_where=sa.text("agency_report_id is not null"),
        ),
        sa.Index("ix_reminder_item_plan_id_reminder_id", "plan_id", "reminder_id"),
    )

    reminder_id: uuid.UUID = link("reminder", primary_key=True)
    number: int = Field(primary_key=True)
    kind: ItemKind = Field(sa_type=text_enum(ItemKind, "kind"))
    plan_id: uuid.UUID = link("plan")
    agency_id: uuid.UUID | None = link("agency", default=None)
    assignment_id: uuid.UUID | None = link("assignment", default=None)
    submission_id: uuid.UUID | None = link("submission", default=None)
    agency_report_id: uuid.UUID | None = link("agency_report", default=None)
    due_on: date | None = None
    step: int | None = None


class ReminderDay(SQLModel, table=True):
    """A day of the province for which all reminders by rule were made, once and for all."""

    __tablename__ = "reminder_day"

    on_day: date = Field(primary_key=True)
    done_at: datetime
