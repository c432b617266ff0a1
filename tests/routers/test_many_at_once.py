"""Many ratings and many reminders in one request: each judged alone, tried by `dry_run`."""

from typing import Any

import pytest
import time_machine
from sqlmodel import select

from app.auth.principal import Role
from app.models import Rating, Reminder, ReminderTrigger
from tests.support.closings import CLOSING
from tests.support.sample import Sample
from tests.support.sample_facts import FOREIGN_AFFAIRS, INDUSTRY_AND_TRADE, INFORMATION

GOOD = {"grade": "good", "remark": "Đầy đủ."}
REMIND = {"reason": "Quá hạn báo cáo năm.", "basis": "15/TB-UBND"}
# A day on which the reports of 2024 are overdue.
FEBRUARY_2025 = "2025-02-10T02:00:00Z"


async def rate(
    world: Sample, *items: dict[str, Any], query: str = "", status: int = 207
) -> dict[str, Any]:
    plan = await world.the_plan()
    async with await world.coordinator() as http:
        answer = await http.post(
            f"/v1/plans/{plan.id}/ratings/batch{query}", json={"items": list(items)}
        )
    assert answer.status_code == status, answer.text
    found: dict[str, Any] = answer.json()
    return found


def row(agency: str = FOREIGN_AFFAIRS, **changes: Any) -> dict[str, Any]:
    return {"agency": agency, "year": 2024, **GOOD, **changes}


async def test_each_rating_is_judged_alone(issued: Sample) -> None:
    answer = await rate(
        issued,
        row(),
        row("KHONG-CO"),
        row(INFORMATION),
        row(INDUSTRY_AND_TRADE),
        row(year=2023),
    )

    assert answer["applied"]
    assert answer["counts"] == {"given": 2, "corrected": 0, "unchanged": 0, "rejected": 3}
    assert [item["status"] for item in answer["items"]] == [
        "given",
        "rejected",
        "rejected",
        "given",
        "rejected",
    ]
    problems = [item["problem"] and item["problem"]["status"] for item in answer["items"]]
    assert problems == [None, 422, 403, None, 404]
    assert await issued.rows(Rating) == 2


async def test_a_rating_that_stands_is_corrected_by_the_version_that_was_read(
    issued: Sample,
) -> None:
    await rate(issued, row())
    better = row(grade="excellent", reason="Xét lại.")

    answer = await rate(issued, row(), better, better | {"version": 2}, better | {"version": 1})

    assert [(item["status"], item["version"]) for item in answer["items"]] == [
        ("unchanged", 1),
        ("rejected", None),
        ("rejected", None),
        ("corrected", 2),
    ]
    [fault] = answer["items"][1]["problem"]["errors"]
    assert fault["code"] == "not_the_current_version"


async def test_a_correction_in_a_batch_needs_its_reason(issued: Sample) -> None:
    await rate(issued, row())

    answer = await rate(issued, row(grade="excellent", version=1))

    [problem] = [item["problem"] for item in answer["items"]]
    assert problem["errors"][0]["code"] == "reason_required"


async def test_trying_ratings_stores_nothing(issued: Sample) -> None:
    answer = await rate(issued, row(), query="?dry_run=true")

    assert (answer["applied"], answer["counts"]["given"]) == (False, 1)
    assert await issued.rows(Rating) == 0


async def test_a_batch_of_ratings_has_a_limit(issued: Sample) -> None:
    await rate(issued, status=422)
    await rate(issued, *[row()] * 1001, status=422)


async def remind(world: Sample, query: str = "", status: int = 207) -> dict[str, Any]:
    plan = await world.the_plan()
    async with await world.coordinator() as http:
        answer = await http.post(f"/v1/plans/{plan.id}/reminders{query}", json=REMIND)
    assert answer.status_code == status, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def by_hand(world: Sample) -> list[Reminder]:
    rows = select(Reminder).where(Reminder.trigger == ReminderTrigger.PERSON)
    return list(await world.session.exec(rows))


@time_machine.travel(FEBRUARY_2025)
async def test_all_that_are_overdue_are_reminded_of_what_is_overdue(issued: Sample) -> None:
    plan = await issued.the_plan()
    async with await issued.coordinator() as http:
        one = {"plan": str(plan.id), "agency": FOREIGN_AFFAIRS, **REMIND}
        first = await http.post("/v1/reminders", json=one)
    answer = await remind(issued)

    assert first.status_code == 201, first.text
    found = {item["agency"]["code"]: item for item in answer["items"]}
    assert len(found) > 20
    # Once a day is the limit, also for one that was reminded alone.
    assert found[FOREIGN_AFFAIRS]["status"] == "rejected"
    assert found[FOREIGN_AFFAIRS]["problem"]["code"] == "reminded_today"
    assert answer["counts"] == {"sent": len(found) - 1, "rejected": 1}
    sent = found[INDUSTRY_AND_TRADE]
    async with await issued.by(INDUSTRY_AND_TRADE, Role.READER) as http:
        items = (await http.get(f"/v1/reminders/{sent['reminder_id']}/items")).json()["items"]
    assert len(items) == sent["assignments"] + sent["submissions"]
    assert all(item["days_left"] < 0 for item in items)


@time_machine.travel(FEBRUARY_2025)
async def test_trying_to_remind_all_sends_nothing(issued: Sample) -> None:
    answer = await remind(issued, "?dry_run=true")

    assert not answer["applied"]
    assert answer["counts"]["sent"] > 20
    assert await by_hand(issued) == []


@pytest.mark.usefixtures("june_2024")
async def test_where_nothing_is_overdue_nobody_is_reminded(issued: Sample) -> None:
    answer = await remind(issued)

    assert answer["items"] == []


@time_machine.travel(FEBRUARY_2025)
async def test_only_who_follows_the_plan_up_reminds_and_rates_many(issued: Sample) -> None:
    plan = await issued.the_plan()
    async with await issued.by(INDUSTRY_AND_TRADE, Role.COORDINATOR) as http:
        reminded = await http.post(f"/v1/plans/{plan.id}/reminders", json=REMIND)
        rated = await http.post(f"/v1/plans/{plan.id}/ratings/batch", json={"items": [row()]})

    assert (reminded.status_code, reminded.json()["code"]) == (403, "permission_denied")
    assert rated.json()["items"][0]["problem"]["status"] == 403


@time_machine.travel(FEBRUARY_2025)
async def test_in_a_closed_plan_nobody_is_reminded(issued: Sample) -> None:
    plan = await issued.the_plan()
    async with await issued.issuer() as http:
        await http.post(f"/v1/plans/{plan.id}/close", json=CLOSING)

    assert (await remind(issued, status=409))["code"] == "wrong_plan_state"
