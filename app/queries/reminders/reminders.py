"""Reading reminders. Every statement starts from those that the principal may see."""

import uuid
from collections.abc import Collection
from datetime import date
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.principal import Principal
from app.errors import Text
from app.models import (
    AgencyReport,
    Assignment,
    Plan,
    Receiver,
    Reminder,
    ReminderItem,
    ReminderRule,
    ReminderTrigger,
    ReportRequest,
    Submission,
    Task,
)
from app.queries.grounds import on_grounds
from app.queries.lists import FoundPage, Listing, PageRequest, SortPart, read_page, read_rows
from app.queries.rows import grouped, is_any_found, one_of

NO_SUCH_REMINDER = Text("Không có lần đôn đốc này.", "There is no such reminder.")

ITEM = "exists (select from reminder_item i where i.reminder_id = reminder.id and i.{column})"
REMINDERS = Listing(
    conditions={
        "agency": "reminder.agency_id = :agency",
        "plan": ITEM.format(column="plan_id = :plan"),
        "assignment": ITEM.format(column="assignment_id = :assignment"),
        "trigger": "reminder.trigger = any(:trigger)",
        "receiver": "reminder.receiver = any(:receiver)",
        "on_from": "reminder.on_day >= :on_from",
        "on_before": "reminder.on_day < :on_before",
        "updated_since": "reminder.updated_at >= :updated_since",
    },
    orders={
        "on_day": (SortPart("reminder.on_day", "date"), ID := SortPart("reminder.id", "uuid")),
        "id": (ID,),
    },
    selective=frozenset({"assignment"}),
)
GROUNDS = on_grounds(
    REMINDERS,
    col(Reminder.id),
    "select id from reminder where agency_id = :mine",
    """select item.reminder_id from plan
    join reminder_item item on item.plan_id = plan.id
    where plan.coordinator_id = :mine""",
)
ITEMS = Listing(
    conditions={"reminder": "reminder_item.reminder_id = :reminder"},
    orders={"number": (SortPart("reminder_item.number", "integer"),)},
)


class ReminderLine(NamedTuple):
    """An item of a reminder, with its plan and what it is about.

    `request` is the document that asks for the report, if one does. `owing_id` is the agency whose
    it is: that of the assignment today, or the one that was reminded of it.
    """

    item: ReminderItem
    plan: Plan
    assignment: Assignment | None
    task: Task | None
    submission: Submission | None
    agency_report: AgencyReport | None
    request: ReportRequest | None
    owing_id: uuid.UUID

    @property
    def period(self) -> str | None:
        """The period of the report that it is about, if it is about one."""
        report = self.submission or self.agency_report
        return None if report is None else report.period


class SentReminder(NamedTuple):
    """The content of a reminder's event; `also_to` are the agency's other receivers."""

    id: uuid.UUID
    agency_id: uuid.UUID
    receiver: Receiver
    plan_id: uuid.UUID | None
    assignments: int
    submissions: int
    agency_reports: int
    missing: int
    number: int | None
    steps: list[int]
    also_to: list[str]


def sees_reminders(principal: Principal) -> sa.ColumnElement[bool]:
    """The condition that the caller may see a reminder: its agency, the coordinator of a plan in
    it, and by role issuers and supervisors."""
    if principal.reads_all_submissions:
        return sa.true()
    coordinated = (
        select(ReminderItem.reminder_id)
        .join(Plan, col(Plan.id) == col(ReminderItem.plan_id))
        .where(
            col(ReminderItem.reminder_id) == col(Reminder.id),
            col(Plan.coordinator_id) == principal.agency_id,
        )
    )
    return sa.or_(col(Reminder.agency_id) == principal.agency_id, is_any_found(coordinated))


async def get_reminder(
    session: AsyncSession, principal: Principal, reminder_id: uuid.UUID
) -> Reminder:
    """One visible reminder; raises `NotFoundError`."""
    statement = select(Reminder).where(sees_reminders(principal), col(Reminder.id) == reminder_id)
    return await one_of(session, statement, NO_SUCH_REMINDER)


async def page_of_reminders(
    session: AsyncSession, principal: Principal, asked: PageRequest
) -> FoundPage[Reminder]:
    """A page of visible reminders, and the key after which the next page begins."""
    conditions = [sees_reminders(principal)]
    if not principal.reads_all_submissions:
        few = await GROUNDS.among_few(session, principal, asked)
        conditions.append(few)
    return await read_rows(session, Reminder, REMINDERS, asked, *conditions)


OWING = sa.func.coalesce(col(Assignment.agency_id), col(ReminderItem.agency_id))


