import base64
import json
from datetime import date
from typing import Any

import pytest
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.models import Agency, AgencyKind, AgencyName, AuditEntry, Client, Event
from tests.support.clients import Api
from tests.support.factories import make_agency, make_collective, make_member, make_succession
from tests.support.sample_facts import (
    AGRICULTURE_AND_ENVIRONMENT,
    COMMITTEE_OFFICE,
    CULTURE,
    HOME_AFFAIRS,
    INFORMATION,
    SCIENCE,
)

NEW: dict[str, Any] = {
    "code": AGRICULTURE_AND_ENVIRONMENT,
    "name": "Sở Nông nghiệp và Môi trường",
    "short_name": "Sở NN&MT",
    "kind": "department",
    "valid_from": "2025-03-01",
    "aliases": ["Sở NNMT", "Sở NNMT"],
}


async def codes(api: Api, client: Client, query: str) -> list[str]:
    """The codes that a list answers, all pages."""
    found: list[str] = []
    url: str | None = f"/v1/agencies?{query}"
    async with api.by(client) as http:
        while url is not None:
            page = (await http.get(url)).json()
            found += [item["code"] for item in page["items"]]
            url = page["next"]
    return found


async def test_only_agencies_of_the_day_are_listed(
    api: Api, reader: Client, session: AsyncSession
) -> None:
    await make_agency(session, code="CU", valid_until=date(2025, 3, 1))
    await make_agency(session, code="MOI", valid_from=date(2025, 3, 1))

    assert await codes(api, reader, "as_of=2025-02-28") == ["CU", "DOC"]
    assert await codes(api, reader, "as_of=2025-03-01") == ["DOC", "MOI"]
    assert await codes(api, reader, "as_of=2025-03-01&include_ended=true") == ["CU", "DOC", "MOI"]
    assert await codes(api, reader, "") == ["DOC", "MOI"]


async def test_pages_go_on_after_the_last_code(
    api: Api, reader: Client, session: AsyncSession
) -> None:
    for code in ("A-2", "A.1", "A1", "B"):
        await make_agency(session, code=code)

    assert await codes(api, reader, "limit=2") == sorted(["A-2", "A.1", "A1", "B", "DOC"])


async def test_a_search_looks_past_marks_and_case(
    api: Api, reader: Client, session: AsyncSession
) -> None:
    await make_agency(session, code="SVH", name="Sở Văn hóa, Thể thao và Du lịch")
    await make_agency(session, code="SKH", name="Sở Khoa học", aliases=["Sở KH&CN"])

    assert await codes(api, reader, "q=VAN%20HOA") == ["SVH"]
    assert await codes(api, reader, "q=so%20kh%20va%20cn") == ["SKH"]
    assert await codes(api, reader, "q=skh") == ["SKH"]
    assert await codes(api, reader, "q=S%E1%BB%9F") == ["SKH", "SVH"]


async def test_a_list_of_one_kind(api: Api, reader: Client, session: AsyncSession) -> None:
    await make_agency(session, code="BAO", kind=AgencyKind.PRESS)

    assert await codes(api, reader, "kind=press") == ["BAO"]


async def test_an_agency_is_found_by_all_its_refs(
    api: Api, reader: Client, session: AsyncSession
) -> None:
    agency = await make_agency(session, code=COMMITTEE_OFFICE, identifier="H27.01")

    async with api.by(reader) as http:
        for ref in (agency.id, COMMITTEE_OFFICE, "H27.01", "000.00.01.H27"):
            assert (await http.get(f"/v1/agencies/{ref}")).json()["code"] == COMMITTEE_OFFICE
        assert (await http.get("/v1/agencies/000.00.02.H27")).status_code == 404


async def test_a_code_goes_before_an_identifier(
    api: Api, reader: Client, session: AsyncSession
) -> None:
    await make_agency(session, code="KHAC", identifier="H27.01")
    await make_agency(session, code="H27.01")

    async with api.by(reader) as http:
        assert (await http.get("/v1/agencies/H27.01")).json()["code"] == "H27.01"


