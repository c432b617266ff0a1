"""What the contract promises, asked of the application: every operation, by its own examples."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from ipaddress import ip_network

import httpx
import pytest
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.cli.sample_story import play, principal
from app.clock import utc_now
from app.config import Settings
from app.domain.operations import promise
from app.http.answers import PARTIAL
from app.http.openapi.languages import LANGUAGES
from app.models import (
    Agency,
    Assignee,
    AssigneeRole,
    Assignment,
    Client,
    Collective,
    CollectiveMember,
    Handover,
    HandoverState,
    PlanImport,
    Submission,
    SubmissionStatus,
    Succession,
    TaskGroup,
)
from tests.support import databases
from tests.support.clients import Api
from tests.support.contract import (
    CONTRACT,
    OPERATIONS,
    Json,
    example_of,
    faults,
    read_contract,
    resolved,
)
from tests.support.example_stories import STORIES
from tests.support.reports import COMPLETED
from tests.support.sample import fill, load_registry, plan_file
from tests.support.transactions import Engines

# Whose id the answer to an operation is.
MADE = {
    "createPlan": "plan_id",
    "putPlan": "plan_id",
    "addTaskGroup": "group_id",
    "addTask": "task_id",
    "addAssignee": "assignee_id",
    "draftAmendment": "amendment_id",
    "addCollectiveMember": "member_id",
    "putSubmission": "submission_id",
    "nameFocalPoint": "focal_point_id",
    "sendReminder": "reminder_id",
    "createWebhookEndpoint": "endpoint_id",
    "requestReports": "report_request_id",
    "requestExtension": "extension_id",
    "addIndicator": "indicator_id",
    "putRating": "rating_id",
    "makeRemark": "remark_id",
}
# What is tried by a test of its own, since there is nothing of it until it was sent.
PACKAGES = {"receiveDocument", "getDocument", "getSubmissionPackage"}
# What is tried by a test of its own, since it is done to what was completed.
CLOSED = {"reopenAssignment"}
IN_STORIES = {name for story in STORIES.values() for _, name in story}
READS = [
    name
    for name, (method, _, _) in OPERATIONS.items()
    if method == "get" and name not in PACKAGES | IN_STORIES
]
READERS = {
    "getPlanImport": "sample-issuer",
    "getOperation": "sample-issuer",
    "listFocalPoints": "sample-coordinator",
}
WEBHOOKS = {"webhook_networks": (ip_network("10.0.0.0/8"),)}
FORMS = {"issueToken", "revokeToken", "introspectToken", "importPlan"}


class World:
    """The sample, and whoever asks it by the contract's own examples."""

    def __init__(self, session: AsyncSession, api: Api, ids: dict[str, str]) -> None:
        self.session = session
        self.api = api
        self.ids = ids

    async def by(self, client_id: str) -> httpx.AsyncClient:
        """One of the sample's clients."""
        statement = select(Client).where(Client.client_id == client_id)
        return self.api.by((await self.session.exec(statement)).one())

    async def ask(self, client_id: str, name: str, *, narrowed: bool = False) -> None:
        """Call an operation by its examples and hold the answer to what is declared."""
        method, path, operation = OPERATIONS[name]
        query = {}
        for parameter in map(resolved, operation.get("parameters", ())):
            asked = narrowed or (parameter["in"] == "query" and "required" in parameter)
            # What has changed lately is not asked of a past day.
            if asked and "examples" in parameter["schema"] and parameter["name"] != "updated_since":
                query[parameter["name"]] = parameter["schema"]["examples"][0]
            if parameter["in"] == "path":
                value = self.ids.get(parameter["name"]) or parameter["example"]
                path = path.replace(f"{{{parameter['name']}}}", str(value))
        body = example_of(operation)
        if isinstance(body, dict) and "assignment_id" in body:
            body = body | {"assignment_id": self.ids["assignment_id"]}
        async with await self.by(client_id) as http:
            answer = await http.request(method, path, params=query, json=body)
        check(name, answer)
        if name in MADE:
            self.ids[MADE[name]] = answer.json()["id"]


def check(name: str, answer: httpx.Response) -> None:
    """The answer is the success that the operation declares, in its form."""
    status = str(answer.status_code)
    declared = OPERATIONS[name][2]["responses"]
    assert status < "300", f"{name}: {answer.text}"
    assert status in declared, name
    content = resolved(declared[status]).get("content", {})
    # Nobody asked for some members only.
    for kind in content.keys() - {PARTIAL}:
        assert answer.headers["content-type"].startswith(kind), name
        if kind == "application/json":
            assert faults(answer.json(), content[kind]["schema"]) == [], name


