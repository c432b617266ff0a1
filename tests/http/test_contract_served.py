"""The contract over HTTP: the files that are committed, in the caller's language, once."""

from collections.abc import AsyncIterator

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from app.config import Settings
from app.http.openapi.contract import FILES, FOLDER
from app.http.openapi.languages import LANGUAGES, Language
from tests.support.clients import Api


@pytest.fixture
async def http(connection: AsyncConnection, settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    async with Api(connection, settings).by() as http:
        yield http


@pytest.mark.parametrize("language", LANGUAGES)
async def test_contract_is_served_as_it_is_committed(
    http: httpx.AsyncClient, language: Language
) -> None:
    answer = await http.get("/openapi.json", headers={"Accept-Language": language})

    assert answer.content == (FOLDER / FILES[language]).read_bytes()
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["content-language"] == language
    assert "Accept-Language" in answer.headers["vary"]


@pytest.mark.parametrize("sent", ["{tag}", "W/{tag}", '"{bare}-gzip"', '"other", {tag}', "*"])
async def test_who_has_the_contract_is_not_sent_it_again(
    http: httpx.AsyncClient, sent: str
) -> None:
    tag = (await http.get("/openapi.json")).headers["etag"].removeprefix("W/")
    answer = await http.get(
        "/openapi.json", headers={"If-None-Match": sent.format(tag=tag, bare=tag.strip('"'))}
    )

    assert (answer.status_code, answer.content) == (304, b"")
    assert answer.headers["etag"] == tag


async def test_contract_of_the_other_language_is_another(http: httpx.AsyncClient) -> None:
    tag = (await http.get("/openapi.json", headers={"Accept-Language": "en"})).headers["etag"]
    headers = {"If-None-Match": tag, "Accept-Language": "vi"}
    answer = await http.get("/openapi.json", headers=headers)

    assert answer.status_code == 200
    assert answer.headers["etag"] != tag
