"""None"""

from typing import Any
from uuid import UUID

import pytest
from sqlmodel import col, select

from app.auth.principal import Role
from app.models import Assignee, AuditEntry, Event, Plan, Task, TaskGroup
from tests.support.drafts import SECRET, tasks_of, written
from tests.support.sample import COMPLETION, Sample
from tests.support.sample_facts import (
    DEPARTMENTS,
    FATHERLAND_FRONT,
    FOREIGN_AFFAIRS,
    INDUSTRY_AND_TRADE,
    INFORMATION,
    INVESTMENT_CENTRE,
    PROVINCIAL_COMMITTEE,
)


async def test_a_person_says_whom_an_unknown_name_means(drafted: Sample) -> None:
    plan = await drafted.the_plan()
    async with await drafted.issuer() as http:
        unknown = (await tasks_of(http, plan))["3.6"]["assignees"][3]

        answer = await http.patch(
            f"/v1/assignees/{unknown['id']}", json={"agency": INVESTMENT_CENTRE}
        )

    said = answer.json()
    assert (said["resolution"], said["code"]) == ("agency", INVESTMENT_CENTRE)
    assert (said["source_text"], said["position"]) == (unknown["source_text"], unknown["position"])
    assert await written(drafted, "assignee", unknown["id"]) == {
        "action": "changed",
        "fields": ["agency_id", "collective_id", "is_related_only"],
    }


async def test_a_meaning_is_replaced_and_cleared(drafted: Sample) -> None:
    plan = await drafted.the_plan()
    async with await drafted.issuer() as http:
        url = f"/v1/assignees/{(await tasks_of(http, plan))['3.1']['assignees'][0]['id']}"

        group = (await http.patch(url, json={"collective": DEPARTMENTS})).json()
        related = (
            await http.patch(url, json={"agency": INDUSTRY_AND_TRADE, "is_related_only": True})
        ).json()
        cleared = (await http.patch(url, json={"agency": None})).json()

    assert (group["resolution"], group["code"]) == ("collective", DEPARTMENTS)
    assert (related["code"], related["is_related_only"]) == (INDUSTRY_AND_TRADE, True)
    assert (cleared["resolution"], cleared["code"]) == ("unresolved", None)


@pytest.mark.parametrize(
    ("body", "code", "pointer"),
    [
        ({"agency": "KHONG-CO"}, "invalid", "#/agency"),
        ({"collective": "KHONG-CO"}, "invalid", "#/collective"),
        ({"agency": INDUSTRY_AND_TRADE, "collective": DEPARTMENTS}, "validation_failed", "#"),
        ({"agencies": [INDUSTRY_AND_TRADE]}, "validation_failed", "#/agencies"),
    ],
)
async def test_a_meaning_that_cannot_be_is_refused_where_it_stands(
    drafted: Sample, body: dict[str, Any], code: str, pointer: str
) -> None:
    assignee = (await drafted.session.exec(select(Assignee))).first()
    assert assignee is not None

    async with await drafted.issuer() as http:
        answer = await http.patch(f"/v1/assignees/{assignee.id}", json=body)

    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert [fault["pointer"] for fault in answer.json()["errors"]] == [pointer]


async def test_a_draft_says_more_of_itself(drafted: Sample) -> None:
    plan = await drafted.the_plan()
    body = {
        "number": "MAU-01/KH-MAU",
        "issued_on": "2024-05-20",
        "coordinator": INFORMATION,
        "overseers": [FATHERLAND_FRONT, "BTG", "STP", "BCDTTDN", FATHERLAND_FRONT],
        "legal_bases": ["Nghị quyết số 47/NQ-CP"],
        "note": SECRET,
    }
    async with await drafted.issuer() as http:
        said = (await http.patch(f"/v1/plans/{plan.id}", json=body)).json()
        cleared = (
            await http.patch(f"/v1/plans/{plan.id}", json={"number": None, "coordinator": None})
        ).json()

    assert said | body | {"coordinator": said["coordinator"], "overseers": []} == said | {
        "overseers": []
    }
    assert said["coordinator"]["name"] == "Sở Thông tin và Truyền thông"
    # One of them has ended since: its successor stands in its place.
    assert [agency["code"] for agency in said["overseers"]] == [
        FATHERLAND_FRONT,
        "BTGDV",
        "STP",
        "BCDTTDN",
    ]
    assert (cleared["number"], cleared["coordinator"]) == (None, None)
    assert cleared["issued_on"] == "2024-05-20"
    assert await written(drafted, "plan", str(plan.id)) == {
        "action": "changed",
        "fields": ["coordinator", "number"],
    }


