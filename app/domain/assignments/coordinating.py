"""Coordinating assignments end on the day on which their task is done, and go on with it."""

import uuid
from collections.abc import Iterable, Sequence
from datetime import date

from app.clock import local_day
from app.domain.acts import Act
from app.domain.assignments.call_off import end_assignments, waive_submissions_of
from app.domain.records import Note, Subject
from app.domain.submissions.expect import expect_submissions
from app.models import Assignment, AssignmentStatus, Plan
from app.queries.assignments import coordinating as queries
from app.queries.locks import lock_task_end
from app.queries.submissions.waiver_writes import expect_again

DONE = "Nhiệm vụ đã kết thúc."
"""The reason with which submissions are waived that are not due when their assignment is closed, or
ends with its task; reopening expects submissions with this reason again."""
S = AssignmentStatus


async def follow_the_task(act: Act, plan: Plan, changed: Assignment) -> None:
    """End the open coordinating assignments beside a *changed* one if all leads of its task are
    done, and open those again that had ended if one is not.

    They end on the day from which the change holds. Their submissions that were due before it stay
    overdue; no other is expected.
    """
    await follow_tasks(act, plan, [(changed.task_id, changed.occurrence)], day=changed.changed_on)


async def follow_tasks(
    act: Act, plan: Plan, tasks: Iterable[tuple[uuid.UUID, str]], *, day: date
) -> None:
    """The same for occurrences of several tasks, whose assignments changed from *day* on."""
    await act.session.flush()
    for task_id, occurrence in sorted(set(tasks)):
        await lock_task_end(act.session, task_id, occurrence)
        rows = await queries.lock_coordinating(act.session, task_id, occurrence)
        if await queries.are_leads_done(act.session, task_id, occurrence):
            await _end(act, [row for row in rows if row.status in queries.ENDS], day)
        else:
            await _go_on(act, plan, [row for row in rows if row.status == S.ENDED_WITH_TASK])


async def _end(act: Act, rows: Sequence[Assignment], day: date) -> None:
    await end_assignments(act, rows, S.ENDED_WITH_TASK, day=day)
    by_id = {row.id: row for row in rows}
    await waive_submissions_of(act, by_id, reason=DONE, due_from=day)


async def _go_on(act: Act, plan: Plan, rows: Sequence[Assignment]) -> None:
    today = local_day(act.at)
    for row in rows:
        row.status = await queries.status_before_the_end(act.session, row.id)
        row.changed_on = max(today, row.changed_on)
        act.note("reopened", Subject("assignment", row.id, row.plan_id, row.agency_id))
        again = await expect_again(act.session, [row.id], today, reason=DONE, at=act.at)
        await act.record(
            [
                Note("expected", Subject("submission", one.id, row.plan_id, row.agency_id), {})
                for one in again
            ]
        )
    if rows:
        await expect_submissions(act.session, plan, at=act.at, only=[row.id for row in rows])