def select_lines() -> Any:
    """The statement that selects the columns of a `ReminderLine`."""
    return (
        sa.select(
            ReminderItem, Plan, Assignment, Task, Submission, AgencyReport, ReportRequest, OWING
        )
        .join(Plan, col(Plan.id) == col(ReminderItem.plan_id))
        .outerjoin(Assignment, col(Assignment.id) == col(ReminderItem.assignment_id))
        .outerjoin(Task, col(Task.id) == col(Assignment.task_id))
        .outerjoin(Submission, col(Submission.id) == col(ReminderItem.submission_id))
        .outerjoin(AgencyReport, col(AgencyReport.id) == col(ReminderItem.agency_report_id))
        .outerjoin(
            ReportRequest,
            col(ReportRequest.id)
            == sa.func.coalesce(
                col(AgencyReport.report_request_id), col(Submission.report_request_id)
            ),
        )
    )


def _of_mine(principal: Principal, reminder: Reminder) -> sa.ColumnElement[bool]:
    """The condition that the caller may see an item: one reminder may hold plans of different
    coordinators, each of whom sees the items of its own plans."""
    if principal.reads_all_submissions or reminder.agency_id == principal.agency_id:
        return sa.true()
    return col(Plan.coordinator_id) == principal.agency_id


async def page_of_lines(
    session: AsyncSession, principal: Principal, reminder: Reminder, asked: PageRequest
) -> FoundPage[ReminderLine]:
    """A page of a reminder's items that the caller may see, and the key of the next page."""
    return await read_page(
        session, select_lines().where(_of_mine(principal, reminder)), ITEMS, asked, ReminderLine
    )


async def first_lines(
    session: AsyncSession, principal: Principal, reminder: Reminder, *, limit: int
) -> list[ReminderLine]:
    """The first *limit* items of a reminder that the caller may see, in their order."""
    statement = select_lines().where(
        _of_mine(principal, reminder), col(ReminderItem.reminder_id) == reminder.id
    )
    rows = await session.exec(statement.order_by(col(ReminderItem.number)).limit(limit))
    return [ReminderLine(*row) for row in rows]


async def steps_of(session: AsyncSession, ids: Collection[uuid.UUID]) -> dict[uuid.UUID, list[int]]:
    """The steps of the rule behind each reminder, ascending; none for a reminder by hand."""
    if not ids:
        return {}
    step = col(ReminderItem.step)
    rows = await session.exec(
        select(ReminderItem.reminder_id, step)
        .where(col(ReminderItem.reminder_id).in_(ids), step.is_not(None))
        .distinct()
        .order_by(step)
    )
    return grouped(ids, ((reminder_id, days or 0) for reminder_id, days in rows))


SENT_REMINDERS = sa.text("""
select r.id, r.agency_id, r.receiver,
       case when count(distinct i.plan_id) = 1 then (array_agg(i.plan_id))[1] end,
       r.assignments, r.submissions, r.agency_reports, r.missing, r.number,
       coalesce(array_agg(distinct i.step order by i.step) filter (where i.step is not null), '{}'),
       coalesce((select array_agg(distinct p.receiver order by p.receiver) from reminder p
          where p.id = any(:ids) and p.agency_id = r.agency_id and p.mail_state is not null
            and (p.receiver = 'office') = (r.receiver = 'office')), '{}')
  from reminder r join reminder_item i on i.reminder_id = r.id
 where r.id = any(:ids) and r.mail_state is null
 group by r.id order by r.agency_id, r.id
""").bindparams(sa.bindparam("ids", type_=sa.ARRAY(sa.Uuid)))


async def sent_reminders(session: AsyncSession, ids: Collection[uuid.UUID]) -> list[SentReminder]:
    """Those of these reminders that go by event, with the agency's other receivers."""
    rows = await (await session.connection()).execute(SENT_REMINDERS, {"ids": list(ids)})
    return [SentReminder(*row) for row in rows]


async def find_rule(session: AsyncSession, plan_id: uuid.UUID) -> ReminderRule | None:
    """The reminder rule of a plan; None where the default holds."""
    statement = select(ReminderRule).where(col(ReminderRule.plan_id) == plan_id)
    return (await session.exec(statement)).one_or_none()


class EarlierReminders(NamedTuple):
    """The number of reminders that persons sent an agency in a plan, and whether one was sent on
    the day."""

    times: int
    was_today: bool


async def earlier_by_hand(
    session: AsyncSession, plan_id: uuid.UUID, agency_ids: Collection[uuid.UUID], *, day: date
) -> dict[uuid.UUID, EarlierReminders]:
    """The reminders by hand that these agencies had in a plan; those without any are missing."""
    rows = await session.exec(
        select(
            Reminder.agency_id,
            sa.func.max(Reminder.number),
            sa.func.bool_or(col(Reminder.on_day) == day),
        )
        .where(
            col(Reminder.trigger) == ReminderTrigger.PERSON,
            col(Reminder.plan_id) == plan_id,
            col(Reminder.agency_id).in_(agency_ids),
        )
        .group_by(col(Reminder.agency_id))
    )
    return {row[0]: EarlierReminders(row[1] or 0, row[2]) for row in rows}
