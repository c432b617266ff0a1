"""A task of districts that end, and who decides what becomes of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.principal import Principal
from app.domain.acts import Act, PersonalAct
from app.domain.assignments import expand, substitutions
from app.models import (
    Agency,
    Assignment,
    AssignmentState,
    Collective,
    Plan,
    Task,
)

ENDED = date(2025, 7, 1)
JULY = datetime(2025, 7, 10, 2, tzinfo=UTC)
AUGUST = datetime(2025, 8, 10, 2, tzinfo=UTC)


@dataclass
class World:
    """A yearly task of a department and of the districts, which end on 1 July 2025."""

    session: AsyncSession
    coordinator: Principal
    plan: Plan
    task: Task
    districts: Collective
    communes: Collective

    async def roll(self, day: date) -> expand.ExpansionResult:
        """Expand the plan as the worker does on that day."""
        at = datetime.combine(day, time(2), UTC)
        made = await expand.expand_plan(Act(self.session, None, at), self.plan)
        await self.session.commit()
        return made

    async def decide(
        self, at: datetime = JULY, *, agencies: Sequence[Agency] = (), **given: Any
    ) -> substitutions.SubstitutionResult:
        """Let the communes stand in for the districts, or these agencies."""
        given = {
            "collective": self.districts.code,
            "stand_in_collective": None if agencies else self.communes.code,
            "stand_in_agencies": [agency.code for agency in agencies],
            "from_day": ENDED,
            "reason": "Không còn cấp huyện",
            "basis": "1665/NQ-UBTVQH15",
            **given,
        }
        outcome = await substitutions.decide_substitution(
            PersonalAct(self.session, self.coordinator, at),
            self.plan,
            substitutions.NewSubstitution(**given),
        )
        await self.session.commit()
        return outcome

    async def owing(self, occurrence: str, *, day: date | None = None) -> dict[str, str]:
        """The agencies that owe the task, with the state of each; on a past day as it was known
        then."""
        table = Assignment if day is None else AssignmentState
        statement = (
            select(Agency.code, col(table.status))
            .join(table, col(table.agency_id) == col(Agency.id))
            .where(col(table.occurrence) == occurrence, col(table.task_id) == self.task.id)
        )
        if day is not None:
            until = col(AssignmentState.until)
            statement = statement.where(
                col(AssignmentState.since) <= day, sa.or_(until.is_(None), until > day)
            )
        return dict((await self.session.exec(statement)).all())
