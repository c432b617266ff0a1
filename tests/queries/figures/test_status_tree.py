"""The tree of statuses in SQL: whatever the states are, every count adds up."""

import json
import random
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa
from sqlmodel.ext.asyncio.session import AsyncSession

from app.models import AssignmentStatus as S
from app.queries.figures.status_tree import COUNTS, JUDGED, STOCKS, SUMS, TREE
from app.queries.figures.timeliness import timeliness
from tests.support.slow_statistics import slow_tree

DAY = date(2024, 12, 31)
OPEN = (S.NOT_STARTED, S.IN_PROGRESS, S.AWAITING_CONFIRMATION)
OTHER = (S.SUSPENDED, S.REVOKED, S.NOT_APPLICABLE)
CALLED_OFF = (*OTHER[1:], S.ENDED_WITH_TASK, S.CARRIED_OVER, S.UNFINISHED_AT_CLOSE)
# A merged assignment has no day of its own; a split one is counted by its parts.
STATUSES = [status for status in S if status not in (S.MERGED, S.SPLIT)]
SEEDS = pytest.mark.parametrize("seed", range(5))


@dataclass
class Held:
    """The state of an assignment."""

    status: S
    deadline_on: date | None = None
    original_deadline_on: date | None = None
    reported_on: date | None = None
    completed_on: date | None = None
    awaits_handover: bool = False
    starts_on: date = date(2024, 1, 1)


def held(dice: random.Random) -> Held:
    """Anything that can hold of an assignment, with days around `DAY`."""
    status = dice.choice(STATUSES)
    near = DAY + timedelta(dice.randint(-70, 70))
    return Held(
        status=status,
        deadline_on=some_day(dice),
        original_deadline_on=some_day(dice),
        reported_on=near if status in (S.AWAITING_CONFIRMATION, S.COMPLETED) else some_day(dice),
        completed_on=near if status == S.COMPLETED else None,
        awaits_handover=status in (*OPEN, S.SUSPENDED) and dice.random() < 0.5,
        starts_on=DAY + timedelta(dice.choice([-100, -100, -1, 0, 1])),
    )


def some_day(dice: random.Random) -> date | None:
    # Often the same few days, so that a deadline is the day itself or one of its neighbours.
    edges = [-366, -365, -31, -30, -8, -7, -1, 0, 1, 30, 31]
    days = dice.choice([dice.randint(-400, 70), dice.choice(edges)])
    return None if dice.random() < 0.2 else DAY + timedelta(days)


def many_lists(seed: int) -> list[list[Held]]:
    """Forty lists of states, short and long, the empty one among them."""
    dice = random.Random(seed)
    return [[held(dice) for _ in range(dice.choice([0, 1, 2, 5, 30]))] for _ in range(40)]


ROWS = """
  from jsonb_array_elements(cast(:lists as jsonb)) with ordinality one (list, number)
  cross join lateral jsonb_to_recordset(list) as s (status text, deadline_on date,
    original_deadline_on date, reported_on date, completed_on date, awaits_handover boolean,
    starts_on date)"""
TREES = sa.text(f"""
select {TREE} from (
  select number, {SUMS} from (
    select number, {COUNTS} from (select number, {JUDGED} {ROWS}) judged group by number
    union all
    select number, {", ".join("0" for _ in STOCKS)} from generate_series(1, :lists_given) number
  ) counted group by number
) counted order by number
""")
STANDING = sa.text(f"select {timeliness('s')} {ROWS}")
OF_NUMBERS = sa.text(f"""
select {TREE} from jsonb_to_recordset(cast(:numbers as jsonb))
  as counted ({", ".join(f"{name} integer" for name in STOCKS)})
""")


async def trees(
    session: AsyncSession, lists: Sequence[Sequence[Held]], *, soon: int = 30
) -> list[dict[str, Any]]:
    """The tree of each of these lists."""
    given = json.dumps([[asdict(row) for row in rows] for rows in lists], default=str)
    parameters = {"lists": given, "lists_given": len(lists), "today": DAY, "due_soon_days": soon}
    parameters["deadline"] = "both"
    result = await (await session.connection()).execute(TREES, parameters)
    return [json.loads(text) for text in result.scalars()]


