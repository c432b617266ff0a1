from datetime import date
from typing import Any

from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.models import Client, CollectiveMember, Event
from tests.support.clients import Api
from tests.support.factories import make_agency, make_collective, make_member
from tests.support.sample_facts import DEPARTMENTS, HOME_AFFAIRS

NEW: dict[str, Any] = {
    "code": DEPARTMENTS,
    "name": "Các sở, ban, ngành cấp tỉnh",
    "is_enumerable": True,
    "aliases": ["Các sở, ngành"],
}


async def member_codes(api: Api, client: Client, path: str) -> list[str]:
    """The agencies that a list of members answers, all pages."""
    found: list[str] = []
    url: str | None = path
    async with api.by(client) as http:
        while url is not None:
            page = (await http.get(url)).json()
            found += [item["agency"]["code"] for item in page["items"]]
            url = page["next"]
    return found


async def test_collectives_are_listed_by_code(
    api: Api, reader: Client, session: AsyncSession
) -> None:
    await make_collective(session, code="B", aliases=["Các b"])
    await make_collective(session, code="A", is_enumerable=False)

    async with api.by(reader) as http:
        first = (await http.get("/v1/collectives?limit=1")).json()
        second = (await http.get(first["next"])).json()

    assert [item["code"] for item in first["items"] + second["items"]] == ["A", "B"]
    assert second["items"][0]["aliases"] == ["Các b"]
    assert second["next"] is None


async def test_a_collective_is_found_by_code_and_id(
    api: Api, reader: Client, session: AsyncSession
) -> None:
    collective = await make_collective(session, code="NHOM")

    async with api.by(reader) as http:
        by_code = await http.get("/v1/collectives/NHOM")
        by_id = await http.get(f"/v1/collectives/{collective.id}")
        unknown = await http.get("/v1/collectives/LA")

    assert by_code.json() == by_id.json()
    assert (by_code.json()["code"], unknown.status_code) == ("NHOM", 404)


async def test_a_collective_is_entered_once(
    api: Api, administrator: Client, session: AsyncSession
) -> None:
    async with api.by(administrator) as http:
        answer = await http.post("/v1/collectives", json=NEW)
        again = await http.get(answer.headers["location"])
        twice = await http.post("/v1/collectives", json=NEW)

    assert answer.status_code == 201
    assert again.json() == answer.json()
    assert {name: answer.json()[name] for name in NEW} == NEW
    assert (twice.status_code, twice.json()["code"]) == (409, "already_exists")
    event = (await session.exec(select(Event))).one()
    assert event.type == "tiendo.collective.created"


async def test_a_collective_is_changed(
    api: Api, administrator: Client, session: AsyncSession
) -> None:
    await make_collective(session, code="NHOM", aliases=["Cũ"])
    change = {"name": "Các sở", "aliases": ["Mới"], "is_enumerable": False}

    async with api.by(administrator) as http:
        answer = (await http.patch("/v1/collectives/NHOM", json=change)).json()
        same = (await http.patch("/v1/collectives/NHOM", json=change)).json()
        cleared = await http.patch("/v1/collectives/NHOM", json={"name": None})

    assert {name: answer[name] for name in change} == change
    assert same == answer
    assert cleared.status_code == 422
    assert len((await session.exec(select(Event))).all()) == 1


async def test_members_are_those_of_the_day_that_exist_then(
    api: Api, reader: Client, session: AsyncSession
) -> None:
    ended = await make_agency(session, code="CU", valid_until=date(2025, 3, 1))
    begun = await make_agency(session, code="MOI", valid_from=date(2025, 3, 1))
    left = await make_agency(session, code="ROI")
    collective = await make_collective(session, code="NHOM", members=[ended, begun])
    await make_member(session, collective, left, valid_until=date(2025, 2, 1))
    path = "/v1/collectives/NHOM/members"

    assert await member_codes(api, reader, f"{path}?as_of=2025-01-31") == ["CU", "ROI"]
    assert await member_codes(api, reader, f"{path}?as_of=2025-02-01&limit=1") == ["CU"]
    assert await member_codes(api, reader, f"{path}?as_of=2025-03-01&limit=1") == ["MOI"]
    assert await member_codes(api, reader, path) == ["MOI"]


