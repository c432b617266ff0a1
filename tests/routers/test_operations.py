from typing import Any
from uuid import UUID

import pytest

from app.auth.principal import Role
from app.config import DatabaseRole
from app.jobs.operations import work_off_one
from app.models import Operation, OperationFile, Plan, PlanImport
from tests.support.sample import PLAN_NAME, Sample, plan_file
from tests.support.sample_facts import (
    FATHERLAND_FRONT,
    FOREIGN_AFFAIRS,
    HOME_AFFAIRS,
    INFORMATION,
    PROVINCIAL_COMMITTEE,
)
from tests.support.transactions import work_as

ASYNC = {"Prefer": "respond-async"}
Json = dict[str, Any]


def upload(content: bytes | None = None) -> Json:
    return {"file": (PLAN_NAME + ".txt", content or plan_file(".txt"))}


async def promised(sample: Sample, content: bytes | None = None, query: str = "") -> Json:
    """An import that is not waited for."""
    async with await sample.issuer() as http:
        answer = await http.post(f"/v1/plan-imports{query}", files=upload(content), headers=ASYNC)
    assert answer.status_code == 202, answer.text
    operation: Json = answer.json()
    assert answer.headers["location"] == f"/v1/operations/{operation['id']}"
    assert answer.headers["preference-applied"] == "respond-async"
    assert int(answer.headers["retry-after"]) > 0
    return operation


async def work_off(sample: Sample) -> None:
    """Do the worker's operations, to the end."""
    await work_as(sample.session, DatabaseRole.WORKER)
    while await work_off_one(sample.api.app.state.sessionmaker, sample.api.settings):
        pass


async def asked(sample: Sample, operation_id: str, language: str = "en") -> Json:
    async with await sample.issuer() as http:
        spoken = {"Accept-Language": language}
        answer = await http.get(f"/v1/operations/{operation_id}", headers=spoken)
    assert answer.status_code == 200
    operation: Json = answer.json()
    assert ("retry-after" in answer.headers) is (operation["finished_at"] is None)
    return operation


async def test_an_import_that_is_not_waited_for_makes_the_same_plan(sample: Sample) -> None:
    async with await sample.issuer() as http:
        at_once = (await http.post("/v1/plan-imports", files=upload())).json()
        operation = await promised(sample)
        before = await asked(sample, operation["id"])
        assert await sample.rows(Plan) == 1
        await work_off(sample)
        done = await asked(sample, operation["id"])
        later = (await http.get(done["result"]["location"])).json()
        tasks = [
            (await http.get(f"/v1/plans/{one['plan_id']}/tasks?limit=200")).json()["items"]
            for one in (at_once, later)
        ]

    assert operation == before
    assert (before["status"], before["result"], before["problem"]) == ("pending", None, None)
    assert before["progress"] == {"done": 0, "total": None}
    assert done["status"] == "succeeded"
    assert done["progress"] == {"done": 35, "total": 35}
    assert (done["attempts"], done["problem"]) == (1, None)
    assert done["result"]["plan_id"] == later["plan_id"]
    for name in ("file_name", "media_type", "sha256", "size", "reading"):
        assert later[name] == at_once[name]
    numbered = {"id", "plan_id", "task_group_id", "task_id", "assignees", "updated_at"}
    first, second = [
        [{k: v for k, v in task.items() if k not in numbered} for task in found] for found in tasks
    ]
    assert first == second
    assert len(first) == 30


async def test_the_bytes_are_kept_until_the_work_has_ended(sample: Sample) -> None:
    operation = await promised(sample)
    row = await sample.session.get_one(OperationFile, UUID(operation["id"]))
    assert row.content == plan_file(".txt")

    await work_off(sample)

    assert await sample.rows(OperationFile) == 0
    assert "content" not in (await asked(sample, operation["id"]))


async def test_an_import_that_cannot_be_read_has_failed_with_a_problem(sample: Sample) -> None:
    content = "Một văn bản không có bảng.".encode()
    async with await sample.issuer() as http:
        refused = (await http.post("/v1/plan-imports", files=upload(content))).json()
    operation = await promised(sample, content)

    await work_off(sample)

    failed = await asked(sample, operation["id"])
    assert (failed["status"], failed["result"]) == ("failed", None)
    assert failed["problem"] | {"request_id": ""} == refused | {"request_id": ""}
    in_vietnamese = await asked(sample, operation["id"], "vi")
    assert in_vietnamese["problem"]["detail"] != failed["problem"]["detail"]
    assert await sample.rows(PlanImport) == 0


