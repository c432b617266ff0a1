"""Reports that came on paper: entered for their agency, and judged by the day of their receipt."""

from typing import Any

from app.auth.principal import Role
from tests.support.assignments import (
    COORDINATOR,
    ISSUER,
    OWED,
    REPORTER,
    at,
    done,
    read,
    send,
    shown,
)
from tests.support.reports import COMPLETED, key
from tests.support.sample import REPORT, Sample
from tests.support.sample_facts import FINANCE, INFORMATION

PAPER = {"document": {"number": "412/BC-SNgV", "issued_on": "2024-12-12"}}
RIGHT = {"received_on": "2024-12-20", "received_reason": "Theo dấu văn bản đến."}


async def entry(issued: Sample, **given: Any) -> dict[str, Any]:
    """A row that enters the report of Foreign Affairs on what it owes once."""
    row = await issued.assignment(*OWED)
    named = {"agency": OWED[0], "assignment_id": str(row.id), "period": "2024"}
    return named | REPORT | PAPER | {"received_on": "2024-12-16"} | given


async def enter(issued: Sample, *rows: dict[str, Any], who: Any = COORDINATOR) -> dict[str, Any]:
    """The answer to a client that enters these rows."""
    answer = await send(issued, who, "submissions/entries", items=list(rows))
    assert answer.status_code == 207, answer.text
    found: dict[str, Any] = answer.json()
    return found


def refusals(answer: dict[str, Any]) -> list[tuple[str, str]]:
    """The place and the code of each fault of the first row."""
    problem = answer["items"][0]["problem"]
    return [(one["pointer"], one["code"]) for one in problem["errors"]] or [("", problem["code"])]


async def test_the_coordinator_enters_what_came_on_paper_and_the_agency_sees_who_did(
    issued: Sample,
) -> None:
    with at("2025-01-06"):
        answer = await enter(issued, await entry(issued))
        result = answer["items"][0]["result"]
        [attempt] = (await read(issued, REPORTER, f"submissions/{result['id']}/attempts"))["items"]
        accepted = await done(issued, COORDINATOR, f"submissions/{result['id']}/accept", attempt=1)

    assert (result["status"], result["received_on"], result["is_late"]) == (
        "submitted",
        "2024-12-16",
        False,
    )
    assert (attempt["agency"]["code"], attempt["entered_by"]["code"]) == (OWED[0], INFORMATION)
    assert (attempt["received_on"], attempt["content"]["document"]["number"]) == (
        "2024-12-16",
        "412/BC-SNgV",
    )
    # The client that typed it is not the agency that reported.
    assert accepted["status"] == "accepted"


async def test_what_is_entered_counts_from_its_day_of_receipt(issued: Sample) -> None:
    row = await issued.assignment(*OWED)
    with at("2025-01-06"):
        completed = await entry(issued, **COMPLETED)
        [item] = (await enter(issued, completed, who=ISSUER))["items"]
        states = [await shown(issued, row.id, as_of=f"2024-12-{day}") for day in (15, 16)]
        path = f"submissions/{item['result']['id']}/accept"
        await done(issued, COORDINATOR, path, attempt=1)
        after = await shown(issued, row.id)

    assert [one["status"] for one in states] == ["not_started", "awaiting_confirmation"]
    assert (after["status"], after["completed_on"], after["timeliness"]) == (
        "completed",
        "2024-12-16",
        "on_time",
    )


async def test_only_who_follows_the_plan_up_enters_for_others(issued: Sample) -> None:
    with at("2025-01-06"):
        row = await entry(issued)
        answers = [
            await enter(issued, row, who=(FINANCE, Role.COORDINATOR)),
            await enter(issued, row, who=(FINANCE, Role.ISSUER)),
        ]
        reporter = await send(issued, REPORTER, "submissions/entries", items=[row])

    assert [refusals(one) for one in answers] == [[("", "permission_denied")]] * 2
    assert reporter.status_code == 403


async def test_no_day_of_receipt_lies_in_the_future_or_before_the_period(issued: Sample) -> None:
    with at("2025-01-06"):
        late = await enter(issued, await entry(issued, received_on="2025-01-07"))
        early = await enter(issued, await entry(issued, received_on="2023-12-14"))
        unknown = await enter(issued, await entry(issued, agency="KHONG-CO"))
        paper = PAPER["document"] | {"issued_on": "2025-02-01"}
        ahead = await enter(issued, await entry(issued, document=paper))

    assert refusals(late) == [("#/items/0/received_on", "day_in_future")]
    assert refusals(early) == [("#/items/0/received_on", "before_the_period")]
    assert refusals(unknown) == [("#/items/0/agency", "unknown_agency")]
    assert refusals(ahead) == [("#/items/0/document/issued_on", "day_in_future")]


async def test_whoever_accepts_sets_the_day_of_receipt_right(issued: Sample) -> None:
    row = await issued.assignment(*OWED)
    with at("2024-12-23"):
        async with await issued.by(*REPORTER) as http:
            url = f"{await key(issued, *OWED)}?submit=true"
            late = (await http.put(url, json=COMPLETED)).json()
    path = f"submissions/{late['id']}"
    ahead = RIGHT | {"received_on": "2025-01-01"}
    with at("2024-12-30"):
        tried = [
            await send(issued, COORDINATOR, f"{path}/accept", attempt=1, received_on="2024-12-20"),
            await send(issued, COORDINATOR, f"{path}/accept", attempt=1, **ahead),
        ]
        accepted = await done(issued, COORDINATOR, f"{path}/accept", attempt=1, **RIGHT)
        closed = await shown(issued, row.id)
        [attempt] = (await read(issued, REPORTER, f"{path}/attempts"))["items"]

    assert [one.status_code for one in tried] == [422, 422]
    assert late["is_late"]
    assert (accepted["received_on"], accepted["is_late"]) == ("2024-12-20", False)
    assert closed["completed_on"] == "2024-12-20"
    assert (attempt["received_on"], attempt["review"]["received_reason"]) == (
        "2024-12-20",
        RIGHT["received_reason"],
    )


async def test_evidence_is_not_dated_in_the_future(issued: Sample) -> None:
    with at("2024-12-02"):
        async with await issued.by(*REPORTER) as http:
            url = await key(issued, *OWED)
            evidence = [{"number": "1/BC", "issued_on": "2024-12-03"}]
            answer = await http.put(url, json=REPORT | {"evidence": evidence})

    assert [(one["pointer"], one["code"]) for one in answer.json()["errors"]] == [
        ("#/evidence/0/issued_on", "day_in_future")
    ]
