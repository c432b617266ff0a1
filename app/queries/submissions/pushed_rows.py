"""Rows that a push of submissions reads and changes: plain, since there may be a thousand of them.

What the session does for each row costs more than all that the database does.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple

from app.models import AssignmentStatus, PlanStatus, SubmissionStatus


class SubmissionKey(NamedTuple):
    """The natural key of a submission, and the agency that has to report."""

    agency_id: uuid.UUID
    assignment_id: uuid.UUID
    period: str


@dataclass(slots=True)
class HeldSubmission:
    """The columns of a submission that a push and its answer need."""

    id: uuid.UUID
    report_request_id: uuid.UUID | None
    period: str
    data_from: date
    data_to: date
    due_on: date
    status: SubmissionStatus
    draft: dict[str, Any] | None
    drafted_by_id: uuid.UUID | None
    draft_narrative_id: uuid.UUID | None
    draft_sources: list[uuid.UUID] | None
    attempts: int
    submitted_on: date | None
    waived_reason: str | None
    updated_at: datetime
    xmin: int


@dataclass(slots=True)
class HeldAssignment:
    """The columns of an assignment that a push needs; its submissions share the object."""

    id: uuid.UUID
    agency_id: uuid.UUID
    status: AssignmentStatus
    awaits_handover: bool
    reported_on: date | None
    changed_on: date


class HeldPlan(NamedTuple):
    """The columns of a plan that decide over its submissions."""

    id: uuid.UUID
    status: PlanStatus
    owner_id: uuid.UUID
    issuer_id: uuid.UUID | None
    coordinator_id: uuid.UUID | None


class HeldTask(NamedTuple):
    """The columns of a task that the answer to a push names."""

    ordinal: str


class HeldAttempt(NamedTuple):
    """The latest attempt: its content, and by which client and for which agency it was filed."""

    number: int
    content: dict[str, Any]
    client_id: uuid.UUID
    agency_id: uuid.UUID
    narrative_id: uuid.UUID | None
    sources: Sequence[uuid.UUID] | None


@dataclass(slots=True)
class HeldCase:
    """A submission with its assignment, task and plan; `attempt` is None while nothing was filed.

    `questions` are the ids of the questions of its report request; None of a regular submission.
    """

    submission: HeldSubmission
    assignment: HeldAssignment
    task: HeldTask
    plan: HeldPlan
    attempt: HeldAttempt | None = None
    questions: frozenset[str] | None = None


@dataclass(slots=True)
class SubmissionChanges:
    """The changes of pushes on one assignment, which are stored together or not at all."""

    assignment: HeldAssignment
    submissions: dict[uuid.UUID, HeldSubmission] = field(default_factory=dict)
    is_assignment_changed: bool = False
    attempts: list[dict[str, Any]] = field(default_factory=list)
    audit_entries: list[dict[str, Any]] = field(default_factory=list)
    events: list[dict[str, Any]] = field(default_factory=list)


class AssignmentReference(NamedTuple):
    """What a caller knows of an assignment; None narrows nothing."""

    agency_id: uuid.UUID
    plan_id: uuid.UUID | None
    plan_number: str | None
    task_ordinal: str | None
    system: str | None
    external_id: str | None
    occurrence: str | None
    period: str
