from datetime import timedelta, timezone
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook
from standardwebhooks.webhooks import WebhookVerificationError

from app.clock import PROVINCE, utc_now
from app.outbound.signatures import new_key, secret_text, signed_headers

BODY = '{"type":"tiendo.plan.issued","data":{"tên":"kế hoạch"}}'.encode()


@given(key=st.binary(min_size=24, max_size=64), message_id=st.uuids(), body=st.text())
def test_the_receivers_library_believes_what_we_sign(
    key: bytes, message_id: UUID, body: str
) -> None:
    headers = signed_headers([key], message_id, body.encode(errors="replace"), at=utc_now())

    Webhook(secret_text(key)).verify(body.encode(errors="replace"), headers, json_parse=False)


def test_while_a_secret_changes_both_are_believed() -> None:
    old, new, other = new_key(), new_key(), new_key()

    headers = signed_headers([new, old], uuid4(), BODY, at=utc_now())

    assert len(headers["webhook-signature"].split(" ")) == 2
    for key in (old, new):
        assert Webhook(secret_text(key)).verify(BODY, headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(secret_text(other)).verify(BODY, headers)


@pytest.mark.parametrize("changed", ["webhook-id", "webhook-timestamp", "body"])
def test_nothing_that_is_signed_can_be_changed(changed: str) -> None:
    key = new_key()
    headers = signed_headers([key], uuid4(), BODY, at=utc_now())
    body = BODY
    if changed == "body":
        body += b" "
    elif changed == "webhook-id":
        headers[changed] = str(uuid4())
    else:
        headers[changed] = str(int(headers[changed]) + 1)

    with pytest.raises(WebhookVerificationError):
        Webhook(secret_text(key)).verify(body, headers)


def test_what_was_sent_long_ago_is_not_believed_again() -> None:
    key = new_key()
    headers = signed_headers([key], uuid4(), BODY, at=utc_now() - timedelta(minutes=6))

    with pytest.raises(WebhookVerificationError):
        Webhook(secret_text(key)).verify(BODY, headers)


def test_an_instant_is_signed_alike_in_every_zone() -> None:
    key, message_id, at = new_key(), uuid4(), utc_now()
    zones = (PROVINCE, timezone(timedelta(hours=-5)))

    signed = [signed_headers([key], message_id, BODY, at=at.astimezone(zone)) for zone in zones]

    assert signed == [signed_headers([key], message_id, BODY, at=at)] * 2


def test_keys_are_long_and_never_the_same() -> None:
    keys = {new_key() for _ in range(20)}

    assert len(keys) == 20
    assert {len(key) for key in keys} == {32}
    assert all(secret_text(key).startswith("whsec_") for key in keys)
