"""Random lives of reports that agencies are asked for once, beside those on their assignments."""

import random
from collections.abc import Awaitable, Callable
from datetime import date
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from app.models import (
    Agency,
    AgencyReport,
    AgencyReportMove,
    AnsweredBy,
    AssigneeRole,
    AssignmentStatus,
    Decision,
    ReportRequest,
    ReportRequestKind,
)
from tests.support.factories import make_agency
from tests.support.histories import DAYS, NEAR, Held, Life
from tests.support.report_histories import (
    AT,
    Reports,
    S,
    Told,
    filings_of,
    make_reports,
    rest,
    write_filings,
)
from tests.support.transactions import count_rows


async def make_all_reports(
    session: AsyncSession, seed: int, after_each: Callable[[], Awaitable[None]] = rest
) -> list[Told]:
    """Reports on the assignments of two plans, and those that each agency was asked for once under
    them, of which some went to a successor; by *seed*. After each something else may be done."""
    reports = await make_reports(session, seed, after_each)
    dice = random.Random(seed)
    asked: list[Told] = []
    for plan_id in sorted({life.task.plan_id for life in reports.lives}):
        own = [life for life in reports.lives if life.task.plan_id == plan_id]
        agencies = sorted({life.held[0].agency_id for life in own})
        request = await _make_request(session, plan_id, agencies[0], reports.client_id)
        for agency_id in agencies:
            agency = await session.get_one(Agency, agency_id)
            successor = await make_agency(session)
            moved_on = dice.choice([None, *DAYS[2:8]])
            whose = [(date.min, agency.id)] + ([(moved_on, successor.id)] if moved_on else [])
            life = Life(own[0].task, own[0].assignment, _whose(reports, own, whose))
            told = await _make_asked(session, dice, life, request)
            if moved_on is not None:
                session.add(
                    AgencyReportMove(
                        agency_report_id=told.submission.id,
                        moved_on=moved_on,
                        from_agency_id=agency.id,
                        to_agency_id=successor.id,
                    )
                )
            await session.commit()
            await after_each()
            asked.append(told)
    await count_rows(session)
    return reports.written + asked


async def _make_request(
    session: AsyncSession, plan_id: UUID, agency_id: UUID, client_id: UUID
) -> ReportRequest:
    request = ReportRequest(
        plan_id=plan_id,
        kind=ReportRequestKind.AD_HOC,
        answered_by=AnsweredBy.AGENCY,
        title="Báo cáo nhanh",
        number="15/STTTT-TTBCXB",
        issued_on=DAYS[0],
        period="adhoc-15",
        data_from=DAYS[0],
        data_to=DAYS[1],
        due_on=DAYS[2],
        with_coordinating=False,
        questions=[],
        not_asked=[],
        asked_at=AT,
        asked_on=DAYS[0],
        agency_id=agency_id,
        client_id=client_id,
    )
    session.add(request)
    await session.commit()
    return request


def _whose(reports: Reports, own: list[Life], whose: list[tuple[date, UUID]]) -> list[Held]:
    """The states of a request to an agency: the agency that it is of, and whether its plan was
    closed."""

    def closed(day: date) -> bool:
        return any(
            held.plan_closed
            for life in own
            if day < reports.merged_on.get(life.assignment.id, date.max)
            and (held := life.on(day)) is not None
        )

    days = {day for day, _ in whose} | {held.since for life in own for held in life.held}
    return [
        Held(
            since=day,
            agency_id=[agency_id for since, agency_id in whose if since <= day][-1],
            role=AssigneeRole.LEAD,
            status=AssignmentStatus.IN_PROGRESS,
            plan_closed=closed(day),
        )
        for day in sorted(days | set(reports.merged_on.values()))
    ]


async def _make_asked(
    session: AsyncSession,
    dice: random.Random,
    life: Life,
    request: ReportRequest,
) -> Told:
    expected_on, due_on = dice.choice(DAYS[:5]), dice.choice(NEAR)
    filings, status, day = filings_of(dice, expected_on, life)
    status, waived_on = (
        (S.WAIVED, day)
        if status in (S.EXPECTED, S.DRAFT, S.RETURNED) and dice.random() < 0.2
        else (status, None)
    )
    accepted = [n for n, one in enumerate(filings, start=1) if one.decision == Decision.ACCEPTED]
    judged = filings[accepted[0] - 1 if accepted else -1] if filings else None
    report = AgencyReport(
        plan_id=request.plan_id,
        # Whoever it is of now.
        agency_id=life.held[-1].agency_id,
        report_request_id=request.id,
        period=request.period,
        data_from=request.data_from,
        data_to=request.data_to,
        due_on=due_on,
        expected_on=expected_on,
        # A withdrawn report is expected again.
        status=S.EXPECTED if status == S.DRAFT else status,
        attempts=len(filings),
        received_on=judged.received_on if judged else None,
        accepted_attempt=accepted[-1] if accepted else None,
        waived_on=waived_on,
        waived_reason="Miễn." if waived_on else None,
    )
    session.add(report)
    await session.flush()
    await write_filings(session, report, filings, request.client_id)
    return Told(life, report, due_on, expected_on, filings, status, waived_on)
