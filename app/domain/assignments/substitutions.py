"""Substitutions: a person decides who stands in for a collective that has no members any more.

The plan's words stay as they are. A decision is never changed: a later one sets it right.
"""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from sqlmodel.ext.asyncio.session import AsyncSession

from app.clock import local_day
from app.domain.acts import Act, PersonalAct
from app.domain.assignments import expand
from app.domain.assignments.call_off import call_off
from app.domain.assignments.coordinating import follow_tasks
from app.domain.assignments.memberships import membership_on
from app.domain.authority import Power, require
from app.domain.plans.lifetimes import life_of_plan
from app.domain.plans.plans import require_issued, subject
from app.domain.references import agencies_named, collective_named
from app.domain.registry.lifetimes import outside_life
from app.errors import ConflictError, Text, invalid_at
from app.models import (
    Agency,
    Collective,
    CollectiveSubstitution,
    CollectiveSubstitutionAgency,
    Plan,
)
from app.official_words import day_words
from app.queries.assignments import assignments as assignment_queries
from app.queries.assignments import substitutions as queries
from app.queries.assignments.expansion_rows import (
    ExpansionRows,
    SubstitutionRow,
)
from app.queries.registry.agency_views import exists_on
from app.queries.registry.collectives import members_on


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSubstitution:
    """Another collective, or agencies by reference, that stand in from `from_day` (inclusive)
    on."""

    collective: str
    stand_in_collective: str | None
    stand_in_agencies: Sequence[str]
    from_day: date
    reason: str
    basis: str | None


@dataclass(frozen=True, slots=True)
class SubstitutionResult:
    """The decision, the assignments that it made, and how many it called off."""

    row: CollectiveSubstitution
    made: expand.ExpansionResult
    revoked: int


@dataclass(frozen=True, slots=True)
class SubstitutionParties:
    """The collective and its stand-ins, found in the registry."""

    collective: Collective
    stand_in: Collective | None
    agencies: Sequence[Agency]


async def decide_substitution(
    act: PersonalAct, plan: Plan, given: NewSubstitution
) -> SubstitutionResult:
    """Decide who stands in for a collective, and make the assignments of the stand-ins.

    Only occurrences that begin on `from_day` or later, and that have not ended, are concerned:
    nobody is late with work that they learned of after its end.
    """
    session = act.session
    require_issued(plan)
    require(act.principal, Power.SUBSTITUTE_COLLECTIVE, plan)
    today = local_day(act.at)
    parties = await _parties(session, given)
    words = await expand.read_plan_words(session, plan, today=today)
    words = words.naming(parties.collective.id)
    await _require_sense(session, words, parties, given.from_day)
    _require_new(words.rows.substitutions, parties, given.from_day)
    row = await _store(act, plan, parties, given)
    due = [
        one for one in words.due if one.day >= given.from_day and one.occurrence.ends_on >= today
    ]
    before, words = words.rows, await words.as_they_are_now(session)
    revoked = await _call_off(act, words, due, before, row)
    # The whole plan is expanded first: the collective's own words would not say who else leads.
    rolled = await expand.expand_plan(act, plan)
    owing = await assignment_queries.expanded_occurrences(session, plan.id)
    made = await expand.make_assignments(act, words, due, owing)
    made = expand.ExpansionResult(
        rolled.assignments + made.assignments,
        rolled.submissions + made.submissions,
        made.not_assigned,
    )
    stand_ins = [agency.code for agency in parties.agencies]
    act.note(
        "collective_substituted",
        subject(plan),
        collective=parties.collective.code,
        stand_ins=[parties.stand_in.code] if parties.stand_in else stand_ins,
        from_day=given.from_day.isoformat(),
        assignments=made.assignments,
        revoked=revoked,
    )
    return SubstitutionResult(row, made, revoked)


async def _parties(session: AsyncSession, given: NewSubstitution) -> SubstitutionParties:
    stand_in = None
    if given.stand_in_collective is not None:
        stand_in = await collective_named(
            session, given.stand_in_collective, pointer="#/stand_in_collective"
        )
    refs = [(f"#/stand_in_agencies/{n}", ref) for n, ref in enumerate(given.stand_in_agencies)]
    agencies = {agency.id: agency for agency in await agencies_named(session, refs)}
    return SubstitutionParties(
        await collective_named(session, given.collective, pointer="#/collective"),
        stand_in,
        list(agencies.values()),
    )


