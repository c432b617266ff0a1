"""A plan whose regime changes again and again while years pass: what is past, or begun, stays."""

import itertools
import random
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.principal import Principal, Role
from app.domain.acts import PersonalAct
from app.domain.regimes import regimes
from app.domain.regimes.calendar_days import DayEntry, SeededDay, seed_days
from app.domain.regimes.fields import default_regime
from app.domain.submissions.expect import expect_submissions
from app.models import CalendarDayKind, Submission, SubmissionStatus
from tests.support.factories import make_agency, make_client
from tests.support.factories_plans import make_assignment, make_plan, make_task
from tests.support.submission_drafts import draft_of, write_draft

DAY = timedelta(days=1)
CHANGES = 12
CHOICES: list[dict[str, Any]] = [
    {"preset": "decree_09_year"},
    {"preset": "decree_09_quarter", "due_is_strict": True},
    {"preset": "decree_09_month", "due_roll": "next_working_day"},
    {"preset": "calendar_half_year"},
    {"preset": "calendar_quarter"},
    {"preset": "calendar_month"},
    {"preset": "external_information_year"},
    {"frequency": "own", "window_starts": ["02-01", "06-10", "10-05"], "due_month_offset": 1},
]


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 5, tzinfo=UTC)


def years(first: int, last: int) -> list[SeededDay]:
    """A calendar that knows these years and little of them."""
    said = DayEntry(CalendarDayKind.HOLIDAY, "Tết Dương lịch", None)
    return [SeededDay(date(year, 1, 1), said) for year in range(first, last + 1)]


async def reports(session: AsyncSession) -> dict[Any, Submission]:
    found = await session.exec(select(Submission).execution_options(populate_existing=True))
    return {one.id: one for one in found}


async def begin_some(session: AsyncSession, chance: random.Random) -> set[Any]:
    """Draft a tenth of what is expected; answers the keys of all that has a draft."""
    for row in (await reports(session)).values():
        is_chosen = row.status == SubmissionStatus.EXPECTED and chance.random() < 0.1
        if is_chosen and await draft_of(session, row.id) is None:
            await write_draft(session, row, {"results": "…"})
    found = (await reports(session)).items()
    return {key for key, row in found if await draft_of(session, row.id)}


@pytest.mark.parametrize("seed_of_chance", range(4))
async def test_random_changes_rewrite_nothing_past_and_double_nothing(
    session: AsyncSession, seed_of_chance: int
) -> None:
    chance, today = random.Random(seed_of_chance), date(2024, 6, 3)
    agency = await make_agency(session)
    client = await make_client(session, agency, [Role.ISSUER])
    issuer = Principal(client.id, agency.id, frozenset({Role.ISSUER}))
    plan = await make_plan(session, agency)
    task = await make_task(session, plan)
    await make_assignment(session, task, agency, deadline_on=date(2030, 12, 31))
    chosen = default_regime(plan.id, date(2024, 1, 1))
    chosen.is_default = False
    session.add(chosen)
    await seed_days(session, years(2023, 2033), at=noon(today))
    for _ in range(CHANGES):
        today += chance.randrange(1, 150) * DAY
        await expect_submissions(session, plan, at=noon(today))
        begun = await begin_some(session, chance)
        before = {key: row.model_dump() for key, row in (await reports(session)).items()}
        day = today + chance.randrange(0, 300) * DAY
        given = {**chance.choice(CHOICES), "effective_from": day}

        await regimes.set_regime(PersonalAct(session, issuer, noon(today)), plan, given)

        after = await reports(session)
        for key, was in before.items():
            if key in begun or (was["data_from"] < day and not was["is_superseded"]):
                assert after[key].model_dump() == was
        live = sorted(
            (one.data_from, one.data_to, one.period)
            for one in after.values()
            if one.status != SubmissionStatus.WAIVED
        )
        assert len({(one.assignment_id, one.period) for one in after.values()}) == len(after)
        drafts = {one.period for key, one in after.items() if key in begun}
        for earlier, later in itertools.pairwise(live):
            # A submission that was begun stays though another layout may have other days for it.
            if not {earlier[2], later[2]} & drafts:
                assert later[0] == earlier[1] + DAY
