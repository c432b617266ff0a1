"""The parts of an edXML package. Every text is one line without spaces around it; "" is absent."""

import enum
from dataclasses import dataclass
from datetime import date, datetime

from app.errors import Text
from app.models import DocumentBusiness

NAMESPACE = "http://www.mic.gov.vn/TBT/QCVN_102_2016"
PLAN, REPORT, LETTER = 10, 14, 18
"""Kinds of administrative documents (QCVN 102:2016, amendment 1:2022, table B)."""


class Steering(enum.IntEnum):
    """The standard's SteeringType."""

    NONE = 1
    DIRECTIVE = 2
    REPORT_ON_DIRECTIVE = 3


STATUS_MEANINGS = {
    "01": Text("đã đến", "arrived"),
    "02": Text("từ chối tiếp nhận", "not accepted"),
    "03": Text("đã tiếp nhận", "accepted"),
    "04": Text("đã phân công xử lý", "assigned to somebody"),
    "05": Text("đang xử lý", "being dealt with"),
    "06": Text("đã hoàn thành xử lý", "dealt with"),
    "13": Text("lấy lại", "taken back"),
    "15": Text("đồng ý cập nhật, lấy lại", "updating or taking back agreed to"),
    "16": Text("từ chối cập nhật, lấy lại", "updating or taking back refused"),
}
"""The stages of a document at its receiver; they say nothing of the progress of a task."""


@dataclass(frozen=True, slots=True)
class Organ:
    """A sender or a receiver; `organ_id` as it was written, in either form of identifiers."""

    organ_id: str
    name: str = ""
    in_charge: str = ""
    address: str = ""
    email: str = ""
    telephone: str = ""
    fax: str = ""
    website: str = ""


@dataclass(frozen=True, slots=True)
class DocumentType:
    """`type` 1 is legislative, 2 administrative; `detail` is a number of the standard's table."""

    type: int | None = None
    detail: int | None = None
    name: str = ""

    @property
    def number(self) -> int | None:
        """The kind of document; many systems put it where its class belongs."""
        return self.detail if self.type in (None, 1, 2) else self.type


@dataclass(frozen=True, slots=True)
class Signer:
    """The person who signed, as the package names them."""

    competence: str = ""
    position: str = ""
    full_name: str = ""


@dataclass(frozen=True, slots=True)
class ResponseFor:
    """An earlier document that this one answers."""

    organ_id: str = ""
    code: str = ""
    document_id: str = ""
    promulgated_on: date | None = None


@dataclass(frozen=True, slots=True)
class Trace:
    """A station that the package passed; `at` is UTC-aware, to the second."""

    organ_id: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Staff:
    """The person who handled the package; personal data, kept only where the package is."""

    department: str = ""
    name: str = ""
    email: str = ""
    mobile: str = ""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file, taken out of its zip; `name` is a label and never a path."""

    name: str
    media_type: str
    content: bytes
    description: str = ""


@dataclass(frozen=True, slots=True)
class EdxmlDocument:
    """A document on its way; `document_id` is the sender's, usually "OrganId,date,number"."""

    sender: Organ
    recipients: tuple[Organ, ...]
    document_id: str
    subject: str
    code_number: str = ""
    code_notation: str = ""
    place: str = ""
    promulgated_on: date | None = None
    type: DocumentType = DocumentType()
    content: str = ""
    signer: Signer = Signer()
    due_on: date | None = None
    priority: int = 0
    responds_to: tuple[ResponseFor, ...] = ()
    steering: int = Steering.NONE
    task_codes: tuple[str, ...] = ()
    traces: tuple[Trace, ...] = ()
    business: DocumentBusiness = DocumentBusiness.NEW
    business_reason: str = ""
    affects: tuple[str, ...] = ()
    staff: Staff = Staff()
    attachments: tuple[Attachment, ...] = ()

    @property
    def number(self) -> str:
        """Number and notation as they are printed, "215/BC-SNgV"; "" if there is neither."""
        return "/".join(part for part in (self.code_number, self.code_notation) if part)


@dataclass(frozen=True, slots=True)
class StatusMessage:
    """A status that a receiver gives a document that it got."""

    sender: Organ
    responds_to: ResponseFor
    code: str
    description: str = ""
    at: datetime | None = None
    staff: Staff = Staff()


@dataclass(frozen=True, slots=True)
class Received:
    """A package, and its bytes without those of its attachments: a signature is in there as it
    came, and nothing here verifies it."""

    package: EdxmlDocument | StatusMessage
    envelope: bytes
    has_signature: bool
