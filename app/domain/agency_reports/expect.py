"""The agency reports that a report request asks for."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from app.domain.acts import Act, PersonalAct
from app.domain.agency_reports.states import subject
from app.domain.records import Note, Subject, publish_all
from app.domain.submissions.states import S, change_status
from app.models import AgencyReport, AgencyReportMove, ReportRequest
from app.models.base import new_id
from app.queries.agency_reports.requested import (
    has_report,
    lock_reports_of_ended,
    lock_unfiled_reports,
)
from app.queries.bulk import insert_rows
from app.queries.handovers.successions import successors_of

ENDED = "Cơ quan đã kết thúc hoạt động."


async def expect_agency_reports(
    session: AsyncSession, request: ReportRequest, agency_ids: Sequence[UUID], *, at: datetime
) -> None:
    """Expect one report of each of these agencies, whether it owes anything else or not."""
    rows: list[dict[str, Any]] = [
        {
            "id": new_id(),
            "plan_id": request.plan_id,
            "agency_id": agency_id,
            "report_request_id": request.id,
            "period": request.period,
            "data_from": request.data_from,
            "data_to": request.data_to,
            "due_on": request.due_on,
            "expected_on": request.asked_on,
            "status": S.EXPECTED,
        }
        for agency_id in agency_ids
    ]
    await insert_rows(session, AgencyReport, rows)
    notes = [
        Note(
            "expected",
            Subject("agency_report", row["id"], request.plan_id, row["agency_id"]),
            {"period": request.period, "due_on": request.due_on.isoformat()},
        )
        for row in rows
    ]
    await publish_all(session, notes, at=at)


async def waive_agency_reports(act: PersonalAct, request: ReportRequest) -> None:
    """Waive the unfiled agency reports of a request that is withdrawn."""
    unfiled = await lock_unfiled_reports(act.session, request.id)
    for report in unfiled:
        change_status(report, S.WAIVED)
        report.waived_reason = request.withdrawn_reason
        report.waived_on = request.withdrawn_on
    await act.session.flush()
    notes = [Note("waived", subject(report), {}) for report in unfiled]
    await act.record(notes)


async def hand_over_requests(act: Act, day: date) -> None:
    """Ask the one successor for what an agency that ended by *day* was asked and did not file.

    Without exactly one, or where that one is asked itself, nobody is asked any more. A successor
    that has ended too hands on in its turn.
    """
    while ended := await lock_reports_of_ended(act.session, day):
        for report, ended_on in ended:
            await _hand_over(act, report, ended_on or day)
        await act.session.flush()


async def _hand_over(act: Act, report: AgencyReport, ended_on: date) -> None:
    successions = (await successors_of(act.session, {report.agency_id}))[report.agency_id]
    heirs = {one.successor_id for one in successions}
    to_id = heirs.pop() if len(heirs) == 1 else None
    if to_id is None or await has_report(act.session, report.plan_id, to_id, report.period):
        change_status(report, S.WAIVED)
        report.waived_reason, report.waived_on = ENDED, ended_on
        act.note("waived", subject(report))
        return
    act.session.add(
        AgencyReportMove(
            agency_report_id=report.id,
            moved_on=ended_on,
            from_agency_id=report.agency_id,
            to_agency_id=to_id,
        )
    )
    report.agency_id = to_id
    # Another report of this agency that is handed on next must find this one.
    await act.session.flush()
    act.note("expected", subject(report), period=report.period)
