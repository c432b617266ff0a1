"""The messages that reach a receiver, and the end of those that don't."""

import asyncio
import json
from collections import Counter
from datetime import timedelta

import pytest
import sqlalchemy as sa

from app.auth.principal import Role
from app.clock import utc_now
from app.config import Settings
from app.jobs.loops import LoopContext
from app.jobs.webhook_deliveries import deliver
from app.models import Client, DeliveryStatus, DisabledReason, SendFault, WebhookEndpointStatus
from tests.support import loopback
from tests.support.patience import PATIENCE
from tests.support.receivers import OK, Receiver, answer, receiving
from tests.support.webhooks import CHANGED, World

S = DeliveryStatus


async def until_heard(receiver: Receiver, count: int) -> None:
    """Return when so many requests have arrived."""
    async with asyncio.timeout(PATIENCE):
        while len(receiver.requests) < count:
            await receiver.came.wait()


async def test_an_event_arrives_once_signed_and_thin(here: World) -> None:
    async with receiving() as receiver:
        endpoint = await here.endpoint(receiver.url)
        (event_id,) = await here.tell()

        sent = [await here.send(endpoint) for _ in range(3)]

    own, event = await here.events()
    assert sent == [2, 0, 0]
    request = next(one for one in receiver.requests if one.message_id == str(event_id))
    assert request.headers["content-type"] == "application/json"
    assert request.verified(endpoint["secret"]) == {
        "type": CHANGED,
        "timestamp": event.occurred_at.isoformat().replace("+00:00", "Z"),
        "data": {
            "id": str(event_id),
            "subject": event.subject,
            "plan_id": None,
            "agency_id": str(here.agency.id),
        },
    }
    # The making of the endpoint is an event as well.
    assert {one.message_id for one in receiver.requests} == {str(own.id), str(event_id)}
    assert {one.status for one in await here.deliveries(endpoint)} == {S.DELIVERED}
    assert [one.status_code for one in await here.attempts()] == [204, 204]


async def test_what_happened_before_the_endpoint_was_made_is_not_told(here: World) -> None:
    before = await here.tell(3)
    # An event that cannot be read yet, for what runs beside it, is news to every reader.
    await here.horizon()
    async with receiving() as receiver:
        endpoint = await here.endpoint(receiver.url)
        await here.send(endpoint)

    assert {one.message_id for one in receiver.requests}.isdisjoint(map(str, before))


@pytest.mark.parametrize(
    ("filters", "heard"),
    [
        ({}, {"collective", "webhook_endpoint"}),
        ({"event_types": [CHANGED]}, {"collective"}),
        ({"event_types": ["tiendo.collective.*"]}, {"collective"}),
        ({"event_types": ["tiendo.plan.*", CHANGED]}, {"collective"}),
        ({"event_types": ["tiendo.collective.created"]}, set()),
    ],
)
async def test_only_what_was_asked_for_is_told(
    here: World, filters: dict[str, list[str]], heard: set[str]
) -> None:
    async with receiving() as receiver:
        endpoint = await here.endpoint(receiver.url, **filters)
        await here.tell(2)
        await here.send(endpoint)

    types = {json.loads(one.body)["type"] for one in receiver.requests}
    assert {kind.split(".")[1] for kind in types} == heard


async def test_a_failure_is_tried_again_under_the_same_id(here: World) -> None:
    async with receiving(answer(500), answer(302), OK) as receiver:
        endpoint = await here.endpoint(receiver.url, event_types=[CHANGED])
        (event_id,) = await here.tell()
        at = utc_now()

        await here.send(endpoint, at=at)
        too_early = await here.send(endpoint, at=at + timedelta(seconds=2))
        again = await here.send(endpoint, at=at + timedelta(minutes=1))
        last = await here.send(endpoint, at=at + timedelta(minutes=10))

    assert (too_early, again, last) == (0, 1, 1)
    assert Counter(one.message_id for one in receiver.requests) == {str(event_id): 3}
    assert len({one.body for one in receiver.requests}) == 1
    assert len({one.headers["webhook-timestamp"] for one in receiver.requests}) == 3
    (delivery,) = await here.deliveries(endpoint)
    assert (delivery.status, delivery.tries) == (S.DELIVERED, 3)
    assert [one.status_code for one in await here.attempts()] == [500, 302, 204]


@pytest.mark.parametrize("status", [429, 503])
async def test_who_asks_to_wait_is_left_alone_meanwhile(here: World, status: int) -> None:
    async with receiving(answer(status, "retry-after: 3600"), OK) as receiver:
        endpoint = await here.endpoint(receiver.url, event_types=[CHANGED])
        await here.tell()
        at = utc_now()
        await here.send(endpoint, at=at)
        await here.tell()

        resting = await here.send(endpoint, at=at + timedelta(minutes=59))
        rested = await here.send(endpoint, at=at + timedelta(minutes=61))

    assert (resting, rested) == (0, 2)
    assert {one.status for one in await here.deliveries(endpoint)} == {S.DELIVERED}


