import uuid
from collections import Counter
from collections.abc import Sequence
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request

from app.auth.deps import Reviewer, SubmissionReader, charge
from app.clock import utc_now
from app.domain.acts import PersonalAct
from app.domain.evaluation import ratings as domain
from app.domain.evaluation.rate_many import GivenRating, NewRating, rate_many
from app.domain.plans.plans import PlanStateError
from app.errors import TrackerError
from app.http import batches
from app.http.answers import Answer
from app.http.etags import ActingDep, ReadingDep
from app.http.idempotency import Route
from app.http.lists import ListRequest, paged
from app.http.problems import refusals
from app.http.sessions import ReadingSessionDep, SessionDep
from app.http.settings import settings_of
from app.queries.evaluation import ratings as queries
from app.queries.plans import plans
from app.queries.registry import agencies
from app.schemas.common import Page, Ref
from app.schemas.ratings import (
    YEAR,
    RatingBody,
    RatingCountsOut,
    RatingDetailOut,
    RatingFilters,
    RatingOut,
    RatingsBody,
    RatingsGivenOut,
    RatingVerdictOut,
)
from app.views import ratings as views

router = APIRouter(prefix="/v1", tags=["work"], route_class=Route)

RatingsDep = Annotated[
    ListRequest[RatingOut], Depends(paged(queries.RATINGS, RatingOut, RatingFilters))
]
RatedYear = Annotated[int, Path(ge=2000, le=2100, examples=[2026], description=YEAR)]
RatedAgency = Annotated[
    Ref, Path(examples=["SNGV"], description="Cơ quan được đánh giá / the agency that is rated")
]


@router.get("/plans/{plan_id}/ratings", summary="Đánh giá các cơ quan / List ratings")
async def list_ratings(
    session: ReadingSessionDep, principal: SubmissionReader, paging: RatingsDep, plan_id: uuid.UUID
) -> Answer[Page[RatingOut]]:
    """Của cơ quan mình, của kế hoạch mình theo dõi; cơ quan ban hành, giám sát đọc tất cả.

    What stands for each agency and year, of those that the caller may read: a grade is no public
    figure.
    """
    plan = await plans.get_plan(session, principal, plan_id)
    asked = await paging.asked(session, plan=plan.id)
    cases, last = await queries.page_of_ratings(session, principal, asked)
    return paging.answer(await views.ratings_out(session, principal, cases), last)


@router.get("/ratings/{rating_id}", summary="Một đánh giá / Get a rating")
async def get_rating(
    session: ReadingSessionDep,
    principal: SubmissionReader,
    request: Request,
    tagging: ReadingDep,
    rating_id: uuid.UUID,
) -> RatingDetailOut:
    """Mọi lần đánh giá và số liệu của năm đó. / All that was judged, with the year's figures."""
    case = await queries.get_rating(session, principal, rating_id)
    tagging.mark(case.rating)
    return await _detailed(request, session, principal, case)


@router.put(
    "/plans/{plan_id}/ratings/{agency}/{year}",
    summary="Đánh giá một cơ quan / Rate an agency's year",
    responses=refusals(PlanStateError),
)
async def put_rating(
    session: SessionDep,
    principal: Reviewer,
    request: Request,
    tagging: ActingDep,
    plan_id: uuid.UUID,
    agency: RatedAgency,
    year: RatedYear,
    body: RatingBody,
) -> RatingDetailOut:
    """Cơ quan theo dõi đánh giá; đính chính cần `If-Match` và lý do, bản cũ được giữ.

    By the plan's coordinator; of the coordinator by its issuer. To correct what stands, send
    `If-Match` and a reason; what was said before stays. The same again changes nothing.
    """
    plan = await plans.get_plan_for_update(session, principal, plan_id)
    rated = await agencies.get_agency(session, agency)
    domain.require_rater(principal, plan, rated.id)
    judgment = domain.RatingJudgment(**body.model_dump())
    standing = await queries.find_standing(session, plan.id, rated.id, year)
    if standing is not None and (standing[1].grade, standing[1].remark) != judgment[:2]:
        tagging.require(standing[0])
    rating = await domain.give_rating(
        PersonalAct(session, principal, utc_now()), plan, rated, year, judgment=judgment
    )
    tagging.mark(rating)
    case = await queries.get_rating(session, principal, rating.id)
    return await _detailed(request, session, principal, case)


@router.post(
    "/plans/{plan_id}/ratings/batch",
    summary="Đánh giá nhiều cơ quan / Rate many agencies",
    status_code=HTTPStatus.MULTI_STATUS,
)
async def rate_agencies(
    request: Request,
    session: SessionDep,
    principal: Reviewer,
    plan_id: uuid.UUID,
    body: RatingsBody,
    dry_run: batches.DryRun = False,
) -> RatingsGivenOut:
    """Đến 1.000 đánh giá, mỗi đánh giá xét riêng như một lần `PUT`; dòng sai không cản dòng đúng.

    Each row is judged alone by the rules of a single rating; to correct what stands, it names the
    `version` that was read. What is refused is `rejected` with a problem of its own.
    """
    await charge(request, principal, len(body.items) // batches.ROWS_A_UNIT)
    plan = await plans.get_plan_for_update(session, principal, plan_id)
    given = [
        NewRating(
            one.agency,
            one.year,
            domain.RatingJudgment(one.grade, one.remark, one.reason),
            one.version,
        )
        for one in body.items
    ]
    async with session.begin_nested() as ahead:
        verdicts = await rate_many(PersonalAct(session, principal, utc_now()), plan, given)
        answer = _verdicts_out(request, verdicts, applied=not dry_run)
        if dry_run:
            await ahead.rollback()
    return answer


def _verdicts_out(
    request: Request, verdicts: Sequence[GivenRating | TrackerError], *, applied: bool
) -> RatingsGivenOut:
    items = []
    for index, verdict in enumerate(verdicts):
        given = None if isinstance(verdict, TrackerError) else verdict
        items.append(
            RatingVerdictOut(
                index=index,
                status="rejected" if given is None else given.effect,
                rating_id=None if given is None else given.rating_id,
                version=None if given is None else given.version,
                problem=batches.problem_of(request, verdict),
            )
        )
    counted = Counter(str(one.status) for one in items)
    counts = RatingCountsOut(**{name: counted[name] for name in RatingCountsOut.model_fields})
    return RatingsGivenOut(applied=applied, counts=counts, items=items)


async def _detailed(
    request: Request, session: SessionDep, principal: SubmissionReader, case: queries.RatingCase
) -> RatingDetailOut:
    due_soon_days = settings_of(request).due_soon_days
    return await views.rating_detail_out(session, principal, case, due_soon_days=due_soon_days)
