"""Finding the agency that owes today what a plan gave to an agency that has ended since."""

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from sqlmodel.ext.asyncio.session import AsyncSession

from app.models import Agency, Handover, Succession
from app.queries.handovers.handovers import handover_decisions_in
from app.queries.handovers.successions import successors_of
from app.queries.registry.agencies import agencies_of
from app.queries.registry.agency_views import exists_on


@dataclass(frozen=True, slots=True)
class HandoverStep:
    """One agency took over from another, by its only succession or by a decided handover."""

    from_id: uuid.UUID
    to_id: uuid.UUID
    by: Succession | Handover


@dataclass(frozen=True, slots=True)
class CurrentAgency:
    """The agency that owes it today and the steps to it; `awaits` until a successor is chosen."""

    agency_id: uuid.UUID
    awaits: bool = False
    steps: tuple[HandoverStep, ...] = ()


@dataclass(frozen=True, slots=True)
class SuccessionLookup:
    """The agencies that a plan names, their successors to the end, and what was decided."""

    agencies: Mapping[uuid.UUID, Agency]
    successions: Mapping[uuid.UUID, list[Succession]]
    by_task: Mapping[tuple[uuid.UUID, uuid.UUID], Handover]
    by_plan: Mapping[uuid.UUID, Handover]

    def agency_owing(
        self, agency_id: uuid.UUID, task_id: uuid.UUID, day: date
    ) -> CurrentAgency | None:
        """The agency that owes on *day* what was given to this one; None: it left no successor.

        A decision for the same task holds for its later occurrences; one for all that the agency
        had in the plan holds for the rest.
        """
        steps: tuple[HandoverStep, ...] = ()
        while (agency := self.agencies[agency_id]).valid_until is not None:
            if agency.valid_until > day:
                break
            by = self._next(agency_id, task_id)
            if by is None:
                waits = bool(self.successions[agency_id])
                return CurrentAgency(agency_id, awaits=True, steps=steps) if waits else None
            to_id = by.successor_id if isinstance(by, Succession) else by.to_agency_id
            if to_id is None:
                return None
            steps += (HandoverStep(agency_id, to_id, by),)
            agency_id = to_id
        return CurrentAgency(agency_id, steps=steps) if exists_on(agency, day) else None

    def _next(self, agency_id: uuid.UUID, task_id: uuid.UUID) -> Succession | Handover | None:
        found = self.successions[agency_id]
        if len(found) == 1:
            return found[0]
        return self.by_task.get((agency_id, task_id)) or self.by_plan.get(agency_id)


async def load_successions_of(
    session: AsyncSession, plan_id: uuid.UUID, agency_ids: Collection[uuid.UUID]
) -> SuccessionLookup:
    """Read these agencies, their successors, and so on until nobody follows."""
    agencies: dict[uuid.UUID, Agency] = {}
    successions: dict[uuid.UUID, list[Succession]] = {}
    by_task: dict[tuple[uuid.UUID, uuid.UUID], Handover] = {}
    given_to: dict[uuid.UUID, dict[uuid.UUID, Handover]] = {}
    for handover, task_id in await handover_decisions_in(session, plan_id):
        if handover.to_agency_id is not None:
            by_task[handover.from_agency_id, task_id] = handover
            given_to.setdefault(handover.from_agency_id, {})[handover.to_agency_id] = handover
    unknown = set(agency_ids) | {to_id for found in given_to.values() for to_id in found}
    while unknown:
        agencies |= {row.id: row for row in await agencies_of(session, unknown)}
        found = await successors_of(session, unknown)
        successions |= found
        next_ids = {row.successor_id for rows in found.values() for row in rows}
        unknown = {one for one in next_ids if one is not None} - agencies.keys()
    # Where all went to one agency, it was decided for the whole plan.
    by_plan = {
        from_id: next(iter(heirs.values()))
        for from_id, heirs in given_to.items()
        if len(heirs) == 1
    }
    return SuccessionLookup(agencies, successions, by_task, by_plan)
