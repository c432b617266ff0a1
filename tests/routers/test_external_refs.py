"""The ids of other systems: set, shown, found, and each leading to one row."""

import uuid

import httpx
import pytest
from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.principal import Role
from app.models import Agency, Client
from tests.support.clients import Api
from tests.support.factories import make_agency, make_client
from tests.support.sample import Sample
from tests.support.sample_facts import FOREIGN_AFFAIRS, HEALTH

MINE = {"id": "NV/2024/0031"}


@pytest.fixture
async def agency(session: AsyncSession) -> Agency:
    return await make_agency(session, code="UB")


@pytest.fixture
async def issuer(session: AsyncSession, agency: Agency) -> Client:
    return await make_client(session, agency, [Role.ISSUER])


async def new_plan(http: httpx.AsyncClient, **more: object) -> str:
    answer = await http.post("/v1/plans", json={"title": "Kế hoạch", **more})
    assert answer.status_code == 201, answer.text
    return str(answer.headers["location"])


async def test_a_plan_is_known_elsewhere(api: Api, issuer: Client) -> None:
    async with api.by(issuer) as http:
        plan = await new_plan(http)
        path = f"{plan}/external-refs/ioffice"
        before = (await http.get(plan)).headers["etag"]

        assert (await http.put(path, json=MINE)).json() == {"system": "ioffice", **MINE}
        shown = await http.get(plan, headers={"If-None-Match": before})
        assert shown.json()["external_refs"] == [{"system": "ioffice", **MINE}]
        assert (await http.put(path, json={"id": "khác"})).status_code == 200
        assert (await http.get(plan)).json()["external_refs"][0]["id"] == "khác"
        assert (await http.delete(path)).status_code == 204
        assert (await http.get(plan)).json()["external_refs"] == []
        assert (await http.delete(path)).status_code == 404


async def test_an_id_leads_to_one_row(api: Api, issuer: Client) -> None:
    refs = [{"system": "ioffice", "id": "1"}, {"system": "vanban", "id": "1"}]
    async with api.by(issuer) as http:
        plan = await new_plan(http, external_refs=refs)
        other = await new_plan(http)

        made = await http.post("/v1/plans", json={"title": "Khác", "external_refs": refs[::-1]})
        put = await http.put(f"{other}/external-refs/vanban", json={"id": "1"})
        again = await http.put(f"{plan}/external-refs/vanban", json={"id": "1"})
        plans = (await http.get("/v1/plans")).json()["items"]
        found = (await http.get("/v1/plans?external_ref=vanban:1")).json()["items"]
        bad = await http.get("/v1/plans?external_ref=vanban")

    for answer in (made, put):
        assert (answer.status_code, answer.json()["code"]) == (409, "external_ref_taken")
        assert answer.headers["location"] == plan
    assert made.json()["errors"][0]["pointer"] == "#/external_refs/0"
    assert again.status_code == 200
    assert len(plans) == 2
    assert [f"/v1/plans/{one['id']}" for one in found] == [plan]
    assert bad.status_code == 422


async def test_whose_id_it_is_is_told_to_readers_alone(
    api: Api, session: AsyncSession, issuer: Client
) -> None:
    stranger = await make_client(session, await make_agency(session), [Role.ISSUER])
    refs = [{"system": "ioffice", "id": "1"}]
    async with api.by(issuer) as http, api.by(stranger) as other:
        plan = await new_plan(http, external_refs=refs)

        answer = await other.post("/v1/plans", json={"title": "Khác", "external_refs": refs})

    assert answer.status_code == 409
    assert "location" not in answer.headers
    assert plan.rpartition("/")[2] not in answer.text


async def test_tasks_and_their_ids_go_together(api: Api, issuer: Client) -> None:
    refs = [{"system": "ioffice", "id": "7"}]
    body = {"ordinal": "1", "title": "Việc", "time_frame_text": "2026", "external_refs": refs}
    async with api.by(issuer) as http:
        plan = await new_plan(http)
        task = await http.post(f"{plan}/tasks", json=body)
        assert task.json()["external_refs"] == refs

        clash = await http.post(f"{plan}/tasks", json=body | {"ordinal": "2"})
        assert clash.headers["location"] == task.headers["location"]
        assert (await http.delete(task.headers["location"])).status_code == 204
        assert (await http.post(f"{plan}/tasks", json=body)).status_code == 201


