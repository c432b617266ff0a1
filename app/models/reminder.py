import enum
import uuid
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field, SQLModel

from app.models.base import ChangingRow, link, text_enum


class ReminderRule(ChangingRow, table=True):
    """When a plan's agencies are urged, in calendar days from the day on which something is due.

    Negative days are before it. After the last of `days` comes every multiple of `every_days`. The
    head hears of steps from `head_from` on, the province's office from `office_from` on; null:
    never. A plan without a row has the default of app/domain/reminders/rules.py.
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
    """What urged: the plan's rule, or a person with a reason and a document."""

    RULE = "rule"
    PERSON = "person"


class Receiver(enum.StrEnum):
    """Who is urged: an agency's clients, by event; persons whom it named, by e-mail.

    `OFFICE` is that of the province, which hears of what other agencies owe: its clients by event,
    the person whom it named by e-mail.
    """

    CLIENTS = "clients"
    FOCAL = "focal"
    HEAD = "head"
    OFFICE = "office"


class MailState(enum.StrEnum):
    """How the e-mail to a person stands; what goes by event alone has none."""

    NOT_CONFIGURED = "not_configured"
    NO_ADDRESS = "no_address"
    QUEUED = "queued"
    SENT = "sent"
    FAILED = "failed"
    CANCELLED = "cancelled"  # nothing was left to urge when it was to be sent


class MailFault(enum.StrEnum):
    """Why the latest try was not taken."""

    NOT_CONNECTED = "not_connected"
    TLS_FAILED = "tls_failed"
    TIMEOUT = "timeout"
    NOT_AUTHENTICATED = "not_authenticated"
    DEFERRED = "deferred"  # 4xx: try again later
    REJECTED = "rejected"  # 5xx: never
    BROKEN_ANSWER = "broken_answer"


class Reminder(ChangingRow, table=True):
    """One urging (đôn đốc) of one receiver on one day, gathered over all that is to be urged.

    `agency_id` is whom it goes to: who owes, or for the province's office the plan's issuer.
    `receiver_key` is who it is within the agency: "clients", "office", or a digest of an address.
    `number` counts those by hand to an agency in a plan, from 1. Only the state of the e-mail ever
    changes.
    """

    __tablename__ = "reminder"
    __table_args__ = (
        # Whatever happens, nobody is urged by rule twice on a day.
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
    mail_state: MailState | None = Field(default=None, sa_type=text_enum(MailState, "mail_state"))
    mail_fault: MailFault | None = Field(default=None, sa_type=text_enum(MailFault, "mail_fault"))
    tries: int = 0
    next_try_at: datetime | None = None
    sent_at: datetime | None = None


class ReminderItem(SQLModel, table=True):
    """What a reminder urges: an assignment to be done, or a report on it, with the day it is due.

    `step` is that of the rule, in days from the day; null: by hand. Numbered from 1.
    """

    __tablename__ = "reminder_item"
    __table_args__ = (
        sa.Index("ix_reminder_item_assignment_id_submission_id", "assignment_id", "submission_id"),
        sa.Index("ix_reminder_item_plan_id_reminder_id", "plan_id", "reminder_id"),
    )

    reminder_id: uuid.UUID = link("reminder", primary_key=True)
    number: int = Field(primary_key=True)
    plan_id: uuid.UUID = link("plan")
    assignment_id: uuid.UUID = link("assignment")
    submission_id: uuid.UUID | None = link("submission", default=None)
    due_on: date | None = None
    step: int | None = None


class ReminderDay(SQLModel, table=True):
    """A day of the province on which all that the rules ask for was made, once and for all."""

    __tablename__ = "reminder_day"

    on_day: date = Field(primary_key=True)
    done_at: datetime
