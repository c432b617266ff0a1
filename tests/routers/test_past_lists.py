"""Lists of plans and of submissions as of a past day: what stood then, nothing that came later."""

import json
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.principal import Principal, Role
from app.models import Agency, Assignment, Submission
from app.queries.lists import PageRequest
from app.queries.submissions.submissions_json import list_submissions_json
from tests.support.assignments import COORDINATOR, ISSUER, at, completed, done, read
from tests.support.closings import CLOSING
from tests.support.histories import DAYS
from tests.support.report_histories import Told, make_reports
from tests.support.sample import Sample
from tests.support.sample_facts import (
    COMMITTEE_OFFICE,
    CULTURE,
    FOREIGN_AFFAIRS,
    HEALTH,
    INFORMATION,
)
from tests.support.slow_reporting import Rows, known, leaf, standing

CLOSED_ON, REOPENED_ON = "2025-03-03", "2025-03-10"
BASIS = {"reason": "Kết thúc nhầm.", "basis": "15/TB-UBND"}


def status(told: Told, day: Any) -> str:
    """The status of a report at the end of a day, from all that happened to it."""
    if told.is_waived(day):
        return "waived"
    now = standing(told, day)
    if now.judged is not None:
        return "submitted" if now.decision is None else "accepted"
    return {None: "expected", "returned": "returned", "withdrawn": "expected"}[now.decision]


async def test_submissions_of_any_day_are_those_that_the_figures_count(
    session: AsyncSession,
) -> None:
    reports = await make_reports(session, 21)
    reader = Principal(
        reports.client_id, reports.lives[0].held[0].agency_id, frozenset({Role.SUPERVISOR})
    )

    async def listed(day: Any, **filters: Any) -> dict[Any, Any]:
        asked = PageRequest(filters, "id", None, 500)
        found = await list_submissions_json(session, reader, asked, day=day, is_past=True)
        return {row.id: json.loads(row.body) for row in found.rows}

    seen, set_aside = set(), set()
    for day in [*DAYS, DAYS[-1] + timedelta(300)]:
        rows: Rows = known(reports.written, day)
        found = await listed(day)
        assert found.keys() == {told.submission.id for told, _ in rows}
        for told, held in rows:
            one = found[told.submission.id]
            filed = [n for n, one in enumerate(told.filings, start=1) if one.received_on <= day]
            judged = standing(told, day).judged
            assert one["status"] == status(told, day), told
            assert one["attempts"] == max(filed, default=0)
            assert (one["content"] is not None) == bool(filed)
            assert one["agency"]["id"] == str(held.agency_id)
            assert not one["is_draft"]
            if judged is not None:
                assert one["received_on"] == str(judged.received_on)
            seen.add(one["status"])
        # Closing a plan waives what it asks for; these histories know its states alone.
        closed = {told.submission.id for told, held in rows if held.plan_closed}
        late = await listed(day, overdue_since=day - timedelta(8))
        assert late.keys() - closed == {
            told.submission.id
            for told, held in rows
            if leaf(told, held, day) == "overdue" and told.due_on <= day - timedelta(8)
        }
        set_aside |= {leaf(*one, day) for one in rows} & {"set_aside"}
    assert set_aside
    assert seen == {"expected", "returned", "submitted", "accepted", "waived"}


async def test_submissions_of_a_day_are_found_by_the_assignment_that_had_them(
    session: AsyncSession,
) -> None:
    reports = await make_reports(session, 21)
    reader = Principal(
        reports.client_id, reports.lives[0].held[0].agency_id, frozenset({Role.SUPERVISOR})
    )
    assignments = {row.id: row for row in (await session.exec(select(Assignment))).all()}
    owner_now = dict((await session.exec(select(Submission.id, Submission.assignment_id))).all())

    async def listed(day: date, **filters: Any) -> dict[Any, Assignment]:
        asked = PageRequest(filters, "id", None, 200)
        found = await list_submissions_json(session, reader, asked, day=day, is_past=True)
        assert found.last is None
        bodies = {row.id: json.loads(row.body) for row in found.rows}
        return {id_: assignments[UUID(body["assignment_id"])] for id_, body in bodies.items()}

    merged, moved = 0, 0
    for day in DAYS:
        every = await listed(day)
        for id_, owner in every.items():
            has_moved = owner.id != owner_now[id_]
            merged += has_moved and assignments[owner_now[id_]].merged_into_id == owner.id
            moved += has_moved and owner.merged_into_id == owner_now[id_]
        for name, column in (("assignment", "id"), ("task", "task_id"), ("plan", "plan_id")):
            for value in {getattr(owner, column) for owner in every.values()}:
                of_one = {id_ for id_, owner in every.items() if getattr(owner, column) == value}
                assert {*await listed(day, **{name: value})} == of_one, (name, day)
                if name == "plan":
                    assert {*await listed(day, plans=[value])} == of_one

    assert merged
    assert moved


