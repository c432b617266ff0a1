"""Consolidated reports: frozen as everything stands, and never changed."""

import hashlib
from typing import Any

import pytest
import sqlalchemy as sa
from sqlmodel import select

from app.models import ConsolidatedReport
from tests.routers.test_shared_reports import assignment, shared
from tests.support.assignments import COORDINATOR, at, read
from tests.support.consolidated import (
    DAY,
    PROPOSED,
    ask,
    content,
    filed_by,
    frozen,
    result,
    told,
)
from tests.support.reports import decide
from tests.support.sample import REPORT, Sample
from tests.support.sample_facts import (
    CULTURAL_DIPLOMACY,
    FINANCE,
    FOREIGN_AFFAIRS,
    PLANNING,
    TEACH_THE_RESOLUTION,
    VIETNAMESE_LANGUAGE_DAY,
)
from tests.support.transactions import work_as


async def figures(issued: Sample, what: str, query: str) -> dict[str, Any]:
    plan = await issued.the_plan()
    found: dict[str, Any] = await read(issued, COORDINATOR, f"plans/{plan.id}/{what}?{query}")
    return found


def parted(group: dict[str, Any]) -> dict[str, Any]:
    """A group that is not divided once more."""
    return {name: value for name, value in group.items() if name != "groups"}


@pytest.mark.parametrize("role", ["lead", "coordinating"])
async def test_its_figures_are_those_of_the_interface(issued: Sample, role: str) -> None:
    await told(issued)
    found = (await content(issued, await frozen(issued)))[role]

    day = f"as_of={DAY}&deadline=both&role={role}"
    flowing = f"from=2023-12-15&to={DAY}&role={role}"
    with at(DAY):
        for by, name in (("group", "by_group"), ("agency", "by_agency")):
            stand = await figures(issued, "statistics", f"{day}&by={by}")
            went_on = await figures(issued, "flows", f"{flowing}&by={by}")
            assert found["statistics"] == stand["total"]
            assert found["deadlines"] == stand["deadlines"]
            assert found["flows"] == went_on["total"]
            flows = {group["key"]: group["flows"] for group in went_on["groups"]}
            assert found[name] == [
                parted(group) | {"flows": flows.get(group["key"])} for group in stand["groups"]
            ]
        years = await figures(issued, "statistics", f"{day}&by=period")
        assert found["by_occurrence"] == [
            parted(group) | {"flows": None} for group in years["groups"]
        ]
    assert found["flows"]["given"]["total"] > 0


async def test_how_agencies_reported_is_what_the_interface_counts(issued: Sample) -> None:
    await told(issued)
    with at("2024-12-15"):
        filed = await filed_by(issued, PLANNING, "4.4", "once")
        await decide(issued, filed["id"], "send-back", reason="Thiếu số liệu.")
    found = (await content(issued, await frozen(issued)))["reporting"]

    with at(DAY):
        query = f"as_of={DAY}&period=2024&by=agency&limit=200"
        groups = (await figures(issued, "reporting-statistics", query))["groups"]
    assert {
        one["agency"]["code"]: (one["expected"], one["filed"], one["on_time"], one["not_filed"])
        for one in found
    } == {
        group["code"]: (
            expected["total"],
            expected["filed"]["total"],
            expected["filed"]["on_time"],
            expected["not_filed"]["total"],
        )
        for group in groups
        for expected in (group["reporting"]["expected"],)
    }
    returned = {one["agency"]["code"]: one["returned"] for one in found}
    assert (returned[PLANNING], returned[FOREIGN_AFFAIRS]) == (1, 0)


async def test_it_tells_accepted_texts_under_their_agencies(issued: Sample) -> None:
    await told(issued)
    found = await content(issued, await frozen(issued))

    [lead] = [one for one in result(found)["assignments"] if one["role"] == "lead"]
    [text] = [one for one in found["texts"] if one["number"] == lead["text"]]
    assert (lead["standing"], lead["completed_on"]) == ("completed", "2024-12-12")
    assert (text["agency"], text["is_shared"]) == ("Sở Ngoại vụ", False)
    assert text["results"] == "Đã tổ chức 02 lớp tập huấn."
    assert (result(found)["completed"], result(found)["total"]) == (1, 1)
    teaching = result(found, TEACH_THE_RESOLUTION)
    assert all(one["text"] is None for one in teaching["assignments"])
    assert (teaching["completed"], teaching["total"]) == (0, len(teaching["assignments"]))
    assert teaching["total"] > 30
    [assessed] = found["assessments"]
    assert (assessed["causes"], assessed["document"]) == (
        "Thiếu kinh phí.",
        "412/BC-SNgV ngày 10/12/2024",
    )
    assert [one["number"] for one in found["evidence"]] == ["215/BC-SNgV"]
    assert found["proposals"] == [
        {
            "decides": "Ủy ban nhân dân tỉnh Hà Tĩnh",
            "proposals": [
                {
                    "agency": "Sở Ngoại vụ",
                    "task_ordinal": CULTURAL_DIPLOMACY,
                    "text": "Đề nghị UBND tỉnh bố trí kinh phí; Sở Tài chính hướng dẫn.",
                }
            ],
        }
    ]


