import enum
import uuid
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlmodel import Field, SQLModel

from app.models.base import ChangingRow, link, text_enum


class OperationStatus(enum.StrEnum):
    """The states of long work; the last two are its ends."""

    PENDING = "pending"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


class Operation(ChangingRow, table=True):
    """Work that was promised with 202, the caller in whose name it is done, and its result.

    The worker `leased_by` has the lease until `leased_until`, and no longer than it lives.
    `attempts` counts at the beginning of each attempt, so that work which kills its worker is not
    begun for ever. `problem` is in both languages.
    """

    __tablename__ = "operation"
    __table_args__ = (
        sa.CheckConstraint("kind ~ '^[a-z_]{1,40}$'", name="kind_form"),
        sa.CheckConstraint("attempts between 0 and 3", name="attempts_range"),
        sa.CheckConstraint("done >= 0 and done <= total", name="progress_range"),
        sa.CheckConstraint(
            "(status = 'running') = (leased_until is not null)", name="leased_while_running"
        ),
        sa.CheckConstraint("(status = 'succeeded') = (result is not null)", name="result_set"),
        sa.CheckConstraint("(status = 'failed') = (problem is not null)", name="problem_set"),
        sa.CheckConstraint(
            "(status in ('succeeded', 'failed')) = (finished_at is not null)",
            name="finished_at_set",
        ),
        sa.Index(
            "ix_operation_id_unfinished",
            "id",
            postgresql_where=sa.text("status in ('pending', 'running')"),
        ),
    )

    kind: str = Field(sa_type=sa.Text)
    status: OperationStatus = Field(
        default=OperationStatus.PENDING, sa_type=text_enum(OperationStatus, "status")
    )
    client_id: uuid.UUID = link("client", index=True)
    agency_id: uuid.UUID = link("agency", index=True)
    roles: list[str] = Field(sa_type=ARRAY(sa.Text))
    request_id: str | None = Field(default=None, sa_type=sa.Text)
    parameters: dict[str, Any] = Field(sa_type=JSONB)
    done: int = 0
    total: int | None = None
    result: dict[str, Any] | None = Field(default=None, sa_type=JSONB(none_as_null=True))
    problem: dict[str, Any] | None = Field(default=None, sa_type=JSONB(none_as_null=True))
    attempts: int = 0
    leased_until: datetime | None = None
    leased_by: int | None = None
    started_at: datetime | None = None
    finished_at: datetime | None = None


class OperationFile(SQLModel, table=True):
    """The file that an operation works on; it is deleted when the operation has ended."""

    __tablename__ = "operation_file"

    operation_id: uuid.UUID = link("operation", primary_key=True)
    content: bytes
