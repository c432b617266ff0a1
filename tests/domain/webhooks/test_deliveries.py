"""The tries of a message and the meaning of their failures: rules without a database."""

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.webhooks.deliveries import (
    FAILING_AFTER,
    JITTER,
    MAX_TRIES,
    TRY_AGAIN_AFTER,
    WINDOW,
    begin_try,
    next_try,
    settle_try,
)
from app.models import DeliveryStatus, DisabledReason, SendFault, WebhookDelivery, WebhookQueue
from app.outbound.receiver_answers import ReceiverAnswer

AT = datetime(2026, 11, 23, 2, tzinfo=UTC)
TAKEN = ReceiverAnswer(204)
FAILED = ReceiverAnswer(fault=SendFault.TIMEOUT)
LUCK = st.floats(min_value=0, max_value=1)


def delivery(**given: Any) -> WebhookDelivery:
    fields = {"event_id": uuid.uuid4(), "type": "tiendo.plan.issued", "next_try_at": AT, **given}
    return WebhookDelivery(endpoint_id=uuid.uuid4(), **fields)


def queue() -> WebhookQueue:
    return WebhookQueue(endpoint_id=uuid.uuid4(), after_transaction_id=1)


def tried(
    line: WebhookQueue,
    one: WebhookDelivery,
    answer: ReceiverAnswer,
    *,
    at: datetime,
    luck: float = 0.5,
) -> DisabledReason | None:
    """One try from its beginning to its end, which take no time."""
    begin_try(one, at=at, luck=luck)
    return settle_try(line, one, answer, started_at=at, at=at, luck=luck)


@given(st.lists(LUCK, min_size=MAX_TRIES, max_size=MAX_TRIES))
def test_all_tries_take_about_three_days(luck: list[float]) -> None:
    at = AT
    for tries, one in enumerate(luck, 1):
        again = next_try(tries, at=at, luck=one)
        assert (again is None) == (tries == MAX_TRIES)
        at = again or at

    assert timedelta(days=2.5) < at - AT < timedelta(days=3.6)


@given(tries=st.integers(min_value=1, max_value=MAX_TRIES - 1), luck=LUCK)
def test_each_wait_is_near_its_own_and_longer_than_the_one_before(tries: int, luck: float) -> None:
    wait = (next_try(tries, at=AT, luck=luck) or AT) - AT
    planned = TRY_AGAIN_AFTER[tries - 1]

    assert abs(wait - planned) <= planned * JITTER + timedelta(microseconds=1)
    assert list(TRY_AGAIN_AFTER) == sorted(TRY_AGAIN_AFTER)


def test_luck_makes_a_difference() -> None:
    assert len({next_try(3, at=AT, luck=luck) for luck in (0, 0.3, 0.7, 1)}) == 4


def test_success_forgets_every_failure() -> None:
    line, one = queue(), delivery()
    tried(line, one, ReceiverAnswer(503, wait=timedelta(hours=1)), at=AT)
    assert (line.failures, line.failing_since) == (1, AT)
    assert line.resting_until == AT + timedelta(hours=1)

    assert tried(line, one, TAKEN, at=AT + timedelta(hours=2)) is None

    assert line.failures == 0
    assert {line.failing_since, line.resting_until} == {None}
    assert (one.status, one.next_try_at) == (DeliveryStatus.DELIVERED, None)
    assert one.ended_at == AT + timedelta(hours=2)


def fail_to_the_end(
    line: WebhookQueue, one: WebhookDelivery, at: datetime
) -> DisabledReason | None:
    reason = None
    while reason is None and one.status == DeliveryStatus.PENDING:
        at = max(at, one.next_try_at or at)
        reason = tried(line, one, FAILED, at=at)
    return reason


@given(st.integers(min_value=0, max_value=20))
def test_when_nothing_gets_through_the_receiver_is_given_up_and_the_message_kept(
    before: int,
) -> None:
    line, one = queue(), delivery()
    for _ in range(before):
        tried(line, delivery(), FAILED, at=AT - timedelta(hours=1))

    assert fail_to_the_end(line, one, AT) == DisabledReason.FAILING

    assert (one.status, one.tries) == (DeliveryStatus.PENDING, MAX_TRIES)


@given(st.integers(min_value=1, max_value=MAX_TRIES - 1))
def test_when_another_got_through_meanwhile_the_message_fails_alone(after: int) -> None:
    line, one = queue(), delivery()
    at, reason = AT, None
    while one.status == DeliveryStatus.PENDING and reason is None:
        at = max(at, one.next_try_at or at)
        reason = tried(line, one, FAILED, at=at)
        if one.tries == after:
            tried(line, delivery(), TAKEN, at=at)

    assert (one.status, reason) == (DeliveryStatus.FAILED, None)


@pytest.mark.parametrize("event_id", [None, uuid.uuid4()])
def test_410_gives_the_receiver_up_at_once(event_id: uuid.UUID | None) -> None:
    assert (
        tried(queue(), delivery(event_id=event_id), ReceiverAnswer(410), at=AT)
        == DisabledReason.GONE
    )


def test_a_ping_is_tried_once() -> None:
    ping = delivery(event_id=None)

    assert tried(queue(), ping, FAILED, at=AT) is None

    assert ping.status == DeliveryStatus.FAILED


def test_one_message_that_is_never_taken_blocks_no_others() -> None:
    # While the receiver fails, more than the oldest are tried.
    assert 1 < WINDOW <= FAILING_AFTER
