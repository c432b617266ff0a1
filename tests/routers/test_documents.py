"""The road of a package: what it becomes, what it answers, what becomes of it."""

import hashlib
from datetime import date

from app.auth.principal import Role
from app.documents.edxml.package import Attachment, DocumentType, Organ
from app.models import AssignmentStatus, Document, DocumentBusiness, DocumentEvidence, Plan
from tests.support.edxml_files import HEADER, package
from tests.support.edxml_roads import TABLE, plan_package, post, sent
from tests.support.sample import Sample
from tests.support.sample_facts import (
    FINANCE,
    FOREIGN_AFFAIRS,
    INDUSTRY_AND_TRADE,
    INFORMATION,
    PROVINCIAL_COMMITTEE,
)

REPLACE = DocumentBusiness.REPLACE
CODES = f"{HEADER}/ResponseForTask/TaskCode"


async def codes_of(issued: Sample) -> tuple[str, str]:
    """Two of SNGV's assignments."""
    first = await issued.assignment(FOREIGN_AFFAIRS, "3.3", "once")
    second = await issued.assignment(FOREIGN_AFFAIRS, "5.3", "2024")
    return str(first.id), str(second.id)


async def test_a_result_becomes_evidence_on_each_task_that_it_answers(issued: Sample) -> None:
    first, second = await codes_of(issued)
    content = package(task_codes=(first, second), due_on=date(2024, 12, 15))

    answer = await post(issued, content)
    made = answer.json()
    async with await issued.reporter(FOREIGN_AFFAIRS) as http:
        again = (await http.get(answer.headers["Location"])).json()
        listed = [
            (await http.get(f"/v1/assignments/{code}/documents")).json()["items"]
            for code in (first, second)
        ]

    assert answer.status_code == 201
    assert again == made
    assert listed == [[made], [made]]
    assert made["evidence"] == [
        {"task_code": first, "assignment_id": first},
        {"task_code": second, "assignment_id": second},
    ]
    assert made["counts"] == {"task_codes": 2, "recorded": 2, "problems": 0}
    assert {name: made[name] for name in ("kind", "number", "promulgated_on", "due_on")} == {
        "kind": "result",
        "number": "215/BC-SNgV",
        "promulgated_on": "2024-11-30",
        "due_on": "2024-12-15",
    }
    assert (made["type_number"], made["type_name"]) == (14, "Báo cáo")
    assert (made["business"], made["standing"], made["affects"]) == ("new", "current", [])
    assert made["sender"]["code"] == made["sender_organ_id"] == FOREIGN_AFFAIRS
    assert (made["sha256"], made["size"]) == (hashlib.sha256(content).hexdigest(), len(content))
    assert made["attachments"] == [
        {
            "name": "bao-cao.txt",
            "media_type": "text/plain",
            "size": 8,
            "sha256": hashlib.sha256(b"Da xong.").hexdigest(),
        }
    ]


async def test_evidence_moves_no_assignment_and_files_no_report(issued: Sample) -> None:
    first, _ = await codes_of(issued)

    before = (await issued.assignment(FOREIGN_AFFAIRS, "3.3", "once")).model_dump()
    await sent(issued, package(task_codes=(first,)))

    assert (await issued.assignment(FOREIGN_AFFAIRS, "3.3", "once")).model_dump() == before
    assert (await issued.submission(FOREIGN_AFFAIRS, "3.3", "once")).attempts == 0


async def test_a_code_is_an_assignments_a_reports_or_a_tasks(issued: Sample) -> None:
    once = await issued.assignment(FOREIGN_AFFAIRS, "3.3", "once")
    yearly = await issued.assignment(FOREIGN_AFFAIRS, "5.3", "2024")
    report = await issued.submission(FOREIGN_AFFAIRS, "5.3", "2024")

    made = await sent(issued, package(task_codes=(str(once.task_id), str(report.id), str(once.id))))

    assert made["evidence"] == [
        {"task_code": str(once.task_id), "assignment_id": str(once.id)},
        {"task_code": str(report.id), "assignment_id": str(yearly.id)},
    ]
    assert made["counts"] == {"task_codes": 3, "recorded": 2, "problems": 0}


