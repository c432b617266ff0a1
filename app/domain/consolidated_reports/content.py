"""The content of a consolidated report: one document that is frozen, hashed and written out as
files.

Names are those of the day as of which it is. Trees of figures are as the API answers them.
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import from_json

from app.kinds import AssigneeRole, Grade, Outcome, ReportKind


class ContentPart(BaseModel):
    """A part of the frozen document: never changed, and nothing in it that has no name."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class NamedAgency(ContentPart):
    """An agency by its name of the day."""

    id: UUID
    code: str
    name: str


class ReportNotes(ContentPart):
    """The coordinator's own words, by heading; empty where it has none."""

    situation: str
    results: str
    strengths: str
    shortcomings: str
    causes: str
    proposals: str
    next_year: str


class ReportedPlan(ContentPart):
    """The plan as the report cites it."""

    id: UUID
    number: str | None
    issued_on: date | None
    title: str
    bases: list[str]
    issuer: NamedAgency | None
    coordinator: NamedAgency | None
    recipients: list[NamedAgency]


class ReportSender(ContentPart):
    """The agency that writes: its letterhead and its superior's, its place, its head's title."""

    superior: str | None
    lines: list[str]
    place: str
    signs_as: list[str]


class FigureGroup(ContentPart):
    """The figures of one agency, task group or occurrence; what went on is null of occurrences."""

    key: str | None
    code: str | None
    label: str | None
    kind: str | None
    statistics: dict[str, Any]
    deadlines: dict[str, Any]
    flows: dict[str, Any] | None


class RoleFigures(ContentPart):
    """The figures of one role: the states of its assignments on the day, and the flows since the
    first day."""

    statistics: dict[str, Any]
    deadlines: dict[str, Any]
    flows: dict[str, Any]
    by_group: list[FigureGroup]
    by_agency: list[FigureGroup]
    by_occurrence: list[FigureGroup]


class FiledText(ContentPart):
    """The words of a filing that was accepted."""

    agency: str
    period: str
    received_on: date
    results: str
    difficulties: str
    proposals: str
    late_reason: str | None


class AcceptedText(FiledText):
    """The words of one filing, given once for all the assignments that it was written for."""

    number: int
    is_shared: bool


class AgencyResult(ContentPart):
    """One assignment as it stands; the last three are of its accepted text, null for none."""

    assignment_id: UUID
    agency: NamedAgency
    collective: str | None
    role: AssigneeRole
    occurrence: str
    standing: str
    timeliness: str | None
    deadline_on: date | None
    original_deadline_on: date | None
    reported_on: date | None
    completed_on: date | None
    outcome: Outcome | None
    percent: int | None
    text: int | None


class TaskResult(ContentPart):
    """One task: how many of those who lead it are done, and each of its assignments."""

    id: UUID
    ordinal: str
    title: str
    time_frame: str
    completed: int
    total: int
    assignments: list[AgencyResult]


class GroupResults(ContentPart):
    """A heading of the plan's table with its tasks; without a heading for tasks that have none.

    `plan` names the plan in a report over several.
    """

    plan: str | None
    ordinal: str | None
    title: str | None
    tasks: list[TaskResult]


class MeasuredIndicator(ContentPart):
    """The values of an indicator: in the period, and from the plan's beginning."""

    id: UUID
    task_ordinal: str
    name: str
    unit: str
    reached: str
    target: str | None
    percent: str | None
    reached_in_all: str
    target_in_all: str | None
    percent_in_all: str | None


class AgencyReporting(ContentPart):
    """The reporting of one agency, and the coordinator's decisions and reminders about it."""

    agency: NamedAgency
    expected: int
    filed: int
    on_time: int
    not_filed: int
    waiting: int
    returned: int
    reminded: int
    extended: int
    grade: Grade | None


class Assessment(ContentPart):
    """An agency's own words on the period, as they were accepted."""

    agency: NamedAgency
    period: str
    document: str
    situation: str
    results: str
    shortcomings: str
    causes: str
    difficulties: str
    proposals: str
    next_period: str


class ListedAssignment(ContentPart):
    """An assignment that a list names; `reason` is why, `new_day` the day that is asked for."""

    assignment_id: UUID
    task_ordinal: str
    task_title: str
    agency: NamedAgency
    deadline_on: date | None
    days_overdue: int | None
    reason: str | None
    document: str | None
    new_day: date | None


class ListedTask(ContentPart):
    """A task that nobody leads, in the plan's own words."""

    ordinal: str
    title: str
    words: list[str]


