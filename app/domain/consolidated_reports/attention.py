"""The matters that need attention, and the proposals of agencies, as lists of a report."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from app.clock import local_day
from app.domain.consolidated_reports.bodies_named import BodiesNamed
from app.domain.consolidated_reports.content import (
    Assessment,
    Attention,
    ListedAssignment,
    ListedRemark,
    ListedTask,
    NamedAgency,
    Proposal,
    ProposalGroup,
    UnansweredRequest,
)
from app.domain.consolidated_reports.results import PlanResults, agency_of
from app.models import AssigneeRole, Plan, Task
from app.queries.consolidated_reports import follow_up as queries
from app.queries.consolidated_reports.standings import AssignmentStanding, ReportWindow
from app.queries.plans import relations
from app.queries.plans.plans import visible_plan_id
from app.queries.plans.tasks import assignees_of
from app.queries.registry.agencies import AgencyNamesRow, agency_names

AWAITS_SUCCESSOR = "Chờ quyết định cơ quan tiếp nhận"
LONG_OVERDUE_DAYS = 30
"""A report lists assignments that are overdue for more than so many days."""


async def attention(
    session: AsyncSession,
    plan: Plan,
    window: ReportWindow,
    shown: PlanResults,
    own: UUID | None,
) -> Attention:
    """All lists, each in the plan's order; among assignments only those that agencies lead. Where
    *own* is given, the lists have nothing about other agencies."""
    led = [one for one in shown.standings if one.role == AssigneeRole.LEAD]
    of = {task.id: task for task in shown.tasks}
    asked = await queries.asked_for(session, plan.id, window)
    moved = await queries.moved_deadlines(session, plan.id, window)
    suspended = await queries.suspensions(session, plan.id, window)
    return Attention(
        overdue=_overdue(led, of, asked, window.as_of),
        extended=[
            _listed(one, of, reason=move.reason, document=move.basis, new_day=move.new_deadline_on)
            for one in led
            if (move := moved.get(one.assignment_id))
        ],
        suspended=[
            _listed(one, of, reason=why and why.reason, document=why and why.basis)
            for one in led
            if one.standing == "suspended"
            for why in (suspended.get(one.assignment_id),)
        ],
        awaiting_handover=[
            _listed(one, of, reason=AWAITS_SUCCESSOR)
            for one in led
            if one.standing == "awaiting_handover"
        ],
        nobody_owes=[] if own is not None else await nobody_owes(session, shown.tasks, led),
        without_action_plan=await _without_action_plan(session, plan, window.as_of, own),
        unanswered=_unanswered(
            row
            for row in await queries.unanswered(session, plan.id, window)
            if own in (None, row.agency_id)
        ),
        remarks=[
            _remark(one)
            for one in await queries.remarked(session, plan.id, window)
            if own in (None, one.agency_id)
        ],
    )


def _overdue(
    led: Iterable[AssignmentStanding],
    of: Mapping[UUID, Task],
    asked: Mapping[UUID, queries.AskedFor],
    day: date,
) -> list[ListedAssignment]:
    """The assignments that are overdue for long, each with the reason that its agency gave when it
    asked for an extension or else reported."""
    rows = []
    for one in led:
        if one.timeliness != "overdue" or one.deadline_on is None:
            continue
        days = (day - one.deadline_on).days
        if days > LONG_OVERDUE_DAYS:
            wish, words = asked.get(one.assignment_id), one.content or {}
            reason = wish.reason if wish else words.get("late_reason") or words.get("difficulties")
            rows.append(
                _listed(
                    one,
                    of,
                    days_overdue=days,
                    reason=reason or None,
                    new_day=wish.wanted_deadline_on if wish else None,
                )
            )
    return rows


def _listed(
    one: AssignmentStanding,
    of: Mapping[UUID, Task],
    *,
    days_overdue: int | None = None,
    reason: str | None = None,
    document: str | None = None,
    new_day: date | None = None,
) -> ListedAssignment:
    task = of[one.task_id]
    return ListedAssignment(
        assignment_id=one.assignment_id,
        task_ordinal=task.ordinal,
        task_title=task.title,
        agency=agency_of(one),
        deadline_on=one.deadline_on,
        days_overdue=days_overdue,
        reason=reason,
        document=document,
        new_day=new_day,
    )


async def nobody_owes(
    session: AsyncSession, tasks: Sequence[Task], led: Iterable[AssignmentStanding]
) -> list[ListedTask]:
    """The tasks that no agency leads or led, with the words by which the plan names who should."""
    owed = {one.task_id for one in led}
    missing = [task for task in tasks if task.id not in owed]
    words = await assignees_of(session, [task.id for task in missing])
    return [
        ListedTask(
            ordinal=task.ordinal,
            title=task.title,
            words=[one.source_text for one in words[task.id] if one.role == AssigneeRole.LEAD],
        )
        for task in missing
    ]


async def _without_action_plan(
    session: AsyncSession, plan: Plan, day: date, own: UUID | None
) -> list[NamedAgency]:
    missing = [
        row.agency_id
        for row in await relations.action_plans(session, visible_plan_id(plan), day)
        if row.plan_id is None and own in (None, row.agency_id)
    ]
    names = await agency_names(session, missing, day=day)
    return [NamedAgency(id=one, code=names[one].code, name=names[one].name) for one in missing]


def _unanswered(rows: Iterable[queries.Unanswered]) -> list[UnansweredRequest]:
    by_request: dict[UUID, list[queries.Unanswered]] = defaultdict(list)
    for row in rows:
        by_request[row.request_id].append(row)
    return [
        UnansweredRequest(
            number=some[0].number,
            issued_on=some[0].issued_on,
            title=some[0].title,
            due_on=some[0].due_on,
            agencies=[NamedAgency(id=row.agency_id, code=row.code, name=row.name) for row in some],
        )
        for some in by_request.values()
    ]


def _remark(row: queries.Remarked) -> ListedRemark:
    about = f"Nhiệm vụ {row.task_ordinal}" if row.task_ordinal else "Kế hoạch"
    return ListedRemark(
        made_on=local_day(row.made_at),
        author=NamedAgency(id=row.author_id, code=row.code, name=row.name),
        about=f"{about}, {row.concerned}" if row.concerned else about,
        text=row.text,
        answer=row.answer,
    )


def proposals(
    assessed: Iterable[Assessment],
    found: Iterable[AssignmentStanding],
    ordinals: Mapping[UUID, str],
    names: Sequence[AgencyNamesRow],
) -> list[ProposalGroup]:
    """The proposals by the body that they name first, as the registry knows it; proposals that name
    none come last. A proposal written once for several assignments stands once."""
    said = [
        Proposal(agency=one.agency.name, task_ordinal=None, text=one.proposals) for one in assessed
    ]
    seen: set[UUID] = set()
    for one in found:
        key = one.narrative_id or one.attempt_id
        if one.content is not None and key is not None and key not in seen:
            seen.add(key)
            said.append(
                Proposal(
                    agency=one.filed_by or one.agency_name,
                    task_ordinal=ordinals[one.task_id],
                    text=one.content["proposals"],
                )
            )
    bodies = BodiesNamed(names)
    by_body: dict[str | None, list[Proposal]] = defaultdict(list)
    for proposal in said:
        if proposal.text.strip():
            by_body[bodies.first(proposal.text, but=proposal.agency)].append(proposal)
    return [
        ProposalGroup(decides=body, proposals=by_body[body])
        for body in sorted(by_body, key=lambda name: (name is None, name or ""))
    ]
