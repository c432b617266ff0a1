import uuid
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query

from app.auth.deps import Reporter, Reviewer, SubmissionReader
from app.auth.principal import Principal
from app.clock import local_day, utc_now
from app.domain.acts import PersonalAct
from app.domain.figures.as_of import DayInFutureError, day_asked
from app.domain.handovers.reclaim import reclaimed
from app.domain.plans.plans import PlanStateError
from app.domain.submissions import push as pushes
from app.domain.submissions import review as domain
from app.domain.submissions.states import (
    AssignmentClosedError,
    ReceiptSetRight,
    SubmissionStateError,
)
from app.http.answers import Answer, Shape, shaped
from app.http.etags import ActingDep, ReadingDep, ReadTagging
from app.http.idempotency import Route
from app.http.lists import ListRequest, paged
from app.http.problems import refusals
from app.http.sessions import ReaderDep, ReadingSessionDep, RequestReader, SessionDep
from app.queries.handovers.reclaims import closed_before_move
from app.queries.submissions import submissions as queries
from app.queries.submissions import submissions_json as json_queries
from app.routers.viewpoints import of_day
from app.schemas.common import AsOfDay, Page
from app.schemas.submissions import (
    PERIOD,
    AcceptBody,
    AttemptOut,
    ReportBody,
    SendBackBody,
    SubmissionFilters,
    SubmissionOut,
    WaiveBody,
)
from app.views import submissions as views
from app.views.expansions import item_answer, page_answer

router = APIRouter(prefix="/v1", tags=["work"], route_class=Route)

PeriodId = Annotated[
    str,
    Path(
        pattern=PERIOD,
        examples=["2026"],
        description="Kỳ báo cáo: 2026, 2026-H1, 2026-Q3, 2026-08 / the reporting period",
    ),
]
SubmissionsDep = Annotated[
    ListRequest[SubmissionOut],
    Depends(paged(queries.SUBMISSIONS, SubmissionOut, SubmissionFilters)),
]
SubmissionAttemptsDep = Annotated[
    ListRequest[AttemptOut], Depends(paged(queries.ATTEMPTS, AttemptOut))
]
SubmissionShapeDep = Annotated[Shape[SubmissionOut], Depends(shaped(SubmissionOut))]
MOVES = refusals(SubmissionStateError)
WRITES = refusals(SubmissionStateError, AssignmentClosedError, PlanStateError)
REVIEWS = refusals(SubmissionStateError, domain.OwnReportError, domain.AnotherAttemptError)


@router.get(
    "/submissions",
    summary="Danh sách báo cáo / List submissions",
    responses=refusals(DayInFutureError),
)
async def list_submissions(
    reader: ReaderDep,
    principal: SubmissionReader,
    paging: SubmissionsDep,
    as_of: AsOfDay = None,
) -> Answer[Page[SubmissionOut]]:
    """Báo cáo của mình, của kế hoạch mình theo dõi, của nhiệm vụ mình chủ trì; kể cả chưa nộp.

    Every report that the caller may read, also those that are only expected. With `as_of` each is
    as it stood at the end of that day, as the figures of reporting count it: whose it was, what had
    been filed and decided; filters are about that day too. Drafts of past days are not kept.
    """
    today = local_day(utc_now())
    day = day_asked(as_of, today=today)
    asked = of_day(await paging.asked(reader), day, today=today)
    is_past = day < today
    shape = paging.shape
    rows, last = await json_queries.list_submissions_json(
        reader, principal, asked, day=day, is_past=is_past, fields=shape.fields,
        with_ids=bool(shape.expand),
    )  # fmt: skip
    past = day if is_past else None
    items = await views.submission_texts(reader, principal, rows, past=past)
    refs = map(json_queries.refs, rows)
    return await page_answer(reader, principal, paging, items, refs=refs, last=last)


