"""Webhook endpoints as their clients make, change and watch them."""

import base64
import json
import logging
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from app.auth.principal import Role
from app.clock import utc_now
from app.domain.webhooks.endpoints import MAX_ENDPOINTS
from app.models import Client, WebhookEndpointStatus
from tests.support.clients import Api
from tests.support.factories import make_agency
from tests.support.receivers import answer, receiving
from tests.support.webhooks import CHANGED, PATH, URL, World, heard

NOUN = "webhook_endpoint"


async def refusal(here: World, client: Client | None = None, **body: Any) -> tuple[int, str]:
    """The refusal to make an endpoint: the status, and the code of its fault."""
    async with here.http(client) as http:
        answer = await http.post(PATH, json={"url": URL, **body})
    problem = answer.json()
    errors = problem.get("errors") or [problem]
    return answer.status_code, errors[0]["code"]


async def test_the_secret_is_shown_once(here: World) -> None:
    made = await here.endpoint(URL, description="Hệ thống", event_types=[CHANGED])

    async with here.http() as http:
        read = (await http.get(f"{PATH}/{made['id']}")).json()
        listed = (await http.get(PATH)).json()["items"]

    assert len(base64.b64decode(made["secret"].removeprefix("whsec_"))) == 32
    assert {**read, "secret": made["secret"]} == made
    assert listed == [read]
    assert (read["status"], read["client_id"]) == ("active", here.client.client_id)
    stored, _ = await here.stored(made)
    assert base64.b64decode(made["secret"].removeprefix("whsec_")) not in (stored.secret or b"")


@pytest.mark.parametrize("role", Role)
async def test_every_role_may_have_one(here: World, role: Role) -> None:
    client = await here.make_client(role)

    async with here.http(client) as http:
        assert (await http.post(PATH, json={"url": URL})).status_code == 201


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://10.0.0.1:8080/", "address_refused"),
        ("http://127.0.0.1:22/", "address_refused"),
        ("http://[fd00::1]:8080/", "address_refused"),
        ("http://2130706434:22/", "address_refused"),
        ("http://169.254.169.254:8080/", "address_refused"),
        ("http://user:password@127.0.0.1:8080/", "url_with_user"),
        ("http://127.0.0.1:8080/#part", "url_with_fragment"),
        ("ftp://127.0.0.1:8080/", "url_scheme"),
        ("not an address", "url_parsing"),
        (f"http://127.0.0.1:8080/{'a' * 500}", "url_too_long"),
    ],
)
async def test_an_address_that_can_be_refused_beforehand_is(
    here: World, url: str, code: str
) -> None:
    assert await refusal(here, url=url) == (422, code)


async def test_without_tls_only_where_the_operator_says_so(here: World) -> None:
    strict = Api(here.engine, here.settings, webhook_allow_http=False)
    async with strict.by(here.client) as http:
        plain = await http.post(PATH, json={"url": "http://nhan.example.vn:8080/"})
        tls = await http.post(PATH, json={"url": "https://nhan.example.vn:8443/"})

    assert plain.json()["errors"][0]["code"] == "https_required"
    assert tls.status_code == 201


async def test_where_no_network_is_allowed_there_are_no_webhooks(here: World) -> None:
    closed = Api(here.engine, here.settings, webhook_networks=())
    async with closed.by(here.client) as http:
        refused = await http.post(PATH, json={"url": URL})

    assert (refused.status_code, refused.json()["code"]) == (409, "webhooks_not_enabled")
    assert "TIENDO_WEBHOOK_NETWORKS" in refused.json()["detail"]


async def test_what_never_happens_can_not_be_waited_for(here: World) -> None:
    assert await refusal(here, event_types=["tiendo.nothing.*"]) == (422, "unknown_event_type")
    assert await refusal(here, event_types=["x"]) == (422, "string_pattern_mismatch")
    assert await refusal(here, plan_id=str(uuid4())) == (404, "not_found")


async def test_a_client_has_a_few_at_most(here: World) -> None:
    made = [await here.endpoint(URL) for _ in range(MAX_ENDPOINTS)]

    assert await refusal(here) == (409, "too_many_webhook_endpoints")
    async with here.http() as http:
        assert (await http.delete(f"{PATH}/{made[0]['id']}")).status_code == 200
    await here.endpoint(URL)


