"""Indicators over HTTP: who defines them, who reports on them, what the sums come to."""

from decimal import Decimal
from fractions import Fraction
from typing import Any
from uuid import uuid4

import httpx
import pytest
import sqlalchemy as sa
import time_machine
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.exc import IntegrityError

from app.auth.principal import Role
from app.domain.evaluation.values import achievement
from app.domain.regimes.periods import DEFAULT, RegimeRules, months_of, windows_of_year
from app.models import AssignmentStatus, DataWindow, Frequency, IndicatorValue
from app.schemas.indicators import IndicatorOut, IndicatorValuesOut
from tests.support.closings import CLOSING
from tests.support.sample import Sample
from tests.support.sample_facts import (
    COMMITTEE_OFFICE,
    FOREIGN_AFFAIRS,
    HOME_AFFAIRS,
    INDUSTRY_AND_TRADE,
)
from tests.support.transactions import work_as

BODY: dict[str, Any] = {
    "name": "Số lớp tập huấn",
    "unit": "lớp",
    "higher_is_better": True,
    "targets": [{"value": "12"}, {"period": "2025", "value": "4.5"}],
}
REASON = {"reason": "Thay bằng chỉ tiêu khác."}


async def define(world: Sample, http: httpx.AsyncClient, **changes: Any) -> httpx.Response:
    task = (await world.assignment(FOREIGN_AFFAIRS, "3.3", "once")).task_id
    return await http.post(f"/v1/tasks/{task}/indicators", json={**BODY, **changes})


@pytest.fixture
async def indicator(issued: Sample) -> dict[str, Any]:
    """An indicator of task 3.3, defined by the coordinator."""
    async with await issued.coordinator() as http:
        answer = await define(issued, http)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def report(
    world: Sample, indicator: dict[str, Any], period: str, value: Any, **given: Any
) -> httpx.Response:
    """The answer to a value that the lead of task 3.3 reports."""
    agency, note = given.get("agency", FOREIGN_AFFAIRS), given.get("note")
    assignment = await world.assignment(FOREIGN_AFFAIRS, "3.3", "once")
    url = f"/v1/assignments/{assignment.id}/indicator-values/{indicator['id']}/{period}"
    async with await world.reporter(agency) as http:
        return await http.put(url, json={"value": value, "note": note})


async def values(world: Sample, indicator: dict[str, Any], query: str = "") -> dict[str, Any]:
    async with await world.by(COMMITTEE_OFFICE, Role.READER) as http:
        answer = await http.get(f"/v1/indicators/{indicator['id']}/values?{query}")
    assert answer.status_code == 200, answer.text
    IndicatorValuesOut.model_validate_json(answer.content)
    found: dict[str, Any] = answer.json()
    return found


async def test_an_indicator_is_defined_corrected_and_ended(
    issued: Sample, indicator: dict[str, Any]
) -> None:
    url = f"/v1/indicators/{indicator['id']}"
    async with await issued.issuer() as http:
        changes = {
            "unit": "lớp học",
            "targets": [{"value": "15"}, {"period": "2025", "value": None}],
        }
        changed = (await http.patch(url, json=changes)).json()
        same = (await http.patch(url, json=changes)).json()
        ended = (await http.post(f"{url}/end", json=REASON)).json()
        listed = (await http.get(f"/v1/tasks/{indicator['task_id']}/indicators")).json()["items"]
        left = await http.get(f"/v1/tasks/{indicator['task_id']}/indicators?is_ended=false")

    assert [(one["period"], one["value"]) for one in indicator["targets"]] == [
        (None, "12"),
        ("2025", "4.5"),
    ]
    assert indicator["allowed_actions"] == ["change", "end"]
    targets = [(one["period"], one["value"], one["number"]) for one in changed["targets"]]
    assert (changed["unit"], targets) == ("lớp học", [(None, "15", 2)])
    assert same["targets"] == changed["targets"]
    assert (ended["end_reason"], ended["allowed_actions"]) == (REASON["reason"], [])
    assert [IndicatorOut(**one) for one in listed] == [IndicatorOut(**ended)]
    assert left.json()["items"] == []
    entries, events = await issued.noted("indicator", indicator["id"])
    assert [entry.action for entry in entries] == ["defined", "changed", "changed", "ended"]
    assert [event.type for event in events][-1] == "tiendo.indicator.ended"


