"""Figures of several plans as one: every number is the sum, every rate that of the sums."""

from datetime import date
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from app.domain.consolidated_reports.sums import added, deadlines, nothing

RATES = ("completed_of_due", "on_time_of_completed", "completed_of_total")
NUMBERS = st.integers(0, 500)
TREES = st.fixed_dictionaries(
    {
        "total": NUMBERS,
        "not_completed": st.fixed_dictionaries({"total": NUMBERS, "overdue": NUMBERS}),
        "by_original_deadline": st.none(),
        "rates": st.fixed_dictionaries(
            {
                name: st.tuples(NUMBERS, NUMBERS).map(
                    lambda pair: {"numerator": min(pair), "base": max(pair), "percent": None}
                )
                for name in RATES
            }
        ),
    }
)
DAYS = st.none() | st.dates(date(2024, 1, 1), date(2024, 1, 5)).map(str)


@given(st.lists(TREES, min_size=1, max_size=4))
def test_numbers_are_sums_and_rates_are_those_of_sums(trees: list[dict[str, Any]]) -> None:
    found = added(trees)

    assert found["total"] == sum(tree["total"] for tree in trees)
    assert found["not_completed"]["overdue"] == sum(
        tree["not_completed"]["overdue"] for tree in trees
    )
    assert found["by_original_deadline"] is None
    for name in RATES:
        done = sum(tree["rates"][name]["numerator"] for tree in trees)
        base = sum(tree["rates"][name]["base"] for tree in trees)
        # Half a hundredth is rounded up, as the database does it.
        percent = (20_000 * done + base) // (2 * base) / 100 if base else None
        assert found["rates"][name] == {"numerator": done, "base": base, "percent": percent}


@given(TREES)
def test_nothing_has_the_form_and_no_number(tree: dict[str, Any]) -> None:
    assert added([tree, nothing(tree)])["not_completed"] == tree["not_completed"]
    assert nothing(tree)["rates"]["completed_of_due"] == {
        "numerator": 0,
        "base": 0,
        "percent": None,
    }


@given(st.lists(st.tuples(DAYS, DAYS, st.integers(1, 9)), max_size=4))
def test_the_next_deadline_is_the_soonest_with_all_that_fall_on_it(
    rows: list[tuple[str | None, str | None, int]],
) -> None:
    found = deadlines(
        [
            {
                "oldest_overdue_on": oldest,
                "next_deadline_on": following,
                "next_deadline_count": count if following else 0,
            }
            for oldest, following, count in rows
        ]
    )

    soonest = min((row[1] for row in rows if row[1]), default=None)
    assert found["next_deadline_on"] == soonest
    of_that_day = [count for _, following, count in rows if following and following == soonest]
    assert found["next_deadline_count"] == sum(of_that_day)
    assert found["oldest_overdue_on"] == min((row[0] for row in rows if row[0]), default=None)
