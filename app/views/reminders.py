import uuid
from collections.abc import Sequence
from heapq import nsmallest

from sqlmodel.ext.asyncio.session import AsyncSession

from app.domain.reminders.remind import RemindedAgency
from app.domain.reminders.rules import DEFAULT_LADDER
from app.http.problems import Problem
from app.models import Reminder, ReminderRule
from app.queries.plans.tasks import TaskLabel, task_labels
from app.queries.reminders.planned import PlannedReminder
from app.queries.reminders.reminders import ReminderLine, steps_of
from app.schemas.assignments import PlanLabelOut, TaskLabelOut
from app.schemas.reminders import (
    PreviewedTaskOut,
    ReminderCountsOut,
    ReminderItemOut,
    ReminderOut,
    ReminderPreviewOut,
    ReminderRuleOut,
    RemindersSentOut,
    ReminderVerdictOut,
)
from app.views.labels import agency_labels

MOST_TASKS = 50
"""Tasks that a previewed reminder names; its counts are of all."""


async def reminders_out(session: AsyncSession, rows: Sequence[Reminder]) -> list[ReminderOut]:
    """Reminders with their steps; the person within an agency who got one is not shown."""
    labels = await agency_labels(
        session, (row.agency_id for row in rows), (row.by_agency_id for row in rows)
    )
    steps = await steps_of(session, [row.id for row in rows])
    return [
        ReminderOut.of(
            row,
            agency=labels[row.agency_id],
            by=labels.optional(row.by_agency_id),
            steps=steps[row.id],
        )
        for row in rows
    ]


async def reminder_out(session: AsyncSession, row: Reminder) -> ReminderOut:
    """One reminder with its steps."""
    return (await reminders_out(session, [row]))[0]


async def sent_out(
    session: AsyncSession,
    found: Sequence[RemindedAgency],
    problems: Sequence[Problem | None],
    *,
    applied: bool,
) -> RemindersSentOut:
    """The effect of a reminder to all agencies with overdue items in a plan, agency by agency."""
    labels = await agency_labels(session, (one.agency.id for one in found))
    items = []
    for index, (one, problem) in enumerate(zip(found, problems, strict=True)):
        row = one.verdict if isinstance(one.verdict, Reminder) else None
        items.append(
            ReminderVerdictOut(
                index=index,
                status="rejected" if row is None else "sent",
                agency=labels[one.agency.id],
                reminder_id=None if row is None else row.id,
                assignments=0 if row is None else row.assignments,
                submissions=0 if row is None else row.submissions,
                agency_reports=0 if row is None else row.agency_reports,
                problem=problem,
            )
        )
    sent = sum(one.problem is None for one in items)
    counts = ReminderCountsOut(sent=sent, rejected=len(items) - sent)
    return RemindersSentOut(applied=applied, counts=counts, items=items)


async def items_out(
    session: AsyncSession, reminder: Reminder, found: Sequence[ReminderLine]
) -> list[ReminderItemOut]:
    """The items of one reminder, with the days that were left when it was sent."""
    labels = await agency_labels(session, (line.owing_id for line in found), day=reminder.on_day)
    return [
        ReminderItemOut.of(
            line.item,
            plan=line.plan,
            task=line.task,
            agency=labels[line.owing_id],
            period=line.period,
            days_left=(line.item.due_on - reminder.on_day).days if line.item.due_on else None,
        )
        for line in found
    ]


async def previews_out(
    session: AsyncSession, wanted: Sequence[PlannedReminder], *, before: int
) -> list[ReminderPreviewOut]:
    """Reminders that would be sent, numbered as they stand in the whole list; *before* them it has
    so many."""
    labels = await agency_labels(session, (one.agency_id for one in wanted))
    tasks = await task_labels(session, {one for row in wanted for one in row.task_ids})
    places = {task.id: place for place, task in enumerate(tasks)}
    return [
        ReminderPreviewOut.of(
            one,
            number=number,
            agency=labels[one.agency_id],
            tasks=[
                previewed_task_out(tasks[place])
                for place in nsmallest(MOST_TASKS, (places[task_id] for task_id in one.task_ids))
            ],
        )
        for number, one in enumerate(wanted, start=before + 1)
    ]


def previewed_task_out(task: TaskLabel) -> PreviewedTaskOut:
    """A task that a reminder would be about, with its plan."""
    return PreviewedTaskOut(
        plan=PlanLabelOut(id=task.plan_id, number=task.plan_number, title=task.plan_title),
        task=TaskLabelOut.of(task),
    )


def rule_out(plan_id: uuid.UUID, row: ReminderRule | None) -> ReminderRuleOut:
    """The rule of a plan, or the usual one where nobody set any."""
    given = row or DEFAULT_LADDER
    return ReminderRuleOut.of(given, plan_id=plan_id, is_default=row is None)
