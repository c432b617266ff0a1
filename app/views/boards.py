"""The board of a plan: one answer, from which the page is drawn too."""

import asyncio
import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from pydantic_core import from_json

from app.auth.principal import Principal
from app.domain.figures import boards as domain
from app.domain.figures.trends import days_of_trend
from app.http.sessions import RequestReader
from app.models import AssigneeRole, AssignmentStatus, Plan
from app.queries.assignments import assignments_json as assignments
from app.queries.figures import boards as queries
from app.queries.figures.groupings import Division, Sort
from app.queries.figures.plan import AsOf, plan_statistics_json
from app.queries.figures.province import Scope
from app.queries.figures.trends import plan_trend_json
from app.queries.lists import PageRequest
from app.queries.plans import tasks
from app.queries.plans.plan_facts import facts_of
from app.queries.plans.plans import visible_plan_id
from app.queries.submissions.latest import AcceptedReport, latest_accepted
from app.schemas.boards import (
    BoardAgencyOut,
    BoardAssignmentOut,
    BoardAttentionOut,
    BoardGroupOut,
    BoardOut,
    BoardPlanOut,
    BoardPointOut,
    BoardReportingOut,
    BoardReportOut,
    BoardTaskOut,
)
from app.schemas.plans import AgencyLabelOut
from app.schemas.statistics import PlanGroupOut, PlanStatisticsOut, StatisticsOut
from app.views.labels import agency_labels

LINES = 3_000
"""The most lines of a ledger."""
WORDS = 600
"""The most characters of a text on a board: it is there to be glanced at."""
LINE_FIELDS = tuple(BoardAssignmentOut.model_fields)
FIELDS = frozenset(
    {
        "id",
        "agency",
        "role",
        "occurrence",
        "deadline_on",
        "status",
        "timeliness",
        "reported_on",
        "completed_on",
        "awaits_handover",
    }
)


@dataclass(frozen=True, slots=True)
class BoardAsked:
    """The board that is asked for: as of which day and in which role, of one period or of all.

    No principal: the page was opened by whoever may share it, and shows all that was accepted.
    """

    as_of: AsOf
    today: date
    period: str | None
    principal: Principal | None


@dataclass(frozen=True, slots=True)
class _Reporting:
    """The reporting on a plan: the running period, the counts for attention, the agencies with a
    returned submission, and the numbers filed and asked for in the running period by agency."""

    running: BoardReportingOut | None
    attention: dict[str, Any]
    returned: Collection[uuid.UUID | None]
    by_agency: Mapping[str, tuple[int, int]]


async def board_out(reader: RequestReader, plan: Plan, asked: BoardAsked) -> BoardOut:
    """The board of an issued plan. Reads that do not wait for others run at once."""
    figures = partial(_figures, reader, plan, asked)
    await reader.give_back()
    of_groups, of_agencies, of_periods, ledger, reporting, trend = await asyncio.gather(
        figures("group", then="task"),
        figures("agency", sort="overdue"),
        figures("period", period=None),
        _lines(reader, plan, asked),
        _reporting(reader, plan, asked),
        _trend(reader, plan, asked),
    )
    lines, is_cut = ledger
    coordinator_id = await _coordinator_of(reader, plan, asked.as_of.day)
    labels = await agency_labels(
        reader.session, (plan.issuer_id, coordinator_id), reporting.returned, day=asked.as_of.day
    )
    returned = sorted((labels[one] for one in reporting.returned if one), key=lambda one: one.code)
    return BoardOut(
        plan=BoardPlanOut.of(
            plan,
            issuer=labels.optional(plan.issuer_id),
            coordinator=labels.optional(coordinator_id),
            is_public=plan.board_is_public,
        ),
        as_of=asked.as_of.day,
        role=of_groups.role,
        period=asked.period,
        total=of_groups.total,
        deadlines=of_groups.deadlines,
        agencies_overdue=sum(
            group.statistics.by_current_deadline.not_completed.overdue.total > 0
            for group in of_agencies.groups
        ),
        reporting=reporting.running,
        attention=BoardAttentionOut(
            awaiting_confirmation_since=_waiting_since(lines),
            next_deadline_agencies=len(
                {
                    line["agency"].id
                    for line in lines
                    if line["deadline_on"] == str(of_groups.deadlines.next_deadline_on)
                    and line["timeliness"] in ("in_time", "due_soon")
                }
            ),
            returned_agencies=[one.name or one.code for one in returned],
            **reporting.attention,
        ),
        agencies=[_agency_out(group, reporting) for group in of_agencies.groups],
        periods=list(of_periods.groups),
        trend=trend,
        groups=await _groups_out(reader, plan, of_groups, lines, asked),
        ledger_is_cut=is_cut,
    )


