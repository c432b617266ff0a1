"""Consolidated reports: frozen as everything stands, never changed, issued anew, signed off."""

import hashlib
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlmodel import select

from app.auth.principal import Role
from app.clock import utc_now
from app.config import DatabaseRole
from app.jobs.operations import work_off_one
from app.models import ConsolidatedReport, Event
from tests.routers.test_shared_reports import assignment, shared
from tests.support.assignments import COORDINATOR, ISSUER, REPORTER, at, done, read, send
from tests.support.consolidated import (
    DAY,
    FROZEN,
    SIGNED,
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
    HEALTH,
    INFORMATION,
    PLANNING,
    PROVINCIAL_COMMITTEE,
    TEACH_THE_RESOLUTION,
    VIETNAMESE_LANGUAGE_DAY,
)
from tests.support.transactions import work_as

READER = (FINANCE, Role.REPORTER)
SUPERVISOR = (PROVINCIAL_COMMITTEE, Role.SUPERVISOR)


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


async def test_a_version_follows_another_with_its_reason(issued: Sample) -> None:
    first = await frozen(issued)
    with at("2024-12-25"):
        again = await done(
            issued, COORDINATOR, f"reports/{first['id']}/reissue", reason="Bổ sung số liệu."
        )
        old = await read(issued, COORDINATOR, f"reports/{first['id']}")
        refused = await send(issued, COORDINATOR, f"reports/{first['id']}/reissue", reason="Nữa.")
        unsigned = await send(issued, COORDINATOR, f"reports/{first['id']}/sign-off", **SIGNED)
        latest = await read(issued, COORDINATOR, "reports?is_latest=true")

    assert (again["version"], again["previous_id"], again["reason"]) == (
        2,
        first["id"],
        "Bổ sung số liệu.",
    )
    assert (again["as_of"], again["period"]) == ("2024-12-25", "2024")
    held = await content(issued, again)
    assert held["notes"]["strengths"] == FROZEN["notes"]["strengths"]
    assert (old["is_superseded"], old["allowed_actions"], old["sha256"]) == (
        True,
        [],
        first["sha256"],
    )
    assert [answer.json()["code"] for answer in (refused, unsigned)] == ["report_superseded"] * 2
    assert [one["id"] for one in latest["items"]] == [again["id"]]


async def test_it_is_signed_once(issued: Sample) -> None:
    report = await frozen(issued)
    path = f"reports/{report['id']}/sign-off"
    with at("2024-12-25"):
        early = await send(issued, COORDINATOR, path, **SIGNED | {"signed_on": "2024-12-19"})
        ahead = await send(issued, COORDINATOR, path, **SIGNED | {"signed_on": "2024-12-26"})
        signed = await done(issued, COORDINATOR, path, **SIGNED)
        again = await send(issued, COORDINATOR, path, **SIGNED)
        events = [
            (one.type, one.data["number"])
            for one in await issued.session.exec(select(Event))
            if one.type.endswith("consolidated_report.signed")
        ]

    for refused in (early, ahead):
        assert [one["code"] for one in refused.json()["errors"]] == ["signed_outside"]
    assert (signed["number"], signed["signed_on"], signed["signer"]) == tuple(SIGNED.values())
    assert (signed["allowed_actions"], signed["sha256"]) == (["reissue"], report["sha256"])
    assert (again.status_code, again.json()["code"]) == (409, "report_signed")
    assert [number for _, number in events] == ["123/BC-STTTT"]


async def test_a_period_is_reported_once(issued: Sample) -> None:
    report = await frozen(issued)
    answer = await ask(issued)
    thematic = await ask(issued, kind="thematic")

    assert (answer.status_code, answer.json()["code"]) == (409, "already_reported")
    assert answer.headers["Location"] == f"/v1/reports/{report['id']}"
    assert thematic.status_code == 201


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"period": "2024-W07"}, "unknown_period"),
        ({"period": "adhoc-khong-co"}, "unknown_period"),
        ({"period": "2026"}, "period_not_begun"),
        ({"as_of": "2024-12-21"}, "day_in_future"),
        ({"as_of": "2023-12-14"}, "period_not_begun"),
        ({"period": None}, "invalid"),
        ({"data_from": "2024-01-01", "data_to": "2024-06-30"}, "invalid"),
        ({"kind": "ad_hoc", "period": None, "data_from": "2024-01-01"}, "invalid"),
        (
            {
                "kind": "ad_hoc",
                "period": None,
                "data_from": "2024-06-30",
                "data_to": "2024-01-01",
            },
            "invalid",
        ),
    ],
)
async def test_days_that_are_none_are_refused(
    issued: Sample, changes: dict[str, Any], code: str
) -> None:
    answer = await ask(issued, **changes)

    assert answer.status_code == 422, answer.text
    assert [one["code"] for one in answer.json()["errors"]] in ([code], ["value_error"])


@pytest.mark.parametrize(
    ("period", "days"),
    [
        ("2024", ("2023-12-15", "2024-12-14")),
        ("2024-H1", ("2023-12-15", "2024-06-14")),
        ("2024-Q3", ("2024-06-15", "2024-09-14")),
        ("2024-08", ("2024-07-15", "2024-08-14")),
        ("2024-9M", ("2023-12-15", "2024-09-14")),
    ],
)
async def test_a_period_is_laid_out_as_the_plans_regime_does(
    issued: Sample, period: str, days: tuple[str, str]
) -> None:
    report = await frozen(issued, period=period)

    assert (report["data_from"], report["data_to"]) == days


