from collections.abc import Iterable, Sequence

from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.principal import Principal
from app.domain.consolidated_reports import freeze as domain
from app.domain.consolidated_reports.changes import ReportChange, ReportedStanding
from app.domain.consolidated_reports.content import ReportContent, ReportGaps
from app.queries.consolidated_reports import reports as queries
from app.queries.consolidated_reports.reports import ReportCase
from app.schemas.consolidated_reports import (
    ConsolidatedReportOut,
    ConsolidatedReportRowOut,
    ReportChangeOut,
    ReportedStandingOut,
)
from app.schemas.plans import AgencyLabelOut
from app.views.labels import agency_labels


async def report_rows_out(
    session: AsyncSession, principal: Principal, cases: Sequence[ReportCase]
) -> list[ConsolidatedReportRowOut]:
    """Reports as lists show them."""
    labels = await agency_labels(session, (case.report.agency_id for case in cases))
    return [
        ConsolidatedReportRowOut.of(
            case.report,
            agency=labels[case.report.agency_id],
            is_superseded=case.is_superseded,
            allowed_actions=domain.allowed_actions(principal, case),
        )
        for case in cases
    ]


async def report_out(
    session: AsyncSession, principal: Principal, case: ReportCase
) -> ConsolidatedReportOut:
    """One report, after all changes of the session, with its gaps of the freeze.

    Raises `BrokenReportError` where what is stored is not what was frozen.
    """
    await session.flush()
    text = await queries.content_of(session, case.report)
    gaps = domain.read_content(text, case.report).gaps
    [row] = await report_rows_out(session, principal, [case])
    return _with_gaps(row, gaps)


def dry_run_out(content: ReportContent) -> ConsolidatedReportOut:
    """What would be frozen, and what is missing of it."""
    row = ConsolidatedReportRowOut.of(
        content,
        id=None,
        plan_id=content.plan.id,
        previous_id=None,
        is_superseded=False,
        reason=None,
        sha256=None,
        number=None,
        signed_on=None,
        signer=None,
        updated_at=content.frozen_at,
        allowed_actions=[],
    )
    return _with_gaps(row, content.gaps)


def _with_gaps(row: ConsolidatedReportRowOut, gaps: ReportGaps) -> ConsolidatedReportOut:
    return ConsolidatedReportOut.of(row, gaps=gaps)


def changes_out(found: Iterable[ReportChange]) -> list[ReportChangeOut]:
    """What the report would tell otherwise, as it was and as it is."""
    return [
        ReportChangeOut.of(
            one,
            agency=AgencyLabelOut.of(one.agency),
            before=one.before and _standing_out(one.before),
            after=one.after and _standing_out(one.after),
        )
        for one in found
    ]


def _standing_out(one: ReportedStanding) -> ReportedStandingOut:
    return ReportedStandingOut.of(one, agency=AgencyLabelOut.of(one.agency))
