"""An agency's own report on a plan: filed with what is drafted, reviewed as a whole or in part."""

from io import BytesIO
from typing import Any

import docx
import httpx
import pytest
from docx.shared import Emu
from sqlmodel import col, select

from app.clock import utc_now
from app.documents.edxml import package as edxml
from app.documents.edxml.reader import read_package
from app.domain.agency_reports.letter import DOCX
from app.jobs.hand_over import hand_over
from app.models import AgencyReport, AgencyReportPart, Event, ReportingRegime
from app.queries.events import visible_events
from tests.support.assignments import COORDINATOR, ISSUER, REPORTER, at, done, read, send
from tests.support.report_requests import QUESTIONS, ask, asked
from tests.support.reports import BETTER, COMPLETED
from tests.support.sample import REPORT, Sample, principal_of
from tests.support.sample_facts import (
    CULTURAL_DIPLOMACY,
    FINANCE,
    FOREIGN_AFFAIRS,
    HEALTH,
    INFORMATION,
    PLANNING,
    PROVINCIAL_COMMITTEE,
)

DOCUMENT = {"number": "412/BC-SNgV", "issued_on": "2024-12-10", "url": None, "sha256": None}
WORDS = {
    "situation": "Tình hình chung ổn định.",
    "results": "Đã ban hành kế hoạch năm.",
    "shortcomings": "Một số việc còn chậm.",
    "causes": "Thiếu kinh phí.",
    "proposals": "Đề nghị bố trí kinh phí.",
    "next_period": "Hoàn thành các việc còn lại.",
    "document": DOCUMENT,
}
DECEMBER = "2024-12-12"


async def put(
    world: Sample,
    period: str = "2024",
    *,
    agency: str = FOREIGN_AFFAIRS,
    who: Any = REPORTER,
    submit: bool = True,
    **changes: Any,
) -> httpx.Response:
    """Write the report of an agency."""
    plan = await world.the_plan()
    async with await world.by(*who) as http:
        return await http.put(
            f"/v1/plans/{plan.id}/agency-reports/{agency}/{period}?submit={str(submit).lower()}",
            json=WORDS | changes,
        )


async def filed(world: Sample, **changes: Any) -> dict[str, Any]:
    """The report as it is answered once it was filed."""
    answer = await put(world, **changes)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def draft(world: Sample, content: dict[str, Any], ordinal: str = CULTURAL_DIPLOMACY) -> None:
    """Draft the submission of Foreign Affairs on a task for 2024."""
    row = await world.assignment(FOREIGN_AFFAIRS, ordinal, "once")
    async with await world.by(*REPORTER) as http:
        answer = await http.put(f"/v1/assignments/{row.id}/submissions/2024", json=content)
    assert answer.status_code == 200, answer.text


async def shown(
    world: Sample, who: Any = COORDINATOR, agency: str = FOREIGN_AFFAIRS, period: str = "2024"
) -> dict[str, Any]:
    plan = await world.the_plan()
    found: dict[str, Any] = await read(
        world, who, f"plans/{plan.id}/agency-reports/{agency}/{period}"
    )
    return found


async def decide(world: Sample, report: dict[str, Any], action: str, **json: Any) -> dict[str, Any]:
    path = f"plans/{report['plan_id']}/agency-reports/{report['id']}/{action}"
    return await done(world, json.pop("who", COORDINATOR), path, **json)


def part(report: dict[str, Any], ordinal: str = CULTURAL_DIPLOMACY) -> dict[str, Any]:
    found: list[dict[str, Any]] = report["submissions"]
    [one] = [one for one in found if one["task_ordinal"] == ordinal]
    return one


def faults(answer: httpx.Response) -> list[tuple[str, str]]:
    assert answer.status_code == 422, answer.text
    return [(one["pointer"], one["code"]) for one in answer.json()["errors"]]


async def test_what_is_owed_is_listed_before_anybody_writes(issued: Sample) -> None:
    with at(DECEMBER):
        report = await shown(issued, REPORTER)
        plan = await issued.the_plan()
        url = f"plans/{plan.id}/agency-reports"
        whole = await read(issued, COORDINATOR, f"{url}?period=2024&limit=200")
        own = await read(issued, REPORTER, f"{url}?period=2024")

    assert (report["id"], report["status"], report["content"]) == (None, "expected", None)
    assert report["counts"]["expected"] == report["counts"]["not_filed"] > 0
    assert set(report["missing"]) == {one["id"] for one in report["submissions"]}
    assert report["allowed_actions"] == ["write"]
    assert len(whole["items"]) > 30
    assert [one["agency"]["code"] for one in own["items"]] == [FOREIGN_AFFAIRS]


