"""Thematic and ad hoc reports over HTTP: who asks whom, what is answered, what is taken back."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
import time_machine
from sqlmodel import col, select

from app.auth.principal import Role
from app.models import (
    AssigneeRole,
    Assignment,
    ReportRequest,
)
from app.queries.registry.agencies import get_agency
from tests.support.closings import CLOSING
from tests.support.report_requests import PERIOD, QUESTIONS, ask, asked, expected, faults
from tests.support.sample import Sample
from tests.support.sample_facts import (
    BUDGET_LINES,
    CULTURAL_DIPLOMACY,
    DEPARTMENTS,
    FINANCE,
    FOREIGN_AFFAIRS,
    HEALTH,
    INDUSTRY_AND_TRADE,
    INFORMATION,
    SCHOOLS,
)

pytestmark = pytest.mark.usefixtures("june_2024")


async def leads(issued: Sample, agency: str, *roles: AssigneeRole) -> set[UUID]:
    """The open assignments of an agency that had begun by the end of the window."""
    owner = await get_agency(issued.session, agency)
    rows = await issued.session.exec(
        select(Assignment.id).where(
            col(Assignment.agency_id) == owner.id,
            col(Assignment.role).in_(roles or (AssigneeRole.LEAD,)),
            col(Assignment.starts_on) <= datetime(2024, 6, 15, tzinfo=UTC).date(),
        )
    )
    return set(rows)


async def test_every_open_assignment_that_is_led_is_asked(issued: Sample) -> None:
    told = await asked(issued)

    rows = await expected(issued)
    assert {one.assignment_id for one in rows} == await leads(issued, FOREIGN_AFFAIRS)
    assert {str(one.report_request_id) for one in rows} == {told["id"]}
    assert {(str(one.data_from), str(one.data_to), str(one.due_on)) for one in rows} == {
        ("2024-01-01", "2024-06-15", "2024-06-20")
    }
    assert told["period"] == PERIOD
    assert told["counts"] == {
        "expected": len(rows),
        "filed": 0,
        "accepted": 0,
        "not_filed": len(rows),
        "waived": 0,
    }
    assert [(one["agency"]["code"], one["counts"]["not_filed"]) for one in told["asked"]] == [
        (FOREIGN_AFFAIRS, len(rows))
    ]
    assert (told["not_asked"], told["allowed_actions"]) == ([], ["withdraw"])


async def test_coordinating_assignments_and_tasks_are_asked_where_they_are_meant(
    issued: Sample,
) -> None:
    both = (AssigneeRole.LEAD, AssigneeRole.COORDINATING)
    await asked(issued, with_coordinating=True)
    one = await asked(issued, number="16/STTTT", tasks=[CULTURAL_DIPLOMACY])

    assert {row.assignment_id for row in await expected(issued)} == await leads(
        issued, FOREIGN_AFFAIRS, *both
    )
    [of_task] = await expected(issued, one["period"])
    assert (
        of_task.assignment_id
        == (await issued.assignment(FOREIGN_AFFAIRS, CULTURAL_DIPLOMACY, "once")).id
    )


async def test_a_collective_is_asked_as_it_is_today(issued: Sample) -> None:
    collectives = [DEPARTMENTS, SCHOOLS]
    told = await asked(
        issued, agencies=[], collectives=collectives, tasks=[CULTURAL_DIPLOMACY, BUDGET_LINES]
    )

    [collective] = [one for one in told["not_asked"] if one["collective"]]
    idle = {one["agency"]["code"]: one["reason"] for one in told["not_asked"] if one["agency"]}
    assert [one["agency"]["code"] for one in told["asked"]] == [FOREIGN_AFFAIRS, FINANCE]
    assert collective["collective"]["code"] == SCHOOLS
    assert collective["reason"] == "not_enumerable"
    assert {INDUSTRY_AND_TRADE, "STP", HEALTH} <= idle.keys()
    assert not {FOREIGN_AFFAIRS, FINANCE} & idle.keys()
    assert set(idle.values()) == {"nothing_open"}


async def test_who_has_ended_is_named_in_vain(issued: Sample) -> None:
    with time_machine.travel(datetime(2025, 3, 10, 2, tzinfo=UTC), tick=True):
        told = await ask(
            issued,
            await issued.issuer(),
            agencies=[INFORMATION, FOREIGN_AFFAIRS],
            due_on="2025-03-20",
        )

    [ended] = told.json()["not_asked"]
    assert (ended["agency"]["code"], ended["reason"]) == (INFORMATION, "agency_ended")


async def test_a_dry_run_tells_whom_it_would_ask_and_stores_nothing(issued: Sample) -> None:
    await issued.client(INFORMATION, Role.COORDINATOR)
    before = await issued.rows_of_all_tables()
    real: dict[str, Any] = {"agencies": [FOREIGN_AFFAIRS], "collectives": [SCHOOLS]}
    ahead = await ask(issued, dry_run=True, **real)
    nobody = await ask(issued, dry_run=True, agencies=[], collectives=[SCHOOLS])
    after = await issued.rows_of_all_tables()
    done = await asked(issued, **real)

    assert (ahead.status_code, ahead.json()["id"]) == (200, None)
    assert {**ahead.json(), "id": 0, "updated_at": 0, "allowed_actions": 0} == {
        **done,
        "id": 0,
        "updated_at": 0,
        "allowed_actions": 0,
    }
    assert (nobody.status_code, nobody.json()["counts"]["expected"]) == (200, 0)
    assert after == before


async def test_a_request_that_asks_nobody_is_refused(issued: Sample) -> None:
    answer = await ask(issued, agencies=[], collectives=[SCHOOLS])

    assert answer.status_code == 422
    assert faults(answer) == [("#/agencies", "nobody_to_ask")]


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"due_on": "2024-06-09"}, ("#/due_on", "day_has_passed")),
        ({"issued_on": "2024-06-11"}, ("#/issued_on", "day_in_future")),
        ({"agencies": [FOREIGN_AFFAIRS, "KHONG-CO"]}, ("#/agencies/1", "unknown_agency")),
        ({"collectives": ["KHONG-CO"]}, ("#/collectives/0", "unknown_collective")),
        ({"tasks": [CULTURAL_DIPLOMACY, "99.1"]}, ("#/tasks/1", "unknown_task")),
    ],
)
async def test_what_cannot_be_asked_is_refused_by_name(
    issued: Sample, changes: dict[str, Any], fault: tuple[str, str]
) -> None:
    answer = await ask(issued, **changes)

    assert answer.status_code == 422
    assert faults(answer) == [fault]


@pytest.mark.parametrize(
    "changes",
    [
        {"agencies": []},
        {"data_to": "2023-12-31"},
        {"questions": [QUESTIONS[0], QUESTIONS[0]]},
        {"questions": [{"id": str(n), "text": "?"} for n in range(51)]},
    ],
)
async def test_a_request_without_sense_is_refused(issued: Sample, changes: dict[str, Any]) -> None:
    assert (await ask(issued, **changes)).status_code == 422
    assert await issued.rows(ReportRequest) == 0


async def test_today_is_soon_enough_and_the_day_is_the_provinces(issued: Sample) -> None:
    with time_machine.travel(datetime(2024, 6, 20, 17, 30, tzinfo=UTC), tick=True):
        late = await ask(issued)
    with time_machine.travel(datetime(2024, 6, 20, 16, 30, tzinfo=UTC), tick=True):
        in_time = await ask(issued)

    assert (late.status_code, in_time.status_code) == (422, 201)


async def test_one_document_asks_once_in_a_plan(issued: Sample) -> None:
    first = await asked(issued)
    again = await ask(issued, agencies=[INDUSTRY_AND_TRADE])
    next_year = await ask(issued, issued_on="2023-06-07")

    assert (again.status_code, again.json()["code"]) == (409, "already_asked")
    assert again.headers["location"] == f"/v1/report-requests/{first['id']}"
    assert next_year.json()["period"] == "adhoc-15-stttt-ttbcxb-2023"


async def test_the_issuer_asks_too_and_nobody_else(issued: Sample) -> None:
    by_issuer = await ask(issued, await issued.issuer(), number="1/UBND")
    refused = [
        await ask(issued, await issued.by(FOREIGN_AFFAIRS, Role.COORDINATOR)),
        await ask(issued, await issued.by(INFORMATION, Role.ISSUER)),
        await ask(issued, await issued.reporter(INFORMATION)),
    ]

    assert by_issuer.status_code == 201
    assert [one.status_code for one in refused] == [403, 403, 403]


async def test_a_draft_asks_nobody(drafted: Sample) -> None:
    answer = await ask(drafted, await drafted.issuer())

    assert (answer.status_code, answer.json()["code"]) == (409, "wrong_plan_state")
    assert await drafted.rows(ReportRequest) == 0


async def test_a_closed_plan_asks_no_more(issued: Sample) -> None:
    told = await asked(issued)
    plan = await issued.the_plan()
    async with await issued.issuer() as http:
        await http.post(f"/v1/plans/{plan.id}/close", json=CLOSING)
        url = f"/v1/report-requests/{told['id']}"
        withdrawn = await http.post(f"{url}/withdraw", json={"reason": "Thôi."})
        read = await http.get(url)
    again = await ask(issued, number="16/STTTT")

    assert {one.json()["code"] for one in (withdrawn, again)} == {"wrong_plan_state"}
    assert read.json()["allowed_actions"] == []