async def tree(session: AsyncSession, rows: Sequence[Held]) -> dict[str, Any]:
    [found] = await trees(session, [rows])
    return found


async def trees_of_numbers(
    session: AsyncSession, numbers: Sequence[dict[str, int]]
) -> list[dict[str, Any]]:
    """The tree by the current deadline of each of these counts; others are nought."""
    nought = dict.fromkeys(STOCKS, 0)
    parameters = {
        "numbers": json.dumps([nought | one for one in numbers]),
        "deadline": "current",
    }
    result = await (await session.connection()).execute(OF_NUMBERS, parameters)
    return [json.loads(text)["by_current_deadline"] for text in result.scalars()]


async def standing(session: AsyncSession, row: Held, *, soon: int = 30) -> Any:
    parameters = {
        "lists": json.dumps([[asdict(row)]], default=str),
        "today": DAY,
        "due_soon_days": soon,
    }
    return (await (await session.connection()).execute(STANDING, parameters)).scalar_one()


@SEEDS
async def test_the_tree_is_what_a_slow_loop_counts(session: AsyncSession, seed: int) -> None:
    lists, soon = many_lists(seed), 15 * seed

    found = await trees(session, lists, soon=soon)

    assert [slow_tree(rows, DAY, soon) for rows in lists] == found


@SEEDS
async def test_every_count_adds_up(session: AsyncSession, seed: int) -> None:
    lists = many_lists(seed)

    for rows, both in zip(lists, await trees(session, lists), strict=True):
        for found in both.values():
            done, undone, other = found["completed"], found["not_completed"], found["other"]
            parts = done["total"] + undone["total"] + other["total"] + found["awaiting_handover"]
            parts += found["ended_with_task"] + found["at_close"]["total"]
            never = [row for row in rows if row.status in CALLED_OFF and row.starts_on > DAY]
            assert found["total"] == parts == len(rows) - len(never) - found["upcoming"]
            reported = undone["awaiting_confirmation"]["total"]
            assert undone["total"] == undone["not_started"] + undone["in_progress"] + reported
            leaves = (undone["in_time"], undone["overdue"], undone["awaiting_confirmation"])
            assert undone["total"] == sum(node["total"] for node in leaves)
            for node in (done, other, found["at_close"], *leaves):
                assert node["total"] == sum(node.values()) - node["total"]
                assert min(node.values()) >= 0


@SEEDS
async def test_rates_come_with_what_they_are_made_of(session: AsyncSession, seed: int) -> None:
    for both in await trees(session, many_lists(seed)):
        for found in both.values():
            done, undone, rates = found["completed"], found["not_completed"], found["rates"]
            due = done["total"] + undone["overdue"]["total"]
            due += undone["awaiting_confirmation"]["late"]
            every = done["total"] + undone["total"] + found["at_close"]["unfinished"]
            made_of = {name: (rate["numerator"], rate["base"]) for name, rate in rates.items()}
            assert made_of == {
                "completed_of_due": (done["total"], due),
                "on_time_of_completed": (done["total"] - done["late"], done["total"]),
                "completed_of_total": (done["total"], every),
            }
            for rate in rates.values():
                assert (rate["percent"] is None) == (rate["base"] == 0)
                assert rate["percent"] is None or 0 <= rate["percent"] <= 100


@SEEDS
async def test_both_deadlines_see_the_same_statuses(session: AsyncSession, seed: int) -> None:
    for both in await trees(session, many_lists(seed)):
        current, original = both["by_current_deadline"], both["by_original_deadline"]
        assert current["total"] == original["total"]
        assert current["completed"]["total"] == original["completed"]["total"]
        assert current["other"] == original["other"]
        for name in ("not_started", "in_progress"):
            assert current["not_completed"][name] == original["not_completed"][name]
        one, other = (tree["not_completed"]["awaiting_confirmation"] for tree in both.values())
        assert one["total"] == other["total"]


