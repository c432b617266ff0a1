"""Packages that are broken, lie or are made to do harm: our refusal, and nothing else."""

import io
import random
import zipfile
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.documents.edxml.attachments import MAX_ATTACHMENTS
from app.documents.edxml.package import NAMESPACE, Attachment, Organ, ResponseFor, StatusMessage
from app.documents.edxml.reader import read_package
from app.documents.edxml.secrecy import SecretDocumentError
from app.documents.edxml.writer import write_package
from app.errors import FileTooLargeError, InvalidError, UnreadableFileError
from tests.support.edxml_files import (
    ENCODED,
    HEADER,
    REFUSALS,
    document,
    faults,
    package,
    refusal,
    with_file,
    with_zip,
)

ROOT = f'<edXML xmlns="{NAMESPACE}">'
DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>'
LAUGHS = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "' + "&a;" * 1000 + '">]>'
OUTSIDE = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
ELSEWHERE = '<!DOCTYPE x SYSTEM "http://192.0.2.1/x.dtd">'
SUBJECT = "<edXML:Subject>Báo cáo kết quả thực hiện nhiệm vụ</edXML:Subject>"

STATUS = StatusMessage(Organ("H27"), ResponseFor(document_id="a"), "06")


@pytest.mark.parametrize("doctype", [LAUGHS, OUTSIDE, ELSEWHERE, "<!DOCTYPE edXML>"])
def test_a_doctype_is_refused_before_anything_of_it_is_followed(doctype: str) -> None:
    content = package((DECLARATION, DECLARATION + doctype), ("kết quả", "&a;"))

    error = refusal(content) if "ENTITY" in doctype else refusal(package((DECLARATION, doctype)))

    assert isinstance(error, UnreadableFileError)
    assert "DOCTYPE" in error.detail.en


def nested(depth: int) -> bytes:
    return (ROOT + "<a>" * depth + "</a>" * depth + "</edXML>").encode()


@pytest.mark.parametrize(
    "content",
    [
        lambda: nested(30),
        lambda: nested(19_000),
        lambda: nested(1_000_000),
        lambda: bytes(ROOT + "<a/>" * 19_999 + "<b/></edXML>", "utf-8"),
        lambda: bytes(ROOT + "<a/>" * 2_000_000 + "</edXML>", "utf-8"),
        lambda: bytes("<edXML " + " ".join(f'a{n}=""' for n in range(500_000)) + "/>", "utf-8"),
        lambda: package((SUBJECT, f"<!--{'x' * 2_000_000}-->{SUBJECT}")),
        lambda: package(recipients=tuple(Organ("H27") for _ in range(501))),
        lambda: package(task_codes=tuple(map(str, range(501)))),
        lambda: package(
            attachments=tuple(Attachment("a.txt", "x", b"") for _ in range(MAX_ATTACHMENTS + 1))
        ),
    ],
    ids=[
        "deep", "deeper", "deepest", "wide", "wider", "attributes", "large comment", "receivers",
        "codes", "files",
    ],
)  # fmt: skip
def test_what_is_larger_than_any_package_is_refused(content: Callable[[], bytes]) -> None:
    assert isinstance(refusal(content()), FileTooLargeError)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"PK\x03\x04",
        b"{}",
        b"<edXML/>",
        b'<edXML xmlns="http://www.e-doc.vn/Schema/"/>',
        package((f'<edXML xmlns="{NAMESPACE}">', '<edXML xmlns="urn:other">')),
        package(("</edXML>\n", "")),
        package(("<edXML:Subject>", "<edXML:Subject>&nbsp;")),
        package(("<edXML:Subject>", "<edXML:Subject>\0")),
        package((DECLARATION, '<?xml version="1.0" encoding="UTF-16"?>')),
        package().decode().encode("utf-16"),
        package(("<edXML:Subject>", "<edXML:Subject>\xff")).replace("ÿ".encode(), b"\xff"),
    ],
    ids=[
        "empty", "zip", "json", "no namespace", "old namespace", "wrong namespace", "cut off",
        "entity", "nul", "says utf-16", "utf-16", "not utf-8",
    ],
)  # fmt: skip
def test_what_is_no_package_is_refused(content: bytes) -> None:
    assert isinstance(refusal(content), UnreadableFileError)


