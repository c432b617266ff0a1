"""Finding the agency that owes today what a plan gave to an agency that has ended since."""

import uuid
from collections.abc import Collection, Mapping, Sequence
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
    """The agencies that a plan names, their successors to the end, and what was decided.

    Several handovers of one thing are those of a split.
    """

    agencies: Mapping[uuid.UUID, Agency]
    successions: Mapping[uuid.UUID, list[Succession]]
    by_task: Mapping[tuple[uuid.UUID, uuid.UUID], Sequence[Handover]]
    by_plan: Mapping[uuid.UUID, Sequence[Handover]]

    def agencies_owing(
        self,
        agency_id: uuid.UUID,
        task_id: uuid.UUID,
        day: date,
        steps: tuple[HandoverStep, ...] = (),
    ) -> list[CurrentAgency]:
        """The agencies that owe on *day* what was given to this one: several where it was split,
        none where it left no successor.

        A decision for the same task holds for its later occurrences; one for all that the agency
        had in the plan holds for the rest. *steps* lead to the agency.
        """
        agency = self.agencies[agency_id]
        if agency.valid_until is None or agency.valid_until > day:
            return [CurrentAgency(agency_id, steps=steps)] if exists_on(agency, day) else []
        taken = self._next(agency_id, task_id)
        if not taken:
            waits = bool(self.successions[agency_id])
            return [CurrentAgency(agency_id, awaits=True, steps=steps)] if waits else []
        found: list[CurrentAgency] = []
        for by in taken:
            to_id = by.successor_id if isinstance(by, Succession) else by.to_agency_id
            if to_id is not None:
                step = HandoverStep(agency_id, to_id, by)
                found += self.agencies_owing(to_id, task_id, day, (*steps, step))
        return found

    def _next(
        self, agency_id: uuid.UUID, task_id: uuid.UUID
    ) -> Sequence[Succession] | Sequence[Handover]:
        found = self.successions[agency_id]
        if len(found) == 1:
            return found
        return self.by_task.get((agency_id, task_id)) or self.by_plan.get(agency_id, ())


async def load_successions_of(
    session: AsyncSession, plan_id: uuid.UUID, agency_ids: Collection[uuid.UUID]
) -> SuccessionLookup:
    """Read these agencies, their successors, and so on until nobody follows."""
    agencies: dict[uuid.UUID, Agency] = {}
    successions: dict[uuid.UUID, list[Succession]] = {}
    by_task: dict[tuple[uuid.UUID, uuid.UUID], list[Handover]] = {}
    for handover, task_id in await handover_decisions_in(session, plan_id):
        decided = by_task.setdefault((handover.from_agency_id, task_id), [])
        # The latest decision holds; those of one assignment are one decision.
        if decided and decided[0].assignment_id != handover.assignment_id:
            decided.clear()
        decided.append(handover)
    unknown = set(agency_ids)
    unknown |= {row.to_agency_id for rows in by_task.values() for row in rows if row.to_agency_id}
    while unknown:
        agencies |= {row.id: row for row in await agencies_of(session, unknown)}
        found = await successors_of(session, unknown)
        successions |= found
        next_ids = {row.successor_id for rows in found.values() for row in rows}
        unknown = {one for one in next_ids if one is not None} - agencies.keys()
    # Where all went the same way, it was decided for the whole plan.
    ways: dict[uuid.UUID, dict[frozenset[uuid.UUID | None], list[Handover]]] = {}
    for (from_id, _), rows in by_task.items():
        ways.setdefault(from_id, {})[frozenset(row.to_agency_id for row in rows)] = rows
    by_plan = {
        from_id: next(iter(found.values())) for from_id, found in ways.items() if len(found) == 1
    }
    return SuccessionLookup(agencies, successions, by_task, by_plan)
