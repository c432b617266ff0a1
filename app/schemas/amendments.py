import uuid
from datetime import date, datetime
from typing import Annotated, ClassVar, Self

from fastapi import Query
from pydantic import Field, model_validator

from app.errors import Text
from app.http.parameters import some_of
from app.http.patterns import Pattern
from app.http.validation_texts import RuleError
from app.models import AmendmentChange, AmendmentKind, AmendmentState, AssigneeRole
from app.schemas.common import Body, Code, Day, Line, Out, Reason, Ref, UpdatedSince
from app.schemas.filters import SEVERAL, Filters
from app.schemas.plan_imports import TimeFrameOut
from app.schemas.plans import AgencyLabelOut, NotAssignedOut
from app.schemas.submission_effects import SubmissionEffectsOut
from app.schemas.tasks import NewAssigneeBody, TaskBody

WORDS = frozenset({"ordinal", "title", "time_frame_text", "time_frame", "expected_result", "note"})
# The members that each kind of change must have, and those that it may have beside them.
MEMBERS: dict[AmendmentChange, tuple[frozenset[str], frozenset[str]]] = {
    AmendmentChange.ADD: (
        frozenset({"ordinal", "title", "time_frame_text", "assignees"}),
        WORDS | {"task_group_id"},
    ),
    AmendmentChange.CHANGE: (frozenset({"task"}), WORDS),
    AmendmentChange.DROP: (frozenset({"task"}), frozenset()),
    AmendmentChange.REASSIGN: (frozenset({"task", "assignees"}), frozenset()),
    AmendmentChange.RESOLVE: (frozenset({"assignee"}), frozenset({"agency", "collective"})),
}


ADD = {
    "change": "add",
    "ordinal": "5.9",
    "title": "Sơ kết giữa kỳ",
    "time_frame_text": "Hằng năm",
    "assignees": [{"role": "lead", "source_text": "Sở Ngoại vụ", "agency": "SNGV"}],
}


class AmendmentItemBody(TaskBody):
    """One change: `add` a task with its assignees; `change` words of a `task`; `drop` it;
    `reassign` it to exactly these `assignees`; `resolve` what the words of an `assignee` mean."""

    never_null: ClassVar[frozenset[str]] = TaskBody.never_null | {
        "task",
        "assignee",
        "agency",
        "collective",
        "assignees",
        "task_group_id",
    }

    change: AmendmentChange
    task: uuid.UUID | None = None
    assignee: uuid.UUID | None = None
    agency: Ref | None = None
    collective: Code | None = None
    task_group_id: uuid.UUID | None = None
    assignees: list[NewAssigneeBody] | None = Field(default=None, min_length=1, max_length=100)

    @model_validator(mode="after")
    def _what_it_takes(self) -> Self:
        needed, allowed = MEMBERS[self.change]
        given = self.model_fields_set - {"change"}
        wrong = sorted((needed - given) | (given - needed - allowed))
        if wrong:
            names = ", ".join(wrong)
            raise RuleError(
                Text(
                    f"{self.change}: thiếu hoặc không dùng {names}.",
                    f"{self.change}: missing or not for it: {names}.",
                )
            )
        if self.change == AmendmentChange.CHANGE and given == needed:
            raise RuleError(Text("Chưa nêu đổi điều gì.", "It says nothing to change."))
        if self.change == AmendmentChange.RESOLVE and (self.agency is None) == (
            self.collective is None
        ):
            raise RuleError(
                Text("Chỉ nêu cơ quan hoặc nhóm cơ quan.", "Say either agency or collective.")
            )
        return self


class AmendmentBody(Body):
    """New words of an issued plan; a `correction` only says what its words mean."""

    kind: AmendmentKind = AmendmentKind.AMENDMENT
    basis: Line | None = Field(
        default=None,
        examples=["120/QĐ-UBND ngày 15/9/2026"],
        description="Văn bản sửa đổi, cần khi ban hành / the document, needed to issue new words",
    )
    effective_on: Day | None = Field(
        default=None,
        description="Có hiệu lực từ ngày; trống: ngày ban hành / from this day on; else at issue",
    )
    reason: Reason = Field(examples=["Bổ sung nhiệm vụ sơ kết giữa kỳ."])
    items: list[AmendmentItemBody] = Field(min_length=1, max_length=100, examples=[[ADD]])


class AmendedAssigneeOut(Out):
    """Words for who does a task, and whom they mean; neither: not resolved."""

    role: AssigneeRole
    source_text: str
    agency: AgencyLabelOut | None
    collective: str | None
    is_related_only: bool


class TaskWordsOut(Out):
    """The words of a plan about a task at one time."""

    task_group_id: uuid.UUID | None
    ordinal: str
    title: str
    expected_result: str | None
    note: str | None
    time_frame: TimeFrameOut
    assignees: list[AmendedAssigneeOut]


class AmendmentItemOut(Out):
    """One change: the task before and after it, and which `fields` differ."""

    change: AmendmentChange
    task_id: uuid.UUID | None
    fields: list[str]
    before: TaskWordsOut | None
    after: TaskWordsOut | None


class AmendmentOut(Out):
    """An amendment with its difference; `number` is the version of the plan that it makes.

    It is carried out on `effective_on`; until then `applied_at` is null.
    """

    id: uuid.UUID
    plan_id: uuid.UUID
    number: int | None
    kind: AmendmentKind
    state: AmendmentState
    basis: str | None
    effective_on: date | None
    reason: str
    agency: AgencyLabelOut
    issued_at: datetime | None
    applied_at: datetime | None
    items: list[AmendmentItemOut]
    updated_at: datetime
    allowed_actions: list[str]


class AmendedAssignmentOut(Out):
    """One assignment that an amendment concerns, as it is after it."""

    task_ordinal: str
    occurrence: str
    agency: AgencyLabelOut
    role: AssigneeRole
    deadline_on: date | None


class AmendmentIssueOut(Out):
    """The effect of issuing on assignments, at once or on the day that is to come.

    `kept` are those that it would have ended if they were not over or reported as done.
    """

    dry_run: bool
    amendment: AmendmentOut
    made: list[AmendedAssignmentOut]
    changed: list[AmendedAssignmentOut]
    ended: list[AmendedAssignmentOut]
    kept: list[AmendedAssignmentOut]
    submissions: int
    waived: int
    submission_effects: SubmissionEffectsOut
    not_assigned: list[NotAssignedOut]


class AmendmentFilters(Filters):
    """The parameters that narrow the list of amendments."""

    state: Annotated[str | None, Pattern(some_of(AmendmentState)), SEVERAL] = None
    kind: AmendmentKind | None = None
    task: Annotated[
        uuid.UUID | None, Query(description="Chỉ lần sửa nhiệm vụ này / only what touches it")
    ] = None
    updated_since: UpdatedSince = None
