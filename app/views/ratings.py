import json
import uuid
from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.principal import Principal
from app.clock import local_day, utc_now
from app.domain.evaluation import ratings as domain
from app.domain.figures import reporting
from app.models import RatingVersion
from app.queries.evaluation import ratings as queries
from app.queries.figures import plan
from app.queries.figures import reporting as reporting_queries
from app.queries.registry import agencies


async def described(
    session: AsyncSession, principal: Principal, cases: Sequence[queries.RatingCase]
) -> list[dict[str, Any]]:
    """Ratings as they are answered, as they stand."""
    ids = {case.rating.agency_id for case in cases} | {case.version.agency_id for case in cases}
    labels = await agencies.agency_names(session, ids, day=local_day(utc_now()))
    return [
        case.rating.model_dump()
        | {
            "plan": case.plan,
            "agency": labels[case.rating.agency_id],
            "current": _version(case.version, labels),
            "allowed_actions": domain.allowed_actions(principal, case),
        }
        for case in cases
    ]


async def detailed(
    session: AsyncSession, principal: Principal, case: queries.RatingCase, *, due_soon_days: int
) -> dict[str, Any]:
    """One rating with all that was judged before and the agency's figures."""
    [item] = await described(session, principal, [case])
    rating = case.rating
    versions = (await queries.versions_of(session, [rating.id]))[rating.id]
    day = domain.figures_day(rating.year, local_day(utc_now()))
    labels = await agencies.agency_names(session, {v.agency_id for v in versions}, day=day)
    asked = reporting_queries.ReportingQuery(
        "agency", day, {"plan_id": rating.plan_id, "agency_id": rating.agency_id}, after=0, limit=1
    )
    reports, _ = await reporting_queries.count_reports(session, asked)
    return item | {
        "versions": [_version(version, labels) for version in versions],
        "figures": {
            "as_of": day,
            "work": await _work(session, case, day, due_soon_days),
            "reporting": reporting.tree(reports),
        },
    }


async def _work(
    session: AsyncSession, case: queries.RatingCase, day: date, due_soon_days: int
) -> Any:
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
    return found[0]["statistics"] if found else None


def _version(
    version: RatingVersion, labels: dict[uuid.UUID, agencies.AgencyLabel]
) -> dict[str, Any]:
    return version.model_dump() | {"given_by": labels[version.agency_id]}
