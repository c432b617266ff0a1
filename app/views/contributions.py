from collections.abc import Sequence
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.principal import Principal
from app.clock import local_day, utc_now
from app.domain.submissions import contributions as domain
from app.models import SubmissionStatus
from app.queries.registry import agencies
from app.queries.submissions.contributions import Contribution
from app.queries.submissions.submissions import FiledAttempt, SubmissionCase, latest_attempts
from app.views.submissions import attempts_out

FILED = (SubmissionStatus.SUBMITTED, SubmissionStatus.ACCEPTED)


async def described(
    session: AsyncSession, principal: Principal, case: SubmissionCase, rows: Sequence[Contribution]
) -> list[dict[str, Any]]:
    """Contributions to one report as they are answered; who owes none is told of too."""
    latest = (await latest_attempts(session, [case.submission.id])).get(case.submission.id)
    taken = domain.visible_sources(principal, case, latest)
    ids = {row.assignment.agency_id for row in rows}
    labels = await agencies.agency_names(session, ids, day=local_day(utc_now()))
    filed = [FiledAttempt(row.attempt, row.review) for row in rows if row.attempt is not None]
    told = {
        one.attempt.id: out
        for one, out in zip(filed, await attempts_out(session, principal, filed), strict=True)
    }
    return [
        {
            "assignment_id": row.assignment.id,
            "submission_id": row.submission.id if row.submission else None,
            "agency": labels[row.assignment.agency_id],
            "status": domain.visible_status(principal, row),
            "is_filed": row.submission is not None and row.submission.status in FILED,
            "attempt": told[row.attempt.id] if row.attempt else None,
            "is_taken": row.attempt is not None and row.attempt.id in taken,
        }
        for row in rows
    ]