def counts(found: dict[str, Any]) -> dict[str, int]:
    """The numbers of a tree by their path, without its rates."""
    numbers: dict[str, int] = {}
    for name, value in found.items():
        if isinstance(value, dict) and name != "rates":
            numbers |= {f"{name}.{inner}": number for inner, number in counts(value).items()}
        elif name != "rates":
            numbers[name] = value
    return numbers


@SEEDS
async def test_counts_of_parts_add_up_to_the_counts_of_the_whole(
    session: AsyncSession, seed: int
) -> None:
    lists = many_lists(seed)
    some, others = lists[::2], lists[1::2]
    whole = [one + other for one, other in zip(some, others, strict=True)]

    found = await trees(session, [*some, *others, *whole])

    parts = [counts(one) for one in found]
    added = zip(parts[: len(some)], parts[len(some) : 2 * len(some)], strict=True)
    assert [{n: one[n] + other[n] for n in one} for one, other in added] == parts[2 * len(some) :]


@pytest.mark.parametrize(
    ("days", "expected"),
    [(-1, "overdue"), (0, "due_soon"), (30, "due_soon"), (31, "in_time")],
)
async def test_a_deadline_day_is_in_time_until_it_ends(
    session: AsyncSession, days: int, expected: str
) -> None:
    row = Held(S.IN_PROGRESS, deadline_on=DAY + timedelta(days))

    assert expected == await standing(session, row)


async def test_with_no_days_of_notice_only_the_deadline_day_itself_is_near(
    session: AsyncSession,
) -> None:
    today = Held(S.NOT_STARTED, deadline_on=DAY)
    tomorrow = Held(S.NOT_STARTED, deadline_on=DAY + timedelta(1))

    assert await standing(session, today, soon=0) == "due_soon"
    assert await standing(session, tomorrow, soon=0) == "in_time"


@pytest.mark.parametrize(
    ("days", "step"),
    [
        (1, "up_to_7_days"),
        (7, "up_to_7_days"),
        (8, "from_8_to_30_days"),
        (30, "from_8_to_30_days"),
        (31, "from_31_to_365_days"),
        (365, "from_31_to_365_days"),
        (366, "more_than_365_days"),
    ],
)
async def test_what_is_overdue_is_shown_in_four_steps(
    session: AsyncSession, days: int, step: str
) -> None:
    row = Held(S.IN_PROGRESS, deadline_on=DAY - timedelta(days), starts_on=date.min)

    overdue = (await tree(session, [row]))["by_current_deadline"]["not_completed"]["overdue"]

    assert overdue == dict.fromkeys(overdue, 0) | {"total": 1, step: 1}


async def test_what_has_not_begun_is_upcoming_and_in_no_total(session: AsyncSession) -> None:
    rows = [
        Held(S.NOT_STARTED, deadline_on=DAY, starts_on=DAY + timedelta(1)),
        Held(S.REVOKED, starts_on=DAY + timedelta(1)),
        Held(S.NOT_STARTED, deadline_on=DAY, starts_on=DAY),
    ]

    found = (await tree(session, rows))["by_current_deadline"]

    assert (found["total"], found["upcoming"], found["other"]["revoked"]) == (1, 1, 0)


async def test_the_tree_by_the_original_deadline_is_left_out_unless_asked_for(
    session: AsyncSession,
) -> None:
    nought = json.dumps([dict.fromkeys(STOCKS, 0)])
    connection = await session.connection()
    asked = {}
    for deadline in ("current", "both"):
        given = {"numbers": nought, "deadline": deadline}
        found = json.loads((await connection.execute(OF_NUMBERS, given)).scalar_one())
        asked[deadline] = [name for name, one in found.items() if one is not None]

    assert asked == {
        "current": ["by_current_deadline"],
        "both": ["by_current_deadline", "by_original_deadline"],
    }


