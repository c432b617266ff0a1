"""Reports in the same form of one agency alone, and over several plans."""

from typing import Any

import pytest

from app.auth.principal import Role
from app.models import Plan
from app.queries.registry.agencies import get_agency
from tests.routers.test_consolidated_report_files import letter, rows
from tests.support.assignments import COORDINATOR, REPORTER, at, done, read, send
from tests.support.consolidated import DAY, SIGNED, ask, content, filed_by, frozen, result, told
from tests.support.factories_plans import make_assignment, make_group, make_plan, make_task
from tests.support.reports import decide
from tests.support.sample import Sample
from tests.support.sample_facts import (
    FINANCE,
    FOREIGN_AFFAIRS,
    HEALTH,
    INFORMATION,
    PROVINCIAL_COMMITTEE,
    TEACH_THE_RESOLUTION,
)

OWN: dict[str, Any] = {"is_own": True, "notes": {}}
OTHER = "99/KH-UBND"


async def another(issued: Sample, coordinator: str = INFORMATION) -> Plan:
    """A second plan that Information coordinates, of which Foreign Affairs owes one task."""
    committee = await get_agency(issued.session, PROVINCIAL_COMMITTEE)
    owner = await get_agency(issued.session, coordinator)
    agency = await get_agency(issued.session, FOREIGN_AFFAIRS)
    plan = await make_plan(
        issued.session, committee, coordinator_id=owner.id, number=OTHER, title="Kế hoạch khác"
    )
    task = await make_task(issued.session, plan, await make_group(issued.session, plan))
    await make_assignment(issued.session, task, agency)
    return plan


def numbers(tree: Any) -> list[int]:
    """All counts of a tree, without its rates."""
    if isinstance(tree, dict):
        parts = (numbers(value) for name, value in tree.items() if name != "rates")
        return [number for part in parts for number in part]
    return [tree] if isinstance(tree, int) else []


async def test_an_agency_reports_what_it_owes_in_the_same_form(issued: Sample) -> None:
    await told(issued)
    report = await frozen(issued, who=REPORTER, **OWN)
    found = await content(issued, report, REPORTER)
    plan = await issued.the_plan()
    with at(DAY):
        query = f"plans/{plan.id}/statistics?by=agency&deadline=both&as_of={DAY}"
        groups = (await read(issued, COORDINATOR, query))["groups"]
        flows = await read(
            issued,
            COORDINATOR,
            f"plans/{plan.id}/flows?by=agency&from={report['data_from']}&to={DAY}",
        )

    assert (report["own"]["code"], report["agency"]["code"]) == (FOREIGN_AFFAIRS,) * 2
    assert found["own"]["code"] == FOREIGN_AFFAIRS
    [mine] = [group for group in groups if group["code"] == FOREIGN_AFFAIRS]
    [went_on] = [group for group in flows["groups"] if group["code"] == FOREIGN_AFFAIRS]
    assert found["lead"]["statistics"] == mine["statistics"]
    assert found["lead"]["deadlines"] == mine["deadlines"]
    assert found["lead"]["flows"] == went_on["flows"]
    assert (
        sum(
            group["statistics"]["by_current_deadline"]["total"]
            for group in found["lead"]["by_group"]
        )
        == (mine["statistics"]["by_current_deadline"]["total"])
    )
    shown = {
        one["agency"]["code"]
        for group in found["results"]
        for task in group["tasks"]
        for one in task["assignments"]
    }
    assert shown == {FOREIGN_AFFAIRS}
    assert result(found)["completed"] == 1
    assert {one["agency"]["code"] for one in found["reporting"]} == {FOREIGN_AFFAIRS}
    assert {one["agency"]["code"] for one in found["assessments"]} == {FOREIGN_AFFAIRS}
    assert {one["code"] for one in found["attention"]["without_action_plan"]} <= {FOREIGN_AFFAIRS}
    assert found["attention"]["nobody_owes"] == found["gaps"]["without_lead"] == []


async def test_its_letter_is_the_agencys_to_the_coordinator(issued: Sample) -> None:
    await told(issued)
    report = await frozen(issued, who=REPORTER, **OWN)
    document = await letter(issued, report)

    left, _ = rows(document.tables[0])[0]
    assert left.split("\n")[:2] == ["UBND TỈNH HÀ TĨNH", "SỞ NGOẠI VỤ"]
    words = [one.text for one in document.paragraphs]
    assert "Kính gửi: Sở Thông tin và Truyền thông" in words
    # The agency's own words need not say whose they are.
    assert "Tình hình ổn định." in words
    assert not any("tổng hợp báo cáo của các cơ quan" in one for one in words)
    cells = [cell for table in document.tables for row in rows(table) for cell in row]
    assert any(one.endswith(": phối hợp") for one in cells)
    assert not any("chưa có cơ quan chủ trì" in one for one in cells)


async def test_an_agency_signs_and_issues_its_own_report_and_nobody_else_does(
    issued: Sample,
) -> None:
    report = await frozen(issued, who=REPORTER, **OWN)
    path = f"reports/{report['id']}"
    with at(DAY):
        for who in (COORDINATOR, (HEALTH, Role.REPORTER)):
            refused = await send(issued, who, f"{path}/sign-off", **SIGNED)
            assert refused.status_code == (403 if who == COORDINATOR else 404)
        seen = await read(issued, REPORTER, path)
        signed = await done(issued, REPORTER, f"{path}/sign-off", **SIGNED)
        again = await send(issued, REPORTER, f"{path}/reissue", reason="Bổ sung.")

    assert seen["allowed_actions"] == ["sign_off", "reissue"]
    assert signed["number"] == SIGNED["number"]
    assert (again.status_code, again.json()["version"]) == (201, 2)
    assert again.json()["own"]["code"] == FOREIGN_AFFAIRS


