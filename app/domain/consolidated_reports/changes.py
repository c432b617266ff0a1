"""The changes since a report was frozen; the report itself never changes.

The frozen standing of each assignment and each agency is compared with the one of today.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from app.domain.consolidated_reports.build import assessments_of, results_of
from app.domain.consolidated_reports.content import (
    AcceptedText,
    Assessment,
    FiledText,
    GroupResults,
    NamedAgency,
    ReportContent,
)
from app.models import Plan
from app.queries.consolidated_reports.standings import ReportWindow


@dataclass(frozen=True, slots=True)
class ReportedStanding:
    """The standing of one assignment as the report states it."""

    agency: NamedAgency
    standing: str
    deadline_on: date | None
    completed_on: date | None
    percent: int | None
    text: FiledText | None


@dataclass(frozen=True, slots=True)
class ReportChange:
    """One assignment, or one agency's own report, whose standing differs from the reported one.

    `what` names the members of `ReportedStanding` that differ, or `assessment`. `before` is None
    where the report does not have the assignment, `after` where a report of today would not.
    """

    subject: Literal["assignment", "agency_report"]
    agency: NamedAgency
    assignment_id: UUID | None
    task_ordinal: str | None
    task_title: str | None
    period: str | None
    what: list[str]
    before: ReportedStanding | None
    after: ReportedStanding | None


MEMBERS = ("agency", "standing", "deadline_on", "completed_on", "percent", "text")


async def changes_since(
    session: AsyncSession,
    plans: Iterable[Plan],
    content: ReportContent,
    today: date,
    *,
    due_soon_days: int,
) -> list[ReportChange]:
    """The differences between the report and one that were made today: of assignments, then of
    agencies."""
    window = ReportWindow(content.data_from, content.data_to, today, today, due_soon_days)
    shown = [await results_of(session, plan, window, content.own_id) for plan in plans]
    before = _standings(content.results, content.texts)
    after: dict[UUID, ReportedStanding] = {}
    for one_plan in shown:
        after |= _standings(one_plan.groups, one_plan.texts)
    tasks = {
        one.assignment_id: (task.ordinal, task.title)
        for group in (*content.results, *(group for one in shown for group in one.groups))
        for task in group.tasks
        for one in task.assignments
    }
    found = []
    for key, (ordinal, title) in tasks.items():
        was, now = before.get(key), after.get(key)
        what = [name for name in MEMBERS if getattr(was, name, None) != getattr(now, name, None)]
        either = now or was
        if what and either is not None:
            found.append(
                ReportChange("assignment", either.agency, key, ordinal, title, None, what, was, now)
            )
    return found + await _assessed(session, plans, content, window)


def _standings(
    results: Iterable[GroupResults], texts: Iterable[AcceptedText]
) -> dict[UUID, ReportedStanding]:
    """The standing of each assignment; texts are compared by their words, not by their numbers."""
    words = {
        text.number: FiledText(**text.model_dump(exclude={"number", "is_shared"})) for text in texts
    }
    return {
        one.assignment_id: ReportedStanding(
            one.agency,
            one.standing,
            one.deadline_on,
            one.completed_on,
            one.percent,
            None if one.text is None else words[one.text],
        )
        for group in results
        for task in group.tasks
        for one in task.assignments
    }


async def _assessed(
    session: AsyncSession, plans: Iterable[Plan], content: ReportContent, window: ReportWindow
) -> list[ReportChange]:
    before = {_key(one): one for one in content.assessments}
    now = [await assessments_of(session, plan, window, content.own_id) for plan in plans]
    after = {_key(one): one for some in now for one in some}
    return [
        ReportChange(
            "agency_report",
            either.agency,
            None,
            None,
            None,
            either.period,
            ["assessment"],
            None,
            None,
        )
        for key in sorted(before.keys() | after.keys())
        if before.get(key) != after.get(key)
        and (either := after.get(key) or before.get(key)) is not None
    ]


def _key(one: Assessment) -> tuple[str, str, str]:
    """An agency's report of a period; those on several plans have documents of their own."""
    return one.agency.code, one.period, one.document