async def test_assignments_and_reports_are_named_by_those_who_work_with_them(
    issued: Sample,
) -> None:
    report = await issued.submission(FOREIGN_AFFAIRS, "3.3", "once")
    paths = {
        "assignments": f"/v1/assignments/{report.assignment_id}",
        "submissions": f"/v1/submissions/{report.id}",
    }
    async with (
        await issued.reporter(FOREIGN_AFFAIRS) as owner,
        await issued.coordinator() as coordinator,
    ):
        for resource, path in paths.items():
            for n, http in enumerate((owner, coordinator)):
                ref = f"{path}/external-refs/he-thong-{n}"
                assert (await http.put(ref, json=MINE)).status_code == 200, resource
            shown = (await owner.get(path)).json()["external_refs"]
            assert shown == [{"system": f"he-thong-{n}", **MINE} for n in range(2)], resource
            found = await owner.get(
                f"/v1/{resource}", params={"external_ref": f"he-thong-1:{MINE['id']}"}
            )
            assert [item["id"] for item in found.json()["items"]] == [path.rpartition("/")[2]]
            for other in ("he-thong-2", "he-thong"):
                query = {"external_ref": f"{other}:{MINE['id']}"}
                found = await owner.get(f"/v1/{resource}", params=query)
                assert found.json()["items"] == []
    async with await issued.reporter(HEALTH) as http:
        refused = await http.put(f"{paths['assignments']}/external-refs/x", json=MINE)
        hidden = await http.put(f"{paths['submissions']}/external-refs/x", json=MINE)
    assert (refused.status_code, hidden.status_code) == (403, 404)


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("plans/{}/external-refs/IOFFICE", MINE, 422),
        ("plans/{}/external-refs/" + "x" * 65, MINE, 422),
        ("plans/{}/external-refs/ioffice", {"id": ""}, 422),
        ("plans/{}/external-refs/ioffice", {"id": "a\nb"}, 422),
        ("plans/{}/external-refs/ioffice", {"id": "x" * 201}, 422),
        ("plans/{}/external-refs/ioffice", {"id": "1", "system": "ioffice"}, 422),
        ("agencies/{}/external-refs/ioffice", MINE, 422),
        ("plans/{}/external-refs/ioffice", MINE, 404),
        ("tasks/{}/external-refs/ioffice", MINE, 404),
        ("assignments/{}/external-refs/ioffice", MINE, 404),
        ("submissions/{}/external-refs/ioffice", MINE, 404),
    ],
)
async def test_what_is_refused(
    api: Api, issuer: Client, path: str, body: dict[str, str], status: int
) -> None:
    async with api.by(issuer) as http:
        answer = await http.put(f"/v1/{path.format(uuid.uuid4())}", json=body)

    assert answer.status_code == status, answer.text


async def test_a_draft_is_written_by_another_systems_id(api: Api, issuer: Client) -> None:
    key = {"external_ref": "ioffice:46/KH-UBND"}
    async with api.by(issuer) as http:
        made = await http.put("/v1/plans", params=key, json={"title": "Một", "note": "giữ"})
        again = await http.put("/v1/plans", params=key, json={"title": "Một", "note": "giữ"})
        changed = await http.put("/v1/plans", params=key, json={"title": "Hai"})
        stale = await http.put(
            "/v1/plans", params=key, json={"title": "Ba"}, headers={"If-Match": '"cu"'}
        )

    assert (made.status_code, again.status_code, changed.status_code) == (201, 200, 200)
    assert again.json()["id"] == changed.json()["id"] == made.json()["id"]
    assert made.headers["location"] == f"/v1/plans/{made.json()['id']}"
    assert (changed.json()["title"], changed.json()["note"]) == ("Hai", "giữ")
    assert made.json()["external_refs"] == [{"system": "ioffice", "id": "46/KH-UBND"}]
    assert stale.status_code == 412


async def test_a_task_is_written_by_another_systems_id(api: Api, issuer: Client) -> None:
    key = {"external_ref": "ioffice:7"}
    body = {"ordinal": "1", "title": "Việc", "time_frame_text": "2026"}
    async with api.by(issuer) as http:
        plan, other = await new_plan(http), await new_plan(http)
        made = await http.put(f"{plan}/tasks", params=key, json=body)
        changed = await http.put(f"{plan}/tasks", params=key, json=body | {"title": "Khác"})
        elsewhere = await http.put(f"{other}/tasks", params=key, json=body)

    assert (made.status_code, changed.status_code) == (201, 200)
    assert changed.json()["id"] == made.json()["id"]
    assert changed.json()["title"] == "Khác"
    assert (elsewhere.status_code, elsewhere.json()["code"]) == (409, "external_ref_taken")
    assert elsewhere.headers["location"] == made.headers["location"]


@pytest.mark.parametrize("unseen", [" ", "\u200b", "\u0301", "\U000e0041", "\u00a0"])
async def test_an_id_is_something_to_be_seen(api: Api, issuer: Client, unseen: str) -> None:
    async with api.by(issuer) as http:
        body = {"title": "Kế hoạch"}
        put = await http.put("/v1/plans", params={"external_ref": f"ioffice:{unseen}"}, json=body)
        refs = [{"system": "ioffice", "id": unseen}]
        made = await http.post("/v1/plans", json={**body, "external_refs": refs})

    assert (put.status_code, made.status_code) == (422, 422)


async def test_what_one_may_not_read_is_not_written_by_its_id(
    api: Api, session: AsyncSession, issuer: Client
) -> None:
    stranger = await make_client(session, await make_agency(session), [Role.ISSUER])
    key = {"external_ref": "ioffice:1"}
    async with api.by(issuer) as http, api.by(stranger) as other:
        await http.put("/v1/plans", params=key, json={"title": "Một"})
        answer = await other.put("/v1/plans", params=key, json={"title": "Hai"})

    assert (answer.status_code, answer.json()["code"]) == (409, "external_ref_taken")
    assert "location" not in answer.headers
