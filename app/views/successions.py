import uuid
from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.domain.handovers.successions import RecordedSuccession
from app.domain.handovers.transfer import HandoverChange, HandoverOutcome
from app.models import HandoverSubject, Plan, Task
from app.queries.handovers.successions import describe_successions
from app.queries.registry.agencies import AgencyLabel, agency_names

NAMED = 20
"""How many assignments of a plan are named of each kind."""
PLANS = 100


async def described(
    session: AsyncSession, recorded: RecordedSuccession, *, dry_run: bool, today: date
) -> dict[str, Any]:
    """What was recorded and what came of it: in counts, and by name plan by plan."""
    assignments = [change for change in recorded.changes if change.assignment is not None]
    counts = Counter(change.outcome for change in assignments)
    views = await describe_successions(session, recorded.rows, day=recorded.settled_on)
    return {
        "dry_run": dry_run,
        "takes_effect": "at_once" if recorded.settled_on <= today else "on_its_day",
        "successions": [
            {name: getattr(view, name) for name in RECORDED} | {"id": None if dry_run else view.id}
            for view in views
        ],
        "counts": {what.value: counts[what] for what in HandoverOutcome},
        "plans": await _plans(session, recorded),
    }


RECORDED = (
    "predecessor", "successor", "effective_on", "kind", "scope", "basis", "certainty",
)  # fmt: skip


async def _plans(session: AsyncSession, recorded: RecordedSuccession) -> list[dict[str, Any]]:
    by_plan: dict[uuid.UUID, list[HandoverChange]] = defaultdict(list)
    for change in recorded.changes:
        by_plan[change.plan_id].append(change)
    plans = await session.exec(
        select(Plan).where(col(Plan.id).in_(by_plan)).order_by(col(Plan.id)).limit(PLANS)
    )
    shown = {plan.id: plan for plan in plans}
    named = [
        change
        for plan_id in shown
        for what in HandoverOutcome
        for change in _assignments(by_plan[plan_id], what)[:NAMED]
    ]
    task_ids = {change.assignment.task_id for change in named if change.assignment is not None}
    rows = await session.exec(select(Task).where(col(Task.id).in_(task_ids)))
    tasks = {task.id: task for task in rows}
    ids = {one for change in named for one in (change.from_id, change.to_id) if one is not None}
    labels = await agency_names(session, ids, day=recorded.settled_on)
    return [
        {"plan": plan}
        | {
            what.value: _changes(_assignments(by_plan[plan_id], what), tasks, labels)
            for what in HandoverOutcome
        }
        | {
            subject.value: _of_plan(by_plan[plan_id], subject)
            for subject in (HandoverSubject.COORDINATION, HandoverSubject.OWNERSHIP)
        }
        for plan_id, plan in shown.items()
    ]


def _assignments(changes: Sequence[HandoverChange], what: HandoverOutcome) -> list[HandoverChange]:
    return [
        change for change in changes if change.outcome == what and change.assignment is not None
    ]


def _of_plan(changes: Sequence[HandoverChange], subject: HandoverSubject) -> str | None:
    # Along a chain it is the last step that counts.
    found = [change.outcome.value for change in changes if change.subject == subject]
    return found[-1] if found else None


def _changes(
    changes: Sequence[HandoverChange],
    tasks: dict[uuid.UUID, Task],
    labels: dict[uuid.UUID, AgencyLabel],
) -> dict[str, Any]:
    return {
        "total": len(changes),
        "first": [
            {
                "assignment_id": change.assignment.id,
                "task": tasks[change.assignment.task_id],
                "occurrence": change.assignment.occurrence,
                "role": change.assignment.role,
                "from_agency": labels[change.from_id],
                "to_agency": None if change.to_id is None else labels[change.to_id],
            }
            for change in changes[:NAMED]
            if change.assignment is not None
        ],
    }