async def test_who_is_gone_is_told_nothing_more(here: World) -> None:
    async with receiving(answer(410)) as receiver:
        endpoint = await here.endpoint(receiver.url, event_types=[CHANGED])
        await here.tell()
        await here.send(endpoint)
        await here.tell()
        later = await here.send(endpoint, at=utc_now() + timedelta(days=1))

    assert (later, len(receiver.requests)) == (0, 1)
    stored, _ = await here.stored(endpoint)
    assert stored.status == WebhookEndpointStatus.DISABLED
    assert stored.disabled_reason == DisabledReason.GONE
    (event,) = [one for one in await here.events() if one.type.endswith(".disabled")]
    assert (event.type, event.agency_id) == ("tiendo.webhook_endpoint.disabled", here.agency.id)
    assert event.data == {"reason": "gone"}


async def test_a_dead_receiver_is_tried_for_about_three_days_and_then_disabled(
    here: World,
) -> None:
    endpoint = await here.endpoint(loopback.url(loopback.free_port(), "/"), event_types=[CHANGED])
    told = await here.tell(20)
    started = at = utc_now()
    tries = 0
    while (await here.stored(endpoint))[0].status == WebhookEndpointStatus.ACTIVE:
        tries += await here.send(endpoint, at=at)
        oldest = (await here.deliveries(endpoint))[:3]
        at = max(min(one.next_try_at or at for one in oldest), at + timedelta(seconds=1))

    stored, queue = await here.stored(endpoint)
    assert timedelta(days=2.5) < at - started < timedelta(days=4)
    assert stored.disabled_reason == DisabledReason.FAILING
    # The waiting messages were not tried again and again.
    assert tries < 50
    # A message that was not delivered waits until the endpoint is enabled again.
    deliveries = await here.deliveries(endpoint)
    assert {one.status for one in deliveries} == {S.PENDING}
    assert [one.event_id for one in deliveries] == told
    assert {one.fault for one in await here.attempts()} == {SendFault.NOT_CONNECTED}
    assert (await here.audit())[-1].action == "disabled"
    assert (await here.audit())[-1].client_id is None
    assert queue.failures == tries


async def test_what_is_enabled_again_goes_on_where_it_stopped(here: World) -> None:
    async with receiving(answer(410), OK) as receiver:
        endpoint = await here.endpoint(receiver.url, event_types=[CHANGED])
        told = await here.tell(2)
        await here.send(endpoint)
        told += await here.tell(2)
        receiver.requests.clear()

        await here.act(endpoint, "enable", skip_missed=False)
        while await here.send(endpoint):
            pass

    heard = [one.message_id for one in receiver.requests]
    assert set(heard) >= set(map(str, told[2:]))
    assert {one.status for one in await here.deliveries(endpoint)} == {S.DELIVERED}


async def test_what_is_enabled_again_may_skip_what_it_missed(here: World) -> None:
    async with receiving(answer(410), OK) as receiver:
        endpoint = await here.endpoint(receiver.url, event_types=[CHANGED])
        await here.tell()
        await here.send(endpoint)
        await here.tell(3)
        receiver.requests.clear()

        await here.horizon()
        await here.act(endpoint, "enable", skip_missed=True)
        (told,) = await here.tell()
        while await here.send(endpoint):
            pass

    assert [one.message_id for one in receiver.requests] == [str(told)]
    statuses = Counter(one.status for one in await here.deliveries(endpoint))
    assert statuses == {S.CANCELLED: 1, S.DELIVERED: 1}


async def test_a_message_that_is_never_taken_fails_alone(here: World) -> None:
    async with receiving() as receiver:
        endpoint = await here.endpoint(receiver.url, event_types=[CHANGED])
        (never_taken,) = await here.tell()
        receiver.refused.add(str(never_taken))
        at = utc_now()
        for _ in range(10):
            await here.tell()
            await here.send(endpoint, at=at)
            at += timedelta(days=2)

    stored, _ = await here.stored(endpoint)
    assert stored.status == WebhookEndpointStatus.ACTIVE
    statuses = {one.event_id: one.status for one in await here.deliveries(endpoint)}
    assert statuses.pop(never_taken) == S.FAILED
    assert Counter(statuses.values()) == {S.DELIVERED: 10}


async def test_what_waits_is_bounded_however_much_happens(here: World) -> None:
    endpoint = await here.endpoint(loopback.url(loopback.free_port(), "/"), event_types=[CHANGED])
    await here.tell(130)
    at = utc_now()
    for minute in range(5):
        await here.send(endpoint, at=at + timedelta(minutes=minute))

    assert len(await here.deliveries(endpoint)) == 100


