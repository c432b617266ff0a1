"""HTTP as proxies and browsers speak it: compression, questions about a resource, other origins."""

from collections.abc import AsyncIterator

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from app.config import Settings
from tests.support.clients import Api

PORTAL = "https://cong.tinh.example"


@pytest.fixture
def api(connection: AsyncConnection, settings: Settings) -> Api:
    return Api(connection, settings)


@pytest.fixture
async def http(api: Api) -> AsyncIterator[httpx.AsyncClient]:
    async with api.by() as http:
        yield http


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [("gzip", "gzip"), ("br, gzip", "br"), ("gzip, br, zstd", "zstd"), ("gzip;q=0", None)],
)
async def test_a_long_answer_is_compressed_as_the_caller_takes_it(
    http: httpx.AsyncClient, accepted: str, encoding: str | None
) -> None:
    plain = await http.get("/openapi.json", headers={"Accept-Encoding": "identity"})
    answer = await http.get("/openapi.json", headers={"Accept-Encoding": accepted})

    assert answer.headers.get("content-encoding") == encoding
    assert answer.json() == plain.json()
    assert "Accept-Encoding" in answer.headers["vary"]
    if encoding:
        assert int(answer.headers["content-length"]) * 5 < len(plain.content)


async def test_who_names_no_encoding_gets_none(http: httpx.AsyncClient) -> None:
    answer = await http.get("/openapi.json", headers={"Accept-Encoding": ""})
    del http.headers["accept-encoding"]
    silent = await http.get("/openapi.json")

    assert "content-encoding" not in {*answer.headers, *silent.headers}
    assert answer.content == silent.content


async def test_a_short_answer_is_sent_as_it_is(http: httpx.AsyncClient) -> None:
    answer = await http.get("/healthz", headers={"Accept-Encoding": "gzip"})

    assert "content-encoding" not in answer.headers


async def test_only_the_headers_are_sent_to_who_asks_for_them(http: httpx.AsyncClient) -> None:
    for path in ("/healthz", "/openapi.json", "/docs", "/", "/docs/static/docs.js"):
        whole, head = await http.get(path), await http.head(path)
        assert (head.status_code, head.content) == (whole.status_code, b""), path
        assert head.headers.get("content-length") == whole.headers.get("content-length")
    assert (await http.head("/v1/plans")).status_code == 401
    assert (await http.head("/oauth/token")).status_code == 405


async def test_a_resource_says_what_it_can_be_asked(http: httpx.AsyncClient) -> None:
    asked = await http.options("/v1/plans")
    refused = await http.delete("/v1/plans")

    assert (asked.status_code, asked.content) == (204, b"")
    assert asked.headers["allow"] == "GET, HEAD, OPTIONS, POST, PUT"
    assert (refused.status_code, refused.headers["allow"]) == (405, asked.headers["allow"])
    assert (await http.options("/v1/nothing")).status_code == 404
    for method in ("OPTIONS", "DELETE"):
        file = await http.request(method, "/docs/static/docs.js")
        assert file.headers["allow"] == "GET, HEAD, OPTIONS"


@pytest.mark.parametrize("path", ["/v1/plans/", "/healthz/", "/docs/", "/docs/static"])
async def test_a_slash_too_many_is_a_wrong_address(http: httpx.AsyncClient, path: str) -> None:
    answer = await http.get(path, headers={"Host": "evil.example"})

    assert (answer.status_code, "location" in answer.headers) == (404, False)


async def test_the_root_leads_browsers_to_the_page_and_clients_to_the_contract(
    http: httpx.AsyncClient,
) -> None:
    for accepted, where in (("text/html,*/*;q=0.8", "docs"), ("*/*", "openapi.json")):
        answer = await http.get("/", headers={"Accept": accepted, "Host": "evil.example"})
        assert (answer.status_code, answer.headers["location"]) == (307, where)
        assert (await http.get(f"/{where}")).status_code == 200


async def test_pages_of_other_origins_may_call_where_the_operator_lists_them(
    connection: AsyncConnection, settings: Settings
) -> None:
    asked = {
        "Origin": PORTAL,
        "Access-Control-Request-Method": "PUT",
        "Access-Control-Request-Headers": "authorization,if-match,idempotency-key",
    }
    async with Api(connection, settings, cors_origins=(PORTAL,)).by() as http:
        answer = await http.options("/v1/plans", headers=asked)
        foreign = await http.options("/v1/plans", headers={**asked, "Origin": "https://x.example"})
        read = await http.get("/healthz", headers={"Origin": PORTAL})
        refused = await http.get("/v1/plans", headers={"Origin": PORTAL})
    assert (answer.status_code, foreign.status_code) == (200, 400)
    assert "access-control-allow-origin" not in foreign.headers
    for one in (answer, read, refused):
        assert one.headers["access-control-allow-origin"] == PORTAL
        assert "access-control-allow-credentials" not in one.headers
    assert "ETag" in read.headers["access-control-expose-headers"]


async def test_by_itself_no_other_origin_may_call(http: httpx.AsyncClient) -> None:
    answer = await http.get("/healthz", headers={"Origin": PORTAL})

    assert not [name for name in answer.headers if name.startswith("access-control")]
