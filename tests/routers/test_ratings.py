"""Ratings over HTTP: who rates whom, who reads it, and that what was judged stays."""

from datetime import date
from typing import Any
from uuid import uuid4

import httpx
import pytest
import sqlalchemy as sa
import time_machine
from sqlalchemy.exc import IntegrityError

from app.auth.principal import Role
from app.clock import utc_now
from app.models import Event, RatingVersion
from app.queries.events import visible_events
from app.queries.registry.agencies import get_agency
from app.schemas.ratings import RatingDetailOut, RatingOut
from tests.support.sample import Sample, principal_of
from tests.support.sample_facts import (
    COMMITTEE_OFFICE,
    CONSTRUCTION,
    CULTURE,
    FINANCE,
    FOREIGN_AFFAIRS,
    HOME_AFFAIRS,
    INDUSTRY_AND_TRADE,
    INFORMATION,
    PLANNING,
    PROVINCIAL_COMMITTEE,
)
from tests.support.transactions import work_as

BODY: dict[str, Any] = {"grade": "good", "remark": "Đầy đủ; còn một nhiệm vụ chậm."}
BETTER = {"grade": "excellent", "remark": "Đã bổ sung.", "reason": "Xét lại sau khi bổ sung."}


async def url_of(world: Sample, agency: str = FOREIGN_AFFAIRS, year: int = 2024) -> str:
    plan = await world.the_plan()
    return f"/v1/plans/{plan.id}/ratings/{agency}/{year}"


async def rate(world: Sample, **changes: Any) -> dict[str, Any]:
    """The coordinator's rating of an agency's year, as it is answered."""
    async with await world.coordinator() as http:
        answer = await http.put(await url_of(world), json=BODY | changes)
    assert answer.status_code == 200, answer.text
    RatingDetailOut.model_validate_json(answer.content)
    rated: dict[str, Any] = answer.json()
    return rated


async def test_a_rating_comes_with_the_agencys_figures_of_that_year(issued: Sample) -> None:
    rated = await rate(issued)
    plan = await issued.the_plan()
    async with await issued.by(COMMITTEE_OFFICE, Role.SUPERVISOR) as http:
        figures = await http.get(f"/v1/plans/{plan.id}/statistics?as_of=2024-12-31")
        reports = await http.get(
            f"/v1/plans/{plan.id}/reporting-statistics?as_of=2024-12-31&agency=SNGV"
        )

    [work] = [one for one in figures.json()["groups"] if one["code"] == FOREIGN_AFFAIRS]
    assert (rated["year"], rated["agency"]["code"], rated["plan"]["id"]) == (
        2024,
        FOREIGN_AFFAIRS,
        str(plan.id),
    )
    assert rated["current"] == rated["versions"][0]
    assert (rated["current"]["grade"], rated["current"]["number"]) == ("good", 1)
    assert rated["current"]["given_by"]["code"] == INFORMATION
    assert rated["figures"] == {
        "as_of": "2024-12-31",
        "work": work["statistics"],
        "reporting": reports.json()["total"],
    }


async def test_a_year_that_is_not_over_is_rated_with_a_reason_and_todays_figures(
    issued: Sample,
) -> None:
    # The last instant of the year in the province, which a day of UTC has passed already.
    with time_machine.travel("2024-12-31T16:59:59Z"):
        async with await issued.coordinator() as http:
            early = await http.put(await url_of(issued), json=BODY)
        rated = await rate(issued, reason="Cơ quan sắp kết thúc hoạt động.")

    assert (early.status_code, early.json()["errors"][0]["code"]) == (422, "reason_required")
    assert rated["figures"]["as_of"] == "2024-12-31"
    assert rated["current"]["reason"] == "Cơ quan sắp kết thúc hoạt động."


async def test_a_year_that_is_over_is_rated_without_a_reason(issued: Sample) -> None:
    with time_machine.travel("2024-12-31T17:00:00Z"):
        rated = await rate(issued, reason="Không dùng đến.")

    assert rated["current"]["reason"] is None


