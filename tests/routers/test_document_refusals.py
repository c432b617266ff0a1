"""The senders and the documents that are refused before anything is stored."""

from datetime import date

import pytest
from sqlalchemy.exc import DBAPIError

from app.auth.principal import Role
from app.documents.edxml.package import Attachment, DocumentType, Organ
from app.models import Document, Plan
from app.queries.registry.agencies import get_agency
from tests.support.edxml_files import HEADER, package, with_zip
from tests.support.edxml_roads import XML, plan_package, post, sent
from tests.support.plan_files import DOCX, with_members
from tests.support.sample import Sample
from tests.support.sample_facts import (
    COMMITTEE_OFFICE,
    FATHERLAND_FRONT,
    FINANCE,
    FOREIGN_AFFAIRS,
    INDUSTRY_AND_TRADE,
    INFORMATION,
    PROVINCIAL_COMMITTEE,
)
from tests.support.transactions import work_as


async def give_identifier(sample: Sample, agency: str, identifier: str) -> None:
    row = await get_agency(sample.session, agency)
    row.identifier = identifier
    sample.session.add(row)
    await sample.session.commit()


async def test_the_sender_is_named_by_either_form_of_its_identifier(sample: Sample) -> None:
    await give_identifier(sample, FOREIGN_AFFAIRS, "H27.15")

    old = await sent(sample, package(sender=Organ("000.00.15.H27"), document_id="a"))
    new = await sent(sample, package(sender=Organ("H27.15"), document_id="b"))
    code = await sent(sample, package(document_id="c"))

    assert [one["sender_organ_id"] for one in (old, new, code)] == [
        "000.00.15.H27", "H27.15", FOREIGN_AFFAIRS,
    ]  # fmt: skip
    assert {one["sender_identifier"] for one in (old, new, code)} == {"H27.15"}


async def test_an_identifier_that_the_registry_does_not_know_is_taken_from_no_package(
    sample: Sample,
) -> None:
    unknown = package(sender=Organ("000.00.15.H27"))

    unconfirmed = await post(sample, unknown)
    await give_identifier(sample, FOREIGN_AFFAIRS, "H27.16")
    other = await post(sample, unknown)

    for answer in (unconfirmed, other):
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
        [fault] = answer.json()["errors"]
        assert (fault["pointer"], fault["code"]) == (f"{HEADER}/From/OrganId", "unknown_agency")
    assert "send SNGV as the OrganId" in unconfirmed.json()["detail"]
    assert await sample.rows(Document) == 0


async def test_a_client_sends_for_the_agency_that_it_acts_for_alone(sample: Sample) -> None:
    served, acting = (FOREIGN_AFFAIRS, INDUSTRY_AND_TRADE), {"Acting-Agency": FOREIGN_AFFAIRS}

    as_itself = await post(sample, package(), COMMITTEE_OFFICE, acts_for=served)
    as_another = await post(
        sample,
        package(),
        COMMITTEE_OFFICE,
        acts_for=served,
        **{"Acting-Agency": INDUSTRY_AND_TRADE},
    )
    as_sender = await post(sample, package(), COMMITTEE_OFFICE, acts_for=served, **acting)

    for refused in (as_itself, as_another):
        assert (refused.status_code, refused.json()["code"]) == (403, "permission_denied")
    assert as_sender.status_code == 201
    assert as_sender.json()["sender"]["code"] == FOREIGN_AFFAIRS


@pytest.mark.parametrize(
    ("role", "result", "plan"),
    [(Role.REPORTER, 201, 403), (Role.ISSUER, 403, 201), (Role.COORDINATOR, 403, 403)],
)
async def test_a_result_takes_a_reporter_and_a_plan_an_issuer(
    sample: Sample, role: Role, result: int, plan: int
) -> None:
    sender = Organ(PROVINCIAL_COMMITTEE)
    answers = [
        await post(sample, content, PROVINCIAL_COMMITTEE, role)
        for content in (package(sender=sender, task_codes=("NV-1",)), plan_package())
    ]

    assert [one.status_code for one in answers] == [result, plan]
    assert await sample.rows(Plan) == (plan == 201)
    assert await sample.rows(Document) == (result == 201) + (plan == 201)


