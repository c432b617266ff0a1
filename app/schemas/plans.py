import uuid
from datetime import date, datetime
from typing import Annotated, ClassVar, Literal, Self

from fastapi import Query
from pydantic import Field, StringConstraints, model_validator

from app.errors import Text
from app.http.parameters import some_of
from app.http.patterns import Pattern
from app.http.validation_texts import RuleError
from app.models import PlanActionKind, PlanStatus, RelationKind
from app.schemas.common import (
    NFC,
    NO_NUL,
    ONE_LINE,
    SAYS_SOMETHING,
    Body,
    Changes,
    Day,
    Line,
    Out,
    Prose,
    Reason,
    Ref,
    Title,
    UpdatedSince,
)
from app.schemas.external_refs import ExternalRefFilter, ExternalRefOut, NewExternalRef
from app.schemas.filters import AGENCY, NUMBER, SEVERAL, Becomes, Filters

Number = Annotated[
    str,
    Pattern(r"^[0-9A-Za-zĐđ][0-9A-Za-zĐđÂÊÔƠƯâêôơư/.\-]{0,48}$"),
    NFC,
    Field(examples=["MAU-01/KH-MAU"], description="Số và ký hiệu / number and notation"),
]
PlanNumber = Annotated[
    str | None,
    Query(
        max_length=50,
        pattern=NO_NUL,
        description="Chỉ kế hoạch có số, ký hiệu này / only the plan of this number",
    ),
]
NumberOfPlans = Annotated[PlanNumber, Becomes("plans"), NUMBER]


class AgencyLabelOut(Out):
    """An agency by the name of the day in question."""

    id: uuid.UUID
    code: str
    name: str


class CoordinatorOut(Out):
    """A coordinator of the plan from a day (inclusive) to a day (exclusive); null is open."""

    agency: AgencyLabelOut
    valid_from: date | None
    valid_until: date | None


class PlanRelationOut(Out):
    """A relation of a plan to another: one of the system by `plan_id`, or by `reference`."""

    relation: RelationKind
    plan_id: uuid.UUID | None
    number: str | None
    reference: str | None


class PlanOut(Out):
    """A plan; number, date and life may be null only while it is a draft.

    `coordinator` is also null while it is to be decided who takes over from one that has ended.
    """

    id: uuid.UUID
    title: str
    short_title: str | None = Field(
        description="Tên gọi tắt trong danh sách, trên bảng theo dõi / its short name in lists"
    )
    number: str | None
    issued_on: date | None
    starts_on: date | None
    ends_on: date | None
    tracked_from: date | None = Field(
        description=(
            "Ngày bắt đầu theo dõi trên hệ thống; null: từ ngày ban hành / the day from which it is"
            " followed up here; null: from its issue"
        )
    )
    status: PlanStatus
    owner: AgencyLabelOut
    issuer: AgencyLabelOut | None
    coordinator: AgencyLabelOut | None
    coordinators: list[CoordinatorOut]
    overseers: list[AgencyLabelOut] = Field(
        description="Cơ quan đã kết thúc thì là cơ quan kế thừa / of ended ones, their successors"
    )
    recipients: list[AgencyLabelOut]
    legal_bases: list[str]
    signer: str | None
    note: str | None
    board_is_public: bool = Field(
        description="Bảng theo dõi công khai, không cần liên kết / everybody may see its board"
    )
    submissions_are_shared: bool = Field(
        description=(
            "Thành viên của nhóm chủ trì xem được báo cáo của nhau"
            " / members of a collective that leads read each other's submissions"
        )
    )
    version: int = Field(
        description="1 khi ban hành, thêm 1 mỗi lần sửa đổi / 1 at issue, 1 more an amendment"
    )
    relations: list[PlanRelationOut]
    external_refs: list[ExternalRefOut]
    created_at: datetime
    updated_at: datetime
    allowed_actions: list[str]


class PlanRelationBody(Body):
    """A relation of the plan to another: by its id, or by number and day if it is not here."""

    relation: RelationKind
    plan: uuid.UUID | None = None
    reference: Line | None = None

    @model_validator(mode="after")
    def _one_other(self) -> Self:
        if (self.plan is None) == (self.reference is None):
            raise RuleError(
                Text(
                    "Nêu kế hoạch trên hệ thống hoặc số, ký hiệu của nó, một trong hai.",
                    "Say either plan or reference.",
                )
            )
        return self


ShortTitle = Annotated[
    str,
    StringConstraints(min_length=1, max_length=120, pattern=ONE_LINE),
    SAYS_SOMETHING,
    NFC,
    Field(examples=["Thông tin đối ngoại 2024–2030"], description="Tên gọi tắt / a short name"),
]


