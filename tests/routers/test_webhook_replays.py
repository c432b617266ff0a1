"""Pings, the log of messages and sending them again, as the client of an endpoint asks for them."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from app.clock import utc_now
from tests.support.receivers import OK, answer, receiving
from tests.support.webhooks import CHANGED, PATH, URL, World, heard


async def test_a_ping_says_whether_somebody_listens(here: World) -> None:
    async with receiving(OK, answer(500)) as receiver:
        made = await here.endpoint(receiver.url, event_types=[CHANGED])
        for _ in range(2):
            await here.act(made, "ping")
            await here.send(made)
        async with here.http() as http:
            log = (await http.get(f"{PATH}/{made['id']}/deliveries")).json()["items"]

    assert receiver.requests[0].verified(made["secret"])["type"] == "tiendo.ping"
    assert [(one["type"], one["status"]) for one in log] == [
        ("tiendo.ping", "failed"),
        ("tiendo.ping", "delivered"),
    ]
    assert [one["attempts"][0]["status_code"] for one in log] == [500, 204]


async def test_a_ping_is_sent_though_others_wait(here: World) -> None:
    async with receiving(answer(500)) as receiver:
        made = await here.endpoint(receiver.url, event_types=[CHANGED])
        await here.tell(10)
        await here.send(made)
        receiver.requests.clear()
        ping = await here.act(made, "ping")
        await here.send(made)

    assert [one.message_id for one in receiver.requests] == [ping["message_id"]]


async def test_the_log_says_of_every_message_how_it_went(here: World) -> None:
    async with receiving(answer(500), OK) as receiver:
        made = await here.endpoint(receiver.url, event_types=[CHANGED])
        (told,) = await here.tell()
        at = utc_now()
        await here.send(made, at=at)
        async with here.http() as http:
            path = f"{PATH}/{made['id']}/deliveries"
            (waiting,) = (await http.get(path, params={"status": "pending"})).json()["items"]
            assert (await http.get(path, params={"status": "delivered"})).json()["items"] == []
        await here.send(made, at=at + timedelta(minutes=1))
        async with here.http() as http:
            (done,) = (await http.get(path)).json()["items"]

    assert waiting["event_id"] == waiting["message_id"] == str(told)
    assert waiting["next_try_at"] is not None
    assert (done["status"], done["next_try_at"]) == ("delivered", None)
    assert [one["status_code"] for one in done["attempts"]] == [500, 204]


async def test_replay_sends_again_under_the_same_ids(here: World) -> None:
    async with receiving() as receiver:
        made = await here.endpoint(receiver.url, event_types=[CHANGED])
        told = [str(one) for one in await here.tell(2)]
        moment = utc_now()
        told += [str(one) for one in await here.tell(3)]
        assert await heard(here, made, receiver) == sorted(told)
        first, *_ = await here.deliveries(made)

        await here.act(made, "replay", delivery_id=str(first.id))
        assert await heard(here, made, receiver) == [told[0]]
        await here.act(made, "replay", after=told[0])
        assert await heard(here, made, receiver) == sorted(told[1:])
        await here.act(made, "replay", since=moment.isoformat())
        assert await heard(here, made, receiver) == sorted(told[2:])

    assert len(await here.deliveries(made)) == 5


async def test_replay_of_what_failed(here: World) -> None:
    async with receiving() as receiver:
        made = await here.endpoint(receiver.url, event_types=[CHANGED])
        (failing,) = await here.tell()
        receiver.refused.add(str(failing))
        at = utc_now()
        for _ in range(10):
            await here.tell()
            await here.send(made, at=at)
            at += timedelta(days=2)
        receiver.refused.clear()

        await here.act(made, "replay", failed=True)

        assert await heard(here, made, receiver) == [str(failing)]


@pytest.mark.parametrize(
    "body",
    [{}, {"failed": False}, {"failed": True, "after": str(uuid4())}, {"since": "2026-11-23"}],
)
async def test_replay_wants_one_thing(here: World, body: dict[str, Any]) -> None:
    made = await here.endpoint(URL)
    async with here.http() as http:
        answered = await http.post(f"{PATH}/{made['id']}/replay", json=body)

    assert (answered.status_code, answered.json()["code"]) == (422, "validation_failed")


async def test_replay_of_what_is_not_there(here: World) -> None:
    made = await here.endpoint(URL)
    async with here.http() as http:
        for body in ({"after": str(uuid4())}, {"delivery_id": str(uuid4())}):
            answered = await http.post(f"{PATH}/{made['id']}/replay", json=body)
            assert answered.status_code == 404