@router.get(
    "/submissions/{submission_id}",
    summary="Một báo cáo / Get a submission",
    responses=refusals(DayInFutureError),
)
async def get_submission(
    reader: ReaderDep,
    principal: SubmissionReader,
    tagging: ReadingDep,
    shape: SubmissionShapeDep,
    submission_id: uuid.UUID,
    as_of: AsOfDay = None,
) -> Answer[SubmissionOut]:
    """Báo cáo, trạng thái và việc được phép làm. / The report, its state, what may be done."""
    today = local_day(utc_now())
    day = day_asked(as_of, today=today)
    past = day if day < today else None
    key = {"ids": [submission_id]}
    return await _answer(reader, principal, tagging, shape, key, day=day, past=past)


async def _answer(
    reader: RequestReader,
    principal: Principal,
    tagging: ReadTagging,
    shape: Shape[SubmissionOut],
    key: dict[str, Any],
    *,
    day: date,
    past: date | None = None,
) -> Answer[SubmissionOut]:
    row = await json_queries.get_submission_json(
        reader, principal, day=day, is_past=past is not None, fields=shape.fields,
        with_ids=bool(shape.expand), **key,
    )  # fmt: skip
    tagging.mark(row)
    [item] = await views.submission_texts(reader, principal, [row], past=past)
    return await item_answer(reader, principal, shape, item, refs=map(json_queries.refs, [row]))


@router.get(
    "/submissions/{submission_id}/attempts", summary="Các lần nộp / Every filing of a submission"
)
async def list_attempts(
    session: ReadingSessionDep,
    principal: SubmissionReader,
    paging: SubmissionAttemptsDep,
    submission_id: uuid.UUID,
) -> Answer[Page[AttemptOut]]:
    """Từng lần nộp và kết quả xét, không sửa được. / Every filing with the decision on it."""
    case = await queries.get_submission(session, principal, submission_id)
    asked = await paging.asked(session)
    filed, last = await queries.page_of_attempts(session, case, asked)
    return paging.answer(await views.attempts_out(session, principal, filed), last)


@router.get(
    "/assignments/{assignment_id}/submissions/{period}",
    summary="Báo cáo của một kỳ / Get the submission of a period",
)
async def get_submission_of_period(
    reader: ReaderDep,
    principal: SubmissionReader,
    tagging: ReadingDep,
    shape: SubmissionShapeDep,
    assignment_id: uuid.UUID,
    period: PeriodId,
) -> Answer[SubmissionOut]:
    """Báo cáo về một việc cho một kỳ. / The report on one assignment for one period."""
    key = {"assignment": assignment_id, "period": period}
    return await _answer(reader, principal, tagging, shape, key, day=local_day(utc_now()))


@router.put(
    "/assignments/{assignment_id}/submissions/{period}",
    summary="Ghi hoặc nộp báo cáo / Save or file a submission",
    responses=WRITES,
)
async def put_submission(
    reader: ReaderDep,
    principal: Reporter,
    tagging: ActingDep,
    assignment_id: uuid.UUID,
    period: PeriodId,
    body: ReportBody,
    submit: Annotated[
        bool, Query(description="Nộp luôn trong lần gọi này / file it in the same call")
    ] = False,
) -> SubmissionOut:
    """Ghi bản soạn; với `submit=true` thì nộp luôn. Gửi lại cùng nội dung không tạo thêm gì.

    Saves a draft, or files it with `submit=true`. The key is natural: a retry with the same
    content changes nothing and is answered alike, however often and however late it comes. That
    holds after the report was sent back as well: to file the same content again on purpose, use
    `POST …/submit`.
    """
    at = utc_now()
    async with reader.transaction() as held:
        case = await pushes.lock_submission(
            held, principal, assignment_id, period, day=local_day(at)
        )
        tagging.check(case.submission)
        await pushes.push_submission(held, principal, case, body.content(), submit=submit, at=at)
        return await views.filed_submission_out(held, principal, case)