async def test_a_repeat_takes_the_same_role(sample: Sample) -> None:
    await sent(sample, package())

    refused = await post(sample, package(), FOREIGN_AFFAIRS, Role.ISSUER)

    assert refused.status_code == 403


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (b"<edXML", 422, "unreadable_file"),
        (b'<!DOCTYPE x SYSTEM "file:///etc/passwd"><x/>', 422, "unreadable_file"),
        (package(("<edXML:Subject>", "<edXML:Subject>(MẬT) ")), 422, "secret_document"),
        (with_zip({"a.txt": b"\0" * 50_000_000}), 413, "file_too_large"),
        (with_zip({"../a.txt": b"x"}), 422, "unreadable_file"),
        (package(subject=""), 422, "invalid"),
        (b"", 422, "validation_failed"),
        (b"<a>" + b" " * 20_971_520, 413, "file_too_large"),
        (b" " * 30_000_000, 413, "file_too_large"),
    ],
    ids=[
        "broken", "doctype", "secret", "bomb", "path", "no subject", "empty", "over the limit",
        "far over it",
    ],
)  # fmt: skip
async def test_what_is_refused_leaves_nothing(
    sample: Sample, content: bytes, status: int, code: str
) -> None:
    answer = await post(sample, content)

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["content-type"] == "application/problem+json"
    assert await sample.rows(Document) == 0


@pytest.mark.parametrize("kind", ["application/json", "text/plain", "multipart/form-data", ""])
async def test_a_package_is_xml_and_says_so(sample: Sample, kind: str) -> None:
    async with await sample.reporter(FOREIGN_AFFAIRS) as http:
        answer = await http.post("/v1/documents", content=package(), headers={"content-type": kind})
        text = await http.post(
            "/v1/documents", content=package(), headers={"content-type": "text/xml; charset=utf-8"}
        )

    assert answer.status_code in (400, 415)
    assert answer.headers["content-type"] == "application/problem+json"
    assert text.status_code == 201


PDF = Attachment("ke-hoach.pdf", "application/pdf", b"%PDF-1.7")
PICTURE = Attachment("ke-hoach.png", "image/png", b"\x89PNG\r\n\x1a\n")
BOMB = Attachment("a.docx", "x", with_members({"x": b"\0" * 10_000_000}))
OUT_OF_PLACE = Attachment("a.docx", "x", b"%PDF-1.7")


@pytest.mark.parametrize(
    ("file", "status", "code", "fault"),
    [
        (PICTURE, 422, "invalid", "no_plan_file"),
        (PDF, 422, "unreadable_file", "unreadable_file"),
        (BOMB, 413, "file_too_large", None),
        (OUT_OF_PLACE, 422, "unreadable_file", "unreadable_file"),
    ],
    ids=["no file", "no table", "bomb", "mislabelled"],
)
async def test_a_plan_whose_table_cannot_be_read_is_refused(
    sample: Sample, file: Attachment, status: int, code: str, fault: str | None
) -> None:
    answer = await post(sample, plan_package(file), PROVINCIAL_COMMITTEE, Role.ISSUER)

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    if fault:
        [said] = answer.json()["errors"]
        assert said["code"] == fault
        assert said["pointer"].startswith("#/AttachmentEncoded")
    assert await sample.rows(Document) == await sample.rows(Plan) == 0


async def test_a_plan_of_a_number_that_the_issuer_has_is_refused(sample: Sample) -> None:
    issuer = (PROVINCIAL_COMMITTEE, Role.ISSUER)
    await sent(sample, plan_package(promulgated_on=date(2024, 5, 20)), *issuer)

    again = await post(
        sample, plan_package(document_id="b", promulgated_on=date(2024, 6, 1)), *issuer
    )

    assert (again.status_code, again.json()["code"]) == (409, "already_exists")
    assert await sample.rows(Plan) == await sample.rows(Document) == 1


