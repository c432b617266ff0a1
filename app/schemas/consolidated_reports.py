import uuid
from datetime import date, datetime
from typing import Annotated, Any, Literal, Self

from fastapi import Query
from pydantic import Field, StringConstraints, model_validator

from app.domain.consolidated_reports.content import FiledText, ReportGaps
from app.errors import Text
from app.http.validation_texts import RuleError
from app.models import ReportKind
from app.models.submission import PERIOD_FORM
from app.schemas.common import Body, Day, Line, Out, Prose, Reason, Title, UpdatedSince
from app.schemas.filters import Filters
from app.schemas.plans import AgencyLabelOut, Number

ReportPeriod = Annotated[str, StringConstraints(max_length=60, pattern=PERIOD_FORM)]
MOST_PLANS = 20
"""The most other plans that one report may cover."""
NOTED = {"strengths": "Nhiều nhiệm vụ hoàn thành trước thời hạn."}


class ReportNotesBody(Body):
    """The coordinator's own words under each heading of the report."""

    situation: Prose = Field(default="", description="Đặc điểm tình hình / the situation")
    results: Prose = Field(default="", description="Kết quả nổi bật / what was reached")
    strengths: Prose = Field(default="", description="Ưu điểm / strengths")
    shortcomings: Prose = Field(default="", description="Tồn tại, hạn chế / shortcomings")
    causes: Prose = Field(default="", description="Nguyên nhân / their causes")
    proposals: Prose = Field(default="", description="Đề xuất, kiến nghị / proposals")
    next_year: Prose = Field(
        default="", description="Phương hướng, nhiệm vụ tiếp theo / what comes next"
    )


class NewConsolidatedReportBody(Body):
    """A report to be added up: of a period, or of the days that are given."""

    kind: ReportKind = Field(
        examples=["thematic"],
        description="Định kỳ, chuyên đề, đột xuất / regular, on one subject, when asked",
    )
    period: ReportPeriod | None = Field(
        default=None, examples=["2024"], description="Kỳ báo cáo / the period of which it tells"
    )
    data_from: Day | None = Field(
        default=None, description="Từ ngày, khi không có kỳ / from this day, without a period"
    )
    data_to: Day | None = Field(default=None, description="Đến hết ngày / INCLUSIVE")
    as_of: Day | None = Field(
        default=None,
        description=(
            "Số liệu tính đến hết ngày; mặc định hôm nay, muộn nhất cuối tháng của ngày cuối kỳ số"
            " liệu / as of this day; else today, but not beyond the month in which the data end"
        ),
    )
    title: Title | None = Field(
        default=None,
        examples=["Kết quả công tác thông tin đối ngoại năm 2024"],
        description="Trích yếu / what it is about",
    )
    notes: ReportNotesBody = Field(default_factory=ReportNotesBody, examples=[NOTED])
    is_own: bool = Field(
        default=False,
        description=(
            "Báo cáo của riêng cơ quan mình, cùng mẫu / the caller's own agency's report, in the"
            " same form"
        ),
    )
    with_plans: list[uuid.UUID] = Field(
        default_factory=list,
        max_length=MOST_PLANS,
        description=(
            "Các kế hoạch khác được tổng hợp cùng / the other plans of which the report tells"
        ),
    )

    @model_validator(mode="after")
    def _is_of_one_kind(self) -> Self:
        if self.is_own and self.with_plans:
            raise RuleError(
                Text(
                    "Báo cáo của riêng một cơ quan chỉ về một kế hoạch.",
                    "An agency's own report is of one plan.",
                )
            )
        if len(set(self.with_plans)) < len(self.with_plans):
            raise RuleError(Text("Kế hoạch bị nêu hai lần.", "A plan is named twice."))
        return self

    @model_validator(mode="after")
    def _has_days(self) -> Self:
        days = self.data_from, self.data_to
        if ((self.period is None) == (None in days) and self.period is None) or (
            self.period is not None and days != (None, None)
        ):
            raise RuleError(
                Text(
                    "Nêu kỳ báo cáo, hoặc cả ngày đầu và ngày cuối của số liệu.",
                    "Give a period, or both data_from and data_to.",
                )
            )
        if self.data_from and self.data_to and self.data_from > self.data_to:
            raise RuleError(
                Text(
                    "Ngày đầu kỳ số liệu không được sau ngày cuối.",
                    "data_from must not be after data_to.",
                )
            )
        if self.kind == ReportKind.PERIODIC and self.period is None:
            raise RuleError(
                Text("Báo cáo định kỳ phải nêu kỳ báo cáo.", "A periodic report has a period.")
            )
        return self

    def given(self) -> dict[str, Any]:
        """The fields as JSON, as an operation keeps them."""
        return self.model_dump(mode="json")


