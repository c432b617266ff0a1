"""Strong tags: a row is changed only as it was read, and a known answer is not sent again."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
import time_machine
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.principal import Role
from app.models import Agency, Client
from tests.support.clients import Api
from tests.support.etags import TITLE, made, state_in
from tests.support.factories import make_agency, make_client
from tests.support.sample import REPORT, Sample
from tests.support.sample_facts import FOREIGN_AFFAIRS


@pytest.fixture
async def agency(session: AsyncSession) -> Agency:
    return await make_agency(session, code="UB", name="Ủy ban")


@pytest.fixture
async def editor(session: AsyncSession, agency: Agency) -> Client:
    return await make_client(session, agency, [Role.ISSUER])


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
    report = await issued.submission(FOREIGN_AFFAIRS, "3.3", "once", "2024")
    url = f"/v1/assignments/{report.assignment_id}/submissions/2024"
    async with await issued.reporter(FOREIGN_AFFAIRS) as http:
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