@dataclass
class Told:
    """A database with the whole sample as `tiendo sample load` makes it."""

    url: str
    secrets: list[Json] = field(default_factory=list)
    ids: dict[str, str] = field(default_factory=dict)

    async def find_ids(self, session: AsyncSession) -> None:
        """Of rows that the document can't name, since they are numbered anew in every database."""
        statement = (
            select(Submission.id, Submission.assignment_id, Assignment.task_id)
            .join(Assignment, col(Assignment.id) == col(Submission.assignment_id))
            .join(Agency, col(Agency.id) == col(Assignment.agency_id))
            .where(col(Agency.code) == "SNGV", col(Submission.period) == "2026")
            .where(col(Submission.status) == SubmissionStatus.EXPECTED)
            .where(col(Assignment.occurrence) == "once")
            .where(col(Assignment.role) == AssigneeRole.LEAD)
        )
        row = (await session.exec(statement.limit(1))).one()
        imported = (await session.exec(select(PlanImport.id))).one()
        group = (await session.exec(select(TaskGroup.id).limit(1))).one()
        assignee = (await session.exec(select(Assignee.id).limit(1))).one()
        members = (
            select(CollectiveMember.id)
            .join(Collective)
            .where(col(Collective.code) == "SO-BAN-NGANH")
        )
        member = (await session.exec(members.limit(1))).one()
        issuer = await principal(session, "sample-issuer")
        operation = await promise(session, issuer, "plan_import", {}, at=utc_now())
        succession = (await session.exec(select(Succession.id).limit(1))).one()
        waiting = (
            select(Handover.id)
            .join(Agency, col(Agency.id) == col(Handover.from_agency_id))
            .where(col(Agency.code) == "SLDTBXH", col(Handover.state) == HandoverState.PENDING)
        )
        handover = (await session.exec(waiting.limit(1))).one()
        found = {
            "succession_id": succession,
            "handover_id": handover,
            "submission_id": row[0],
            "assignment_id": row[1],
            "row_id": row[1],
            "task_id": row[2],
            "import_id": imported,
            "group_id": group,
            "assignee_id": assignee,
            "member_id": member,
            "operation_id": operation.id,
        }
        self.ids = {name: str(value) for name, value in found.items()}


@pytest.fixture(scope="module")
def told(settings: Settings) -> Iterator[Told]:
    with databases.new_database() as url:
        told = Told(url)

        async def story(session: AsyncSession) -> None:
            told.secrets = await play(session, settings)
            await told.find_ids(session)

        asyncio.run(fill(url, load_registry, story))
        yield told


@pytest.fixture
async def world(told: Told, settings: Settings, engines: Engines) -> AsyncIterator[World]:
    async with engines.transaction(told.url) as connection, AsyncSession(connection) as session:
        yield World(session, Api(connection, settings, **WEBHOOKS), dict(told.ids))


def test_every_operation_is_tried() -> None:
    assert IN_STORIES | set(READS) | FORMS | PACKAGES | CLOSED == set(OPERATIONS)


async def test_document_is_served(world: World) -> None:
    async with world.api.by() as http:
        for language in LANGUAGES:
            answer = await http.get("/openapi.json", headers={"Accept-Language": language})
            assert answer.json() == read_contract(language)
            assert answer.headers["content-language"] == language
            assert answer.headers["vary"] == "Accept-Language"


@pytest.mark.parametrize("name", READS)
async def test_every_read_answers_its_examples(world: World, name: str) -> None:
    for narrowed in (False, True):
        await world.ask(READERS.get(name, "sample-supervisor"), name, narrowed=narrowed)


@pytest.mark.parametrize("story", STORIES)
async def test_every_example_of_a_body_is_accepted(world: World, story: str) -> None:
    for client_id, name in STORIES[story]:
        await world.ask(client_id, name)


async def test_what_was_completed_is_reopened(world: World) -> None:
    url = f"/v1/assignments/{world.ids['assignment_id']}/submissions/2026?submit=true"
    async with await world.by("sample-reporter-sngv") as http:
        filed = await http.put(url, json=COMPLETED)
    async with await world.by("sample-coordinator") as http:
        accepted = await http.post(f"/v1/submissions/{filed.json()['id']}/accept")

    assert (filed.status_code, accepted.status_code) == (200, 200)
    await world.ask("sample-coordinator", "reopenAssignment")


async def test_import_takes_the_sample_file(world: World) -> None:
    files = {"file": ("ke-hoach.docx", plan_file())}

    async with await world.by("sample-issuer") as http:
        check("importPlan", await http.post("/v1/plan-imports", files=files))
        check("importPlan", await http.post("/v1/plan-imports?dry_run=true", files=files))
        later = {"Prefer": "respond-async"}
        check("importPlan", await http.post("/v1/plan-imports", files=files, headers=later))
        stray = await http.post("/v1/plan-imports", files=files, data={"dry_run": "true"})

    assert stray.status_code == 422
    assert [fault["pointer"] for fault in stray.json()["errors"]] == ["#/dry_run"]


async def test_packages_are_taken_and_given(world: World) -> None:
    body = OPERATIONS["receiveDocument"][2]["requestBody"]["content"]["application/xml"]
    package = {
        "content": body["schema"]["examples"][0].encode(),
        "headers": {"content-type": "application/xml"},
    }

    async with await world.by("sample-reporter-sngv") as http:
        made = await http.post("/v1/documents", **package)
        check("receiveDocument", made)
        check("receiveDocument", await http.post("/v1/documents", **package))
        check("getDocument", await http.get(made.headers["Location"]))
    for name in ("putSubmission", "submitSubmission", "getSubmissionPackage"):
        await world.ask("sample-reporter-sngv", name)


async def test_tokens_are_given_for_the_examples(world: World, told: Told) -> None:
    properties = CONTRACT["components"]["schemas"]["IssueTokenForm"]["properties"]
    form = {name: field["examples"][0] for name, field in properties.items()}
    [secret] = [s["client_secret"] for s in told.secrets if s["client_id"] == form["client_id"]]

    async with world.api.by() as http:
        issued = await http.post("/oauth/token", data=form | {"client_secret": secret})
        token = {"token": issued.json()["access_token"]}
        account = (form["client_id"], secret)
        known = await http.post("/oauth/introspect", data=token, auth=account)
        ended = await http.post("/oauth/revoke", data=token, auth=account)

    check("issueToken", issued)
    check("introspectToken", known)
    check("revokeToken", ended)