async def test_codes_that_lead_nowhere_are_told_and_the_others_are_recorded(
    issued: Sample,
) -> None:
    first, _ = await codes_of(issued)
    yearly = await issued.assignment(FOREIGN_AFFAIRS, "5.3", "2024")
    others = await issued.assignment(FINANCE, "3.7", "once")
    report = await issued.submission(FINANCE, "3.7", "once")
    codes = ("NV-1", others.id, first, report.id, yearly.task_id, others.task_id)

    made = await sent(issued, package(task_codes=tuple(map(str, codes))))

    assert [one["task_code"] for one in made["evidence"]] == [first]
    assert made["counts"] == {"task_codes": 6, "recorded": 1, "problems": 5}
    assert [(one["pointer"], one["code"]) for one in made["problems"]] == [
        (f"{CODES}/0", "unknown_task_code"),
        (f"{CODES}/1", "not_your_assignment"),
        (f"{CODES}/3", "unknown_task_code"),
        (f"{CODES}/4", "ambiguous_task_code"),
        (f"{CODES}/5", "not_your_assignment"),
    ]
    assert all(one["detail"]["vi"] and one["detail"]["en"] for one in made["problems"])


async def test_of_a_tasks_years_the_one_that_is_open_is_meant(issued: Sample) -> None:
    owed = await issued.assignment(FOREIGN_AFFAIRS, "5.3", "2024")
    owed.status = AssignmentStatus.REVOKED
    owed.changed_on = date(2024, 6, 1)
    await issued.session.commit()
    still = await issued.assignment(FOREIGN_AFFAIRS, "5.3", "2025")

    made = await sent(issued, package(task_codes=(str(owed.task_id),)))

    assert [one["assignment_id"] for one in made["evidence"]] == [str(still.id)]


async def test_the_same_package_again_makes_nothing_and_is_answered_alike(issued: Sample) -> None:
    first, _ = await codes_of(issued)
    content = package(task_codes=(first, "NV-1"))

    made = await sent(issued, content)
    before = await issued.rows_of_all_tables()
    again = await post(issued, content)

    assert (again.status_code, again.json()) == (200, made)
    assert again.headers["Location"] == f"/v1/documents/{made['id']}"
    assert await issued.rows_of_all_tables() == before


async def test_another_content_under_the_same_id_is_refused_unless_it_says_so(
    issued: Sample,
) -> None:
    first, second = await codes_of(issued)
    made = await sent(issued, package(task_codes=(first,)))

    refused = await post(issued, package(task_codes=(second,)))
    update = await sent(issued, package(task_codes=(second,), business=DocumentBusiness.UPDATE))
    async with await issued.reporter(FOREIGN_AFFAIRS) as http:
        old = (await http.get(f"/v1/documents/{made['id']}")).json()

    assert (refused.status_code, refused.json()["code"]) == (409, "document_differs")
    assert refused.json()["errors"][0]["pointer"] == f"{HEADER}/DocumentId"
    assert (update["business"], update["affects"]) == ("update", [made["id"]])
    assert old == made | {"standing": "updated"}


async def test_another_agency_may_use_the_same_id(issued: Sample) -> None:
    await sent(issued, package())

    made = await sent(issued, package(sender=Organ(INDUSTRY_AND_TRADE)), INDUSTRY_AND_TRADE)

    assert made["sender"]["code"] == INDUSTRY_AND_TRADE


async def test_a_recalled_document_stays_and_is_marked(issued: Sample) -> None:
    first, _ = await codes_of(issued)
    made = await sent(issued, package(task_codes=(first,)))
    recall = package(
        document_id="SNGV,2024/12/02,TH",
        business=DocumentBusiness.RECALL,
        business_reason="Sai số liệu",
        affects=(made["document_id"],),
        attachments=(),
    )

    recalling = await sent(issued, recall)
    async with await issued.coordinator() as http:
        [seen] = (await http.get(f"/v1/assignments/{first}/documents")).json()["items"]

    assert seen == made | {"standing": "recalled"}
    assert (recalling["kind"], recalling["affects"]) == ("result", [made["id"]])
    assert recalling["business_reason"] == "Sai số liệu"


