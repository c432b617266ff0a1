from collections.abc import Sequence

from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.principal import Principal
from app.clock import local_day, utc_now
from app.domain.handovers import decide as domain
from app.queries.handovers import handovers as queries
from app.schemas.handovers import HandedOut, HandoverOut
from app.views.labels import agency_labels


async def handovers_out(
    session: AsyncSession, principal: Principal, cases: Sequence[queries.HandoverCase]
) -> list[HandoverOut]:
    """Handovers with the agencies that may take over, and what the caller may do with each."""
    day = local_day(utc_now())
    rows = [case.handover for case in cases]
    candidates = await queries.handover_candidates_of(session, rows, day=day)
    labels = await agency_labels(
        session,
        (one for row in rows for one in (row.from_agency_id, row.to_agency_id, row.decided_for_id)),
        day=day,
    )
    return [
        HandoverOut.of(
            row,
            plan=plan,
            assignment=HandedOut.of(assignment, task=task) if assignment and task else None,
            from_agency=labels[row.from_agency_id],
            candidates=candidates[row.from_agency_id],
            to_agency=labels.optional(row.to_agency_id),
            decided_by=labels.optional(row.decided_for_id),
            allowed_actions=domain.allowed_actions(principal, row, plan),
        )
        for row, plan, assignment, task in cases
    ]


async def handover_out(
    session: AsyncSession, principal: Principal, case: queries.HandoverCase
) -> HandoverOut:
    """One handover, and what the caller may do with it."""
    return (await handovers_out(session, principal, [case]))[0]
