"""A filed report as a package, and what its receiver tells of it."""

from datetime import UTC, datetime

import pytest

from app.auth.principal import Role
from app.documents.edxml.package import (
    DocumentType,
    EdxmlDocument,
    Organ,
    ResponseFor,
    Staff,
    StatusMessage,
)
from app.documents.edxml.reader import read_package
from app.documents.edxml.writer import write_package
from tests.routers.test_document_refusals import give_identifier
from tests.support.edxml_files import HEADER
from tests.support.edxml_roads import post, sent
from tests.support.reports import decide, file
from tests.support.sample import REPORT, Sample
from tests.support.sample_facts import (
    CULTURAL_DIPLOMACY,
    FINANCE,
    FOREIGN_AFFAIRS,
    INFORMATION,
    MISSIONS_ABROAD,
    PROVINCIAL_COMMITTEE,
    REVIEW_THE_DECREE,
)

FILED = REPORT | {
    "difficulties": "Thiếu kinh phí \x02 & <nhân lực>.",
    "evidence": [{"number": "215/BC-SNgV", "issued_on": "2024-11-30", "url": None, "sha256": None}],
}


async def fetched(
    issued: Sample, submission_id: str, agency: str = FOREIGN_AFFAIRS
) -> EdxmlDocument:
    async with await issued.by(agency, Role.REPORTER) as http:
        answer = await http.get(f"/v1/submissions/{submission_id}/edxml")
        again = await http.get(f"/v1/submissions/{submission_id}/edxml")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/xml"
    assert answer.content == again.content
    package = read_package(answer.content).package
    assert isinstance(package, EdxmlDocument)
    return package


async def test_the_latest_filing_is_a_package_from_its_agency_to_the_coordinator(
    issued: Sample,
) -> None:
    filed = await file(issued, FILED)

    package = await fetched(issued, filed["id"])
    [attached] = package.attachments
    text = attached.content.decode()

    assert package.sender == Organ(FOREIGN_AFFAIRS, name="Sở Ngoại vụ")
    assert package.recipients == (Organ(INFORMATION, name="Sở Thông tin và Truyền thông"),)
    assert package.type == DocumentType(2, 14, "Báo cáo")
    assert (package.steering, package.task_codes) == (3, (filed["assignment_id"],))
    day = datetime.fromisoformat(filed["received_on"])
    assert package.promulgated_on == day.date()
    assert package.document_id == f"SNGV,{day:%Y/%m/%d},{filed['id']}/1"
    assert CULTURAL_DIPLOMACY in package.subject
    assert "MAU-01/KH-MAU" in package.subject
    assert attached.name == "bao-cao-3.3-2024.txt"
    assert "Tiến độ: đang thực hiện, 40%" in text
    assert FILED["results"] in text
    assert FILED["difficulties"] in text
    assert "- 215/BC-SNgV ngày 30/11/2024" in text


async def test_an_agency_is_named_by_its_identifier_where_the_registry_has_it(
    issued: Sample,
) -> None:
    filed = await file(issued, FILED)
    await give_identifier(issued, FOREIGN_AFFAIRS, "H27.15")

    package = await fetched(issued, filed["id"])

    assert package.sender.organ_id == "H27.15"
    assert package.document_id.startswith("H27.15,")


async def test_the_coordinators_own_report_goes_to_the_issuer(issued: Sample) -> None:
    assignment = await issued.assignment(INFORMATION, REVIEW_THE_DECREE, "once")
    async with await issued.reporter(INFORMATION) as http:
        url = f"/v1/assignments/{assignment.id}/submissions/2024?submit=true"
        filed = (await http.put(url, json=REPORT)).json()

    package = await fetched(issued, filed["id"], INFORMATION)

    assert [one.organ_id for one in package.recipients] == [PROVINCIAL_COMMITTEE]


async def test_what_we_wrote_comes_back_as_evidence(issued: Sample) -> None:
    filed = await file(issued, FILED)
    package = await fetched(issued, filed["id"])

    made = await sent(issued, write_package(package))

    assert made["kind"] == "result"
    assert [one["assignment_id"] for one in made["evidence"]] == [filed["assignment_id"]]


