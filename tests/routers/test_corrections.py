"""An accepted report may be filed again: it stands, in figures too, until the next one is
accepted."""

from typing import Any

import httpx

from app.auth.principal import Role
from tests.support.assignments import (
    COORDINATOR,
    ISSUER,
    ORDER,
    OWED,
    REASON,
    REPORTER,
    at,
    done,
    read,
    shown,
)
from tests.support.closings import CLOSING
from tests.support.reports import BETTER, COMPLETED, key
from tests.support.sample import REPORT, Sample

WHY = {"correction_reason": "Số liệu lớp tập huấn bị cộng hai lần."}


async def put(issued: Sample, content: dict[str, Any], *, submit: bool = True) -> httpx.Response:
    """The answer to the agency that files this for 2024."""
    async with await issued.by(*REPORTER) as http:
        url = await key(issued, *OWED)
        return await http.put(f"{url}?submit={str(submit).lower()}", json=content)


async def accepted(issued: Sample, content: dict[str, Any]) -> str:
    """The path of a report that was filed and accepted on 02/12/2024."""
    with at("2024-12-02"):
        filed = (await put(issued, content)).json()
        path = f"submissions/{filed['id']}"
        await done(issued, COORDINATOR, f"{path}/accept", attempt=1)
    return path


async def of_reports(issued: Sample, day: str) -> dict[str, Any]:
    """The figures of the reports on the task at the end of a day."""
    row = await issued.assignment(*OWED)
    query = f"by=task&as_of={day}&agency={OWED[0]}"
    url = f"plans/{row.plan_id}/reporting-statistics?{query}"
    groups = (await read(issued, ISSUER, url))["groups"]
    [group] = [one for one in groups if one["code"] == OWED[1]]
    found: dict[str, Any] = group["reporting"]
    return found


async def test_in_the_running_period_an_update_takes_the_place_of_what_was_accepted(
    issued: Sample,
) -> None:
    path = await accepted(issued, REPORT)
    with at("2024-12-10"):
        waiting = (await put(issued, BETTER)).json()
        figures = await of_reports(issued, "2024-12-10")
        updated = await done(issued, COORDINATOR, f"{path}/accept", attempt=2)

    assert (waiting["status"], waiting["accepted_attempt"]) == ("submitted", 1)
    assert (figures["not_due"]["filed"], figures["review"]["waiting"]) == (1, 1)
    assert (updated["status"], updated["accepted_attempt"]) == ("accepted", 2)
    assert updated["content"]["percent"] == BETTER["percent"]
    attempts = (await read(issued, COORDINATOR, f"{path}/attempts"))["items"]
    assert [one["review"]["decision"] for one in attempts] == ["accepted", "accepted"]


async def test_a_correction_of_a_past_period_says_why_and_makes_nothing_late(
    issued: Sample,
) -> None:
    path = await accepted(issued, REPORT)
    with at("2025-01-15"):
        refused = await put(issued, BETTER)
        filed = (await put(issued, BETTER | WHY)).json()
        corrected = await done(issued, COORDINATOR, f"{path}/accept", attempt=2)

    assert [(one["pointer"], one["code"]) for one in refused.json()["errors"]] == [
        ("#/correction_reason", "required")
    ]
    assert filed["content"]["correction_reason"] == WHY["correction_reason"]
    assert (corrected["received_on"], corrected["is_late"]) == ("2024-12-02", False)
    with at("2025-01-16"):
        assert (await of_reports(issued, "2025-01-16"))["expected"]["filed"]["on_time"] == 1


async def test_only_a_correction_has_its_reason(issued: Sample) -> None:
    with at("2024-12-02"):
        first = await put(issued, REPORT | WHY)
    await accepted(issued, REPORT)
    with at("2024-12-10"):
        update = await put(issued, BETTER | WHY)

    for refused in (first, update):
        assert [one["code"] for one in refused.json()["errors"]] == ["not_a_correction"]


async def test_what_is_sent_back_or_withdrawn_leaves_what_was_accepted(issued: Sample) -> None:
    path = await accepted(issued, REPORT)
    with at("2025-01-15"):
        await put(issued, BETTER | WHY)
        returned = await done(issued, COORDINATOR, f"{path}/send-back", attempt=2, **REASON)
        draft = await read(issued, REPORTER, path)
        figures = await of_reports(issued, "2025-01-15")
        again = await done(issued, REPORTER, f"{path}/submit")
        withdrawn = await done(issued, REPORTER, f"{path}/withdraw")

    assert (returned["status"], returned["accepted_attempt"]) == ("accepted", 1)
    assert (draft["is_draft"], draft["allowed_actions"]) == (True, ["write", "submit"])
    assert (figures["expected"]["filed"]["total"], figures["review"]["returned"]) == (1, 0)
    assert (again["status"], withdrawn["status"]) == ("submitted", "accepted")
    assert withdrawn["attempts"] == 3


async def test_a_correction_that_takes_the_end_back_opens_the_assignment_again(
    issued: Sample,
) -> None:
    row = await issued.assignment(*OWED)
    path = await accepted(issued, COMPLETED)
    with at("2025-01-15"):
        await put(issued, REPORT | WHY)
        before = await shown(issued, row.id)
        await done(issued, COORDINATOR, f"{path}/accept", attempt=2)
        after = await shown(issued, row.id)
        was = await shown(issued, row.id, as_of="2025-01-14")
        owed = await read(issued, REPORTER, f"submissions?assignment={row.id}&status=expected")

    assert before["status"] == "completed"
    assert (after["status"], after["completed_on"]) == ("in_progress", None)
    assert (was["status"], was["completed_on"]) == ("completed", "2024-12-02")
    assert [one["period"] for one in owed["items"]] == ["2025"]


async def test_a_correction_that_says_the_same_end_changes_no_day(issued: Sample) -> None:
    row = await issued.assignment(*OWED)
    path = await accepted(issued, COMPLETED)
    with at("2025-01-15"):
        await put(issued, COMPLETED | {"results": "Đã xong, số liệu đính chính."} | WHY)
        await done(issued, COORDINATOR, f"{path}/accept", attempt=2)
        after = await shown(issued, row.id)

    assert (after["status"], after["completed_on"]) == ("completed", "2024-12-02")


async def test_what_is_suspended_or_closed_is_not_corrected(issued: Sample) -> None:
    row = await issued.assignment(*OWED)
    await accepted(issued, REPORT)
    with at("2024-12-05"):
        await done(issued, ISSUER, f"assignments/{row.id}/suspend", **ORDER)
        suspended = await put(issued, BETTER)
        await done(issued, ISSUER, f"assignments/{row.id}/resume")
        async with await issued.issuer() as http:
            await http.post(f"/v1/plans/{row.plan_id}/close", json=CLOSING)
        closed = await put(issued, BETTER)

    assert [suspended.json()["code"], closed.json()["code"]] == [
        "assignment_not_open",
        "wrong_plan_state",
    ]


async def test_a_package_is_made_of_what_stands(issued: Sample) -> None:
    path = await accepted(issued, REPORT)
    with at("2024-12-10"):
        await put(issued, BETTER)
        await done(issued, COORDINATOR, f"{path}/send-back", attempt=2, **REASON)
        async with await issued.by(OWED[0], Role.REPORTER) as http:
            answer = await http.get(f"/v1/{path}/edxml")

    assert f"{path.partition('/')[2]}/1<" in answer.text