async def test_names_are_read_as_of_the_day_that_was_asked_for(sample: Sample) -> None:
    operation = await promised(sample, query="?as_of=2025-03-01")

    await work_off(sample)

    imported = UUID((await asked(sample, operation["id"]))["result"]["plan_import_id"])
    row = await sample.session.get_one(PlanImport, imported)
    assert row.reading["as_of"] == "2025-03-01"


@pytest.mark.parametrize(
    ("prefer", "status"),
    [
        ("respond-async", 202),
        ("Respond-Async; wait=10", 202),
        ("return=minimal, respond-async", 202),
        ("return=minimal", 201),
        ("respond-asynchronously", 201),
        ("", 201),
    ],
)
async def test_preferences_that_are_not_known_are_passed_over(
    sample: Sample, prefer: str, status: int
) -> None:
    async with await sample.issuer() as http:
        answer = await http.post("/v1/plan-imports", files=upload(), headers={"Prefer": prefer})

    assert answer.status_code == status
    assert ("preference-applied" in answer.headers) is (status == 202)


async def test_a_dry_run_is_answered_at_once(sample: Sample) -> None:
    async with await sample.issuer() as http:
        answer = await http.post("/v1/plan-imports?dry_run=true", files=upload(), headers=ASYNC)

    assert answer.status_code == 200
    assert await sample.rows(Operation) == 0


async def test_an_operation_is_its_clients_and_its_agencys(sample: Sample) -> None:
    operation = await promised(sample)
    seen = {}
    for agency, role in (
        (PROVINCIAL_COMMITTEE, Role.READER),
        (INFORMATION, Role.ISSUER),
        (FATHERLAND_FRONT, Role.SUPERVISOR),
    ):
        async with await sample.by(agency, role) as http:
            answer = await http.get(f"/v1/operations/{operation['id']}")
            listed = (await http.get("/v1/operations")).json()["items"]
        seen[agency] = answer.status_code
        assert [one["id"] for one in listed] == [operation["id"]] * (answer.status_code == 200)

    assert seen == {PROVINCIAL_COMMITTEE: 200, INFORMATION: 404, FATHERLAND_FRONT: 404}


async def test_a_client_sees_what_it_asked_for_in_another_agencys_name(sample: Sample) -> None:
    async with await sample.by(INFORMATION, Role.ISSUER, acts_for=(HOME_AFFAIRS,)) as http:
        answer = await http.post(
            "/v1/plan-imports", files=upload(), headers={**ASYNC, "Acting-Agency": HOME_AFFAIRS}
        )
        again = await http.get(answer.headers["location"])
    async with await sample.by(HOME_AFFAIRS, Role.READER) as http:
        by_agency = await http.get(answer.headers["location"])

    assert (answer.status_code, again.status_code, by_agency.status_code) == (202, 200, 200)
    await work_off(sample)
    plan = (await asked_of(sample, again.json()["id"])).result
    assert plan is not None
    row = await sample.session.get_one(Plan, UUID(plan["plan_id"]))
    owner = await sample.client(HOME_AFFAIRS, Role.READER)
    assert row.owner_id == owner.agency_id


async def asked_of(sample: Sample, operation_id: str) -> Operation:
    return await sample.session.get_one(Operation, UUID(operation_id))


async def test_operations_are_listed_by_state_and_kind(sample: Sample) -> None:
    first = await promised(sample)
    await work_off(sample)
    second = await promised(sample)
    found = {}
    async with await sample.issuer() as http:
        for query in ("", "status=pending", "status=succeeded", "kind=plan_import", "kind=other"):
            items = (await http.get(f"/v1/operations?{query}")).json()["items"]
            found[query] = [one["id"] for one in items]
        page = (await http.get("/v1/operations?limit=1")).json()
        rest = (await http.get(page["next"])).json()

    both = [first["id"], second["id"]]
    assert list(found.values()) == [both, both[1:], both[:1], both, []]
    assert [one["id"] for one in (*page["items"], *rest["items"])] == both
    assert rest["next"] is None


async def test_a_client_waits_for_few_operations_at_once(sample: Sample) -> None:
    async with await sample.issuer() as http:
        answers = [
            await http.post("/v1/plan-imports", files=upload(), headers=ASYNC) for _ in range(6)
        ]
        await work_as(sample.session, DatabaseRole.WORKER)
        await work_off_one(sample.api.app.state.sessionmaker, sample.api.settings)
        again = await http.post("/v1/plan-imports", files=upload(), headers=ASYNC)
    async with await sample.by(FOREIGN_AFFAIRS, Role.ISSUER) as http:
        other = await http.post("/v1/plan-imports", files=upload(), headers=ASYNC)

    assert [one.status_code for one in answers] == [202] * 5 + [429]
    assert answers[-1].json()["code"] == "too_many_operations"
    assert answers[-1].headers["retry-after"] == "10"
    assert again.status_code == 202
    assert other.status_code == 202