async def test_the_list_goes_on_after_each_page(issued: Sample) -> None:
    plan = await issued.the_plan()
    with at(DECEMBER):
        url = f"plans/{plan.id}/agency-reports?limit=40"
        found: list[dict[str, Any]] = []
        while url:
            page = await read(issued, COORDINATOR, url)
            found += page["items"]
            url = (page["next"] or "").rpartition("/v1/")[2]

    keys = [(one["due_on"], one["period"], one["agency"]["id"]) for one in found]
    assert keys == sorted(set(keys))
    assert len(keys) > 40


async def test_filing_files_all_that_is_drafted_under_one_document_and_day(issued: Sample) -> None:
    with at(DECEMBER):
        await draft(issued, REPORT)
        report = await filed(issued)
        one = await read(issued, REPORTER, f"submissions/{part(report)['id']}")
        rows = list(await issued.session.exec(select(AgencyReportPart)))

    assert (report["status"], report["attempts"], report["received_on"]) == (
        "submitted",
        1,
        DECEMBER,
    )
    assert report["content"]["causes"] == "Thiếu kinh phí."
    assert (one["status"], one["received_on"]) == ("submitted", DECEMBER)
    assert one["content"]["document"]["number"] == DOCUMENT["number"]
    assert part(report)["is_part"]
    assert part(report)["id"] not in report["missing"]
    assert len(report["missing"]) == len(report["submissions"]) - 1
    assert len(rows) == 1


async def test_the_same_again_changes_nothing(issued: Sample) -> None:
    with at(DECEMBER):
        first = await filed(issued)
        again = await filed(issued)

    assert again == first


async def test_a_draft_is_its_agencys_alone(issued: Sample) -> None:
    with at(DECEMBER):
        await draft(issued, REPORT)
        report = await filed(issued, submit=False)
        others = await shown(issued)

    assert (report["status"], report["is_draft"]) == ("draft", True)
    assert report["allowed_actions"] == ["write", "submit"]
    assert (others["status"], others["is_draft"], others["content"]) == ("expected", False, None)
    assert part(report)["status"] == "draft"
    assert part(others)["status"] == "expected"


async def test_a_draft_is_submitted_later(issued: Sample) -> None:
    with at(DECEMBER):
        report = await filed(issued, submit=False)
        report = await decide(issued, report, "submit", who=REPORTER)

    assert (report["status"], report["is_draft"], report["attempts"]) == ("submitted", False, 1)


async def test_a_filing_names_its_document_and_says_something(issued: Sample) -> None:
    with at(DECEMBER):
        nothing: dict[str, Any] = dict.fromkeys(WORDS, " ") | {"document": None}
        assert faults(await put(issued, **nothing)) == [
            ("#/results", "required"),
            ("#/document", "required"),
        ]
        ahead = DOCUMENT | {"issued_on": "2024-12-13"}
        assert faults(await put(issued, document=ahead)) == [
            ("#/document/issued_on", "day_in_future")
        ]


async def test_what_is_wrong_with_a_draft_is_said_with_its_task(issued: Sample) -> None:
    with at(DECEMBER):
        await draft(issued, COMPLETED | {"results": ""})
        answer = await put(issued)

    [fault] = answer.json()["errors"]
    assert fault["pointer"].endswith("/results")
    assert fault["detail"].startswith(f"Task {CULTURAL_DIPLOMACY}: ")
    assert not list(await issued.session.exec(select(AgencyReportPart)))


async def test_a_regime_may_want_all_submissions(issued: Sample) -> None:
    regimes = await issued.session.exec(select(ReportingRegime))
    for regime in regimes:
        regime.wants = [*regime.wants, "all_submissions"]
    await issued.session.flush()
    with at(DECEMBER):
        expected = await shown(issued, REPORTER)
        await draft(issued, REPORT)
        found = faults(await put(issued))

    assert {code for _, code in found} == {"missing_submission"}
    assert len(found) == len(expected["missing"]) - 1


