"""The files of an edXML package: base64 of a zip of one file, or base64 of the file itself."""

import base64
import binascii
from collections.abc import Iterable

from app.documents.edxml.elements import Element
from app.documents.edxml.fields import Fields
from app.documents.edxml.package import Attachment
from app.documents.files.archives import Archive, bomb
from app.errors import Fault, FileTooLargeError, Text, UnreadableFileError

MAX_ATTACHMENTS = 50
MAX_UNPACKED_BYTES = 60 * 1024 * 1024
ZIP = "application/zip"
_LONGEST_NAME = 255


def read_attachments(fields: Fields, root: Element, manifest: Element) -> tuple[Attachment, ...]:
    """The files that came along, in their order; those that the manifest names must be there."""
    elements = fields.one(root, "AttachmentEncoded").all("Attachment")
    references = {_content_id(fields, one): one for one in manifest.all("Reference")}
    if len(elements) > MAX_ATTACHMENTS or len(references) > MAX_ATTACHMENTS:
        raise FileTooLargeError(
            Text(
                f"Gói edXML có hơn {MAX_ATTACHMENTS} tệp đính kèm.",
                f"The edXML package has more than {MAX_ATTACHMENTS} attachments.",
            )
        )
    found: list[Attachment] = []
    left = MAX_UNPACKED_BYTES
    for element in elements:
        reference = references.pop(_content_id(fields, element), Element("", root))
        attachment = _attachment(fields, element, reference, left)
        left -= len(attachment.content)
        found.append(attachment)
    _fault_absent(fields, references.values())
    return tuple(found)


def _content_id(fields: Fields, element: Element) -> str:
    return fields.text(element, "ContentId").removeprefix("cid:")


def _fault_absent(fields: Fields, references: Iterable[Element]) -> None:
    text = Text("Tệp được khai nhưng không gửi kèm.", "The file is declared and did not come.")
    for reference in references:
        fields.fault(reference.pointer, "attachment_missing", text)


def _attachment(fields: Fields, element: Element, reference: Element, left: int) -> Attachment:
    encoded = fields.one(element, "ContentTransferEncoded", required=True)
    return Attachment(
        name=_name(fields, element, reference),
        media_type=_media_type(fields, element, reference),
        content=_unpacked(fields, encoded, left),
        description=fields.text(element, "Description") or fields.text(reference, "Description"),
    )


def _name(fields: Fields, element: Element, reference: Element) -> str:
    """A label for people. It is never used as a path; what looks like one out of a folder is
    refused all the same, for the sake of whoever saves the file under it."""
    name = fields.text(element, "AttachmentName", limit=_LONGEST_NAME)
    name = name or fields.text(reference, "AttachmentName", limit=_LONGEST_NAME)
    parts = name.replace("\\", "/")
    if not name or parts.startswith("/") or ":" in name or ".." in parts.split("/"):
        text = Text(
            "Tên tệp trống hoặc là đường dẫn.", "The file's name is empty or leads out of a folder."
        )
        fields.fault(f"{element.pointer}/AttachmentName", "bad_name", text)
    return name


def _media_type(fields: Fields, element: Element, reference: Element) -> str:
    """The media type that is stated for the file itself; a zip is only its wrapping."""
    said = fields.text(reference, "ContentType") or fields.text(element, "ContentType")
    return said or "application/octet-stream"


def _unpacked(fields: Fields, encoded: Element, left: int) -> bytes:
    try:
        content = base64.b64decode("".join(encoded.raw.split()), validate=True)
    except (binascii.Error, ValueError):
        text = Text("Không phải base64 hợp lệ.", "Not valid base64.")
        fields.fault(encoded.pointer, "bad_base64", text)
        return b""
    try:
        content = _out_of_zip(content)
    except UnreadableFileError as error:
        fault = Fault(encoded.pointer, error.code, error.detail)
        raise UnreadableFileError(faults=[fault]) from error
    if len(content) > left:
        raise bomb()
    return content


def _out_of_zip(content: bytes) -> bytes:
    """The one file of a zip; an Office file is a zip too, and a zip of several stays one."""
    if not content.startswith(b"PK"):
        return content
    archive = Archive(content)
    if "[Content_Types].xml" in archive or len(archive.names) != 1:
        return content
    return b"".join(archive.chunks(archive.names[0]))
