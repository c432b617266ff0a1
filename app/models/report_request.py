import enum
import uuid
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from app.models.base import ChangingRow, link, text_enum


class ReportRequestKind(enum.StrEnum):
    """Báo cáo chuyên đề, báo cáo đột xuất: NĐ 09/2019/NĐ-CP, Điều 3."""

    THEMATIC = "thematic"
    AD_HOC = "ad_hoc"


class AnsweredBy(enum.StrEnum):
    """Those who answer a report request: each agency once, or each assignment of an agency."""

    AGENCY = "agency"
    ASSIGNMENT = "assignment"


class ReportRequest(ChangingRow, table=True):
    """A report that a document asks for beside the regular ones, of agencies that it names.

    Agencies may have answered it already, so it is never changed, only withdrawn. Its agency
    reports say whom it asked, or its submissions, which go with their assignments. `not_asked`
    keeps the agencies that it named in vain.
    """

    __tablename__ = "report_request"
    __table_args__ = (
        sa.UniqueConstraint("plan_id", "period"),
        sa.CheckConstraint("data_from <= data_to", name="data_window"),
        sa.CheckConstraint("asked_on <= due_on", name="due_when_asked"),
        sa.CheckConstraint("period ~ '^adhoc-[a-z0-9-]{1,48}$'", name="period_form"),
        sa.CheckConstraint(
            "num_nulls(withdrawn_at, withdrawn_on, withdrawn_reason) in (0, 3)",
            name="withdrawn_has_reason",
        ),
    )

    plan_id: uuid.UUID = link("plan")
    kind: ReportRequestKind = Field(sa_type=text_enum(ReportRequestKind, "kind"))
    answered_by: AnsweredBy = Field(sa_type=text_enum(AnsweredBy, "answered_by"))
    title: str = Field(sa_type=sa.Text)
    number: str = Field(sa_type=sa.Text)
    issued_on: date
    period: str = Field(sa_type=sa.Text)
    data_from: date
    data_to: date
    due_on: date
    with_coordinating: bool
    questions: list[dict[str, Any]] = Field(sa_type=JSONB)
    not_asked: list[dict[str, Any]] = Field(sa_type=JSONB)
    asked_at: datetime
    asked_on: date
    agency_id: uuid.UUID = link("agency")
    client_id: uuid.UUID = link("client")
    withdrawn_at: datetime | None = None
    withdrawn_on: date | None = None
    withdrawn_reason: str | None = Field(default=None, sa_type=sa.Text)
