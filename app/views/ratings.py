import json
from collections.abc import Sequence
from datetime import date

from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.principal import Principal
from app.clock import local_day, utc_now
from app.domain.evaluation import ratings as domain
from app.domain.figures import reporting
from app.models import AssigneeRole, RatingVersion
from app.queries.evaluation import ratings as queries
from app.queries.figures import plan
from app.queries.figures import reporting as reporting_queries
from app.schemas.ratings import RatedFiguresOut, RatingDetailOut, RatingOut, RatingVersionOut
from app.schemas.reporting_statistics import ReportingOut
from app.schemas.statistics import StatisticsOut
from app.views.labels import AgencyLabels, agency_labels


async def ratings_out(
    session: AsyncSession, principal: Principal, cases: Sequence[queries.RatingCase]
) -> list[RatingOut]:
    """Ratings with the version that stands."""
    labels = await agency_labels(
        session,
        (case.rating.agency_id for case in cases),
        (case.version.agency_id for case in cases),
    )
    return [
        RatingOut.of(
            case.rating,
            plan=case.plan,
            agency=labels[case.rating.agency_id],
            current=_version_out(case.version, labels),
            allowed_actions=domain.allowed_actions(principal, case),
        )
        for case in cases
    ]


async def rating_detail_out(
    session: AsyncSession, principal: Principal, case: queries.RatingCase, *, due_soon_days: int
) -> RatingDetailOut:
    """One rating with all its versions and the agency's figures of the year."""
    [item] = await ratings_out(session, principal, [case])
    rating = case.rating
    versions = (await queries.versions_of(session, [rating.id]))[rating.id]
    day = domain.figures_day(rating.year, local_day(utc_now()))
    labels = await agency_labels(session, (version.agency_id for version in versions), day=day)
    return RatingDetailOut.of(
        item,
        versions=[_version_out(version, labels) for version in versions],
        figures=await _figures_out(session, case, day, due_soon_days),
    )


async def _figures_out(
    session: AsyncSession, case: queries.RatingCase, day: date, due_soon_days: int
) -> RatedFiguresOut:
    rating = case.rating
    narrowed = {
        "plan_id": rating.plan_id,
        "agency_id": rating.agency_id,
        "role": AssigneeRole.LEAD,
    }
    asked = reporting_queries.ReportingQuery("agency", day, narrowed, after=0, limit=1)
    reports, _ = await reporting_queries.count_submissions(session, asked)
    return RatedFiguresOut(
        as_of=day,
        work=await _work_out(session, case, day, due_soon_days),
        reporting=ReportingOut.model_validate(reporting.tree(reports)),
    )


async def _work_out(
    session: AsyncSession, case: queries.RatingCase, day: date, due_soon_days: int
) -> StatisticsOut | None:
    """The agency's part of the plan's figures; None where it owed nothing on the day."""
    body = await plan.plan_statistics_json(
        session,
        plan.AsOf(day, due_soon_days),
        plan_id=case.plan.id,
        by="agency",
        mine=case.plan.owner_id,
    )
    own = str(case.rating.agency_id)
    found = [group for group in json.loads(body)["groups"] if group["key"] == own]
    return StatisticsOut.model_validate(found[0]["statistics"]) if found else None


def _version_out(version: RatingVersion, labels: AgencyLabels) -> RatingVersionOut:
    return RatingVersionOut.of(version, given_by=labels[version.agency_id])