async def test_those_of_others_do_not_exist(here: World) -> None:
    made = await here.endpoint(URL)
    async with here.sessions() as session:
        elsewhere = await make_agency(session)
    others = [
        await here.make_client(Role.REPORTER),
        await here.make_client(Role.SUPERVISOR, Role.ISSUER, agency=elsewhere),
    ]
    for client in others:
        async with here.http(client) as http:
            assert (await http.get(PATH)).json()["items"] == []
            assert (await http.get(f"{PATH}/{made['id']}")).status_code == 404
            assert (await http.get(f"{PATH}/{made['id']}/deliveries")).status_code == 404
            assert (await http.delete(f"{PATH}/{made['id']}")).status_code == 404


async def test_administrators_see_all_and_change_none(here: World) -> None:
    made = await here.endpoint(URL)
    administrator = await here.make_client(Role.ADMINISTRATOR)

    async with here.http(administrator) as http:
        (listed,) = (await http.get(PATH)).json()["items"]
        refused = await http.post(f"{PATH}/{made['id']}/disable")

    assert (listed["id"], listed["allowed_actions"]) == (made["id"], [])
    assert "secret" not in listed
    assert listed["url"] == made["url"]
    assert (refused.status_code, refused.json()["code"]) == (403, "permission_denied")


async def test_where_another_agency_is_told_is_its_own_affair(here: World) -> None:
    made = await here.endpoint(URL)
    async with here.sessions() as session:
        agency = await make_agency(session)
    administrator = await here.make_client(Role.ADMINISTRATOR, agency=agency)

    async with here.http(administrator) as http:
        (listed,) = (await http.get(PATH)).json()["items"]

    assert (listed["id"], listed["url"]) == (made["id"], None)


async def test_a_change_holds_for_what_is_sent_from_then_on(here: World) -> None:
    async with receiving() as before, receiving() as after:
        made = await here.endpoint(before.url, event_types=[CHANGED])
        async with here.http() as http:
            changed = await http.patch(
                f"{PATH}/{made['id']}", json={"url": after.url, "description": "Mới"}
            )
        await here.tell()
        await here.send(made)

    assert (changed.status_code, changed.json()["description"]) == (200, "Mới")
    assert (before.accepted, after.accepted) == (0, 1)
    (entry,) = [one for one in await here.audit() if (one.noun, one.action) == (NOUN, "changed")]
    assert entry.detail == {"fields": ["description", "url"]}


async def test_while_a_secret_changes_the_receiver_may_know_either(here: World) -> None:
    async with receiving() as receiver:
        made = await here.endpoint(receiver.url, event_types=[CHANGED])
        rotated = await here.act(made, "rotate-secret", overlap_hours=24)
        await here.tell()
        await here.send(made)
        await here.tell()
        at = utc_now() + timedelta(hours=25)
        await here.send(made, at=at)

    both, new = receiver.requests
    assert rotated["secret"] != made["secret"]
    for secret in (made["secret"], rotated["secret"]):
        assert both.verified(secret)["type"] == CHANGED
    assert (
        both.headers["webhook-signature"].count("v1,"),
        new.headers["webhook-signature"].count("v1,"),
    ) == (2, 1)


async def test_a_second_rotation_waits_or_ends_the_first_at_once(here: World) -> None:
    made = await here.endpoint(URL)
    await here.act(made, "rotate-secret", overlap_hours=1)

    async with here.http() as http:
        path = f"{PATH}/{made['id']}/rotate-secret"
        refused = await http.post(path, json={"overlap_hours": 1})
        at_once = await http.post(path, json={"overlap_hours": 0})

    assert (refused.status_code, refused.json()["code"]) == (409, "rotation_under_way")
    assert at_once.json()["previous_secret_until"] is None
    assert (await here.stored(made))[0].previous_secret is None