async def test_an_ended_agency_is_found_with_its_dates_and_successors(
    api: Api, reader: Client, session: AsyncSession
) -> None:
    parent = await make_agency(session, code="UBND", name="UBND tỉnh")
    old = await make_agency(
        session, code=INFORMATION, valid_until=date(2025, 3, 1), parent_id=parent.id
    )
    new = await make_agency(session, code=SCIENCE, name="Sở Khoa học và Công nghệ")
    await make_succession(session, old, new, scope="viễn thông")
    await make_succession(session, old, None, effective_on=date(2025, 7, 1))

    async with api.by(reader) as http:
        answer = (await http.get("/v1/agencies/STTTT")).json()
        after = (await http.get("/v1/agencies/SKHCN")).json()

    assert (answer["exists"], answer["valid_until"]) == (False, "2025-03-01")
    assert answer["parent"]["name"] == "UBND tỉnh"
    first, second = answer["successors"]
    assert first["agency"]["name"] == "Sở Khoa học và Công nghệ"
    assert (first["effective_on"], first["kind"], first["scope"]) == (
        "2025-03-01", "merge", "viễn thông",
    )  # fmt: skip
    assert (second["agency"], second["kind"]) == (None, "abolition")
    assert [side["agency"]["code"] for side in after["predecessors"]] == [INFORMATION]


async def test_an_old_code_says_what_became_of_its_agency(
    api: Api, reader: Client, session: AsyncSession
) -> None:
    old = await make_agency(session, code=INFORMATION, valid_until=date(2025, 3, 1))
    for code, scope in ((SCIENCE, "viễn thông"), (CULTURE, "thông tin đối ngoại")):
        new = await make_agency(session, code=code)
        await make_succession(session, old, new, scope=scope, basis="03/NQ-HĐND")

    async with api.by(reader) as http:
        notices = {
            day: (await http.get(f"/v1/agencies/STTTT?as_of={day}")).json()["notice"]
            for day in ("2025-02-28", "2025-03-01")
        }
        listed = (await http.get("/v1/agencies?include_ended=true&q=STTTT")).json()["items"]
        workload = (await http.get("/v1/agencies/STTTT/workload")).json()
        before = (await http.get("/v1/agencies/STTTT/workload?as_of=2025-02-28")).json()
        living = (await http.get("/v1/agencies/SKHCN/workload")).json()

    notice = notices["2025-03-01"]
    assert notices["2025-02-28"] is None
    assert (notice["code"], notice["ended_on"]) == ("agency_ended", "2025-02-28")
    assert [
        (side["agency"]["code"], side["scope"], side["basis"]) for side in notice["successors"]
    ] == [
        (SCIENCE, "viễn thông", "03/NQ-HĐND"),
        (CULTURE, "thông tin đối ngoại", "03/NQ-HĐND"),
    ]
    assert [item["notice"] for item in listed] == [workload["notice"]] == [notice]
    assert (before["notice"], living["notice"]) == (None, None)


async def test_an_agency_is_named_as_of_the_day(
    api: Api, reader: Client, session: AsyncSession
) -> None:
    agency = await make_agency(session, code="BAO", name="Báo Hà Tĩnh")
    name = (await session.exec(select(AgencyName).where(AgencyName.agency_id == agency.id))).one()
    name.valid_until = date(2025, 4, 1)
    await session.flush()
    session.add(AgencyName(agency_id=agency.id, name="Báo và PTTH", valid_from=date(2025, 4, 1)))
    await session.commit()

    async with api.by(reader) as http:
        before = (await http.get("/v1/agencies/BAO?as_of=2025-03-31")).json()
        after = (await http.get("/v1/agencies/BAO?as_of=2025-04-01")).json()

    assert (before["name"], after["name"]) == ("Báo Hà Tĩnh", "Báo và PTTH")
    assert [name["name"] for name in after["names"]] == ["Báo Hà Tĩnh", "Báo và PTTH"]


