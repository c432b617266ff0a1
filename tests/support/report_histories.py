"""Random lives of reports: expected, filed, returned, withdrawn, corrected, waived, merged."""

import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.principal import Role
from app.domain.acts import Act
from app.domain.handovers.transfer import Transfer, give_assignments
from app.models import (
    Agency,
    AgencyReport,
    AgencyReportAttempt,
    AgencyReportReview,
    AssigneeRole,
    Assignment,
    AssignmentStatus,
    Decision,
    Submission,
    SubmissionAttempt,
    SubmissionReview,
    SubmissionStatus,
    SubmissionWaiver,
)
from app.queries.assignments.assignments import UNFINISHED
from app.queries.handovers.carried import OpenAssignment
from tests.support.factories import make_agency, make_client
from tests.support.factories_plans import make_submission
from tests.support.histories import DAYS, NEAR, Life, make_lives
from tests.support.transactions import count_rows

S = SubmissionStatus
PERIODS = ("2024", "2024-H1", "2024-Q3")
STEPS = (0, 1, 7, 8, 30, 31)
AT = datetime(2025, 7, 1, 2, tzinfo=UTC)


async def rest() -> None:
    """Do nothing."""


@dataclass(frozen=True)
class Filing:
    """One attempt, and what became of it."""

    filed_on: date
    agency_id: UUID
    decision: Decision | None
    decided_on: date | None
    set_right: date | None = None

    @property
    def received_on(self) -> date:
        """The day on which it was received: of its filing, or as whoever accepted it set it
        right."""
        return self.set_right or self.filed_on


@dataclass
class Told:
    """One report: all that happened to it, and the assignments that it counted with, from which
    day."""

    life: Life
    submission: Submission | AgencyReport
    due_on: date
    expected_on: date
    filings: list[Filing]
    status: SubmissionStatus
    waived_on: date | None
    past_waivers: list[tuple[date, date]] = field(default_factory=list)
    moves: list[tuple[date, Life]] = field(default_factory=list)

    def is_waived(self, day: date) -> bool:
        """True if the report was waived on *day*, for good or for the time being."""
        if self.waived_on is not None and self.waived_on <= day:
            return True
        return any(since <= day < until for since, until in self.past_waivers)

    def assignment(self, day: date) -> Life:
        """The assignment with which it counts on *day*."""
        return [self.life, *(life for moved_on, life in self.moves if moved_on <= day)][-1]


@dataclass(frozen=True)
class Reports:
    """All reports on some assignments, and from which day on which assignments are merged."""

    lives: list[Life]
    written: list[Told]
    merged_on: dict[UUID, date]
    client_id: UUID


async def make_reports(
    session: AsyncSession, seed: int, after_each: Callable[[], Awaitable[None]] = rest
) -> Reports:
    """Reports on the assignments of two plans, of which some are merged into others; by *seed*.
    After each something else may be done."""
    dice = random.Random(seed)
    client = await make_client(session, await make_agency(session), [Role.REPORTER])
    lives = await make_lives(session, seed, after_each, splits=False)
    told = []
    for life in lives:
        for period in dice.sample(PERIODS, dice.randrange(1, len(PERIODS) + 1)):
            told.append(await _make(session, dice, life, period, client.id))
            await after_each()
    gone = await _merge_some(session, dice, lives, told, after_each)
    await count_rows(session)
    return Reports(lives, told, gone, client.id)


