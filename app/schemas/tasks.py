import uuid
from datetime import date, datetime
from typing import Annotated, ClassVar, Literal, Self

from fastapi import Query
from pydantic import Field, StringConstraints, model_validator

from app.errors import Text
from app.http.validation_texts import RuleError
from app.models import AssigneeRole, TimeFrameKind
from app.schemas.common import (
    CONTROLS,
    NFC,
    ONE_LINE,
    SAYS_SOMETHING,
    Body,
    Changes,
    Code,
    Day,
    Line,
    Out,
    Prose,
    Ref,
    Title,
    UpdatedSince,
)
from app.schemas.external_refs import ExternalRefOut, NewExternalRef
from app.schemas.filters import Filters
from app.schemas.plan_imports import CellOut, SuggestionOut, TextOut, TimeFrameOut
from app.schemas.plans import AgencyLabelOut

Ordinal = Annotated[
    str,
    StringConstraints(min_length=1, max_length=40, pattern=ONE_LINE),
    SAYS_SOMETHING,
    NFC,
    Field(examples=["5.6"], description="Số thứ tự / the plan's own number"),
]
OrdinalFilter = Annotated[
    str | None,
    Query(
        max_length=40,
        pattern=CONTROLS,
        description="Chỉ nhiệm vụ mang số này / only of the task of this number",
    ),
]


class AssigneeOut(Out):
    """The plan's own words for who does a task, and what they were taken for.

    `named_on` and `ended_on`: an amendment named it from this day on, or names it no more.
    """

    id: uuid.UUID
    task_id: uuid.UUID
    role: AssigneeRole
    position: int
    source_text: str
    resolution: Literal["agency", "collective", "unresolved"]
    code: str | None
    name: str | None
    is_related_only: bool
    named_on: date | None
    ended_on: date | None
    suggestions: list[SuggestionOut]
    note: TextOut | None


class TaskGroupOut(Out):
    """A heading of the plan's table."""

    id: uuid.UUID
    plan_id: uuid.UUID
    position: int
    ordinal: str
    title: str
    source_cells: list[CellOut]


class TaskOut(Out):
    """A task with its assignees; `position` is the plan's order over groups and tasks."""

    id: uuid.UUID
    plan_id: uuid.UUID
    task_group_id: uuid.UUID | None
    position: int
    ordinal: str
    title: str
    expected_result: str | None
    note: str | None
    time_frame: TimeFrameOut
    assignees: list[AssigneeOut]
    leads_today: list[AgencyLabelOut] = Field(
        description=(
            "Hiện nay cơ quan nào chủ trì, bên cạnh nguyên văn của kế hoạch / who leads it today,"
            " beside the plan's own words: in the last year that has begun"
        )
    )
    source_cells: list[CellOut]
    external_refs: list[ExternalRefOut]
    version: int
    dropped_on: date | None = Field(
        description="Bị bỏ khỏi kế hoạch từ ngày / the plan has it no more from this day on"
    )
    updated_at: datetime


class TimeFrameBody(Body):
    """A meaning given by a person; without it the words are read again."""

    kind: TimeFrameKind
    starts_on: Day | None = None
    ends_on: Day | None = None
    due_month: int | None = Field(default=None, ge=1, le=12)
    due_day: int | None = Field(default=None, ge=1, le=31)

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if (self.due_month is None) != (self.due_day is None):
            raise RuleError(
                Text(
                    "Tháng và ngày đến hạn phải nêu cùng nhau.",
                    "due_month and due_day go together.",
                )
            )
        if self.starts_on and self.ends_on and self.starts_on > self.ends_on:
            raise RuleError(
                Text(
                    "Ngày bắt đầu phải trước ngày kết thúc.", "starts_on must not be after ends_on."
                )
            )
        return self


class NewTaskGroupBody(Body):
    """A heading to add."""

    ordinal: Ordinal = Field(examples=["6"])
    title: Title = Field(examples=["Kiểm tra, sơ kết, tổng kết"])


class TaskGroupBody(Changes):
    """Corrections of a heading."""

    never_null: ClassVar[frozenset[str]] = frozenset({"ordinal", "title"})

    ordinal: Ordinal | None = None
    title: Title | None = Field(default=None, examples=["Kiểm tra, sơ kết, tổng kết"])


class NewTaskBody(Body):
    """A task to add at the end of its group."""

    task_group_id: uuid.UUID | None = None
    ordinal: Ordinal
    title: Title = Field(examples=["Sơ kết việc thực hiện Kế hoạch"])
    time_frame_text: Line = Field(examples=["Hằng năm"])
    expected_result: Prose | None = None
    note: Prose | None = None
    external_refs: list[NewExternalRef] = Field(default_factory=list, max_length=20)


class TaskBody(Changes):
    """Corrections of a task; a new `time_frame_text` is read unless `time_frame` says more."""

    never_null: ClassVar[frozenset[str]] = frozenset(
        {"ordinal", "title", "time_frame_text", "time_frame"}
    )

    ordinal: Ordinal | None = None
    title: Title | None = None
    time_frame_text: Line | None = Field(default=None, examples=["Đến năm 2030"])
    time_frame: TimeFrameBody | None = None
    expected_result: Prose | None = None
    note: Prose | None = None


class _Meaning(Body):
    agency: Ref | None = Field(default=None, examples=["SNGV"])
    collective: Code | None = None

    @model_validator(mode="after")
    def _one_meaning(self) -> Self:
        if self.agency is not None and self.collective is not None:
            raise RuleError(
                Text("Chỉ nêu cơ quan hoặc nhóm cơ quan.", "Give either agency or collective.")
            )
        return self


class NewAssigneeBody(_Meaning):
    """An agency or a collective to add to a task."""

    role: AssigneeRole = Field(examples=["lead"])
    source_text: Line = Field(examples=["Sở Ngoại vụ"])


class AssigneeBody(_Meaning):
    """The meaning of the plan's words; neither given means not resolved."""

    is_related_only: bool = False


class TaskGroupFilters(Filters):
    """The parameters that narrow the list of task groups."""

    updated_since: UpdatedSince = None


class TaskFilters(Filters):
    """The parameters that narrow the list of tasks by themselves."""

    task_group: uuid.UUID | None = None
    ordinal: OrdinalFilter = None
    updated_since: UpdatedSince = None
