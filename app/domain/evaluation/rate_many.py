"""Rating many agencies at once, each judged alone."""

import uuid
from collections.abc import Sequence
from typing import Literal, NamedTuple

from app.domain.acts import PersonalAct
from app.domain.evaluation.ratings import RatingJudgment, give_rating, require_rater
from app.domain.references import agency_named
from app.errors import ConflictError, Fault, Text, TrackerError
from app.models import Plan
from app.queries.evaluation import ratings as queries

RatingEffect = Literal["given", "corrected", "unchanged"]


class NewRating(NamedTuple):
    """A rating of an agency's year; `version` is the one that was read, where one stands."""

    agency: str
    year: int
    judgment: RatingJudgment
    version: int | None


class GivenRating(NamedTuple):
    """One rating as it was stored: its version, and the effect of the call on it."""

    rating_id: uuid.UUID
    version: int
    effect: RatingEffect


async def rate_many(
    act: PersonalAct, plan: Plan, given: Sequence[NewRating]
) -> list[GivenRating | TrackerError]:
    """Rate in order; answers for each the rating that was stored, or the error that refused it.

    The caller has locked the plan. Whatever refuses does so before it changes anything.
    """
    verdicts: list[GivenRating | TrackerError] = []
    for one in given:
        try:
            verdicts.append(await _rate(act, plan, one))
        except TrackerError as error:
            verdicts.append(error)
    return verdicts


async def _rate(act: PersonalAct, plan: Plan, one: NewRating) -> GivenRating:
    agency = await agency_named(act.session, one.agency, pointer="#/agency")
    require_rater(act.principal, plan, agency.id)
    effect: RatingEffect = "given"
    standing = await queries.find_standing(act.session, plan.id, agency.id, one.year)
    if standing is not None:
        effect = "corrected"
        if (standing[1].grade, standing[1].remark) == one.judgment[:2]:
            effect = "unchanged"
        elif one.version != standing[0].versions:
            raise _another_version(standing[0].versions)
    rating = await give_rating(act, plan, agency, one.year, judgment=one.judgment)
    return GivenRating(rating.id, rating.versions, effect)


def _another_version(current: int) -> ConflictError:
    """The rating that stands is not the version that was read, or none was named."""
    text = Text(
        f"Đánh giá hiện ở bản {current}; hãy đọc bản này rồi đính chính.",
        f"Version {current} of the rating stands; read it, and name it to correct it.",
    )
    return ConflictError(faults=[Fault("#/version", "not_the_current_version", text)])
