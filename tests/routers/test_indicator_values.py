"""Values of indicators as they are written: with so many decimals, for periods of every kind."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.auth.principal import Role
from app.domain.evaluation.measured_periods import span_of
from app.domain.regimes.periods import RegimeRules, windows_of_year
from app.models import ReportingRegime
from tests.routers.test_indicators import define, indicator, report, values
from tests.support.regime_rules import any_rules
from tests.support.sample import Sample
from tests.support.sample_facts import COMMITTEE_OFFICE, FOREIGN_AFFAIRS

__all__ = ["indicator"]
WEEKLY: dict[str, Any] = {
    "frequency": "week",
    "data_window": "own",
    "due_kind": "working_days_after",
    "due_month_offset": 0,
    "due_day": 20,
    "week_starts_on": 4,
}
OWN: dict[str, Any] = {
    "frequency": "own",
    "data_window": "own",
    "due_month_offset": 0,
    "due_day": 20,
    "window_starts": ["12-15", "03-15", "09-15"],
    "window_year_offset": -1,
}


async def put(issued: Sample, url: str, value: str) -> tuple[int, Any]:
    async with await issued.reporter(FOREIGN_AFFAIRS) as http:
        answer = await http.put(url, json={"value": value})
    return answer.status_code, answer.json()


async def test_money_is_shown_with_its_decimals_and_refused_beyond_them(issued: Sample) -> None:
    money = {
        "name": "Kinh phí thực hiện",
        "unit": "tỷ đồng",
        "decimals": 3,
        "targets": [{"value": "12.5"}],
    }
    async with await issued.coordinator() as http:
        found = (await define(issued, http, **money)).json()
        too_fine = await define(
            issued, http, **money | {"name": "Khác", "targets": [{"value": "0.0005"}]}
        )
        fewer_before = await http.patch(f"/v1/indicators/{found['id']}", json={"decimals": 1})
        await http.patch(f"/v1/indicators/{found['id']}", json={"decimals": 3})
    filed = (await report(issued, found, "2024", "4.2")).json()
    refused = (await report(issued, found, "2025", "4.2001")).json()
    async with await issued.coordinator() as http:
        url = f"/v1/indicators/{found['id']}"
        fewer = await http.patch(url, json={"decimals": 2})
        more = (await http.patch(url, json={"decimals": 4})).json()
    plan = await issued.the_plan()
    async with await issued.coordinator() as http:
        [listed] = (await http.get(f"/v1/plans/{plan.id}/indicators")).json()["items"]
    total = (await values(issued, found))["total"]

    assert (found["decimals"], found["targets"][0]["value"]) == (3, "12.500")
    assert too_fine.json()["errors"][0]["pointer"] == "#/targets/0/value"
    assert fewer_before.status_code == 200
    assert filed["value"] == "4.200"
    assert refused["errors"][0]["code"] == "too_fine"
    assert fewer.status_code == 409
    assert (more["decimals"], more["targets"][0]["value"]) == (4, "12.5000")
    assert total == {"numerator": "4.2000", "base": "12.5000", "percent": "33.60"}
    assert (listed["decimals"], listed["total"]) == (4, total)


async def test_what_is_counted_is_a_whole_number(issued: Sample) -> None:
    async with await issued.coordinator() as http:
        found = (await define(issued, http, decimals=0, targets=[])).json()
    whole, part = [await report(issued, found, "2024", value) for value in ("3.0", "2.5")]

    assert whole.json()["value"] == "3"
    assert part.json()["errors"][0]["code"] == "too_fine"


async def test_nine_months_lie_in_their_year_and_hold_three_quarters(
    issued: Sample, indicator: dict[str, Any]
) -> None:
    for period, value in (("2024-Q1", "1"), ("2024-9M", "5"), ("2024-Q4", "2")):
        assert (await report(issued, indicator, period, value)).status_code == 200

    whole = await values(issued, indicator)
    nine = await values(issued, indicator, "period=2024-9M")

    # The first quarter lies within the nine months, the fourth does not.
    assert (whole["total"]["numerator"], nine["total"]["numerator"]) == ("7", "5")
    assert [one["period"] for one in nine["items"]] == ["2024-Q1", "2024-9M"]


@pytest.mark.parametrize(
    ("rules", "period", "other"), [(WEEKLY, "2025-W07", "2025-K01"), (OWN, "2025-K02", "2025-W07")]
)
async def test_weeks_and_windows_are_those_of_the_plans_regime(
    issued: Sample, indicator: dict[str, Any], rules: dict[str, Any], period: str, other: str
) -> None:
    unknown = (await report(issued, indicator, period, "1")).json()
    plan = await issued.the_plan()
    issued.session.add(
        ReportingRegime(
            plan_id=plan.id,
            effective_from=date(2025, 1, 1),
            coordinating_agencies_report=True,
            **rules,
        )
    )
    await issued.session.commit()

    known = (await report(issued, indicator, period, "1")).json()
    year = (await report(issued, indicator, "2025", "4")).json()
    still = (await report(issued, indicator, other, "1")).json()
    total = (await values(issued, indicator, "period=2025"))["total"]
    alone = (await values(issued, indicator, f"period={period}"))["total"]

    assert [one["errors"][0]["code"] for one in (unknown, still)] == ["no_such_period"] * 2
    assert (known["period"], known["value"], year["value"]) == (period, "1", "4")
    assert (total["numerator"], alone["numerator"]) == ("4", "1")


@pytest.mark.parametrize("period", ["0000", "0000-Q1"])
async def test_the_year_0000_has_no_period(
    issued: Sample, indicator: dict[str, Any], period: str
) -> None:
    reached = await report(issued, indicator, period, "1")
    async with await issued.by(COMMITTEE_OFFICE, Role.READER) as http:
        read = await http.get(f"/v1/indicators/{indicator['id']}/values?period={period}")

    for answer in (reached, read):
        assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "no_such_period")


@given(any_rules, st.integers(1900, 2200))
def test_every_period_of_a_regime_lies_in_its_year(rules: RegimeRules, year: int) -> None:
    whole = span_of(f"{year:04}", [])
    assert whole == (date(year, 1, 1), date(year, 12, 31))

    spans = [span_of(window.id, [rules]) for window in windows_of_year(rules, year)]

    assert all(span and whole.first <= span.first <= span.last <= whole.last for span in spans)