@router.post(
    "/submissions/{submission_id}/submit",
    summary="Nộp báo cáo đang soạn / File a draft",
    responses=WRITES,
)
async def submit_submission(
    session: SessionDep, principal: Reporter, tagging: ActingDep, submission_id: uuid.UUID
) -> SubmissionOut:
    """Nộp bản đang soạn thành một lần nộp có số thứ tự. / Files the draft as a new attempt."""
    found = await queries.get_submission(session, principal, submission_id)
    key = found.assignment.id, found.submission.period
    at = utc_now()
    case = await pushes.lock_submission(session, principal, *key, day=local_day(at))
    tagging.check(case.submission)
    await pushes.submit_draft(session, principal, case, at=at)
    return await views.filed_submission_out(session, principal, case)


@router.post(
    "/submissions/{submission_id}/withdraw",
    summary="Rút báo cáo chưa xét / Withdraw a submission",
    responses=MOVES,
)
async def withdraw_submission(
    session: SessionDep, principal: Reporter, tagging: ActingDep, submission_id: uuid.UUID
) -> Answer[SubmissionOut]:
    """Rút lại báo cáo chưa được xét để sửa; lần nộp cũ vẫn được giữ. / It becomes a draft again."""
    case = await queries.get_submission(session, principal, submission_id, lock=True)
    tagging.check(case.submission)
    await domain.withdraw(PersonalAct(session, principal, utc_now()), case)
    changed = await views.changed_submission(session, principal, submission_id)
    tagging.mark_changed(changed)
    return Answer((await views.submission_texts(session, principal, [changed]))[0])


@router.post(
    "/submissions/{submission_id}/accept",
    summary="Chấp nhận báo cáo / Accept a submission",
    responses=REVIEWS,
)
async def accept_submission(
    session: SessionDep,
    principal: Reviewer,
    tagging: ActingDep,
    submission_id: uuid.UUID,
    body: AcceptBody,
) -> Answer[SubmissionOut]:
    """Chấp nhận; báo cáo hoàn thành thì nhiệm vụ hoàn thành vào ngày nộp, không phải ngày xét.

    Accepts the attempt that was read; 409 with the current number where another one was filed
    meanwhile. A completed task is completed on the day it was filed, not on the day of
    this decision. What was filed once for several assignments is decided on one by one:
    `shared_with`
    says which others wait.
    """
    receipt = None
    if body.received_on is not None and body.received_reason is not None:
        receipt = ReceiptSetRight(body.received_on, body.received_reason)
    act = PersonalAct(session, principal, utc_now())
    async with reclaimed(act, await closed_before_move(session, [submission_id])):
        case = await queries.get_submission(session, principal, submission_id, lock=True)
        tagging.check(case.submission)
        await domain.accept(
            PersonalAct(session, principal, act.at), case, body.attempt, receipt=receipt
        )
    return await views.changed_submission_answer(session, principal, submission_id)


@router.post(
    "/submissions/{submission_id}/send-back",
    summary="Trả lại báo cáo / Send a submission back",
    responses=REVIEWS,
)
async def send_back_submission(
    session: SessionDep,
    principal: Reviewer,
    tagging: ActingDep,
    submission_id: uuid.UUID,
    body: SendBackBody,
) -> Answer[SubmissionOut]:
    """Trả lại lần nộp đã đọc, kèm lý do để sửa và nộp lại. / Returned with what to correct."""
    case = await queries.get_submission(session, principal, submission_id, lock=True)
    tagging.check(case.submission)
    await domain.send_back(
        PersonalAct(session, principal, utc_now()), case, body.attempt, reason=body.reason
    )
    return await views.changed_submission_answer(session, principal, submission_id)


@router.post(
    "/submissions/{submission_id}/waive",
    summary="Miễn báo cáo / Waive a submission",
    responses=refusals(SubmissionStateError, PlanStateError),
)
async def waive_submission(
    session: SessionDep,
    principal: Reviewer,
    tagging: ActingDep,
    submission_id: uuid.UUID,
    body: WaiveBody,
) -> Answer[SubmissionOut]:
    """Miễn báo cáo kỳ này kèm lý do. / No report is asked for this period, with the reason."""
    case = await queries.get_submission(session, principal, submission_id, lock=True)
    tagging.check(case.submission)
    await domain.waive(PersonalAct(session, principal, utc_now()), case, reason=body.reason)
    return await views.changed_submission_answer(session, principal, submission_id)
