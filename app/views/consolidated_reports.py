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
    named = (one for case in cases for one in (case.report.agency_id, case.report.own_id))
    labels = await agency_labels(session, named)
    return [
        ConsolidatedReportRowOut.of(
            case.report,
            agency=labels[case.report.agency_id],
            own=labels.optional(case.report.own_id),
            is_superseded=case.is_superseded,
            allowed_actions=domain.allowed_actions(principal, case),
        )
        for case in cases
    ]


async def report_out(
    session: AsyncSession, principal: Principal, case: ReportCase
) -> ConsolidatedReportOut:
    """One report, after all changes of the session, with its gaps of the freeze. Raises
    `BrokenReportError` where the stored content is not the frozen one."""
    await session.flush()
    found = await queries.frozen_gaps(session, case.report.id)
    if found.sha256 != case.report.sha256:
        raise domain.BrokenReportError()
    [row] = await report_rows_out(session, principal, [case])
    return _with_gaps(row, ReportGaps.model_validate_json(found.gaps))


def dry_run_out(content: ReportContent) -> ConsolidatedReportOut:
    """The report as it would be frozen, with its gaps."""
    row = ConsolidatedReportRowOut.of(
        content,
        id=None,
        plan_id=content.plan.id,
        with_plan_ids=[plan.id for plan in content.with_plans],
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
    """The report's differences from one made today, each as it was and as it is."""
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
