"""Receiving the packages of document-management systems: plans, results, statuses and others.

A document is evidence, not a submission: it changes no assignment and files nothing.
"""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.principal import Permission, Principal
from app.config import Settings
from app.documents.edxml import package as edxml
from app.domain.acts import PersonalAct
from app.domain.documents.plan_files import import_first_plan
from app.domain.documents.senders import require_sender
from app.domain.records import Subject
from app.errors import (
    ConflictError,
    Fault,
    InvalidError,
    NotFoundError,
    Text,
)
from app.models import (
    Assignment,
    Document,
    DocumentBusiness,
    DocumentEffect,
    DocumentEvidence,
    DocumentKind,
    Plan,
)
from app.models.base import new_id
from app.queries.documents import documents as queries
from app.queries.documents.task_codes import NoAssignment, find_assignment
from app.queries.locks import lock_document
from app.queries.submissions.submissions import get_submission

HEADER = "#/edXMLEnvelope/edXMLHeader"
MESSAGE = f"{HEADER}/MessageHeader"
# The document ids under which submissions are sent: app/domain/submissions/packages.py.
SENT_ID = re.compile(r".*,([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/([1-9][0-9]{0,5})")
NEEDED = {
    DocumentKind.PLAN: Permission.PLAN_WRITE,
    DocumentKind.RESULT: Permission.SUBMISSION_WRITE,
    DocumentKind.STATUS: Permission.DOCUMENT_WRITE,
    DocumentKind.OTHER: Permission.SUBMISSION_WRITE,
}
PROBLEMS = {
    NoAssignment.UNKNOWN: Text(
        "Không có nhiệm vụ nào mang mã này.", "No task is known by this code."
    ),
    NoAssignment.NOT_YOURS: Text(
        "Nhiệm vụ này không giao cho cơ quan gửi.", "The task is not the sender's."
    ),
    NoAssignment.SEVERAL: Text(
        "Cơ quan gửi có nhiều nhiệm vụ cùng mã này; hãy dùng id của nhiệm vụ được giao.",
        "The sender has several assignments by this code; use an assignment's id.",
    ),
}
NO_EARLIER = Text(
    "Chưa nhận được văn bản trước mà văn bản này nói đến.",
    "The earlier document that this one is about was never received.",
)
NOT_IMPORTED = Text(
    "Kế hoạch đã nhận không tự thay đổi theo văn bản này; cần người điều chỉnh.",
    "A plan that was received does not change by itself; a person must amend it.",
)


class DocumentDiffersError(ConflictError):
    """The sender sent other content under the same id without saying that it replaces the first."""

    code = "document_differs"
    title = Text("Văn bản cùng mã nhưng khác nội dung", "The document differs from the one sent")


@dataclass(frozen=True, slots=True)
class ReceivedPackage:
    """A package that was read, with the digest and the size of its bytes."""

    received: edxml.Received
    sha256: str
    size: int

    @classmethod
    def of(cls, received: edxml.Received, content: bytes) -> "ReceivedPackage":
        """The package *received*, which was read from *content*."""
        return cls(received, hashlib.sha256(content).hexdigest(), len(content))


async def receive_package(
    act: PersonalAct, settings: Settings, parcel: ReceivedPackage
) -> tuple[Document, bool]:
    """Receive a package; answers its document, and True if it is new.

    Bytes that came before make nothing new. Raises `PermissionDeniedError` for a kind of document
    that the caller may not send.
    """
    session = act.session
    package = parcel.received.package
    identifier = await require_sender(session, act.principal, package.sender)
    name = package.document_id if isinstance(package, edxml.EdxmlDocument) else parcel.sha256
    await lock_document(session, act.principal.agency_id, name)
    known = await queries.find_by_bytes(session, act.principal.agency_id, parcel.sha256)
    if known is not None:
        act.principal.require(NEEDED[known.kind])
        return known, False
    row = Document(
        id=new_id(),
        kind=DocumentKind.STATUS,
        sender_id=act.principal.agency_id,
        sender_organ_id=package.sender.organ_id,
        sender_identifier=identifier,
        sha256=parcel.sha256,
        size=parcel.size,
        envelope=parcel.received.envelope,
        has_signature=parcel.received.has_signature,
        received_at=act.at,
        client_id=act.principal.client_id,
    )
    if isinstance(package, edxml.StatusMessage):
        await _take_status(act, row, package)
    else:
        await _take_document(act, settings, row, package)
    about = Subject("document", row.id, None, row.sender_id)
    act.note("received", about, kind=str(row.kind), sha256=row.sha256)
    return row, True


async def _take_status(act: PersonalAct, row: Document, status: edxml.StatusMessage) -> None:
    """Store the status that a receiver gives a submission sent to it; no assignment changes."""
    session = act.session
    act.principal.require(NEEDED[row.kind])
    sent = SENT_ID.fullmatch(status.responds_to.document_id)
    unknown = Text(
        "Không có báo cáo nào được gửi đi với mã văn bản này.",
        "No report was sent under this document id.",
    )
    fault = Fault(f"{MESSAGE}/ResponseFor/DocumentId", "unknown_document", unknown)
    if sent is None:
        raise InvalidError(faults=[fault])
    try:
        case = await get_submission(session, act.principal, UUID(sent[1]))
    except NotFoundError as error:
        raise InvalidError(faults=[fault]) from error
    attempt = await queries.find_attempt(session, case.submission.id, int(sent[2]))
    if attempt is None:
        raise InvalidError(faults=[fault])
    row.attempt_id = attempt.id
    row.status_code, row.status_at = status.code, status.at
    row.status_description = status.description or None
    session.add(row)
    await session.flush()
    about = Subject("submission", case.submission.id, case.plan.id, case.assignment.agency_id)
    detail = {"document_id": str(row.id), "status_code": status.code}
    act.note("acknowledged", about, **detail)


