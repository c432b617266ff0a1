"""The lists of a consolidated report, each with what it tells of, in its content and in its files:
moved deadlines, suspensions, requests that nobody answered, remarks, indicators."""

from datetime import date
from typing import Any

from app.auth.principal import Role
from tests.routers.test_consolidated_report_files import letter, rows
from tests.routers.test_consolidated_report_workbooks import books, values
from tests.support.assignments import COORDINATOR, ISSUER, ORDER, OWED, asked, at, done
from tests.support.consolidated import content, frozen
from tests.support.report_requests import ASKED, ask
from tests.support.sample import Sample
from tests.support.sample_facts import (
    COMMITTEE_OFFICE,
    FINANCE,
    FOREIGN_AFFAIRS,
    TEACH_THE_RESOLUTION,
)

LATER = "2025-02-20"
"""Two months after the reports of 2024 are due: what nobody reported is overdue for long."""
SUPERVISOR = (COMMITTEE_OFFICE, Role.SUPERVISOR)
REMARK = "Cần bổ sung số liệu <về> kinh phí."


async def looked_after(issued: Sample) -> dict[str, Any]:
    """A report of 2024 by the end of January 2025, after everything that its lists tell of."""
    row = await issued.assignment(*OWED)
    with at("2024-06-10"):
        assert (await ask(issued)).status_code == 201
        stopped = await issued.assignment(FINANCE, "3.7", "once")
        await done(issued, ISSUER, f"assignments/{stopped.id}/suspend", **ORDER)
        await measured(issued)
    with at("2024-11-20"):
        extension = await asked(issued, row, "2025-06-30")
        path = f"extensions/{extension['id']}/approve"
        await done(issued, COORDINATOR, path, basis="15/TB-UBND")
        about = {"noun": "assignment", "id": str(row.id)}
        remark = await done(issued, SUPERVISOR, "remarks", about=about, text=REMARK)
        await done(issued, COORDINATOR, f"remarks/{remark['id']}/answer", text="Đã bổ sung.")
    return await frozen(issued, day=LATER, as_of="2025-02-15")


async def measured(issued: Sample) -> None:
    """An indicator of Foreign Affairs: 3.5 of 12 reached, 4.5 meant for the year."""
    row = await issued.assignment(FOREIGN_AFFAIRS, "3.3", "once")
    body = {
        "name": "Số lớp tập huấn",
        "unit": "lớp",
        "higher_is_better": True,
        "targets": [{"value": "1200"}, {"period": "2024", "value": "4.5"}],
    }
    async with await issued.coordinator() as http:
        made = await http.post(f"/v1/tasks/{row.task_id}/indicators", json=body)
        assert made.status_code == 201, made.text
    async with await issued.reporter(FOREIGN_AFFAIRS) as http:
        url = f"/v1/assignments/{row.id}/indicator-values/{made.json()['id']}/2024"
        answer = await http.put(url, json={"value": "3.5", "note": None})
        assert answer.status_code in (200, 201), answer.text


async def test_its_lists_tell_what_was_decided_and_what_is_open(issued: Sample) -> None:
    report = await looked_after(issued)
    found = await content(issued, report)
    lists = found["attention"]

    [moved] = lists["extended"]
    assert (moved["agency"]["code"], moved["new_day"]) == (FOREIGN_AFFAIRS, "2025-06-30")
    assert moved["document"] == "15/TB-UBND"
    [stopped] = lists["suspended"]
    assert (stopped["agency"]["code"], stopped["task_ordinal"]) == (FINANCE, "3.7")
    assert stopped["reason"] == ORDER["reason"]
    assert {one["number"] for one in lists["unanswered"]} == {ASKED["number"]}
    assert [one["code"] for one in lists["unanswered"][0]["agencies"]] == [FOREIGN_AFFAIRS]
    [remark] = lists["remarks"]
    assert (remark["text"], remark["answer"]) == (REMARK, "Đã bổ sung.")
    assert remark["author"]["code"] == COMMITTEE_OFFICE
    [measured_one] = found["indicators"]
    assert (measured_one["reached"], measured_one["target"]) == ("3.5", "4.5")
    assert measured_one["target_in_all"] == "1200"
    late = lists["overdue"]
    assert TEACH_THE_RESOLUTION in {one["task_ordinal"] for one in late}
    for one in late:
        days = (date(2025, 2, 15) - date.fromisoformat(one["deadline_on"])).days
        assert one["days_overdue"] == days > 30
    following = {one["ordinal"]: one for one in found["next_year"]}
    assert sum(one["overdue"] for one in following.values()) >= len(late)
    assert all(one["overdue"] <= one["open"] for one in following.values())
    coming = [one["next_deadline_on"] for one in following.values() if one["next_deadline_on"]]
    assert min(coming) >= "2025-02-15"
    assert any(one["open"] and not one["next_deadline_on"] for one in following.values())


