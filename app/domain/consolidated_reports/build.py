"""Adding a report up: all that it holds, read in one transaction as of its day."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from pydantic_core import from_json
from sqlmodel.ext.asyncio.session import AsyncSession

from app.domain.consolidated_reports import figures
from app.domain.consolidated_reports.attention import attention, nobody_owes, proposals
from app.domain.consolidated_reports.content import (
    AcceptedText,
    AgencyGap,
    Assessment,
    GroupResults,
    NamedAgency,
    ReportContent,
    ReportedPlan,
    ReportGaps,
    ReportNotes,
    ReportSender,
)
from app.domain.consolidated_reports.measured import measured
from app.domain.consolidated_reports.results import (
    Texts,
    agency_of,
    evidence,
    next_tasks,
    results,
)
from app.domain.letterheads import sender_of
from app.models import Agency, AssigneeRole, Plan, PlanPartyRole, ReportKind, Task
from app.official_words import day_words
from app.queries.consolidated_reports import follow_up as queries
from app.queries.consolidated_reports.standings import Standing, Window, standings
from app.queries.figures.plan import AsOf, plan_statistics_json
from app.queries.figures.reporting import SubmissionCounts
from app.queries.plans.plans import parties_of
from app.queries.plans.tasks import list_groups, list_tasks
from app.queries.registry import agencies

WORDS_OF_AGENCIES = {
    "situation": ("situation",),
    "results": ("results",),
    "strengths": (),
    "shortcomings": ("shortcomings", "difficulties"),
    "causes": ("causes",),
    "proposals": ("proposals",),
    "next_year": ("next_period",),
}
"""Under each heading of a report, what agencies say of it in their own reports."""


@dataclass(frozen=True, slots=True)
class ReportRequested:
    """What somebody asks to be added up: which report, on which days, in which version."""

    kind: ReportKind
    period: str | None
    window: Window
    title: str
    notes: ReportNotes
    version: int
    at: datetime


async def content_of(
    session: AsyncSession, plan: Plan, agency: Agency, asked: ReportRequested
) -> ReportContent:
    """The whole content of a report that *agency* makes of an issued plan."""
    window, shown = asked.window, await results_of(session, plan, asked.window)
    tasks, found = shown.tasks, shown.standings
    ordinals = {task.id: task.ordinal for task in tasks}
    assessed = await assessments_of(session, plan, window)
    names = await agencies.names_on(session, window.as_of)
    counts = await figures.reporting_counts(session, plan, window)
    done = await queries.followed_up(session, plan.id, window)
    return ReportContent(
        kind=asked.kind,
        period=asked.period,
        data_from=window.first,
        data_to=window.last,
        as_of=window.as_of,
        frozen_at=asked.at,
        title=asked.title,
        version=asked.version,
        agency=(await _named(session, [agency.id], window.as_of))[0],
        sender=await _sender(session, agency, plan, window.as_of),
        plan=await _plan(session, plan, window.as_of),
        notes=asked.notes,
        lead=await figures.role_figures(session, plan, window, AssigneeRole.LEAD),
        coordinating=await figures.role_figures(session, plan, window, AssigneeRole.COORDINATING),
        results=shown.groups,
        texts=shown.texts,
        indicators=await measured(session, plan, asked.period, window.as_of, ordinals),
        reporting=[
            figures.reporting_of(one, owner, done.get(owner.id))
            for one in counts
            if (owner := figures.agency_of(one)) is not None
        ],
        assessments=assessed,
        attention=await attention(session, plan, window, tasks, found),
        proposals=proposals(assessed, found, ordinals, names),
        next_year=next_tasks(tasks, found, await _upcoming(session, plan, window)),
        evidence=evidence(found, ordinals),
        gaps=await _gaps(session, tasks, found, counts, _empty_headings(asked.notes, assessed)),
    )


@dataclass(frozen=True, slots=True)
class PlanResults:
    """The plan's tasks in force with the standings of their assignments, as rows and as shown."""

    tasks: Sequence[Task]
    standings: Sequence[Standing]
    groups: list[GroupResults]
    texts: list[AcceptedText]