async def test_accepting_it_accepts_what_was_filed_with_it(issued: Sample) -> None:
    with at(DECEMBER):
        await draft(issued, COMPLETED)
        report = await filed(issued)
        accepted = await decide(issued, report, "accept", attempt=1)
        owed = await read(issued, REPORTER, f"assignments/{part(accepted)['assignment_id']}")

    assert (accepted["status"], accepted["accepted_attempt"]) == ("accepted", 1)
    assert part(accepted)["status"] == "accepted"
    assert (owed["status"], owed["completed_on"]) == ("completed", DECEMBER)


async def test_what_was_sent_back_alone_is_left_out_of_the_acceptance(issued: Sample) -> None:
    with at(DECEMBER):
        await draft(issued, REPORT)
        report = await filed(issued)
        path = f"submissions/{part(report)['id']}/send-back"
        await done(issued, COORDINATOR, path, attempt=1, reason="Thiếu số liệu.")
        accepted = await decide(issued, report, "accept", attempt=1)
        # Unchanged it is still missing; changed it goes with the next filing.
        unchanged = await filed(issued, results="Bổ sung.")
        await decide(issued, report, "withdraw", who=REPORTER)
        await draft(issued, BETTER)
        again = await decide(issued, report, "submit", who=REPORTER)

    assert (accepted["status"], part(accepted)["status"]) == ("accepted", "returned")
    assert part(unchanged)["status"] == "returned"
    assert (again["attempts"], part(again)["status"]) == (3, "submitted")


async def test_sending_it_back_returns_all_of_it(issued: Sample) -> None:
    with at(DECEMBER):
        await draft(issued, REPORT)
        report = await filed(issued)
        returned = await decide(issued, report, "send-back", attempt=1, reason="Thiếu nguyên nhân.")
        path = f"plans/{report['plan_id']}/agency-reports/{report['id']}/attempts"
        [attempt] = (await read(issued, REPORTER, path))["items"]
        own = await shown(issued, REPORTER)
        second = await filed(issued, causes="Thiếu nhân lực.")

    assert (returned["status"], part(returned)["status"]) == ("returned", "returned")
    assert (attempt["review"]["decision"], attempt["review"]["reason"]) == (
        "returned",
        "Thiếu nguyên nhân.",
    )
    assert (own["is_draft"], own["content"]["causes"]) == (True, "Thiếu kinh phí.")
    assert (second["attempts"], second["status"]) == (2, "submitted")


async def test_withdrawing_it_takes_back_what_waits_of_it(issued: Sample) -> None:
    with at(DECEMBER):
        await draft(issued, REPORT)
        report = await filed(issued)
        taken = await decide(issued, report, "withdraw", who=REPORTER)
        # A late retry files nothing that was taken back.
        assert (await filed(issued))["status"] == "draft"
        again = await decide(issued, report, "submit", who=REPORTER)

    assert (taken["status"], part(taken)["status"]) == ("draft", "draft")
    assert (again["attempts"], part(again)["status"], part(again)["attempts"]) == (
        2,
        "submitted",
        2,
    )


async def test_who_decides_names_the_attempt_and_is_not_the_author(issued: Sample) -> None:
    with at(DECEMBER):
        report = await filed(issued)
        path = f"plans/{report['plan_id']}/agency-reports/{report['id']}/accept"
        for who, attempt, status in (
            (COORDINATOR, 2, 409),
            (ISSUER, 1, 403),
            (REPORTER, 1, 403),
        ):
            assert (await send(issued, who, path, attempt=attempt)).status_code == status
        await decide(issued, report, "accept", attempt=1)
        assert (await send(issued, COORDINATOR, path, attempt=1)).status_code == 409


async def test_an_accepted_report_stands_until_its_correction_is_accepted(issued: Sample) -> None:
    with at(DECEMBER):
        report = await filed(issued)
        await decide(issued, report, "accept", attempt=1)
    with at("2025-02-03"):
        assert faults(await put(issued, results="Đính chính.")) == [
            ("#/correction_reason", "required")
        ]
        reason = {"results": "Đính chính.", "correction_reason": "Nhầm số liệu."}
        corrected = await filed(issued, **reason)
        accepted = await decide(issued, corrected, "accept", attempt=2)

    assert (corrected["status"], corrected["accepted_attempt"], corrected["received_on"]) == (
        "submitted",
        1,
        DECEMBER,
    )
    assert (accepted["accepted_attempt"], accepted["is_late"]) == (2, False)


