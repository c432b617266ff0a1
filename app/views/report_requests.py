from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.principal import Principal
from app.domain.submissions import requests as domain
from app.models import SubmissionStatus
from app.queries.submissions import requests as queries
from app.queries.submissions.requests import AgencyCount, ReportRequestCase, StatusCount
from app.queries.submissions.submissions import UNFILED
from app.schemas.report_requests import AskedOut, NotAskedOut, ReportRequestOut, RequestCountsOut
from app.views.labels import AgencyLabels, CollectiveLabels, agency_labels, collective_labels

_Counts = defaultdict[UUID, list[StatusCount | AgencyCount]]
_AgencyCounts = defaultdict[UUID, _Counts]


@dataclass(frozen=True, slots=True)
class _Found:
    """The counts of all requests of one answer, and the names that they mention."""

    whole: _Counts
    by_agency: _AgencyCounts
    agencies: AgencyLabels
    collectives: CollectiveLabels


async def report_requests_out(
    session: AsyncSession, principal: Principal, cases: Sequence[ReportRequestCase]
) -> list[ReportRequestOut]:
    """Requests with their counts, whom they ask today, and who could not be asked.

    Of agencies only those that the caller may read are shown; the whole counts are everyone's.
    """
    await session.flush()
    found = await _find(session, principal, cases)
    return [_request_out(principal, case, found) for case in cases]


async def report_request_out(
    session: AsyncSession, principal: Principal, case: ReportRequestCase
) -> ReportRequestOut:
    """One request with its counts."""
    return (await report_requests_out(session, principal, [case]))[0]


async def _find(
    session: AsyncSession, principal: Principal, cases: Sequence[ReportRequestCase]
) -> _Found:
    requests = [case.request for case in cases]
    ids = [request.id for request in requests]
    whole, by_agency = _Counts(list), _AgencyCounts(lambda: defaultdict(list))
    for count in await queries.counts_of(session, ids):
        whole[count.request_id].append(count)
    for one in await queries.counts_by_agency(session, principal, ids):
        by_agency[one.request_id][one.agency_id].append(one)
    idle = [named for request in requests for named in request.not_asked]
    agencies = await agency_labels(
        session,
        (request.agency_id for request in requests),
        (agency_id for found in by_agency.values() for agency_id in found),
        (UUID(named["agency_id"]) for named in idle if named["agency_id"]),
    )
    collectives = await collective_labels(
        session, (UUID(named["collective_id"]) for named in idle if named["collective_id"])
    )
    return _Found(whole, by_agency, agencies, collectives)


def _request_out(principal: Principal, case: ReportRequestCase, found: _Found) -> ReportRequestOut:
    row = case.request
    asked = found.by_agency[row.id].items()
    return ReportRequestOut.of(
        row,
        agency=found.agencies[row.agency_id],
        counts=_counts_out(found.whole[row.id]),
        asked=[
            AskedOut(agency=found.agencies[agency_id], counts=_counts_out(counts))
            for agency_id, counts in sorted(asked, key=lambda item: found.agencies[item[0]].code)
        ],
        not_asked=[_not_asked_out(named, found) for named in row.not_asked],
        allowed_actions=domain.allowed_actions(principal, case),
    )


def _not_asked_out(named: Mapping[str, Any], found: _Found) -> NotAskedOut:
    agency_id, collective_id = named["agency_id"], named["collective_id"]
    return NotAskedOut(
        agency=found.agencies[UUID(agency_id)] if agency_id else None,
        collective=found.collectives[UUID(collective_id)] if collective_id else None,
        reason=named["reason"],
    )


def _counts_out(counts: Iterable[StatusCount | AgencyCount]) -> RequestCountsOut:
    found = {count.status: count.number for count in counts}
    accepted = found.get(SubmissionStatus.ACCEPTED, 0)
    filed = accepted + found.get(SubmissionStatus.SUBMITTED, 0)
    not_filed = sum(found.get(status, 0) for status in UNFILED)
    return RequestCountsOut(
        expected=filed + not_filed,
        filed=filed,
        accepted=accepted,
        not_filed=not_filed,
        waived=found.get(SubmissionStatus.WAIVED, 0),
    )
