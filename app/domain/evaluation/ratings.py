"""Rating an agency's year in a plan: nobody rates their own, and a correction is a new version."""

import uuid
from datetime import date
from typing import NamedTuple

from app.auth.principal import Principal
from app.clock import local_day
from app.domain.acts import PersonalAct
from app.domain.authority import Power, may_judge, refusal
from app.domain.plans.plans import PlanStateError
from app.domain.records import Subject
from app.errors import NotFoundError, Text, invalid_at
from app.models import Agency, Grade, Plan, PlanStatus, Rating, RatingVersion
from app.queries.evaluation import ratings as queries
from app.queries.registry.agencies import name_on

CORRECTED = Text("Đính chính phải nêu lý do.", "A correction says why it is made.")
YEAR_NOT_OVER = Text(
    "Năm chưa kết thúc; đánh giá trước phải nêu lý do.",
    "The year is not over; a rating before its end says why.",
)


class RatingJudgment(NamedTuple):
    """A grade with its remark; `reason` says why it corrects the judgment before it, or why it is
    given before the year is over."""

    grade: Grade
    remark: str
    reason: str | None


def allowed_actions(principal: Principal, case: queries.RatingCase) -> list[str]:
    """The actions that the caller may take on the rating now."""
    rated = (case.rating.agency_id,)
    return ["correct"] if may_judge(principal, Power.RATE, case.plan, concerned=rated) else []


def figures_day(year: int, today: date) -> date:
    """The day of the figures beside a rating: the year's last, or today while it is not over."""
    return min(date(year, 12, 31), today)


def require_rater(principal: Principal, plan: Plan, agency_id: uuid.UUID) -> None:
    """Raise `PermissionDeniedError` unless the caller rates this agency in this plan.

    Raises `PlanStateError` for a draft.
    """
    if plan.status == PlanStatus.DRAFT:
        raise PlanStateError(
            Text("Kế hoạch còn là dự thảo.", "The plan is a draft: nobody owes anything yet.")
        )
    if not may_judge(principal, Power.RATE, plan, concerned=(agency_id,)):
        raise refusal(Power.RATE)


async def give_rating(
    act: PersonalAct, plan: Plan, agency: Agency, year: int, *, judgment: RatingJudgment
) -> Rating:
    """Rate an agency's year, or correct its rating; the same grade and remark change nothing.

    A year is rated when it is over, before that with a reason. The caller has locked the plan.
    Raises `NotFoundError` for a year without an assignment, and `InvalidError` for a year to come
    or where a reason is missing.
    """
    session = act.session
    require_rater(act.principal, plan, agency.id)
    _require_begun(year, local_day(act.at))
    if not await queries.had_assignments(session, plan.id, agency.id, year):
        name = await name_on(session, agency.id, day=local_day(act.at))
        raise NotFoundError(
            Text(
                f"Năm {year} {name} không được giao nhiệm vụ nào trong kế hoạch này.",
                f"{name} owed nothing of this plan in {year}.",
            )
        )
    standing = await queries.find_standing(session, plan.id, agency.id, year)
    is_early = local_day(act.at) <= date(year, 12, 31)
    if standing is None:
        if is_early:
            _require_reason(judgment, YEAR_NOT_OVER)
        rating = Rating(plan_id=plan.id, agency_id=agency.id, year=year)
        session.add(rating)
    else:
        rating, last = standing
        if (last.grade, last.remark) == (judgment.grade, judgment.remark):
            return rating
        _require_reason(judgment, CORRECTED)
        rating.versions, rating.updated_at = rating.versions + 1, act.at
    await session.flush()
    session.add(
        RatingVersion(
            rating_id=rating.id,
            number=rating.versions,
            **judgment._asdict() | ({} if standing or is_early else {"reason": None}),
            given_at=act.at,
            given_on=local_day(act.at),
            agency_id=act.principal.agency_id,
            client_id=act.principal.client_id,
        )
    )
    await session.flush()
    action = "given" if standing is None else "corrected"
    subject = Subject("rating", rating.id, plan.id, agency.id)
    # The event has no grade: more clients follow events than may read ratings.
    act.note(action, subject, year=year, number=rating.versions)
    return rating


def _require_reason(judgment: RatingJudgment, text: Text) -> None:
    if judgment.reason is None:
        raise invalid_at("#/reason", "reason_required", text)


def _require_begun(year: int, today: date) -> None:
    if year > today.year:
        text = Text("Năm này chưa bắt đầu.", "The year has not begun yet.")
        raise invalid_at("{year}", "year_not_begun", text)
