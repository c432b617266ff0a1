from typing import Any
from uuid import UUID

import httpx
import pytest
import sqlalchemy as sa
from sqlmodel import col, select

from app.auth.principal import Role
from app.models import Assignee, AuditEntry, Event, Plan, Task, TaskGroup
from tests.support.sample import COMPLETION, Sample

SECRET = "lời văn chỉ có trong nội dung sửa"


async def tasks_of(http: httpx.AsyncClient, plan: Plan) -> dict[str, dict[str, Any]]:
    answer = await http.get(f"/v1/plans/{plan.id}/tasks?limit=200")
    return {task["ordinal"]: task for task in answer.json()["items"]}


async def written(drafted: Sample, noun: str, row_id: str) -> dict[str, Any]:
    """The last audit entry about a row, which its event tells as well."""
    entries, events = await drafted.noted(noun, row_id)
    entry, event = entries[-1], events[-1]
    assert event.type == f"tiendo.{noun}.{entry.action}"
    assert (event.data, event.occurred_at) == (entry.detail, entry.occurred_at)
    assert SECRET not in str(entry.detail)
    return {"action": entry.action, **entry.detail}


async def test_a_person_says_whom_an_unknown_name_means(drafted: Sample) -> None:
    plan = await drafted.the_plan()
    async with await drafted.issuer() as http:
        unknown = (await tasks_of(http, plan))["3.6"]["assignees"][3]

        answer = await http.patch(f"/v1/assignees/{unknown['id']}", json={"agency": "TTXTDT"})

    said = answer.json()
    assert (said["resolution"], said["code"]) == ("agency", "TTXTDT")
    assert (said["source_text"], said["position"]) == (unknown["source_text"], unknown["position"])
    assert await written(drafted, "assignee", unknown["id"]) == {
        "action": "changed",
        "fields": ["agency_id", "collective_id", "is_related_only"],
    }


async def test_a_meaning_is_replaced_and_cleared(drafted: Sample) -> None:
    plan = await drafted.the_plan()
    async with await drafted.issuer() as http:
        url = f"/v1/assignees/{(await tasks_of(http, plan))['3.1']['assignees'][0]['id']}"

        group = (await http.patch(url, json={"collective": "SO-BAN-NGANH"})).json()
        related = (await http.patch(url, json={"agency": "SCT", "is_related_only": True})).json()
        cleared = (await http.patch(url, json={"agency": None})).json()

    assert (group["resolution"], group["code"]) == ("collective", "SO-BAN-NGANH")
    assert (related["code"], related["is_related_only"]) == ("SCT", True)
    assert (cleared["resolution"], cleared["code"]) == ("unresolved", None)


@pytest.mark.parametrize(
    ("body", "code", "pointer"),
    [
        ({"agency": "KHONG-CO"}, "invalid", "#/agency"),
        ({"collective": "KHONG-CO"}, "invalid", "#/collective"),
        ({"agency": "SCT", "collective": "SO-BAN-NGANH"}, "validation_failed", "#"),
        ({"agencies": ["SCT"]}, "validation_failed", "#/agencies"),
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


async def test_a_task_is_corrected_and_its_time_frame_read_again(drafted: Sample) -> None:
    plan = await drafted.the_plan()
    async with await drafted.issuer() as http:
        task = (await tasks_of(http, plan))["3.3"]
        body = {"title": SECRET, "expected_result": "Báo cáo", "time_frame_text": "Đến năm 2027"}

        changed = (await http.patch(f"/v1/tasks/{task['id']}", json=body)).json()
        cleared = await http.patch(f"/v1/tasks/{task['id']}", json={"expected_result": None})

    frame = changed["time_frame"]
    assert (changed["title"], changed["expected_result"]) == (SECRET, "Báo cáo")
    assert (frame["kind"], frame["starts_on"], frame["ends_on"], frame["text"]) == (
        "until_year", None, "2027-12-31", "Đến năm 2027",
    )  # fmt: skip
    assert changed["source_cells"] == task["source_cells"]
    assert cleared.json()["expected_result"] is None
    assert cleared.json()["time_frame"] == frame
    assert await written(drafted, "task", task["id"]) == {
        "action": "changed",
        "fields": ["expected_result"],
    }


async def test_a_change_of_the_time_frame_is_written_down(drafted: Sample) -> None:
    plan = await drafted.the_plan()
    async with await drafted.issuer() as http:
        task = (await tasks_of(http, plan))["3.3"]
        await http.patch(f"/v1/tasks/{task['id']}", json={"time_frame_text": "2027"})

    assert await written(drafted, "task", task["id"]) == {
        "action": "changed",
        "fields": ["time_frame_text"],
    }


async def test_a_person_gives_a_time_frame_its_meaning(drafted: Sample) -> None:
    plan = await drafted.the_plan()
    async with await drafted.issuer() as http:
        url = f"/v1/tasks/{(await tasks_of(http, plan))['3.3']['id']}"

        unclear = await http.patch(url, json={"time_frame_text": "Theo tiến độ chung"})
        given = {"kind": "date", "ends_on": "2026-06-29"}
        answer = await http.patch(url, json={"time_frame": given})

    assert unclear.json()["time_frame"]["needs_person"] is True
    assert answer.json()["time_frame"] == {
        "text": "Theo tiến độ chung",
        "kind": "date",
        "starts_on": None,
        "ends_on": "2026-06-29",
        "due_month": None,
        "due_day": None,
        "needs_person": False,
    }


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"tieu_de": "x"}, "#/tieu_de"),
        ({"title": None}, "#"),
        ({"time_frame": {"kind": "annual", "due_month": 6}}, "#/time_frame"),
        (
            {"time_frame": {"kind": "year", "starts_on": "2025-01-02", "ends_on": "2025-01-01"}},
            "#/time_frame",
        ),
    ],
)
async def test_a_task_is_not_corrected_by_what_cannot_be(
    drafted: Sample, body: dict[str, Any], pointer: str
) -> None:
    task = (await drafted.session.exec(select(Task))).first()
    assert task is not None

    async with await drafted.issuer() as http:
        answer = await http.patch(f"/v1/tasks/{task.id}", json=body)

    assert answer.status_code == 422
    assert [fault["pointer"] for fault in answer.json()["errors"]] == [pointer]


