"""Writing an edXML package, element by element in the order of QCVN 102:2016.

The envelope bears the prefix edXML and the files none, as in the packages of systems in use: some
look for the very characters.
"""

import base64
import io
import re
import zipfile
from datetime import date, datetime
from xml.sax.saxutils import escape

from app.clock import PROVINCE
from app.documents.edxml.attachments import ZIP
from app.documents.edxml.package import (
    NAMESPACE,
    Attachment,
    DocumentType,
    EdxmlDocument,
    Organ,
    ResponseFor,
    Signer,
    Staff,
    StatusMessage,
    Trace,
)
from app.documents.word.texts import writable
from app.models import DocumentBusiness

_ENDING = re.compile(r"\.[A-Za-z0-9]{1,5}$")
# The same content is the same bytes, whenever it is packed.
_PACKED_AT = (1980, 1, 1, 0, 0, 0)


def write_package(package: EdxmlDocument | StatusMessage) -> bytes:
    """The package in UTF-8; characters that XML can't hold are replaced by U+FFFD. The same package
    is always the same bytes."""
    if isinstance(package, StatusMessage):
        inside, files = _element("edXMLHeader", _status(package)), ""
    else:
        header = _element("edXMLHeader", _message(package), _trace_list(package))
        inside, files = header + _manifest(package), _encoded(package.attachments)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<edXML xmlns="{NAMESPACE}">'
        f'<edXML:edXMLEnvelope xmlns:edXML="{NAMESPACE}">{inside}</edXML:edXMLEnvelope>'
        f"{files}</edXML>\n"
    ).encode()


def _element(name: str, *inside: str) -> str:
    return f"<edXML:{name}>{''.join(inside)}</edXML:{name}>"


def _unless_empty(name: str, *inside: str) -> str:
    return _element(name, *inside) if any(inside) else ""


def _text(name: str, value: str | int | None) -> str:
    return "" if value is None else _unless_empty(name, _escaped(str(value)))


def _escaped(text: str) -> str:
    return escape(writable(text), {"\r": "&#13;"})


def _day(name: str, day: date | None) -> str:
    return "" if day is None else _text(name, f"{day.year:04}/{day.month:02}/{day.day:02}")


def _moment(name: str, at: datetime | None) -> str:
    return "" if at is None else _text(name, f"{at.astimezone(PROVINCE):%Y/%m/%d %H:%M:%S}")


def _message(document: EdxmlDocument) -> str:
    return _element(
        "MessageHeader",
        _organ("From", document.sender),
        *(_organ("To", one) for one in document.recipients),
        _text("DocumentId", document.document_id),
        _unless_empty(
            "Code",
            _text("CodeNumber", document.code_number),
            _text("CodeNotation", document.code_notation),
        ),
        _unless_empty(
            "PromulgationInfo",
            _text("Place", document.place),
            _day("PromulgationDate", document.promulgated_on),
        ),
        _type(document.type),
        _text("Subject", document.subject),
        _text("Content", document.content),
        _signer(document.signer),
        _day("DueDate", document.due_on),
        _element("OtherInfo", _text("Priority", document.priority)),
        *(_response(one) for one in document.responds_to),
        _text("SteeringType", int(document.steering)),
        _unless_empty(
            "ResponseForTask", *(_text("TaskCode", code) for code in document.task_codes)
        ),
    )


def _status(status: StatusMessage) -> str:
    return _element(
        "MessageHeader",
        _organ("From", status.sender),
        _response(status.responds_to),
        _staff(status.staff),
        _text("StatusCode", status.code),
        _text("Description", status.description),
        _moment("Timestamp", status.at),
    )


def _organ(name: str, organ: Organ) -> str:
    return _element(
        name,
        _text("OrganId", organ.organ_id),
        _text("OrganizationInCharge", organ.in_charge),
        _text("OrganName", organ.name),
        _text("OrganAdd", organ.address),
        _text("Email", organ.email),
        _text("Telephone", organ.telephone),
        _text("Fax", organ.fax),
        _text("Website", organ.website),
    )


def _type(kind: DocumentType) -> str:
    return _unless_empty(
        "DocumentType",
        _text("Type", kind.type),
        _text("TypeDetail", kind.detail),
        _text("TypeName", kind.name),
    )


def _signer(signer: Signer) -> str:
    return _unless_empty(
        "SignerInfo",
        _text("Competence", signer.competence),
        _text("Position", signer.position),
        _text("FullName", signer.full_name),
    )


def _response(response: ResponseFor) -> str:
    return _element(
        "ResponseFor",
        _text("OrganId", response.organ_id),
        _text("Code", response.code),
        _text("DocumentId", response.document_id),
        _day("PromulgationDate", response.promulgated_on),
    )


def _staff(staff: Staff) -> str:
    return _unless_empty(
        "StaffInfo",
        _text("Department", staff.department),
        _text("Staff", staff.name),
        _text("Email", staff.email),
        _text("Mobile", staff.mobile),
    )


def _trace_list(document: EdxmlDocument) -> str:
    # The standard has a list of replaced documents, but only one document that is recalled or
    # updated.
    one = "" if document.business is DocumentBusiness.REPLACE else "".join(document.affects[:1])
    others = [affected for affected in document.affects if affected != one]
    business = _element(
        "Bussiness",
        _text("DocumentId", one),
        _text("BussinessDocType", list(DocumentBusiness).index(document.business)),
        _text("BussinessDocReason", document.business_reason),
        _unless_empty(
            "ReplacementInfoList",
            *(_element("ReplacementInfo", _text("DocumentId", other)) for other in others),
        ),
        _staff(document.staff),
    )
    return _element("TraceHeaderList", *map(_trace, document.traces), business)


def _trace(trace: Trace) -> str:
    return _element("TraceHeader", _text("OrganId", trace.organ_id), _moment("Timestamp", trace.at))


def _manifest(document: EdxmlDocument) -> str:
    references = (
        _element(
            "Reference",
            _text("ContentId", f"cid:{number}"),
            _text("ContentType", one.media_type),
            _text("Description", one.description),
            _text("AttachmentName", one.name),
        )
        for number, one in enumerate(document.attachments)
    )
    manifest = f'<edXML:edXMLManifest version="1.0">{"".join(references)}</edXML:edXMLManifest>'
    return _element("edXMLBody", manifest)


def _encoded(attachments: tuple[Attachment, ...]) -> str:
    files = "".join(
        f"<Attachment><ContentId>cid:{number}</ContentId>"
        f"<AttachmentName>{_escaped(one.name)}</AttachmentName>"
        f"<Description>{_escaped(one.description)}</Description>"
        f"<ContentType>{ZIP}</ContentType>"
        f"<ContentTransferEncoded>{_zipped(number, one)}</ContentTransferEncoded></Attachment>"
        for number, one in enumerate(attachments)
    )
    return f"<AttachmentEncoded>{files}</AttachmentEncoded>" if files else ""


def _zipped(number: int, attachment: Attachment) -> str:
    ending = _ENDING.search(attachment.name)
    member = zipfile.ZipInfo(f"{number}{ending[0] if ending else ''}", _PACKED_AT)
    member.compress_type = zipfile.ZIP_DEFLATED
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(member, attachment.content)
    return base64.b64encode(buffer.getvalue()).decode()
