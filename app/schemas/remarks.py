import uuid
from datetime import datetime
from typing import Literal

from pydantic import Field

from app.models import RemarkNoun
from app.schemas.assignments import PlanLabelOut
from app.schemas.common import Body, Line, Out, Reason
from app.schemas.plans import AgencyLabelOut

RemarkState = Literal["open", "answered", "withdrawn"]


class AboutBody(Body):
    """What is remarked on."""

    noun: RemarkNoun
    id: uuid.UUID


class NewRemarkBody(Body):
    """What is to be said, and by which document, if there is one."""

    about: AboutBody = Field(
        examples=[{"noun": "plan", "id": "01900000-0000-7000-8000-000000000001"}]
    )
    text: Reason = Field(examples=["Đề nghị bổ sung số liệu về kinh phí đã sử dụng."])
    basis: Line | None = Field(default=None, examples=["15/TB-UBND ngày 10/3/2025"])


class AnswerRemarkBody(Body):
    """What the agency, or who follows the plan up, says to it."""

    text: Reason = Field(examples=["Đã bổ sung trong báo cáo quý III."])


class WithdrawRemarkBody(Body):
    """Why it is taken back."""

    reason: Reason = Field(examples=["Nhầm kỳ báo cáo."])


class AboutOut(Out):
    """What is remarked on."""

    noun: RemarkNoun
    id: uuid.UUID


class RemarkAnswerOut(Out):
    """The answer, and in whose name it was given."""

    text: str
    agency: AgencyLabelOut
    answered_at: datetime


class RemarkOut(Out):
    """What who supervises a plan said of it, and what was answered; it changes no report.

    `agency` is whose matter it was, if it was one agency's.
    """

    id: uuid.UUID
    plan: PlanLabelOut
    about: AboutOut
    agency: AgencyLabelOut | None
    state: RemarkState
    text: str
    basis: str | None
    author: AgencyLabelOut
    made_at: datetime
    answer: RemarkAnswerOut | None
    withdrawn_at: datetime | None
    withdrawn_reason: str | None
    updated_at: datetime
    allowed_actions: list[str]