async def test_only_a_filing_that_stands_is_a_package(issued: Sample) -> None:
    expected = await issued.submission(FOREIGN_AFFAIRS, MISSIONS_ABROAD, "2024")
    filed = await file(issued, REPORT)
    async with await issued.reporter(FOREIGN_AFFAIRS) as http:
        unfiled = await http.get(f"/v1/submissions/{expected.id}/edxml")
        await http.post(f"/v1/submissions/{filed['id']}/withdraw")
        withdrawn = await http.get(f"/v1/submissions/{filed['id']}/edxml")
    async with await issued.reporter(FINANCE) as http:
        unseen = await http.get(f"/v1/submissions/{filed['id']}/edxml")
    async with await issued.by(FOREIGN_AFFAIRS, Role.READER) as http:
        forbidden = await http.get(f"/v1/submissions/{filed['id']}/edxml")

    assert [one.status_code for one in (unfiled, withdrawn, unseen)] == [404, 404, 404]
    assert forbidden.status_code == 403


def status(document_id: str, code: str = "03", sender: str = INFORMATION) -> bytes:
    return write_package(
        StatusMessage(
            Organ(sender),
            ResponseFor(FOREIGN_AFFAIRS, "1/BC", document_id),
            code,
            "Đã vào sổ",
            datetime(2024, 12, 1, 2, tzinfo=UTC),
            Staff("Văn thư", "Trần Thị B"),
        )
    )


async def test_a_status_is_kept_with_the_report_that_it_is_about_and_moves_nothing(
    issued: Sample,
) -> None:
    filed = await file(issued, FILED)
    package = await fetched(issued, filed["id"])

    made = await sent(issued, status(package.document_id), INFORMATION, Role.COORDINATOR)
    again = await post(issued, status(package.document_id), INFORMATION, Role.COORDINATOR)
    done = await sent(issued, status(package.document_id, "06"), INFORMATION, Role.COORDINATOR)
    async with await issued.reporter(FOREIGN_AFFAIRS) as http:
        seen = (await http.get("/v1/documents?kind=status")).json()["items"]
        report = (await http.get(f"/v1/submissions/{filed['id']}")).json()
    _, events = await issued.noted("submission", filed["id"])

    assert made["handling"] == {
        "submission_id": filed["id"],
        "attempt": 1,
        "code": "03",
        "description": "Đã vào sổ",
        "at": "2024-12-01T02:00:00Z",
    }
    assert (made["kind"], made["document_id"], made["subject"]) == ("status", None, None)
    assert (again.status_code, again.json()) == (200, made)
    assert seen == [made, done]
    assert report["status"] == "submitted"
    assert events[-1].type == "tiendo.submission.acknowledged"
    assert events[-1].data == {"document_id": done["id"], "status_code": "06"}
    assert "Trần Thị B" not in str(made)


@pytest.mark.parametrize(
    "document_id",
    [
        "",
        "SNGV,2024/11/30,215/BC-SNgV",
        "SNGV,2024/11/30,01900000-0000-7000-8000-00000000ffff/1",
        "{filed}/2",
        "{filed}/0",
    ],
)
async def test_a_status_about_what_was_never_sent_is_refused(
    issued: Sample, document_id: str
) -> None:
    filed = await file(issued, FILED)
    content = status(document_id.replace("{filed}", f"SNGV,2024/11/30,{filed['id']}"))

    answer = await post(issued, content, INFORMATION, Role.COORDINATOR)

    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
    [fault] = answer.json()["errors"]
    assert fault["pointer"] == f"{HEADER}/ResponseFor/DocumentId"


async def test_a_status_about_a_report_that_one_may_not_read_tells_nothing(issued: Sample) -> None:
    filed = await file(issued, FILED)
    content = status(f"SNGV,2024/11/30,{filed['id']}/1", sender=FINANCE)

    answer = await post(issued, content, FINANCE, Role.COORDINATOR)

    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "unknown_document")


async def test_the_latest_filing_is_what_is_sent(issued: Sample) -> None:
    first = await file(issued, FILED)
    await decide(issued, first["id"], "send-back", reason="Bổ sung số liệu.")
    await file(issued, FILED | {"percent": 60})

    package = await fetched(issued, first["id"])

    assert package.document_id.endswith(f"{first['id']}/2")
    assert "60%" in package.attachments[0].content.decode()
