"""The rule by which a plan's agencies are reminded: the plan's own, or the default."""

from app.domain.acts import PersonalAct
from app.domain.authority import Power, require
from app.domain.plans.plans import require_issued, subject
from app.models import Plan, ReminderRule
from app.queries.reminders.due import Ladder
from app.queries.reminders.reminders import find_rule

DEFAULT_LADDER = Ladder(days=(-30, -7, -1, 1, 7), every_days=30, head_from=7, office_from=30)
"""30, 7 and 1 days before the day due; 1 and 7 days after it, then every 30 days."""


async def set_rule(act: PersonalAct, plan: Plan, ladder: Ladder) -> ReminderRule:
    """Set the plan's reminder rule; the audit entry keeps its values."""
    require_issued(plan)
    require(act.principal, Power.REMIND, plan)
    row = await find_rule(act.session, plan.id)
    if row is None:
        row = ReminderRule(plan_id=plan.id, days=[])
        act.session.add(row)
    row.days = sorted(set(ladder.days))
    row.every_days = ladder.every_days
    row.head_from = ladder.head_from
    row.office_from = ladder.office_from
    row.updated_at = plan.updated_at = act.at
    act.note(
        "reminder_rule_set",
        subject(plan),
        days=row.days,
        every_days=row.every_days,
        head_from=row.head_from,
        office_from=row.office_from,
    )
    await act.session.flush()
    return row
