"""Groups, tasks and assignees of a draft: added, corrected and removed."""

from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlmodel import col, select

from app.models import Assignee, Task
from tests.support.drafts import SECRET, tasks_of, written
from tests.support.sample import Sample
from tests.support.sample_facts import FOREIGN_AFFAIRS, INVESTMENT_CENTRE


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
        body = {"role": "coordinating", "source_text": SECRET, "agency": FOREIGN_AFFAIRS}
        added = await http.post(f"/v1/tasks/{task['id']}/assignees", json=body)
        words = {"role": "coordinating", "source_text": "Các hội nghề nghiệp"}
        open_name = await http.post(f"/v1/tasks/{task['id']}/assignees", json=words)
        after = (await http.get(f"/v1/tasks/{task['id']}")).json()

    assert (added.status_code, open_name.status_code) == (201, 201)
    assert [one["code"] for one in after["assignees"]] == [INVESTMENT_CENTRE, FOREIGN_AFFAIRS, None]
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
