"""The tree of statuses: whatever the states are, every count adds up."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.figures import statistics as domain
from app.models import AssignmentStatus as S
from tests.support.slow_statistics import slow_tree

DAY = date(2024, 12, 31)


@dataclass
class Held:
    """What held of an assignment."""

    status: S
    deadline_on: date | None = None
    original_deadline_on: date | None = None
    reported_on: date | None = None
    completed_on: date | None = None
    awaits_handover: bool = False


# What was merged holds no day of its own.
STATUSES = [status for status in S if status != S.MERGED]
near = st.integers(-70, 70).map(lambda days: DAY + timedelta(days))
some_day = st.none() | near


@st.composite
def held(draw: st.DrawFn) -> Held:
    status = draw(st.sampled_from(STATUSES))
    is_reported = status in (S.AWAITING_CONFIRMATION, S.COMPLETED)
    return Held(
        status=status,
        deadline_on=draw(some_day),
        original_deadline_on=draw(some_day),
        reported_on=draw(near if is_reported else some_day),
        completed_on=draw(near) if status == S.COMPLETED else None,
        awaits_handover=status in (*domain.OPEN, S.SUSPENDED) and draw(st.booleans()),
    )


states = st.lists(held(), max_size=30)


def tree(rows: list[Held], *, day: date = DAY, soon: int = 30) -> dict[str, Any]:
    return domain.tree(domain.count(rows, day=day, due_soon_days=soon))


def standing(row: Held, *, day: date = DAY, soon: int = 30) -> str | None:
    return domain.timeliness(row, row.deadline_on, day=day, due_soon_days=soon)


@given(states, st.integers(0, 60))
def test_the_tree_is_what_a_slow_loop_counts(rows: list[Held], soon: int) -> None:
    assert slow_tree(rows, DAY, soon) == tree(rows, soon=soon)


@given(states)
def test_every_count_adds_up(rows: list[Held]) -> None:
    for found in tree(rows).values():
        done, undone, other = found["completed"], found["not_completed"], found["other"]

        parts = done["total"] + undone["total"] + other["total"] + found["awaiting_handover"]
        assert found["total"] == len(rows) == parts
        assert done["total"] == done["on_time"] + done["late"] + done["no_deadline"]
        assert undone["total"] == undone["in_time"]["total"] + undone["overdue"]["total"]
        assert undone["total"] == sum(undone[status.value] for status in domain.OPEN)
        assert other["total"] == sum(other[status.value] for status in domain.OTHER)


@given(states)
def test_a_part_is_never_more_than_the_whole(rows: list[Held]) -> None:
    for found in tree(rows).values():
        in_time, overdue = found["not_completed"]["in_time"], found["not_completed"]["overdue"]

        assert in_time["due_soon"] + in_time["no_deadline"] <= in_time["total"]
        assert overdue["more_than_30_days"] <= overdue["total"]


@given(states)
def test_rates_come_with_what_they_are_made_of(rows: list[Held]) -> None:
    for found in tree(rows).values():
        done, undone, rates = found["completed"], found["not_completed"], found["rates"]

        made_of = {name: (rate["numerator"], rate["base"]) for name, rate in rates.items()}
        assert made_of == {
            "completed_of_due": (done["total"], done["total"] + undone["overdue"]["total"]),
            "on_time_of_completed": (done["total"] - done["late"], done["total"]),
            "completed_of_total": (done["total"], done["total"] + undone["total"]),
        }
        for rate in rates.values():
            assert (rate["percent"] is None) == (rate["base"] == 0)
            assert rate["percent"] is None or 0 <= rate["percent"] <= 100


@given(states)
def test_both_deadlines_see_the_same_statuses(rows: list[Held]) -> None:
    current, original = tree(rows).values()

    assert current["total"] == original["total"]
    assert current["completed"]["total"] == original["completed"]["total"]
    assert current["other"] == original["other"]
    for status in domain.OPEN:
        name = status.value
        assert current["not_completed"][name] == original["not_completed"][name]


@given(states, states)
def test_counts_of_parts_add_up_to_the_counts_of_the_whole(
    some: list[Held], others: list[Held]
) -> None:
    def counted(rows: list[Held]) -> domain.Statistics:
        return domain.count(rows, day=DAY, due_soon_days=30)

    assert counted(some) + counted(others) == counted(some + others)


@pytest.mark.parametrize(
    ("days", "expected"),
    [(-1, "overdue"), (0, "due_soon"), (30, "due_soon"), (31, "in_time")],
)
def test_a_deadline_day_is_in_time_until_it_ends(days: int, expected: str) -> None:
    row = Held(S.IN_PROGRESS, deadline_on=DAY + timedelta(days))

    assert expected == standing(row)


def test_with_no_days_of_notice_only_the_deadline_day_itself_is_near() -> None:
    assert standing(Held(S.NOT_STARTED, deadline_on=DAY), soon=0) == "due_soon"
    assert standing(Held(S.NOT_STARTED, deadline_on=DAY + timedelta(1)), soon=0) == "in_time"


@pytest.mark.parametrize(("days", "long"), [(30, 0), (31, 1)])
def test_what_is_overdue_for_more_than_thirty_days_is_shown_apart(days: int, long: int) -> None:
    row = Held(S.IN_PROGRESS, deadline_on=DAY - timedelta(days))

    overdue = tree([row])["by_current_deadline"]["not_completed"]["overdue"]

    assert overdue == {"total": 1, "more_than_30_days": long}


def test_a_slow_confirmer_makes_nobody_late() -> None:
    deadline = DAY - timedelta(60)
    filed_in_time = Held(S.AWAITING_CONFIRMATION, deadline_on=deadline, reported_on=deadline)
    filed_late = Held(
        S.AWAITING_CONFIRMATION, deadline_on=deadline, reported_on=deadline + timedelta(1)
    )

    assert standing(filed_in_time) == "due_soon"
    assert standing(filed_late) == "overdue"


def test_what_was_filed_on_the_deadline_day_is_completed_in_time() -> None:
    assert standing(Held(S.COMPLETED, deadline_on=DAY, completed_on=DAY)) == "on_time"
    late = Held(S.COMPLETED, deadline_on=DAY, completed_on=DAY + timedelta(1))
    assert standing(late) == "late"


@pytest.mark.parametrize("status", domain.OTHER)
def test_what_is_suspended_revoked_or_not_applicable_is_in_no_denominator(status: S) -> None:
    found = tree([Held(status, deadline_on=DAY - timedelta(90))])["by_current_deadline"]

    assert found["total"] == found["other"]["total"] == found["other"][status.value] == 1
    assert {rate["base"] for rate in found["rates"].values()} == {0}


def test_an_extension_shows_only_by_the_current_deadline() -> None:
    row = Held(
        S.IN_PROGRESS,
        deadline_on=DAY + timedelta(60),
        original_deadline_on=DAY - timedelta(1),
    )

    found = tree([row])

    assert found["by_current_deadline"]["not_completed"]["in_time"]["total"] == 1
    assert found["by_original_deadline"]["not_completed"]["overdue"]["total"] == 1


def test_the_rate_of_the_government_office_in_2017_is_reproduced() -> None:
    counts = domain.Counts(on_time=14_068, late=1_983, in_progress=5_863, overdue=223)

    rate = domain.tree(domain.Statistics(counts, counts))["by_current_deadline"]["rates"]

    assert rate["completed_of_due"] == {"numerator": 16_051, "base": 16_274, "percent": 98.63}


def test_the_rate_of_binh_dinh_in_2022_is_reproduced() -> None:
    counts = domain.Counts(
        on_time=506, late=146, completed_no_deadline=508, in_progress=227, overdue=16,
        long_overdue=7, no_deadline=123,
    )  # fmt: skip

    found = domain.tree(domain.Statistics(counts, counts))["by_current_deadline"]

    assert found["total"] == 1_387
    assert found["not_completed"]["in_time"]["total"] == 211
    rate = found["rates"]["on_time_of_completed"]
    assert rate == {"numerator": 1_014, "base": 1_160, "percent": 87.41}


@given(st.integers(0, 5_000), st.integers(1, 5_000))
def test_percent_is_rounded_half_up(numerator: int, base: int) -> None:
    counts = domain.Counts(on_time=numerator, in_progress=base, overdue=base)

    rate = domain.tree(domain.Statistics(counts, counts))["by_current_deadline"]["rates"]

    whole = numerator + base
    hundredths = (20_000 * numerator + whole) // (2 * whole)
    assert Decimal(hundredths) / 100 == Decimal(str(rate["completed_of_due"]["percent"]))


def test_a_day_that_has_not_come_is_refused() -> None:
    assert domain.day_asked(None, today=DAY) == DAY
    assert domain.day_asked(DAY, today=DAY) == DAY
    with pytest.raises(domain.DayInFutureError):
        domain.day_asked(DAY + timedelta(1), today=DAY)
