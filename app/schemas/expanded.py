"""Resources that `expand` adds to an answer, under `expanded`: whole ones instead of their ids.

A member that was not asked for is absent; one that is not set, or that the caller may not read, is
null. What is expanded expands nothing itself.
"""

from pydantic import BaseModel

from app.schemas.accepted_reports import AcceptedReportOut
from app.schemas.agencies import AgencyOut
from app.schemas.assignments import AssignmentDetailOut, AssignmentOut
from app.schemas.collectives import CollectiveMemberOut
from app.schemas.common import Out
from app.schemas.plans import PlanOut
from app.schemas.submissions import SubmissionOut
from app.schemas.tasks import TaskGroupOut, TaskOut


class AgencyExpanded(BaseModel):
    """The resources that may go with an agency."""

    parent: AgencyOut | None = None


class AssignmentExpanded(BaseModel):
    """The resources that may go with an assignment."""

    plan: PlanOut | None = None
    task: TaskOut | None = None
    agency: AgencyOut | None = None
    latest_submission: AcceptedReportOut | None = None


class CollectiveMemberExpanded(BaseModel):
    """The resources that may go with a membership."""

    agency: AgencyOut | None = None


class PlanExpanded(BaseModel):
    """The resources that may go with a plan."""

    owner: AgencyOut | None = None
    issuer: AgencyOut | None = None
    coordinator: AgencyOut | None = None


class SubmissionExpanded(BaseModel):
    """The resources that may go with a submission."""

    plan: PlanOut | None = None
    task: TaskOut | None = None
    assignment: AssignmentOut | None = None
    agency: AgencyOut | None = None


class TaskExpanded(BaseModel):
    """The resources that may go with a task."""

    plan: PlanOut | None = None
    task_group: TaskGroupOut | None = None


EXPANDED: dict[type[Out], type[BaseModel]] = {
    AgencyOut: AgencyExpanded,
    AssignmentDetailOut: AssignmentExpanded,
    AssignmentOut: AssignmentExpanded,
    CollectiveMemberOut: CollectiveMemberExpanded,
    PlanOut: PlanExpanded,
    SubmissionOut: SubmissionExpanded,
    TaskOut: TaskExpanded,
}
"""The resources by which each answer may be expanded; `expand` takes the names of its members."""
