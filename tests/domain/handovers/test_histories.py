"""Whatever succeeds whom, however late it is told: nothing is lost, nothing is counted twice."""

import asyncio
import json
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from hypothesis.stateful import run_state_machine_as_test as run_machine
from sqlalchemy.ext.asyncio import create_async_engine
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.principal import Principal, Role
from app.domain.acts import Act, PersonalAct
from app.domain.handovers import decide
from app.domain.handovers.settle import settle
from app.domain.handovers.succession_items import NewSuccession, SuccessionItem
from app.domain.handovers.successions import record_succession
from app.domain.regimes.fields import default_regime
from app.errors import TrackerError
from app.models import (
    Agency,
    Assignment,
    AssignmentState,
    AssignmentStatus,
    Handover,
    HandoverState,
    SuccessionKind,
)
from app.queries.assignments.assignments import UNFINISHED
from app.queries.figures.plan import AsOf, plan_statistics_json
from app.queries.handovers import handovers as queries
from app.queries.lists import PageRequest
from tests.support import databases
from tests.support.factories import make_agency, make_client
from tests.support.factories_plans import make_assignment, make_plan, make_task

START = date(2025, 1, 1)
CODES = "ABCDEF"
codes = st.sampled_from(CODES)


class Histories(RuleBasedStateMachine):
    """Six agencies that merge, split and report, on days that go by; told in time or late."""

    url = ""

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.Runner()
        self.loop.run(self._begin())

    def teardown(self) -> None:
        self.loop.run(self._end())
        self.loop.close()

    async def _begin(self) -> None:
        self.engine = create_async_engine(self.url, poolclass=sa.NullPool)
        self.connection = await self.engine.connect()
        await self.connection.begin()
        self.session = AsyncSession(self.connection, expire_on_commit=False)
        self.today = START + timedelta(30)
        owner = await make_agency(self.session)
        client = await make_client(self.session, owner, [Role.ADMINISTRATOR])
        self.principal = Principal(client.id, owner.id, frozenset({Role.ADMINISTRATOR}))
        agencies = {code: await make_agency(self.session, code=code) for code in CODES}
        # Rows are forgotten after every step: only their ids are safe to keep.
        self.ids = [agency.id for agency in agencies.values()]
        plan = await make_plan(self.session, owner, issued_on=START)
        self.plan_id = plan.id
        self.session.add(default_regime(plan.id, START))
        for n in range(3):
            task = await make_task(self.session, plan)
            for code in CODES[n : n + 4]:
                await make_assignment(
                    self.session,
                    task,
                    agencies[code],
                    changed_on=START,
                    deadline_on=START + timedelta(45 * n),
                )

    async def _end(self) -> None:
        await self.session.close()
        await self.connection.rollback()
        await self.connection.close()
        await self.engine.dispose()

    @property
    def now(self) -> datetime:
        return datetime.combine(self.today, time(3), UTC)

    @initialize(days=st.integers(0, 60))
    def some_time_passes(self, days: int) -> None:
        self.today += timedelta(days)

    @rule(days=st.integers(1, 40))
    def days_go_by(self, days: int) -> None:
        self.today += timedelta(days)
        self.loop.run(settle(Act(self.session, None, self.now)))

    @rule(one=codes, others=st.lists(codes, max_size=2, unique=True), ago=st.integers(-20, 90))
    def one_is_succeeded(self, one: str, others: list[str], ago: int) -> None:
        self.loop.run(self._succeed([one], others, self.today - timedelta(ago)))

    @rule(ones=st.lists(codes, min_size=2, max_size=2, unique=True), other=codes)
    def two_become_one(self, ones: list[str], other: str) -> None:
        self.loop.run(self._succeed(ones, [other], self.today))

    async def _succeed(self, ones: list[str], others: list[str], day: date) -> None:
        kind = SuccessionKind.SPLIT if others else SuccessionKind.ABOLITION
        heirs: list[str | None] = [*others] or [None]
        items = [SuccessionItem(one, heir, None) for one in ones for heir in heirs]
        given = NewSuccession(kind, day, items)
        days = [START + timedelta(n) for n in range(0, 200, 25)] + [day - timedelta(1)]
        before = {one: await self._figures(one) for one in days if one < min(day, self.today)}
        try:
            async with self.session.begin_nested():
                await record_succession(Act(self.session, self.principal, self.now), given)
        except TrackerError:
            pass
        self.session.expire_all()
        assert {one: await self._figures(one) for one in before} == before

    @rule(which=st.integers(0, 30), choices=st.lists(st.integers(0, 5), min_size=1, max_size=3))
    def somebody_decides(self, which: int, choices: list[int]) -> None:
        self.loop.run(self._decide(which, choices))

    async def _decide(self, which: int, choices: list[int]) -> None:
        pending = PageRequest({"state": [HandoverState.PENDING]}, "id", None, 100)
        cases, _ = await queries.page_of_handovers(self.session, pending)
        if not cases:
            return
        case = cases[which % len(cases)]
        to = [await self.session.get_one(Agency, self.ids[choice]) for choice in choices]
        decision = decide.HandoverDecision(to, "Theo quyết định", None)
        try:
            async with self.session.begin_nested():
                await decide.decide(
                    PersonalAct(self.session, self.principal, self.now), case, decision
                )
        except TrackerError:
            pass
        self.session.expire_all()

    @rule(which=st.integers(0, 30))
    def something_is_completed(self, which: int) -> None:
        self.loop.run(self._complete(which))

    async def _complete(self, which: int) -> None:
        rows = await self.session.exec(
            select(Assignment)
            .where(
                col(Assignment.status).in_(UNFINISHED), col(Assignment.awaits_handover).is_(False)
            )
            .order_by(col(Assignment.id))
            .execution_options(populate_existing=True)
        )
        found = list(rows)
        if found:
            row = found[which % len(found)]
            row.status = AssignmentStatus.COMPLETED
            row.completed_on = row.reported_on = row.changed_on = self.today
            await self.session.flush()
            self.session.expire_all()

    async def _figures(self, day: date) -> Any:
        as_of = AsOf(day, 30)
        body = await plan_statistics_json(
            self.session, as_of, plan_id=self.plan_id, by="agency", mine=uuid4()
        )
        return json.loads(body)

    @invariant()
    def what_is_owed_is_somebodys_who_exists_or_waits(self) -> None:
        self.loop.run(self._whose())

    async def _whose(self) -> None:
        rows = await self.session.exec(
            select(Assignment, Agency)
            .join(Agency, col(Agency.id) == col(Assignment.agency_id))
            .where(col(Assignment.status).in_(UNFINISHED))
            .execution_options(populate_existing=True)
        )
        waiting = set()
        for row, agency in rows:
            exists = agency.valid_until is None or agency.valid_until > self.today
            assert exists != row.awaits_handover, (agency.code, row.awaits_handover)
            if row.awaits_handover:
                waiting.add(row.id)
        pending = await self.session.exec(
            select(col(Handover.assignment_id)).where(col(Handover.state) == HandoverState.PENDING)
        )
        assert {one for one in pending if one is not None} == waiting

    @invariant()
    def parts_add_up_and_nothing_is_counted_twice(self) -> None:
        self.loop.run(self._sums())

    async def _sums(self) -> None:
        statuses = Counter(await self.session.exec(select(col(Assignment.status))))
        parts = await self.session.exec(
            select(sa.func.count()).where(col(Assignment.split_from_id).is_not(None))
        )
        held = await self.session.exec(
            select(sa.func.count()).where(col(AssignmentState.until).is_(None))
        )
        assert statuses.total() == 12 + parts.one()
        assert held.one() == statuses.total() - statuses[AssignmentStatus.MERGED]
        answer = await self._figures(self.today)
        total = answer["total"]["by_current_deadline"]
        groups = [group["statistics"]["by_current_deadline"] for group in answer["groups"]]
        for name in ("total", "awaiting_handover"):
            assert total[name] == sum(group[name] for group in groups)
        below = ("completed", "not_completed", "other")
        assert total["total"] == total["awaiting_handover"] + sum(total[n]["total"] for n in below)


@pytest.fixture
def url() -> Iterator[str]:
    """A database of this test's own."""
    with databases.new_database() as url:
        yield url


def test_nothing_is_lost_and_nothing_is_counted_twice(url: str) -> None:
    Histories.url = url
    run_machine(
        Histories,
        settings=settings(
            max_examples=12,
            stateful_step_count=10,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