async def test_a_submission_is_listed_as_it_stood(issued: Sample) -> None:
    with at("2024-12-10"):
        report = await completed(issued)
    with at("2024-12-16"):
        path = f"submissions/{report['id']}/accept"
        await done(issued, COORDINATOR, path, attempt=1)
    one = f"submissions/{report['id']}"
    with at("2025-02-03"):
        now = await read(issued, COORDINATOR, one)
        then = {
            day: await read(issued, COORDINATOR, f"{one}?as_of={day}")
            for day in ("2024-12-09", "2024-12-10", "2024-12-15", "2024-12-16")
        }
        query = "submissions?status=submitted&as_of=2024-12-15"
        listed = (await read(issued, COORDINATOR, query))["items"]
        early = await send_read(issued, f"{one}?as_of=2020-01-01")
        refused = await send_read(
            issued, "submissions?as_of=2024-12-15&updated_since=2024-01-01T00:00:00Z"
        )
        ahead = await send_read(issued, "submissions?as_of=2150-01-01")

    assert [(one["status"], one["attempts"]) for one in then.values()] == [
        ("expected", 0),
        ("submitted", 1),
        ("submitted", 1),
        ("accepted", 1),
    ]
    assert then["2024-12-09"]["content"] is None
    assert then["2024-12-15"]["content"] == now["content"]
    assert (then["2024-12-15"]["accepted_attempt"], now["accepted_attempt"]) == (None, 1)
    assert all(one["allowed_actions"] == [] for one in then.values())
    assert [one["id"] for one in listed] == [report["id"]]
    assert (early["status"], early["code"]) == (404, "not_found")
    assert refused["errors"][0]["code"] == "not_with_as_of"
    assert ahead["code"] == "day_in_future"


async def test_who_may_read_a_submission_is_asked_of_today(issued: Sample) -> None:
    with at("2024-12-10"):
        report = await completed(issued)
    day = "2024-12-12"
    with at("2025-02-03"):
        own = await send_read(issued, f"submissions/{report['id']}?as_of={day}", FOREIGN_AFFAIRS)
        other = await send_read(issued, f"submissions/{report['id']}?as_of={day}", HEALTH)

    row = await issued.session.get_one(Submission, report["id"])
    assert (own["id"], row.attempts) == (report["id"], 1)
    assert other["code"] == "not_found"


async def test_a_plan_is_listed_as_it_stood(issued: Sample) -> None:
    plan = await issued.the_plan()
    one = f"plans/{plan.id}"
    with at(CLOSED_ON):
        await done(issued, ISSUER, f"{one}/close", **CLOSING)
    with at(REOPENED_ON):
        await done(issued, ISSUER, f"{one}/reopen", **BASIS)
    with at("2025-04-01"):
        days = ("2025-03-02", CLOSED_ON, "2025-03-09", REOPENED_ON)
        then = [await read(issued, ISSUER, f"{one}?as_of={day}") for day in days]
        closed = [
            len((await read(issued, ISSUER, f"plans?status=closed&as_of={day}"))["items"])
            for day in days
        ]
        before = await read(issued, ISSUER, "plans?as_of=2023-12-31")
        gone = await send_read(issued, f"{one}?as_of=2023-12-31")
        now = await read(issued, ISSUER, one)

    assert [found["status"] for found in then] == ["issued", "closed", "closed", "issued"]
    assert closed == [0, 1, 1, 0]
    assert (before["items"], gone["code"]) == ([], "not_found")
    assert (then[0]["allowed_actions"], now["allowed_actions"] != []) == ([], True)


async def test_a_plan_had_the_coordinator_of_the_day(issued: Sample) -> None:
    plan = await issued.the_plan()
    named = await issued.session.exec(select(Agency.id).where(col(Agency.code) == CULTURE))
    plan.coordinator_id = named.one()
    plan.coordinator_since = date(2025, 3, 1)
    await issued.session.commit()
    one = f"plans/{plan.id}"
    with at("2025-04-01"):
        then, now = [
            await read(issued, ISSUER, f"{one}?as_of={day}") for day in ("2025-02-28", "2025-03-01")
        ]
        found = [
            len((await read(issued, ISSUER, f"plans?coordinator={code}&as_of=2025-02-28"))["items"])
            for code in (INFORMATION, CULTURE)
        ]

    assert [one["coordinator"]["code"] for one in (then, now)] == [INFORMATION, CULTURE]
    assert [len(one["coordinators"]) for one in (then, now)] == [1, 2]
    assert found == [1, 0]


async def send_read(issued: Sample, path: str, code: str = COMMITTEE_OFFICE) -> dict[str, Any]:
    """The body that answers a read that may be refused."""
    role = Role.SUPERVISOR if code == COMMITTEE_OFFICE else Role.REPORTER
    async with await issued.by(code, role) as http:
        found: dict[str, Any] = (await http.get(f"/v1/{path}")).json()
    return found
