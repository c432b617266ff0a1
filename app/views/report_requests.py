from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.principal import Principal
from app.clock import local_day, utc_now
from app.domain.submissions import requests as domain
from app.models import SubmissionStatus
from app.queries.plans.tasks import collective_names
from app.queries.registry import agencies
from app.queries.submissions import requests as queries
from app.queries.submissions.requests import AgencyCount, ReportRequestCase, StatusCount
from app.queries.submissions.submissions import UNFILED

_Counts = defaultdict[UUID, list[StatusCount | AgencyCount]]
_AgencyCounts = defaultdict[UUID, _Counts]


async def described(
    session: AsyncSession, principal: Principal, cases: Sequence[ReportRequestCase]
) -> list[dict[str, Any]]:
    """Requests as they are answered: what came, whom they ask today, and who could not be asked.

    Of agencies only what the caller may read is told; the whole counts are everyone's.
    """
    await session.flush()
    requests = [case.request for case in cases]
    ids = [request.id for request in requests]
    whole, asked = _Counts(list), _AgencyCounts(lambda: defaultdict(list))
    for count in await queries.counts_of(session, ids):
        whole[count.request_id].append(count)
    for one in await queries.counts_by_agency(session, principal, ids):
        asked[one.request_id][one.agency_id].append(one)
    idle = [named for request in requests for named in request.not_asked]
    agency_ids = {request.agency_id for request in requests}
    agency_ids |= {agency_id for found in asked.values() for agency_id in found}
    agency_ids |= {UUID(named["agency_id"]) for named in idle if named["agency_id"]}
    labels = await agencies.agency_names(session, agency_ids, day=local_day(utc_now()))
    collectives = await collective_names(
        session, {UUID(named["collective_id"]) for named in idle if named["collective_id"]}
    )
    return [
        case.request.model_dump()
        | {
            "agency": labels[case.request.agency_id],
            "counts": _counts(whole[case.request.id]),
            "asked": [
                {"agency": labels[agency_id], "counts": _counts(counts)}
                for agency_id, counts in sorted(
                    asked[case.request.id].items(), key=lambda item: labels[item[0]].code
                )
            ],
            "not_asked": [
                {
                    "agency": one["agency_id"] and labels[UUID(one["agency_id"])],
                    "collective": one["collective_id"] and collectives[UUID(one["collective_id"])],
                    "reason": one["reason"],
                }
                for one in case.request.not_asked
            ],
            "allowed_actions": domain.allowed_actions(principal, case),
        }
        for case in cases
    ]


def _counts(counts: Iterable[StatusCount | AgencyCount]) -> dict[str, int]:
    found = {count.status: count.number for count in counts}
    accepted = found.get(SubmissionStatus.ACCEPTED, 0)
    filed = accepted + found.get(SubmissionStatus.SUBMITTED, 0)
    not_filed = sum(found.get(status, 0) for status in UNFILED)
    return {
        "expected": filed + not_filed,
        "filed": filed,
        "accepted": accepted,
        "not_filed": not_filed,
        "waived": found.get(SubmissionStatus.WAIVED, 0),
    }
