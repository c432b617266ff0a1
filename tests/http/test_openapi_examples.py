"""What the contract promises, asked of the application: every operation, by its own examples."""

from collections.abc import AsyncIterator, Iterator

import pytest
from sqlmodel.ext.asyncio.session import AsyncSession

from app.config import Settings
from app.http.openapi.languages import LANGUAGES
from tests.support.clients import Api
from tests.support.contract import CONTRACT, OPERATIONS, read_contract
from tests.support.example_stories import STORIES
from tests.support.example_world import READERS, WEBHOOKS, Loaded, World, check, load_sample
from tests.support.reports import COMPLETED
from tests.support.sample import plan_file
from tests.support.transactions import Engines

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
FORMS = {"issueToken", "revokeToken", "introspectToken", "importPlan"}


@pytest.fixture(scope="module")
def loaded(settings: Settings) -> Iterator[Loaded]:
    with load_sample(settings) as loaded:
        yield loaded


@pytest.fixture
async def world(loaded: Loaded, settings: Settings, engines: Engines) -> AsyncIterator[World]:
    async with engines.transaction(loaded.url) as connection, AsyncSession(connection) as session:
        yield World(session, Api(connection, settings, **WEBHOOKS), dict(loaded.ids))


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


async def test_tokens_are_given_for_the_examples(world: World, loaded: Loaded) -> None:
    properties = CONTRACT["components"]["schemas"]["IssueTokenForm"]["properties"]
    form = {name: field["examples"][0] for name, field in properties.items()}
    [secret] = [s["client_secret"] for s in loaded.secrets if s["client_id"] == form["client_id"]]

    async with world.api.by() as http:
        issued = await http.post("/oauth/token", data=form | {"client_secret": secret})
        token = {"token": issued.json()["access_token"]}
        account = (form["client_id"], secret)
        known = await http.post("/oauth/introspect", data=token, auth=account)
        ended = await http.post("/oauth/revoke", data=token, auth=account)

    check("issueToken", issued)
    check("introspectToken", known)
    check("revokeToken", ended)