async def _figures(
    reader: RequestReader,
    plan: Plan,
    asked: BoardAsked,
    by: Division,
    *,
    then: Division | None = None,
    sort: Sort = "order",
    **given: str | None,
) -> PlanStatisticsOut:
    text = await plan_statistics_json(
        reader,
        asked.as_of,
        plan_id=plan.id,
        by=by,
        then=then,
        mine=plan.owner_id,
        sort=sort,
        period=given.get("period", asked.period),
    )
    return PlanStatisticsOut.model_validate_json(text)


async def _coordinator_of(reader: RequestReader, plan: Plan, day: date) -> uuid.UUID | None:
    facts = await facts_of(reader, [plan.id])
    on_the_day = [
        row.agency_id
        for row in facts[plan.id].coordinators
        if (row.valid_from or day) <= day and (row.valid_until is None or day < row.valid_until)
    ]
    return on_the_day[-1] if on_the_day else None


async def _lines(
    reader: RequestReader, plan: Plan, asked: BoardAsked
) -> tuple[list[dict[str, Any]], bool]:
    """The assignments that have begun by the day, in the plan's order, and if there are more; those
    of one agency share its label."""
    role, period = asked.as_of.role, asked.period
    narrowed: dict[str, Any] = {"plan": plan.id, "is_there": True}
    narrowed |= {"is_upcoming": False}
    narrowed |= {"role": role.value} if role is not None else {}
    narrowed |= {"occurrence": period} if period is not None else {}
    view = assignments.Viewpoint(
        agency_id=plan.owner_id,
        reports=False,
        issues=False,
        coordinates=False,
        day=asked.as_of.day,
        is_past=asked.as_of.day < asked.today,
        due_soon_days=asked.as_of.due_soon_days,
    )
    page = PageRequest(narrowed, "task", None, LINES)
    rows, last = await assignments.list_assignments_json(reader, view, page, fields=FIELDS)
    agencies: dict[uuid.UUID, AgencyLabelOut] = {}
    lines = []
    for row in rows:
        line = from_json(row.body) | {"task_id": row.task_id}
        if row.agency_id not in agencies:
            agencies[row.agency_id] = AgencyLabelOut.model_validate(line["agency"])
        lines.append(line | {"agency": agencies[row.agency_id]})
    return lines, last is not None


def _waiting_since(lines: Sequence[Mapping[str, Any]]) -> date | None:
    """The day on which the completion that waits for the longest was reported."""
    waiting = [
        line["reported_on"]
        for line in lines
        if line["status"] == AssignmentStatus.AWAITING_CONFIRMATION and line["reported_on"]
    ]
    return date.fromisoformat(min(waiting)) if waiting else None


async def _reporting(reader: RequestReader, plan: Plan, asked: BoardAsked) -> _Reporting:
    """The reporting on the running period, and the submissions of all periods that wait for review
    or were returned."""
    given: dict[str, Any] = {"day": asked.as_of.day, "role": asked.as_of.role}
    rows, period = await asyncio.gather(
        queries.reported(reader, plan.id, **given),
        queries.running_period(reader, plan.id, **given),
    )
    attention = {
        "reports_waiting": sum(one.waiting for one in rows),
        "reports_waiting_since": _oldest(one.waiting_since for one in rows),
        "reports_returned": sum(one.returned for one in rows),
        "reports_returned_since": _oldest(one.returned_since for one in rows),
    }
    returned = {one.agency_id for one in rows if one.returned}
    if period is None:
        return _Reporting(None, attention, returned, {})
    of_it = [one for one in rows if one.period == period.period]
    running = BoardReportingOut(
        period=period.period,
        due_on=period.due_on,
        asked=sum(one.asked for one in of_it),
        filed=sum(one.filed for one in of_it),
    )
    by_agency = {str(one.agency_id): (one.filed, one.asked) for one in of_it if one.agency_id}
    return _Reporting(running, attention, returned, by_agency)


