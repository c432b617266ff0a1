from collections.abc import Mapping, Sequence
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.principal import Principal
from app.domain.agency_reports.states import allowed_actions
from app.domain.submissions.states import S
from app.models import Plan
from app.queries.agency_reports.parts import parts_of
from app.queries.agency_reports.reports import (
    FiledReport,
    ShownAgencyReport,
    get_agency_report,
)
from app.schemas.agency_reports import (
    AgencyReportAttemptOut,
    AgencyReportCountsOut,
    AgencyReportOut,
    AgencyReportPartOut,
    AgencyReportRowOut,
    AssessmentOut,
)
from app.schemas.submissions import SELDOM, ReviewOut
from app.views.labels import AgencyLabels, agency_labels

FILED = (S.SUBMITTED, S.ACCEPTED)


async def agency_report_rows_out(
    session: AsyncSession, principal: Principal, plan: Plan, found: Sequence[ShownAgencyReport]
) -> list[AgencyReportRowOut]:
    """Agency reports as lists show them, without their words."""
    labels = await _labels(session, found)
    return [
        AgencyReportRowOut.of(report, **_shown(principal, plan, report, labels)) for report in found
    ]


async def agency_report_out(
    session: AsyncSession, principal: Principal, plan: Plan, **key: Any
) -> tuple[AgencyReportOut, ShownAgencyReport]:
    """One report of the plan by its `id`, or `agency` and `period`, after all changes of the
    session; a draft's words only to its own agency."""
    await session.flush()
    report = await get_agency_report(session, principal, plan=plan.id, **key)
    parts = await parts_of(
        session,
        plan.id,
        report.agency_id,
        report.period,
        report_id=report.id,
        number=report.attempts,
        mine=principal.agency_id,
    )
    content = report.draft if report.draft is not None else report.content
    answer = AgencyReportOut.of(
        report,
        **_shown(principal, plan, report, await _labels(session, [report])),
        is_draft=report.draft is not None,
        content=None if content is None else assessment_out(content),
        submissions=[AgencyReportPartOut.of(part) for part in parts],
        missing=[part.id for part in parts if part.status not in FILED],
    )
    return answer, report


def assessment_out(content: Mapping[str, Any]) -> AssessmentOut:
    """The words of an agency report, with nulls for members that it lacks: reports stored before a
    member existed, and those of the sample."""
    return AssessmentOut.model_validate({"answers": [], **dict.fromkeys(SELDOM), **content})


async def attempts_out(
    session: AsyncSession, filed: Sequence[FiledReport]
) -> list[AgencyReportAttemptOut]:
    """Attempts, each with the decision on it."""
    labels = await agency_labels(
        session,
        (attempt.agency_id for attempt, _ in filed),
        (attempt.entered_by_id for attempt, _ in filed),
        (review.agency_id for _, review in filed if review is not None),
    )
    return [
        AgencyReportAttemptOut.of(
            attempt,
            content=assessment_out(attempt.content),
            received_on=(review and review.received_on) or attempt.received_on,
            agency=labels[attempt.agency_id],
            entered_by=labels.optional(attempt.entered_by_id),
            review=review and ReviewOut.of(review, agency=labels[review.agency_id]),
        )
        for attempt, review in filed
    ]


async def _labels(session: AsyncSession, found: Sequence[ShownAgencyReport]) -> AgencyLabels:
    return await agency_labels(
        session, (one.agency_id for one in found), (one.entered_by_id for one in found)
    )


def _shown(
    principal: Principal, plan: Plan, report: ShownAgencyReport, labels: AgencyLabels
) -> dict[str, Any]:
    """The members of an answer that the report itself does not have."""
    day = report.received_on
    return {
        "agency": labels[report.agency_id],
        "entered_by": labels.optional(report.entered_by_id),
        "is_late": None if day is None else day > report.due_on,
        "counts": AgencyReportCountsOut(
            expected=report.expected,
            filed=report.submitted + report.accepted,
            accepted=report.accepted,
            returned=report.returned,
            not_filed=report.expected - report.submitted - report.accepted,
        ),
        "allowed_actions": allowed_actions(principal, report, plan),
    }