async def test_a_member_joins_and_leaves_on_a_day(
    api: Api, administrator: Client, session: AsyncSession
) -> None:
    await make_agency(session, code=HOME_AFFAIRS, name="Sở Nội vụ")
    await make_collective(session, code="NHOM")
    path = "/v1/collectives/NHOM/members"

    async with api.by(administrator) as http:
        joined = await http.post(path, json={"agency": HOME_AFFAIRS, "valid_from": "2024-01-01"})
        url = f"{path}/{joined.json()['id']}"
        left = await http.patch(url, json={"valid_until": "2025-01-01"})
        again = await http.patch(url, json={"valid_until": "2025-01-01"})

    assert (joined.status_code, joined.json()["agency"]["name"]) == (201, "Sở Nội vụ")
    assert left.json() == joined.json() | {"valid_until": "2025-01-01"} == again.json()
    assert await member_codes(api, administrator, f"{path}?as_of=2024-12-31") == [HOME_AFFAIRS]
    assert await member_codes(api, administrator, f"{path}?as_of=2025-01-01") == []
    events = await session.exec(select(Event.type).order_by(Event.type))
    assert events.all() == ["tiendo.collective.member_added", "tiendo.collective.member_ended"]


async def test_a_membership_lies_within_the_agencys_life(
    api: Api, administrator: Client, session: AsyncSession
) -> None:
    life: dict[str, Any] = {"valid_from": date(2024, 1, 1), "valid_until": date(2025, 1, 1)}
    await make_agency(session, code="A", **life)
    await make_collective(session, code="NHOM")
    refused = [
        ({"valid_from": "2023-12-31"}, "outside_the_agencys_life"),
        ({"valid_from": "2025-01-01"}, "outside_the_agencys_life"),
        ({"valid_until": "2025-01-02"}, "outside_the_agencys_life"),
        ({"valid_until": "2024-01-01"}, "outside_the_agencys_life"),
        ({"valid_from": "2024-05-01", "valid_until": "2024-05-01"}, "empty_period"),
        ({"agency": "LA"}, "unknown_agency"),
    ]

    async with api.by(administrator) as http:
        for change, reason in refused:
            body = {"agency": "A", **change}
            answer = await http.post("/v1/collectives/NHOM/members", json=body)
            assert answer.status_code == 422, change
            assert [error["code"] for error in answer.json()["errors"]] == [reason]

    assert (await session.exec(select(CollectiveMember))).all() == []


async def test_an_agency_is_a_member_once_a_day(
    api: Api, administrator: Client, session: AsyncSession
) -> None:
    agency = await make_agency(session, code="A")
    await make_collective(session, code="NHOM", members=[agency])

    async with api.by(administrator) as http:
        answer = await http.post("/v1/collectives/NHOM/members", json={"agency": "A"})

    assert (answer.status_code, answer.json()["code"]) == (409, "already_exists")


async def test_a_class_that_cannot_be_listed_has_no_members(
    api: Api, administrator: Client, session: AsyncSession
) -> None:
    agency = await make_agency(session, code="A")
    await make_collective(session, code="HO", is_enumerable=False)
    await make_collective(session, code="CO", members=[agency])

    async with api.by(administrator) as http:
        added = await http.post("/v1/collectives/HO/members", json={"agency": "A"})
        changed = await http.patch("/v1/collectives/CO", json={"is_enumerable": False})

    assert (added.status_code, added.json()["code"]) == (409, "collective_not_enumerable")
    assert (changed.status_code, changed.json()["code"]) == (409, "collective_not_enumerable")


async def test_a_member_of_another_collective_is_not_found(
    api: Api, administrator: Client, session: AsyncSession
) -> None:
    agency = await make_agency(session, code="A")
    member = await make_member(session, await make_collective(session), agency)
    await make_collective(session, code="KHAC")

    async with api.by(administrator) as http:
        url = f"/v1/collectives/KHAC/members/{member.id}"
        answer = await http.patch(url, json={"valid_until": "2025-01-01"})

    assert answer.status_code == 404
