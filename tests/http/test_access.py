"""The roles that each operation lets in: over every operation of the contract, so that none can be
forgotten."""

import re
import uuid

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.principal import Role
from app.config import Settings
from app.models import Client
from tests.support.clients import Api, application
from tests.support.contract import by_operation, faults
from tests.support.factories import make_agency, make_client

PUBLIC = {
    "issueToken",
    "revokeToken",
    "introspectToken",
    "getJwks",
    "getAuthorizationServerMetadata",
    "getHealth",
    "getReadiness",
    "getMetrics",
}

PROBLEM = {"$ref": "#/components/schemas/Problem"}

EVERYONE = set(Role)
ADMINISTRATOR = {Role.ADMINISTRATOR}
ISSUER = {Role.ISSUER}
# The roles that decide on the meaning of a plan's words.
DECIDERS = {Role.ADMINISTRATOR, Role.COORDINATOR}
# A draft's owner says how it will be reported, and the plan's coordinator once it is issued.
REGIME_SETTERS = {Role.ISSUER, Role.COORDINATOR}
REPORTER = {Role.REPORTER}
SUPERVISOR = {Role.SUPERVISOR}
# An issuer reviews the reports of the plan's own coordinator, which nobody else may.
REVIEWERS = {Role.COORDINATOR, Role.ISSUER}
# A plan takes an issuer, a result a reporter; whoever reviews sends what became of reports.
SENDERS = {Role.ISSUER, Role.COORDINATOR, Role.REPORTER}
# Each of them on other handovers: of the registry, of assignments, of who coordinates.
HANDOVER_DECIDERS = DECIDERS | {Role.ISSUER}
NAMERS = {Role.ADMINISTRATOR, Role.ISSUER, Role.REPORTER}
# Whoever gave an assignment, and whoever follows it up, decide on what its agency asks for.
FOLLOWERS = {Role.COORDINATOR, Role.ISSUER}
READERS_OF_REPORTS = {Role.ISSUER, Role.COORDINATOR, Role.REPORTER, Role.SUPERVISOR}

