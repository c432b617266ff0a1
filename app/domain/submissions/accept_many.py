"""Accepting many submissions at once, each judged alone."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.principal import Principal
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
    session: AsyncSession, principal: Principal, given: Sequence[ReadAttempt], *, at: datetime
) -> list[SubmissionCase | TrackerError]:
    """Accept in order; answers for each what was accepted, or why it was not."""
    ids = {one.submission_id for one in given}
    act = PersonalAct(session, principal, at)
    verdicts: list[SubmissionCase | TrackerError] = []
    async with reclaimed(act, await closed_before_move(session, ids)):
        cases = await get_submissions(session, principal, ids, lock=True)
        for submission_id, number in given:
            case = cases.get(submission_id)
            try:
                if case is None:
                    raise NotFoundError(NO_SUCH_SUBMISSION)
                await accept(session, principal, case, number, at=at)
                verdicts.append(case)
            except TrackerError as error:
                # Whatever refuses does so before it changes anything.
                verdicts.append(error)
    return verdicts
