"""Labels in answers: agencies by their name of a day, plans and tasks by number and title."""

import uuid
from collections.abc import Iterable
from datetime import date

from sqlmodel.ext.asyncio.session import AsyncSession

from app.clock import local_day, utc_now
from app.models import Collective, Plan, Task
from app.queries.plans.tasks import collective_names
from app.queries.registry import agencies
from app.schemas.assignments import PlanLabelOut, TaskLabelOut
from app.schemas.plans import AgencyLabelOut
from app.schemas.substitutions import CollectiveLabelOut

Ids = Iterable[uuid.UUID | None]


class AgencyLabels(dict[uuid.UUID, AgencyLabelOut]):
    """The labels of the agencies of one answer, by id; KeyError for one that was not collected."""

    def optional(self, agency_id: uuid.UUID | None) -> AgencyLabelOut | None:
        """The label of an agency, or None where no agency is named."""
        return None if agency_id is None else self[agency_id]


async def agency_labels(session: AsyncSession, *ids: Ids, day: date | None = None) -> AgencyLabels:
    """The labels of all agencies with these *ids*, by their names of *day*, by default today."""
    wanted = {one for some in ids for one in some if one is not None}
    found = await agencies.agency_names(session, wanted, day=day or local_day(utc_now()))
    return AgencyLabels({agency_id: agency_label(label) for agency_id, label in found.items()})


def agency_label(label: agencies.AgencyLabel) -> AgencyLabelOut:
    """An agency's label as answers show it."""
    return AgencyLabelOut(id=label.id, code=label.code, name=label.name)


class CollectiveLabels(dict[uuid.UUID, CollectiveLabelOut]):
    """The labels of the collectives of one answer, by id."""

    def optional(self, collective_id: uuid.UUID | None) -> CollectiveLabelOut | None:
        """The label of a collective, or None where no collective is named."""
        return None if collective_id is None else self[collective_id]


async def collective_labels(session: AsyncSession, *ids: Ids) -> CollectiveLabels:
    """The labels of all collectives with these *ids*."""
    wanted = {one for some in ids for one in some if one is not None}
    found = await collective_names(session, wanted)
    return CollectiveLabels({row.id: collective_label(row) for row in found.values()})


def collective_label(row: Collective) -> CollectiveLabelOut:
    """A collective's label as answers show it."""
    return CollectiveLabelOut(id=row.id, code=row.code, name=row.name)


def plan_label(plan: Plan) -> PlanLabelOut:
    """A plan's label as answers show it."""
    return PlanLabelOut(id=plan.id, number=plan.number, title=plan.title)


def task_label(task: Task) -> TaskLabelOut:
    """A task's label as answers show it."""
    return TaskLabelOut(id=task.id, ordinal=task.ordinal, title=task.title)