def test_every_missing_element_is_named_at_once() -> None:
    content = package(
        (SUBJECT, ""),
        ("<edXML:DocumentId>SNGV,2024/11/30,215/BC-SNgV</edXML:DocumentId>", "<edXML:DocumentId/>"),
        ("<edXML:OrganId>SNGV</edXML:OrganId>", ""),
    )

    assert faults(content) == [
        (f"{HEADER}/From/OrganId", "missing"),
        (f"{HEADER}/DocumentId", "missing"),
        (f"{HEADER}/Subject", "missing"),
    ]
    assert faults(f"{ROOT}</edXML>".encode())[0] == ("#/edXMLEnvelope", "missing")


@pytest.mark.parametrize(
    ("old", "new", "pointer", "code"),
    [
        (SUBJECT, SUBJECT * 2, f"{HEADER}/Subject/1", "repeated"),
        ("kết quả", "x" * 2001, f"{HEADER}/Subject", "too_long"),
        ("2024/11/30</edXML:P", "2024/02/30</edXML:P",
         f"{HEADER}/PromulgationInfo/PromulgationDate", "not_a_day"),
        ("2024/11/30</edXML:P", "hôm qua</edXML:P",
         f"{HEADER}/PromulgationInfo/PromulgationDate", "not_a_day"),
        (">14<", ">mười bốn<", f"{HEADER}/DocumentType/TypeDetail", "not_a_number"),
        ("DocType>0<", "DocType>4<",
         "#/edXMLEnvelope/edXMLHeader/TraceHeaderList/Bussiness/BussinessDocType", "unknown_kind"),
        ("<ContentId>cid:0", "<ContentId>cid:9",
         "#/edXMLEnvelope/edXMLBody/edXMLManifest/Reference", "attachment_missing"),
    ],
)  # fmt: skip
def test_a_fault_is_named_at_its_element(old: str, new: str, pointer: str, code: str) -> None:
    assert faults(package((old, new))) == [(pointer, code)]


def test_a_status_is_one_of_the_standards() -> None:
    content = write_package(STATUS).replace(b">06<", b">07<")

    assert faults(content) == [(f"{HEADER}/StatusCode", "unknown_status")]


@pytest.mark.parametrize("text", ["UEs", "====", "UEsD*AAA", "Ưu tiên", "UEsDBA=="])
def test_bad_base64_and_broken_zips_are_refused(text: str) -> None:
    content = with_file(b"").replace(b"Encoded></", f"Encoded>{text}</".encode(), 1)

    error = refusal(content)

    assert isinstance(error, InvalidError | UnreadableFileError)
    assert error.faults[0].pointer == ENCODED


def test_megabytes_that_are_no_base64_are_refused_as_well() -> None:
    huge = b"A" * 19_000_001

    content = with_file(b"").replace(b"Encoded></", b"Encoded>" + huge + b"</", 1)

    assert faults(content) == [(ENCODED, "bad_base64")]


@pytest.mark.parametrize(
    "content",
    [
        lambda: with_zip({"a.txt": b"\0" * 50_000_000}),
        lambda: with_zip({f"{n}": "" for n in range(2_001)}),
        lambda: package(attachments=tuple(
            Attachment(f"{n}.bin", "x", bytes(range(256)) * 70_000)
            for n in range(4)
        )),
    ],
    ids=["bomb", "many members", "many files that are large together"],
)  # fmt: skip
def test_zips_that_unpack_to_too_much_are_refused(content: Callable[[], bytes]) -> None:
    assert isinstance(refusal(content()), FileTooLargeError)