async def test_a_correction_is_another_version_with_its_reason(issued: Sample) -> None:
    first = await rate(issued)
    same = await rate(issued, reason="Không dùng đến.")
    async with await issued.coordinator() as http:
        unexplained = await http.put(await url_of(issued), json=BETTER | {"reason": None})
        read = await http.get(f"/v1/ratings/{first['id']}")
        stale = '"0.0"'
        refused = await http.put(await url_of(issued), json=BETTER, headers={"If-Match": stale})
        tag = {"If-Match": read.headers["etag"]}
        corrected = await http.put(await url_of(issued), json=BETTER, headers=tag)
        del http.headers["If-Match"]
        required = await http.put(await url_of(issued), json=BODY | {"reason": "Nhầm."})
        unchanged = await http.put(await url_of(issued), json=BETTER)

    assert same == first | {"updated_at": same["updated_at"]}
    assert unexplained.json()["errors"][0]["pointer"] == "#/reason"
    assert (refused.status_code, required.status_code) == (412, 428)
    answer = corrected.json()
    assert [one["number"] for one in answer["versions"]] == [1, 2]
    assert answer["versions"][0] == first["current"]
    assert answer["current"] == answer["versions"][1]
    assert answer["current"]["reason"] == BETTER["reason"]
    assert unchanged.json()["versions"] == answer["versions"]
    entries, _ = await issued.noted("rating", first["id"])
    assert [entry.action for entry in entries] == ["given", "corrected"]
    assert "grade" not in entries[0].detail
    await work_as(issued.session, None)
    with pytest.raises(IntegrityError):
        async with issued.session.begin_nested():
            await issued.session.exec(sa.delete(RatingVersion))


@pytest.mark.parametrize(
    ("agency", "role", "rated", "status"),
    [
        (INFORMATION, Role.COORDINATOR, FOREIGN_AFFAIRS, 200),
        (INFORMATION, Role.COORDINATOR, INFORMATION, 403),
        (PROVINCIAL_COMMITTEE, Role.ISSUER, INFORMATION, 200),
        (PROVINCIAL_COMMITTEE, Role.ISSUER, FOREIGN_AFFAIRS, 403),
        (HOME_AFFAIRS, Role.COORDINATOR, FOREIGN_AFFAIRS, 403),
        (FOREIGN_AFFAIRS, Role.COORDINATOR, FOREIGN_AFFAIRS, 403),
        (HOME_AFFAIRS, Role.ISSUER, INFORMATION, 403),
        (INFORMATION, Role.REPORTER, FOREIGN_AFFAIRS, 403),
    ],
)
async def test_the_coordinator_rates_others_and_the_issuer_rates_it(
    issued: Sample, agency: str, role: Role, rated: str, status: int
) -> None:
    async with await issued.by(agency, role) as http:
        answer = await http.put(await url_of(issued, rated), json=BODY)

    assert answer.status_code == status, answer.text


async def test_who_coordinates_today_rates(issued: Sample) -> None:
    plan = await issued.the_plan()
    plan.coordinator_id = (await get_agency(issued.session, CULTURE)).id
    plan.coordinator_since = date(2025, 3, 1)
    await issued.session.commit()
    answers = []
    for agency in (INFORMATION, CULTURE):
        async with await issued.by(agency, Role.COORDINATOR) as http:
            answers.append((await http.put(await url_of(issued), json=BODY)).status_code)

    assert answers == [403, 200]


async def test_a_grade_is_no_public_figure(issued: Sample) -> None:
    rated = await rate(issued)
    plan = await issued.the_plan()

    async def seen(agency: str, role: Role) -> tuple[int, Any]:
        async with await issued.by(agency, role) as http:
            one = await http.get(f"/v1/ratings/{rated['id']}")
            listed = await http.get(f"/v1/plans/{plan.id}/ratings")
        items = listed.json().get("items")
        return one.status_code, items and [RatingOut(**item).year for item in items]

    assert await seen(FOREIGN_AFFAIRS, Role.REPORTER) == (200, [2024])
    assert await seen(INFORMATION, Role.COORDINATOR) == (200, [2024])
    assert await seen(PROVINCIAL_COMMITTEE, Role.ISSUER) == (200, [2024])
    assert await seen(COMMITTEE_OFFICE, Role.SUPERVISOR) == (200, [2024])
    assert await seen(INDUSTRY_AND_TRADE, Role.REPORTER) == (404, [])
    assert await seen(HOME_AFFAIRS, Role.COORDINATOR) == (404, [])
    assert await seen(FOREIGN_AFFAIRS, Role.READER) == (403, None)
    assert await seen(COMMITTEE_OFFICE, Role.ADMINISTRATOR) == (403, None)


