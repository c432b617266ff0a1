from collections.abc import Sequence

from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.principal import Principal
from app.clock import local_day, utc_now
from app.models import SubmissionStatus
from app.queries.submissions.contributions import Contribution
from app.queries.submissions.submissions import FiledAttempt, SubmissionCase
from app.queries.submissions.submissions_json import get_submission_json
from app.schemas.contributions import ContributionOut
from app.views.labels import agency_labels
from app.views.submissions import attempts_out

FILED = (SubmissionStatus.SUBMITTED, SubmissionStatus.ACCEPTED)


async def contributions_out(
    session: AsyncSession, principal: Principal, case: SubmissionCase, rows: Sequence[Contribution]
) -> list[ContributionOut]:
    """Contributions to one submission, also of agencies that owe none for its period."""
    day, ids = local_day(utc_now()), [case.submission.id]
    taken = (await get_submission_json(session, principal, day=day, ids=ids)).sources or ()
    labels = await agency_labels(session, (row.assignment.agency_id for row in rows))
    filed = [FiledAttempt(row.attempt, row.review) for row in rows if row.attempt is not None]
    attempts = {
        one.attempt.id: out
        for one, out in zip(filed, await attempts_out(session, principal, filed), strict=True)
    }
    return [
        ContributionOut(
            assignment_id=row.assignment.id,
            submission_id=row.submission.id if row.submission else None,
            agency=labels[row.assignment.agency_id],
            status=row.submission.status if row.submission else None,
            is_filed=row.submission is not None and row.submission.status in FILED,
            attempt=attempts[row.attempt.id] if row.attempt else None,
            is_taken=row.attempt is not None and row.attempt.id in taken,
        )
        for row in rows
    ]