@pytest.mark.parametrize(
    ("day", "as_of"), [("2024-12-20", "2024-12-20"), ("2025-02-05", "2024-12-31")]
)
async def test_it_stands_as_of_the_month_in_which_its_data_end(
    issued: Sample, day: str, as_of: str
) -> None:
    report = await frozen(issued, day=day)
    found = await content(issued, report)

    assert report["as_of"] == found["as_of"] == as_of
    years = {
        one["occurrence"]
        for group in found["results"]
        for task in group["tasks"]
        for one in task["assignments"]
    }
    assert years == {"2024", "once"}


async def test_what_is_accepted_later_of_its_days_is_in_it(issued: Sample) -> None:
    with at("2024-12-27"):
        filed = await filed_by(issued, PLANNING, "4.4", "once")
    before = await frozen(issued, day="2025-01-03", kind="thematic")
    with at("2025-01-06"):
        await decide(issued, filed["id"], "accept")
    after = await frozen(issued, day="2025-01-07")

    assert (before["as_of"], after["as_of"]) == ("2024-12-31", "2024-12-31")
    assert (await content(issued, before))["texts"] == []
    assert [one["agency"] for one in (await content(issued, after))["texts"]] == [
        "Sở Kế hoạch và Đầu tư"
    ]


async def test_it_may_tell_of_days_of_its_own(issued: Sample) -> None:
    own = {"data_from": "2024-06-01", "data_to": "2024-11-30"}
    report = await frozen(issued, kind="ad_hoc", period=None, **own)

    assert (report["data_from"], report["data_to"]) == ("2024-06-01", "2024-11-30")
    assert report["title"] == "Kết quả thực hiện kế hoạch từ ngày 01/6/2024 đến ngày 30/11/2024"


@pytest.mark.parametrize(
    "who", [ISSUER, REPORTER, SUPERVISOR, (HEALTH, Role.COORDINATOR)], ids=lambda who: who[1]
)
async def test_only_the_plans_coordinator_consolidates(
    issued: Sample, who: tuple[str, Role]
) -> None:
    report = await frozen(issued)
    new = await ask(issued, who)
    with at(DAY):
        again = await send(issued, who, f"reports/{report['id']}/reissue", reason="Bổ sung.")
        signed = await send(issued, who, f"reports/{report['id']}/sign-off", **SIGNED)

    assert new.status_code == 403
    # Other agencies, a coordinator of other plans among them, do not see what is not signed.
    denied = 404 if who in (REPORTER, (HEALTH, Role.COORDINATOR)) else 403
    assert (again.status_code, signed.status_code) == (denied, denied)


async def test_others_read_it_once_it_is_signed(issued: Sample) -> None:
    report = await frozen(issued)
    for who, sees in ((ISSUER, 200), (SUPERVISOR, 200), (READER, 404)):
        async with await issued.by(*who) as http:
            for path in ("", "/content", "/changes"):
                assert (await http.get(f"/v1/reports/{report['id']}{path}")).status_code == sees
            listed = (await http.get("/v1/reports")).json()["items"]
            assert [one["id"] for one in listed] == [report["id"]] * (sees == 200)
    with at(DAY):
        await done(issued, COORDINATOR, f"reports/{report['id']}/sign-off", **SIGNED)
        async with await issued.by(*READER) as http:
            shown = await http.get(f"/v1/reports/{report['id']}")
        async with await issued.by(FINANCE, Role.READER) as http:
            denied = await http.get(f"/v1/reports/{report['id']}")

    assert (shown.status_code, shown.json()["allowed_actions"]) == (200, [])
    assert denied.status_code == 403


@pytest.mark.parametrize(
    "statement",
    [
        "update consolidated_report set title = 'Khác'",
        "update consolidated_report set as_of = as_of + 1",
        "delete from consolidated_report",
        "update consolidated_content set content = '{}'",
        "delete from consolidated_content",
    ],
)
async def test_the_database_refuses_to_change_it(issued: Sample, statement: str) -> None:
    await frozen(issued)
    connection = await issued.session.connection()

    await work_as(connection, None)
    with pytest.raises(IntegrityError, match="never changed or deleted"):
        async with connection.begin_nested():
            await connection.execute(sa.text(statement))


async def test_the_database_keeps_a_signing_as_it_is(issued: Sample) -> None:
    report = await frozen(issued)
    with at(DAY):
        await done(issued, COORDINATOR, f"reports/{report['id']}/sign-off", **SIGNED)
    connection = await issued.session.connection()

    with pytest.raises(IntegrityError, match="never changed or deleted"):
        async with connection.begin_nested():
            await connection.execute(sa.text("update consolidated_report set signer = 'Khác'"))


async def test_who_would_rather_not_wait_is_promised_it(issued: Sample) -> None:
    answer = await ask(issued, headers={"Prefer": "respond-async"})
    assert answer.status_code == 202, answer.text
    with at(DAY):
        await work_as(issued.session, DatabaseRole.WORKER)
        assert await work_off_one(issued.api.app.state.sessionmaker, issued.api.settings)
        async with await issued.by(*COORDINATOR) as http:
            operation = (await http.get(answer.headers["Location"])).json()
            report = (await http.get(operation["result"]["location"])).json()

    assert (operation["status"], operation["progress"]["done"]) == ("succeeded", 1)
    assert (report["period"], report["agency"]["code"]) == ("2024", INFORMATION)
    assert report["frozen_at"] <= utc_now().isoformat()


async def test_an_operation_that_may_not_ends_with_the_refusal(issued: Sample) -> None:
    await frozen(issued)
    answer = await ask(issued, headers={"Prefer": "respond-async"})
    with at(DAY):
        await work_as(issued.session, DatabaseRole.WORKER)
        assert await work_off_one(issued.api.app.state.sessionmaker, issued.api.settings)
        async with await issued.by(*COORDINATOR) as http:
            operation = (await http.get(answer.headers["Location"])).json()

    assert (operation["status"], operation["problem"]["code"]) == ("failed", "already_reported")
