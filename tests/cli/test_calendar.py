from collections.abc import Iterator

import pytest

from tests.support.commands import Terminal, terminal


@pytest.fixture(scope="module")
def tiendo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Terminal]:
    """Commands on a database of their own."""
    with terminal(tmp_path_factory.mktemp("secrets")) as tiendo:
        yield tiendo


def test_seeding_again_enters_nothing_and_overwrites_nothing(tiendo: Terminal) -> None:
    first = tiendo.run("calendar", "seed", "--from-year", "2024", "--to-year", "2026")
    days = tiendo.rows("select day, kind, xmin::text from calendar_day order by day")
    again = tiendo.run("calendar", "seed", "--from-year", "2024", "--to-year", "2026")

    assert (first.code, again.code) == (0, 0)
    assert first.stdout == f"2024–2026: {len(days)} ngày mới / days entered\n"
    assert again.stdout == "2024–2026: 0 ngày mới / days entered\n"
    assert tiendo.rows("select day, kind, xmin::text from calendar_day order by day") == days
    assert {day.year for day, _, _ in days} == {2024, 2025, 2026}


def test_years_the_wrong_way_round_are_refused(tiendo: Terminal) -> None:
    assert tiendo.run("calendar", "seed", "--from-year", "2027", "--to-year", "2026").code == 2
