from typing import Any
from uuid import uuid4

import httpx
import sqlalchemy as sa
import time_machine
from sqlmodel import col, select

from app.auth.principal import Role
from app.models import Submission
from tests.support.reports import COMPLETED, decide, file
from tests.support.sample import REPORT, Sample
from tests.support.sample_facts import (
    COMMITTEE_OFFICE,
    EDUCATION,
    FOREIGN_AFFAIRS,
    INVESTMENT_CENTRE,
)


async def listed(http: httpx.AsyncClient, query: str) -> list[dict[str, Any]]:
    """All pages of a list."""
    found: list[dict[str, Any]] = []
    url: str | None = f"/v1/submissions?{query}"
    while url is not None:
        page = (await http.get(url)).json()
        found += page["items"]
        url = page["next"]
    return found


async def test_lists_are_narrowed_and_end(issued: Sample) -> None:
    filed = await file(issued, REPORT)
    plan = await issued.the_plan()
    async with await issued.coordinator() as http:
        by_agency = await listed(http, "agency=SNGV&limit=7")
        of_2024 = await listed(http, "agency=SNGV&period=2024&limit=200")
        due = await listed(http, "agency=SNGV&due_before=2024-12-21&limit=200")
        not_due = await listed(http, "due_before=2024-12-20")
        waiting = await listed(http, f"plan={plan.id}&status=submitted")
        of_one = await listed(http, f"assignment={filed['assignment_id']}")
        none = await listed(http, f"plan={uuid4()}")
        unknown = await http.get("/v1/submissions?agency=KHONG-CO")

    ids = [one["id"] for one in by_agency]
    assert len(set(ids)) == len(ids) > 40
    assert ids == sorted(ids)
    assert {one["agency"]["code"] for one in by_agency} == {FOREIGN_AFFAIRS}
    assert [one["id"] for one in of_2024] == [
        one["id"] for one in by_agency if one["period"] == "2024"
    ]
    assert due == of_2024
    assert (not_due, none) == ([], [])
    assert [one["id"] for one in waiting] == [filed["id"]]
    assert [one["period"] for one in of_one] == ["2024", "2025"]
    assert unknown.status_code == 404


async def test_a_list_holds_only_what_its_reader_may_read(issued: Sample) -> None:
    async with await issued.reporter(INVESTMENT_CENTRE) as http:
        own = await listed(http, "limit=200")
    async with await issued.reporter(EDUCATION) as http:
        leading = await listed(http, "limit=200")
    async with await issued.by(EDUCATION, Role.READER) as http:
        refused = await http.get("/v1/submissions")

    assert {(one["task_ordinal"], one["agency"]["code"]) for one in own} == {
        ("3.10", INVESTMENT_CENTRE)
    }
    others = {one["task_ordinal"] for one in leading if one["agency"]["code"] != EDUCATION}
    # It leads 3.5; where a collective leads, its members do not read one another.
    assert others == {"3.5"}
    assert refused.status_code == 403


async def test_a_cursor_holds_for_the_filters_it_was_made_with(issued: Sample) -> None:
    async with await issued.coordinator() as http:
        page = (await http.get("/v1/submissions?agency=SNGV&limit=2")).json()
        cursor = page["next"].rpartition("cursor=")[2]
        again = (await http.get(page["next"])).json()
        stable = (await http.get(page["next"])).json()
        refused = [
            await http.get(f"/v1/submissions?agency=SCT&limit=2&cursor={cursor}"),
            await http.get(f"/v1/submissions?limit=2&cursor={cursor}"),
            await http.get(f"/v1/assignments?agency=SNGV&limit=2&cursor={cursor}"),
            await http.get("/v1/submissions?agency=SNGV&cursor=abc"),
        ]

    assert again == stable
    assert [(one.status_code, one.json()["errors"][0]["code"]) for one in refused] == [
        (422, "invalid_cursor")
    ] * 4


async def test_assignments_are_listed_by_their_filters(issued: Sample) -> None:
    plan = await issued.the_plan()
    done = await file(issued, COMPLETED)
    await decide(issued, done["id"], "accept")
    counts = {}
    with time_machine.travel("2024-12-15T02:00:00Z"):
        async with await issued.by(COMMITTEE_OFFICE, Role.READER) as http:
            for query in (
                "agency=SNGV&occurrence=2024",
                "agency=SNGV&role=lead",
                "agency=SNGV&status=completed",
                "agency=TTXTDT",
                "agency=TTXTDT&timeliness=due_soon",
                "agency=TTXTDT&timeliness=in_time",
                "agency=TTXTDT&timeliness=overdue",
                "agency=TTXTDT&timeliness=upcoming",
            ):
                url = f"/v1/plans/{plan.id}/assignments?limit=200&{query}"
                page = (await http.get(url)).json()
                counts[query] = len(page["items"])
                every = (await http.get(f"/v1/assignments?limit=200&{query}")).json()
                assert every["items"] == page["items"]

    statement = select(sa.func.count()).select_from(Submission)
    assert (await issued.session.exec(statement.where(col(Submission.attempts) > 0))).one() == 1
    assert counts == {
        "agency=SNGV&occurrence=2024": 16,
        "agency=SNGV&role=lead": 11,
        "agency=SNGV&status=completed": 1,
        "agency=TTXTDT": 2,
        "agency=TTXTDT&timeliness=due_soon": 1,
        "agency=TTXTDT&timeliness=in_time": 0,
        "agency=TTXTDT&timeliness=overdue": 0,
        "agency=TTXTDT&timeliness=upcoming": 1,
    }