MAY: dict[str, set[Role]] = {
    # registry
    "listAgencies": EVERYONE,
    "getAgency": EVERYONE,
    "createAgency": ADMINISTRATOR,
    "updateAgency": ADMINISTRATOR,
    "getAgencyWorkload": EVERYONE,
    "listCollectives": EVERYONE,
    "getCollective": EVERYONE,
    "createCollective": ADMINISTRATOR,
    "updateCollective": ADMINISTRATOR,
    "listCollectiveMembers": EVERYONE,
    "addCollectiveMember": ADMINISTRATOR,
    "getCollectiveMember": EVERYONE,
    "endCollectiveMember": ADMINISTRATOR,
    "listCalendarDays": EVERYONE,
    "getCalendarDay": EVERYONE,
    "putCalendarDay": ADMINISTRATOR,
    "listSuccessions": EVERYONE,
    "getSuccession": EVERYONE,
    "recordSuccessions": ADMINISTRATOR,
    # plans
    "importPlan": ISSUER,
    "getPlanImport": EVERYONE,
    "getPlanImportFile": EVERYONE,
    "listPlanImportLinks": ISSUER,
    "makePlanImportLink": ISSUER,
    "revokePlanImportLink": ISSUER,
    "listPlans": EVERYONE,
    "getPlan": EVERYONE,
    "createPlan": ISSUER,
    "putPlan": ISSUER,
    "updatePlan": ISSUER,
    "issuePlan": ISSUER,
    "closePlan": ISSUER,
    "reopenPlan": ISSUER,
    "correctPlan": ISSUER,
    "discardPlan": ISSUER,
    "listPlanActions": EVERYONE,
    "listReportingRegimes": EVERYONE,
    "listNotAssigned": EVERYONE,
    "listCollectiveSubstitutions": EVERYONE,
    "substituteCollective": DECIDERS,
    "listActionPlans": EVERYONE,
    "registerActionPlan": SENDERS,
    "listAmendments": EVERYONE,
    "getAmendment": EVERYONE,
    "draftAmendment": ISSUER,
    "reviseAmendment": ISSUER,
    "issueAmendment": ISSUER,
    "withdrawAmendment": ISSUER,
    "setReportingRegime": REGIME_SETTERS,
    "listRegimePresets": EVERYONE,
    "listPeriods": EVERYONE,
    "listTaskGroups": EVERYONE,
    "addTaskGroup": ISSUER,
    "getTaskGroup": EVERYONE,
    "updateTaskGroup": ISSUER,
    "listTasks": EVERYONE,
    "getTask": EVERYONE,
    "addTask": ISSUER,
    "putTask": ISSUER,
    "updateTask": ISSUER,
    "removeTask": ISSUER,
    "addAssignee": ISSUER,
    "getAssignee": EVERYONE,
    "updateAssignee": ISSUER,
    "removeAssignee": ISSUER,
    # work
    "listAssignments": EVERYONE,
    "listPlanAssignments": EVERYONE,
    "getAssignment": EVERYONE,
    "listResponsibilities": EVERYONE,
    "listHandovers": EVERYONE,
    "getHandover": EVERYONE,
    "decideHandover": HANDOVER_DECIDERS,
    "decideHandovers": HANDOVER_DECIDERS,
    "listDeadlines": EVERYONE,
    "moveDeadline": ISSUER,
    "moveTaskDeadline": ISSUER,
    "listAssignmentActions": EVERYONE,
    "suspendAssignment": ISSUER,
    "resumeAssignment": ISSUER,
    "revokeAssignment": ISSUER,
    "refuseAssignment": REPORTER,
    "acceptRefusal": ISSUER,
    "rejectRefusal": ISSUER,
    "reopenAssignment": FOLLOWERS,
    "listExtensions": READERS_OF_REPORTS,
    "requestExtension": REPORTER,
    "getExtension": READERS_OF_REPORTS,
    "approveExtension": FOLLOWERS,
    "refuseExtension": FOLLOWERS,
    "withdrawExtension": REPORTER,
    "listSubmissions": READERS_OF_REPORTS,
    "getSubmission": READERS_OF_REPORTS,
    "listAttempts": READERS_OF_REPORTS,
    "getSubmissionOfPeriod": READERS_OF_REPORTS,
    "putSubmission": REPORTER,
    "pushSubmissions": REPORTER,
    "submitSubmission": REPORTER,
    "withdrawSubmission": REPORTER,
    "acceptSubmission": REVIEWERS,
    "acceptSubmissions": REVIEWERS,
    "enterSubmissions": REVIEWERS,
    "sendBackSubmission": REVIEWERS,
    "waiveSubmission": REVIEWERS,
    "listFocalPoints": NAMERS | {Role.COORDINATOR},
    "getFocalPoint": NAMERS | {Role.COORDINATOR},
    "nameFocalPoint": NAMERS,
    "endFocalPoint": NAMERS,
    "listReminders": EVERYONE,
    "getReminder": EVERYONE,
    "listReminderItems": EVERYONE,
    "getReminderPackage": EVERYONE,
    "previewReminders": EVERYONE,
    "sendReminder": REVIEWERS,
    "remindOverdue": REVIEWERS,
    "rateAgencies": REVIEWERS,
    "listAgencyReports": READERS_OF_REPORTS,
    "getAgencyReport": READERS_OF_REPORTS,
    "getAgencyReportOfPeriod": READERS_OF_REPORTS,
    "getAgencyReportLetter": READERS_OF_REPORTS,
    "getAgencyReportPackage": READERS_OF_REPORTS,
    "listAgencyReportAttempts": READERS_OF_REPORTS,
    # A client that may enter a report for an agency has another role than the agency itself.
    "putAgencyReport": READERS_OF_REPORTS,
    "submitAgencyReport": REPORTER,
    "withdrawAgencyReport": REPORTER,
    "acceptAgencyReport": REVIEWERS,
    "sendBackAgencyReport": REVIEWERS,
    "getReminderRules": EVERYONE,
    "setReminderRules": REVIEWERS,
    "shareReport": REPORTER,
    "listContributions": READERS_OF_REPORTS,
    "takeContributions": REPORTER,
    "requestReports": REVIEWERS,
    "listReportRequests": READERS_OF_REPORTS,
    "getReportRequest": READERS_OF_REPORTS,
    "withdrawReportRequest": REVIEWERS,
    "receiveDocument": SENDERS,
    "listDocuments": EVERYONE,
    "getDocument": EVERYONE,
    "listAssignmentDocuments": READERS_OF_REPORTS,
    "getSubmissionPackage": READERS_OF_REPORTS,
    # reports
    "consolidateReport": {Role.COORDINATOR, Role.REPORTER},
    "reissueReport": {Role.COORDINATOR, Role.REPORTER},
    "signReportOff": {Role.COORDINATOR, Role.REPORTER},
    "listReports": READERS_OF_REPORTS,
    "getReport": READERS_OF_REPORTS,
    "getReportContent": READERS_OF_REPORTS,
    "getReportFile": READERS_OF_REPORTS,
    "listReportChanges": READERS_OF_REPORTS,
    # figures
    "getPlanChart": EVERYONE,
    "getPlanStatistics": EVERYONE,
    "getFlows": EVERYONE,
    "getPlanFlows": EVERYONE,
    "getStatistics": EVERYONE,
    "putRating": REVIEWERS,
    "listRatings": READERS_OF_REPORTS,
    "getRating": READERS_OF_REPORTS,
    # Overseers of a plan have no role of their own.
    "makeRemark": EVERYONE,
    "listRemarks": EVERYONE,
    "getRemark": EVERYONE,
    "answerRemark": EVERYONE,
    "withdrawRemark": EVERYONE,
    "listIndicators": EVERYONE,
    "listPlanIndicators": EVERYONE,
    "addIndicator": REVIEWERS,
    "getIndicator": EVERYONE,
    "updateIndicator": REVIEWERS,
    "endIndicator": REVIEWERS,
    "listIndicatorValues": EVERYONE,
    "putIndicatorValue": REPORTER,
    "getPlanReportingStatistics": EVERYONE,
    "getReportingStatistics": EVERYONE,
    "getStatisticsTrend": EVERYONE,
    "getPlanBoard": EVERYONE,
    "openPlanBoard": ISSUER,
    "closePlanBoard": ISSUER,
    "sharePlanSubmissions": FOLLOWERS,
    "unsharePlanSubmissions": FOLLOWERS,
    "listBoardLinks": FOLLOWERS,
    "makeBoardLink": FOLLOWERS,
    "revokeBoardLink": FOLLOWERS,
    "listBoardsLinks": {Role.ADMINISTRATOR, Role.SUPERVISOR},
    "makeBoardsLink": {Role.ADMINISTRATOR, Role.SUPERVISOR},
    "revokeBoardsLink": {Role.ADMINISTRATOR, Role.SUPERVISOR},
    # following
    "listOperations": EVERYONE,
    "getOperation": EVERYONE,
    "putExternalRef": {Role.ISSUER, Role.COORDINATOR, Role.REPORTER},
    "removeExternalRef": {Role.ISSUER, Role.COORDINATOR, Role.REPORTER},
    "listEvents": EVERYONE,
    "listAuditEntries": SUPERVISOR,
    "getMe": EVERYONE,
    "listClients": ADMINISTRATOR,
    "createClient": ADMINISTRATOR,
    "getClient": ADMINISTRATOR,
    "updateClient": ADMINISTRATOR,
    "rotateClientSecret": ADMINISTRATOR,
    "disableClient": ADMINISTRATOR,
    "listWebhookEndpoints": EVERYONE,
    "createWebhookEndpoint": EVERYONE,
    "getWebhookEndpoint": EVERYONE,
    "updateWebhookEndpoint": EVERYONE,
    "deleteWebhookEndpoint": EVERYONE,
    "rotateWebhookSecret": EVERYONE,
    "disableWebhookEndpoint": EVERYONE,
    "enableWebhookEndpoint": EVERYONE,
    "replayWebhookDeliveries": EVERYONE,
    "pingWebhookEndpoint": EVERYONE,
    "listWebhookDeliveries": EVERYONE,
}