async def test_the_coordinator_enters_what_came_on_paper_and_leaves_drafts_alone(
    issued: Sample,
) -> None:
    with at("2025-01-06"):
        await draft(issued, REPORT)
        entered = await filed(issued, who=COORDINATOR, received_on="2024-12-16")
        accepted = await decide(issued, entered, "accept", attempt=1)
        own = await shown(issued, REPORTER)

    assert (entered["received_on"], entered["entered_by"]["code"]) == ("2024-12-16", INFORMATION)
    assert accepted["status"] == "accepted"
    assert part(own)["status"] == "draft"


@pytest.mark.parametrize(
    ("who", "changes", "status"),
    [
        (REPORTER, {"agency": HEALTH}, 403),
        (REPORTER, {"received_on": "2024-12-01"}, 403),
        (COORDINATOR, {}, 403),
        (COORDINATOR, {"received_on": "2025-01-01"}, 422),
        (COORDINATOR, {"received_on": "2023-01-01"}, 422),
        (REPORTER, {"period": "2019"}, 404),
    ],
)
async def test_nobody_writes_for_others_or_for_days_that_are_not(
    issued: Sample, who: Any, changes: dict[str, Any], status: int
) -> None:
    with at(DECEMBER):
        assert (await put(issued, who=who, **changes)).status_code == status


async def test_others_do_not_learn_of_it(issued: Sample) -> None:
    health = (HEALTH, *REPORTER[1:])
    with at(DECEMBER):
        report = await filed(issued)
        base = f"plans/{report['plan_id']}/agency-reports"
        async with await issued.by(*health) as http:
            by_id = await http.get(f"/v1/{base}/{report['id']}")
            by_key = await http.get(f"/v1/{base}/{FOREIGN_AFFAIRS}/2024")
            attempts = await http.get(f"/v1/{base}/{report['id']}/attempts")
        learn = [
            await issued.session.exec(
                visible_events(principal_of(await issued.client(*one))).where(
                    col(Event.noun) == "agency_report"
                )
            )
            for one in (health, REPORTER, COORDINATOR)
        ]

    assert {one.status_code for one in (by_id, by_key, attempts)} == {404}
    assert [[row.subject for row in rows] for rows in learn] == [
        [],
        [f"/v1/{base}/{report['id']}"],
        [f"/v1/{base}/{report['id']}"],
    ]


async def test_a_request_is_answered_once_by_each_agency_also_by_one_that_owes_nothing(
    issued: Sample,
) -> None:
    with at("2024-06-10"):
        told = await asked(
            issued,
            answered_by="agency",
            agencies=[FOREIGN_AFFAIRS, PROVINCIAL_COMMITTEE],
            questions=QUESTIONS,
        )
        period = told["period"]
        own = await shown(issued, REPORTER, period=period)
        document: dict[str, Any] = {"document": DOCUMENT | {"issued_on": "2024-06-10"}}
        unknown = await put(issued, period, answers=[{"question": "9", "text": "x"}], **document)
        report = await filed(
            issued, period=period, answers=[{"question": "1", "text": "02 lớp"}], **document
        )
        plan = await issued.the_plan()
        after = await read(issued, COORDINATOR, f"report-requests/{told['id']}")
        listed = await read(
            issued, COORDINATOR, f"plans/{plan.id}/agency-reports?report_request={told['id']}"
        )

    assert told["counts"]["expected"] == 2
    assert told["not_asked"] == []
    assert (own["status"], own["submissions"], own["report_request_id"]) == (
        "expected",
        [],
        told["id"],
    )
    assert faults(unknown) == [("#/answers/0/question", "unknown_question")]
    assert report["content"]["answers"] == [{"question": "1", "text": "02 lớp"}]
    assert (after["counts"]["filed"], after["counts"]["not_filed"]) == (1, 1)
    assert sorted(one["agency"]["code"] for one in listed["items"]) == [
        FOREIGN_AFFAIRS,
        PROVINCIAL_COMMITTEE,
    ]


