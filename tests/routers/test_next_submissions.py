"""An open assignment always has a report to come, and none is expected backwards."""

from sqlmodel import col, delete, select

from app.clock import utc_now
from app.db import SessionMaker
from app.jobs.roll_forward import roll_forward
from app.models import Submission
from tests.support.assignments import COORDINATOR, ISSUER, OWED, REASON, REPORTER, at, done
from tests.support.reports import COMPLETED, key
from tests.support.sample import REPORT, Sample
from tests.support.sample_facts import FOREIGN_AFFAIRS
from tests.support.transactions import work_as


async def states(issued: Sample) -> dict[str, str]:
    """The status of each report on the assignment that is owed once, by 31/12/2024."""
    row = await issued.assignment(*OWED)
    rows = await issued.session.exec(
        select(Submission)
        .where(col(Submission.assignment_id) == row.id)
        .execution_options(populate_existing=True)
    )
    return {one.period: str(one.status) for one in rows}


async def filed(issued: Sample, period: str, content: dict[str, object]) -> str:
    """The id of a report of this period, filed with this content."""
    url = (await key(issued, *OWED)).replace("/2024", f"/{period}")
    async with await issued.by(*REPORTER) as http:
        answer = await http.put(f"{url}?submit=true", json=content)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["id"])


async def test_what_is_accepted_as_going_on_is_followed_by_the_next_report(
    issued: Sample,
) -> None:
    with at("2024-12-02"):
        row_id = await filed(issued, "2024", REPORT)
        assert await states(issued) == {"2024": "submitted"}
        await done(issued, COORDINATOR, f"submissions/{row_id}/accept", attempt=1)

    assert await states(issued) == {"2024": "accepted", "2025": "expected"}


async def test_what_is_waived_is_followed_by_the_next_report(issued: Sample) -> None:
    row = await issued.submission(*OWED)
    with at("2024-06-03"):
        await done(issued, COORDINATOR, f"submissions/{row.id}/waive", **REASON)

    assert await states(issued) == {"2024": "waived", "2025": "expected"}


async def test_completing_leaves_what_is_overdue(issued: Sample) -> None:
    sessions: SessionMaker = issued.api.app.state.sessionmaker
    with at("2025-01-15"):
        await roll_forward(sessions, at=utc_now())
        row_id = await filed(issued, "2025", COMPLETED)
        before = await states(issued)
    with at("2025-02-03"):
        await done(issued, COORDINATOR, f"submissions/{row_id}/accept", attempt=1)

    assert before == {"2024": "expected", "2025": "submitted"}
    assert await states(issued) == {"2024": "expected", "2025": "accepted"}


async def test_a_draft_of_a_later_period_is_waived_with_its_words(issued: Sample) -> None:
    sessions: SessionMaker = issued.api.app.state.sessionmaker
    with at("2024-12-16"):
        await roll_forward(sessions, at=utc_now())
        url = (await key(issued, *OWED)).replace("/2024", "/2025")
        async with await issued.by(*REPORTER) as http:
            assert (await http.put(url, json=REPORT)).status_code == 200
        row_id = await filed(issued, "2024", COMPLETED)
        await done(issued, COORDINATOR, f"submissions/{row_id}/accept", attempt=1)

    assert await states(issued) == {"2024": "accepted", "2025": "waived"}


async def test_more_time_that_is_given_late_makes_nothing_overdue(issued: Sample) -> None:
    row = await issued.assignment(*OWED)
    await work_as(issued.session, None)
    await issued.session.exec(delete(Submission))
    await issued.session.commit()
    with at("2025-03-03"):
        path = f"assignments/{row.id}/move-deadline"
        await done(
            issued, ISSUER, path, deadline_on="2025-06-30", reason="Chờ văn bản.", basis="1/TB"
        )

    assert await states(issued) == {"2025": "expected"}


async def test_what_was_waived_at_the_end_is_not_expected_backwards_on_reopening(
    issued: Sample,
) -> None:
    sessions: SessionMaker = issued.api.app.state.sessionmaker
    row = await issued.assignment(*OWED)
    with at("2024-12-16"):
        await roll_forward(sessions, at=utc_now())
        row_id = await filed(issued, "2024", COMPLETED)
        await done(issued, COORDINATOR, f"submissions/{row_id}/accept", attempt=1)
    with at("2026-01-12"):
        await done(issued, ISSUER, f"assignments/{row.id}/reopen", reason="Nhầm.", basis="2/TB")

    assert await states(issued) == {"2024": "accepted", "2025": "waived", "2026": "expected"}


async def test_withdrawing_a_request_leaves_a_report_to_come(issued: Sample) -> None:
    row = await issued.assignment(*OWED)
    with at("2024-06-03"):
        asked = await done(
            issued,
            COORDINATOR,
            f"plans/{row.plan_id}/report-requests",
            kind="ad_hoc",
            answered_by="assignment",
            title="Báo cáo nhanh",
            number="12/STTTT-TTBC",
            issued_on="2024-06-03",
            data_from="2024-05-20",
            data_to="2024-06-10",
            due_on="2024-06-12",
            agencies=[FOREIGN_AFFAIRS],
        )
        await work_as(issued.session, None)
        await issued.session.exec(delete(Submission).where(col(Submission.period) == "2024"))
        await issued.session.commit()
        await done(issued, COORDINATOR, f"report-requests/{asked['id']}/withdraw", **REASON)

    assert (await states(issued)).get("2024") == "expected"
