"""Accepting many submissions at once, each judged alone."""

import uuid
from collections.abc import Sequence
from typing import NamedTuple

from app.domain.acts import PersonalAct
from app.domain.handovers.reclaim import reclaimed
from app.domain.submissions.review import accept
from app.errors import NotFoundError, TrackerError
from app.queries.handovers.reclaims import closed_before_move
from app.queries.submissions.submissions import (
    NO_SUCH_SUBMISSION,
    SubmissionCase,
    get_submissions,
)


class ReadAttempt(NamedTuple):
    """A submission and the number of the attempt that was read."""

    submission_id: uuid.UUID
    number: int


async def accept_many(
    act: PersonalAct, given: Sequence[ReadAttempt]
) -> list[SubmissionCase | TrackerError]:
    """Accept in order; answers for each the accepted submission, or the error that refused it."""
    ids = {one.submission_id for one in given}
    verdicts: list[SubmissionCase | TrackerError] = []
    async with reclaimed(act, await closed_before_move(act.session, ids)):
        cases = await get_submissions(act.session, act.principal, ids, lock=True)
        for submission_id, number in given:
            case = cases.get(submission_id)
            try:
                if case is None:
                    raise NotFoundError(NO_SUCH_SUBMISSION)
                await accept(act, case, number)
                verdicts.append(case)
            except TrackerError as error:
                # Whatever refuses does so before it changes anything.
                verdicts.append(error)
    return verdicts
