import uuid
from collections.abc import Sequence
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from app.clock import local_day, utc_now
from app.domain.reminders.rules import DEFAULT_LADDER
from app.models import Reminder, ReminderRule
from app.queries.registry import agencies
from app.queries.reminders.due import PlannedReminder
from app.queries.reminders.reminders import ReminderLine, steps_of


async def described(session: AsyncSession, rows: Sequence[Reminder]) -> list[dict[str, Any]]:
    """Urgings as they are answered; who within an agency got them is not told."""
    ids = {row.agency_id for row in rows}
    ids |= {row.by_agency_id for row in rows if row.by_agency_id is not None}
    labels = await agencies.agency_names(session, ids, day=local_day(utc_now()))
    steps = await steps_of(session, [row.id for row in rows])
    return [
        row.model_dump(exclude={"receiver_key", "focal_point_id"})
        | {
            "agency": labels[row.agency_id],
            "by": labels[row.by_agency_id] if row.by_agency_id else None,
            "steps": steps[row.id],
        }
        for row in rows
    ]


async def lines(
    session: AsyncSession, reminder: Reminder, found: Sequence[ReminderLine]
) -> list[dict[str, Any]]:
    """What one urging is about, with the days that were left when it was sent."""
    ids = {line.assignment.agency_id for line in found}
    labels = await agencies.agency_names(session, ids, day=reminder.on_day)
    return [
        line.item.model_dump(exclude={"plan_id"})
        | {
            "plan": line.plan,
            "task": line.task,
            "agency": labels[line.assignment.agency_id],
            "period": line.submission and line.submission.period,
            "days_left": line.item.due_on and (line.item.due_on - reminder.on_day).days,
        }
        for line in found
    ]


async def previewed(
    session: AsyncSession, wanted: Sequence[PlannedReminder]
) -> list[dict[str, Any]]:
    """What would be sent, numbered as it is listed."""
    ids = {one.agency_id for one in wanted}
    labels = await agencies.agency_names(session, ids, day=local_day(utc_now()))
    return [
        one._asdict() | {"number": number, "agency": labels[one.agency_id]}
        for number, one in enumerate(wanted, start=1)
    ]


def rule(plan_id: uuid.UUID, row: ReminderRule | None) -> dict[str, Any]:
    """The rule of a plan, or what holds where nobody said."""
    given = row or DEFAULT_LADDER
    return {
        "plan_id": plan_id,
        "is_default": row is None,
        "days": list(given.days),
        "every_days": given.every_days,
        "head_from": given.head_from,
        "office_from": given.office_from,
    }