@pytest.mark.parametrize(
    ("body", "pointers"),
    [
        ({"coordinator": "KHONG", "overseers": ["BTG", "CO"]}, ["#/coordinator", "#/overseers/1"]),
        ({"title": None}, ["#"]),
        ({"so": "1"}, ["#/so"]),
        ({"starts_on": "2031-01-01"}, []),
    ],
)
async def test_a_draft_is_not_changed_by_what_cannot_be(
    drafted: Sample, body: dict[str, Any], pointers: list[str]
) -> None:
    plan = await drafted.the_plan()

    async with await drafted.issuer() as http:
        answer = await http.patch(f"/v1/plans/{plan.id}", json=body)
        after = await http.get(f"/v1/plans/{plan.id}")

    assert answer.status_code == 422
    assert [fault["pointer"] for fault in answer.json()["errors"]] == pointers
    assert after.json()["starts_on"] == "2024-01-01"


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
@pytest.mark.parametrize("field", ["issued_on", "starts_on", "ends_on"])
async def test_a_slip_of_the_pen_in_a_year_is_refused(
    drafted: Sample, field: str, day: str
) -> None:
    plan = await drafted.the_plan()

    async with await drafted.issuer() as http:
        answer = await http.patch(f"/v1/plans/{plan.id}", json={field: day})

    assert answer.status_code == 422
    assert [fault["pointer"] for fault in answer.json()["errors"]] == [f"#/{field}"]


async def test_nothing_of_an_issued_plan_is_edited(issued: Sample) -> None:
    plan = await issued.the_plan()
    group = (await issued.session.exec(select(TaskGroup))).first()
    task = (await issued.session.exec(select(Task))).first()
    assignee = (await issued.session.exec(select(Assignee))).first()
    assert group
    assert task
    assert assignee
    new_task = {"ordinal": "9", "title": "Việc", "time_frame_text": "2024"}
    new_name = {"role": "lead", "source_text": "Sở Ngoại vụ", "agency": FOREIGN_AFFAIRS}
    before = await issued.rows_of_all_tables()

    async with await issued.issuer() as http:
        answers = [
            await http.patch(f"/v1/plans/{plan.id}", json={"title": "Khác"}),
            await http.post(f"/v1/plans/{plan.id}/tasks", json=new_task),
            await http.post(
                f"/v1/plans/{plan.id}/task-groups", json={"ordinal": "9", "title": "Nhóm"}
            ),
            await http.post(f"/v1/tasks/{task.id}/assignees", json=new_name),
            await http.patch(f"/v1/task-groups/{group.id}", json={"title": "Khác"}),
            await http.patch(f"/v1/tasks/{task.id}", json={"title": "Khác"}),
            await http.patch(f"/v1/tasks/{task.id}", json={"time_frame_text": "2025"}),
            await http.patch(f"/v1/assignees/{assignee.id}", json={"agency": FOREIGN_AFFAIRS}),
            await http.delete(f"/v1/tasks/{task.id}"),
            await http.delete(f"/v1/assignees/{assignee.id}"),
        ]

    assert [(one.status_code, one.json()["code"]) for one in answers] == [
        (409, "wrong_plan_state")
    ] * len(answers)
    assert await issued.rows_of_all_tables() == before | {"client": before["client"] + 1}


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ISSUER])
async def test_only_issuers_correct_a_draft(drafted: Sample, role: Role) -> None:
    plan = await drafted.the_plan()

    async with await drafted.by(PROVINCIAL_COMMITTEE, role) as http:
        answer = await http.patch(f"/v1/plans/{plan.id}", json={"title": "Khác"})

    assert answer.status_code == 403


async def test_a_number_is_used_once_a_year_by_an_issuer(drafted: Sample) -> None:
    plan = await drafted.the_plan()
    body = {name: str(COMPLETION[name]) for name in ("number", "issued_on")}
    async with await drafted.issuer() as http:
        await http.patch(f"/v1/plans/{plan.id}", json=body)
        same = await http.post("/v1/plans", json={"title": "Khác", **body})
        later = await http.post(
            "/v1/plans", json={"title": "Khác", **body, "issued_on": "2025-01-02"}
        )

    assert (same.status_code, same.json()["code"]) == (409, "already_exists")
    assert later.status_code == 201
    assert await drafted.rows(Plan) == 2


async def test_a_draft_is_made_from_nothing(sample: Sample) -> None:
    async with await sample.issuer() as http:
        made = await http.post("/v1/plans", json={"title": "Kế hoạch mới"})
        read = await http.get(made.headers["Location"])

    assert made.json() == read.json()
    assert (made.json()["status"], made.json()["issuer"]["code"]) == ("draft", PROVINCIAL_COMMITTEE)
    assert made.json()["allowed_actions"] == ["change", "issue", "discard"]
    assert await sample.rows(AuditEntry, col(AuditEntry.noun) == "plan") == 1
    assert await sample.rows(Event, col(Event.plan_id) == UUID(made.json()["id"])) == 1
