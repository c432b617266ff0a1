"""Reading ratings. A grade is not public: every statement starts from those that one may read."""

import uuid
from collections.abc import Collection
from datetime import date
from typing import NamedTuple

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import Select

from app.auth.principal import Permission, Principal
from app.clock import local_day, utc_now
from app.errors import Text
from app.models import AssignmentState, Plan, Rating, RatingVersion
from app.queries.handovers.successions import carried_by
from app.queries.lists import FoundPage, Listing, PageRequest, SortPart, read_page
from app.queries.rows import grouped, one_of

NO_SUCH_RATING = Text("Không có đánh giá này.", "There is no such rating.")


class RatingCase(NamedTuple):
    """A rating with its latest judgment, and its plan."""

    rating: Rating
    version: RatingVersion
    plan: Plan


RatingCases = Select[Rating, RatingVersion, Plan]
ID = SortPart("rating.id", "uuid")
RATINGS = Listing(
    conditions={
        "plan": "rating.plan_id = :plan",
        "agency": "rating.agency_id = :agency",
        "year": "rating.year = :year",
        "grade": "rating_version.grade = any(:grade)",
        "updated_since": "rating.updated_at >= :updated_since",
    },
    orders={
        "id": (ID,),
        "year": (SortPart("rating.year", "integer"), ID),
        "updated_at": (SortPart("rating.updated_at", "timestamptz"), ID),
    },
)


def visible_ratings(principal: Principal) -> RatingCases:
    """The ratings of the caller's agency and of ended agencies that it took over from, those of
    plans that it coordinates, or all by role."""
    statement = (
        select(Rating, RatingVersion, Plan)
        .join(
            RatingVersion,
            sa.and_(
                col(RatingVersion.rating_id) == col(Rating.id),
                col(RatingVersion.number) == col(Rating.versions),
            ),
        )
        .join(Plan, col(Plan.id) == col(Rating.plan_id))
    )
    if not principal.may(Permission.SUBMISSION_READ):
        return statement.where(sa.false())
    if principal.reads_all_submissions:
        return statement
    mine = principal.agency_id
    owns = col(Rating.agency_id).in_(carried_by(mine, local_day(utc_now())))
    return statement.where(sa.or_(owns, col(Plan.coordinator_id) == mine))


async def page_of_ratings(
    session: AsyncSession, principal: Principal, asked: PageRequest
) -> FoundPage[RatingCase]:
    """A page of visible ratings, and the key after which the next page begins."""
    return await read_page(session, visible_ratings(principal), RATINGS, asked, RatingCase)


async def get_rating(
    session: AsyncSession, principal: Principal, rating_id: uuid.UUID
) -> RatingCase:
    """One visible rating; raises `NotFoundError`."""
    statement = visible_ratings(principal).where(col(Rating.id) == rating_id)
    return RatingCase(*await one_of(session, statement, NO_SUCH_RATING))


async def find_standing(
    session: AsyncSession, plan_id: uuid.UUID, agency_id: uuid.UUID, year: int
) -> tuple[Rating, RatingVersion] | None:
    """The rating of an agency's year with its latest judgment, for a caller who may rate it."""
    statement = (
        select(Rating, RatingVersion)
        .join(RatingVersion, col(RatingVersion.rating_id) == col(Rating.id))
        .where(
            col(Rating.plan_id) == plan_id,
            col(Rating.agency_id) == agency_id,
            col(Rating.year) == year,
            col(RatingVersion.number) == col(Rating.versions),
        )
    )
    return (await session.exec(statement)).one_or_none()


async def versions_of(
    session: AsyncSession, rating_ids: Collection[uuid.UUID]
) -> dict[uuid.UUID, list[RatingVersion]]:
    """All judgments of each rating, the first one first."""
    rows = await session.exec(
        select(RatingVersion)
        .where(col(RatingVersion.rating_id).in_(rating_ids))
        .order_by(col(RatingVersion.number))
    )
    return grouped(rating_ids, ((row.rating_id, row) for row in rows))


async def had_assignments(
    session: AsyncSession, plan_id: uuid.UUID, agency_id: uuid.UUID, year: int
) -> bool:
    """True if an agency had an assignment of a plan on any day of a year."""
    first, last = date(year, 1, 1), date(year, 12, 31)
    statement = select(AssignmentState.assignment_id).where(
        col(AssignmentState.agency_id) == agency_id,
        col(AssignmentState.plan_id) == plan_id,
        col(AssignmentState.since) <= last,
        sa.or_(col(AssignmentState.until).is_(None), col(AssignmentState.until) > first),
    )
    return (await session.exec(statement.limit(1))).first() is not None
