import uuid
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from app.kinds import AssigneeRole, TimeFrameKind
from app.models.base import ChangingRow, first_version, link, text_enum


class TaskGroup(ChangingRow, table=True):
    """A heading of the plan's table; its order is the plan's."""

    __tablename__ = "task_group"
    __table_args__ = (
        sa.UniqueConstraint("id", "plan_id"),
        sa.UniqueConstraint("plan_id", "position", deferrable=True, initially="DEFERRED"),
    )

    plan_id: uuid.UUID = link("plan")
    position: int
    ordinal: str = Field(sa_type=sa.Text)
    title: str = Field(sa_type=sa.Text)
    source_cells: list[list[str]] = Field(default_factory=list, sa_type=JSONB)


class Task(ChangingRow, table=True):
    """A numbered task of a plan, with the plan's own words beside their meaning."""

    __tablename__ = "task"
    __table_args__ = (
        sa.UniqueConstraint("id", "plan_id"),
        sa.UniqueConstraint("plan_id", "position", deferrable=True, initially="DEFERRED"),
        sa.ForeignKeyConstraint(
            ["task_group_id", "plan_id"],
            ["task_group.id", "task_group.plan_id"],
            ondelete="RESTRICT",
        ),
        sa.CheckConstraint("time_frame_starts_on <= time_frame_ends_on", name="time_frame_span"),
        sa.CheckConstraint("due_month between 1 and 12", name="due_month_range"),
        sa.CheckConstraint("due_day between 1 and 31", name="due_day_range"),
        sa.CheckConstraint("num_nulls(due_month, due_day) <> 1", name="due_month_and_day"),
    )

    plan_id: uuid.UUID = link("plan")
    task_group_id: uuid.UUID | None = Field(default=None, index=True)
    position: int
    ordinal: str = Field(sa_type=sa.Text)
    title: str = Field(sa_type=sa.Text)
    expected_result: str | None = Field(default=None, sa_type=sa.Text)
    note: str | None = Field(default=None, sa_type=sa.Text)
    time_frame_text: str = Field(sa_type=sa.Text)
    time_frame_kind: TimeFrameKind = Field(sa_type=text_enum(TimeFrameKind, "time_frame_kind"))
    time_frame_starts_on: date | None = None
    time_frame_ends_on: date | None = None
    due_month: int | None = None
    due_day: int | None = None
    source_cells: list[list[str]] = Field(default_factory=list, sa_type=JSONB)
    version: int = first_version()
    """One more with every amendment that touched it."""
    in_force_on: date | None = None
    """The day since which the plan has it with this time frame; null: since the issue."""
    dropped_on: date | None = None
    """The first day on which the plan has it no longer; it can still be read."""


class Assignee(ChangingRow, table=True):
    """The plan's own words for who does a task: an agency, a collective, or not understood."""

    __tablename__ = "assignee"
    __table_args__ = (
        sa.UniqueConstraint("task_id", "role", "position", deferrable=True, initially="DEFERRED"),
        sa.CheckConstraint("num_nonnulls(agency_id, collective_id) <= 1", name="one_meaning"),
        sa.CheckConstraint("named_on <= ended_on", name="named_period"),
    )

    task_id: uuid.UUID = link("task")
    role: AssigneeRole = Field(sa_type=text_enum(AssigneeRole, "role"))
    position: int
    source_text: str = Field(sa_type=sa.Text)
    agency_id: uuid.UUID | None = link("agency", default=None, index=True)
    collective_id: uuid.UUID | None = link("collective", default=None, index=True)
    is_related_only: bool = False
    suggestions: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSONB)
    note_vi: str | None = Field(default=None, sa_type=sa.Text)
    note_en: str | None = Field(default=None, sa_type=sa.Text)
    named_on: date | None = None
    """The first day on which the plan names it; null: since the issue."""
    amendment_id: uuid.UUID | None = link("amendment", default=None)
    """The amendment that named it; null: the plan as it was issued."""
    ended_on: date | None = None
    """The first day on which the plan names it no longer; earlier assignments keep it."""
