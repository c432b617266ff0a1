"""Corrections of a plan after its issue, and discarded drafts."""

from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa
from sqlmodel import col, select

from app.auth.principal import Role
from app.models import AuditEntry, Plan, PlanAction, Submission
from app.queries.registry.agencies import get_agency
from tests.support.closings import CLOSING
from tests.support.factories import make_succession
from tests.support.issuing import BODY, complete
from tests.support.sample import Sample
from tests.support.sample_facts import (
    DEPARTMENTS,
    FATHERLAND_FRONT,
    FINANCE,
    FOREIGN_AFFAIRS,
    INDUSTRY_AND_TRADE,
    PROVINCIAL_COMMITTEE,
)
from tests.support.transactions import work_as

WRONG = {"reason": "Ghi nhầm khi nhập.", "basis": "15/TB-UBND"}
OWNER = PROVINCIAL_COMMITTEE

pytestmark = pytest.mark.usefixtures("june_2024")


async def correct(
    world: Sample, body: dict[str, Any], status: int = 200, *, plan: Plan | None = None
) -> dict[str, Any]:
    plan = plan or await world.the_plan()
    async with await world.issuer() as http:
        answer = await http.post(f"/v1/plans/{plan.id}/correct", json={**WRONG, **body})
    assert answer.status_code == status, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def actions(world: Sample) -> list[dict[str, Any]]:
    plan = await world.the_plan()
    async with await world.by(FOREIGN_AFFAIRS, Role.READER) as http:
        items: list[dict[str, Any]] = (await http.get(f"/v1/plans/{plan.id}/actions")).json()[
            "items"
        ]
    return items


async def told(world: Sample, action: str) -> None:
    """One audit entry and one event tell of it."""
    _, events = await world.noted("plan", (await world.the_plan()).id)
    entries = await world.session.exec(select(AuditEntry).where(AuditEntry.action == action))

    assert [one.type for one in events].count(f"tiendo.plan.{action}") == 1
    assert len(entries.all()) == 1


async def test_what_was_wrong_is_corrected_and_kept(issued: Sample) -> None:
    body = {
        "short_title": "Thông tin đối ngoại",
        "number": "MAU-09/KH-MAU",
        "issued_on": "2024-05-19",
        "overseers": [FATHERLAND_FRONT],
        "recipients": [FOREIGN_AFFAIRS, INDUSTRY_AND_TRADE, FOREIGN_AFFAIRS],
        "legal_bases": ["Nghị quyết 47"],
        "signer": "Phó Chủ tịch Lê Văn Mẫu",
        "note": "Bản đúng",
    }
    plan = await correct(issued, body)

    assert {name: plan[name] for name in body if name not in ("overseers", "recipients")} == {
        name: value for name, value in body.items() if name not in ("overseers", "recipients")
    }
    assert [one["code"] for one in plan["overseers"]] == [FATHERLAND_FRONT]
    assert [one["code"] for one in plan["recipients"]] == [FOREIGN_AFFAIRS, INDUSTRY_AND_TRADE]
    [action] = await actions(issued)
    assert (action["number"], action["action"], action["reason"]) == (
        1,
        "corrected",
        WRONG["reason"],
    )
    assert (action["basis"], action["done_on"]) == ("15/TB-UBND", "2024-06-10")
    changes = {one["field"]: (one["before"], one["after"]) for one in action["changes"]}
    assert changes["number"] == ("MAU-01/KH-MAU", "MAU-09/KH-MAU")
    assert changes["issued_on"] == ("2024-05-20", "2024-05-19")
    assert changes["recipients"] == ([], [FOREIGN_AFFAIRS, INDUSTRY_AND_TRADE])
    assert changes.keys() == body.keys()
    await told(issued, "corrected")


async def test_the_same_again_is_no_correction(issued: Sample) -> None:
    await correct(issued, {"note": "A"})
    await correct(issued, {"note": "A", "number": "MAU-01/KH-MAU"})

    assert [one["number"] for one in await actions(issued)] == [1]


async def test_corrections_are_never_changed(issued: Sample) -> None:
    await correct(issued, {"note": "A"})

    await work_as(issued.session, None)
    with pytest.raises(sa.exc.DBAPIError, match="never changed"):
        await issued.session.exec(sa.update(PlanAction).values(reason="B"))