async def test_an_agency_is_entered(api: Api, administrator: Client, session: AsyncSession) -> None:
    async with api.by(administrator) as http:
        answer = await http.post("/v1/agencies", json={**NEW, "identifier": "000.00.09.H27"})
        again = await http.get(answer.headers["location"])

    assert answer.status_code == 201
    assert again.json() == answer.json()
    assert (again.json()["identifier"], again.json()["identifier_source"]) == (
        "H27.09", "000.00.09.H27",
    )  # fmt: skip
    assert again.json()["aliases"] == ["Sở NNMT"]
    agency = (
        await session.exec(select(Agency).where(Agency.code == AGRICULTURE_AND_ENVIRONMENT))
    ).one()
    entry = (await session.exec(select(AuditEntry))).one()
    event = (await session.exec(select(Event))).one()
    assert (entry.action, entry.row_id, entry.client_id) == (
        "created", agency.id, administrator.id,
    )  # fmt: skip
    assert (event.type, event.agency_id) == ("tiendo.agency.created", agency.id)


async def test_what_cannot_be_entered_is_refused_with_its_place(
    api: Api, administrator: Client, session: AsyncSession
) -> None:
    await make_agency(session, code=HOME_AFFAIRS, identifier="H27.05")
    refused = [
        ({"code": HOME_AFFAIRS}, 409, "conflict", "#/code"),
        ({"code": "H27.05"}, 409, "conflict", "#/code"),
        ({"identifier": "H27.05"}, 409, "conflict", "#/identifier"),
        ({"identifier": "000.00.05.H27"}, 409, "conflict", "#/identifier"),
        ({"identifier": "27.H"}, 422, "invalid", "#/identifier"),
        ({"parent": "LA"}, 422, "invalid", "#/parent"),
        ({"valid_until": "2025-03-01"}, 422, "invalid", "#/valid_until"),
        ({"kind": "ministry"}, 422, "validation_failed", "#/kind"),
        ({"name": "   "}, 422, "validation_failed", "#/name"),
        ({"mã": "1"}, 422, "validation_failed", "#/mã"),
    ]

    async with api.by(administrator) as http:
        for change, status, code, pointer in refused:
            answer = await http.post("/v1/agencies", json={**NEW, **change})
            problem = answer.json()
            assert (answer.status_code, problem["code"]) == (status, code), change
            assert [error["pointer"] for error in problem["errors"]] == [pointer]

    assert (await session.exec(select(Event))).all() == []


async def test_a_rename_keeps_the_old_name_for_the_days_before(
    api: Api, administrator: Client, session: AsyncSession
) -> None:
    await make_agency(session, code="BTG", name="Ban Tuyên giáo Tỉnh ủy")
    new = {"name": "Ban Tuyên giáo và Dân vận", "short_name": "BTGDV", "from": "2025-03-01"}

    async with api.by(administrator) as http:
        answer = await http.patch("/v1/agencies/BTG", json={"rename": new})
        before = (await http.get("/v1/agencies/BTG?as_of=2025-02-28")).json()

    assert answer.json()["name"] == "Ban Tuyên giáo và Dân vận"
    assert before["name"] == "Ban Tuyên giáo Tỉnh ủy"
    assert [(n["valid_from"], n["valid_until"]) for n in before["names"]] == [
        (None, "2025-03-01"),
        ("2025-03-01", None),
    ]
    event = (await session.exec(select(Event))).one()
    assert event.type == "tiendo.agency.renamed"


async def test_a_rename_does_not_touch_names_before_it(
    api: Api, administrator: Client, session: AsyncSession
) -> None:
    await make_agency(session, code="BTG", name="Ban A", valid_until=date(2026, 1, 1))

    async with api.by(administrator) as http:
        await http.patch("/v1/agencies/BTG", json={"rename": {"name": "B", "from": "2025-03-01"}})
        for name, day, reason in [
            ("C", "2025-03-01", "name_in_the_past"),
            ("C", "2024-01-01", "name_in_the_past"),
            ("B", "2025-06-01", "same_name"),
            ("C", "2026-01-01", "outside_the_agencys_life"),
        ]:
            body = {"rename": {"name": name, "from": day}}
            answer = await http.patch("/v1/agencies/BTG", json=body)
            assert answer.status_code == 422
            assert [error["code"] for error in answer.json()["errors"]] == [reason]


