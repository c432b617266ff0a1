"""Strong tags: nothing is changed but as it was read, and what is known is not sent again."""

from collections.abc import Mapping
from datetime import UTC, date, datetime

import httpx
import pytest
import sqlalchemy as sa
import time_machine
from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.principal import Role
from app.models import Agency, Client
from tests.support.clients import Api
from tests.support.factories import make_agency, make_client, make_collective, make_member

TITLE = {"title": "Kế hoạch thông tin đối ngoại"}


@pytest.fixture
async def agency(session: AsyncSession) -> Agency:
    return await make_agency(session, code="UB", name="Ủy ban")


@pytest.fixture
async def editor(session: AsyncSession, agency: Agency) -> Client:
    return await make_client(session, agency, [Role.ISSUER])


async def made(http: httpx.AsyncClient, path: str, body: Mapping[str, object]) -> tuple[str, str]:
    """Where something new is, and its tag."""
    answer = await http.post(path, json=body)
    assert answer.status_code == 201, answer.text
    return answer.headers["location"], answer.headers["etag"]


async def test_a_change_says_what_it_read(api: Api, editor: Client) -> None:
    async with api.by(editor) as http:
        path, tag = await made(http, "/v1/plans", TITLE)
        del http.headers["If-Match"]

        missing = await http.patch(path, json={"note": "x"})
        first = await http.patch(path, json={"note": "một"}, headers={"If-Match": tag})
        second = await http.patch(path, json={"note": "hai"}, headers={"If-Match": tag})

        assert (missing.status_code, missing.json()["code"]) == (428, "precondition_required")
        assert first.status_code == 200
        assert (second.status_code, second.json()["code"]) == (412, "precondition_failed")
        assert second.headers["etag"] == first.headers["etag"] != tag
        assert (await http.get(path)).json()["note"] == "một"
        current = {"If-Match": second.headers["etag"]}
        assert (await http.patch(path, json={"note": "hai"}, headers=current)).status_code == 200


@pytest.mark.parametrize("given", ["W/{}", '"other"', "other", "{}x"])
async def test_only_the_strong_tag_matches(api: Api, editor: Client, given: str) -> None:
    async with api.by(editor) as http:
        path, tag = await made(http, "/v1/plans", TITLE)
        headers = {"If-Match": given.format(tag)}

        answer = await http.patch(path, json={"note": "x"}, headers=headers)

        assert answer.status_code == 412


async def test_one_of_several_tags_is_enough(api: Api, editor: Client) -> None:
    async with api.by(editor) as http:
        path, tag = await made(http, "/v1/plans", TITLE)
        for given in (f'"abc", {tag}', "*"):
            answer = await http.patch(path, json={"note": given}, headers={"If-Match": given})
            assert answer.status_code == 200
            tag = answer.headers["etag"]


async def test_what_is_known_is_not_sent_again(api: Api, editor: Client) -> None:
    async with api.by(editor) as http:
        path, _ = await made(http, "/v1/plans", TITLE)
        tag = (await http.get(path)).headers["etag"]

        same = await http.get(path, headers={"If-None-Match": f'W/{tag}, "abc"'})
        await http.patch(path, json={"note": "mới"})
        changed = await http.get(path, headers={"If-None-Match": tag})

    assert (same.status_code, same.content, same.headers["etag"]) == (304, b"", tag)
    assert "private" in same.headers["cache-control"]
    assert "Authorization" in same.headers["vary"]
    assert changed.status_code == 200
    assert changed.headers["etag"] != tag


async def test_a_304_costs_fewer_statements_than_the_answer(
    api: Api, editor: Client, session: AsyncSession
) -> None:
    connection = (await session.connection()).sync_connection
    assert connection is not None
    seen: list[str] = []

    def count(*arguments: object) -> None:
        seen.append(str(arguments[2]))

    async with api.by(editor) as http:
        path, _ = await made(http, "/v1/plans", TITLE)
        tag = (await http.get(path)).headers["etag"]
        sa.event.listen(connection.engine, "before_cursor_execute", count)
        try:
            await http.get(path)
            whole, seen[:] = len(seen), []
            await http.get(path, headers={"If-None-Match": tag})
        finally:
            sa.event.remove(connection.engine, "before_cursor_execute", count)

    assert 0 < len(seen) < whole


async def test_a_new_name_of_the_agency_changes_the_view_and_not_the_row(
    api: Api, editor: Client, administrator: Client
) -> None:
    async with api.by(editor) as http, api.by(administrator) as registry:
        path, tag = await made(http, "/v1/plans", TITLE)
        renamed = {"rename": {"name": "Ủy ban mới", "from": "2020-01-01"}}
        assert (await registry.patch("/v1/agencies/UB", json=renamed)).status_code == 200

        seen = await http.get(path, headers={"If-None-Match": tag})
        assert (seen.status_code, seen.json()["owner"]["name"]) == (200, "Ủy ban mới")
        answer = await http.patch(path, json={"note": "x"}, headers={"If-Match": tag})
        assert answer.status_code == 200


async def test_another_caller_has_another_answer(
    api: Api, editor: Client, session: AsyncSession, agency: Agency
) -> None:
    other = await make_client(session, agency, [Role.READER])
    async with api.by(editor) as http, api.by(other) as reader:
        path, tag = await made(http, "/v1/plans", TITLE)

        answer = await reader.get(path, headers={"If-None-Match": tag})

    assert answer.status_code == 200
    assert answer.json()["allowed_actions"] == []


async def test_a_new_day_is_another_answer(api: Api, editor: Client) -> None:
    with time_machine.travel(datetime(2026, 3, 1, 16, 59, tzinfo=UTC), tick=False):
        async with api.by(editor) as http:
            path, _ = await made(http, "/v1/plans", TITLE)
            tag = (await http.get(path)).headers["etag"]
            assert (await http.get(path, headers={"If-None-Match": tag})).status_code == 304
    with time_machine.travel(datetime(2026, 3, 1, 17, 0, tzinfo=UTC), tick=False):
        async with api.by(editor) as http:
            assert (await http.get(path, headers={"If-None-Match": tag})).status_code == 200


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
            known = {"If-None-Match": stale.headers["etag"]}
            assert (await client.get(path, headers=known)).status_code == 304, path
        for path in (assignee, task):
            headers = {"If-Match": '"other"'}
            assert (await http.delete(path, headers=headers)).status_code == 412


async def test_a_regime_is_set_on_the_plan_that_was_read(api: Api, editor: Client) -> None:
    regime = {"effective_from": str(date(2026, 1, 1)), "frequency": "year"}
    async with api.by(editor) as http:
        plan, tag = await made(http, "/v1/plans", TITLE)

        first = await http.put(f"{plan}/reporting-regimes", json=regime, headers={"If-Match": tag})
        second = await http.put(f"{plan}/reporting-regimes", json=regime, headers={"If-Match": tag})

    assert (first.status_code, second.status_code) == (200, 412)
