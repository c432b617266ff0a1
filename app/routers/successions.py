import uuid
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response

from app.auth.deps import Reader, RegistryAdmin
from app.clock import local_day, utc_now
from app.domain.acts import Act
from app.domain.handovers import successions as domain
from app.domain.handovers.succession_items import NewSuccession, SuccessionItem
from app.errors import ConflictError
from app.http.answers import Answer
from app.http.etags import ReadingDep
from app.http.idempotency import Route
from app.http.lists import ListRequest, paged
from app.http.problems import refusals
from app.http.sessions import ReadingSessionDep, SessionDep
from app.queries.handovers import successions as queries
from app.schemas.common import Page
from app.schemas.successions import (
    SuccessionFilters,
    SuccessionOut,
    SuccessionsBody,
    SuccessionsOut,
)
from app.views import successions as views

router = APIRouter(prefix="/v1/successions", tags=["registry"], route_class=Route)

SuccessionsDep = Annotated[
    ListRequest[SuccessionOut],
    Depends(paged(queries.SUCCESSIONS, SuccessionOut, SuccessionFilters)),
]


@router.get("", summary="Kế thừa giữa các cơ quan / List successions")
async def list_successions(
    session: ReadingSessionDep,
    principal: Reader,  # noqa: ARG001 - everyone with a token
    paging: SuccessionsDep,
) -> Answer[Page[SuccessionOut]]:
    """Cơ quan nào tiếp nhận việc của cơ quan nào, từ ngày nào, trong phạm vi nào.

    Which agency carries what another one carried, from which day, within which scope; in order of
    day. Agencies are named as today, and those that have ended by their last name.
    """
    asked = await paging.asked(session)
    rows, last = await queries.page_of_successions(session, asked)
    return paging.answer(await views.successions_out(session, rows, day=local_day(utc_now())), last)


@router.post(
    "",
    summary="Ghi nhận kế thừa / Record successions",
    status_code=201,
    responses=refusals(ConflictError, domain.ClosedAfterError),
)
async def record_successions(
    session: SessionDep,
    principal: RegistryAdmin,
    body: SuccessionsBody,
    response: Response,
    dry_run: Annotated[
        bool, Query(description="Xem trước, không lưu gì / look ahead and store nothing")
    ] = False,
) -> SuccessionsOut:
    """Sáp nhập, chia tách, đổi tên, giải thể: từ ngày nào, ai tiếp nhận gì, theo văn bản nào.

    From `effective_on` the successors carry what the predecessors carried. A day that has come
    takes effect at once, and since that day; one that is to come is carried out on the day. Open
    assignments go to the one successor, or wait in `/v1/handovers` where there are several. What is
    closed stays. The answer says what moves, what stays and what people must decide, in a dry run
    too. What is recorded wrongly is set right by rows that name it in `corrects`.
    """
    now = utc_now()
    today = local_day(now)
    given = NewSuccession(
        **body.model_dump(exclude={"items"}),
        items=[SuccessionItem(**item.model_dump()) for item in body.items],
    )
    act = Act(session, principal, now)
    response.status_code = 200 if dry_run else 201
    if not dry_run and body.effective_on <= today:
        recorded = await domain.record_succession(act, given)
        return await views.recorded_out(session, recorded, dry_run=False, today=today)
    async with session.begin_nested() as ahead:
        day = max(today, body.effective_on)
        seen = await domain.record_succession(act, given, day=day)
        answer = await views.recorded_out(session, seen, dry_run=dry_run, today=today)
        await ahead.rollback()
    if not dry_run:
        recorded = await domain.record_succession(act, given)
        for row, shown in zip(recorded.rows, answer.successions, strict=True):
            shown.id = row.id
    return answer


@router.get("/{succession_id}", summary="Một kế thừa / Get a succession")
async def get_succession(
    session: ReadingSessionDep,
    principal: Reader,  # noqa: ARG001 - everyone with a token
    tagging: ReadingDep,
    succession_id: uuid.UUID,
) -> SuccessionOut:
    """Ai tiếp nhận việc của ai, từ ngày nào, theo văn bản nào. / Who took over, by what."""
    row = await queries.get_succession(session, succession_id)
    tagging.mark(row)
    return (await views.successions_out(session, [row], day=local_day(utc_now())))[0]
