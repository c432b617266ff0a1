"""Strong tags: a row is changed only as it was read, and a known answer is not sent again."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Any

import httpx
import pytest
import sqlalchemy as sa
import time_machine
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.principal import Role
from app.models import Agency, Client
from tests.support.clients import Api
from tests.support.factories import make_agency, make_client, make_collective, make_member
from tests.support.sample import REPORT, Sample

TITLE = {"title": "Kế hoạch thông tin đối ngoại"}


@pytest.fixture
async def agency(session: AsyncSession) -> Agency:
    return await make_agency(session, code="UB", name="Ủy ban")


@pytest.fixture
async def editor(session: AsyncSession, agency: Agency) -> Client:
    return await make_client(session, agency, [Role.ISSUER])


async def made(http: httpx.AsyncClient, path: str, body: Mapping[str, object]) -> tuple[str, str]:
    """Make a row, and return its address and its tag."""
    answer = await http.post(path, json=body)
    assert answer.status_code == 201, answer.text
    return answer.headers["location"], answer.headers["etag"]


def state_in(tag: str) -> str:
    """The part of a tag that stands for the row, without its body."""
    return tag.strip('"').partition(".")[0]


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
        assert state_in(second.headers["etag"]) == state_in(first.headers["etag"]) != state_in(tag)
        assert (await http.get(path)).json()["note"] == "một"
        current = {"If-Match": second.headers["etag"]}
        assert (await http.patch(path, json={"note": "hai"}, headers=current)).status_code == 200


@pytest.mark.parametrize(
    "given", ["W/{}", '{tag}-gzip"', 'W/{tag};br"', '{tag}--gzip"', '"abc",W/{}', '{row}-gzip"']
)
async def test_a_tag_is_taken_as_proxies_hand_it_on(api: Api, editor: Client, given: str) -> None:
    async with api.by(editor) as http:
        path, tag = await made(http, "/v1/plans", TITLE)
        row = tag.partition(".")[0]
        sent = given.format(tag, tag=tag.removesuffix('"'), row=row)

        changed = await http.patch(path, json={"note": "x"}, headers={"If-Match": sent})
        late = await http.patch(path, json={"note": "y"}, headers={"If-Match": sent})
        read = changed.headers["etag"].removesuffix('"')
        same = await http.get(path, headers={"If-None-Match": f'W/{read}-gzip"'})

    assert (changed.status_code, late.status_code, same.status_code) == (200, 412, 304)


@pytest.mark.parametrize("given", ['"other"', 'W/"other"', '"x{}"', '"{}"'])
async def test_a_tag_of_another_state_does_not_match(api: Api, editor: Client, given: str) -> None:
    async with api.by(editor) as http:
        path, tag = await made(http, "/v1/plans", TITLE)
        sent = given.format(tag.strip('"')[1:])

        answer = await http.patch(path, json={"note": "x"}, headers={"If-Match": sent})

    assert answer.status_code == 412


@pytest.mark.parametrize("given", ["other", '"a"x', "", '"a" "b"'])
async def test_what_is_no_tag_is_named_as_that(api: Api, editor: Client, given: str) -> None:
    async with api.by(editor) as http:
        path, _ = await made(http, "/v1/plans", TITLE)

        changed = await http.patch(path, json={"note": "x"}, headers={"If-Match": given})
        read = await http.get(path, headers={"If-None-Match": given})

    for answer in (changed, read):
        [fault] = answer.json()["errors"]
        assert (answer.status_code, fault["code"]) == (422, "entity_tag")


async def test_whoever_wants_only_what_is_not_there_changes_nothing(
    api: Api, editor: Client
) -> None:
    new = {"If-None-Match": "*"}
    async with api.by(editor) as http:
        del http.headers["If-Match"]
        address = "/v1/plans?external_ref=van-ban:1"
        made_once = await http.put(address, json=TITLE, headers=new)
        again = await http.put(address, json={"title": "Khác"}, headers=new)
        read = await http.get(made_once.headers["location"], headers=new)
        title = (await http.get(made_once.headers["location"])).json()["title"]

    assert (made_once.status_code, again.status_code, read.status_code) == (201, 412, 304)
    assert title == TITLE["title"]


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


async def test_a_tag_costs_no_statement_where_the_row_is_read_or_pushed(issued: Sample) -> None:
    report = await issued.submission("SNGV", "3.3", "once", "2024")
    url = f"/v1/assignments/{report.assignment_id}/submissions/2024"
    async with await issued.reporter("SNGV") as http:
        del http.headers["If-Match"]
        await http.put(url, json=REPORT)
        with statements(issued.connection) as of_push:
            await http.put(url, json=REPORT | {"percent": 50})
        with statements(issued.connection) as of_read:
            read = await http.get(url)
        tag = {"If-Match": read.headers["etag"]}
        with statements(issued.connection) as of_tagged_push:
            pushed = await http.put(url, json=REPORT | {"percent": 60}, headers=tag)
        known = {"If-None-Match": pushed.headers["etag"]}
        with statements(issued.connection) as of_known_read:
            same = await http.get(url, headers=known)

    assert (pushed.status_code, same.status_code) == (200, 304)
    assert len(of_tagged_push) == len(of_push)
    assert len(of_known_read) == len(of_read)
    all_seen = (*of_read, *of_known_read, *of_tagged_push)
    assert not [one for one in all_seen if one.startswith("SELECT submission.xmin")]


@contextmanager
def statements(connection: AsyncConnection) -> Iterator[list[str]]:
    """The statements that are executed meanwhile, without those of savepoints."""
    seen: list[str] = []

    def note(*arguments: object) -> None:
        seen.append(str(arguments[2]))

    engine = connection.sync_connection.engine  # type: ignore[union-attr]  # it is connected
    sa.event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        sa.event.remove(engine, "before_cursor_execute", note)


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


async def test_a_day_on_which_the_answer_changes_is_another_answer(
    api: Api, editor: Client, administrator: Client
) -> None:
    renamed = {"rename": {"name": "Ủy ban mới", "from": "2026-03-02"}}
    with time_machine.travel(datetime(2026, 3, 1, 16, 59, tzinfo=UTC), tick=False):
        async with api.by(editor) as http, api.by(administrator) as registry:
            path, _ = await made(http, "/v1/plans", TITLE)
            assert (await registry.patch("/v1/agencies/UB", json=renamed)).status_code == 200
            known = {"If-None-Match": (await http.get(path)).headers["etag"]}
            assert (await http.get(path, headers=known)).status_code == 304
    with time_machine.travel(datetime(2026, 3, 1, 17, 0, tzinfo=UTC), tick=False):
        async with api.by(editor) as http:
            assert (await http.get(path, headers=known)).status_code == 200


async def test_an_expanded_answer_is_known_until_what_goes_along_changes(
    api: Api, editor: Client
) -> None:
    async with api.by(editor) as http:
        plan, _ = await made(http, "/v1/plans", TITLE)
        task, _ = await made(
            http, f"{plan}/tasks", {"ordinal": "1", "title": "Việc", "time_frame_text": "2026"}
        )
        url = f"{task}?expand=plan"
        known = {"If-None-Match": (await http.get(url)).headers["etag"]}
        same = await http.get(url, headers=known)
        await http.patch(plan, json={"note": "mới"})
        changed = await http.get(url, headers=known)

    assert (same.status_code, changed.status_code) == (304, 200)


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
            await issued.by("UBND-TINH", *roles) as http,
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
    task = (await issued.assignment("SNGV", "3.3", "once")).task_id
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
    row = await issued.assignment("SNGV", "3.3", "once")
    url = f"/v1/assignments/{row.id}"
    async with await issued.issuer() as http:
        read = (await http.get(url)).headers["etag"]
        order = {"reason": "Chờ văn bản.", "basis": "1/QĐ-UBND ngày 1/9/2024"}
        done = await http.post(f"{url}/suspend", json=order, headers={"If-Match": read})
        now = await http.get(url)

    assert done.status_code == 200, done.text
    assert state_in(read) != state_in(done.headers["etag"]) == state_in(now.headers["etag"])


async def test_a_past_day_has_the_state_of_today(issued: Sample) -> None:
    row = await issued.assignment("SNGV", "3.3", "once")
    url = f"/v1/assignments/{row.id}"
    async with await issued.issuer() as http:
        now, then = await http.get(url), await http.get(f"{url}?as_of=2024-06-01")

    assert then.status_code == 200, then.text
    assert state_in(now.headers["etag"]) == state_in(then.headers["etag"])
    assert now.headers["etag"] != then.headers["etag"]