@pytest.fixture
def api(connection: AsyncConnection, settings: Settings) -> Api:
    """The application, to be called by any client."""
    return Api(connection, settings)


@pytest.fixture(scope="module")
def operations(settings: Settings) -> dict[str, tuple[str, str]]:
    """Method and path of every operation of the contract, by its id."""
    paths = by_operation(application(settings).openapi())["paths"]
    return {
        operation["operationId"]: (method.upper(), path)
        for path, methods in paths.items()
        for method, operation in methods.items()
    }


def filled(path: str) -> str:
    """The path of something that is not there."""
    return re.sub(r"\{(\w+)\}", lambda found: VALUES.get(found[1], str(uuid.UUID(int=1))), path)


VALUES = {"ref": "KHONG-CO", "code": "KHONG-CO", "period": "2025"}


def test_every_operation_has_its_place_here(operations: dict[str, tuple[str, str]]) -> None:
    assert len(operations) >= 40
    assert operations.keys() == PUBLIC | MAY.keys()
    assert not PUBLIC & MAY.keys()


def test_only_what_needs_no_token_is_declared_so(settings: Settings) -> None:
    document = by_operation(application(settings).openapi())
    unguarded = {
        operation["operationId"]
        for methods in document["paths"].values()
        for operation in methods.values()
        if not operation["security"]
    }

    assert unguarded == PUBLIC