async def test_a_group_is_corrected(drafted: Sample) -> None:
    plan = await drafted.the_plan()
    async with await drafted.issuer() as http:
        group = (await http.get(f"/v1/plans/{plan.id}/task-groups")).json()["items"][1]
        answer = await http.patch(f"/v1/task-groups/{group['id']}", json={"title": SECRET})
        refused = await http.patch(f"/v1/task-groups/{group['id']}", json={"position": 1})

    assert answer.json() == group | {"title": SECRET}
    assert refused.json()["errors"][0]["pointer"] == "#/position"
    assert await written(drafted, "task_group", group["id"]) == {
        "action": "changed",
        "fields": ["title"],
    }


async def test_a_draft_says_more_of_itself(drafted: Sample) -> None:
    plan = await drafted.the_plan()
    body = {
        "number": "MAU-01/KH-MAU",
        "issued_on": "2024-05-20",
        "coordinator": "STTTT",
        "overseers": ["MTTQ", "BTG", "STP", "BCDTTDN", "MTTQ"],
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
    assert [agency["code"] for agency in said["overseers"]] == ["MTTQ", "BTG", "STP", "BCDTTDN"]
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


async def test_a_task_is_added_after_the_last_of_its_group(drafted: Sample) -> None:
    plan = await drafted.the_plan()
    async with await drafted.issuer() as http:
        groups = (await http.get(f"/v1/plans/{plan.id}/task-groups")).json()["items"]
        body = {
            "task_group_id": groups[1]["id"],
            "ordinal": "2.7",
            "title": SECRET,
            "time_frame_text": "Quý III/2025",
        }
        added = await http.post(f"/v1/plans/{plan.id}/tasks", json=body)
        tasks = await tasks_of(http, plan)
        after = (await http.get(f"/v1/plans/{plan.id}/task-groups")).json()["items"]

    ordinals = list(tasks)
    assert added.status_code == 201
    assert ordinals[ordinals.index("2.7") - 1 : ordinals.index("2.7") + 2] == ["2.6", "2.7", "3.1"]
    assert tasks["2.7"]["time_frame"]["ends_on"] == "2025-09-30"
    assert tasks["2.6"]["position"] < tasks["2.7"]["position"] < after[2]["position"]
    assert [group["ordinal"] for group in after] == ["1", "2", "3", "4", "5"]
    places = [row["position"] for row in (*tasks.values(), *after)]
    assert len(set(places)) == len(places) == 36
    # Positions are held apart at the commit: a savepoint does not ask.
    await drafted.session.exec(sa.text("set constraints all immediate"))  # type: ignore[call-overload]
    assert await written(drafted, "task", added.json()["id"]) == {"action": "added"}


async def test_groups_and_tasks_are_added_at_the_end(drafted: Sample) -> None:
    plan = await drafted.the_plan()
    async with await drafted.issuer() as http:
        url = f"/v1/plans/{plan.id}"
        group = await http.post(f"{url}/task-groups", json={"ordinal": "6", "title": "Nhóm sáu"})
        body = {"title": "Việc", "time_frame_text": "Hằng năm"}
        first = await http.post(
            f"{url}/tasks", json={**body, "ordinal": "6.1", "task_group_id": group.json()["id"]}
        )
        last = await http.post(f"{url}/tasks", json={**body, "ordinal": "A"})

    positions = [one.json()["position"] for one in (group, first, last)]
    assert positions == [36, 37, 38]
    assert await written(drafted, "task_group", group.json()["id"]) == {"action": "added"}


async def test_a_group_of_another_plan_takes_no_task(drafted: Sample) -> None:
    plan = await drafted.the_plan()
    async with await drafted.issuer() as http:
        other = (await http.post("/v1/plans", json={"title": "Kế hoạch khác"})).json()
        group = await http.post(
            f"/v1/plans/{other['id']}/task-groups", json={"ordinal": "1", "title": "Nhóm"}
        )
        body = {"ordinal": "9", "title": "Việc", "time_frame_text": "2024"}
        answer = await http.post(
            f"/v1/plans/{plan.id}/tasks", json={**body, "task_group_id": group.json()["id"]}
        )

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "#/task_group_id"


async def test_an_assignee_is_added_after_those_there_are(drafted: Sample) -> None:
    plan = await drafted.the_plan()
    async with await drafted.issuer() as http:
        task = (await tasks_of(http, plan))["3.10"]
        body = {"role": "coordinating", "source_text": SECRET, "agency": "SNGV"}
        added = await http.post(f"/v1/tasks/{task['id']}/assignees", json=body)
        words = {"role": "coordinating", "source_text": "Các hội nghề nghiệp"}
        open_name = await http.post(f"/v1/tasks/{task['id']}/assignees", json=words)
        after = (await http.get(f"/v1/tasks/{task['id']}")).json()

    assert (added.status_code, open_name.status_code) == (201, 201)
    assert [one["code"] for one in after["assignees"]] == ["TTXTDT", "SNGV", None]
    assert [one["position"] for one in after["assignees"]] == [1, 2, 3]
    assert await written(drafted, "assignee", added.json()["id"]) == {"action": "added"}


async def test_tasks_and_assignees_are_removed_from_a_draft(drafted: Sample) -> None:
    plan = await drafted.the_plan()
    async with await drafted.issuer() as http:
        tasks = await tasks_of(http, plan)
        task, assignee = tasks["3.9"], tasks["3.6"]["assignees"][3]
        removed = await http.delete(f"/v1/tasks/{task['id']}")
        gone = await http.delete(f"/v1/assignees/{assignee['id']}")
        again = await http.delete(f"/v1/tasks/{task['id']}")
        after = await tasks_of(http, plan)

    assert [one.status_code for one in (removed, gone, again)] == [204, 204, 404]
    assert list(after) == [ordinal for ordinal in tasks if ordinal != "3.9"]
    assert len(after["3.6"]["assignees"]) == 4
    assert await drafted.rows(Assignee, col(Assignee.task_id) == UUID(task["id"])) == 0
    assert await written(drafted, "task", task["id"]) == {"action": "removed"}
    assert await written(drafted, "assignee", assignee["id"]) == {"action": "removed"}


async def test_nothing_of_an_issued_plan_is_edited(issued: Sample) -> None:
    plan = await issued.the_plan()
    group = (await issued.session.exec(select(TaskGroup))).first()
    task = (await issued.session.exec(select(Task))).first()
    assignee = (await issued.session.exec(select(Assignee))).first()
    assert group
    assert task
    assert assignee
    new_task = {"ordinal": "9", "title": "Việc", "time_frame_text": "2024"}
    new_name = {"role": "lead", "source_text": "Sở Ngoại vụ", "agency": "SNGV"}
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
            await http.patch(f"/v1/assignees/{assignee.id}", json={"agency": "SNGV"}),
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

    async with await drafted.by("UBND-TINH", role) as http:
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
    assert (made.json()["status"], made.json()["issuer"]["code"]) == ("draft", "UBND-TINH")
    assert made.json()["allowed_actions"] == ["change", "issue"]
    assert await sample.rows(AuditEntry, col(AuditEntry.noun) == "plan") == 1
    assert await sample.rows(Event, col(Event.plan_id) == UUID(made.json()["id"])) == 1
