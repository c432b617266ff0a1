"""Whatever is amended, in whatever order: the past stays, and nothing is owed twice."""

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
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from hypothesis.stateful import run_state_machine_as_test as run_machine
from sqlalchemy.ext.asyncio import create_async_engine
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.principal import Principal, Role
from app.domain.acts import PersonalAct
from app.domain.amendments import amendments
from app.domain.amendments.apply import AmendmentEffect
from app.domain.assignments import expand
from app.domain.plans import issue
from app.errors import TrackerError
from app.models import (
    AmendmentChange,
    AmendmentKind,
    AssigneeRole,
    Assignment,
    AssignmentStatus,
    Plan,
    PlanStatus,
    Submission,
    TimeFrameKind,
)
from app.queries.amendments import amendments as queries
from app.queries.assignments.assignments import UNFINISHED
from app.queries.figures.plan import AsOf, plan_statistics_json
from app.queries.plans import tasks as task_queries
from app.queries.submissions.submissions import UNFILED
from app.queries.visible_ids import VisiblePlanId
from tests.support import databases
from tests.support.factories import make_agency, make_client, make_collective
from tests.support.factories_plans import make_assignee, make_plan, make_task

C = AmendmentChange
START = date(2024, 5, 20)
CODES = "ABCDE"
FRAMES = ("Hằng năm", "Năm 2024", "Đến năm 2026", "Trước ngày 30/6/2025", "Thường xuyên")
ENDED = (AssignmentStatus.REVOKED, AssignmentStatus.MERGED, AssignmentStatus.NOT_APPLICABLE)
names = st.lists(st.sampled_from([*CODES, "NHOM"]), max_size=3, unique=True)
changes = st.tuples(
    st.sampled_from(C), st.integers(0, 9), st.sampled_from(CODES), names, st.sampled_from(FRAMES)
)