async def test_every_operation_wants_a_token(
    api: Api, operations: dict[str, tuple[str, str]]
) -> None:
    guarded = operations.keys() - PUBLIC
    assert guarded
    async with api.by() as http:
        for name in guarded:
            method, path = operations[name]
            answer = await http.request(method, filled(path))
            assert (answer.status_code, answer.json()["code"]) == (401, "invalid_token"), name
            assert answer.headers["www-authenticate"].startswith("Bearer ")


async def statuses(
    api: Api, client: Client, operations: dict[str, tuple[str, str]]
) -> dict[str, int]:
    """The answers to a client by each guarded operation, about rows that are not there."""
    found = {}
    async with api.by(client) as http:
        for name, (method, path) in operations.items():
            if name in MAY:
                answer = await http.request(method, filled(path))
                found[name] = answer.status_code
                if answer.is_error:
                    assert answer.headers["content-type"] == "application/problem+json"
                    assert faults(answer.json(), PROBLEM) == [], name
    return found


@pytest.mark.parametrize("role", Role)
async def test_every_operation_is_open_to_its_roles_alone(
    api: Api, session: AsyncSession, operations: dict[str, tuple[str, str]], role: Role
) -> None:
    client = await make_client(session, await make_agency(session), [role])

    answers = await statuses(api, client, operations)

    allowed = {name for name, roles in MAY.items() if role in roles}
    assert {name for name, status in answers.items() if status not in (401, 403)} == allowed


async def test_what_is_not_there_is_a_refusal_and_no_failure(
    api: Api, session: AsyncSession, operations: dict[str, tuple[str, str]]
) -> None:
    client = await make_client(session, await make_agency(session), list(Role))

    answers = await statuses(api, client, operations)

    assert {n: status for n, status in answers.items() if status not in (200, 404, 422)} == {}


async def test_what_is_public_answers_without_a_token(
    api: Api, operations: dict[str, tuple[str, str]]
) -> None:
    async with api.by() as http:
        for name in PUBLIC - {"issueToken", "revokeToken", "introspectToken"}:
            assert (await http.get(operations[name][1])).status_code == 200, name


async def test_a_path_that_is_not_there_is_nobodys(api: Api, session: AsyncSession) -> None:
    async with api.by() as http:
        assert (await http.get("/v1/nothing")).status_code == 404
        refused = await http.delete("/v1/agencies")

    assert refused.status_code == 405
    # Each method is a route of its own; who asks is told of all of them.
    assert refused.headers["allow"] == "GET, HEAD, OPTIONS, POST"
