"""A document asks agencies for reports of their own: who answers, what figures say of it."""

from typing import Any

from sqlmodel import select

from app.clock import utc_now
from app.jobs.hand_over import hand_over
from app.models import AgencyReport
from tests.support.agency_reports import (
    DOCUMENT,
    faults,
    filed,
    put,
    shown,
)
from tests.support.assignments import COORDINATOR, ISSUER, REPORTER, at, done, read
from tests.support.report_requests import QUESTIONS, ask, asked
from tests.support.sample import Sample
from tests.support.sample_facts import (
    CULTURAL_DIPLOMACY,
    FINANCE,
    FOREIGN_AFFAIRS,
    HEALTH,
    INFORMATION,
    PLANNING,
    PROVINCIAL_COMMITTEE,
)


async def test_a_request_is_answered_once_by_each_agency_also_by_one_that_owes_nothing(
    issued: Sample,
) -> None:
    with at("2024-06-10"):
        told = await asked(
            issued,
            answered_by="agency",
            agencies=[FOREIGN_AFFAIRS, PROVINCIAL_COMMITTEE],
            questions=QUESTIONS,
        )
        period = told["period"]
        own = await shown(issued, REPORTER, period=period)
        document: dict[str, Any] = {"document": DOCUMENT | {"issued_on": "2024-06-10"}}
        unknown = await put(issued, period, answers=[{"question": "9", "text": "x"}], **document)
        report = await filed(
            issued, period=period, answers=[{"question": "1", "text": "02 lớp"}], **document
        )
        plan = await issued.the_plan()
        after = await read(issued, COORDINATOR, f"report-requests/{told['id']}")
        listed = await read(
            issued, COORDINATOR, f"plans/{plan.id}/agency-reports?report_request={told['id']}"
        )

    assert told["counts"]["expected"] == 2
    assert told["not_asked"] == []
    assert (own["status"], own["submissions"], own["report_request_id"]) == (
        "expected",
        [],
        told["id"],
    )
    assert faults(unknown) == [("#/answers/0/question", "unknown_question")]
    assert report["content"]["answers"] == [{"question": "1", "text": "02 lớp"}]
    assert (after["counts"]["filed"], after["counts"]["not_filed"]) == (1, 1)
    assert sorted(one["agency"]["code"] for one in listed["items"]) == [
        FOREIGN_AFFAIRS,
        PROVINCIAL_COMMITTEE,
    ]


async def test_what_a_document_asks_is_in_the_figures_of_reporting(issued: Sample) -> None:
    ask_of = [PLANNING, INFORMATION, FOREIGN_AFFAIRS]
    with at("2025-02-10"):
        told = await asked(
            issued, number="20/STTTT", due_on="2025-02-20", answered_by="agency", agencies=ask_of
        )
    with at("2025-02-21"):
        late = {"document": DOCUMENT | {"issued_on": "2025-02-21"}}
        await filed(issued, period=told["period"], **late)
    with at("2025-03-05"):
        await hand_over(issued.api.app.state.sessionmaker, at=utc_now())
        found = {
            (day, query): await counted(issued, told["period"], day, query)
            for day in ("2025-02-20", "2025-02-21", "2025-03-05")
            for query in ("by=agency", "by=agency&role=coordinating", "by=period")
        }
        of_tasks = await counted(issued, told["period"], "2025-03-05", "by=task")

    assert found["2025-02-20", "by=agency"] == {
        code: {"due_today": 1} for code in (FOREIGN_AFFAIRS, INFORMATION, PLANNING)
    }
    # Planning owed it on the due day, whoever followed it; Information was followed by nobody.
    assert found["2025-03-05", "by=agency"] == {
        FOREIGN_AFFAIRS: {"late": 1},
        INFORMATION: {"waived": 1},
        PLANNING: {"overdue": 1},
    }
    assert found["2025-02-21", "by=period"] == {told["period"]: {"overdue": 2, "late": 1}}
    assert found["2025-03-05", "by=agency&role=coordinating"] == {}
    assert of_tasks == {}


async def counted(issued: Sample, period: str, day: str, query: str) -> dict[str, dict[str, int]]:
    """The leaves of the figures of reporting that are not empty, by group, of one period."""
    plan = await issued.the_plan()
    url = f"plans/{plan.id}/reporting-statistics?period={period}&as_of={day}&limit=200&{query}"
    groups = (await read(issued, COORDINATOR, url))["groups"]
    found = {}
    for group in groups:
        tree = group["reporting"]
        leaves = {
            "late": tree["expected"]["filed"]["late"],
            "due_today": tree["expected"]["not_filed"]["due_today"],
            "overdue": tree["expected"]["not_filed"]["overdue"]["total"],
            "waived": tree["waived"],
        }
        assert sum(leaves.values()) == tree["total"]
        found[group["code"]] = {name: number for name, number in leaves.items() if number}
    return found


async def test_withdrawing_a_request_waives_what_was_not_filed(issued: Sample) -> None:
    with at("2024-06-10"):
        told = await asked(issued, answered_by="agency", agencies=[FOREIGN_AFFAIRS, HEALTH])
        document: dict[str, Any] = {"document": DOCUMENT | {"issued_on": "2024-06-10"}}
        await filed(issued, period=told["period"], **document)
        await done(issued, COORDINATOR, f"report-requests/{told['id']}/withdraw", reason="Đã đủ.")
        rows = list(
            await issued.session.exec(
                select(AgencyReport).execution_options(populate_existing=True)
            )
        )

    assert sorted(row.status for row in rows) == ["submitted", "waived"]


async def test_what_was_asked_of_an_ended_agency_is_asked_of_its_one_successor(
    issued: Sample,
) -> None:
    ask_of = [PLANNING, INFORMATION]
    with at("2025-02-10"):
        told = await asked(
            issued, number="20/STTTT", due_on="2025-03-20", answered_by="agency", agencies=ask_of
        )
    with at("2025-03-02"):
        sessions = issued.api.app.state.sessionmaker
        await hand_over(sessions, at=utc_now())
        found = await read(issued, ISSUER, f"report-requests/{told['id']}")
        plan = await issued.the_plan()
        listed = await read(
            issued, ISSUER, f"plans/{plan.id}/agency-reports?report_request={told['id']}"
        )

    # Planning became part of Finance; Information was split, so nobody follows it alone.
    assert {one["agency"]["code"]: one["status"] for one in listed["items"]} == {
        FINANCE: "expected",
        INFORMATION: "waived",
    }
    assert (found["counts"]["expected"], found["counts"]["waived"]) == (1, 1)


async def test_tasks_are_named_only_where_each_assignment_answers(issued: Sample) -> None:
    with at("2024-06-10"):
        answer = await ask(issued, answered_by="agency", tasks=[CULTURAL_DIPLOMACY])

    assert answer.status_code == 422