async def test_what_a_document_asks_is_in_the_figures_of_reporting(issued: Sample) -> None:
    ask_of = [PLANNING, INFORMATION, FOREIGN_AFFAIRS]
    with at("2025-02-10"):
        told = await asked(
            issued, number="20/STTTT", due_on="2025-02-20", answered_by="agency", agencies=ask_of
        )
    with at("2025-02-21"):
        late = {"document": DOCUMENT | {"issued_on": "2025-02-21"}}
        await filed(issued, period=told["period"], **late)
    with at("2025-03-05"):
        await hand_over(issued.api.app.state.sessionmaker, at=utc_now())
        found = {
            (day, query): await counted(issued, told["period"], day, query)
            for day in ("2025-02-20", "2025-02-21", "2025-03-05")
            for query in ("by=agency", "by=agency&role=coordinating", "by=period")
        }
        of_tasks = await counted(issued, told["period"], "2025-03-05", "by=task")

    assert found["2025-02-20", "by=agency"] == {
        code: {"due_today": 1} for code in (FOREIGN_AFFAIRS, INFORMATION, PLANNING)
    }
    # Planning owed it on the due day, whoever followed it; Information was followed by nobody.
    assert found["2025-03-05", "by=agency"] == {
        FOREIGN_AFFAIRS: {"late": 1},
        INFORMATION: {"waived": 1},
        PLANNING: {"overdue": 1},
    }
    assert found["2025-02-21", "by=period"] == {told["period"]: {"overdue": 2, "late": 1}}
    assert found["2025-03-05", "by=agency&role=coordinating"] == {}
    assert of_tasks == {}


async def counted(issued: Sample, period: str, day: str, query: str) -> dict[str, dict[str, int]]:
    """The leaves of the figures of reporting that are not empty, by group, of one period."""
    plan = await issued.the_plan()
    url = f"plans/{plan.id}/reporting-statistics?period={period}&as_of={day}&limit=200&{query}"
    groups = (await read(issued, COORDINATOR, url))["groups"]
    found = {}
    for group in groups:
        tree = group["reporting"]
        leaves = {
            "late": tree["expected"]["filed"]["late"],
            "due_today": tree["expected"]["not_filed"]["due_today"],
            "overdue": tree["expected"]["not_filed"]["overdue"]["total"],
            "waived": tree["waived"],
        }
        assert sum(leaves.values()) == tree["total"]
        found[group["code"]] = {name: number for name, number in leaves.items() if number}
    return found


async def test_withdrawing_a_request_waives_what_was_not_filed(issued: Sample) -> None:
    with at("2024-06-10"):
        told = await asked(issued, answered_by="agency", agencies=[FOREIGN_AFFAIRS, HEALTH])
        document: dict[str, Any] = {"document": DOCUMENT | {"issued_on": "2024-06-10"}}
        await filed(issued, period=told["period"], **document)
        await done(issued, COORDINATOR, f"report-requests/{told['id']}/withdraw", reason="Đã đủ.")
        rows = list(
            await issued.session.exec(
                select(AgencyReport).execution_options(populate_existing=True)
            )
        )

    assert sorted(row.status for row in rows) == ["submitted", "waived"]


async def test_what_was_asked_of_an_ended_agency_is_asked_of_its_one_successor(
    issued: Sample,
) -> None:
    ask_of = [PLANNING, INFORMATION]
    with at("2025-02-10"):
        told = await asked(
            issued, number="20/STTTT", due_on="2025-03-20", answered_by="agency", agencies=ask_of
        )
    with at("2025-03-02"):
        sessions = issued.api.app.state.sessionmaker
        await hand_over(sessions, at=utc_now())
        found = await read(issued, ISSUER, f"report-requests/{told['id']}")
        plan = await issued.the_plan()
        listed = await read(
            issued, ISSUER, f"plans/{plan.id}/agency-reports?report_request={told['id']}"
        )

    # Planning became part of Finance; Information was split, so nobody follows it alone.
    assert {one["agency"]["code"]: one["status"] for one in listed["items"]} == {
        FINANCE: "expected",
        INFORMATION: "waived",
    }
    assert (found["counts"]["expected"], found["counts"]["waived"]) == (1, 1)


async def test_tasks_are_named_only_where_each_assignment_answers(issued: Sample) -> None:
    with at("2024-06-10"):
        answer = await ask(issued, answered_by="agency", tasks=[CULTURAL_DIPLOMACY])

    assert answer.status_code == 422


