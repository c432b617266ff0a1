"""edXML packages: what is written is read again, and what others write is understood."""

from datetime import UTC, date, datetime

from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from app.documents.edxml.package import (
    LETTER,
    NAMESPACE,
    STATUS_MEANINGS,
    Attachment,
    DocumentType,
    EdxmlDocument,
    Organ,
    ResponseFor,
    Signer,
    Staff,
    StatusMessage,
    Steering,
    Trace,
)
from app.documents.edxml.reader import read_package
from app.documents.edxml.writer import write_package
from app.models import DocumentBusiness
from tests.support.edxml_files import document, package, read, with_file
from tests.support.plan_files import DOCX, zipped


def one_line(text: str) -> str:
    return " ".join(text.split())


LETTERS = st.characters(exclude_categories=["Cs", "Cc", "Cn"])
TEXTS = st.text(LETTERS, max_size=30).map(one_line)
# Brackets could make a mark of secrecy.
SUBJECTS = st.text(st.characters(categories=["L", "N", "S"]), min_size=1).map(one_line)
WORDS = st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=30)
DAYS = st.none() | st.dates(date(1000, 1, 1))
MOMENTS = st.none() | st.integers(315_532_800, 4_102_444_800).map(
    lambda second: datetime.fromtimestamp(second, UTC)
)
NUMBERS = st.none() | st.integers(0, 9999)
ORGANS = st.builds(Organ, WORDS, TEXTS, TEXTS, TEXTS, TEXTS, TEXTS, TEXTS, TEXTS)
STAFF = st.builds(Staff, TEXTS, TEXTS, TEXTS, TEXTS)
RESPONSES = st.builds(ResponseFor, TEXTS, TEXTS, WORDS, DAYS)
DOCUMENTS = st.builds(
    EdxmlDocument,
    sender=ORGANS,
    recipients=st.lists(ORGANS, max_size=3).map(tuple),
    document_id=WORDS,
    subject=SUBJECTS,
    code_number=TEXTS,
    code_notation=TEXTS,
    place=TEXTS,
    promulgated_on=DAYS,
    type=st.builds(DocumentType, NUMBERS, st.none() | st.integers(1, 9999), TEXTS),
    content=TEXTS,
    signer=st.builds(Signer, TEXTS, TEXTS, TEXTS),
    due_on=DAYS,
    priority=st.integers(0, 4),
    responds_to=st.lists(RESPONSES, max_size=3).map(tuple),
    steering=st.integers(1, 3),
    task_codes=st.lists(WORDS, max_size=3, unique=True).map(tuple),
    traces=st.lists(st.builds(Trace, TEXTS, MOMENTS), max_size=3).map(tuple),
    business=st.sampled_from(DocumentBusiness),
    business_reason=TEXTS,
    affects=st.lists(WORDS, max_size=3, unique=True).map(tuple),
    staff=STAFF,
    attachments=st.lists(
        st.builds(Attachment, WORDS, WORDS, st.binary(max_size=50), TEXTS), max_size=3
    ).map(tuple),
)
STATUSES = st.builds(
    StatusMessage, ORGANS, RESPONSES, st.sampled_from(list(STATUS_MEANINGS)), TEXTS, MOMENTS, STAFF
)


@given(DOCUMENTS | STATUSES)
@settings(max_examples=200, deadline=None)
def test_what_is_written_is_read_again(sent: EdxmlDocument | StatusMessage) -> None:
    content = write_package(sent)

    assert read_package(content).package == sent
    assert write_package(sent) == content


@given(st.text(max_size=50))
@settings(deadline=None)
def test_whatever_the_words_are_the_package_is_well_formed(text: str) -> None:
    surrogates_aside = text.encode(errors="replace").decode()
    sent = document(content=surrogates_aside, business_reason=text)

    assert etree.fromstring(write_package(sent)).tag == f"{{{NAMESPACE}}}edXML"


def test_elements_stand_in_the_order_of_the_standard() -> None:
    sent = document(
        due_on=date(2024, 12, 15),
        content="Kính gửi",
        place="Hà Tĩnh",
        signer=Signer("KT. GIÁM ĐỐC", "PHÓ GIÁM ĐỐC", "Nguyễn Văn A"),
        responds_to=(ResponseFor("H27", "46/KH-UBND"),),
        task_codes=("a", "b"),
        traces=(Trace("H27.01", datetime(2024, 11, 30, 2, tzinfo=UTC)),),
    )

    root = etree.fromstring(write_package(sent))

    def names(path: str) -> list[str]:
        steps = "/".join(f"{{{NAMESPACE}}}{step}" for step in path.split("/"))
        [found] = root.findall(steps)
        return [etree.QName(child).localname for child in found]

    header = "edXMLEnvelope/edXMLHeader"
    assert [etree.QName(child).localname for child in root] == [
        "edXMLEnvelope",
        "AttachmentEncoded",
    ]
    assert names("edXMLEnvelope") == ["edXMLHeader", "edXMLBody"]
    assert names(header) == ["MessageHeader", "TraceHeaderList"]
    assert names(f"{header}/MessageHeader") == [
        "From", "To", "DocumentId", "Code", "PromulgationInfo", "DocumentType", "Subject",
        "Content", "SignerInfo", "DueDate", "OtherInfo", "ResponseFor", "SteeringType",
        "ResponseForTask",
    ]  # fmt: skip
    assert names(f"{header}/MessageHeader/DocumentType") == ["Type", "TypeDetail", "TypeName"]
    assert names(f"{header}/TraceHeaderList") == ["TraceHeader", "Bussiness"]
    assert names("AttachmentEncoded/Attachment") == [
        "ContentId", "AttachmentName", "Description", "ContentType", "ContentTransferEncoded",
    ]  # fmt: skip
    assert [child.prefix for child in root] == ["edXML", None]
    assert b"<edXML:Timestamp>2024/11/30 09:00:00</edXML:Timestamp>" in write_package(sent)