@pytest.mark.parametrize(
    ("body", "status", "pointer"),
    [
        ({"issued_on": "2024-06-11"}, 422, "#/issued_on"),
        ({"issued_on": None}, 422, "#"),
        ({"overseers": ["LA"]}, 422, "#/overseers/0"),
        ({"recipients": [INDUSTRY_AND_TRADE, "LA"]}, 422, "#/recipients/1"),
        ({"title": "Tên khác"}, 422, "#/title"),
        ({"reason": None}, 422, "#/reason"),
    ],
)
async def test_what_cannot_be_corrected_so_is_refused(
    issued: Sample, body: dict[str, Any], status: int, pointer: str
) -> None:
    answer = await correct(issued, body, status)

    assert [fault["pointer"] for fault in answer["errors"]] == [pointer]
    assert await actions(issued) == []


async def test_only_the_issuer_corrects_and_only_what_was_issued(
    issued: Sample,
) -> None:
    plan = await issued.the_plan()
    async with await issued.by(INDUSTRY_AND_TRADE, Role.ISSUER) as http:
        other = await http.post(f"/v1/plans/{plan.id}/correct", json={**WRONG, "note": "A"})
    async with await issued.issuer() as http:
        draft = (await http.post("/v1/plans", json={"title": "Dự thảo"})).json()
        early = await http.post(f"/v1/plans/{draft['id']}/correct", json={**WRONG, "note": "A"})

    assert (other.status_code, other.json()["code"]) == (403, "permission_denied")
    assert (early.status_code, early.json()["code"]) == (409, "wrong_plan_state")


async def test_a_number_that_another_plan_has_is_taken(issued: Sample) -> None:
    plan = await issued.the_plan()
    async with await issued.issuer() as http:
        await http.post("/v1/plans", json={"title": "Khác", **BODY, "number": "02/KH"})

    answer = await correct(issued, {"number": "02/KH"}, 409, plan=plan)
    assert answer["code"] == "already_exists"


async def test_successors_stand_for_overseers_and_recipients(issued: Sample) -> None:
    await correct(
        issued,
        {"overseers": [INDUSTRY_AND_TRADE, FATHERLAND_FRONT], "recipients": [INDUSTRY_AND_TRADE]},
    )
    ended, heir = [await get_agency(issued.session, code) for code in (INDUSTRY_AND_TRADE, FINANCE)]
    ended.valid_until = date(2024, 6, 1)
    await make_succession(issued.session, ended, heir, effective_on=date(2024, 6, 1))
    plan = await issued.the_plan()

    about = {"noun": "plan", "id": str(plan.id)}
    async with await issued.by(FINANCE, Role.READER) as http:
        read = (await http.get(f"/v1/plans/{plan.id}")).json()
        remark = await http.post("/v1/remarks", json={"about": about, "text": "Đề nghị rõ hơn."})

    assert [one["code"] for one in read["overseers"]] == [FINANCE, FATHERLAND_FRONT]
    assert [one["code"] for one in read["recipients"]] == [FINANCE]
    assert remark.status_code == 201


async def test_a_closed_plan_is_reopened_with_a_document(issued: Sample) -> None:
    plan = await issued.the_plan()
    url = f"/v1/plans/{plan.id}"
    async with await issued.issuer() as http:
        early = await http.post(f"{url}/reopen", json=WRONG)
        seen = (await http.post(f"{url}/close?dry_run=true", json=CLOSING)).json()
        untouched = (await http.get(url)).json()
        closed = (await http.post(f"{url}/close", json=CLOSING)).json()
        bare = await http.post(f"{url}/reopen", json={"reason": "Nhầm"})
        opened = await http.post(f"{url}/reopen", json=WRONG)
    async with await issued.by(INDUSTRY_AND_TRADE, Role.ISSUER) as http:
        other = await http.post(f"{url}/reopen", json=WRONG)

    assert (early.status_code, early.json()["code"]) == (409, "wrong_plan_state")
    assert (seen["dry_run"], seen["status"], untouched["status"]) == (True, "closed", "issued")
    assert seen["submission_effects"] == closed["submission_effects"]
    owed = select(sa.func.count()).select_from(Submission)
    assert closed["submission_effects"]["goes"] == (await issued.session.exec(owed)).one() > 0
    assert closed["allowed_actions"] == ["correct", "reopen"]
    assert bare.status_code == 422
    assert (opened.status_code, opened.json()["status"]) == (200, "issued")
    assert other.status_code == 403
    closing, action = await actions(issued)
    assert (closing["action"], closing["reason"]) == ("closed", CLOSING["reason"])
    assert (action["action"], action["basis"]) == ("reopened", "15/TB-UBND")
    [change] = action["changes"]
    assert change["before"].startswith("2024-06-10T")
    await told(issued, "reopened")