async def test_only_the_plans_owner_and_its_coordinator_define(issued: Sample) -> None:
    async with await issued.by(HOME_AFFAIRS, Role.COORDINATOR, Role.ISSUER) as http:
        stranger = await define(issued, http)
    async with await issued.reporter(FOREIGN_AFFAIRS) as http:
        without_role = await define(issued, http)
    async with await issued.issuer() as http:
        owner = await define(issued, http)
        again = await define(issued, http, name="số LỚP tập huấn")
        nowhere = await http.post(f"/v1/tasks/{uuid4()}/indicators", json=BODY)

    answers = [stranger, without_role, owner, again, nowhere]
    assert [one.status_code for one in answers] == [403, 403, 201, 409, 404]
    assert again.json()["code"] == "already_exists"


async def test_a_drafts_indicators_are_its_agencys_alone_and_go_with_the_task(
    drafted: Sample,
) -> None:
    plan = await drafted.the_plan()
    async with await drafted.issuer() as http:
        task = (await http.get(f"/v1/plans/{plan.id}/tasks?ordinal=3.3")).json()["items"][0]
        made = (await http.post(f"/v1/tasks/{task['id']}/indicators", json=BODY)).json()
        async with await drafted.coordinator() as other:
            hidden = await other.get(f"/v1/indicators/{made['id']}")
            refused = await other.post(f"/v1/tasks/{task['id']}/indicators", json=BODY)
        removed = await http.delete(f"/v1/tasks/{task['id']}")
        gone = await http.get(f"/v1/indicators/{made['id']}")

    answers = [hidden, refused, removed, gone]
    assert [one.status_code for one in answers] == [404, 404, 204, 404]


async def test_what_was_reached_is_kept_number_by_number(
    issued: Sample, indicator: dict[str, Any]
) -> None:
    with time_machine.travel("2025-02-01T02:00:00Z"):
        first = (await report(issued, indicator, "2024", "2.10")).json()
        again = (await report(issued, indicator, "2024", "2.1")).json()
    with time_machine.travel("2025-03-01T02:00:00Z"):
        corrected = (await report(issued, indicator, "2024", "3", note="Đếm lại.")).json()
        await report(issued, indicator, "2025-Q1", "0.000001")
    found = await values(issued, indicator)
    every = await values(issued, indicator, "include_corrected=true")
    before = await values(issued, indicator, "as_of=2025-02-28")

    assert (first["value"], first["number"], again) == ("2.10", 1, first)
    assert (corrected["value"], corrected["number"], corrected["note"]) == ("3", 2, "Đếm lại.")
    assert [one["value"] for one in found["items"]] == ["3", "0.000001"]
    assert found["total"] == {"numerator": "3.000001", "base": "12", "percent": "25.00"}
    assert [one["value"] for one in every["items"]] == ["2.10", "3", "0.000001"]
    assert every["total"] == found["total"]
    assert [one["value"] for one in before["items"]] == ["2.10"]
    assert before["total"]["numerator"] == "2.10"
    entries, _ = await issued.noted("indicator", indicator["id"])
    assert sorted(entry.action for entry in entries) == ["defined", *["value_reported"] * 3]
    await work_as(issued.session, None)
    with pytest.raises(IntegrityError):
        async with issued.session.begin_nested():
            await issued.session.exec(sa.delete(IndicatorValue))


async def test_targets_are_those_of_the_day_and_of_the_period(issued: Sample) -> None:
    with time_machine.travel("2024-06-01T02:00:00Z"):
        async with await issued.coordinator() as http:
            indicator = (await define(issued, http)).json()
    await report(issued, indicator, "2025-Q1", "1")
    await report(issued, indicator, "2025-Q2", "2")
    async with await issued.coordinator() as http:
        targets = [{"period": "2025", "value": "6"}]
        await http.patch(f"/v1/indicators/{indicator['id']}", json={"targets": targets})

    of_year = await values(issued, indicator, "period=2025")
    of_quarter = await values(issued, indicator, "period=2025-Q2")
    then = await values(issued, indicator, "period=2025&as_of=2024-12-31")

    assert of_year["total"] == {"numerator": "3", "base": "6", "percent": "50.00"}
    assert of_quarter["total"] == {"numerator": "2", "base": None, "percent": None}
    assert then["total"] == {"numerator": "0", "base": "4.5", "percent": "0.00"}


async def test_a_longer_periods_value_stands_for_those_within_it(
    issued: Sample, indicator: dict[str, Any]
) -> None:
    for period, value in (("2025-01", "1"), ("2025-02", "2"), ("2025-Q3", "4"), ("2024", "8")):
        await report(issued, indicator, period, value)
    apart = await values(issued, indicator, "limit=1")
    await report(issued, indicator, "2025-H1", "16")
    half = await values(issued, indicator)
    await report(issued, indicator, "2025", "32")
    year = await values(issued, indicator, "agency=SNGV")
    nobody = await values(issued, indicator, "agency=SCT")

    # The sum is that of all pages.
    assert (apart["total"]["numerator"], len(apart["items"])) == ("15", 1)
    assert half["total"]["numerator"] == "28"
    assert year["total"]["numerator"] == "40"
    assert nobody["total"]["numerator"] == "0"
    periods = [one["period"] for one in year["items"]]
    assert periods == ["2024", "2025-01", "2025-H1", "2025", "2025-02", "2025-Q3"]


