"""Reading an edXML package, whoever sent it: the order of its elements is not held against it."""

from app.documents.edxml.attachments import read_attachments
from app.documents.edxml.elements import Element, envelope_of, read_tree
from app.documents.edxml.fields import Fields
from app.documents.edxml.package import (
    STATUS_MEANINGS,
    DocumentType,
    EdxmlDocument,
    Organ,
    Received,
    ResponseFor,
    Signer,
    Staff,
    StatusMessage,
    Steering,
    Trace,
)
from app.documents.edxml.secrecy import refuse_secret
from app.errors import FileTooLargeError, Text
from app.models import DocumentBusiness

MAX_REPEATED = 500
_SUBJECT = 2_000
_CONTENT = 20_000


def read_package(content: bytes) -> Received:
    """Read a package. Whatever the bytes are, the only refusals are `UnreadableFileError`,
    `FileTooLargeError`, `SecretDocumentError` and `InvalidError`, which names every fault."""
    root = read_tree(content)
    fields = Fields()
    envelope = fields.one(root, "edXMLEnvelope", required=True)
    header = fields.one(envelope, "edXMLHeader", required=True)
    refuse_secret(header)
    message = fields.one(header, "MessageHeader", required=True)
    package: EdxmlDocument | StatusMessage
    if message.all("StatusCode"):
        package = _status(fields, message)
    else:
        package = _document(fields, root, envelope, header)
    fields.close()
    has_signature = any(one.local == "Signature" and one.children for one in header.children)
    return Received(package, envelope_of(content), has_signature)


def _document(fields: Fields, root: Element, envelope: Element, header: Element) -> EdxmlDocument:
    message = fields.one(header, "MessageHeader")
    code = fields.one(message, "Code")
    promulgation = fields.one(message, "PromulgationInfo")
    traces = fields.one(header, "TraceHeaderList")
    business = fields.one(traces, "Bussiness")  # spelt so in the standard
    body = fields.one(envelope, "edXMLBody")
    kind = fields.number(business, "BussinessDocType", 0) or 0
    if kind >= len(DocumentBusiness):
        known = Text("Phải từ 0 đến 3.", "Must be from 0 to 3.")
        fields.fault(fields.one(business, "BussinessDocType").pointer, "unknown_kind", known)
        kind = 0
    return EdxmlDocument(
        sender=_organ(fields, fields.one(message, "From", required=True)),
        recipients=tuple(_organ(fields, one) for one in _several(message, "To")),
        document_id=fields.text(message, "DocumentId", required=True),
        subject=fields.text(message, "Subject", required=True, limit=_SUBJECT),
        code_number=fields.text(code, "CodeNumber", limit=60),
        code_notation=fields.text(code, "CodeNotation", limit=60),
        place=fields.text(promulgation, "Place"),
        promulgated_on=fields.day(promulgation, "PromulgationDate"),
        type=_type(fields, fields.one(message, "DocumentType")),
        content=fields.text(message, "Content", limit=_CONTENT),
        signer=_signer(fields, fields.one(message, "SignerInfo")),
        due_on=fields.day(message, "DueDate"),
        priority=fields.number(fields.one(message, "OtherInfo"), "Priority", 0) or 0,
        responds_to=_responses(fields, message),
        steering=fields.number(message, "SteeringType", None) or Steering.NONE,
        task_codes=_task_codes(fields, message),
        traces=_traces(fields, traces),
        business=list(DocumentBusiness)[kind],
        business_reason=fields.text(business, "BussinessDocReason", limit=_SUBJECT),
        affects=_affected(fields, business),
        staff=_staff(fields, fields.one(business, "StaffInfo")),
        attachments=read_attachments(fields, root, fields.one(body, "edXMLManifest")),
    )


def _status(fields: Fields, message: Element) -> StatusMessage:
    code = fields.text(message, "StatusCode", required=True).zfill(2)
    if code not in STATUS_MEANINGS:
        known = ", ".join(STATUS_MEANINGS)
        fields.fault(
            fields.one(message, "StatusCode").pointer,
            "unknown_status",
            Text(f"Phải là một trong: {known}.", f"Must be one of: {known}."),
        )
    return StatusMessage(
        sender=_organ(fields, fields.one(message, "From", required=True)),
        responds_to=_response(fields, fields.one(message, "ResponseFor", required=True)),
        code=code,
        description=fields.text(message, "Description", limit=_SUBJECT),
        at=fields.moment(message, "Timestamp"),
        staff=_staff(fields, fields.one(message, "StaffInfo")),
    )


def _several(parent: Element, name: str) -> list[Element]:
    found = parent.all(name)
    if len(found) > MAX_REPEATED:
        raise FileTooLargeError(
            Text(
                f"Gói edXML có hơn {MAX_REPEATED} phần tử {name}.",
                f"The edXML package has more than {MAX_REPEATED} elements {name}.",
            )
        )
    return found


def _organ(fields: Fields, element: Element) -> Organ:
    return Organ(
        organ_id=fields.text(element, "OrganId", required=bool(element.name), limit=64),
        name=fields.text(element, "OrganName"),
        in_charge=fields.text(element, "OrganizationInCharge"),
        address=fields.text(element, "OrganAdd"),
        email=fields.text(element, "Email"),
        telephone=fields.text(element, "Telephone"),
        fax=fields.text(element, "Fax"),
        website=fields.text(element, "Website"),
    )


def _type(fields: Fields, element: Element) -> DocumentType:
    return DocumentType(
        type=fields.number(element, "Type", None),
        detail=fields.number(element, "TypeDetail", None) or None,
        name=fields.text(element, "TypeName"),
    )


def _signer(fields: Fields, element: Element) -> Signer:
    return Signer(
        competence=fields.text(element, "Competence"),
        position=fields.text(element, "Position"),
        full_name=fields.text(element, "FullName"),
    )


def _responses(fields: Fields, message: Element) -> tuple[ResponseFor, ...]:
    read = (_response(fields, one) for one in _several(message, "ResponseFor"))
    return tuple(one for one in read if one != ResponseFor())


def _response(fields: Fields, element: Element) -> ResponseFor:
    return ResponseFor(
        organ_id=fields.text(element, "OrganId", limit=64),
        code=fields.text(element, "Code"),
        document_id=fields.text(element, "DocumentId"),
        promulgated_on=fields.day(element, "PromulgationDate"),
    )


def _task_codes(fields: Fields, message: Element) -> tuple[str, ...]:
    """Every code once; an empty element is none."""
    task = fields.one(message, "ResponseForTask")
    codes = (fields.bounded(one, limit=200) for one in _several(task, "TaskCode"))
    return tuple(dict.fromkeys(code for code in codes if code))


def _traces(fields: Fields, element: Element) -> tuple[Trace, ...]:
    return tuple(
        Trace(fields.text(one, "OrganId", limit=64), fields.moment(one, "Timestamp"))
        for one in _several(element, "TraceHeader")
    )


def _affected(fields: Fields, business: Element) -> tuple[str, ...]:
    """The ids of the earlier documents that this one recalls, updates or replaces."""
    replaced = fields.one(business, "ReplacementInfoList")
    ids = [fields.text(one, "DocumentId") for one in _several(replaced, "ReplacementInfo")]
    return tuple(dict.fromkeys(i for i in (fields.text(business, "DocumentId"), *ids) if i))


def _staff(fields: Fields, element: Element) -> Staff:
    return Staff(
        department=fields.text(element, "Department"),
        name=fields.text(element, "Staff"),
        email=fields.text(element, "Email"),
        mobile=fields.text(element, "Mobile"),
    )