def test_a_reminder_is_a_letter_that_directs_and_has_a_day() -> None:
    sent = document(
        type=DocumentType(2, LETTER, "Công văn"),
        steering=Steering.DIRECTIVE,
        due_on=date(2024, 12, 15),
        task_codes=("0190a1b2",),
        attachments=(),
    )

    text = write_package(sent).decode()

    assert "<edXML:SteeringType>2</edXML:SteeringType>" in text
    assert "<edXML:DueDate>2024/12/15</edXML:DueDate>" in text
    assert "<edXML:TypeDetail>18</edXML:TypeDetail>" in text
    assert "AttachmentEncoded" not in text
    assert read(text.encode()) == sent


def test_another_order_other_prefixes_and_foreign_elements_are_read() -> None:
    content = f"""\ufeff<?xml version='1.0' encoding='utf-8'?>
    <e:edXML xmlns:e="{NAMESPACE}" xmlns:x="urn:x" x:a="1"><e:edXMLEnvelope><e:edXMLHeader>
      <e:TraceHeaderList id="a" version="1.0"><e:Bussiness/><e:TraceHeader/></e:TraceHeaderList>
      <e:MessageHeader><x:Extra><x:Deep/></x:Extra>
        <e:Subject>V/v báo
          cáo</e:Subject><e:DocumentId>9fbfbad2</e:DocumentId><e:ResponseFor/>
        <e:PromulgationInfo><e:PromulgationDate>30/11/2024</e:PromulgationDate></e:PromulgationInfo>
        <e:From><e:OrganId>000.00.15.H27</e:OrganId></e:From><e:SteeringType>0</e:SteeringType>
      </e:MessageHeader></e:edXMLHeader></e:edXMLEnvelope></e:edXML>"""

    found = read(content.encode())

    assert (found.sender, found.subject) == (Organ("000.00.15.H27"), "V/v báo cáo")
    assert (found.promulgated_on, found.responds_to) == (date(2024, 11, 30), ())
    assert (found.business, found.steering, found.traces) == (
        DocumentBusiness.NEW,
        1,
        (Trace("", None),),
    )


def test_the_kind_of_document_is_found_where_systems_put_it() -> None:
    assert DocumentType(2, 14).number == DocumentType(14).number == 14
    assert DocumentType(1, 10).number == DocumentType(None, 10).number == 10
    assert DocumentType().number is None


def test_a_status_message_is_read() -> None:
    sent = StatusMessage(Organ("H27.01"), ResponseFor(document_id="a,2024/11/30,b"), "03")

    assert read_package(write_package(sent)).package == sent
    one_digit = write_package(sent).replace(b">03<", b">3<")
    assert read_package(one_digit).package == sent


def test_a_file_comes_in_a_zip_or_as_it_is() -> None:
    pdf, several = b"%PDF-1.7", zipped({"a.txt": "a", "b.txt": "b"})

    for sent, file in (
        (pdf, pdf),
        (zipped({"4ace.PDF": pdf}), pdf),
        (DOCX, DOCX),
        (zipped({"4ace.docx": DOCX}), DOCX),
        (several, several),
    ):
        assert read(with_file(sent)).attachments[0].content == file


def test_lines_and_spaces_in_base64_are_nothing() -> None:
    [sent] = read(package()).attachments
    content = package(("<ContentTransferEncoded>UEs", "<ContentTransferEncoded>\n  UE s\n"))

    assert read(content).attachments == (sent,)


def test_everything_but_the_files_is_kept_as_it_came_with_its_signature() -> None:
    signature = (
        '<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#">'
        "<ds:SignatureValue>Rk9P\n</ds:SignatureValue></ds:Signature>"
    )
    content = package(("</edXML:edXMLHeader>", f"{signature}</edXML:edXMLHeader>"))

    signed, unsigned = read_package(content), read_package(package())

    assert (signed.has_signature, unsigned.has_signature) == (True, False)
    assert signature.encode() in signed.envelope
    assert b"UEsD" in content
    assert b"UEsD" not in signed.envelope
    assert read_package(content).package == unsigned.package