async def results_of(session: AsyncSession, plan: Plan, window: Window) -> PlanResults:
    """What a report tells of every assignment of the plan."""
    tasks = [task for task in await list_tasks(session, plan.id) if _in_force(task, window.as_of)]
    ids = {task.id for task in tasks}
    found = [one for one in await standings(session, plan.id, window) if one.task_id in ids]
    texts = Texts(found)
    shown = results(await list_groups(session, plan.id), tasks, found, texts)
    return PlanResults(tasks, found, shown, texts.texts)


async def assessments_of(session: AsyncSession, plan: Plan, window: Window) -> list[Assessment]:
    """The agencies' own words on the days of the report, as they were accepted."""
    return [_assessment(one) for one in await queries.assessments(session, plan.id, window)]


def _in_force(task: Task, day: date) -> bool:
    return (task.in_force_on or day) <= day and (task.dropped_on is None or task.dropped_on > day)


async def _named(session: AsyncSession, ids: Sequence[UUID], day: date) -> list[NamedAgency]:
    names = await agencies.agency_names(session, ids, day=day)
    return [NamedAgency(id=one, code=names[one].code, name=names[one].name) for one in ids]


async def _sender(session: AsyncSession, agency: Agency, plan: Plan, day: date) -> ReportSender:
    sender = await sender_of(session, agency, plan, day)
    return ReportSender(
        superior=sender.superior,
        lines=list(sender.lines),
        place=sender.place,
        signs_as=list(sender.signs_as),
    )


async def _plan(session: AsyncSession, plan: Plan, day: date) -> ReportedPlan:
    parties = (await parties_of(session, [plan.id], day=day))[plan.id]
    sent_to = [*parties[PlanPartyRole.OVERSEER], *parties[PlanPartyRole.RECIPIENT]]
    issuers = [plan.issuer_id] if plan.issuer_id else []
    return ReportedPlan(
        id=plan.id,
        number=plan.number,
        issued_on=plan.issued_on,
        title=plan.title,
        issuer=next(iter(await _named(session, issuers, day)), None),
        recipients=await _named(session, list(dict.fromkeys(sent_to)), day),
    )


def _assessment(one: queries.Assessed) -> Assessment:
    words, document = one.content, one.content["document"]
    day = date.fromisoformat(document["issued_on"])
    return Assessment(
        agency=NamedAgency(id=one.agency_id, code=one.code, name=one.name),
        period=one.period,
        document=f"{document['number']} ngày {day_words(day)}",
        **{
            name: words[name]
            for name in Assessment.model_fields
            if name not in ("agency", "period", "document")
        },
    )


async def _upcoming(session: AsyncSession, plan: Plan, window: Window) -> dict[UUID, int]:
    """How many assignments of leads are known ahead, by task."""
    as_of = AsOf(window.as_of, window.due_soon_days)
    found = from_json(
        await plan_statistics_json(session, as_of, plan_id=plan.id, by="task", mine=plan.owner_id)
    )
    return {
        UUID(group["key"]): group["statistics"]["by_current_deadline"]["upcoming"]
        for group in found["groups"]
    }


async def _gaps(
    session: AsyncSession,
    tasks: Sequence[Task],
    found: Sequence[Standing],
    counts: Sequence[SubmissionCounts],
    empty: list[str],
) -> ReportGaps:
    led = [one for one in found if one.role == AssigneeRole.LEAD]
    pending = Counter(agency_of(one) for one in found if one.standing == "awaiting_handover")
    return ReportGaps(
        not_filed=[gap for one in counts if (gap := figures.not_filed(one)).count],
        waiting_for_review=[gap for one in counts if (gap := figures.waiting(one)).count],
        pending_handovers=[
            AgencyGap(agency=agency, count=count, since=None) for agency, count in pending.items()
        ],
        without_lead=await nobody_owes(session, tasks, led),
        empty_headings=empty,
    )


def _empty_headings(notes: ReportNotes, assessed: Sequence[Assessment]) -> list[str]:
    """The headings for which neither the coordinator nor any agency has words."""
    return [
        heading
        for heading, theirs in WORDS_OF_AGENCIES.items()
        if not getattr(notes, heading).strip()
        and not any(getattr(one, name).strip() for one in assessed for name in theirs)
    ]