async def test_each_agency_and_the_plan_report_a_period_once(issued: Sample) -> None:
    whole = await frozen(issued)
    own = await frozen(issued, who=REPORTER, **OWN)
    other = await frozen(issued, who=(FINANCE, Role.REPORTER), **OWN)
    twice = await ask(issued, REPORTER, **OWN)

    assert len({whole["id"], own["id"], other["id"]}) == 3
    assert (twice.status_code, twice.json()["code"]) == (409, "already_reported")
    assert twice.headers["location"] == f"/v1/reports/{own['id']}"
    async with await issued.by(*COORDINATOR) as http:
        listed = await http.get("/v1/reports", params={"agency": own["own"]["id"]})
    assert [one["id"] for one in listed.json()["items"]] == [own["id"]]


async def test_who_owes_nothing_has_nothing_to_report(issued: Sample) -> None:
    answer = await ask(issued, (PROVINCIAL_COMMITTEE, Role.REPORTER), **OWN)

    assert answer.status_code == 422
    assert [one["code"] for one in answer.json()["errors"]] == ["nothing_assigned"]


async def test_a_report_over_several_plans_adds_them_up(issued: Sample) -> None:
    await told(issued)
    plan, other = await issued.the_plan(), await another(issued)
    alone = await content(issued, await frozen_of(issued, plan))
    second = await content(issued, await frozen_of(issued, other))
    report = await frozen_of(issued, plan, with_plans=[str(other.id)])
    found = await content(issued, report)

    assert report["with_plan_ids"] == [str(other.id)]
    assert [one["number"] for one in found["with_plans"]] == [OTHER]
    for role in ("lead", "coordinating"):
        for name in ("statistics", "flows"):
            sums = [
                one + more
                for one, more in zip(
                    numbers(alone[role][name]), numbers(second[role][name]), strict=True
                )
            ]
            assert numbers(found[role][name]) == sums
    groups = [one["label"] for one in found["lead"]["by_group"]]
    assert len(groups) == len(alone["lead"]["by_group"]) + 1
    assert groups[-1].startswith(f"{OTHER}: ")
    agencies = [one["key"] for one in found["lead"]["by_agency"]]
    assert len(agencies) == len(set(agencies)) == len(alone["lead"]["by_agency"])
    assert {one["plan"] for one in found["results"]} == {plan.number, OTHER}
    assert len(found["texts"]) == len(alone["texts"])
    for one in found["next_year"]:
        assert one["ordinal"].endswith((f"({plan.number})", f"({OTHER})"))
    async with await issued.by(*COORDINATOR) as http:
        listed = await http.get("/v1/reports", params={"plan": str(other.id)})
    assert {one["id"] for one in listed.json()["items"]} >= {report["id"]}


async def frozen_of(issued: Sample, plan: Plan, **changes: Any) -> dict[str, Any]:
    """A thematic report of the days of 2024, of one plan or of several."""
    body = {"kind": "thematic", "data_from": "2023-12-15", "data_to": "2024-12-14"} | changes
    with at(DAY):
        async with await issued.by(*COORDINATOR) as http:
            answer = await http.post(f"/v1/plans/{plan.id}/reports", json=body)
    assert answer.status_code == 201, answer.text
    report: dict[str, Any] = answer.json()
    return report


async def test_its_letter_names_all_plans_and_its_changes_are_of_all(issued: Sample) -> None:
    plan, other = await issued.the_plan(), await another(issued)
    report = await frozen_of(issued, plan, with_plans=[str(other.id)])
    document = await letter(issued, report)
    with at("2024-12-27"):
        late = {"late_reason": "Chờ hướng dẫn."}
        filed = await filed_by(issued, FINANCE, TEACH_THE_RESOLUTION, "once", **late)
        await decide(issued, filed["id"], "accept")
        changes = await read(issued, COORDINATOR, f"reports/{report['id']}/changes")

    words = [one.text for one in document.paragraphs]
    assert any(f"Kế hoạch số {OTHER}" in one and str(plan.number) in one for one in words)
    spans = [row[0] for row in rows(document.tables[-3]) if len(row) == 1]
    assert f"KẾ HOẠCH {OTHER}" in spans
    changed = {one["task_ordinal"] for one in changes["items"] if one["subject"] == "assignment"}
    assert TEACH_THE_RESOLUTION in changed


@pytest.mark.parametrize("who", ["another's", "twice", "own", "unknown"])
async def test_only_who_coordinates_all_plans_reports_on_them(issued: Sample, who: str) -> None:
    plan = await issued.the_plan()
    other = await another(issued, HEALTH if who == "another's" else INFORMATION)
    named = {
        "another's": [str(other.id)],
        "twice": [str(plan.id)],
        "own": [str(other.id)],
        "unknown": ["018f0000-0000-7000-8000-000000000000"],
    }[who]
    body = {"kind": "thematic", "period": "2024", "with_plans": named, "is_own": who == "own"}
    with at(DAY):
        answer = await send(issued, COORDINATOR, f"plans/{plan.id}/reports", **body)

    status = {"another's": 403, "twice": 422, "own": 422, "unknown": 404}[who]
    assert answer.status_code == status, answer.text
