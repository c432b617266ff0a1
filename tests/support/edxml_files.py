"""edXML packages for tests: sound ones, and the same with something done to them."""

import base64
from datetime import date
from typing import Any

import pytest

from app.documents.edxml.package import Attachment, DocumentType, EdxmlDocument, Organ
from app.documents.edxml.reader import read_package
from app.documents.edxml.secrecy import SecretDocumentError
from app.documents.edxml.writer import write_package
from app.errors import FileTooLargeError, InvalidError, TrackerError, UnreadableFileError
from tests.support.plan_files import zipped
from tests.support.sample_facts import FOREIGN_AFFAIRS, INFORMATION

REFUSALS = (UnreadableFileError, FileTooLargeError, InvalidError, SecretDocumentError)
HEADER = "#/edXMLEnvelope/edXMLHeader/MessageHeader"
ENCODED = "#/AttachmentEncoded/Attachment/ContentTransferEncoded"


def document(**given: Any) -> EdxmlDocument:
    """A report of SNGV with one file."""
    given = {
        "sender": Organ(FOREIGN_AFFAIRS, name="Sở Ngoại vụ"),
        "recipients": (Organ(INFORMATION),),
        "document_id": "SNGV,2024/11/30,215/BC-SNgV",
        "subject": "Báo cáo kết quả thực hiện nhiệm vụ",
        "code_number": "215",
        "code_notation": "BC-SNgV",
        "promulgated_on": date(2024, 11, 30),
        "type": DocumentType(2, 14, "Báo cáo"),
        "attachments": (Attachment("bao-cao.txt", "text/plain", b"Da xong."),),
        **given,
    }
    return EdxmlDocument(**given)


def package(*changes: tuple[str, str], **given: Any) -> bytes:
    """A sound package as bytes, with texts of it replaced by others; each must be there."""
    text = write_package(document(**given)).decode()
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return text.encode()


def with_file(content: bytes) -> bytes:
    """A sound package whose file is these bytes as they are, in base64."""
    before, rest = write_package(document()).split(b"<ContentTransferEncoded>")
    after = rest.partition(b"</ContentTransferEncoded>")[2]
    encoded = base64.b64encode(content)
    inside = b"<ContentTransferEncoded>" + encoded + b"</ContentTransferEncoded>"
    return before + inside + after


def with_zip(members: dict[str, str | bytes]) -> bytes:
    """A sound package whose file is a zip of these."""
    return with_file(zipped(members))


def read(content: bytes) -> EdxmlDocument:
    """The document that a package is."""
    read = read_package(content).package
    assert isinstance(read, EdxmlDocument)
    return read


def refusal(content: bytes) -> TrackerError:
    """The refusal of a package, checked to be in both languages."""
    with pytest.raises(REFUSALS) as refused:
        read_package(content)
    assert isinstance(refused.value, TrackerError)
    assert all(text.endswith(".") for text in refused.value.detail)
    return refused.value


def faults(content: bytes) -> list[tuple[str, str]]:
    """The faults of a package: the pointer and the code of each."""
    return [(fault.pointer, fault.code) for fault in refusal(content).faults]
