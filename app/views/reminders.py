import uuid
from collections.abc import Sequence

from sqlmodel.ext.asyncio.session import AsyncSession

from app.domain.reminders.rules import DEFAULT_LADDER
from app.models import Reminder, ReminderRule
from app.queries.reminders.due import PlannedReminder
from app.queries.reminders.reminders import ReminderLine, steps_of
from app.schemas.reminders import (
    ReminderItemOut,
    ReminderOut,
    ReminderPreviewOut,
    ReminderRuleOut,
)
from app.views.labels import agency_labels, plan_label, task_label


async def reminders_out(session: AsyncSession, rows: Sequence[Reminder]) -> list[ReminderOut]:
    """Reminders with their steps; the person within an agency who got one is not shown."""
    labels = await agency_labels(
        session, (row.agency_id for row in rows), (row.by_agency_id for row in rows)
    )
    steps = await steps_of(session, [row.id for row in rows])
    return [
        ReminderOut(
            id=row.id,
            on_day=row.on_day,
            trigger=row.trigger,
            agency=labels[row.agency_id],
            receiver=row.receiver,
            plan_id=row.plan_id,
            by=labels.optional(row.by_agency_id),
            reason=row.reason,
            basis=row.basis,
            number=row.number,
            assignments=row.assignments,
            submissions=row.submissions,
            steps=steps[row.id],
            mail_state=row.mail_state,
            mail_fault=row.mail_fault,
            sent_at=row.sent_at,
            created_at=row.created_at,
            updated_at=row.updated_at,
        )
        for row in rows
    ]


async def reminder_out(session: AsyncSession, row: Reminder) -> ReminderOut:
    """One reminder with its steps."""
    return (await reminders_out(session, [row]))[0]


async def items_out(
    session: AsyncSession, reminder: Reminder, found: Sequence[ReminderLine]
) -> list[ReminderItemOut]:
    """The items of one reminder, with the days that were left when it was sent."""
    labels = await agency_labels(
        session, (line.assignment.agency_id for line in found), day=reminder.on_day
    )
    return [
        ReminderItemOut(
            number=line.item.number,
            plan=plan_label(line.plan),
            task=task_label(line.task),
            agency=labels[line.assignment.agency_id],
            assignment_id=line.item.assignment_id,
            submission_id=line.item.submission_id,
            period=line.submission.period if line.submission else None,
            due_on=line.item.due_on,
            days_left=(line.item.due_on - reminder.on_day).days if line.item.due_on else None,
            step=line.item.step,
        )
        for line in found
    ]


async def previews_out(
    session: AsyncSession, wanted: Sequence[PlannedReminder]
) -> list[ReminderPreviewOut]:
    """Reminders that would be sent, numbered in the order of the list."""
    labels = await agency_labels(session, (one.agency_id for one in wanted))
    return [
        ReminderPreviewOut(
            number=number,
            agency=labels[one.agency_id],
            receiver=one.receiver,
            has_address=one.has_address,
            assignments=one.assignments,
            submissions=one.submissions,
            steps=one.steps,
        )
        for number, one in enumerate(wanted, start=1)
    ]


def rule_out(plan_id: uuid.UUID, row: ReminderRule | None) -> ReminderRuleOut:
    """The rule of a plan, or the usual one where nobody set any."""
    given = row or DEFAULT_LADDER
    return ReminderRuleOut(
        plan_id=plan_id,
        is_default=row is None,
        days=list(given.days),
        every_days=given.every_days,
        head_from=given.head_from,
        office_from=given.office_from,
    )
