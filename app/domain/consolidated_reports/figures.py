"""The figures of a report, by the queries that answer the API's own figures of the same day."""

from collections.abc import Sequence
from dataclasses import dataclass
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
from app.domain.consolidated_reports.sums import deadlines, nothing
from app.domain.figures.reporting import tree
from app.models import AssigneeRole, Plan
from app.queries.consolidated_reports.follow_up import FollowedUp
from app.queries.consolidated_reports.standings import ReportWindow
from app.queries.figures import flows, plan, reporting
from app.queries.figures.groupings import Division

MOST_AGENCIES = 100_000
"""More agencies than any plan has: figures of reporting are read whole."""


@dataclass(frozen=True, slots=True)
class Counted:
    """The choice of assignments to be counted: those of one role in a plan, as of a window; *own*
    limits them to the agency that reports on itself alone."""

    plan: Plan
    window: ReportWindow
    role: AssigneeRole
    own: UUID | None


async def role_figures(session: AsyncSession, of: Counted) -> RoleFigures:
    """The figures of the plan's assignments of one role, by both deadlines, and their flows."""
    by_group = await _figures(session, of, "group")
    by_agency = await _figures(session, of, "agency")
    by_occurrence = await _statistics(session, of, "period")
    total = by_group["total"]
    return RoleFigures(
        **total,
        by_group=by_group["groups"],
        by_agency=by_agency["groups"],
        by_occurrence=[_group(group, None) for group in by_occurrence["groups"]],
    )


async def _figures(session: AsyncSession, of: Counted, by: Division) -> dict[str, Any]:
    """The groups of both answers, each once: a group whose assignments are closed may have flows
    alone."""
    stand = await _statistics(session, of, by)
    went_on = await _flows(session, of, by)
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


async def _statistics(session: AsyncSession, of: Counted, by: Division) -> dict[str, Any]:
    """The statistics by a division; of one agency they are parts of its group."""
    as_of = plan.AsOf(of.window.as_of, of.window.due_soon_days, of.role, "both")
    outer: Division = by if of.own is None else "agency"
    inner = None if by == outer else by
    found: dict[str, Any] = from_json(
        await plan.plan_statistics_json(
            session, as_of, plan_id=of.plan.id, by=outer, then=inner, mine=of.plan.owner_id
        )
    )
    if of.own is None:
        return found
    mine = _of(found["groups"], of.own)
    if mine is None:
        return {"total": nothing(found["total"]), "deadlines": deadlines([]), "groups": []}
    return {
        "total": mine["statistics"],
        "deadlines": mine["deadlines"],
        "groups": [mine] if by == "agency" else mine["groups"],
    }


async def _flows(session: AsyncSession, of: Counted, by: Division) -> dict[str, Any]:
    """The flows by a division; in total alone for one agency's own report, since flows have only
    one division at a time."""
    window = of.window
    flow = flows.Flow(window.first, window.as_of, window.due_soon_days, of.role)
    found: dict[str, Any] = from_json(
        await flows.plan_flows_json(
            session,
            flow,
            plan_id=of.plan.id,
            by=by if of.own is None else "agency",
            mine=of.plan.owner_id,
            period=None,
        )
    )
    if of.own is None:
        return found
    mine = _of(found["groups"], of.own)
    total = nothing(found["total"]) if mine is None else mine["flows"]
    return {"total": total, "groups": [mine] if mine is not None and by == "agency" else []}


def _of(groups: Sequence[dict[str, Any]], agency_id: UUID) -> dict[str, Any] | None:
    return next((group for group in groups if group["key"] == str(agency_id)), None)


async def upcoming(session: AsyncSession, of: Counted) -> dict[UUID, int]:
    """The number of assignments known ahead, by task."""
    found = await _statistics(session, of, "task")
    return {
        UUID(group["key"]): group["statistics"]["by_current_deadline"]["upcoming"]
        for group in found["groups"]
    }


async def reporting_counts(
    session: AsyncSession, of: Plan, window: ReportWindow, own: UUID | None
) -> list[reporting.SubmissionCounts]:
    """The leads' reports on periods that end within the window, by agency; the first without a
    name is of those that nobody owes while a handover is awaited. Of *own* alone, where it is."""
    narrowed = {
        "plan_id": of.id,
        "role": AssigneeRole.LEAD.value,
        "data_from": window.first,
        "data_to": window.last,
    }
    asked = reporting.ReportingQuery("agency", window.as_of, narrowed, 0, MOST_AGENCIES)
    _, groups = await reporting.count_submissions(session, asked)
    return [one for one in groups if own is None or one.key == str(own)]


def agency_of(counts: reporting.SubmissionCounts) -> NamedAgency | None:
    """The agency of a group; None for the group of assignments that await a handover."""
    if counts.key is None:
        return None
    return NamedAgency(id=UUID(counts.key), code=counts.code or "", name=counts.label or "")


def reporting_of(
    counts: reporting.SubmissionCounts, agency: NamedAgency, done: FollowedUp | None
) -> AgencyReporting:
    """One agency's reporting, and the coordinator's response to it, in numbers."""
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
    """The number of an agency's reports that are due and not filed."""
    missing = tree(counts)["expected"]["not_filed"]["total"]
    return AgencyGap(agency=agency_of(counts), count=missing, since=None)


def waiting(counts: reporting.SubmissionCounts) -> AgencyGap:
    """The number of an agency's reports that wait for a decision, and the day since which the
    oldest waits."""
    found = tree(counts)["review"]
    return AgencyGap(agency=agency_of(counts), count=found["waiting"], since=found["waiting_since"])
