"""The sample that a local run starts with: a plan in full life, the same on every machine."""

import asyncio
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa
from sqlmodel.ext.asyncio.session import AsyncSession

from app.cli.report import add_up
from app.cli.sample_life import MADE_UP
from app.cli.sample_story import SYSTEM, find_plan
from app.domain.consolidated_reports.content import Attention, ReportContent
from app.home.folder import Home
from tests.support import databases
from tests.support.homes import used_home
from tests.support.sample import fill

COUNTED = sa.text("""
select u.period, u.status, t.received_on > u.due_on, t.content ->> 'results', c.client_id
  from submission u join submission_attempt t on t.submission_id = u.id and t.number = u.attempts
  join client c on c.id = t.client_id
""")

# The numbers of the following up: entered from paper after the day of receipt, corrected, extended.
FOLLOWED_UP = sa.text("""
select
  (select count(*) from submission_attempt
    where entered_by_id is not null and received_on < submitted_at::date),
  (select count(*) from submission_attempt t join submission_review r on r.attempt_id = t.id
    where t.content ? 'correction_reason' and r.decision = 'accepted'),
  (select count(distinct state) from extension)
""")
# The numbers of whole years: agencies' own reports, values of indicators, grades, answered remarks.
OF_YEARS = sa.text("""
select (select count(*) from agency_report where status = 'accepted'),
  (select count(distinct (indicator_id, period)) from indicator_value),
  (select count(distinct year) from rating), (select count(*) from remark where answer is not null)
""")


@dataclass(slots=True)
class Told:
    """The rows that the story left behind, and the report of its second year."""

    made: list[str]
    rows: Sequence[Any]
    of_years: Sequence[int]
    followed_up: Sequence[int]
    report: ReportContent


@pytest.fixture(scope="module")
def told() -> Told:
    """The whole story, as the first start of this test run has told it."""
    found: list[Told] = []

    async def look(session: AsyncSession) -> None:
        connection = await session.connection()
        plan = await find_plan(session)
        assert plan is not None
        found.append(
            Told(
                [one["client_id"] for one in json.loads(made)],
                (await connection.execute(COUNTED)).all(),
                (await connection.execute(OF_YEARS)).one(),
                (await connection.execute(FOLLOWED_UP)).one(),
                await add_up(session, plan, "2025", date(2026, 1, 23), due_soon_days=30),
            )
        )

    with used_home() as home, databases.new_cluster(home) as url:
        made = Home(home).sample_clients.read_text()
        asyncio.run(fill(url.replace("postgresql://", "postgresql+asyncpg://", 1), look))
    return found[0]


def test_the_sample_is_in_full_life(told: Told) -> None:
    by_system = [row for row in told.rows if row[4] == SYSTEM]
    statuses = Counter(status for _, status, *_ in by_system)
    assert told.made[-1] == SYSTEM
    assert len(told.rows) > 500
    assert {period for period, *_ in by_system} >= {"2024", "2025"}
    assert all(row[3].endswith(MADE_UP) for row in by_system)
    assert {"accepted", "returned", "submitted"} <= statuses.keys()
    assert statuses["accepted"] > len(by_system) * 0.8
    assert 0 < sum(row[2] for row in by_system) < len(by_system) / 2
    reports, values, rated, remarks = told.of_years
    assert reports >= 12
    assert (values, rated, remarks) == (4, 2, 2)


def test_it_was_followed_up(told: Told) -> None:
    on_paper, corrected, extension_states = told.followed_up
    assert on_paper > 30
    assert corrected >= 10
    # Approved, refused, pending.
    assert extension_states >= 3


def test_each_list_of_its_report_has_rows(told: Told) -> None:
    report = told.report
    lists = {name: getattr(report.attention, name) for name in Attention.model_fields}
    lists |= {
        name: getattr(report, name)
        for name in ("indicators", "assessments", "proposals", "next_year", "evidence")
    }
    of_agencies = {
        name
        for one in report.reporting
        for name in ("filed", "not_filed", "waiting", "returned", "reminded", "extended", "grade")
        if getattr(one, name)
    }
    assert [name for name, rows in lists.items() if not rows] == []
    assert len(of_agencies) == 7
    assert {one.answer is None for one in report.attention.remarks} == {True, False}
    assert any(one.new_day and one.reason for one in report.attention.overdue)
