from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Query, Request

from app.auth.deps import Reviewer, charge
from app.clock import utc_now
from app.domain.acts import PersonalAct
from app.domain.submissions.accept_many import ReadAttempt, accept_many
from app.errors import TrackerError
from app.http import batches
from app.http.idempotency import Route
from app.http.problems import Problem
from app.http.sessions import SessionDep
from app.queries.submissions.submissions import SubmissionCase
from app.schemas.submissions import (
    AcceptCountsOut,
    AcceptManyBody,
    AcceptManyOut,
    AcceptVerdictOut,
)
from app.views.submissions import accepted_out

router = APIRouter(prefix="/v1", tags=["work"], route_class=Route)

ROWS_A_UNIT = 5
"""The rows that cost as much time as one request."""


@router.post(
    "/submissions/accept",
    summary="Chấp nhận nhiều báo cáo / Accept many submissions",
    status_code=207,
)
async def accept_submissions(
    request: Request,
    session: SessionDep,
    principal: Reviewer,
    body: AcceptManyBody,
    dry_run: Annotated[
        bool, Query(description="Trả lời như thật, không lưu gì / answer alike, store nothing")
    ] = False,
) -> AcceptManyOut:
    """Chấp nhận đến 1.000 báo cáo, mỗi báo cáo xét riêng theo lần nộp đã đọc.

    Accepts up to 1,000 reports, each judged alone by the rules of a single acceptance and by the
    attempt that was read. What is refused is `rejected` with a problem of its own and hinders no
    other.
    """
    await charge(request, principal, len(body.items) // ROWS_A_UNIT)
    read = [ReadAttempt(one.id, one.attempt) for one in body.items]
    async with session.begin_nested() as ahead:
        verdicts = await accept_many(PersonalAct(session, principal, utc_now()), read)
        answer = _answer(request, verdicts, applied=not dry_run)
        if dry_run:
            await ahead.rollback()
    return answer


def _answer(
    request: Request, verdicts: Sequence[SubmissionCase | TrackerError], *, applied: bool
) -> AcceptManyOut:
    items = [
        AcceptVerdictOut(
            index=index,
            status="rejected",
            result=None,
            problem=Problem.model_validate(batches.problem(request, verdict)),
        )
        if isinstance(verdict, TrackerError)
        else AcceptVerdictOut(
            index=index, status="accepted", result=accepted_out(verdict), problem=None
        )
        for index, verdict in enumerate(verdicts)
    ]
    rejected = sum(one.status == "rejected" for one in items)
    counts = AcceptCountsOut(accepted=len(items) - rejected, rejected=rejected)
    return AcceptManyOut(applied=applied, counts=counts, items=items)