async def test_a_slow_confirmer_makes_nobody_late(session: AsyncSession) -> None:
    deadline = DAY - timedelta(60)
    filed_in_time = Held(S.AWAITING_CONFIRMATION, deadline_on=deadline, reported_on=deadline)
    filed_late = Held(
        S.AWAITING_CONFIRMATION, deadline_on=deadline, reported_on=deadline + timedelta(1)
    )

    assert await standing(session, filed_in_time) == "reported_on_time"
    assert await standing(session, filed_late) == "reported_late"


async def test_what_was_filed_on_the_deadline_day_is_completed_in_time(
    session: AsyncSession,
) -> None:
    in_time = Held(S.COMPLETED, deadline_on=DAY, completed_on=DAY)
    late = Held(S.COMPLETED, deadline_on=DAY, completed_on=DAY + timedelta(1))

    assert await standing(session, in_time) == "on_time"
    assert await standing(session, late) == "late"


@pytest.mark.parametrize("status", OTHER)
async def test_what_is_suspended_revoked_or_not_applicable_is_in_no_denominator(
    session: AsyncSession, status: S
) -> None:
    rows = [Held(status, deadline_on=DAY - timedelta(90))]

    found = (await tree(session, rows))["by_current_deadline"]

    assert found["total"] == found["other"]["total"] == found["other"][status.value] == 1
    assert {rate["base"] for rate in found["rates"].values()} == {0}


async def test_an_extension_shows_only_by_the_current_deadline(session: AsyncSession) -> None:
    row = Held(
        S.IN_PROGRESS,
        deadline_on=DAY + timedelta(60),
        original_deadline_on=DAY - timedelta(1),
    )

    found = await tree(session, [row])

    assert found["by_current_deadline"]["not_completed"]["in_time"]["total"] == 1
    assert found["by_original_deadline"]["not_completed"]["overdue"]["total"] == 1


async def test_the_rate_of_the_government_office_in_2017_is_reproduced(
    session: AsyncSession,
) -> None:
    numbers = {
        "completed": 16_051, "current_on_time": 14_068, "current_late": 1_983,
        "in_progress": 5_863, "current_overdue_7": 223,
    }  # fmt: skip

    [found] = await trees_of_numbers(session, [numbers])

    rate = found["rates"]["completed_of_due"]
    assert rate == {"numerator": 16_051, "base": 16_274, "percent": 98.63}


async def test_the_rate_of_binh_dinh_in_2022_is_reproduced(session: AsyncSession) -> None:
    numbers = {
        "completed": 1_160, "current_on_time": 506, "current_late": 146,
        "current_completed_no_deadline": 508, "in_progress": 227, "current_overdue_30": 9,
        "current_overdue_365": 7, "current_no_deadline": 123,
    }  # fmt: skip

    [found] = await trees_of_numbers(session, [numbers])

    assert found["total"] == 1_387
    assert found["not_completed"]["in_time"]["total"] == 211
    rate = found["rates"]["on_time_of_completed"]
    assert rate == {"numerator": 1_014, "base": 1_160, "percent": 87.41}


async def test_percent_is_rounded_half_up(session: AsyncSession) -> None:
    dice = random.Random(1)
    # 1 of 800 is 0.125 %: what lies in the middle is rounded up.
    cases = [(1, 799), (3, 797), (0, 1), *((dice.randint(0, 5_000), dice.randint(1, 5_000))
             for _ in range(200))]  # fmt: skip
    numbers = [
        {"completed": done, "in_progress": late, "current_overdue_7": late} for done, late in cases
    ]

    found = await trees_of_numbers(session, numbers)

    assert len(found) == len(cases)
    for (done, late), one in zip(cases, found, strict=True):
        whole = done + late
        hundredths = (20_000 * done + whole) // (2 * whole)
        percent = one["rates"]["completed_of_due"]["percent"]
        assert Decimal(hundredths) / 100 == Decimal(str(percent))