async def test_what_was_completed_by_a_report_on_the_period_before_is_told_with_it(
    issued: Sample,
) -> None:
    with at("2024-12-17"):
        for agency, ordinal, words in (
            (FOREIGN_AFFAIRS, CULTURAL_DIPLOMACY, PROPOSED),
            (PLANNING, "4.4", {}),
        ):
            filed = await filed_by(issued, agency, ordinal, "once", **words)
            await decide(issued, filed["id"], "accept")
    own = {"data_from": "2024-12-15", "data_to": "2025-01-31"}
    report = await frozen(issued, day="2025-01-31", kind="ad_hoc", period=None, **own)
    found = await content(issued, report)

    def led(ordinal: str) -> dict[str, Any]:
        found_ones: list[dict[str, Any]] = result(found, ordinal)["assignments"]
        [one] = [one for one in found_ones if one["role"] == "lead"]
        return one

    [text] = found["texts"]
    assert (led(CULTURAL_DIPLOMACY)["standing"], text["period"]) == ("completed", "2024")
    assert led(CULTURAL_DIPLOMACY)["text"] == text["number"]
    # An assignment that goes on has no report within these days.
    assert (led("4.4")["standing"], led("4.4")["text"]) == ("in_progress", None)


async def test_a_text_that_was_written_once_is_told_once(issued: Sample) -> None:
    tasks = {CULTURAL_DIPLOMACY: 50, VIETNAMESE_LANGUAGE_DAY: 70}
    with at("2024-12-12"):
        words = REPORT | {"results": "Lồng ghép trong một hội nghị."}
        for one in await shared(
            issued,
            *(assignment(ordinal, percent=percent) for ordinal, percent in tasks.items()),
            content=words,
        ):
            await decide(issued, one["id"], "accept")
    found = await content(issued, await frozen(issued))

    [text] = found["texts"]
    assert (text["is_shared"], text["results"]) == (True, "Lồng ghép trong một hội nghị.")
    told_of = {
        ordinal: (one["text"], one["percent"])
        for ordinal in tasks
        for one in result(found, ordinal)["assignments"]
        if one["role"] == "lead"
    }
    assert told_of == {ordinal: (1, percent) for ordinal, percent in tasks.items()}


async def test_its_hash_is_over_the_bytes_of_its_content(issued: Sample) -> None:
    report = await frozen(issued)
    async with await issued.by(*COORDINATOR) as http:
        answer = await http.get(f"/v1/reports/{report['id']}/content")

    assert hashlib.sha256(answer.content).hexdigest() == report["sha256"]


async def test_what_was_tampered_with_is_not_answered(issued: Sample) -> None:
    report = await frozen(issued)
    connection = await issued.session.connection()
    for statement in (
        "alter table consolidated_content disable trigger refuse_change",
        "update consolidated_content set content = replace(content, '2024', '2025')",
    ):
        await work_as(connection, None)
        await connection.execute(sa.text(statement))

    for path in ("", "/content", "/changes"):
        async with await issued.by(*COORDINATOR) as http:
            answer = await http.get(f"/v1/reports/{report['id']}{path}")
        assert (answer.status_code, answer.json()["code"]) == (409, "report_broken")


async def test_later_filings_are_listed_and_change_nothing_of_it(issued: Sample) -> None:
    await told(issued)
    with at(DAY):
        late = await filed_by(issued, PLANNING, "4.4", "once")
    report = await frozen(issued)
    before = await content(issued, report)
    with at("2024-12-25"):
        none = await read(issued, COORDINATOR, f"reports/{report['id']}/changes")
        await decide(issued, late["id"], "accept")
        found = await read(issued, COORDINATOR, f"reports/{report['id']}/changes")

    assert none["items"] == []
    [change] = found["items"]
    assert (change["task_ordinal"], change["agency"]["code"]) == ("4.4", PLANNING)
    assert (change["what"], change["before"]["text"]) == (["percent", "text"], None)
    assert change["after"]["text"]["results"]
    assert await content(issued, report) == before


async def test_a_dry_run_names_what_is_missing_and_stores_nothing(issued: Sample) -> None:
    await told(issued)
    with at(DAY):
        await filed_by(issued, PLANNING, "4.4", "once")
    answer = await ask(issued, query="?dry_run=true")

    assert answer.status_code == 200, answer.text
    report = answer.json()
    gaps = report["gaps"]
    assert (report["id"], report["sha256"], report["allowed_actions"]) == (None, None, [])
    assert FINANCE in {one["agency"]["code"] for one in gaps["not_filed"]}
    waiting = {one["agency"]["code"]: one for one in gaps["waiting_for_review"]}
    assert (waiting[PLANNING]["count"], waiting[PLANNING]["since"]) == (1, DAY)
    # Strengths are the coordinator's to write, and it did; nobody has told of results in general.
    assert gaps["empty_headings"] == ["results", "proposals"]
    assert (await issued.session.exec(select(ConsolidatedReport))).all() == []