async def test_a_document_that_is_as_it_was_is_not_sent_again(issued: Sample) -> None:
    made = await post(issued, package())
    url, tag = made.headers["Location"], {"If-None-Match": made.headers["ETag"]}
    async with await issued.reporter(FOREIGN_AFFAIRS) as http:
        same = await http.get(url, headers=tag)
        await sent(issued, package(business=DocumentBusiness.RECALL))
        changed = await http.get(url, headers=tag)

    assert [same.status_code, changed.status_code] == [304, 200]
    assert changed.json()["standing"] == "recalled"


async def test_one_document_replaces_several(issued: Sample) -> None:
    old = [await sent(issued, package(document_id=name)) for name in ("a", "b")]

    made = await sent(issued, package(document_id="c", business=REPLACE, affects=("a", "b")))
    async with await issued.reporter(FOREIGN_AFFAIRS) as http:
        items = (await http.get("/v1/documents")).json()["items"]

    assert made["affects"] == [one["id"] for one in old]
    assert [one["standing"] for one in items] == ["replaced", "replaced", "current"]


async def test_what_changes_a_document_that_never_came_is_kept_and_said(issued: Sample) -> None:
    made = await sent(issued, package(business=REPLACE, affects=("unknown",)))

    assert [one["code"] for one in made["problems"]] == ["unknown_earlier_document"]
    assert made["counts"] == {"task_codes": 0, "recorded": 0, "problems": 0}
    assert made["affects"] == []


async def test_nobody_recalls_what_another_agency_sent(issued: Sample) -> None:
    made = await sent(issued, package())
    recall = {"business": DocumentBusiness.RECALL, "affects": (made["document_id"],)}

    await sent(issued, package(sender=Organ(INDUSTRY_AND_TRADE), **recall), INDUSTRY_AND_TRADE)
    async with await issued.reporter(FOREIGN_AFFAIRS) as http:
        seen = (await http.get(f"/v1/documents/{made['id']}")).json()

    assert seen["standing"] == "current"


async def test_a_plan_becomes_a_draft_by_its_table_and_bears_the_packages_number(
    sample: Sample,
) -> None:
    scan = Attachment("ke-hoach.pdf", "application/pdf", b"%PDF-1.7")
    table = Attachment("ke-hoach.docx", "application/zip", TABLE)

    made = await sent(
        sample,
        plan_package(scan, table, promulgated_on=date(2024, 5, 20)),
        PROVINCIAL_COMMITTEE,
        Role.ISSUER,
    )
    async with await sample.issuer() as http:
        plan = (await http.get(f"/v1/plans/{made['plan_id']}")).json()
        tasks = (await http.get(f"/v1/plans/{made['plan_id']}/tasks")).json()["items"]
        read = (await http.get(f"/v1/plan-imports/{made['plan_import_id']}")).json()

    assert (made["kind"], made["problems"]) == ("plan", [])
    assert (plan["status"], plan["number"], plan["issued_on"]) == (
        "draft", "99/KH-UBND", "2024-05-20",
    )  # fmt: skip
    assert [task["assignees"][0]["code"] for task in tasks] == [INFORMATION]
    assert (read["file_name"], read["sha256"]) == (
        "ke-hoach.docx",
        hashlib.sha256(TABLE).hexdigest(),
    )


async def test_what_changes_a_plan_that_came_waits_for_a_person(sample: Sample) -> None:
    issuer = (PROVINCIAL_COMMITTEE, Role.ISSUER)
    made = await sent(sample, plan_package(), *issuer)

    update = await sent(sample, plan_package(business=DocumentBusiness.UPDATE), *issuer)

    assert (update["kind"], update["plan_id"]) == ("plan", None)
    assert [one["code"] for one in update["problems"]] == ["plan_not_changed"]
    assert update["affects"] == [made["id"]]
    assert await sample.rows(Plan) == 1


