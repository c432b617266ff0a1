"""Whatever changes a row, or is changed through it, makes the tag another that was read before."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

import httpx
import pytest
import time_machine
from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.principal import Role
from app.models import Agency, Client
from tests.support.clients import Api
from tests.support.etags import TITLE, made, state_in
from tests.support.factories import make_agency, make_client, make_collective, make_member
from tests.support.sample import Sample
from tests.support.sample_facts import FOREIGN_AFFAIRS, PROVINCIAL_COMMITTEE


@pytest.fixture
async def agency(session: AsyncSession) -> Agency:
    return await make_agency(session, code="UB", name="Ủy ban")


@pytest.fixture
async def editor(session: AsyncSession, agency: Agency) -> Client:
    return await make_client(session, agency, [Role.ISSUER])


async def test_everything_that_can_be_changed_has_a_tag(
    api: Api, session: AsyncSession, editor: Client, administrator: Client, agency: Agency
) -> None:
    collective = await make_collective(session, code="NHOM")
    member = await make_member(session, collective, agency)
    await make_agency(session, code="KHAC")
    async with api.by(editor) as http, api.by(administrator) as registry:
        plan, _ = await made(http, "/v1/plans", TITLE)
        group, _ = await made(http, f"{plan}/task-groups", {"ordinal": "1", "title": "Nhóm"})
        task, _ = await made(
            http,
            f"{plan}/tasks",
            {
                "ordinal": "1.1",
                "title": "Việc",
                "time_frame_text": "2026",
                "task_group_id": group.rpartition("/")[2],
            },
        )
        assignee, _ = await made(
            http,
            f"{task}/assignees",
            {"role": "lead", "agency": "UB", "source_text": "Ủy ban"},
        )
        changes: list[tuple[httpx.AsyncClient, str, Mapping[str, object]]] = [
            (http, assignee, {"agency": "KHAC", "is_related_only": False}),
            (http, task, {"title": "Việc khác"}),
            (http, group, {"title": "Nhóm khác"}),
            (registry, "/v1/agencies/UB", {"aliases": ["Ủy ban tỉnh"]}),
            (registry, "/v1/collectives/NHOM", {"name": "Nhóm khác"}),
            (registry, f"/v1/collectives/NHOM/members/{member.id}", {"valid_until": "2099-01-01"}),
        ]
        for client, path, body in changes:
            read = await client.get(path)
            headers = {"If-Match": read.headers["etag"]}
            assert (await client.patch(path, json=body, headers=headers)).status_code == 200, path
            stale = await client.patch(path, json=body, headers=headers)
            assert stale.status_code == 412, path
            known = {"If-None-Match": (await client.get(path)).headers["etag"]}
            assert state_in(stale.headers["etag"]) == state_in(known["If-None-Match"]), path
            assert (await client.get(path, headers=known)).status_code == 304, path
        for path in (assignee, task):
            headers = {"If-Match": '"other"'}
            assert (await http.delete(path, headers=headers)).status_code == 412


Change = tuple[str, str, str, Mapping[str, object] | None]


async def require_other_states(http: httpx.AsyncClient, changes: Sequence[Change]) -> None:
    """Each change, made through a row at the first address, makes what was read of it stale."""
    for row, method, path, body in changes:
        read = {"If-Match": (await http.get(row)).headers["etag"]}
        done = await http.request(method, path, json=body)
        assert done.is_success, (path, done.text)
        stale = await http.patch(row, json={}, headers=read)
        assert stale.status_code == 412, (method, path, body)


async def test_what_is_changed_through_an_agency_or_a_collective_changes_its_state(
    api: Api, session: AsyncSession, administrator: Client, agency: Agency
) -> None:
    await make_collective(session, code="NHOM")
    one, many = f"/v1/agencies/{agency.code}", "/v1/collectives/NHOM"
    async with api.by(administrator) as http:
        await require_other_states(
            http,
            [
                (one, "PATCH", one, {"rename": {"name": "Ủy ban mới", "from": "2020-01-01"}}),
                (one, "PATCH", one, {"aliases": ["Ủy ban tỉnh"]}),
                (one, "PATCH", one, {"aliases": []}),
                (many, "PATCH", many, {"aliases": ["các sở"]}),
                (many, "PATCH", many, {"aliases": []}),
            ],
        )


async def test_what_is_changed_through_a_draft_changes_its_state(
    api: Api, session: AsyncSession, editor: Client
) -> None:
    await make_agency(session, code="KHAC")
    async with api.by(editor) as http:
        plan, _ = await made(http, "/v1/plans", TITLE)
        task, _ = await made(
            http, f"{plan}/tasks", {"ordinal": "1", "title": "Việc", "time_frame_text": "2026"}
        )
        lead = {"role": "lead", "agency": "UB", "source_text": "Ủy ban"}
        assignee, _ = await made(http, f"{task}/assignees", lead)
        meant = {"agency": "KHAC", "is_related_only": False}
        earlier = {"relation": "follows", "reference": "1/KH-UBND năm 2025"}
        regime = {"effective_from": "2026-01-01", "frequency": "year"}
        await require_other_states(
            http,
            [
                (plan, "PATCH", plan, {"overseers": ["KHAC"]}),
                (plan, "PATCH", plan, {"overseers": []}),
                (plan, "PATCH", plan, {"relations": [earlier]}),
                (plan, "PATCH", plan, {"relations": []}),
                (plan, "PUT", f"{plan}/reporting-regimes", regime),
                (task, "POST", f"{task}/assignees", lead | {"role": "coordinating"}),
                (task, "PATCH", assignee, meant),
                (task, "DELETE", assignee, None),
            ],
        )


async def test_what_is_changed_through_an_issued_plan_changes_its_state(issued: Sample) -> None:
    plan = f"/v1/plans/{(await issued.the_plan()).id}"
    usual = {"days": [-5], "every_days": None, "head_from": 3, "office_from": None}
    monthly = {"effective_from": str(date(2024, 9, 10)), "frequency": "month"}
    earlier = {"relation": "follows", "reference": "1/KH-UBND năm 2025"}
    roles = Role.ISSUER, Role.COORDINATOR
    with time_machine.travel(datetime(2024, 9, 2, 2, tzinfo=UTC), tick=True):
        async with (
            await issued.by(PROVINCIAL_COMMITTEE, *roles) as http,
            await issued.coordinator() as other,
        ):
            for client, path, method, body in (
                (other, f"{plan}/reminder-rules", "PUT", usual),
                (other, f"{plan}/reporting-regimes", "PUT", monthly),
                (http, plan, "PATCH", {"relations": [earlier]}),
            ):
                read = {"If-Match": (await client.get(plan)).headers["etag"]}
                done = await client.request(method, path, json=body, headers=read)
                stale = await client.request(method, path, json=body, headers=read)
                assert (done.status_code, stale.status_code) == (200, 412), (path, done.text)


async def test_the_items_of_an_amendment_and_the_targets_of_an_indicator_change_their_states(
    issued: Sample,
) -> None:
    task = (await issued.assignment(FOREIGN_AFFAIRS, "3.3", "once")).task_id
    plan = f"/v1/plans/{(await issued.the_plan()).id}"
    body: dict[str, Any] = {"reason": "Sửa.", "basis": "1/QĐ-UBND ngày 1/9/2024"}

    def renamed(title: str) -> dict[str, Any]:
        return body | {"items": [{"change": "change", "task": str(task), "title": title}]}

    measured = {"name": "Số lớp", "unit": "lớp", "higher_is_better": True, "targets": []}
    with time_machine.travel(datetime(2024, 9, 2, 2, tzinfo=UTC), tick=True):
        async with await issued.issuer() as http:
            path, tag = await made(http, f"{plan}/amendments", renamed("Một"))
            read = {"If-Match": tag}
            done = await http.put(path, json=renamed("Hai"), headers=read)
            stale = await http.put(path, json=renamed("Ba"), headers=read)
            assert (done.status_code, stale.status_code) == (200, 412), done.text
        async with await issued.coordinator() as http:
            path, tag = await made(http, f"/v1/tasks/{task}/indicators", measured)
            read, more = {"If-Match": tag}, {"targets": [{"value": "12"}]}
            done = await http.patch(path, json=more, headers=read)
            stale = await http.patch(path, json=more, headers=read)
            assert (done.status_code, stale.status_code) == (200, 412), done.text


async def test_a_new_state_is_sent_after_an_action(issued: Sample) -> None:
    row = await issued.assignment(FOREIGN_AFFAIRS, "3.3", "once")
    url = f"/v1/assignments/{row.id}"
    async with await issued.issuer() as http:
        read = (await http.get(url)).headers["etag"]
        order = {"reason": "Chờ văn bản.", "basis": "1/QĐ-UBND ngày 1/9/2024"}
        done = await http.post(f"{url}/suspend", json=order, headers={"If-Match": read})
        now = await http.get(url)

    assert done.status_code == 200, done.text
    assert state_in(read) != state_in(done.headers["etag"]) == state_in(now.headers["etag"])


async def test_a_past_day_has_the_state_of_today(issued: Sample) -> None:
    row = await issued.assignment(FOREIGN_AFFAIRS, "3.3", "once")
    url = f"/v1/assignments/{row.id}"
    async with await issued.issuer() as http:
        now, then = await http.get(url), await http.get(f"{url}?as_of=2024-06-01")

    assert then.status_code == 200, then.text
    assert state_in(now.headers["etag"]) == state_in(then.headers["etag"])
    assert now.headers["etag"] != then.headers["etag"]
