"""The rule by which a plan's agencies are reminded: the plan's own, or the default."""

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
"""30, 7 and 1 days before the day due; 1 and 7 days after it, then every 30 days."""


async def set_rule(
    session: AsyncSession, principal: Principal, plan: Plan, ladder: Ladder, *, at: datetime
) -> ReminderRule:
    """Set the plan's reminder rule; the audit entry keeps its values."""
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
    row.updated_at = plan.updated_at = at
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
