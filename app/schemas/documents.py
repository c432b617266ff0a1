import uuid
from datetime import date, datetime
from typing import Annotated, Literal

from fastapi import Query
from pydantic import Field

from app.documents.edxml.package import STATUS_MEANINGS
from app.http.parameters import some_of
from app.http.patterns import Pattern
from app.models import DocumentBusiness, DocumentKind
from app.schemas.common import CONTROLS, Out, Ref
from app.schemas.filters import AGENCY, SEVERAL, Filters
from app.schemas.plan_imports import TextOut
from app.schemas.plans import AgencyLabelOut


class DocumentFileOut(Out):
    """A file that came along; the sender's system keeps it, we keep what identifies it."""

    name: str
    media_type: str
    size: int
    sha256: str


class EvidenceOfOut(Out):
    """An assignment that a document answers, by the code that the sender wrote."""

    task_code: str
    assignment_id: uuid.UUID


class DocumentProblemOut(Out):
    """A part of a document that could not be recorded; all the rest was."""

    pointer: str
    code: str
    detail: TextOut


class DocumentCountsOut(Out):
    """The number of task codes that came, were recorded, and could not be."""

    task_codes: int
    recorded: int
    problems: int


class HandlingOut(Out):
    """A receiver's handling of a report that it got; never how far the task is."""

    submission_id: uuid.UUID
    attempt: int
    code: str = Field(
        description=" / ".join(
            "; ".join(f"{code} {text}" for code, text in zip(STATUS_MEANINGS, said, strict=True))
            for said in zip(*STATUS_MEANINGS.values(), strict=True)
        )
    )
    description: str | None
    at: datetime | None


class DocumentOut(Out):
    """A document that another system sent, as it was received."""

    id: uuid.UUID
    kind: DocumentKind
    sender: AgencyLabelOut
    sender_organ_id: str = Field(description="Như đã ghi trong gói / as the package has it")
    sender_identifier: str | None = Field(
        description="Mã định danh theo QĐ 20/2020/QĐ-TTg / in the present form"
    )
    document_id: str | None
    number: str | None
    promulgated_on: date | None
    type_number: int | None
    type_name: str | None
    subject: str | None
    due_on: date | None
    business: DocumentBusiness
    business_reason: str | None
    affects: list[uuid.UUID] = Field(
        description="Văn bản trước bị thu hồi, cập nhật, thay thế / earlier documents it changes"
    )
    standing: Literal["current", "recalled", "updated", "replaced"]
    has_signature: bool = Field(
        description="Có chữ ký kèm theo, được giữ, KHÔNG được kiểm tra / kept and NOT verified"
    )
    attachments: list[DocumentFileOut]
    evidence: list[EvidenceOfOut]
    problems: list[DocumentProblemOut]
    counts: DocumentCountsOut
    plan_id: uuid.UUID | None
    plan_import_id: uuid.UUID | None
    handling: HandlingOut | None
    sha256: str
    size: int
    received_at: datetime


class DocumentFilters(Filters):
    """The parameters that narrow the list of documents."""

    kind: Annotated[
        str | None,
        Query(description="Chỉ loại này / only of this kind"),
        Pattern(some_of(DocumentKind)),
        SEVERAL,
    ] = None
    agency: Annotated[
        Ref | None, Query(description="Chỉ do cơ quan này gửi / only sent by this agency"), AGENCY
    ] = None
    number: Annotated[
        str | None,
        Query(
            max_length=121,
            pattern=CONTROLS,
            description="Chỉ số, ký hiệu này / only of this number",
        ),
    ] = None