@pytest.mark.parametrize("name", ["../../etc/passwd", "/etc/passwd", "C:\\x.txt", "a/../../b"])
def test_a_zip_whose_paths_lead_out_of_it_is_refused(name: str) -> None:
    error = refusal(with_zip({name: "x"}))

    assert isinstance(error, UnreadableFileError)
    assert error.faults[0].pointer == ENCODED


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "/etc/passwd", "C:\\x.txt", "..", "a\\..\\..\\b.txt", ""]
)
def test_a_name_that_leads_out_of_a_folder_is_refused(name: str) -> None:
    content = package(("bao-cao.txt", name))

    assert faults(content) == [("#/AttachmentEncoded/Attachment/AttachmentName", "bad_name")]


def test_an_encrypted_zip_is_refused() -> None:
    content = bytearray(zip_of("a.txt"))
    for sign in (b"PK\x03\x04", b"PK\x01\x02"):
        content[content.index(sign) + (6 if sign[2] == 3 else 8)] |= 1

    assert "password" in refusal(with_file(bytes(content))).detail.en


def zip_of(name: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(name, "x")
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (SUBJECT, SUBJECT.replace("Báo cáo", "(MẬT) Báo cáo")),
        (SUBJECT, SUBJECT.replace("Báo cáo", "[Độ mật: Tối mật] Báo cáo")),
        ("<edXML:Priority>0</edXML:Priority>",
         "<edXML:SphereOfPromulgation>Tuyệt mật</edXML:SphereOfPromulgation>"),
        ("<edXML:Subject>", "<DoMat xmlns='urn:x'>Mật</DoMat><edXML:Subject>"),
    ],
)  # fmt: skip
def test_a_document_that_bears_a_mark_of_secrecy_is_refused(old: str, new: str) -> None:
    error = refusal(package((old, new)))

    assert isinstance(error, SecretDocumentError)
    assert error.faults[0].pointer.startswith(HEADER)


def test_a_document_about_secrets_is_none() -> None:
    content = package(subject="Kế hoạch bảo vệ bí mật nhà nước (bản công khai)")

    assert read_package(content).package == document(
        subject="Kế hoạch bảo vệ bí mật nhà nước (bản công khai)"
    )


def read_or_refuse(content: bytes) -> None:
    try:
        read_package(content)
    except REFUSALS:
        return


@given(st.binary(max_size=500))
@settings(max_examples=200, deadline=None)
def test_random_bytes_are_read_or_refused(content: bytes) -> None:
    read_or_refuse(content)
    read_or_refuse(f"{ROOT}<edXMLEnvelope>".encode() + content + b"</edXMLEnvelope></edXML>")


SOUND = [
    package(task_codes=("a",)),
    write_package(StatusMessage(Organ("H27"), ResponseFor(), "06")),
]


@given(st.sampled_from(SOUND), st.randoms())
@settings(max_examples=300, deadline=None)
def test_damaged_packages_are_read_or_refused(sound: bytes, chance: random.Random) -> None:
    content = bytearray(sound)
    for _ in range(chance.randint(1, 10)):
        content[chance.randrange(len(content))] = chance.choice(b"<>/&\0 =\xff09a:")
    if chance.random() < 0.2:
        del content[chance.randrange(len(content)) :]
    read_or_refuse(bytes(content))


WORDS = st.sampled_from(["", "0", "9999999999", "2024/13/01", "31/12/9999 23:59:59", "a/b", "Mật"])


@given(st.sampled_from(SOUND), st.data())
@settings(max_examples=300, deadline=None)
def test_any_words_in_any_element_are_read_or_refused(sound: bytes, data: st.DataObject) -> None:
    text = sound.decode()
    places = [n for n, sign in enumerate(text) if sign == ">" and n > 200]
    for place in sorted(data.draw(st.lists(st.sampled_from(places), max_size=5)), reverse=True):
        word = data.draw(WORDS | st.text(st.characters(exclude_categories=["Cs", "Cc"])))
        escaped = word.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        text = f"{text[: place + 1]}{escaped}{text[place + 1 :]}"
    read_or_refuse(text.encode())