async def test_a_draft_is_discarded_and_leaves_its_number_and_ids_free(drafted: Sample) -> None:
    plan = await complete(drafted)
    url, ref = f"/v1/plans/{plan.id}", {"external_refs": [{"system": "qlvb", "id": "7"}]}
    async with await drafted.issuer() as http:
        await http.put(f"{url}/external-refs/qlvb", json={"id": "7"})
        gone = await http.delete(url)
        read = await http.get(url)
        listed = (await http.get("/v1/plans?status=draft")).json()["items"]
        tasks = await http.get(f"{url}/tasks")
        again = await http.post("/v1/plans", json={"title": "Lại", **BODY, **ref})

    assert (gone.status_code, read.status_code, tasks.status_code) == (204, 404, 404)
    assert listed == []
    assert again.status_code == 201, again.text
    entry = (
        await drafted.session.exec(
            select(AuditEntry).where(
                AuditEntry.action == "discarded", col(AuditEntry.row_id) == plan.id
            )
        )
    ).one()
    assert entry.noun == "plan"


async def test_what_was_issued_and_what_is_anothers_is_not_discarded(issued: Sample) -> None:
    plan = await issued.the_plan()
    async with await issued.issuer() as http:
        answer = await http.delete(f"/v1/plans/{plan.id}")

    assert (answer.status_code, answer.json()["code"]) == (409, "wrong_plan_state")
    row = (await issued.session.exec(select(Plan).where(col(Plan.id) == plan.id))).one()
    assert row.discarded_at is None


async def test_a_plan_from_which_nobody_owes_anything_is_not_issued(sample: Sample) -> None:
    body = {"title": "Không ai làm", "starts_on": "2024-01-01", "ends_on": "2024-12-31", **BODY}
    task = {"ordinal": "1", "title": "Việc", "time_frame_text": "2024"}
    async with await sample.issuer() as http:
        plan = (await http.post("/v1/plans", json=body)).json()
        made = (await http.post(f"/v1/plans/{plan['id']}/tasks", json=task)).json()
        lead = {"role": "lead", "source_text": "Cơ quan không ai biết"}
        await http.post(f"/v1/tasks/{made['id']}/assignees", json=lead)
        answer = await http.post(f"/v1/plans/{plan['id']}/issue")
        after = (await http.get(f"/v1/plans/{plan['id']}")).json()

    assert (answer.status_code, answer.json()["code"]) == (422, "plan_incomplete")
    assert [fault["code"] for fault in answer.json()["errors"]] == ["nothing_assigned"]
    assert after["status"] == "draft"


@pytest.mark.parametrize(
    ("words", "code", "resolution"),
    [
        ("Sở Công Thương", INDUSTRY_AND_TRADE, "agency"),
        ("Các sở, ban, ngành", DEPARTMENTS, "collective"),
        ("Sở Công Thương, Sở Ngoại vụ", None, "unresolved"),
        ("Hội những người không ai biết", None, "unresolved"),
    ],
)
async def test_a_name_that_the_registry_knows_is_understood(
    drafted: Sample, words: str, code: str | None, resolution: str
) -> None:
    plan = await drafted.the_plan()
    async with await drafted.issuer() as http:
        task = (await http.get(f"/v1/plans/{plan.id}/tasks")).json()["items"][0]
        body = {"role": "coordinating", "source_text": words}
        made = (await http.post(f"/v1/tasks/{task['id']}/assignees", json=body)).json()

    assert (made["code"], made["resolution"], made["source_text"]) == (code, resolution, words)


async def test_an_amendment_understands_names_as_an_import_does(issued: Sample) -> None:
    plan = await issued.the_plan()
    item = {
        "change": "add",
        "ordinal": "5.9",
        "title": "Sơ kết",
        "time_frame_text": "2024",
        "assignees": [{"role": "lead", "source_text": "Sở Công Thương"}],
    }
    async with await issued.issuer() as http:
        answer = await http.post(
            f"/v1/plans/{plan.id}/amendments", json={"reason": "Thêm", "items": [item]}
        )

    [added] = answer.json()["items"]
    assert [one["agency"]["code"] for one in added["after"]["assignees"]] == [INDUSTRY_AND_TRADE]
