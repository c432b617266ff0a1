"""An agency's own report is reviewed as a whole or in part, and stands until it is corrected."""

from tests.support.agency_reports import (
    DECEMBER,
    decide,
    draft,
    faults,
    filed,
    part,
    put,
    shown,
)
from tests.support.assignments import COORDINATOR, ISSUER, REPORTER, at, done, read, send
from tests.support.reports import BETTER, COMPLETED
from tests.support.sample import REPORT, Sample


async def test_accepting_it_accepts_what_was_filed_with_it(issued: Sample) -> None:
    with at(DECEMBER):
        await draft(issued, COMPLETED)
        report = await filed(issued)
        accepted = await decide(issued, report, "accept", attempt=1)
        owed = await read(issued, REPORTER, f"assignments/{part(accepted)['assignment_id']}")

    assert (accepted["status"], accepted["accepted_attempt"]) == ("accepted", 1)
    assert part(accepted)["status"] == "accepted"
    assert (owed["status"], owed["completed_on"]) == ("completed", DECEMBER)


async def test_what_was_sent_back_alone_is_left_out_of_the_acceptance(issued: Sample) -> None:
    with at(DECEMBER):
        await draft(issued, REPORT)
        report = await filed(issued)
        path = f"submissions/{part(report)['id']}/send-back"
        await done(issued, COORDINATOR, path, attempt=1, reason="Thiếu số liệu.")
        accepted = await decide(issued, report, "accept", attempt=1)
        # Unchanged it is still missing; changed it goes with the next filing.
        unchanged = await filed(issued, results="Bổ sung.")
        await decide(issued, report, "withdraw", who=REPORTER)
        await draft(issued, BETTER)
        again = await decide(issued, report, "submit", who=REPORTER)

    assert (accepted["status"], part(accepted)["status"]) == ("accepted", "returned")
    assert part(unchanged)["status"] == "returned"
    assert (again["attempts"], part(again)["status"]) == (3, "submitted")


async def test_sending_it_back_returns_all_of_it(issued: Sample) -> None:
    with at(DECEMBER):
        await draft(issued, REPORT)
        report = await filed(issued)
        returned = await decide(issued, report, "send-back", attempt=1, reason="Thiếu nguyên nhân.")
        path = f"plans/{report['plan_id']}/agency-reports/{report['id']}/attempts"
        [attempt] = (await read(issued, REPORTER, path))["items"]
        own = await shown(issued, REPORTER)
        second = await filed(issued, causes="Thiếu nhân lực.")

    assert (returned["status"], part(returned)["status"]) == ("returned", "returned")
    assert (attempt["review"]["decision"], attempt["review"]["reason"]) == (
        "returned",
        "Thiếu nguyên nhân.",
    )
    assert (own["is_draft"], own["content"]["causes"]) == (True, "Thiếu kinh phí.")
    assert (second["attempts"], second["status"]) == (2, "submitted")


async def test_withdrawing_it_takes_back_what_waits_of_it(issued: Sample) -> None:
    with at(DECEMBER):
        await draft(issued, REPORT)
        report = await filed(issued)
        taken = await decide(issued, report, "withdraw", who=REPORTER)
        # A late retry files nothing that was taken back.
        assert (await filed(issued))["status"] == "draft"
        again = await decide(issued, report, "submit", who=REPORTER)

    assert (taken["status"], part(taken)["status"]) == ("draft", "draft")
    assert (again["attempts"], part(again)["status"], part(again)["attempts"]) == (
        2,
        "submitted",
        2,
    )


async def test_who_decides_names_the_attempt_and_is_not_the_author(issued: Sample) -> None:
    with at(DECEMBER):
        report = await filed(issued)
        path = f"plans/{report['plan_id']}/agency-reports/{report['id']}/accept"
        for who, attempt, status in (
            (COORDINATOR, 2, 409),
            (ISSUER, 1, 403),
            (REPORTER, 1, 403),
        ):
            assert (await send(issued, who, path, attempt=attempt)).status_code == status
        await decide(issued, report, "accept", attempt=1)
        assert (await send(issued, COORDINATOR, path, attempt=1)).status_code == 409


async def test_an_accepted_report_stands_until_its_correction_is_accepted(issued: Sample) -> None:
    with at(DECEMBER):
        report = await filed(issued)
        await decide(issued, report, "accept", attempt=1)
    with at("2025-02-03"):
        assert faults(await put(issued, results="Đính chính.")) == [
            ("#/correction_reason", "required")
        ]
        reason = {"results": "Đính chính.", "correction_reason": "Nhầm số liệu."}
        corrected = await filed(issued, **reason)
        accepted = await decide(issued, corrected, "accept", attempt=2)

    assert (corrected["status"], corrected["accepted_attempt"], corrected["received_on"]) == (
        "submitted",
        1,
        DECEMBER,
    )
    assert (accepted["accepted_attempt"], accepted["is_late"]) == (2, False)