async def test_much_that_waited_arrives_when_the_receiver_is_back(here: World) -> None:
    async with receiving(answer(503)) as receiver:
        endpoint = await here.endpoint(receiver.url, event_types=[CHANGED])
        told = await here.tell(130)
        at = utc_now()
        await here.send(endpoint, at=at)
        receiver.answers[:] = [OK]
        receiver.requests.clear()
        at += timedelta(minutes=10)
        while await here.send(endpoint, at=at):
            pass

    assert Counter(one.message_id for one in receiver.requests) == dict.fromkeys(map(str, told), 1)


async def test_no_commit_is_passed_over_that_ends_late(here: World) -> None:
    async with receiving() as receiver:
        endpoint = await here.endpoint(receiver.url, event_types=[CHANGED])
        async with here.sessions() as late:
            # It has begun to write, and commits only after others have come and gone.
            await late.begin()
            event = sa.text(
                "insert into event (id, type, subject, noun, row_id, occurred_at, created_at, data)"
                " values (gen_random_uuid(), :type, '/v1/collectives/1', 'collective',"
                " gen_random_uuid(), now(), now(), '{}') returning id"
            )
            connection = await late.connection()
            late_id = (await connection.execute(event, {"type": CHANGED})).scalar_one()
            told = await here.tell(2)
            before = await here.send(endpoint, is_alone=False)
            await connection.commit()
        while await here.send(endpoint):
            pass

    assert before == 0
    assert {one.message_id for one in receiver.requests} == {str(one) for one in [late_id, *told]}


async def test_what_a_client_may_no_longer_see_is_not_told(here: World) -> None:
    async with receiving(answer(500), OK) as receiver:
        endpoint = await here.endpoint(receiver.url, event_types=[CHANGED])
        (event_id,) = await here.tell()
        at = utc_now()
        await here.send(endpoint, at=at)
        async with here.sessions.begin() as session:
            # As when a report passes to another agency.
            await session.exec(
                sa.text("update event set noun = 'other', agency_id = null")  # type: ignore[call-overload]
            )
        again = await here.send(endpoint, at=at + timedelta(minutes=1))

    assert again == 0
    (delivery,) = await here.deliveries(endpoint)
    assert (delivery.event_id, delivery.status) == (event_id, S.CANCELLED)


@pytest.mark.parametrize("change", ["disabled", "no longer acting"])
async def test_a_client_that_lost_its_standing_is_told_nothing(here: World, change: str) -> None:
    async with receiving() as receiver:
        endpoint = await here.endpoint(receiver.url, event_types=[CHANGED])
        await here.tell()
        async with here.sessions.begin() as session:
            client = await session.get_one(Client, here.client.id)
            if change == "disabled":
                client.disabled_at = utc_now()
            else:
                other = await here.make_client(Role.READER)
                agency = sa.text(
                    "insert into agency (id, created_at, updated_at, code, kind)"
                    " values (gen_random_uuid(), now(), now(), 'KHAC', 'other') returning id"
                )
                connection = await session.connection()
                client.agency_id = (await connection.execute(agency)).scalar_one()
                assert other.id
        sent = await here.send(endpoint)

    assert (sent, receiver.accepted) == (0, 0)


async def test_a_secret_that_can_not_be_read_any_more_disables(
    here: World, settings: Settings
) -> None:
    async with receiving() as receiver:
        endpoint = await here.endpoint(receiver.url, event_types=[CHANGED])
        await here.tell()
        here.settings = here.settings.model_copy(
            update={"secret": type(here.settings.secret)("another" * 10)}
        )
        await here.send(endpoint)

    stored, _ = await here.stored(endpoint)
    assert receiver.accepted == 0
    assert stored.disabled_reason == DisabledReason.SECRET_UNREADABLE


async def test_two_workers_never_send_the_same_at_once(here: World) -> None:
    async with receiving() as receiver:
        endpoint = await here.endpoint(receiver.url, event_types=[CHANGED])
        told = await here.tell(24)

        async def work() -> None:
            while {one.status for one in await here.deliveries(endpoint)} != {S.DELIVERED}:
                await here.send(endpoint)

        await asyncio.gather(*(work() for _ in range(3)))

    assert Counter(one.message_id for one in receiver.requests) == dict.fromkeys(map(str, told), 1)


async def test_a_dead_receiver_delays_no_other(here: World) -> None:
    stop = asyncio.Event()
    work = LoopContext(here.settings, here.sessions, stop)
    async with receiving(None) as silent, receiving() as receiver:
        await here.endpoint(silent.url, event_types=[CHANGED])
        await here.endpoint(receiver.url, event_types=[CHANGED])
        told = await here.tell(3)
        working = asyncio.create_task(deliver(work))

        await until_heard(silent, 3)
        # Nobody has answered there yet, nor will.
        told += await here.tell(3)
        await until_heard(receiver, 6)
        stop.set()
        async with asyncio.timeout(PATIENCE):
            await working

    assert {one.message_id for one in receiver.requests} == set(map(str, told))
