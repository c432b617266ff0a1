"""Consolidated reports: of which days, issued anew, signed off, and who makes and reads them."""

from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlmodel import select

from app.auth.principal import Role
from app.clock import utc_now
from app.config import DatabaseRole
from app.jobs.operations import work_off_one
from app.models import Event
from tests.support.assignments import COORDINATOR, ISSUER, REPORTER, at, done, read, send
from tests.support.consolidated import (
    DAY,
    FROZEN,
    SIGNED,
    ask,
    content,
    filed_by,
    frozen,
)
from tests.support.reports import decide
from tests.support.sample import Sample
from tests.support.sample_facts import (
    FINANCE,
    HEALTH,
    INFORMATION,
    PLANNING,
    PROVINCIAL_COMMITTEE,
)
from tests.support.transactions import work_as

READER = (FINANCE, Role.REPORTER)
SUPERVISOR = (PROVINCIAL_COMMITTEE, Role.SUPERVISOR)


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
        ({"period": "0000"}, "unknown_period"),
        ({"period": "0001-01"}, "unknown_period"),
        ({"period": "9999-Q4"}, "unknown_period"),
        ({"period": "adhoc-khong-co"}, "unknown_period"),
        ({"period": "2026"}, "period_not_begun"),
        ({"as_of": "2024-12-21"}, "day_in_future"),
        ({"as_of": "2023-12-14"}, "period_not_begun"),
        ({"period": "2023"}, "before_the_plan"),
        (
            {"kind": "ad_hoc", "period": None, "data_from": "2022-01-01", "data_to": "2023-06-30"},
            "before_the_plan",
        ),
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


async def test_in_the_middle_of_a_period_it_tells_what_was_filed_for_it(issued: Sample) -> None:
    with at("2024-09-10"):
        filed = await filed_by(issued, PLANNING, "4.4", "once")
        await decide(issued, filed["id"], "accept")
    own = {"data_from": "2024-06-01", "data_to": "2024-09-30"}
    report = await frozen(issued, day="2024-10-02", kind="ad_hoc", period=None, **own)
    later = {"data_from": "2024-12-15", "data_to": "2024-12-31"}
    after = await frozen(issued, day="2025-01-02", kind="ad_hoc", period=None, **later)

    [text] = (await content(issued, report))["texts"]
    assert (text["period"], text["received_on"]) == ("2024", "2024-09-10")
    assert (await content(issued, after))["texts"] == []


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
