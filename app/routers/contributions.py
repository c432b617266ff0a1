import uuid
from typing import Annotated

from fastapi import APIRouter, Depends

from app.auth.deps import Reporter, SubmissionReader
from app.clock import local_day, utc_now
from app.domain.acts import PersonalAct
from app.domain.plans.plans import PlanStateError
from app.domain.submissions import contributions as domain
from app.domain.submissions import push as pushes
from app.domain.submissions.states import AssignmentClosedError, SubmissionStateError
from app.http.answers import Answer
from app.http.etags import ActingDep
from app.http.idempotency import Route
from app.http.lists import ListRequest, paged
from app.http.problems import refusals
from app.http.sessions import ReadingSessionDep, SessionDep
from app.queries.submissions import contributions as queries
from app.queries.submissions import submissions as submission_queries
from app.schemas.common import Page
from app.schemas.contributions import ContributionFilters, ContributionOut, TakeBody
from app.schemas.submissions import SubmissionOut
from app.views import contributions as views
from app.views import submissions as submission_views

router = APIRouter(prefix="/v1/submissions/{submission_id}", tags=["work"], route_class=Route)

ContributionsDep = Annotated[
    ListRequest[ContributionOut],
    Depends(paged(queries.CONTRIBUTIONS, ContributionOut, ContributionFilters)),
]


@router.get(
    "/contributions", summary="Phần của cơ quan phối hợp / List what coordinating agencies filed"
)
async def list_contributions(
    session: ReadingSessionDep,
    principal: SubmissionReader,
    paging: ContributionsDep,
    submission_id: uuid.UUID,
) -> Answer[Page[ContributionOut]]:
    """Cơ quan phối hợp nào của nhiệm vụ đã nộp gì cho kỳ này, ai chưa, ai không phải báo cáo.

    To a lead's report: each coordinating agency of its task and occurrence, and what it filed.
    """
    case = await submission_queries.get_submission(session, principal, submission_id)
    domain.require_lead(case.assignment)
    asked = await paging.asked(session)
    rows, last = await queries.page_of_contributions(session, principal, case, asked)
    return paging.answer(await views.contributions_out(session, principal, case, rows), last)


@router.post(
    "/take-contributions",
    summary="Đưa phần phối hợp vào báo cáo / Take contributions into the report",
    responses=refusals(SubmissionStateError, AssignmentClosedError, PlanStateError),
)
async def take_contributions(
    session: SessionDep,
    principal: Reporter,
    tagging: ActingDep,
    submission_id: uuid.UUID,
    body: TakeBody,
) -> SubmissionOut:
    """Thêm lời của cơ quan phối hợp, dưới tên của họ, vào bản soạn của cơ quan chủ trì.

    Adds their results, difficulties and proposals to the lead's draft, each attempt once. A draft
    that is begun by it is in progress at 0 percent until the lead says what holds.
    """
    found = await submission_queries.get_submission(session, principal, submission_id)
    key = found.assignment.id, found.submission.period
    at = utc_now()
    case = await pushes.lock_submission(session, principal, *key, day=local_day(at))
    domain.require_lead(found.assignment)
    tagging.check(case.submission)
    await domain.take_contributions(PersonalAct(session, principal, at), case, body.from_)
    return await submission_views.filed_submission_out(session, principal, case)