class UnansweredRequest(ContentPart):
    """A document that asked for a report, and who has not answered it."""

    number: str
    issued_on: date
    title: str
    due_on: date
    agencies: list[NamedAgency]


class ListedRemark(ContentPart):
    """A remark of an overseer with its subject, and the answer to it."""

    made_on: date
    author: NamedAgency
    about: str
    text: str
    answer: str | None


class Attention(ContentPart):
    """The matters that a person has to see to."""

    overdue: list[ListedAssignment]
    extended: list[ListedAssignment]
    suspended: list[ListedAssignment]
    awaiting_handover: list[ListedAssignment]
    nobody_owes: list[ListedTask]
    without_action_plan: list[NamedAgency]
    unanswered: list[UnansweredRequest]
    remarks: list[ListedRemark]


class Proposal(ContentPart):
    """A proposal of one agency, in its own report or on a task."""

    agency: str
    task_ordinal: str | None
    text: str


class ProposalGroup(ContentPart):
    """The proposals that name one body first; null: they name none."""

    decides: str | None
    proposals: list[Proposal]


class NextTask(ContentPart):
    """The assignments of a task after the day: open ones, the overdue among them, those known
    ahead, and the next deadline, null where all deadlines are past."""

    ordinal: str
    title: str
    open: int
    overdue: int
    upcoming: int
    next_deadline_on: date | None


class NamedEvidence(ContentPart):
    """A document that shows a result: of which task and agency."""

    task_ordinal: str
    agency: str
    number: str
    issued_on: date
    url: str | None


class AgencyGap(ContentPart):
    """The number of an agency's submissions that are missing or wait, and the day of the oldest."""

    agency: NamedAgency | None
    count: int
    since: date | None


class ReportGaps(ContentPart):
    """The submissions that a report lacks before it is frozen, or lacked when it was."""

    not_filed: list[AgencyGap]
    waiting_for_review: list[AgencyGap]
    pending_handovers: list[AgencyGap]
    without_lead: list[ListedTask]
    empty_headings: list[str]


class ReportContent(ContentPart):
    """The whole content of a consolidated report, in the order of its parts.

    `own` is the agency that reports on itself alone, null for a report on all agencies;
    `with_plans` are the plans beside `plan` that the report covers.
    """

    kind: ReportKind
    period: str | None
    data_from: date
    data_to: date
    as_of: date
    frozen_at: datetime
    title: str
    version: int
    agency: NamedAgency
    sender: ReportSender
    own: NamedAgency | None
    plan: ReportedPlan
    with_plans: list[ReportedPlan]
    notes: ReportNotes
    lead: RoleFigures
    coordinating: RoleFigures
    results: list[GroupResults]
    texts: list[AcceptedText]
    indicators: list[MeasuredIndicator]
    reporting: list[AgencyReporting]
    assessments: list[Assessment]
    attention: Attention
    proposals: list[ProposalGroup]
    next_year: list[NextTask]
    evidence: list[NamedEvidence]
    gaps: ReportGaps

    @classmethod
    def read(cls, text: str | bytes) -> Self:
        """A frozen content, whichever version of the service froze it."""
        try:
            return cls.model_validate_json(text)
        except ValidationError:
            return cls.model_validate(_as_now(from_json(text)))

    @property
    def own_id(self) -> UUID | None:
        """The agency whose own report it is."""
        return None if self.own is None else self.own.id


def _as_now(frozen: dict[str, Any]) -> dict[str, Any]:
    """A frozen content with the members that it lacks if it is older than reports of one agency or
    over several plans, or than the count of overdue assignments that go on."""
    plan = {"coordinator": None, "bases": []} | frozen["plan"]
    results = [{"plan": None} | group for group in frozen["results"]]
    following = [{"overdue": 0} | task for task in frozen["next_year"]]
    changed = {"plan": plan, "results": results, "next_year": following}
    return {"own": None, "with_plans": []} | frozen | changed


@dataclass(frozen=True, slots=True)
class SigningOff:
    """The number, day and signer under which a report was sent."""

    number: str
    signed_on: date
    signer: str


def canonical(content: ReportContent) -> str:
    """The one JSON text of a content: names in order, no white space, letters as they are."""
    return json.dumps(
        content.model_dump(mode="json"),
        ensure_ascii=False,
        sort_keys=True,
        separators=(",", ":"),
        allow_nan=False,
    )


def digest(text: str) -> str:
    """The SHA-256 of a canonical text."""
    return hashlib.sha256(text.encode()).hexdigest()