class ReissueBody(Body):
    """The reason for issuing a report anew, and the changes; an absent field stays as it was."""

    reason: Reason = Field(examples=["Bổ sung số liệu của 02 cơ quan nộp chậm."])
    as_of: Day | None = Field(
        default=None,
        description=(
            "Số liệu tính đến hết ngày; mặc định hôm nay, muộn nhất cuối tháng của ngày cuối kỳ số"
            " liệu / as of this day; else today, but not beyond the month in which the data end"
        ),
    )
    title: Title | None = Field(default=None, description="Trích yếu mới / another subject")
    notes: ReportNotesBody | None = Field(
        default=None, description="Nhận định mới, thay toàn bộ / replaces all words by heading"
    )


class SignOffBody(Body):
    """Under which number, on which day and by whom the report was signed."""

    number: Number = Field(examples=["123/BC-STTTT"])
    signed_on: Day = Field(examples=["2025-01-05"], description="Ngày ký / the day of signing")
    signer: Line = Field(examples=["Nguyễn Văn Mẫu"], description="Người ký / who signed")


class ConsolidatedReportRowOut(Out):
    """One version of a plan's consolidated report, as lists show it.

    `id` and `sha256` are null in a dry run alone.
    """

    id: uuid.UUID | None
    plan_id: uuid.UUID
    with_plan_ids: list[uuid.UUID] = Field(
        description="Các kế hoạch khác được tổng hợp cùng / the other plans of which it tells"
    )
    own: AgencyLabelOut | None = Field(
        description=(
            "Cơ quan có báo cáo riêng này; null: báo cáo của mọi cơ quan / whose own report it is;"
            " null for one of all agencies"
        )
    )
    kind: ReportKind
    period: str | None
    data_from: date
    data_to: date
    as_of: date
    title: str
    version: int
    previous_id: uuid.UUID | None = Field(
        description="Lần phát hành trước / the version whose place it took"
    )
    is_superseded: bool = Field(
        description="Đã có lần phát hành sau / a later version has taken its place"
    )
    reason: str | None
    sha256: str | None = Field(
        description=(
            "Mã băm của nội dung đã chốt, tính trên đúng các byte của /content / SHA-256 of what"
            " was frozen, over the very bytes of /content"
        )
    )
    frozen_at: datetime
    agency: AgencyLabelOut
    number: str | None
    signed_on: date | None
    signer: str | None
    updated_at: datetime
    allowed_actions: list[str]


class ConsolidatedReportOut(ConsolidatedReportRowOut):
    """One version of a plan's consolidated report, with what was missing when it was frozen."""

    gaps: ReportGaps


class ReportedStandingOut(Out):
    """The standing of one assignment as a report states it."""

    agency: AgencyLabelOut
    standing: str
    deadline_on: date | None
    completed_on: date | None
    percent: int | None
    text: FiledText | None


class ReportChangeOut(Out):
    """One assignment, or one agency's own report, of which other things would be told today."""

    subject: Literal["assignment", "agency_report"]
    agency: AgencyLabelOut
    assignment_id: uuid.UUID | None
    task_ordinal: str | None
    task_title: str | None
    period: str | None
    what: list[str] = Field(
        description="Những gì đã khác: / what differs: agency, standing, deadline_on, …"
    )
    before: ReportedStandingOut | None
    after: ReportedStandingOut | None


class ConsolidatedReportFilters(Filters):
    """The parameters that narrow the list of consolidated reports."""

    plan: Annotated[
        uuid.UUID | None, Query(description="Chỉ về kế hoạch này / only of this plan")
    ] = None
    agency: Annotated[
        uuid.UUID | None,
        Query(description="Chỉ báo cáo riêng của cơ quan này / only this agency's own reports"),
    ] = None
    kind: Annotated[ReportKind | None, Query(description="Chỉ loại này / only of this kind")] = None
    period: Annotated[str | None, Query(max_length=60, pattern="^[0-9A-Za-z-]*$")] = None
    is_signed: Annotated[bool | None, Query(description="Đã ký hay chưa / signed or not")] = None
    is_latest: Annotated[
        bool | None, Query(description="Chỉ lần phát hành cuối / only the last version")
    ] = None
    updated_since: UpdatedSince = None
