"""The states that one statement makes of many assignments are stored like those of single
statements."""

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from pydantic_core import to_json
from sqlmodel.ext.asyncio.session import AsyncSession

from app.models import Agency, AssigneeRole, Assignment, AssignmentStatus
from app.models.sql_files import function_file
from app.models.triggers import TRIGGER_FUNCTIONS
from app.queries.assignments.assignments import UNFINISHED
from tests.support.factories import make_agency
from tests.support.factories_plans import make_assignment, make_plan, make_task
from tests.support.histories import DAYS, NEAR

S = AssignmentStatus
KEEP = function_file("keep_assignment_state", TRIGGER_FUNCTIONS["keep_assignment_state"])
# The trigger plans its statements anew for more rows than these.
FEW = int(re.findall(r"from became\) <= (\d+)", KEEP.read_text())[0])
MANY = FEW + 5
COLUMNS = (
    "agency_id", "role", "status", "deadline_on", "reported_on", "completed_on", "changed_on",
    "assigned_on", "awaits_handover", "merged_into_id",
)  # fmt: skip
CHANGE = sa.text(
    f"update assignment a set {', '.join(f'{name} = b.{name}' for name in COLUMNS)}"
    " from jsonb_populate_recordset(cast(null as assignment), cast(:rows as jsonb)) b"
    " where a.id = b.id"
)
KEPT = sa.text(
    "select since, until, agency_id, role, deadline_on, original_deadline_on, status,"
    " awaits_handover, reported_on, completed_on"
    " from assignment_state where assignment_id = :id order by since"
)
# The logged changes of the figures add up to the stored states.
LOGGED = sa.text(
    """
    with logged as (
      select since, until, agency_id, status, awaits_handover, sum(weight) as number
        from figure_change group by 1, 2, 3, 4, 5 having sum(weight) <> 0
    ), kept as (
      select since, until, agency_id, status, awaits_handover, count(*) as number
        from assignment_state group by 1, 2, 3, 4, 5
    )
    select count(*) from (
      (table logged except table kept) union all (table kept except table logged)) wrong
    """
)


@dataclass(frozen=True)
class Twins:
    """The same assignment of two plans, and one of each plan that both may be merged into."""

    ids: tuple[UUID, UUID]
    into: tuple[UUID, UUID]


async def make_twins(session: AsyncSession, owner: Agency) -> list[Twins]:
    agency = await make_agency(session)
    made: list[list[Assignment]] = []
    for _ in range(2):
        plan = await make_plan(session, owner)
        tasks = [await make_task(session, plan) for _ in range(MANY + 1)]
        made.append(
            [await make_assignment(session, task, agency, changed_on=DAYS[0]) for task in tasks]
        )
    last = made[0][-1].id, made[1][-1].id
    return [Twins((a.id, b.id), last) for a, b in zip(*made, strict=True)][:-1]


def changed(
    dice: random.Random, row: dict[str, Any], today: date, agencies: Sequence[UUID], into: UUID
) -> dict[str, Any]:
    """The row after what happened to it by *today*: it goes on, moves, waits, is merged or comes
    back, and who has it may be told late."""
    status = dice.choice([*S, S.MERGED])
    done_on = dice.choice(NEAR) if status in (S.AWAITING_CONFIRMATION, S.COMPLETED) else None
    return row | {
        "agency_id": dice.choice([row["agency_id"], *agencies]),
        "role": dice.choice([row["role"], *AssigneeRole]),
        "status": status,
        "deadline_on": dice.choice([row["deadline_on"], None, *NEAR]),
        "reported_on": done_on,
        "completed_on": done_on if status == S.COMPLETED else None,
        "changed_on": today,
        "assigned_on": dice.choice([day for day in DAYS if day <= today]),
        "awaits_handover": status in UNFINISHED and dice.random() < 0.2,
        "merged_into_id": into if status == S.MERGED else None,
    }


@pytest.mark.parametrize("seed", range(2))
async def test_many_at_once_are_kept_as_one_by_one(session: AsyncSession, seed: int) -> None:
    dice = random.Random(seed)
    owner = await make_agency(session)
    twins = await make_twins(session, owner)
    agencies = [(await make_agency(session)).id for _ in range(2)]
    connection = await session.connection()
    start = {"agency_id": owner.id, "role": AssigneeRole.LEAD, "changed_on": DAYS[0]}
    rows = [dict.fromkeys(COLUMNS) | start for _ in twins]

    for today in (DAYS[1], DAYS[3], DAYS[3], DAYS[4], DAYS[6]):
        rows = [
            changed(dice, row, today, agencies, pair.into[0])
            for row, pair in zip(rows, twins, strict=True)
        ]
        together = [row | {"id": pair.ids[0]} for row, pair in zip(rows, twins, strict=True)]
        alone = [
            row | {"id": pair.ids[1], "merged_into_id": row["merged_into_id"] and pair.into[1]}
            for row, pair in zip(rows, twins, strict=True)
        ]
        for given in (together, *([row] for row in alone)):
            await connection.execute(CHANGE, {"rows": to_json(given).decode()})

    for pair in twins:
        first, second = [(await connection.execute(KEPT, {"id": one})).all() for one in pair.ids]
        assert first == second
    assert (await connection.execute(LOGGED)).scalar() == 0
