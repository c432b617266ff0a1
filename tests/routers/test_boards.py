"""The board of a plan over the API, and whom its page opens to."""

from collections import Counter
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
import time_machine

from app.auth.principal import Role
from app.domain.figures.boards import counts_of
from app.models import PageLink, Plan
from app.schemas.boards import BoardOut
from app.views import boards as views
from tests.support.reports import COMPLETED, REASON, decide, file
from tests.support.sample import REPORT, Sample
from tests.support.sample_facts import (
    CULTURAL_DIPLOMACY,
    FOREIGN_AFFAIRS,
    INDUSTRY_AND_TRADE,
    INFORMATION,
)

WHY = {"reason": "Công khai trên Cổng thông tin điện tử tỉnh."}
LINK = {"purpose": "Trang tổng hợp của Cổng", "last_day": "2024-07-01"}

pytestmark = pytest.mark.usefixtures("june_2024")


async def board(issued: Sample, **query: str) -> BoardOut:
    plan = await issued.the_plan()
    async with await issued.by(FOREIGN_AFFAIRS, Role.READER) as http:
        answer = await http.get(f"/v1/plans/{plan.id}/board", params=query)
    assert answer.status_code == 200, answer.text
    return BoardOut.model_validate_json(answer.content, strict=True)


async def page(issued: Sample, url: str) -> httpx.Response:
    async with issued.api.by() as http:
        return await http.get(url)


async def open_board(issued: Sample, verb: str = "open-board") -> httpx.Response:
    plan = await issued.the_plan()
    async with await issued.issuer() as http:
        return await http.post(f"/v1/plans/{plan.id}/{verb}", json=WHY)


async def link(issued: Sample, **changed: str) -> dict[str, Any]:
    plan = await issued.the_plan()
    async with await issued.coordinator() as http:
        answer = await http.post(f"/v1/plans/{plan.id}/board-links", json={**LINK, **changed})
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def lines(found: BoardOut) -> Counter[str]:
    return Counter(
        line.state for group in found.groups for task in group.tasks for line in task.assignments
    )


