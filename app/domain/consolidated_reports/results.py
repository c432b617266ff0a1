"""The results of a report: every task in the plan's order, each accepted text once."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from app.domain.consolidated_reports.content import (
    AcceptedText,
    AgencyResult,
    GroupResults,
    NamedAgency,
    NamedEvidence,
    NextTask,
    TaskResult,
)
from app.models import AssigneeRole, Outcome, Task, TaskGroup
from app.queries.consolidated_reports.standings import AssignmentStanding
from app.queries.figures.status_tree import OPEN_STANDINGS

NOT_COUNTED = ("revoked", "not_applicable", "carried_over")
"""The standings that no "27/33 đơn vị" counts: nobody owes these assignments any more."""


class NumberedTexts:
    """The accepted texts of a report, each numbered from 1 in the order of its first task.

    What was written once for several assignments is one text, by its narrative.
    """

    def __init__(self, found: Sequence[AssignmentStanding]) -> None:
        self._shared: dict[UUID, int] = defaultdict(int)
        for one in found:
            if one.narrative_id is not None:
                self._shared[one.narrative_id] += 1
        self._numbers: dict[UUID, int] = {}
        self.texts: list[AcceptedText] = []

    def number_of(self, one: AssignmentStanding) -> int | None:
        """The number of an assignment's text, which is added where it is new; None for none."""
        if one.attempt_id is None or one.content is None:
            return None
        key = one.narrative_id or one.attempt_id
        if key not in self._numbers:
            self._numbers[key] = len(self.texts) + 1
            self.texts.append(self._text(one, one.content))
        return self._numbers[key]

    def _text(self, one: AssignmentStanding, content: Mapping[str, Any]) -> AcceptedText:
        shared = one.narrative_id is not None and self._shared[one.narrative_id] > 1
        return AcceptedText(
            number=len(self.texts) + 1,
            agency=one.filed_by or one.agency_name,
            period=one.period or "",
            received_on=one.received_on or date.min,
            is_shared=shared,
            results=content["results"] or content.get("not_applicable_reason") or "",
            difficulties=content["difficulties"],
            proposals=content["proposals"],
            late_reason=content.get("late_reason"),
        )


@dataclass(frozen=True, slots=True)
class PlanResults:
    """The plan's tasks in force with the standings of their assignments, as rows and as shown."""

    tasks: Sequence[Task]
    standings: Sequence[AssignmentStanding]
    groups: list[GroupResults]
    texts: list[AcceptedText]


def agency_of(one: AssignmentStanding) -> NamedAgency:
    """The agency of an assignment, by its name of the day."""
    return NamedAgency(id=one.agency_id, code=one.agency_code, name=one.agency_name)


def results(
    groups: Sequence[TaskGroup],
    tasks: Iterable[Task],
    found: Sequence[AssignmentStanding],
    texts: NumberedTexts,
) -> list[GroupResults]:
    """Every task under its heading; those that stand under none come first."""
    owed: dict[UUID, list[AssignmentStanding]] = defaultdict(list)
    for one in found:
        owed[one.task_id].append(one)
    under: dict[UUID | None, list[TaskResult]] = defaultdict(list)
    for task in tasks:
        under[task.task_group_id].append(_task(task, owed[task.id], texts))
    headed = [(group.id, group.ordinal, group.title) for group in groups]
    return [
        GroupResults(plan=None, ordinal=ordinal, title=title, tasks=under[key])
        for key, ordinal, title in [(None, None, None), *headed]
        if under[key]
    ]


def _task(task: Task, owed: Sequence[AssignmentStanding], texts: NumberedTexts) -> TaskResult:
    led = [
        one.standing
        for one in owed
        if one.role == AssigneeRole.LEAD and one.standing not in NOT_COUNTED
    ]
    return TaskResult(
        id=task.id,
        ordinal=task.ordinal,
        title=task.title,
        time_frame=task.time_frame_text,
        completed=led.count("completed"),
        total=len(led),
        assignments=[_assignment(one, texts) for one in owed],
    )


def _assignment(one: AssignmentStanding, texts: NumberedTexts) -> AgencyResult:
    return AgencyResult(
        assignment_id=one.assignment_id,
        agency=agency_of(one),
        collective=one.collective,
        role=one.role,
        occurrence=one.occurrence,
        standing=one.standing,
        timeliness=one.timeliness,
        deadline_on=one.deadline_on,
        original_deadline_on=one.original_deadline_on,
        reported_on=one.reported_on,
        completed_on=one.completed_on,
        outcome=None if one.content is None else Outcome(one.content["outcome"]),
        percent=None if one.content is None else one.content["percent"],
        text=texts.number_of(one),
    )


def next_tasks(
    tasks: Iterable[Task],
    found: Iterable[AssignmentStanding],
    upcoming: Mapping[UUID, int],
    day: date,
) -> list[NextTask]:
    """The leads' open and coming assignments by task; tasks without any are left out."""
    open_: dict[UUID, list[AssignmentStanding]] = defaultdict(list)
    for one in found:
        if one.role == AssigneeRole.LEAD and one.standing in OPEN_STANDINGS:
            open_[one.task_id].append(one)
    return [
        NextTask(
            ordinal=task.ordinal,
            title=task.title,
            open=len(open_[task.id]),
            overdue=sum(one.timeliness == "overdue" for one in open_[task.id]),
            upcoming=upcoming.get(task.id, 0),
            next_deadline_on=min(
                (due for one in open_[task.id] if (due := one.deadline_on) and due >= day),
                default=None,
            ),
        )
        for task in tasks
        if open_[task.id] or upcoming.get(task.id)
    ]


def evidence(
    found: Iterable[AssignmentStanding], ordinals: Mapping[UUID, str]
) -> list[NamedEvidence]:
    """The documents that accepted texts name, in the plan's order; each once a task and agency."""
    named: dict[tuple[str, str, str, str], NamedEvidence] = {}
    for one in found:
        for document in (one.content or {}).get("evidence", ()):
            row = NamedEvidence(
                task_ordinal=ordinals[one.task_id],
                agency=one.filed_by or one.agency_name,
                number=document["number"],
                issued_on=document["issued_on"],
                url=document.get("url"),
            )
            key = (row.task_ordinal, row.agency, row.number, row.issued_on.isoformat())
            named.setdefault(key, row)
    return list(named.values())
