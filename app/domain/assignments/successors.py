"""Finding the agency that owes an assignment today which a plan gave to an agency that has ended
since."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from app.queries.assignments.expansion_rows import (
    AgencyRow,
    DecidedHandoverRow,
    ExpansionRows,
    SuccessionRow,
)
from app.queries.registry.agency_views import exists_on
from app.queries.rows import grouped


@dataclass(frozen=True, slots=True)
class HandoverStep:
    """One agency took over from another, by its only succession or by a decided handover."""

    from_id: uuid.UUID
    to_id: uuid.UUID
    by: SuccessionRow | DecidedHandoverRow


@dataclass(frozen=True, slots=True)
class CurrentAgency:
    """The agency that owes it today and the steps to it; `awaits` until a successor is chosen."""

    agency_id: uuid.UUID
    awaits: bool = False
    steps: tuple[HandoverStep, ...] = ()


@dataclass(frozen=True, slots=True)
class SuccessionLookup:
    """The agencies that a plan names, their successors to the end, and the handovers that were
    decided. Several handovers of one assignment are those of a split."""

    agencies: Mapping[uuid.UUID, AgencyRow]
    successions: Mapping[uuid.UUID, Sequence[SuccessionRow]]
    by_task: Mapping[tuple[uuid.UUID, uuid.UUID], Sequence[DecidedHandoverRow]]
    by_plan: Mapping[uuid.UUID, Sequence[DecidedHandoverRow]]

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
            to_id = by.successor_id if isinstance(by, SuccessionRow) else by.to_agency_id
            if to_id is not None:
                step = HandoverStep(agency_id, to_id, by)
                found += self.agencies_owing(to_id, task_id, day, (*steps, step))
        return found

    def _next(
        self, agency_id: uuid.UUID, task_id: uuid.UUID
    ) -> Sequence[SuccessionRow] | Sequence[DecidedHandoverRow]:
        found = self.successions[agency_id]
        if len(found) == 1:
            return found
        return self.by_task.get((agency_id, task_id)) or self.by_plan.get(agency_id, ())


def lookup_of(rows: ExpansionRows) -> SuccessionLookup:
    """The successors of all agencies to whom anything of a plan may come."""
    by_task: dict[tuple[uuid.UUID, uuid.UUID], list[DecidedHandoverRow]] = {}
    for handover in rows.handovers:
        decided = by_task.setdefault((handover.from_agency_id, handover.task_id), [])
        # The latest decision holds; those of one assignment are one decision.
        if decided and decided[0].assignment_id != handover.assignment_id:
            decided.clear()
        decided.append(handover)
    # A decision counts for the whole plan where all handovers of its agency went the same way.
    ways: dict[uuid.UUID, dict[frozenset[uuid.UUID | None], list[DecidedHandoverRow]]] = {}
    for (from_id, _), taken in by_task.items():
        ways.setdefault(from_id, {})[frozenset(row.to_agency_id for row in taken)] = taken
    by_plan = {
        from_id: next(iter(found.values())) for from_id, found in ways.items() if len(found) == 1
    }
    agencies = {row.id: row for row in rows.agencies}
    successions = grouped(agencies, ((row.predecessor_id, row) for row in rows.successions))
    return SuccessionLookup(agencies, successions, by_task, by_plan)
