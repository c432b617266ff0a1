from datetime import date

import pytest
from sqlmodel.ext.asyncio.session import AsyncSession

from app.models import Client, SuccessionKind
from tests.support.clients import Api
from tests.support.factories import make_agency, make_succession


@pytest.fixture
async def successions(session: AsyncSession) -> None:
    """A splits into B and C one day, C goes to D another day, D is abolished."""
    a, b, c, d = [await make_agency(session, code=code) for code in "ABCD"]
    kind = SuccessionKind.SPLIT
    await make_succession(session, a, b, kind=kind, effective_on=date(2025, 3, 1), scope="nửa")
    await make_succession(session, a, c, kind=kind, effective_on=date(2025, 3, 1))
    await make_succession(session, c, d, effective_on=date(2025, 7, 1), basis="1665/NQ")
    await make_succession(session, d, None, effective_on=date(2026, 1, 1))


async def pairs(api: Api, client: Client, query: str) -> list[str]:
    """The answers of a list, all pages, as "AB" for A to B."""
    found: list[str] = []
    url: str | None = f"/v1/successions?{query}"
    async with api.by(client) as http:
        while url is not None:
            page = (await http.get(url)).json()
            found += [
                item["predecessor"]["code"] + (item["successor"] or {"code": "-"})["code"]
                for item in page["items"]
            ]
            url = page["next"]
    return found


@pytest.mark.usefixtures("successions")
async def test_successions_are_listed_by_day(api: Api, reader: Client) -> None:
    assert await pairs(api, reader, "limit=1") == ["AB", "AC", "CD", "D-"]


@pytest.mark.usefixtures("successions")
async def test_an_agency_is_found_on_either_side(api: Api, reader: Client) -> None:
    assert await pairs(api, reader, "agency=A") == ["AB", "AC"]
    assert await pairs(api, reader, "agency=C") == ["AC", "CD"]
    assert await pairs(api, reader, "agency=D&limit=1") == ["CD", "D-"]


@pytest.mark.usefixtures("successions")
async def test_days_run_from_inclusive_to_exclusive(api: Api, reader: Client) -> None:
    assert await pairs(api, reader, "effective_from=2025-07-01") == ["CD", "D-"]
    assert await pairs(api, reader, "effective_until=2025-07-01") == ["AB", "AC"]
    assert await pairs(api, reader, "effective_from=2025-03-01&effective_until=2025-03-02") == [
        "AB",
        "AC",
    ]


@pytest.mark.usefixtures("successions")
async def test_a_succession_says_what_and_on_which_basis(api: Api, reader: Client) -> None:
    async with api.by(reader) as http:
        items = (await http.get("/v1/successions?agency=C")).json()["items"]

    assert [item["kind"] for item in items] == ["split", "merge"]
    assert (items[1]["effective_on"], items[1]["basis"], items[1]["scope"]) == (
        "2025-07-01",
        "1665/NQ",
        None,
    )


async def test_an_unknown_agency_is_said_so(api: Api, reader: Client) -> None:
    async with api.by(reader) as http:
        assert (await http.get("/v1/successions?agency=LA")).status_code == 404


async def test_a_cursor_of_another_list_is_refused(
    api: Api, reader: Client, session: AsyncSession
) -> None:
    for code in "XY":
        await make_agency(session, code=code)

    async with api.by(reader) as http:
        url = (await http.get("/v1/agencies?limit=1")).json()["next"]
        cursor = url.partition("cursor=")[2]
        answer = await http.get(f"/v1/successions?limit=1&cursor={cursor}")

    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "invalid_cursor")
