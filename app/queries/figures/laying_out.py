"""Laying out all sums anew, from the rows of one batch of plans after another."""

from collections.abc import AsyncIterator, Iterator, Mapping
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.models import Assignment, Plan
from app.queries.figures import reporting_sums, sums

BATCH = 5_000
"""So many assignments are stated at once: of ten times as many each takes twice as long."""
SHARE = 90
"""The percentage of the work that is done when all plans were gone through."""
TABLES = (*(kept.table for kept in (*sums.KEPT, *reporting_sums.KEPT)), "reporting_span")
ANALYZE = [sa.text(f"analyze {table}") for table in TABLES]
BEGIN = """
insert into figure_basis (id, due_soon_days, laid_out_at)
values (1, :due_soon_days, :at) on conflict (id) do update
set due_soon_days = excluded.due_soon_days, laid_out_at = excluded.laid_out_at
"""


async def lay_out(session: AsyncSession, *, due_soon_days: int, at: datetime) -> AsyncIterator[int]:
    """Count all rows anew; until the commit others read the old sums. Yields the percentage done.

    Changes made meanwhile are logged and folded later. The caller holds `lock_figures`.
    """
    await sums.empty(session)
    await reporting_sums.empty(session)
    plans = await _assignments_of_plans(session)
    total, done = sum(plans.values()) or 1, 0
    for batch in _batches(plans):
        await sums.count_plans(session, batch, due_soon_days=due_soon_days)
        await reporting_sums.state_plans(session, batch)
        done += sum(plans[plan_id] for plan_id in batch)
        yield SHARE * done // total
    await sums.add_up(session)
    await reporting_sums.add_up(session)
    connection = await session.connection()
    await connection.execute(sa.text(BEGIN), {"due_soon_days": due_soon_days, "at": at})
    # A reader of one statement a plan counts by the sums as they are now, not as they were.
    for analyze in ANALYZE:
        await connection.execute(analyze)
    yield 100


async def _assignments_of_plans(session: AsyncSession) -> dict[UUID, int]:
    """The number of assignments of each plan, in the order of the plans' ids."""
    rows = await session.exec(
        select(Plan.id, sa.func.count(col(Assignment.id)))
        .outerjoin(Assignment, col(Assignment.plan_id) == col(Plan.id))
        .group_by(col(Plan.id))
        .order_by(col(Plan.id))
    )
    return dict(rows.all())


def _batches(plans: Mapping[UUID, int]) -> Iterator[list[UUID]]:
    """Plans one after another, as many as have `BATCH` assignments together, at least one."""
    batch, held = list[UUID](), 0
    for plan_id, assignments in plans.items():
        batch.append(plan_id)
        held += assignments
        if held >= BATCH:
            yield batch
            batch, held = [], 0
    if batch:
        yield batch