async def _require_sense(
    session: AsyncSession, words: expand.PlanWords, parties: SubstitutionParties, from_day: date
) -> None:
    """The plan names the collective, nobody is left in it, and its stand-in has members."""
    name, life = f"“{parties.collective.name}”", life_of_plan(words.plan)
    if not any(words.assignees.values()):
        text = Text(f"Kế hoạch không nêu nhóm {name}.", f"The plan does not name {name}.")
        raise invalid_at("#/collective", "not_named", text)
    if not life.issued_on <= from_day <= life.ends_on:
        text = Text(
            f"Ngày phải từ {day_words(life.issued_on)} đến {day_words(life.ends_on)}, trong thời"
            " gian của kế hoạch.",
            f"The day must be from {life.issued_on} to {life.ends_on}, the life of the plan.",
        )
        raise invalid_at("#/from_day", "outside_the_plans_life", text)
    asked = [one for one in (parties.collective, parties.stand_in) if one is not None]
    members = await members_on(session, [one.id for one in asked], from_day)
    if members[parties.collective.id]:
        text = Text(
            f"Ngày {day_words(from_day)} nhóm {name} vẫn còn thành viên.",
            f"{name} still has members on {from_day}.",
        )
        raise invalid_at("#/from_day", "collective_has_members", text)
    if parties.stand_in is not None and not members[parties.stand_in.id]:
        text = Text(
            f"Ngày {day_words(from_day)} nhóm “{parties.stand_in.name}” không có thành viên.",
            f"“{parties.stand_in.name}” has no members on {from_day}.",
        )
        raise invalid_at("#/stand_in_collective", "no_members", text)
    for number, agency in enumerate(parties.agencies):
        if not exists_on(agency, from_day):
            pointer = f"#/stand_in_agencies/{number}"
            raise invalid_at(pointer, "outside_the_agencys_life", outside_life(agency))


def _require_new(
    decided: Sequence[SubstitutionRow], parties: SubstitutionParties, from_day: date
) -> None:
    last = queries.substitutions_in_force(decided, from_day).get(parties.collective.id)
    stand_in_id = parties.stand_in.id if parties.stand_in else None
    if (
        last is not None
        and last.from_day == from_day
        and last.stand_in_id == stand_in_id
        and set(last.agency_ids) == {agency.id for agency in parties.agencies}
    ):
        raise ConflictError(
            Text("Nội dung này đã được quyết định.", "It has been decided just so already.")
        )


async def _store(
    act: PersonalAct, plan: Plan, parties: SubstitutionParties, given: NewSubstitution
) -> CollectiveSubstitution:
    session = act.session
    row = CollectiveSubstitution(
        plan_id=plan.id,
        collective_id=parties.collective.id,
        stand_in_id=parties.stand_in.id if parties.stand_in else None,
        from_day=given.from_day,
        reason=given.reason,
        basis=given.basis,
        decided_at=act.at,
        decided_on=local_day(act.at),
        agency_id=act.principal.agency_id,
        client_id=act.principal.client_id,
    )
    session.add(row)
    await session.flush()
    for agency in parties.agencies:
        session.add(CollectiveSubstitutionAgency(substitution_id=row.id, agency_id=agency.id))
    await session.flush()
    return row


async def _call_off(
    act: Act,
    words: expand.PlanWords,
    due: Sequence[expand.DueOccurrence],
    before: ExpansionRows,
    row: CollectiveSubstitution,
) -> int:
    """Call off assignments that nobody began: of agencies that stood in *before*, and of agencies
    that no longer exist when the occurrence begins. Those that were begun stay."""
    session = act.session
    days = {one.key: one.day for one in due}
    wanted = {day: _stand_ins(words.rows, row, day) for day in {*days.values()}}
    former = {day: _stand_ins(before, row, day) for day in {*days.values()}}
    assignees = [assignee.id for rows in words.assignees.values() for assignee in rows]
    called_off = []
    for assignment, agency in await queries.lock_not_started_of(session, assignees):
        day = days.get((assignment.task_id, assignment.occurrence))
        if day is None or agency.id in wanted[day]:
            continue
        if agency.id in former[day] or not exists_on(agency, day):
            called_off.append(assignment)
    await call_off(act, called_off, day=row.decided_on, reason=row.reason)
    keys = [(one.task_id, one.occurrence) for one in called_off]
    await follow_tasks(act, words.plan, keys, day=row.decided_on)
    return len(called_off)


def _stand_ins(
    rows: ExpansionRows, row: CollectiveSubstitution, day: date
) -> Collection[uuid.UUID]:
    found = membership_on(rows, day).stand_ins.get(row.collective_id)
    return () if found is None else found.agency_ids
