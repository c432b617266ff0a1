"""Rows that answers about submissions show and pushes change: plain, for there may be a thousand.

What the session does for each row costs more than all that the database does.
"""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple

from app.models import AssignmentStatus, PlanStatus, SubmissionStatus
from app.queries.registry.agencies import AgencyLabel


class SubmissionKey(NamedTuple):
    """The natural key of a submission, and the agency that has to report."""

    agency_id: uuid.UUID
    assignment_id: uuid.UUID
    period: str


@dataclass(slots=True)
class HeldSubmission:
    """The columns of a submission that a push and its answer need, with the draft of it.

    The draft is there only where the submission was read for its own agency.
    """

    id: uuid.UUID
    report_request_id: uuid.UUID | None
    period: str
    data_from: date
    data_to: date
    due_on: date
    status: SubmissionStatus
    attempts: int
    received_on: date | None
    accepted_attempt: int | None
    waived_reason: str | None
    updated_at: datetime
    row_state: int
    draft: dict[str, Any] | None
    drafted_by_id: uuid.UUID | None
    draft_narrative_id: uuid.UUID | None
    draft_sources: list[uuid.UUID] | None
    drafted_at: datetime | None
    draft_state: int | None

    @property
    def xmin(self) -> str:
        """The transactions that wrote the row and the draft last."""
        parts = (self.row_state, self.draft_state)
        return ".".join(str(part) for part in parts if part is not None)

    @property
    def shown_status(self) -> SubmissionStatus:
        """The status as the caller sees it: a draft is shown to its own agency alone."""
        is_draft = self.status == SubmissionStatus.EXPECTED and self.draft is not None
        return SubmissionStatus.DRAFT if is_draft else self.status

    @property
    def changed_at(self) -> datetime:
        """The moment of the last change that the caller sees."""
        return max(self.updated_at, self.drafted_at or self.updated_at)

    def drop_draft(self) -> None:
        """There is no draft any more."""
        self.draft = self.drafted_by_id = self.draft_narrative_id = self.draft_sources = None
        self.drafted_at = self.draft_state = None


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
    """The columns of a task that an answer names."""

    id: uuid.UUID
    ordinal: str


class HeldAttempt(NamedTuple):
    """The latest attempt: its content, and by which client and for which agency it was filed."""

    number: int
    content: dict[str, Any]
    client_id: uuid.UUID
    agency_id: uuid.UUID
    narrative_id: uuid.UUID | None
    sources: Sequence[uuid.UUID] | None
    entered_by_id: uuid.UUID | None


@dataclass(slots=True)
class HeldCase:
    """A submission with its assignment, task and plan; `attempt` is None while nothing was filed.

    `wants` is what the regime of its period asks of a filing; of a case that was read for an answer
    it is empty. `questions` are the ids of the questions of its report request; None of a regular
    submission. The labels of its agency and of who drafted it, and its external references, are
    there where the case was read for an answer.
    """

    submission: HeldSubmission
    assignment: HeldAssignment
    task: HeldTask
    plan: HeldPlan
    wants: Collection[str] = ()
    attempt: HeldAttempt | None = None
    questions: frozenset[str] | None = None
    agency: AgencyLabel | None = None
    drafter: AgencyLabel | None = None
    external_refs: list[dict[str, str]] = field(default_factory=list)

    @property
    def label(self) -> AgencyLabel:
        """The agency that owes the submission, of a case that was read for an answer."""
        if self.agency is None:
            raise ValueError("The case was not read for an answer.")
        return self.agency

    @property
    def drafter_label(self) -> AgencyLabel:
        """The agency that wrote the draft: the one before a handover, or the present one."""
        drafted_by_id = self.submission.drafted_by_id
        is_other = self.drafter is not None and self.drafter.id == drafted_by_id
        return self.drafter if is_other and self.drafter is not None else self.label


@dataclass(slots=True)
class SubmissionChanges:
    """The changes of pushes on one assignment, which are stored together or not at all."""

    assignment: HeldAssignment
    submissions: dict[uuid.UUID, HeldSubmission] = field(default_factory=dict)
    drafts: dict[uuid.UUID, HeldSubmission] = field(default_factory=dict)
    is_assignment_changed: bool = False
    attempts: list[dict[str, Any]] = field(default_factory=list)
    audit_entries: list[dict[str, Any]] = field(default_factory=list)
    events: list[dict[str, Any]] = field(default_factory=list)


class AssignmentReference(NamedTuple):
    """The details by which a caller refers to an assignment; None narrows nothing."""

    agency_id: uuid.UUID
    plan_id: uuid.UUID | None
    plan_number: str | None
    task_ordinal: str | None
    system: str | None
    external_id: str | None
    occurrence: str | None
    period: str
