import enum
import uuid
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from app.models.base import ChangingRow, Row, link, text_enum


class AmendmentKind(enum.StrEnum):
    """New words by a document of the issuer, or a meaning of the words without new ones."""

    AMENDMENT = "amendment"
    CORRECTION = "correction"


class AmendmentState(enum.StrEnum):
    """Drawn up, then issued for good, or given up."""

    DRAFT = "draft"
    ISSUED = "issued"
    WITHDRAWN = "withdrawn"


class AmendmentChange(enum.StrEnum):
    """The change of one task."""

    ADD = "add"
    CHANGE = "change"
    DROP = "drop"
    REASSIGN = "reassign"
    RESOLVE = "resolve"


class Amendment(ChangingRow, table=True):
    """A change of an issued plan from a day on; `number` is the version of the plan that it makes.

    It is carried out once, on its day, at `applied_at`.
    """

    __tablename__ = "amendment"
    __table_args__ = (
        sa.UniqueConstraint("plan_id", "number"),
        sa.CheckConstraint("number > 1", name="number_above_first"),
        sa.CheckConstraint(
            "(state = 'issued') = (number is not null)"
            " and num_nulls(number, issued_at, issued_on) in (0, 3)"
            " and (state <> 'issued' or effective_on is not null)",
            name="issued_is_complete",
        ),
        sa.CheckConstraint("issued_on <= effective_on", name="forward_only"),
        sa.CheckConstraint("applied_at is null or state = 'issued'", name="applied_is_issued"),
        sa.CheckConstraint(
            "state <> 'issued' or kind = 'correction' or basis is not null", name="basis_named"
        ),
        sa.Index("ix_amendment_plan_id_id", "plan_id", "id"),
        sa.Index(
            "ix_amendment_effective_on_waiting",
            "effective_on",
            postgresql_where=sa.text("state = 'issued' and applied_at is null"),
        ),
    )

    plan_id: uuid.UUID = link("plan")
    number: int | None = None
    kind: AmendmentKind = Field(sa_type=text_enum(AmendmentKind, "kind"))
    state: AmendmentState = Field(
        default=AmendmentState.DRAFT, sa_type=text_enum(AmendmentState, "state")
    )
    basis: str | None = Field(default=None, sa_type=sa.Text)
    effective_on: date | None = None
    reason: str = Field(sa_type=sa.Text)
    agency_id: uuid.UUID = link("agency")
    """The agency whose client drew it up or, once issued, issued it."""
    client_id: uuid.UUID = link("client")
    issued_at: datetime | None = None
    issued_on: date | None = None
    applied_at: datetime | None = None


class AmendmentItem(Row, table=True):
    """One change of an amendment: the task as it was, and as it is to be; null: there is none.

    `task_version` is the version of the task that it was drawn up against.
    """

    __tablename__ = "amendment_item"
    __table_args__ = (
        sa.UniqueConstraint("amendment_id", "position"),
        sa.CheckConstraint(
            "(change = 'add') = (before is null) and (change = 'drop') = (after is null)",
            name="words_of_change",
        ),
        sa.CheckConstraint(
            "change = 'add' or num_nulls(task_id, task_version) = 0", name="task_named"
        ),
    )

    amendment_id: uuid.UUID = link("amendment")
    position: int
    change: AmendmentChange = Field(sa_type=text_enum(AmendmentChange, "change"))
    task_id: uuid.UUID | None = link("task", default=None, index=True)
    task_version: int | None = None
    before: dict[str, Any] | None = Field(default=None, sa_type=JSONB(none_as_null=True))
    after: dict[str, Any] | None = Field(default=None, sa_type=JSONB(none_as_null=True))