async def test_what_is_disabled_gets_nothing_until_it_is_enabled(here: World) -> None:
    async with receiving() as receiver:
        made = await here.endpoint(receiver.url, event_types=[CHANGED])
        disabled = await here.act(made, "disable")
        (told,) = await here.tell()
        assert await heard(here, made, receiver) == []
        enabled = await here.act(made, "enable", skip_missed=False)
        assert await heard(here, made, receiver) == [str(told)]

    assert (disabled["status"], disabled["disabled_reason"]) == ("disabled", "requested")
    assert "enable" in disabled["allowed_actions"]
    assert "ping" not in disabled["allowed_actions"]
    assert (enabled["status"], enabled["disabled_reason"]) == ("active", None)


async def test_what_is_deleted_is_over_and_its_log_is_readable(here: World) -> None:
    async with receiving() as receiver:
        made = await here.endpoint(receiver.url, event_types=[CHANGED])
        await here.tell()
        await here.send(made)
        await here.tell()
        async with here.http() as http:
            path = f"{PATH}/{made['id']}"
            deleted = (await http.delete(path)).json()
            again = await http.delete(path)
            left = (await http.get(PATH)).json()["items"]
            found = (await http.get(PATH, params={"status": "deleted"})).json()["items"]
            log = (await http.get(f"{path}/deliveries")).json()["items"]
        sent = await here.send(made)

    assert (deleted["status"], deleted["allowed_actions"]) == ("deleted", [])
    assert (again.status_code, again.json()["code"]) == (409, "wrong_webhook_endpoint_state")
    assert (left, [one["id"] for one in found]) == ([], [made["id"]])
    assert [one["status"] for one in log] == ["delivered"]
    assert sent == 0
    stored, _ = await here.stored(made)
    assert (stored.status, stored.secret) == (WebhookEndpointStatus.DELETED, None)


async def test_no_secret_is_told_to_anybody_else(
    here: World, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    async with receiving(answer(500)) as receiver:
        made = await here.endpoint(receiver.url + "?token=hidden", event_types=[CHANGED])
        rotated = await here.act(made, "rotate-secret", overlap_hours=1)
        await here.tell()
        await here.send(made)
        async with here.http() as http:
            read = (await http.get(f"{PATH}/{made['id']}")).text
            log = (await http.get(f"{PATH}/{made['id']}/deliveries")).text

    said = capsys.readouterr()
    written = said.out + said.err + caplog.text
    trail = json.dumps([one.model_dump(mode="json") for one in await here.audit()])
    events = json.dumps([one.model_dump(mode="json") for one in await here.events()])
    for secret in (made["secret"], rotated["secret"]):
        for text in (written, trail, events, read, log):
            assert secret.removeprefix("whsec_") not in text
    # Addresses may carry tokens of their own.
    for text in (written, trail, events):
        assert "hidden" not in text


async def test_what_is_done_is_told_and_written_down(here: World) -> None:
    made = await here.endpoint(URL)
    await here.act(made, "rotate-secret", overlap_hours=0)
    await here.act(made, "disable")
    await here.act(made, "enable", skip_missed=True)
    await here.act(made, "ping")
    await here.act(made, "replay", failed=True)
    async with here.http() as http:
        await http.delete(f"{PATH}/{made['id']}")

    told = [one.type.rpartition(".")[2] for one in await here.events()]
    entries = [one for one in await here.audit() if one.row_id == UUID(made["id"])]
    assert told == ["created", "secret_rotated", "disabled", "enabled", "deleted"]
    assert [one.action for one in entries] == [*told[:4], "pinged", "replayed", "deleted"]
    assert {one.client_id for one in entries} == {here.client.id}


async def test_an_operator_sees_what_waits(here: World) -> None:
    async with receiving(answer(500)) as receiver:
        made = await here.endpoint(receiver.url, event_types=[CHANGED])
        await here.tell(3)
        await here.send(made)
    async with here.http() as http:
        waiting = (await http.get("/metrics")).text
        await here.act(made, "disable")
        given_up = (await http.get("/metrics")).text

    assert "tiendo_webhook_deliveries_pending 3.0" in waiting
    assert "tiendo_webhook_oldest_pending_seconds 0.0\n" not in waiting
    assert "tiendo_webhook_deliveries_pending 0.0" in given_up
