"""Adding a report up: all that it holds, read in one transaction as of its day."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from app.domain.consolidated_reports import figures
from app.domain.consolidated_reports.attention import attention, nobody_owes, proposals
from app.domain.consolidated_reports.content import (
    AgencyGap,
    Assessment,
    NamedAgency,
    ReportContent,
    ReportedPlan,
    ReportGaps,
    ReportNotes,
    ReportSender,
)
from app.domain.consolidated_reports.measured import Measured, measured
from app.domain.consolidated_reports.results import (
    NumberedTexts,
    PlanResults,
    agency_of,
    evidence,
    next_tasks,
    results,
)
from app.domain.letterheads import sender_of
from app.models import Agency, AssigneeRole, Plan, PlanPartyRole, ReportKind, Task
from app.official_words import day_words
from app.queries.consolidated_reports import follow_up as queries
from app.queries.consolidated_reports.standings import ReportWindow, standings
from app.queries.figures.reporting import SubmissionCounts
from app.queries.plans.plan_facts import parties_of
from app.queries.plans.plans import visible_plan_id
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
"""The members of agencies' own reports whose texts stand under each heading of a report."""


@dataclass(frozen=True, slots=True)
class ReportRequested:
    """The report that somebody asks for: its kind, days and version; *own* is the agency that
    reports on itself alone, None for a report on all agencies."""

    kind: ReportKind
    period: str | None
    window: ReportWindow
    title: str
    notes: ReportNotes
    version: int
    at: datetime
    own: UUID | None


async def content_of(
    session: AsyncSession, plan: Plan, agency: Agency, asked: ReportRequested
) -> ReportContent:
    """The whole content of a report that *agency* makes of an issued plan."""
    window, own = asked.window, asked.own
    shown = await results_of(session, plan, window, own)
    tasks, found = shown.tasks, shown.standings
    ordinals = {task.id: task.ordinal for task in tasks}
    assessed = await assessments_of(session, plan, window, own)
    names = await agencies.names_on(session, window.as_of)
    counts = await figures.reporting_counts(session, plan, window, own)
    done = await queries.followed_up(session, plan.id, window)
    led = figures.Counted(plan, window, AssigneeRole.LEAD, own)
    coordinated = replace(led, role=AssigneeRole.COORDINATING)
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
        own=await _one(session, own, window.as_of),
        plan=await _plan(session, plan, window.as_of),
        with_plans=[],
        notes=asked.notes,
        lead=await figures.role_figures(session, led),
        coordinating=await figures.role_figures(session, coordinated),
        results=shown.groups,
        texts=shown.texts,
        indicators=await measured(
            session, plan, Measured(asked.period, window.as_of, ordinals, own)
        ),
        reporting=[
            figures.reporting_of(one, owner, done.get(owner.id))
            for one in counts
            if (owner := figures.agency_of(one)) is not None
        ],
        assessments=assessed,
        attention=await attention(session, plan, window, shown, own),
        proposals=proposals(assessed, found, ordinals, names),
        next_year=next_tasks(tasks, found, await figures.upcoming(session, led), window.as_of),
        evidence=evidence(found, ordinals),
        gaps=await _gaps(session, shown, own, counts, _empty_headings(asked.notes, assessed)),
    )


async def results_of(
    session: AsyncSession, plan: Plan, window: ReportWindow, own: UUID | None
) -> PlanResults:
    """The results of every assignment of the plan as a report states them; of the assignments of
    the agency *own* alone, where it is given."""
    tasks = [
        task
        for task in await list_tasks(session, visible_plan_id(plan))
        if _in_force(task, window.as_of)
    ]
    ids = {task.id for task in tasks}
    found = [
        one
        for one in await standings(session, plan.id, window)
        if one.task_id in ids and own in (None, one.agency_id)
    ]
    if own is not None:
        owed = {one.task_id for one in found}
        tasks = [task for task in tasks if task.id in owed]
    texts = NumberedTexts(found)
    shown = results(await list_groups(session, visible_plan_id(plan)), tasks, found, texts)
    return PlanResults(tasks, found, shown, texts.texts)


async def assessments_of(
    session: AsyncSession, plan: Plan, window: ReportWindow, own: UUID | None
) -> list[Assessment]:
    """The agencies' own words on the days of the report, as they were accepted; *own*'s alone,
    where it is."""
    found = await queries.assessments(session, plan.id, window)
    return [_assessment(one) for one in found if own in (None, one.agency_id)]


def _in_force(task: Task, day: date) -> bool:
    return (task.in_force_on or day) <= day and (task.dropped_on is None or task.dropped_on > day)


async def _named(session: AsyncSession, ids: Sequence[UUID], day: date) -> list[NamedAgency]:
    names = await agencies.agency_names(session, ids, day=day)
    return [NamedAgency(id=one, code=names[one].code, name=names[one].name) for one in ids]


async def _one(session: AsyncSession, agency_id: UUID | None, day: date) -> NamedAgency | None:
    return None if agency_id is None else (await _named(session, [agency_id], day))[0]


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
    return ReportedPlan(
        id=plan.id,
        number=plan.number,
        issued_on=plan.issued_on,
        title=plan.title,
        bases=list(plan.legal_bases),
        issuer=await _one(session, plan.issuer_id, day),
        coordinator=await _one(session, plan.coordinator_id, day),
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


async def _gaps(
    session: AsyncSession,
    shown: PlanResults,
    own: UUID | None,
    counts: Sequence[SubmissionCounts],
    empty: list[str],
) -> ReportGaps:
    tasks, found = shown.tasks, shown.standings
    led = [one for one in found if one.role == AssigneeRole.LEAD]
    pending = Counter(agency_of(one) for one in found if one.standing == "awaiting_handover")
    return ReportGaps(
        not_filed=[gap for one in counts if (gap := figures.not_filed(one)).count],
        waiting_for_review=[gap for one in counts if (gap := figures.waiting(one)).count],
        pending_handovers=[
            AgencyGap(agency=agency, count=count, since=None) for agency, count in pending.items()
        ],
        without_lead=[] if own is not None else await nobody_owes(session, tasks, led),
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
