"""The figures of a report, by the queries that answer the API's own figures of the same day."""

from typing import Any
from uuid import UUID

from pydantic_core import from_json
from sqlmodel.ext.asyncio.session import AsyncSession

from app.domain.consolidated_reports.content import (
    AgencyGap,
    AgencyReporting,
    FigureGroup,
    NamedAgency,
    RoleFigures,
)
from app.domain.figures.reporting import tree
from app.models import AssigneeRole, Plan
from app.queries.consolidated_reports.follow_up import FollowedUp
from app.queries.consolidated_reports.standings import Window
from app.queries.figures import flows, plan, reporting
from app.queries.figures.groupings import Division

MOST_AGENCIES = 100_000
"""More agencies than any plan has: figures of reporting are read whole."""


async def role_figures(
    session: AsyncSession, of: Plan, window: Window, role: AssigneeRole
) -> RoleFigures:
    """How the plan's assignments of one role stand, by both deadlines, and what went on."""
    by_group = await _figures(session, of, window, role, "group")
    by_agency = await _figures(session, of, window, role, "agency")
    by_occurrence = await _statistics(session, of, window, role, "period")
    total = by_group["total"]
    return RoleFigures(
        **total,
        by_group=by_group["groups"],
        by_agency=by_agency["groups"],
        by_occurrence=[_group(group, None) for group in by_occurrence["groups"]],
    )


async def _figures(
    session: AsyncSession, of: Plan, window: Window, role: AssigneeRole, by: Division
) -> dict[str, Any]:
    """Each group of either answer once: what was closed for good may flow and stand no more."""
    stand = await _statistics(session, of, window, role, by)
    flow = flows.Flow(window.first, window.as_of, window.due_soon_days, role)
    went_on = from_json(
        await flows.plan_flows_json(
            session, flow, plan_id=of.id, by=by, mine=of.owner_id, period=None
        )
    )
    flowing = {group["key"]: group["flows"] for group in went_on["groups"]}
    return {
        "total": {
            "statistics": stand["total"],
            "deadlines": stand["deadlines"],
            "flows": went_on["total"],
        },
        "groups": [_group(group, flowing.get(group["key"])) for group in stand["groups"]],
    }


def _group(group: dict[str, Any], flowing: dict[str, Any] | None) -> FigureGroup:
    named = {name: value for name, value in group.items() if name != "groups"}
    return FigureGroup(**named, flows=flowing)


async def _statistics(
    session: AsyncSession, of: Plan, window: Window, role: AssigneeRole, by: Division
) -> dict[str, Any]:
    as_of = plan.AsOf(window.as_of, window.due_soon_days, role, "both")
    found: dict[str, Any] = from_json(
        await plan.plan_statistics_json(session, as_of, plan_id=of.id, by=by, mine=of.owner_id)
    )
    return found


async def reporting_counts(
    session: AsyncSession, of: Plan, window: Window
) -> list[reporting.SubmissionCounts]:
    """The leads' reports on periods that end within the window, by agency; the first without a
    name is of those that nobody owes while a handover is awaited."""
    narrowed = {
        "plan_id": of.id,
        "role": AssigneeRole.LEAD.value,
        "data_from": window.first,
        "data_to": window.last,
    }
    asked = reporting.ReportingQuery("agency", window.as_of, narrowed, 0, MOST_AGENCIES)
    _, groups = await reporting.count_submissions(session, asked)
    return groups


def agency_of(counts: reporting.SubmissionCounts) -> NamedAgency | None:
    """The agency of a group; None for what is handed over."""
    if counts.key is None:
        return None
    return NamedAgency(id=UUID(counts.key), code=counts.code or "", name=counts.label or "")


def reporting_of(
    counts: reporting.SubmissionCounts, agency: NamedAgency, done: FollowedUp | None
) -> AgencyReporting:
    """How one agency reported, and what was done about it."""
    found = tree(counts)
    expected = found["expected"]
    return AgencyReporting(
        agency=agency,
        expected=expected["total"],
        filed=expected["filed"]["total"],
        on_time=expected["filed"]["on_time"],
        not_filed=expected["not_filed"]["total"],
        waiting=found["review"]["waiting"],
        returned=done.returned if done else 0,
        reminded=done.reminded if done else 0,
        extended=done.extended if done else 0,
        grade=done.grade if done else None,
    )


def not_filed(counts: reporting.SubmissionCounts) -> AgencyGap:
    """How many reports of an agency are due and missing."""
    missing = tree(counts)["expected"]["not_filed"]["total"]
    return AgencyGap(agency=agency_of(counts), count=missing, since=None)


def waiting(counts: reporting.SubmissionCounts) -> AgencyGap:
    """How many reports of an agency wait for a decision, and since when."""
    found = tree(counts)["review"]
    return AgencyGap(agency=agency_of(counts), count=found["waiting"], since=found["waiting_since"])