async def _make(
    session: AsyncSession, dice: random.Random, life: Life, period: str, client_id: UUID
) -> Told:
    expected_on, due_on = dice.choice(DAYS[:5]), dice.choice(NEAR)
    filings, status, day = filings_of(dice, expected_on, life)
    accepted = [n for n, one in enumerate(filings, start=1) if one.decision == Decision.ACCEPTED]
    # On time or late is judged by the first that was accepted.
    judged = filings[accepted[0] - 1 if accepted else -1] if filings else None
    waived_on = None
    if status in (S.EXPECTED, S.DRAFT, S.RETURNED) and dice.random() < 0.2:
        waived_on, status = day + timedelta(dice.choice(STEPS)), S.WAIVED
    submission = await make_submission(
        session,
        life.assignment,
        period=period,
        due_on=due_on,
        expected_on=expected_on,
        status=status,
        draft={} if status == S.DRAFT else None,
        attempts=len(filings),
        accepted_attempt=accepted[-1] if accepted else None,
        received_on=judged.received_on if judged else None,
        waived_on=waived_on,
        waived_reason="Miễn." if waived_on else None,
    )
    await write_filings(session, submission, filings, client_id)
    told = Told(life, submission, due_on, expected_on, filings, status, waived_on)
    if dice.random() < 0.2:
        told.past_waivers.append(await _waive_for_a_time(session, dice, told))
    await session.commit()
    return told


async def write_filings(
    session: AsyncSession,
    row: Submission | AgencyReport,
    filings: list[Filing],
    client_id: UUID,
) -> None:
    """Write the attempts of a report and what was decided on them."""
    for number, filing in enumerate(filings, start=1):
        filed: dict[str, Any] = {
            "number": number,
            "content": {},
            "submitted_at": AT,
            "received_on": filing.filed_on,
            "agency_id": filing.agency_id,
            "client_id": client_id,
        }
        attempt: SubmissionAttempt | AgencyReportAttempt
        review: type[SubmissionReview | AgencyReportReview]
        if isinstance(row, Submission):
            review, attempt = SubmissionReview, SubmissionAttempt(submission_id=row.id, **filed)
        else:
            review = AgencyReportReview
            attempt = AgencyReportAttempt(agency_report_id=row.id, **filed)
        session.add(attempt)
        await session.flush()
        if filing.decision is not None and filing.decided_on is not None:
            session.add(
                review(
                    attempt_id=attempt.id,
                    decision=filing.decision,
                    reason="Bổ sung.",
                    received_on=filing.set_right,
                    received_reason="Theo dấu văn bản đến." if filing.set_right else None,
                    decided_at=AT,
                    decided_on=filing.decided_on,
                    agency_id=filing.agency_id,
                    client_id=client_id,
                )
            )


async def _waive_for_a_time(
    session: AsyncSession, dice: random.Random, told: Told
) -> tuple[date, date]:
    """Waive a report while its assignment was closed by mistake; it is expected again since.
    Answers the first day and the day after the last one."""
    since = told.expected_on + timedelta(dice.choice(STEPS))
    until = since + timedelta(dice.choice((1, 30, 60)))
    session.add(
        SubmissionWaiver(
            submission_id=told.submission.id, waived_on=since, ended_on=until, reason="Đã xong."
        )
    )
    return since, until


def filings_of(
    dice: random.Random, day: date, life: Life
) -> tuple[list[Filing], SubmissionStatus, date]:
    """The attempts that its agencies filed, with their decisions, the state after them, and the day
    of the last of them."""
    found: list[Filing] = []
    status = S.EXPECTED
    is_accepted = False
    while status != S.SUBMITTED and len(found) < 4 and dice.random() < 0.7:
        filed_on = day + timedelta(dice.choice((*STEPS, 60, 120)))
        decision = dice.choice([None, *Decision, Decision.RETURNED])
        day = filed_on + timedelta(dice.choice(STEPS))
        is_set_right = decision == Decision.ACCEPTED and dice.random() < 0.3
        set_right = filed_on - timedelta(dice.choice(STEPS)) if is_set_right else None
        agency_id = dice.choice([held.agency_id for held in life.held])
        found.append(Filing(filed_on, agency_id, decision, day if decision else None, set_right))
        is_accepted = is_accepted or decision == Decision.ACCEPTED
        status = {
            None: S.SUBMITTED,
            Decision.ACCEPTED: S.ACCEPTED,
            Decision.RETURNED: S.ACCEPTED if is_accepted else S.RETURNED,
            Decision.WITHDRAWN: S.ACCEPTED if is_accepted else S.DRAFT,
        }[decision]
    return found, status, day