async def test_its_events_are_told_to_who_may_read_it(issued: Sample) -> None:
    rated = await rate(issued)

    async def heard(agency: str, role: Role) -> list[str]:
        viewer = principal_of(await issued.client(agency, role))
        events = await issued.session.exec(visible_events(viewer).where(Event.noun == "rating"))
        return [event.subject for event in events]

    told = [f"/v1/ratings/{rated['id']}"]
    assert await heard(FOREIGN_AFFAIRS, Role.REPORTER) == told
    assert await heard(INFORMATION, Role.COORDINATOR) == told
    assert await heard(COMMITTEE_OFFICE, Role.SUPERVISOR) == told
    assert await heard(INDUSTRY_AND_TRADE, Role.REPORTER) == []
    assert await heard(FOREIGN_AFFAIRS, Role.READER) == []


async def test_ratings_are_narrowed_by_agency_year_and_grade(issued: Sample) -> None:
    plan = await issued.the_plan()
    async with await issued.coordinator() as http:
        for agency, year, grade in (
            (FOREIGN_AFFAIRS, 2024, "good"),
            (FOREIGN_AFFAIRS, 2025, "excellent"),
        ):
            url = await url_of(issued, agency, year)
            assert (await http.put(url, json=BODY | {"grade": grade})).status_code == 200
        await http.put(await url_of(issued, INDUSTRY_AND_TRADE), json=BODY)

        async def found(query: str) -> list[tuple[str, int]]:
            items = (await http.get(f"/v1/plans/{plan.id}/ratings?{query}")).json()["items"]
            return [(item["agency"]["code"], item["year"]) for item in items]

        assert await found("") == [
            (FOREIGN_AFFAIRS, 2024),
            (FOREIGN_AFFAIRS, 2025),
            (INDUSTRY_AND_TRADE, 2024),
        ]
        assert await found("agency=SCT") == [(INDUSTRY_AND_TRADE, 2024)]
        assert await found("year=2024&sort=-id") == [
            (INDUSTRY_AND_TRADE, 2024),
            (FOREIGN_AFFAIRS, 2024),
        ]
        assert await found("grade=excellent,completed") == [(FOREIGN_AFFAIRS, 2025)]


async def put(http: httpx.AsyncClient, url: str) -> tuple[int, str]:
    answer = await http.put(url, json=BODY)
    return answer.status_code, answer.json()["code"]


async def test_what_cannot_be_rated_is_refused(issued: Sample) -> None:
    async with await issued.coordinator() as http:
        early = await put(http, await url_of(issued, year=utc_now().year + 2))
        before = await put(http, await url_of(issued, year=2023))
        nobody = await put(http, await url_of(issued, "KHONG-CO"))
        nowhere = await put(http, f"/v1/plans/{uuid4()}/ratings/SNGV/2024")

    assert early == (422, "invalid")
    assert [before, nobody, nowhere] == [(404, "not_found")] * 3


async def test_a_draft_is_rated_by_nobody(drafted: Sample) -> None:
    async with await drafted.issuer() as http:
        owner = await put(http, await url_of(drafted))
    async with await drafted.coordinator() as http:
        stranger = await put(http, await url_of(drafted))

    assert (owner, stranger) == ((409, "wrong_plan_state"), (404, "not_found"))


async def test_what_an_agency_left_is_read_by_who_took_over_from_its_end_on(
    issued: Sample,
) -> None:
    async with await issued.coordinator() as http:
        rated = (await http.put(await url_of(issued, PLANNING), json=BODY)).json()

    async def seen(agency: str) -> tuple[int, int]:
        client = await issued.client(agency, Role.REPORTER)
        async with issued.api.by(client) as http:
            one = await http.get(f"/v1/ratings/{rated['id']}")
        rating = Event.noun == "rating"
        events = await issued.session.exec(visible_events(principal_of(client)).where(rating))
        return one.status_code, len(list(events))

    with time_machine.travel("2025-02-28T16:59:59Z"):
        assert await seen(FINANCE) == (404, 0)
    with time_machine.travel("2025-02-28T17:00:00Z"):
        assert await seen(FINANCE) == (200, 1)
        assert await seen(PLANNING) == (200, 1)
        assert await seen(CONSTRUCTION) == (404, 0)