async def _take_document(
    act: PersonalAct, settings: Settings, row: Document, document: edxml.EdxmlDocument
) -> None:
    session = act.session
    earlier = await _earlier(session, act.principal, document)
    row.kind = kind_of(document, earlier)
    act.principal.require(NEEDED[row.kind])
    _describe(row, document)
    row.problems = []
    if document.business is not DocumentBusiness.NEW and not earlier:
        place = f"{HEADER}/TraceHeaderList/Bussiness"
        row.problems.append(_problem(place, "unknown_earlier_document", NO_EARLIER))
    if row.kind is DocumentKind.PLAN:
        await _take_plan(act, settings, row, document)
    answered = await _answered(session, act.principal, row, document)
    session.add(row)
    await session.flush()
    session.add_all(DocumentEffect(document_id=row.id, earlier_id=one.id) for one in earlier)
    for code, assignment in answered:
        session.add(
            DocumentEvidence(document_id=row.id, assignment_id=assignment.id, task_code=code)
        )
        about = Subject("assignment", assignment.id, assignment.plan_id, assignment.agency_id)
        act.note("documented", about, document_id=str(row.id))
    await session.flush()


async def _earlier(
    session: AsyncSession, principal: Principal, document: edxml.EdxmlDocument
) -> list[Document]:
    """The earlier documents that a document changes.

    Raises `DocumentDiffersError` for a new document under the id of an earlier one.
    """
    ids = document.affects or (document.document_id,)
    if document.business is DocumentBusiness.NEW:
        ids = (document.document_id,)
    found = await queries.find_sent(session, principal.agency_id, ids)
    if document.business is not DocumentBusiness.NEW:
        return found
    if found:
        text = Text(
            "Đã nhận văn bản khác cùng `DocumentId`; nếu là bản thu hồi, cập nhật hoặc thay thế,"
            " hãy ghi `BussinessDocType` 1, 2 hoặc 3.",
            "Another document was received under this DocumentId; a recall, update or replacement"
            " says so by BussinessDocType 1, 2 or 3.",
        )
        fault = Fault(f"{MESSAGE}/DocumentId", "document_differs", text)
        raise DocumentDiffersError(faults=[fault])
    return []


def kind_of(document: edxml.EdxmlDocument, earlier: Sequence[Document] = ()) -> DocumentKind:
    """The kind of a document: a result if it answers tasks; that of the *earlier* document that it
    changes; a plan by the name of its type, else by its type's number or its notation."""
    if document.task_codes:
        return DocumentKind.RESULT
    if earlier:
        return earlier[0].kind
    name = document.type.name.lower()
    if name:
        is_plan = name.startswith("kế hoạch")
    else:
        notation = re.split("[-/]", document.code_notation)[0]
        is_plan = document.type.number == edxml.PLAN or notation == "KH"
    return DocumentKind.PLAN if is_plan else DocumentKind.OTHER


def _describe(row: Document, document: edxml.EdxmlDocument) -> None:
    row.document_id = document.document_id
    row.number = document.number or None
    row.promulgated_on = document.promulgated_on
    row.type_number = document.type.number
    row.type_name = document.type.name or None
    row.subject = document.subject
    row.due_on = document.due_on
    row.business = document.business
    row.task_codes = len(document.task_codes)
    row.business_reason = document.business_reason or None
    row.attachments = [
        {
            "name": one.name,
            "media_type": one.media_type,
            "size": len(one.content),
            "sha256": hashlib.sha256(one.content).hexdigest(),
        }
        for one in document.attachments
    ]


def _problem(pointer: str, code: str, text: Text) -> dict[str, Any]:
    return {"pointer": pointer, "code": code, "detail": {"vi": text.vi, "en": text.en}}


async def _answered(
    session: AsyncSession, principal: Principal, row: Document, document: edxml.EdxmlDocument
) -> list[tuple[str, Assignment]]:
    """The assignments that the task codes name, each once with its code.

    A code that names none is added to the document's problems.
    """
    found: dict[UUID, tuple[str, Assignment]] = {}
    for number, code in enumerate(document.task_codes):
        assignment = await find_assignment(session, principal, code)
        if isinstance(assignment, NoAssignment):
            place = f"{MESSAGE}/ResponseForTask/TaskCode/{number}"
            row.problems.append(_problem(place, str(assignment), PROBLEMS[assignment]))
        else:
            found.setdefault(assignment.id, (code, assignment))
    return list(found.values())


async def _take_plan(
    act: PersonalAct, settings: Settings, row: Document, document: edxml.EdxmlDocument
) -> None:
    """Make a draft of a new plan; a change of an earlier plan is left to a person, as a problem."""
    if document.business is not DocumentBusiness.NEW:
        row.problems.append(_problem(HEADER, "plan_not_changed", NOT_IMPORTED))
        return
    imported = await import_first_plan(act, settings, document)
    row.plan_import_id = imported.id
    plan = await act.session.get_one(Plan, imported.plan_id)
    # The package is made after signing: it has the number and day that the file may leave blank.
    plan.number = plan.number or row.number
    plan.issued_on = plan.issued_on or row.promulgated_on
    await act.session.flush()
