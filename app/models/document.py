import enum
import uuid
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from app.models.base import Row, TaggedRow, link, text_enum


class DocumentKind(enum.StrEnum):
    """The kind of a received document."""

    PLAN = "plan"
    RESULT = "result"
    STATUS = "status"
    OTHER = "other"


class DocumentBusiness(enum.StrEnum):
    """The effect of a document on an earlier one, in the order of edXML's codes 0 to 3."""

    NEW = "new"
    RECALL = "recall"
    UPDATE = "update"
    REPLACE = "replace"


class Document(TaggedRow, table=True):
    """A document that another system sent, as it was received; it is never changed or deleted.

    `envelope` is the package without the bytes of its files: of those, `attachments` keeps names,
    sizes and SHA-256. A signature is in the envelope as it came; nothing here verifies it.
    `document_id` is the sender's own; a status message has none.
    """

    __tablename__ = "document"
    __table_args__ = (
        # The same package twice is one document.
        sa.UniqueConstraint("sender_id", "sha256"),
        sa.Index(
            "uq_document_sender_id_document_id_new",
            "sender_id",
            "document_id",
            unique=True,
            postgresql_where=sa.text("business = 'new'"),
        ),
        sa.CheckConstraint(
            "kind <> 'status' or num_nulls(status_code, attempt_id) = 0", name="status_is_complete"
        ),
        sa.CheckConstraint(
            "kind = 'status' or num_nulls(document_id, subject) = 0"
            " and num_nonnulls(status_code, attempt_id) = 0",
            name="document_is_complete",
        ),
        sa.CheckConstraint("kind = 'plan' or plan_import_id is null", name="only_plans_imported"),
        sa.CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name="sha256_form"),
    )

    kind: DocumentKind = Field(sa_type=text_enum(DocumentKind, "kind"))
    sender_id: uuid.UUID = link("agency")
    sender_organ_id: str = Field(sa_type=sa.Text)
    sender_identifier: str | None = Field(default=None, sa_type=sa.Text)
    document_id: str | None = Field(default=None, sa_type=sa.Text)
    number: str | None = Field(default=None, sa_type=sa.Text, index=True)
    promulgated_on: date | None = None
    type_number: int | None = None
    type_name: str | None = Field(default=None, sa_type=sa.Text)
    subject: str | None = Field(default=None, sa_type=sa.Text)
    due_on: date | None = None
    business: DocumentBusiness = Field(
        default=DocumentBusiness.NEW, sa_type=text_enum(DocumentBusiness, "business")
    )
    business_reason: str | None = Field(default=None, sa_type=sa.Text)
    attachments: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSONB)
    task_codes: int = 0
    problems: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSONB)
    plan_import_id: uuid.UUID | None = link("plan_import", default=None, index=True)
    attempt_id: uuid.UUID | None = link("submission_attempt", default=None, index=True)
    status_code: str | None = Field(default=None, sa_type=sa.Text)
    status_description: str | None = Field(default=None, sa_type=sa.Text)
    status_at: datetime | None = None
    sha256: str = Field(sa_type=sa.Text)
    size: int
    envelope: bytes
    has_signature: bool
    received_at: datetime
    client_id: uuid.UUID = link("client")


class DocumentEvidence(Row, table=True):
    """A document that answers an assignment, by the task code that the sender wrote."""

    __tablename__ = "document_evidence"
    __table_args__ = (sa.UniqueConstraint("document_id", "assignment_id"),)

    document_id: uuid.UUID = link("document")
    assignment_id: uuid.UUID = link("assignment", index=True)
    task_code: str = Field(sa_type=sa.Text)


class DocumentEffect(Row, table=True):
    """An earlier document that a later one of the same sender recalls, updates or replaces."""

    __tablename__ = "document_effect"
    __table_args__ = (
        sa.UniqueConstraint("document_id", "earlier_id"),
        sa.CheckConstraint("document_id <> earlier_id", name="two_documents"),
    )

    document_id: uuid.UUID = link("document")
    earlier_id: uuid.UUID = link("document", index=True)