async def test_it_goes_out_as_a_letter_in_a_package_under_its_own_number(issued: Sample) -> None:
    with at(DECEMBER):
        await draft(issued, REPORT | {"results": "Đã tổ chức 02 lớp & \x02 <tập huấn>."})
        report = await filed(issued, shortcomings="")
        path = f"/v1/plans/{report['plan_id']}/agency-reports/{report['id']}"
        async with await issued.by(*COORDINATOR) as http:
            letter = await http.get(f"{path}/docx")
            again = await http.get(f"{path}/docx")
            answer = await http.get(f"{path}/edxml")
    package = read_package(answer.content).package
    assert isinstance(package, edxml.Document)
    [attached] = package.attachments

    assert letter.headers["content-type"] == DOCX
    assert attached.content == letter.content == again.content
    assert (package.number, str(package.promulgated_on)) == ("412/BC-SNgV", "2024-12-10")
    assert package.task_codes == (part(report)["assignment_id"],)
    assert (package.sender.organ_id, package.recipients[0].organ_id) == (
        FOREIGN_AFFAIRS,
        INFORMATION,
    )


async def test_the_letter_has_the_form_of_decree_30(issued: Sample) -> None:
    with at(DECEMBER):
        await draft(issued, REPORT)
        report = await filed(issued)
        path = f"/v1/plans/{report['plan_id']}/agency-reports/{report['id']}/docx"
        async with await issued.by(*REPORTER) as http:
            letter = docx.Document(BytesIO((await http.get(path)).content))
    section = letter.sections[0]
    head, table, end = letter.tables
    left, right = (cell.text.split("\n") for cell in head.rows[0].cells)
    body = [one.text for one in letter.paragraphs if one.text]

    margins = (
        section.top_margin,
        section.bottom_margin,
        section.left_margin,
        section.right_margin,
    )
    assert [round(Emu(one or 0).mm) for one in margins] == [20, 20, 30, 15]
    assert [round(Emu(one or 0).mm) for one in (section.page_width, section.page_height)] == [
        210,
        297,
    ]
    assert section.different_first_page_header_footer
    assert "PAGE" in section.header.paragraphs[0]._p.xml
    assert letter.styles["Normal"].font.name == "Times New Roman"
    assert left == ["UBND TỈNH HÀ TĨNH", "SỞ NGOẠI VỤ", "", "Số: 412/BC-SNgV"]
    assert right[:2] == ["CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc"]
    assert right[-1] == "Hà Tĩnh, ngày 10 tháng 12 năm 2024"
    assert body[:2] == [
        "BÁO CÁO",
        "Kết quả năm 2024 thực hiện Kế hoạch số MAU-01/KH-MAU ngày 20/5/2024",
    ]
    assert "Kính gửi: Sở Thông tin và Truyền thông" in body
    assert [one for one in body if one.split(".")[0] in ("I", "II", "III", "IV", "V", "VI")] == [
        "I. ĐẶC ĐIỂM TÌNH HÌNH",
        "II. KẾT QUẢ THỰC HIỆN",
        "III. TỒN TẠI, HẠN CHẾ",
        "IV. NGUYÊN NHÂN",
        "V. ĐỀ XUẤT, KIẾN NGHỊ",
        "VI. PHƯƠNG HƯỚNG, NHIỆM VỤ KỲ TỚI",
    ]
    assert body[-1].endswith("./.")
    assert [cell.text for cell in table.rows[1].cells][2:] == [
        "Chủ trì",
        "Đang thực hiện, 40\u00a0%",
        REPORT["results"],
    ]
    assert "tblHeader" in table.rows[0]._tr.xml
    assert end.rows[0].cells[1].text.startswith("GIÁM ĐỐC")


async def test_there_is_no_letter_of_what_was_not_filed(issued: Sample) -> None:
    with at(DECEMBER):
        report = await filed(issued, submit=False)
        path = f"/v1/plans/{report['plan_id']}/agency-reports/{report['id']}"
        async with await issued.by(*REPORTER) as http:
            answers = [await http.get(f"{path}/{form}") for form in ("docx", "edxml")]

    assert [one.status_code for one in answers] == [404, 404]