async def _merge_some(
    session: AsyncSession,
    dice: random.Random,
    lives: list[Life],
    told: list[Told],
    after_each: Callable[[], Awaitable[None]],
) -> dict[UUID, date]:
    """Merge assignments into others on the same task, one after another: some twice over.

    Answers the day from which each of them is gone.
    """
    gone: dict[UUID, date] = {}
    for life in lives:
        await session.refresh(life.assignment)
    for life in lives:
        others = [
            other
            for other in lives
            if other is not life
            and other.task is life.task
            and other.assignment.occurrence == life.assignment.occurrence
            and other.assignment.status
            not in (
                AssignmentStatus.MERGED,
                AssignmentStatus.REVOKED,
                AssignmentStatus.NOT_APPLICABLE,
            )
        ]
        if not others or life.assignment.status not in UNFINISHED or dice.random() < 0.4:
            continue
        day = dice.choice(DAYS[4:])
        gone[life.assignment.id] = await _merge(session, life, dice.choice(others), day, told)
        await after_each()
    return gone


async def _merge(
    session: AsyncSession, life: Life, other: Life, day: date, told: list[Told]
) -> date:
    """Merge one into another from *day* on, or from a later day, which is answered."""
    own, into = life.assignment, other.assignment
    before = [one.assignment(date.max) for one in told]
    # An assignment that was merged into this one on a later day is not merged on before that day.
    day = max([day, *(d for one in told for d, to in one.moves if to is life)])
    leads = own.role == AssigneeRole.LEAD != into.role
    agencies = [await session.get_one(Agency, row.agency_id) for row in (own, into)]
    assignment = OpenAssignment(own.id, own.plan_id, own.task_id, own.occurrence, own.role, day)
    await give_assignments(
        Act(session, None, AT), Transfer(agencies[0], agencies[1], day), [assignment]
    )
    await session.commit()
    await session.refresh(own)
    await session.refresh(into)
    life.held[:] = [held for held in life.held if held.since < day]
    if leads:
        _lead_from(other, day)
    there = {one.submission.period: one for one in told if _is_on(one, into)}
    for one, assignment_before in zip(told, before, strict=True):
        if assignment_before is life:
            one.moves.append((day, other))
        if _is_on(one, own):
            _carry(one, there, into, day)
    return day


def _is_on(one: Told, assignment: Assignment) -> bool:
    """True if a report is one on an assignment."""
    row = one.submission
    return isinstance(row, Submission) and row.assignment_id == assignment.id


def _carry(one: Told, there: dict[str, Told], into: Assignment, day: date) -> None:
    """Carry a report on a merged assignment along, or waive it if the other assignment has one."""
    twin = there.get(one.submission.period)
    if twin is None:
        if one.status in (S.EXPECTED, S.DRAFT, S.RETURNED):
            assert isinstance(one.submission, Submission)
            one.submission.assignment_id = into.id
    elif one.status == S.EXPECTED:
        one.status, one.waived_on = S.WAIVED, day
    elif one.status == S.DRAFT and twin.status == S.EXPECTED:
        one.status, one.waived_on, twin.status = S.WAIVED, day, S.DRAFT


def _lead_from(life: Life, day: date) -> None:
    """Make the successor of a lead a lead; states written anew since *day* await a handover as the
    present one does."""
    begun = [held for held in life.held if held.since < day]
    if begun and not any(held.since == day for held in life.held):
        life.held.insert(len(begun), replace(begun[-1], since=day))
    now = life.assignment.awaits_handover
    life.held[:] = [
        held if held.since < day else replace(held, role=AssigneeRole.LEAD, awaits_handover=now)
        for held in life.held
    ]