async def test_who_reads_a_document_that_answers_a_task(issued: Sample) -> None:
    # SNGV leads 3.3, SCT coordinates it.
    assignment = await issued.assignment(INDUSTRY_AND_TRADE, "3.3", "once")
    codes = (str(assignment.id),)
    made = await sent(
        issued, package(sender=Organ(INDUSTRY_AND_TRADE), task_codes=codes), INDUSTRY_AND_TRADE
    )
    answers = {}
    for agency, role in (
        (INDUSTRY_AND_TRADE, Role.REPORTER),
        (FOREIGN_AFFAIRS, Role.REPORTER),
        (INFORMATION, Role.COORDINATOR),
        (PROVINCIAL_COMMITTEE, Role.ISSUER),
        (FATHERLAND_FRONT, Role.SUPERVISOR),
        (FINANCE, Role.REPORTER),
        (FINANCE, Role.COORDINATOR),
        (INDUSTRY_AND_TRADE, Role.READER),
    ):
        async with await issued.by(agency, role) as http:
            one = await http.get(f"/v1/documents/{made['id']}")
            listed = (await http.get("/v1/documents")).json()["items"]
            evidence = await http.get(f"/v1/assignments/{assignment.id}/documents")
        assert listed == ([made] if one.status_code == 200 else [])
        if role is Role.READER:
            assert evidence.status_code == 403
        else:
            assert evidence.json()["items"] == listed
        answers[agency, str(role)] = one.status_code

    assert answers == {
        (INDUSTRY_AND_TRADE, "reporter"): 200,
        (FOREIGN_AFFAIRS, "reporter"): 200,
        (INFORMATION, "coordinator"): 200,
        (PROVINCIAL_COMMITTEE, "issuer"): 200,
        (FATHERLAND_FRONT, "supervisor"): 200,
        (FINANCE, "reporter"): 404,
        (FINANCE, "coordinator"): 404,
        (INDUSTRY_AND_TRADE, "reader"): 404,
    }


async def test_a_letter_that_answers_nothing_is_its_agencys_and_those_who_read_all(
    issued: Sample,
) -> None:
    made = await sent(issued, package(type=DocumentType(name="Công văn")))
    seen = []
    for agency, role in (
        (FOREIGN_AFFAIRS, Role.REPORTER),
        (PROVINCIAL_COMMITTEE, Role.ISSUER),
        (INFORMATION, Role.COORDINATOR),
    ):
        async with await issued.by(agency, role) as http:
            seen.append((await http.get(f"/v1/documents/{made['id']}")).status_code)

    assert seen == [200, 200, 404]


async def test_a_plans_document_is_seen_as_its_plan(sample: Sample) -> None:
    made = await sent(sample, plan_package(), PROVINCIAL_COMMITTEE, Role.ISSUER)
    answers = []
    for agency, role in (
        (PROVINCIAL_COMMITTEE, Role.READER),
        (INFORMATION, Role.ISSUER),
        (FATHERLAND_FRONT, Role.SUPERVISOR),
    ):
        async with await sample.by(agency, role) as http:
            answers.append((await http.get(f"/v1/documents/{made['id']}")).status_code)

    assert answers == [200, 404, 404]


async def test_what_was_received_is_never_changed(issued: Sample) -> None:
    made = await sent(issued, package())
    row = await issued.session.get_one(Document, made["id"])

    row.subject = "Khác"
    await work_as(issued.session, None)
    with pytest.raises(DBAPIError, match="never changed"):
        await issued.session.commit()


async def test_no_such_assignment_has_no_documents(issued: Sample) -> None:
    async with await issued.coordinator() as http:
        answer = await http.get(
            "/v1/assignments/01900000-0000-7000-8000-00000000ffff/documents", headers=XML
        )

    assert answer.status_code == 404


async def test_the_whole_plan_comes_in_a_package(sample: Sample) -> None:
    file = Attachment("Kế hoạch TTĐN.DOCX", "application/zip", DOCX)

    made = await sent(sample, plan_package(file), PROVINCIAL_COMMITTEE, Role.ISSUER)
    async with await sample.issuer() as http:
        read = (await http.get(f"/v1/plan-imports/{made['plan_import_id']}")).json()

    assert read["reading"]["counts"]["tasks"] == 30
