from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.principal import Principal
from app.clock import local_day, utc_now
from app.domain import report_requests as domain
from app.models import SubmissionStatus
from app.queries import agencies
from app.queries import report_requests as queries
from app.queries.report_requests import UNFILED, Case, Count
from app.queries.tasks import collective_names


async def described(
    session: AsyncSession, principal: Principal, cases: Sequence[Case]
) -> list[dict[str, Any]]:
    """Requests as they are answered, each with how many reports came."""
    await session.flush()
    requests = [case.request for case in cases]
    labels = await agencies.agency_names(
        session, {request.agency_id for request in requests}, day=local_day(utc_now())
    )
    by_request: dict[UUID, list[Count]] = defaultdict(list)
    for count in await queries.counts_of(session, [request.id for request in requests]):
        by_request[count.request_id].append(count)
    return [
        case.request.model_dump()
        | {
            "agency": labels[case.request.agency_id],
            "counts": _counts(by_request[case.request.id]),
            "allowed_actions": domain.allowed_actions(principal, case),
        }
        for case in cases
    ]


async def detailed(session: AsyncSession, principal: Principal, case: Case) -> dict[str, Any]:
    """One request with whom it asks today, of whom the caller may know, and who was not asked."""
    [described_] = await described(session, principal, [case])
    by_agency: dict[UUID, list[Count]] = defaultdict(list)
    for count in await queries.counts_by_agency(session, principal, case.request.id):
        if count.agency_id is not None:
            by_agency[count.agency_id].append(count)
    not_asked = [
        (_id(one["agency_id"]), _id(one["collective_id"]), one["reason"])
        for one in case.request.not_asked
    ]
    ids = by_agency.keys() | {agency_id for agency_id, _, _ in not_asked if agency_id}
    labels = await agencies.agency_names(session, ids, day=local_day(utc_now()))
    collectives = await collective_names(session, {one for _, one, _ in not_asked if one})
    by_code = sorted(by_agency, key=lambda agency_id: labels[agency_id].code)
    return described_ | {
        "asked": [
            {"agency": labels[agency_id], "counts": _counts(by_agency[agency_id])}
            for agency_id in by_code
        ],
        "not_asked": [
            {
                "agency": agency_id and labels[agency_id],
                "collective": collective_id and collectives[collective_id],
                "reason": reason,
            }
            for agency_id, collective_id, reason in not_asked
        ],
    }


def _counts(counts: Iterable[Count]) -> dict[str, int]:
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


def _id(text: str | None) -> UUID | None:
    return UUID(text) if text else None
