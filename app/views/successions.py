import uuid
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal, get_args

from sqlmodel.ext.asyncio.session import AsyncSession

from app.domain.handovers.successions import RecordedSuccession
from app.domain.handovers.transfer import HandoverChange, HandoverOutcome
from app.models import HandoverSubject, Succession, Task
from app.queries.plans.plans import first_plans
from app.queries.plans.tasks import list_tasks_by_id
from app.schemas.assignments import PlanLabelOut
from app.schemas.successions import (
    AssignmentCountsOut,
    ChangedOut,
    ChangesOut,
    PlanChangesOut,
    RecordedOut,
    SuccessionOut,
    SuccessionsOut,
)
from app.views.labels import AgencyLabels, agency_labels

NAMED = 20
"""The number of assignments of a plan that are named of each kind."""
PLANS = 100


async def successions_out(
    session: AsyncSession, rows: Sequence[Succession], *, day: date
) -> list[SuccessionOut]:
    """Successions with both agencies by their names of *day*."""
    labels = await _labels_of_both(session, rows, day)
    return [
        SuccessionOut.of(
            row, predecessor=labels[row.predecessor_id], successor=labels.optional(row.successor_id)
        )
        for row in rows
    ]


async def _labels_of_both(
    session: AsyncSession, rows: Sequence[Succession], day: date
) -> AgencyLabels:
    return await agency_labels(
        session, (one for row in rows for one in (row.predecessor_id, row.successor_id)), day=day
    )


async def recorded_out(
    session: AsyncSession, recorded: RecordedSuccession, *, dry_run: bool, today: date
) -> SuccessionsOut:
    """The recorded rows and their effects: in counts, and by name plan by plan."""
    changes = [change for change in recorded.changes if change.assignment is not None]
    counts = Counter(change.outcome for change in changes)
    labels = await _labels_of_both(session, recorded.rows, recorded.settled_on)
    return SuccessionsOut(
        dry_run=dry_run,
        takes_effect="at_once" if recorded.settled_on <= today else "on_its_day",
        successions=[
            RecordedOut.of(
                row,
                id=None if dry_run else row.id,
                predecessor=labels[row.predecessor_id],
                successor=labels.optional(row.successor_id),
            )
            for row in recorded.rows
        ],
        counts=AssignmentCountsOut(
            moved=counts[HandoverOutcome.MOVED],
            merged=counts[HandoverOutcome.MERGED],
            to_decide=counts[HandoverOutcome.TO_DECIDE],
            stays=counts[HandoverOutcome.STAYS],
        ),
        plans=await _plans_out(session, recorded),
    )


@dataclass(frozen=True, slots=True)
class _Names:
    """The tasks and the agencies that changes mention."""

    tasks: Mapping[uuid.UUID, Task]
    agencies: AgencyLabels


async def _plans_out(session: AsyncSession, recorded: RecordedSuccession) -> list[PlanChangesOut]:
    by_plan: dict[uuid.UUID, list[HandoverChange]] = defaultdict(list)
    for change in recorded.changes:
        by_plan[change.plan_id].append(change)
    shown = await first_plans(session, by_plan, limit=PLANS)
    names = await _names(session, [by_plan[plan.id] for plan in shown], recorded.settled_on)
    return [
        PlanChangesOut(
            plan=PlanLabelOut.model_validate(plan),
            moved=_changes_out(by_plan[plan.id], HandoverOutcome.MOVED, names),
            merged=_changes_out(by_plan[plan.id], HandoverOutcome.MERGED, names),
            to_decide=_changes_out(by_plan[plan.id], HandoverOutcome.TO_DECIDE, names),
            stays=_changes_out(by_plan[plan.id], HandoverOutcome.STAYS, names),
            coordination=_of_plan(by_plan[plan.id], HandoverSubject.COORDINATION),
            ownership=_of_plan(by_plan[plan.id], HandoverSubject.OWNERSHIP),
        )
        for plan in shown
    ]


async def _names(
    session: AsyncSession, changes_of_plans: Sequence[Sequence[HandoverChange]], day: date
) -> _Names:
    named = [
        change
        for changes in changes_of_plans
        for what in HandoverOutcome
        for change in _of_assignments(changes, what)[:NAMED]
    ]
    task_ids = {change.assignment.task_id for change in named if change.assignment is not None}
    rows = await list_tasks_by_id(session, task_ids)
    agencies = await agency_labels(
        session, (one for change in named for one in (change.from_id, change.to_id)), day=day
    )
    return _Names({task.id: task for task in rows}, agencies)


def _of_assignments(
    changes: Sequence[HandoverChange], what: HandoverOutcome
) -> list[HandoverChange]:
    return [
        change for change in changes if change.outcome == what and change.assignment is not None
    ]


_PlanChange = Literal["moved", "to_decide"]


def _of_plan(changes: Sequence[HandoverChange], subject: HandoverSubject) -> _PlanChange | None:
    # Along a chain it is the last step that counts.
    found = [change.outcome for change in changes if change.subject == subject]
    by_name: dict[str, _PlanChange] = {name: name for name in get_args(_PlanChange)}
    return by_name[found[-1]] if found else None


def _changes_out(
    changes: Sequence[HandoverChange], what: HandoverOutcome, names: _Names
) -> ChangesOut:
    found = _of_assignments(changes, what)
    return ChangesOut(
        total=len(found),
        first=[
            ChangedOut.of(
                change.assignment,
                assignment_id=change.assignment.id,
                task=names.tasks[change.assignment.task_id],
                from_agency=names.agencies[change.from_id],
                to_agency=names.agencies.optional(change.to_id),
            )
            for change in found[:NAMED]
            if change.assignment is not None
        ],
    )