async def test_what_has_not_begun_takes_no_line_from_what_has(
    issued: Sample, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = await board(issued)
    assert whole.total.by_current_deadline.upcoming > 0
    monkeypatch.setattr(views, "LINES", lines(whole).total())
    same = await board(issued)
    monkeypatch.setattr(views, "LINES", lines(whole).total() - 1)
    less = await board(issued)

    assert (same.groups, same.ledger_is_cut) == (whole.groups, False)
    assert less.ledger_is_cut


async def test_the_ledger_is_what_the_figures_count(issued: Sample) -> None:
    filed = await file(issued, COMPLETED)
    await decide(issued, filed["id"], "accept")

    for query in ({}, {"role": "all"}, {"period": "2024"}, {"as_of": "2024-05-25"}):
        found = await board(issued, **query)

        counted = {state: count for state, count in counts_of(found.total).items() if count}
        assert lines(found) == counted
        assert sum(counted.values()) == found.total.by_current_deadline.total > 0
        for group in found.groups:
            totals = [task.statistics.by_current_deadline.total for task in group.tasks]
            assert group.statistics.by_current_deadline.total == sum(totals)


async def test_the_board_says_what_the_other_addresses_say(issued: Sample) -> None:
    plan = await issued.the_plan()
    found = await board(issued)
    async with await issued.by(FOREIGN_AFFAIRS, Role.READER) as http:
        url = f"/v1/plans/{plan.id}"
        by_agency = (await http.get(f"{url}/statistics?by=agency&sort=overdue")).json()
        reporting = (await http.get(f"{url}/reporting-statistics?by=period&period=2024")).json()

    assert found.total.model_dump(mode="json") == by_agency["total"]
    assert found.deadlines.model_dump(mode="json") == by_agency["deadlines"]
    assert [one.key for one in found.agencies] == [one["key"] for one in by_agency["groups"]]
    assert found.reporting is not None
    assert found.reporting.period == "2024"
    assert found.reporting.asked == reporting["total"]["not_due"]["total"]
    assert sum(one.reports_asked for one in found.agencies) == found.reporting.asked
    assert found.plan.coordinator is not None
    assert found.plan.coordinator.code == INFORMATION
    assert [point.completed for point in found.trend][-1] == 0
    assert found.trend[-1].as_of == found.as_of


async def test_what_is_to_be_dealt_with_is_counted(issued: Sample) -> None:
    filed = await file(issued, COMPLETED)
    waiting = (await board(issued)).attention
    await decide(issued, filed["id"], "send-back", **REASON)
    returned = (await board(issued)).attention

    assert (waiting.reports_waiting, waiting.reports_returned) == (1, 0)
    assert str(waiting.awaiting_confirmation_since) == "2024-06-10"
    assert (returned.reports_waiting, returned.reports_returned) == (0, 1)
    assert returned.returned_agencies == ["Sở Ngoại vụ"]
    assert returned.awaiting_confirmation_since is None


async def test_texts_of_reports_are_for_whom_may_read_them(issued: Sample) -> None:
    filed = await file(issued, {**REPORT, "results": "X" * 5_000})
    await decide(issued, filed["id"], "accept")

    async def texts(agency: str, *roles: Role) -> list[str]:
        plan = await issued.the_plan()
        async with await issued.by(agency, *roles) as http:
            answer = await http.get(f"/v1/plans/{plan.id}/board")
        found = BoardOut.model_validate_json(answer.content)
        return [
            line.latest.results
            for group in found.groups
            for task in group.tasks
            for line in task.assignments
            if line.latest is not None
        ]

    assert await texts(INDUSTRY_AND_TRADE, Role.READER) == []
    assert await texts(FOREIGN_AFFAIRS, Role.REPORTER) == ["X" * 600]
    assert await texts(INFORMATION, Role.COORDINATOR) == ["X" * 600]


async def test_a_draft_has_no_board(drafted: Sample) -> None:
    plan = await drafted.the_plan()
    async with await drafted.issuer() as http:
        url = f"/v1/plans/{plan.id}"
        answers = [
            await http.get(f"{url}/board"),
            await http.post(f"{url}/open-board", json=WHY),
            await http.post(f"{url}/board-links", json=LINK),
        ]

    assert [one.json()["code"] for one in answers] == ["wrong_plan_state"] * 3


async def test_the_issuer_opens_a_board_to_everybody_and_closes_it(issued: Sample) -> None:
    plan = await issued.the_plan()
    url = f"/boards/{plan.id}"
    assert (await page(issued, url)).status_code == 404

    first, again = await open_board(issued), await open_board(issued)
    assert first.json()["board_is_public"] is again.json()["board_is_public"] is True
    assert (await page(issued, url)).status_code == 200
    assert (await open_board(issued, "close-board")).json()["board_is_public"] is False
    assert (await page(issued, url)).status_code == 404

    async with await issued.by(FOREIGN_AFFAIRS, Role.READER) as http:
        kept = (await http.get(f"/v1/plans/{plan.id}/actions")).json()["items"]
    assert [(one["action"], one["reason"]) for one in kept] == [
        ("board_opened", WHY["reason"]),
        ("board_closed", WHY["reason"]),
    ]
    change = {"field": "board_is_public", "before": False, "after": True}
    assert kept[0]["changes"] == [change]


async def test_nobody_else_opens_or_shares_a_board(issued: Sample) -> None:
    plan = await issued.the_plan()
    url = f"/v1/plans/{plan.id}"
    async with await issued.coordinator() as http:
        assert (await http.post(f"{url}/open-board", json=WHY)).status_code == 403
    async with await issued.by(INDUSTRY_AND_TRADE, Role.ISSUER, Role.COORDINATOR) as http:
        answers = [
            await http.post(f"{url}/open-board", json=WHY),
            await http.post(f"{url}/board-links", json=LINK),
            await http.get(f"{url}/board-links"),
        ]
    assert [one.status_code for one in answers] == [403] * 3
    assert not (await issued.the_plan()).board_is_public


async def test_a_link_opens_the_page_until_it_is_revoked(issued: Sample) -> None:
    made = await link(issued)
    url = made["url"].removeprefix(issued.api.settings.base_url)
    assert (await page(issued, url)).status_code == 200

    async with await issued.issuer() as http:
        revoke = f"/v1/plans/{made['plan_id']}/board-links/{made['id']}/revoke"
        listed = (await http.get(f"/v1/plans/{made['plan_id']}/board-links")).json()["items"]
        revoked = await http.post(revoke, json={"reason": "Cổng đổi địa chỉ."})
        again = await http.post(revoke, json={"reason": "Cổng đổi địa chỉ."})

    assert listed == [{name: value for name, value in made.items() if name != "url"}]
    assert (revoked.json()["is_open"], revoked.json()["revoked_reason"]) == (
        False,
        "Cổng đổi địa chỉ.",
    )
    assert (again.status_code, again.json()["code"]) == (409, "link_revoked")
    assert (await page(issued, url)).status_code == 404
    entries, events = await issued.noted("page_link", made["id"])
    assert sorted(one.action for one in entries) == ["linked", "revoked"]
    assert events == []


async def test_a_link_opens_the_page_until_its_last_day_is_over(issued: Sample) -> None:
    url = (await link(issued))["url"].removeprefix(issued.api.settings.base_url)

    with time_machine.travel(datetime(2024, 7, 1, 16, 59, 59, tzinfo=UTC), tick=False):
        assert (await page(issued, url)).status_code == 200
    with time_machine.travel(datetime(2024, 7, 1, 17, tzinfo=UTC), tick=False):
        assert (await page(issued, url)).status_code == 404


async def test_a_link_opens_the_page_of_its_own_plan_alone(issued: Sample) -> None:
    made = await link(issued)
    plan = await issued.the_plan()
    fields = plan.model_dump(exclude={"id", "number", "xmin"})
    other = Plan(**fields, number="02/KH-MAU")
    issued.session.add(other)
    await issued.session.commit()
    key = made["url"].partition("?key=")[2]

    assert (await page(issued, f"/boards/{other.id}?key={key}")).status_code == 404
    assert (await page(issued, f"/boards/{made['plan_id']}?key={key[:-1]}A")).status_code == 404
    assert (await page(issued, f"/boards/{made['plan_id']}")).status_code == 404


@pytest.mark.parametrize("last_day", ["2024-06-09", "2025-07-16"])
async def test_a_link_ends_within_its_days(issued: Sample, last_day: str) -> None:
    plan = await issued.the_plan()
    async with await issued.coordinator() as http:
        answer = await http.post(
            f"/v1/plans/{plan.id}/board-links", json={**LINK, "last_day": last_day}
        )

    assert answer.status_code == 422
    assert [(one["pointer"], one["code"]) for one in answer.json()["errors"]] == [
        ("#/last_day", "not_within_days")
    ]
    assert await issued.rows(PageLink) == 0


async def test_the_ledger_names_the_task_and_its_own_words(issued: Sample) -> None:
    found = await board(issued)

    tasks = {task.ordinal: task for group in found.groups for task in group.tasks}
    task = tasks[CULTURAL_DIPLOMACY]
    assert task.lead_words == ["Sở Ngoại vụ"]
    assert [line.agency.code for line in task.assignments] == [FOREIGN_AFFAIRS]