async def test_who_does_not_owe_the_task_reports_nothing_on_it(
    issued: Sample, indicator: dict[str, Any]
) -> None:
    other = await issued.assignment(FOREIGN_AFFAIRS, "2.2", "2024")
    url = f"/v1/assignments/{other.id}/indicator-values/{indicator['id']}/2024"
    async with await issued.reporter(FOREIGN_AFFAIRS) as http:
        of_other_task = await http.put(url, json={"value": "1"})
    async with await issued.coordinator() as http:
        without_role = await http.put(url, json={"value": "1"})
    stranger = await report(issued, indicator, "2024", "1", agency=INDUSTRY_AND_TRADE)

    assert [one.status_code for one in (of_other_task, without_role, stranger)] == [404, 403, 403]


@pytest.mark.parametrize("value", [1.5, 1, "1e3", "", "1,5", "0.1234567", "1" * 16, "NaN", None])
async def test_a_value_that_is_no_exact_decimal_is_refused(
    issued: Sample, indicator: dict[str, Any], value: Any
) -> None:
    answer = await report(issued, indicator, "2024", value)

    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "#/value")


async def test_what_cannot_be_reported_any_more_or_yet_is_refused(
    issued: Sample, indicator: dict[str, Any]
) -> None:
    async def refused() -> str:
        code: str = (await report(issued, indicator, "2024", "7")).json()["code"]
        return code

    assignment = await issued.assignment(FOREIGN_AFFAIRS, "3.3", "once")
    with time_machine.travel("2024-12-31T02:00:00Z"):
        early = await report(issued, indicator, "2025-01", "1")
    assignment.status = AssignmentStatus.SUSPENDED
    await issued.session.commit()
    suspended = await refused()
    assignment.status = AssignmentStatus.IN_PROGRESS
    await issued.session.commit()
    async with await issued.issuer() as http:
        renamed = {"name": "Số học viên"}
        await report(issued, indicator, "2024", "6")
        kept = await http.patch(f"/v1/indicators/{indicator['id']}", json=renamed)
        url = f"/v1/indicators/{indicator['id']}"
        twice = {"targets": [{"value": "1"}, {"value": "2"}]}
        repeated = await http.patch(url, json=twice)
        await http.post(f"{url}/end", json=REASON)
        ended = [await http.patch(url, json=renamed), await http.post(f"{url}/end", json=REASON)]
        too_late = await refused()
        await http.post(f"/v1/plans/{indicator['plan_id']}/close", json=CLOSING)
        closed = await define(issued, http)

    assert early.json()["errors"][0]["pointer"] == "{period}"
    assert (suspended, too_late) == ("assignment_not_open", "indicator_ended")
    assert (kept.status_code, kept.json()["code"]) == (409, "conflict")
    assert repeated.json()["errors"][0]["pointer"] == "#/targets/1/period"
    assert [one.json()["code"] for one in ended] == ["indicator_ended"] * 2
    assert closed.json()["code"] == "wrong_plan_state"
    # The same again is answered as it stands, however late.
    assert (await report(issued, indicator, "2024", "6")).status_code == 200


money = st.decimals(min_value=0, max_value=10**15, places=6)


@given(money, money)
def test_a_percentage_is_exact_and_rounded_half_up(total: Decimal, target: Decimal) -> None:
    found = achievement(total, target)

    assert Decimal(found["numerator"]) == total
    if target == 0:
        assert found["percent"] is None
    else:
        hundredths = int(Fraction(total) * 10_000 / Fraction(target) + Fraction(1, 2))
        assert Decimal(found["percent"]) == Decimal(hundredths) / 100


@given(
    st.integers(1900, 2200),
    st.sampled_from([Frequency.YEAR, Frequency.HALF_YEAR, Frequency.QUARTER, Frequency.MONTH]),
)
def test_the_months_of_a_years_periods_follow_one_another(year: int, frequency: Frequency) -> None:
    rules = RegimeRules(frequency, DataWindow.CALENDAR, DEFAULT.due_month_offset, DEFAULT.due_day)
    found = [months_of(period.id) for period in windows_of_year(rules, year)]

    months = [month for first, last in found for month in range(first, last + 1)]
    assert months == list(range(year * 12, year * 12 + 12))