class _Particulars(Changes):
    short_title: ShortTitle | None = None
    number: Number | None = Field(default=None, examples=["MAU-02/KH-MAU"])
    issued_on: Day | None = Field(default=None, examples=["2024-05-20"])
    overseers: list[Ref] | None = Field(default=None, max_length=50, examples=[["MTTQ"]])
    recipients: list[Ref] | None = Field(default=None, max_length=500, examples=[["SNGV"]])
    legal_bases: list[Line] | None = Field(
        default=None, max_length=100, examples=[["Nghị quyết số 47/NQ-CP ngày 15/4/2024"]]
    )
    signer: Line | None = Field(default=None, examples=["KT. Chủ tịch, Phó Chủ tịch Lê Văn Mẫu"])
    note: Prose | None = None


class PlanBody(_Particulars):
    """The fields of a draft; an absent field is left as it is."""

    never_null: ClassVar[frozenset[str]] = frozenset(
        {"title", "overseers", "recipients", "legal_bases", "relations"}
    )

    title: Title | None = Field(default=None, examples=["Kế hoạch thông tin đối ngoại"])
    starts_on: Day | None = Field(default=None, examples=["2024-01-01"])
    ends_on: Day | None = Field(default=None, examples=["2030-12-31"])
    tracked_from: Day | None = Field(
        default=None,
        examples=["2026-01-15"],
        description=(
            "Kế hoạch nhập muộn: không yêu cầu báo cáo đến hạn trước ngày này, nhưng nhập được / of"
            " what was due before this day nothing is expected, all may be entered"
        ),
    )
    issuer: Ref | None = Field(default=None, examples=["UBND-TINH"])
    coordinator: Ref | None = Field(default=None, examples=["STTTT"])
    relations: list[PlanRelationBody] | None = Field(default=None, max_length=50)


class PlanCorrectionBody(_Particulars):
    """The corrections of an issued plan, and their reason; an absent field stays as it is."""

    never_null: ClassVar[frozenset[str]] = frozenset(
        {"number", "issued_on", "overseers", "recipients", "legal_bases"}
    )

    reason: Reason = Field(examples=["Số ghi nhầm khi nhập."])
    basis: Line | None = Field(default=None, examples=["15/TB-UBND ngày 24/11/2026"])


class PlanFieldChangeOut(Out):
    """One field as it was and as it is since; agencies by their codes."""

    field: str
    before: str | bool | list[str] | None
    after: str | bool | list[str] | None


OutcomeAtClose = Literal["carried_over", "unfinished"]


class LeftAssignmentBody(Body):
    """The outcome for one open assignment."""

    id: uuid.UUID
    outcome: OutcomeAtClose


class PlanClosingBody(Body):
    """The reason for closing a plan, and the outcome for its open assignments: its own `outcome`
    for each that is listed, that of the closing for all others."""

    reason: Reason = Field(examples=["Kế hoạch hết thời gian thực hiện."])
    basis: Line | None = Field(default=None, examples=["15/TB-UBND ngày 24/11/2026"])
    outcome: OutcomeAtClose = Field(
        examples=["unfinished"],
        description=(
            "Chuyển sang kế hoạch tiếp theo, hay không hoàn thành / carried over to the plan that"
            " follows, or not completed"
        ),
    )
    followed_by: uuid.UUID | None = Field(
        default=None,
        description=(
            "Kế hoạch tiếp theo; bắt buộc khi có nhiệm vụ chuyển sang / the plan that follows;"
            " required where anything is carried over"
        ),
    )
    assignments: list[LeftAssignmentBody] = Field(default_factory=list, max_length=10_000)


class PlanActionOut(Out):
    """A person's decision on an issued plan, numbered, unchangeable."""

    number: int
    action: PlanActionKind
    changes: list[PlanFieldChangeOut]
    reason: str
    basis: str | None
    done_at: datetime
    done_on: date
    agency: AgencyLabelOut


class NewPlanBody(PlanBody):
    """A draft to begin with; everything else can be said later."""

    title: Title = Field(examples=["Kế hoạch thông tin đối ngoại"])
    external_refs: list[NewExternalRef] = Field(default_factory=list, max_length=20)


class NotAssignedOut(Out):
    """Words of the plan from which nobody owes anything from an occurrence on, and why."""

    task_ordinal: str
    occurrence: str
    source_text: str
    reason: str = Field(
        description=(
            "unresolved, related_only, not_enumerable, agency_ended, no_members (nhóm không còn"
            " thành viên, chờ quyết định nhóm thay thế / a collective without members, which waits"
            " for a substitution)"
        )
    )
    collective: str | None = Field(description="Mã nhóm được nêu / the collective that is named")


class IssueOut(Out):
    """The issued plan, and the assignments and submissions that issuing made."""

    plan: PlanOut
    assignments: int
    submissions: int
    not_assigned: list[NotAssignedOut]


class PlanFilters(Filters):
    """The parameters that narrow the list of plans by themselves."""

    status: Annotated[str | None, Pattern(some_of(PlanStatus)), SEVERAL] = None
    number: PlanNumber = None
    coordinator: Annotated[Ref | None, AGENCY] = None
    issuer: Annotated[Ref | None, AGENCY] = None
    issued_from: Day | None = None
    issued_before: Day | None = None
    external_ref: ExternalRefFilter = None
    updated_since: UpdatedSince = None