class Histories(RuleBasedStateMachine):
    """A plan of three tasks that is amended over three years, while its agencies report."""

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
        self.session = AsyncSession(
            self.connection, expire_on_commit=False, join_transaction_mode="create_savepoint"
        )
        self.today, self.added = START, 0
        owner = await make_agency(self.session)
        client = await make_client(self.session, owner, [Role.ISSUER])
        self.principal = Principal(client.id, owner.id, frozenset({Role.ISSUER}))
        agencies = [await make_agency(self.session, code=code) for code in CODES]
        group = await make_collective(self.session, code="NHOM", members=agencies[:3])
        plan = await make_plan(
            self.session, owner, status=PlanStatus.DRAFT, ends_on=date(2026, 12, 31)
        )
        self.plan_id = plan.id
        kinds = (TimeFrameKind.ANNUAL, TimeFrameKind.ANNUAL, TimeFrameKind.CONTINUOUS)
        for n, kind in enumerate(kinds):
            task = await make_task(self.session, plan, ordinal=f"1.{n}", time_frame_kind=kind)
            await make_assignee(self.session, task, agencies[n], source_text=CODES[n])
            role = AssigneeRole.COORDINATING
            for text, group_id in (("NHOM", group.id), ("Không rõ", None)):
                said = {"role": role, "source_text": text, "collective_id": group_id}
                await make_assignee(self.session, task, None, **said)
        await issue.issue(PersonalAct(self.session, self.principal, self.now), plan)
        await self.session.commit()
        self.session.expunge_all()

    async def _end(self) -> None:
        await self.session.close()
        await self.connection.rollback()
        await self.connection.close()
        await self.engine.dispose()

    @property
    def now(self) -> datetime:
        return datetime.combine(self.today, time(3), UTC)

    @property
    def act(self) -> PersonalAct:
        return PersonalAct(self.session, self.principal, self.now)

    @rule(days=st.integers(1, 150))
    def days_go_by(self, days: int) -> None:
        self.today = min(self.today + timedelta(days), date(2026, 12, 1))
        self.loop.run(self._work())

    async def _work(self) -> None:
        """Do the worker's work of a day, after a rest of some days."""
        for amendment_id in await queries.amendments_due_by(self.session, self.today):
            case = await queries.lock_amendment(self.session, amendment_id)
            day = case.amendment.effective_on or self.today
            # The assignments of the next year are known from the new year on, however late the
            # worker comes to them: the amendment has no part in that.
            await expand.expand_plan(self.act, await self._plan())
            before = await self._figures_before(day)
            items = await queries.items_of(self.session, amendment_id)
            await amendments.apply(self.act, case, items)
            assert await self._figures_before(day) == before
        await expand.expand_plan(self.act, await self._plan())
        await self.session.commit()
        self.session.expunge_all()

    @rule(given=st.lists(changes, min_size=1, max_size=3), ahead=st.integers(-20, 40))
    def it_is_amended(self, given: list[Any], ahead: int) -> None:
        self.loop.run(self._amend(given, max(ahead, 0)))
        self.session.expunge_all()

    async def _amend(self, given: list[Any], ahead: int) -> None:
        day = self.today + timedelta(ahead)
        said = [await self._item(*one) for one in given]
        new = amendments.NewAmendment(
            kind=AmendmentKind.AMENDMENT,
            basis="1/QĐ-UBND",
            effective_on=day,
            reason="Sửa đổi.",
            items=[one for one in said if one is not None],
        )
        try:
            plan = await self._plan()
            drawn = await amendments.draw_up(self.act, plan, new)
        except TrackerError:
            await self.session.rollback()
            return
        amendment_id = drawn.id
        await self.session.commit()
        before = await self._figures_before(day)
        try:
            tried = await self._issue(amendment_id, carried_out=True, keep=False)
        except TrackerError:
            return
        done = await self._issue(amendment_id, carried_out=ahead == 0, keep=True)
        assert await self._figures_before(day) == before
        if ahead == 0:
            assert done == tried
            made = await expand.expand_plan(self.act, await self._plan())
            assert (made.assignments, made.submissions) == (0, 0)

    async def _issue(self, amendment_id: Any, *, carried_out: bool, keep: bool) -> Any:
        self.session.expunge_all()
        case = await queries.get_amendment(self.session, self.principal, amendment_id, lock=True)
        try:
            effect = await amendments.issue(self.act, case, carried_out=carried_out)
            seen = await self._seen(effect)
        except TrackerError:
            await self.session.rollback()
            raise
        await (self.session.commit() if keep else self.session.rollback())
        return seen

    async def _seen(self, effect: AmendmentEffect) -> Any:
        tasks = await task_queries.list_tasks(self.session, VisiblePlanId(self.plan_id))
        numbers = {task.id: task.ordinal for task in tasks}
        assignments_seen = {
            kind: sorted(
                (numbers[row.task_id], row.occurrence, str(row.agency_id), str(row.role))
                for row in getattr(effect, kind)
            )
            for kind in ("made", "changed", "ended", "kept")
        }
        return assignments_seen, effect.submissions, effect.waived

    async def _item(
        self, change: C, which: int, lead: str, others: list[str], frame: str
    ) -> dict[str, Any] | None:
        tasks = await task_queries.list_tasks(self.session, VisiblePlanId(self.plan_id))
        task = tasks[which % len(tasks)]
        assignees = [{"role": AssigneeRole.LEAD, "source_text": lead, "agency": lead}]
        for one in others:
            noun = "collective" if one == "NHOM" else "agency"
            said = {"role": AssigneeRole.COORDINATING, "source_text": one, noun: one}
            assignees.append(said)
        if change == C.ADD:
            self.added += 1
            words = {"ordinal": f"2.{self.added}", "title": "Thêm", "time_frame_text": frame}
            return {"change": change, **words, "assignees": assignees}
        if change == C.CHANGE:
            return {"change": change, "task": task.id, "time_frame_text": frame}
        if change == C.REASSIGN:
            return {"change": change, "task": task.id, "assignees": assignees}
        if change == C.DROP:
            return {"change": change, "task": task.id} if which > 6 else None
        named = (await task_queries.assignees_of(self.session, [task.id]))[task.id]
        if not named:
            return None
        return {"change": change, "assignee": named[-1].id, "agency": lead}

    @rule(which=st.integers(0, 50), status=st.sampled_from((*UNFINISHED, "completed")))
    def somebody_reports(self, which: int, status: str) -> None:
        self.loop.run(self._report(which, AssignmentStatus(status)))

    async def _report(self, which: int, status: AssignmentStatus) -> None:
        rows = await self.session.exec(
            select(Assignment)
            .where(col(Assignment.status).in_(UNFINISHED))
            .order_by(
                col(Assignment.task_id), col(Assignment.agency_id), col(Assignment.occurrence)
            )
        )
        if found := list(rows):
            row = found[which % len(found)]
            row.status, row.reported_on, row.changed_on = status, self.today, self.today
            row.completed_on = self.today if status == AssignmentStatus.COMPLETED else None
            await self.session.commit()
        self.session.expunge_all()

    async def _plan(self) -> Plan:
        return await self.session.get_one(Plan, self.plan_id, populate_existing=True)

    async def _figures_before(self, day: date) -> list[Any]:
        """The figures of days before *day*, up to the one before it."""
        days = [START + timedelta(n) for n in range(0, 950, 120)] + [day - timedelta(1)]
        return [
            json.loads(
                await plan_statistics_json(
                    self.session, AsOf(one, 30), plan_id=self.plan_id, by="task", mine=uuid4()
                )
            )["total"]
            for one in days
            if one < min(day, self.today)
        ]

    @invariant()
    def nobody_owes_anything_twice_and_what_ended_is_asked_for_no_more(self) -> None:
        self.loop.run(self._owed())
        self.session.expunge_all()

    async def _owed(self) -> None:
        rows = list(await self.session.exec(select(Assignment)))
        living = [row for row in rows if row.status not in ENDED]
        keys = Counter((row.task_id, row.agency_id, row.occurrence) for row in living)
        assert set(keys.values()) <= {1}
        asked = await self.session.exec(
            select(Submission.id)
            .join(Assignment, col(Assignment.id) == col(Submission.assignment_id))
            .where(
                col(Assignment.status) == AssignmentStatus.REVOKED,
                col(Submission.status).in_(UNFILED),
            )
        )
        assert list(asked) == []
        tasks = await task_queries.list_tasks(self.session, VisiblePlanId(self.plan_id))
        dropped = {task.id for task in tasks if task.dropped_on is not None}
        left = {row.status for row in living if row.task_id in dropped}
        assert left <= {AssignmentStatus.COMPLETED, AssignmentStatus.AWAITING_CONFIRMATION}


@pytest.fixture
def url() -> Iterator[str]:
    """A database of this test's own."""
    with databases.new_database() as url:
        yield url


def test_the_past_stays_and_nothing_is_owed_twice(url: str) -> None:
    Histories.url = url
    run_machine(
        Histories,
        settings=settings(
            max_examples=3,
            stateful_step_count=6,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