async def test_any_other_document_is_kept(issued: Sample) -> None:
    letter = DocumentType(1, None, "Công văn")

    made = await sent(issued, package(type=letter, code_notation="KH-SNgV"))

    assert (made["kind"], made["evidence"], made["problems"]) == ("other", [], [])


async def test_documents_are_found_by_kind_agency_and_number(issued: Sample) -> None:
    first, _ = await codes_of(issued)
    result = await sent(issued, package(task_codes=(first,)))
    other = await sent(issued, package(document_id="b", code_number="7"))
    others = await sent(
        issued, package(sender=Organ(INDUSTRY_AND_TRADE), code_number="7"), INDUSTRY_AND_TRADE
    )

    async def found(query: str) -> list[str]:
        async with await issued.issuer() as http:
            answer = await http.get(f"/v1/documents?{query}")
        return [one["id"] for one in answer.json()["items"]]

    assert await found("") == [result["id"], other["id"], others["id"]]
    assert await found("kind=result") == [result["id"]]
    assert await found("number=7/BC-SNgV") == [other["id"], others["id"]]
    assert await found("number=7/BC-SNgV&agency=SCT") == [others["id"]]
    assert await found("agency=STTTT") == []


async def test_documents_come_in_pages(issued: Sample) -> None:
    made = [await sent(issued, package(document_id=name)) for name in "abc"]

    async with await issued.reporter(FOREIGN_AFFAIRS) as http:
        first = (await http.get("/v1/documents?limit=2")).json()
        second = (await http.get(first["next"])).json()

    assert [*first["items"], *second["items"]] == made
    assert second["next"] is None


async def test_what_was_received_is_written_down_without_its_words(issued: Sample) -> None:
    first, _ = await codes_of(issued)
    made = await sent(issued, package(task_codes=(first,), subject="Bí quyết"))

    [entry], [event] = await issued.noted("document", made["id"])
    [told], [heard] = await issued.noted("assignment", first)

    assert (entry.action, event.type) == ("received", "tiendo.document.received")
    assert entry.detail == {"kind": "result", "sha256": made["sha256"]}
    assert (told.action, heard.type) == ("documented", "tiendo.assignment.documented")
    assert told.detail == {"document_id": made["id"]}


async def test_the_package_is_kept_without_the_bytes_of_its_files(issued: Sample) -> None:
    signature = "<Signature><SignatureValue>Rk9P</SignatureValue></Signature>"
    content = package(("</edXML:edXMLHeader>", f"{signature}</edXML:edXMLHeader>"))

    made = await sent(issued, content)
    stored = await issued.session.get_one(Document, made["id"])

    assert made["has_signature"] is True
    assert signature.encode() in stored.envelope
    assert b"UEsD" in content
    assert b"UEsD" not in stored.envelope
    assert await issued.rows(DocumentEvidence) == 0


async def test_a_task_code_may_be_the_id_of_another_system(issued: Sample) -> None:
    once = await issued.assignment(FOREIGN_AFFAIRS, "3.3", "once")
    async with await issued.reporter(FOREIGN_AFFAIRS) as http:
        for n, path in enumerate((f"assignments/{once.id}", "assignments/" + str(once.id))):
            ref = f"/v1/{path}/external-refs/he-thong-{n}"
            assert (await http.put(ref, json={"id": "NV-7"})).status_code == 200
    async with await issued.issuer() as http:
        ref = f"/v1/tasks/{once.task_id}/external-refs/ioffice"
        assert (await http.put(ref, json={"id": "NV-3.3"})).status_code == 200

    made = await sent(issued, package(task_codes=("NV-7", "NV-3.3", "NV-8")))

    assert {one["task_code"] for one in made["evidence"]} < {"NV-7", "NV-3.3"}
    assert made["counts"] == {"task_codes": 3, "recorded": 1, "problems": 1}
