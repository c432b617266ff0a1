"""A report in which to tell the end: whoever is given work or time has one to file."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from app.clock import local_day
from app.domain.acts import Act
from app.domain.records import Note, Subject
from app.domain.submissions.expect import expect_submissions, insert_rows
from app.models import Assignment, Plan, Submission
from app.models.base import new_id
from app.queries.assignments.actions import without_open_submission


async def expect_next_submissions(
    act: Act, plan: Plan, assignments: Sequence[Assignment], names: Mapping[UUID, str]
) -> int:
    """Expect what the plan's regime asks of these now; answers how many reports were added.

    Where that leaves none to file (all periods up to the deadline were accepted), one report
    besides the regime's periods is expected, under the name given for the assignment, due on the
    deadline or today where that has passed: else its end could never be reported.
    """
    today = local_day(act.at)
    await act.session.flush()
    ids = [one.id for one in assignments]
    regular = await expect_submissions(act.session, plan, today.year + 1, at=act.at, only=ids)
    lacking = await without_open_submission(act.session, names)
    found = [row for row in assignments if row.id in lacking]
    rows: list[dict[str, Any]] = []
    for one in found:
        due_on = max(today, one.deadline_on or today)
        rows.append(
            {
                "id": new_id(),
                "assignment_id": one.id,
                "period": f"adhoc-{names[one.id]}",
                "data_from": today,
                "data_to": due_on,
                "due_on": due_on,
                "expected_on": today,
            }
        )
    await insert_rows(act.session, Submission, rows)
    await act.publish([_expected_note(one, row) for one, row in zip(found, rows, strict=True)])
    return regular + len(rows)


def _expected_note(assignment: Assignment, row: Mapping[str, Any]) -> Note:
    detail = {
        "assignment_id": str(assignment.id),
        "period": row["period"],
        "due_on": row["due_on"].isoformat(),
    }
    about = Subject("submission", row["id"], assignment.plan_id, assignment.agency_id)
    return Note("expected", about, detail)
