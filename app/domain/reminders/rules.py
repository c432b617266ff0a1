"""When a plan's agencies are urged: data of the plan, with what holds where nobody said."""

from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.principal import Principal
from app.domain.authority import Power, require
from app.domain.plans.plans import require_issued, subject
from app.domain.records import record
from app.models import Plan, ReminderRule
from app.queries.reminders.due import Ladder
from app.queries.reminders.reminders import find_rule

DEFAULT_LADDER = Ladder(days=(-30, -7, -1, 1, 7), every_days=30, head_from=7, office_from=30)
"""A month, a week and a day before; a day and a week after, then every 30 days."""


async def set_rule(
    session: AsyncSession, principal: Principal, plan: Plan, ladder: Ladder, *, at: datetime
) -> ReminderRule:
    """Say from when on the plan's agencies are urged; the audit entry keeps what is said."""
    require_issued(plan)
    require(principal, Power.REMIND, plan)
    row = await find_rule(session, plan.id)
    if row is None:
        row = ReminderRule(plan_id=plan.id, days=[])
        session.add(row)
    row.days = sorted(set(ladder.days))
    row.every_days = ladder.every_days
    row.head_from = ladder.head_from
    row.office_from = ladder.office_from
    row.updated_at = at
    record(
        session,
        principal,
        "reminder_rule_set",
        subject(plan),
        at=at,
        days=row.days,
        every_days=row.every_days,
        head_from=row.head_from,
        office_from=row.office_from,
    )
    await session.flush()
    return row
