"""The actions that each caller may take on an agency report, by the state of the report."""

from app.auth.principal import Principal
from app.domain.authority import Power, may, may_judge
from app.domain.records import Subject
from app.domain.submissions.states import DRAFTABLE, S
from app.models import AgencyReport, Plan, PlanStatus
from app.queries.agency_reports.reports import AgencyReportCase, ShownAgencyReport

AnyReport = AgencyReport | ShownAgencyReport


def is_writable(report: AnyReport) -> bool:
    """True if the report may be drafted and filed; this holds also where its draft is shown as its
    status."""
    return report.status in (*DRAFTABLE, S.DRAFT)


def subject(report: AgencyReport) -> Subject:
    """The report as the subject of records."""
    return Subject("agency_report", report.id, report.plan_id, report.agency_id)


def allowed_actions(principal: Principal, report: ShownAgencyReport, plan: Plan) -> list[str]:
    """The actions that the caller may take with the report now."""
    actions = []
    is_issued = plan.status == PlanStatus.ISSUED
    if may(principal, Power.REPORT, plan, concerned=(report.agency_id,)):
        if is_issued and is_writable(report):
            actions.append("write")
            if report.draft is not None:
                actions.append("submit")
        if report.status == S.SUBMITTED and report.filed_for_id == principal.agency_id:
            actions.append("withdraw")
        return actions
    if is_issued and is_writable(report) and may(principal, Power.ENTER_REPORT, plan):
        actions.append("enter")
    is_filer = report.entered_by_id is None and report.client_id == principal.client_id
    if report.status == S.SUBMITTED and not is_filer and is_reviewer(principal, report, plan):
        actions += ["accept", "send_back"]
    return actions


def is_reviewer(principal: Principal, report: AnyReport, plan: Plan) -> bool:
    """True if the caller may review the report."""
    return may_judge(principal, Power.REVIEW, plan, concerned=(report.agency_id,))


def is_filer(principal: Principal, case: AgencyReportCase) -> bool:
    """True if this very client filed the latest attempt; a client that entered it for the agency
    did not file it."""
    attempt = case.attempt
    if attempt is None or attempt.entered_by_id is not None:
        return False
    return attempt.client_id == principal.client_id