async def test_its_letter_says_the_same(issued: Sample) -> None:
    report = await looked_after(issued)
    found, document = await content(issued, report), await letter(issued, report)
    words = "\n".join(one.text for one in document.paragraphs)

    for title, name in (
        ("Nhiệm vụ quá hạn trên 30 ngày", "overdue"),
        ("Nhiệm vụ được gia hạn trong kỳ", "extended"),
        ("Nhiệm vụ tạm dừng", "suspended"),
        ("Yêu cầu báo cáo chưa được trả lời đủ", "unanswered"),
        ("Nhận xét của cơ quan giám sát", "remarks"),
    ):
        assert f"{title}: {len(found['attention'][name])}" in words
    assert "Văn bản số 15/STTTT-TTBCXB ngày 07/6/2024" in words
    assert f"{REMARK} Trả lời: Đã bổ sung." in words
    tables = [rows(table) for table in document.tables]
    [measured_table] = [table for table in tables if "Chỉ tiêu" in table[0]]
    assert measured_table[1][1:] == [
        "Số lớp tập huấn (lớp)", "3,5", "4,5", found_percent(found), "3,5",
    ]  # fmt: skip
    [listed] = [table for table in tables if "Thời hạn mới, đề nghị" in table[0]]
    [moved] = [row for row in listed if row[-1] == "30/6/2025"]
    assert moved[1] == "Sở Ngoại vụ"
    assert "15/TB-UBND" in moved
    # Each agency is named once a task, however many years it owes it.
    several = {one["agency"]["name"] for one in found["attention"]["overdue"]
               if one["task_ordinal"] == TEACH_THE_RESOLUTION}  # fmt: skip
    assert f"Nhiệm vụ {TEACH_THE_RESOLUTION} (" in words
    assert f": {len(several)} cơ quan, quá hạn" in words
    numbered = [row for row in listed[1:] if len(row) > 1]
    assert len(numbered) == sum(
        len(found["attention"][name])
        for name in ("overdue", "extended", "suspended", "awaiting_handover")
    )


def found_percent(found: dict[str, Any]) -> str:
    percent = found["indicators"][0]["percent"]
    return f"{percent.replace('.', ',')}\u00a0%"


async def test_its_workbook_says_the_same(issued: Sample) -> None:
    report = await looked_after(issued)
    found, (_, book) = await content(issued, report), await books(issued, report)

    changed = values(book["Thay đổi"])
    lists = [
        (title, one)
        for title, name in (
            ("Nhiệm vụ quá hạn trên 30 ngày", "overdue"),
            ("Nhiệm vụ được gia hạn trong kỳ", "extended"),
            ("Nhiệm vụ tạm dừng", "suspended"),
            ("Nhiệm vụ chờ bàn giao", "awaiting_handover"),
        )
        for one in found["attention"][name]
    ]
    assert [
        (row[0], row[1], row[3], day(row[4]), row[5], row[6] or None, row[7] or None, day(row[8]))
        for row in changed
    ] == [
        (
            title,
            one["task_ordinal"],
            one["agency"]["name"],
            one["deadline_on"],
            one["days_overdue"],
            one["reason"],
            one["document"],
            one["new_day"],
        )
        for title, one in lists
    ]
    reported = values(book["Báo cáo"])
    assert [(row[0], row[1], *row[2:10]) for row in reported] == [
        (
            one["agency"]["code"],
            one["agency"]["name"],
            *(one[name] for name in ("expected", "filed", "on_time", "not_filed")),
            *(one[name] for name in ("waiting", "returned", "reminded", "extended")),
        )
        for one in found["reporting"]
    ]
    for row, one in zip(reported, found["reporting"], strict=True):
        assert row[10] in ("", None) if not one["expected"] else True
        if one["expected"]:
            assert row[10] == one["filed"] / one["expected"]
    [indicator] = values(book["Chỉ tiêu"])
    assert indicator[1:5] == ("Số lớp tập huấn", "lớp", 3.5, 4.5)
    assert indicator[6:8] == (3.5, 1200)
    said = values(book["Yêu cầu, nhận xét"])
    [remark] = [row for row in said if row[0] == "Nhận xét"]
    assert remark[4:] == (REMARK, "Đã bổ sung.")
    silent = [row[2] for row in said if row[0] == "Chưa ban hành kế hoạch thực hiện"]
    assert silent == [one["name"] for one in found["attention"]["without_action_plan"]]
    assert len(silent) > 30


def day(cell: Any) -> str | None:
    return None if cell is None else str(cell.date())
