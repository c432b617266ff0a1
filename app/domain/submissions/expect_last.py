"""The next submission of open assignments: each has one in which its end can be reported."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from app.clock import local_day
from app.domain.acts import Act
from app.domain.submissions.expect import expect_submissions
from app.domain.submissions.expected import ExpectedSubmission, insert_expected
from app.models import Assignment, Plan
from app.queries.assignments.actions import without_open_submission


async def expect_next_submissions(
    act: Act, plan: Plan, assignments: Sequence[Assignment], names: Mapping[UUID, str]
) -> int:
    """Expect the submissions of the plan's regime for these assignments; answers how many were
    added.

    An assignment that then has none to file (all periods up to the deadline were accepted) gets one
    besides the regime's periods, named by *names* and due on the deadline, or today where that has
    passed.
    """
    today = local_day(act.at)
    await act.session.flush()
    ids = [one.id for one in assignments]
    regular = await expect_submissions(act.session, plan, today.year + 1, at=act.at, only=ids)
    lacking = await without_open_submission(act.session, names)
    due_days = {one.id: max(today, one.deadline_on or today) for one in assignments}
    last = [
        ExpectedSubmission(
            one.id,
            one.agency_id,
            f"adhoc-{names[one.id]}",
            today,
            due_days[one.id],
            due_days[one.id],
        )
        for one in assignments
        if one.id in lacking
    ]
    await insert_expected(act.session, plan.id, last, at=act.at)
    return regular + len(last)
