"""Documents that are a state secret don't travel here: they are handled apart, on paper."""

import re
from http import HTTPStatus

from app.documents.edxml.elements import Element
from app.errors import Fault, Text, TrackerError

# A mark stands alone or in brackets; "bảo vệ bí mật nhà nước" in a subject is none.
_WORDS = r"(?:độ mật\s*:?\s*)?(?:tuyệt mật|tối mật|mật)"
_MARK = re.compile(rf"{_WORDS}|.*[\[(]\s*{_WORDS}\s*[\])].*", re.DOTALL)


class SecretDocumentError(TrackerError):
    """The package bears a mark of secrecy (QĐ 42/2014/QĐ-TTg: secret documents go another way)."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY
    code = "secret_document"
    title = Text("Văn bản mật", "Secret document")


def refuse_secret(header: Element) -> None:
    """Raises `SecretDocumentError`, naming the element, where any field of *header* is a mark."""
    for element in header.below():
        if _MARK.fullmatch(element.text[:2000].lower()):
            text = Text(
                "Văn bản có dấu mật không được gửi qua hệ thống này.",
                "Documents that bear a mark of secrecy are not taken here.",
            )
            raise SecretDocumentError(faults=[Fault(element.pointer, "secret_document", text)])
