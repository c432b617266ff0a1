"""Two agencies that owe tasks of one plan, and recording who follows them."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlmodel import SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.models import (
    Agency,
    AssigneeRole,
    Assignment,
    AssignmentState,
    Client,
    Plan,
    Task,
)
from tests.support.clients import Api
from tests.support.factories import make_agency
from tests.support.factories_plans import make_assignment, make_plan, make_task
from tests.support.sample import COUNTED_IN

DAY = date(2025, 3, 1)
URL = "/v1/successions"


@dataclass
class World:
    """A plan in which A owes two tasks and B one of them as well."""

    api: Api
    session: AsyncSession
    administrator: Client
    plan: Plan
    tasks: list[Task]
    agencies: dict[str, Agency]
    both: Assignment
    alone: Assignment
    own: Assignment

    async def post(
        self, *pairs: tuple[str, str | None], dry_run: bool = False, **given: Any
    ) -> Any:
        """Record "A to B"; `status` is what it should be answered with."""
        status = given.pop("status", 200 if dry_run else 201)
        items = [{"predecessor": one, "successor": other} for one, other in pairs]
        body = {"kind": "merge", "effective_on": str(DAY), "items": items, **given}
        async with self.api.by(self.administrator) as http:
            answer = await http.post(f"{URL}?dry_run={str(dry_run).lower()}", json=body)
        assert answer.status_code == status, answer.text
        return answer.json()

    async def of(self, assignment: Assignment) -> Assignment:
        """An assignment as it is now."""
        rows = await self.session.exec(
            select(Assignment)
            .where(col(Assignment.id) == assignment.id)
            .execution_options(populate_existing=True)
        )
        return rows.one()

    async def holder(self, assignment: Assignment) -> str:
        """The agency that has the assignment now, with a "?" while a handover is to be decided."""
        row = await self.of(assignment)
        codes = {agency.id: code for code, agency in self.agencies.items()}
        return codes[row.agency_id] + ("?" if row.awaits_handover else "")

    async def held(self, assignment: Assignment) -> list[tuple[str, date]]:
        """The agencies that had the assignment, each with its first day."""
        codes = {agency.id: code for code, agency in self.agencies.items()}
        rows = await self.session.exec(
            select(AssignmentState)
            .where(col(AssignmentState.assignment_id) == assignment.id)
            .order_by(col(AssignmentState.since))
            .execution_options(populate_existing=True)
        )
        return [(codes[row.agency_id] + "?" * row.awaits_handover, row.since) for row in rows]

    async def counts(self) -> dict[str, int]:
        """The number of rows in every table."""
        connection = await self.session.connection()
        found = {}
        for name, table in SQLModel.metadata.tables.items():
            if name not in COUNTED_IN | {"stored_answer"}:
                rows = await connection.execute(sa.select(sa.func.count()).select_from(table))
                found[name] = rows.scalar_one()
        return found


async def make_world(api: Api, session: AsyncSession, administrator: Client) -> World:
    """Make the world of the tests: a plan of P, whose agencies are A, B, C and D."""
    agencies = {code: await make_agency(session, code=code) for code in ("A", "B", "C", "D")}
    owner = await make_agency(session, code="P")
    plan = await make_plan(session, owner)
    tasks = [await make_task(session, plan), await make_task(session, plan)]
    both = await make_assignment(session, tasks[0], agencies["A"])
    alone = await make_assignment(session, tasks[1], agencies["A"])
    own = await make_assignment(
        session, tasks[0], agencies["B"], role=AssigneeRole.COORDINATING, deadline_on=None
    )
    return World(
        api, session, administrator, plan, tasks, agencies | {"P": owner}, both, alone, own
    )


def codes_of(answer: Any) -> set[str]:
    """The codes of the faults that a refusal names."""
    return {fault["code"] for fault in answer["errors"]}
