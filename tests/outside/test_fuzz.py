"""The contract and the service are held against each other by requests that nobody thought of."""

import os

import pytest

from app.auth.principal import Role
from app.config import Settings
from tests.http.test_access import MAY
from tests.outside.fuzzing import EFFORTS, fuzz, in_turn

EFFORT = EFFORTS[os.environ.get("TIENDO_FUZZ", "brief")]
# The answers to a caller that gets no further than the door.
AT_THE_DOOR = {
    "idempotency_key_reused",
    "invalid_token",
    "malformed_request",
    "method_not_allowed",
    "not_found",
    "permission_denied",
    "precondition_failed",
    "precondition_required",
    "validation_failed",
}
# The operations on rows that only their own agency sees, that the sample lacks, or that one must
# have read before.
HIDDEN = {
    "acceptAgencyReport",
    "acceptRefusal",
    "answerRemark",
    "approveExtension",
    "decideHandover",
    "decideHandovers",
    "deleteWebhookEndpoint",
    "disableWebhookEndpoint",
    "enableWebhookEndpoint",
    "endFocalPoint",
    "endIndicator",
    "getAgencyReport",
    "getAgencyReportLetter",
    "getAgencyReportPackage",
    "getAmendment",
    "getDocument",
    "getExtension",
    "getFocalPoint",
    "getHandover",
    "getIndicator",
    "getOperation",
    "getPlanImport",
    "getPlanImportFile",
    "getRating",
    "getRemark",
    "getReminder",
    "getReminderPackage",
    "getReport",
    "getReportContent",
    "getReportFile",
    "getReportRequest",
    "getSubmissionPackage",
    "getWebhookEndpoint",
    "issueAmendment",
    "listAgencyReportAttempts",
    "listIndicatorValues",
    "listReminderItems",
    "listReportChanges",
    "listWebhookDeliveries",
    "pingWebhookEndpoint",
    "putCalendarDay",
    "putExternalRef",
    "putIndicatorValue",
    "putRating",
    "refuseExtension",
    "reissueReport",
    "rejectRefusal",
    "removeExternalRef",
    "reopenAssignment",
    "replayWebhookDeliveries",
    "resumeAssignment",
    "reviseAmendment",
    "revokeBoardLink",
    "revokePlanImportLink",
    "revokeBoardsLink",
    "rotateWebhookSecret",
    "sendBackAgencyReport",
    "sendBackSubmission",
    "signReportOff",
    "submitAgencyReport",
    "takeContributions",
    "updateIndicator",
    "updateWebhookEndpoint",
    "waiveSubmission",
    "withdrawAgencyReport",
    "withdrawAmendment",
    "withdrawExtension",
    "withdrawRemark",
    "withdrawReportRequest",
}
# The operations that only the limits of every operation lead to.
BY_LIMITS = {"putAgencyReport"}


@pytest.mark.long
@pytest.mark.parametrize("role", Role)
def test_nothing_is_found(settings: Settings, role: Role) -> None:
    met = fuzz(settings, role, EFFORT)

    if met.faults:
        pytest.fail("\n\n".join(met.faults), pytrace=False)
    assert met.phases == {"examples", "coverage", "fuzzing", "stateful"}
    # Finding nothing says something only where the requests came through.
    may = {name for name, roles in MAY.items() if role in roles} & in_turn(role) - HIDDEN
    if EFFORT.briefly:
        may -= BY_LIMITS
    assert {name for name in may if met.answers[name] <= AT_THE_DOOR} == set()