def _oldest(days: Iterable[date | None]) -> date | None:
    return min((day for day in days if day is not None), default=None)


def _agency_out(group: PlanGroupOut, reporting: _Reporting) -> BoardAgencyOut:
    filed, of = reporting.by_agency.get(group.key or "", (0, 0))
    return BoardAgencyOut(
        **{name: getattr(group, name) for name in PlanGroupOut.model_fields if name != "groups"},
        reports_filed=filed,
        reports_asked=of,
    )


async def _trend(reader: RequestReader, plan: Plan, asked: BoardAsked) -> list[BoardPointOut]:
    last = asked.as_of.day
    first = min(plan.issued_on or last, last)
    days = days_of_trend(first, last, domain.step_of(first, last), today=asked.today)
    part = Scope(period=asked.period, plans="all")
    points = await plan_trend_json(reader, asked.as_of, part, days, plan_id=plan.id)
    trees = [
        StatisticsOut.model_validate_json(one.statistics).by_current_deadline for one in points
    ]
    return [
        BoardPointOut(
            as_of=day, completed=one.completed.total, overdue=one.not_completed.overdue.total
        )
        for day, one in zip(days, trees, strict=True)
    ]


async def _groups_out(
    reader: RequestReader,
    plan: Plan,
    figures: PlanStatisticsOut,
    lines: Sequence[dict[str, Any]],
    asked: BoardAsked,
) -> list[BoardGroupOut]:
    ids = [uuid.UUID(line["id"]) for line in lines]
    latest = await latest_accepted(
        reader, ids, day=asked.as_of.day, principal=asked.principal, length=WORDS
    )
    of_task: dict[uuid.UUID, list[BoardAssignmentOut]] = defaultdict(list)
    for line in lines:
        of_task[line["task_id"]].append(_line_out(line, asked.as_of.day, latest))
    rows = {
        str(task.id): task for task in await tasks.list_tasks(reader.session, visible_plan_id(plan))
    }
    words = await tasks.assignees_of(reader.session, [task.id for task in rows.values()])

    def task_out(key: str | None, statistics: StatisticsOut) -> BoardTaskOut:
        task = rows[str(key)]
        return BoardTaskOut.of(
            task,
            lead_words=[w.source_text for w in words[task.id] if w.role == AssigneeRole.LEAD],
            coordinating_words=[
                w.source_text for w in words[task.id] if w.role == AssigneeRole.COORDINATING
            ],
            time_words=task.time_frame_text,
            statistics=statistics,
            assignments=sorted(of_task[task.id], key=_urgency),
        )

    return [
        BoardGroupOut(
            id=None if group.key is None else uuid.UUID(group.key),
            ordinal=group.code,
            title=group.label,
            statistics=group.statistics,
            deadlines=group.deadlines,
            tasks=[task_out(part.key, part.statistics) for part in group.groups or ()],
        )
        for group in figures.groups
    ]


def _urgency(line: BoardAssignmentOut) -> tuple[int, date, str, str]:
    """The sort key of assignments: those overdue for the longest first, then by deadline and by
    agency."""
    deadline = line.deadline_on or date.max
    return -line.days_overdue, deadline, line.agency.name, line.occurrence


def _line_out(
    line: Mapping[str, Any], day: date, latest: Mapping[uuid.UUID, AcceptedReport]
) -> BoardAssignmentOut:
    state = domain.state_of(
        line["status"], line["timeliness"], awaits_handover=line["awaits_handover"]
    )
    report = latest.get(uuid.UUID(line["id"]))
    known = {name: line[name] for name in LINE_FIELDS if name in line}
    days = (day - date.fromisoformat(line["deadline_on"])).days if state == "overdue" else 0
    return BoardAssignmentOut.model_validate(
        known
        | {
            "state": state,
            "days_overdue": days,
            "latest": None if report is None else BoardReportOut.of(report),
        }
    )
