import uuid
from datetime import date

from pydantic import Field

from app.models import AssigneeRole, AssignmentStatus, SubmissionStatus
from app.schemas.agencies import AgencyNoticeOut
from app.schemas.assignments import PlanLabelOut, TaskLabelOut, Timeliness
from app.schemas.common import Out
from app.schemas.plans import AgencyLabelOut
from app.schemas.statistics import StatisticsOut


class NextSubmissionOut(Out):
    """The report that comes next; to other agencies one that is being written is expected."""

    id: uuid.UUID
    period: str
    due_on: date
    status: SubmissionStatus


class OwedOut(Out):
    """One assignment of the agency.

    Both timelinesses are null for what no deadline judges, as in a list of assignments.
    """

    id: uuid.UUID
    plan: PlanLabelOut
    task: TaskLabelOut
    role: AssigneeRole
    occurrence: str
    deadline_on: date | None
    original_deadline_on: date | None
    status: AssignmentStatus
    timeliness: Timeliness | None
    original_timeliness: Timeliness | None
    days_overdue: int = Field(
        description=(
            "Số ngày quá hạn hoặc trễ hạn, 0 nếu không / days past the deadline, 0 if in time"
        )
    )
    next_submission: NextSubmissionOut | None = Field(
        description=(
            "Báo cáo gần nhất chưa được chấp nhận, tính đến lúc này chứ không theo as_of / the"
            " first report not accepted or waived, as things are now"
        )
    )


class WorkloadOut(Out):
    """The assignments of an agency, counted, and a page of them: open ones first, by deadline."""

    agency: AgencyLabelOut
    notice: AgencyNoticeOut | None = Field(
        description=(
            "Cơ quan đã kết thúc thì nay ai kế thừa / where it had ended by that day: who took over"
        )
    )
    as_of: date
    counts: StatisticsOut
    assignments: list[OwedOut]
    next: str | None
