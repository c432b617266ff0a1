import uuid
from datetime import date, datetime
from typing import Annotated, Literal

from fastapi import Query
from pydantic import Field

from app.http.parameters import some_of
from app.http.patterns import Pattern
from app.models import AssigneeRole, SuccessionKind
from app.schemas.assignments import PlanLabelOut, TaskLabelOut
from app.schemas.common import Body, Day, Line, Out, Ref
from app.schemas.filters import AGENCY, SEVERAL, Filters
from app.schemas.plans import AgencyLabelOut


class SuccessionOut(Out):
    """A succession: from `effective_on` the successor carries what the predecessor did, in scope.

    Since `corrected_at` it is in force no more: others took its place.
    """

    id: uuid.UUID
    predecessor: AgencyLabelOut
    successor: AgencyLabelOut | None
    effective_on: date
    kind: SuccessionKind
    scope: str | None
    basis: str | None
    certainty: str | None
    corrected_at: datetime | None


class SuccessionItemBody(Body):
    """One pair; several items make a merger of several, or a split among several."""

    predecessor: Ref = Field(examples=["VPUB"])
    successor: Ref | None = Field(
        default=None, examples=["SNV"], description="Trống khi giải thể / empty for an abolition"
    )
    scope: Line | None = Field(default=None, examples=["toàn bộ (mẫu)"])


class SuccessionsBody(Body):
    """The successions of one reorganisation; they are recorded as a whole or not at all."""

    kind: SuccessionKind = Field(examples=["merge"])
    effective_on: Day = Field(examples=["2099-01-01"])
    basis: Line | None = Field(default=None, examples=["QĐ mẫu 01/QĐ-MAU"])
    certainty: Line | None = Field(default=None, examples=[None])
    items: list[SuccessionItemBody] = Field(
        default=[],
        max_length=500,
        examples=[[{"predecessor": "VPUB", "successor": "SNV", "scope": "toàn bộ (mẫu)"}]],
    )
    corrects: list[uuid.UUID] = Field(
        default=[],
        max_length=500,
        examples=[[]],
        description=(
            "Những kế thừa ghi sai mà lần này thay thế; không có items thì chỉ hủy bỏ chúng / rows"
            " that turned out wrong, whose place these take; without items they are taken back"
        ),
    )
    predecessors_end: bool = Field(
        default=True,
        description=(
            "false: bên chuyển vẫn tồn tại, việc của nó không tự chuyển / the predecessors go on,"
            " and keep their assignments"
        ),
    )


class RecordedOut(Out):
    """A row that was recorded; `id` is null in a dry run."""

    id: uuid.UUID | None
    predecessor: AgencyLabelOut
    successor: AgencyLabelOut | None
    effective_on: date
    kind: SuccessionKind
    scope: str | None
    basis: str | None
    certainty: str | None


class ChangedOut(Out):
    """One assignment and what becomes of it; `to` is null while a person is to decide."""

    assignment_id: uuid.UUID
    task: TaskLabelOut
    occurrence: str
    role: AssigneeRole
    from_agency: AgencyLabelOut
    to_agency: AgencyLabelOut | None


class ChangesOut(Out):
    """The number of assignments, and the first of them by name."""

    total: int
    first: list[ChangedOut] = Field(description="Tối đa 20 / at most 20")


class PlanChangesOut(Out):
    """The effect on one plan: on its assignments, its coordination and its ownership."""

    plan: PlanLabelOut
    moved: ChangesOut
    merged: ChangesOut
    to_decide: ChangesOut
    stays: ChangesOut
    coordination: Literal["moved", "to_decide"] | None
    ownership: Literal["moved", "to_decide"] | None


class AssignmentCountsOut(Out):
    """Assignments over all plans: each is in one of these."""

    moved: int
    merged: int = Field(
        description="Nhập vào nhiệm vụ cơ quan tiếp nhận đã có / into what they owe already"
    )
    to_decide: int
    stays: int = Field(description="Đã kết thúc, giữ nguyên / closed, so it stays as it is")


class SuccessionsOut(Out):
    """The recorded rows and their effect; a dry run answers the same and stores nothing.

    What takes effect on a later day is told as it would be if that day were today.
    """

    dry_run: bool
    takes_effect: Literal["at_once", "on_its_day"]
    successions: list[RecordedOut]
    counts: AssignmentCountsOut
    plans: list[PlanChangesOut] = Field(description="Tối đa 100 / at most 100")


class SuccessionFilters(Filters):
    """The parameters that narrow the list of successions."""

    agency: Annotated[
        Ref | None, Query(description="Cơ quan chuyển giao hoặc tiếp nhận / on either side"), AGENCY
    ] = None
    kind: Annotated[
        str | None,
        Query(description="Chỉ các loại này / only these kinds"),
        Pattern(some_of(SuccessionKind)),
        SEVERAL,
    ] = None
    effective_from: Annotated[
        Day | None, Query(description="Có hiệu lực từ ngày này / from this day on")
    ] = None
    effective_until: Annotated[
        Day | None, Query(description="Có hiệu lực TRƯỚC ngày này / EXCLUSIVE: before this day")
    ] = None
