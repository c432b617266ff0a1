"""The promises of the contract, asked of the application: every operation, by its own examples."""

from collections.abc import AsyncIterator, Iterator

import pytest
from sqlmodel.ext.asyncio.session import AsyncSession

from app.config import Settings
from app.http.openapi.languages import LANGUAGES
from tests.support.clients import Api
from tests.support.contract import OPERATIONS, read_contract
from tests.support.example_stories import STORIES
from tests.support.example_world import READERS, WEBHOOKS, Loaded, World, load_sample
from tests.support.sample import plan_file
from tests.support.special_stories import IN_SPECIAL, SPECIAL
from tests.support.transactions import Engines

IN_STORIES = {name for story in STORIES.values() for _, name in story}
READS = [
    name
    for name, (method, _, _) in OPERATIONS.items()
    if method == "get" and name not in IN_STORIES | IN_SPECIAL
]


@pytest.fixture(scope="module")
def loaded(settings: Settings) -> Iterator[Loaded]:
    with load_sample(settings) as loaded:
        yield loaded


@pytest.fixture
async def world(loaded: Loaded, settings: Settings, engines: Engines) -> AsyncIterator[World]:
    async with engines.transaction(loaded.url) as connection, AsyncSession(connection) as session:
        yield World(
            session, Api(connection, settings, **WEBHOOKS), dict(loaded.ids), loaded.secrets
        )


def test_every_operation_is_tried() -> None:
    assert IN_STORIES | IN_SPECIAL | set(READS) == set(OPERATIONS)


async def test_document_is_served(world: World) -> None:
    async with world.api.by() as http:
        for language in LANGUAGES:
            answer = await http.get("/openapi.json", headers={"Accept-Language": language})
            assert answer.json() == read_contract(language)
            assert answer.headers["content-language"] == language
            assert answer.headers["vary"] == "Accept-Language, Accept-Encoding"


@pytest.mark.parametrize("name", READS)
async def test_every_read_answers_its_examples(world: World, name: str) -> None:
    for narrowed in (False, True):
        await world.ask(READERS.get(name, "sample-supervisor"), name, narrowed=narrowed)


@pytest.mark.parametrize("story", STORIES)
async def test_every_example_of_a_body_is_accepted(world: World, story: str) -> None:
    for client_id, name in STORIES[story]:
        await world.ask(client_id, name)


@pytest.mark.parametrize("story", SPECIAL)
async def test_what_needs_more_than_examples_is_tried(world: World, story: str) -> None:
    await SPECIAL[story](world)


async def test_a_stray_field_of_a_form_is_refused(world: World) -> None:
    files = {"file": ("ke-hoach.docx", plan_file())}

    async with await world.by("sample-issuer") as http:
        stray = await http.post("/v1/plan-imports", files=files, data={"dry_run": "true"})

    assert stray.status_code == 422
    assert [fault["pointer"] for fault in stray.json()["errors"]] == ["#/dry_run"]