async def test_an_agency_is_changed(api: Api, administrator: Client, session: AsyncSession) -> None:
    await make_agency(session, code="UBND")
    await make_agency(session, code=HOME_AFFAIRS, aliases=["Sở NV", "SNV tỉnh"])
    change = {
        "identifier": "H27.07",
        "parent": "UBND",
        "kind": "other",
        "aliases": ["Sở NV", "Nội vụ"],
        "unit_code": "436",
        "valid_until": "2027-01-01",
    }

    async with api.by(administrator) as http:
        answer = (await http.patch("/v1/agencies/SNV", json=change)).json()
        same = (await http.patch("/v1/agencies/SNV", json=change)).json()
        cleared = (
            await http.patch("/v1/agencies/SNV", json={"parent": None, "identifier": None})
        ).json()

    assert {name: answer[name] for name in change} == change | {"parent": answer["parent"]}
    assert answer["parent"]["code"] == "UBND"
    assert same == answer
    assert (cleared["parent"], cleared["identifier"]) == (None, None)
    # The second request changed nothing, so nothing was written down for it.
    assert len((await session.exec(select(Event))).all()) == 2


async def test_what_a_change_may_not_do(
    api: Api, administrator: Client, session: AsyncSession
) -> None:
    top = await make_agency(session, code="TREN", valid_from=date(2020, 1, 1))
    await make_agency(session, code="DUOI", parent_id=top.id)
    collective = await make_collective(session, code="NHOM")
    await make_member(session, collective, top, valid_until=date(2026, 1, 1))
    refused: list[tuple[dict[str, Any], str]] = [
        ({"parent": "DUOI"}, "circle"),
        ({"parent": "TREN"}, "circle"),
        ({"valid_until": "2020-01-01"}, "empty_period"),
        ({"valid_until": "2025-01-01"}, "outside_the_agencys_life"),
        ({"kind": None}, "value_error"),
        ({"code": "KHAC"}, "extra_forbidden"),
        ({"valid_from": "2019-01-01"}, "extra_forbidden"),
    ]

    async with api.by(administrator) as http:
        for change, reason in refused:
            answer = await http.patch("/v1/agencies/TREN", json=change)
            assert answer.status_code == 422, change
            assert [error["code"] for error in answer.json()["errors"]] == [reason]
        assert (await http.patch("/v1/agencies/LA", json={})).status_code == 404

    await session.refresh(top)
    assert (top.valid_until, top.parent_id) == (None, None)


async def test_readers_do_not_write(api: Api, reader: Client) -> None:
    async with api.by(reader) as http:
        assert (await http.post("/v1/agencies", json=NEW)).status_code == 403
        assert (await http.patch("/v1/agencies/DOC", json={})).status_code == 403


async def test_names_are_stored_in_one_form(api: Api, administrator: Client) -> None:
    typed = {"name": " Sở\u00a0 No\u0323\u0302i\u2028vụ ", "aliases": ["So\u031b\u0309 NV"]}
    async with api.by(administrator) as http:
        answer = (await http.post("/v1/agencies", json={**NEW, **typed})).json()

    assert (answer["name"], answer["aliases"]) == ("Sở Nội vụ", ["Sở NV"])


@pytest.mark.parametrize(
    "parts",
    [
        [],
        ["\0"],
        ["A", "B"],
        5,
    ],
)
async def test_a_cursor_made_by_hand_breaks_nothing(
    api: Api, reader: Client, session: AsyncSession, parts: Any
) -> None:
    await make_agency(session)
    async with api.by(reader) as http:
        url = (await http.get("/v1/agencies?limit=1")).json()["next"]
        cursor = url.partition("cursor=")[2]
        filters = json.loads(base64.urlsafe_b64decode(cursor + "=="))[0]
        content = json.dumps([filters, *parts] if isinstance(parts, list) else parts)
        forged = base64.urlsafe_b64encode(content.encode()).decode().rstrip("=")
        answer = await http.get(f"/v1/agencies?limit=1&cursor={forged}")

    assert answer.status_code in (200, 422)
