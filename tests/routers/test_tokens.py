from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine
from jose import jwk, jwt
from jose.utils import base64url_decode
from pydantic import SecretStr
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession
from starlette.datastructures import State

from app.auth.failed_logins import OF_A_CLIENT, OF_AN_ADDRESS, costs_of, source_of
from app.clock import utc_now
from app.config import Settings
from app.domain.access import clients as domain
from app.domain.access.tokens import InvalidClientError, TooManyFailuresError, authenticate
from app.domain.acts import Act
from app.main import create_app
from app.models import AuditEntry, Client, ClientSecret
from tests.support.clients import Api

GRANT = {"grant_type": "client_credentials"}


async def test_a_secret_is_exchanged_for_a_token(api: Api, system: Client, secret: str) -> None:
    answer = await api.ask(secret)

    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    token = answer.json().pop("access_token")
    assert answer.json() == {
        "access_token": token,
        "token_type": "Bearer",
        "expires_in": 900,
        "scope": "reader reporter",
    }
    assert await api.status_for(token) == 200


async def test_a_token_says_what_rfc_9068_asks_for(api: Api, system: Client, secret: str) -> None:
    token = (await api.ask(secret)).json()["access_token"]
    async with api.by() as http:
        (key,) = (await http.get("/.well-known/jwks.json")).json()["keys"]

    header = jwt.get_unverified_header(token)
    assert header == {"alg": "ES256", "typ": "at+jwt", "kid": key["kid"]}
    message, _, signature = token.rpartition(".")
    public = jwk.construct(key)
    assert public.verify(message.encode(), base64url_decode(signature.encode()))
    assert "d" not in key
    claims = jwt.get_unverified_claims(token)
    base = api.settings.base_url
    assert {name: claims[name] for name in ("iss", "aud", "sub", "client_id", "scope")} == {
        "iss": base, "aud": base, "sub": "van-ban", "client_id": "van-ban",
        "scope": "reader reporter",
    }  # fmt: skip
    assert claims["exp"] - claims["iat"] == 900
    assert len(claims["jti"]) == 36


async def test_form_fields_do_as_well_as_basic(api: Api, system: Client, secret: str) -> None:
    async with api.by() as http:
        form = {**GRANT, "client_id": "van-ban", "client_secret": secret}
        assert (await http.post("/oauth/token", data=form)).status_code == 200
        form["client_secret"] = "x"
        assert (await http.post("/oauth/token", data=form)).status_code == 401


async def test_of_two_tokens_in_one_request_none_counts(
    api: Api, system: Client, secret: str
) -> None:
    token = (await api.ask(secret)).json()["access_token"]
    twice = [("Authorization", f"Bearer {token}"), ("Authorization", "Bearer x")]

    async with api.by() as http:
        answer = await http.get("/v1/plans", headers=twice)
        once = await http.get("/v1/plans", headers=twice[:1])

    assert (answer.status_code, answer.json()["code"]) == (401, "invalid_token")
    assert once.status_code == 200


async def test_the_scope_narrows_a_token(api: Api, system: Client, secret: str) -> None:
    answer = await api.ask(secret, **GRANT, scope="reader")

    assert answer.json()["scope"] == "reader"
    url = f"/v1/assignments/{system.id}/submissions/2025"
    async with api.with_headers(
        {"Authorization": f"Bearer {answer.json()['access_token']}"}
    ) as http:
        assert (await http.put(url, json={})).status_code == 403


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ({"scope": "reader"}, "invalid_request"),
        ({**GRANT, "scope": "x" * 5000}, "invalid_request"),
        ({**GRANT, "scope": "a\0b"}, "invalid_request"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({**GRANT, "scope": "administrator"}, "invalid_scope"),
        ({**GRANT, "scope": "reader nonsense"}, "invalid_scope"),
    ],
)
async def test_refusals_carry_the_error_of_rfc_6749(
    api: Api, system: Client, secret: str, form: dict[str, str], error: str
) -> None:
    answer = await api.ask(secret, **form)

    assert answer.status_code == 400
    assert (answer.json()["error"], answer.json()["code"]) == (error, error)


async def test_what_is_missing_is_told_in_the_form_of_rfc_6749_and_named(
    api: Api, system: Client, secret: str
) -> None:
    form = {"client_id": system.client_id, "client_secret": secret}
    async with api.by() as http:
        for path in ("revoke", "introspect"):
            answer = await http.post(f"/oauth/{path}", data=form)
            assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")
            assert [fault["pointer"] for fault in answer.json()["errors"]] == ["#/token"]


@pytest.mark.parametrize(
    "authorization",
    [None, "Basic", "Basic ???", "Basic dmFuLWJhbg==", "Basic //79", "Bearer dmFuLWJhbjp4"],
)
async def test_a_client_that_is_not_known_is_refused(
    api: Api, system: Client, authorization: str | None
) -> None:
    headers = {} if authorization is None else {"Authorization": authorization}
    async with api.with_headers(headers) as http:
        for path in ("token", "revoke", "introspect"):
            answer = await http.post(f"/oauth/{path}", data={**GRANT, "token": "x"})
            assert answer.status_code == 401
            assert answer.json()["error"] == "invalid_client"
            assert answer.headers["www-authenticate"].startswith("Basic ")


async def test_unknown_disabled_and_wrong_are_answered_alike(
    api: Api, system: Client, secret: str, session: AsyncSession
) -> None:
    answers = [await api.ask("x"), await api.ask(secret, name="la"), await api.ask("", name="")]
    system.disabled_at = utc_now()
    await session.commit()
    answers.append(await api.ask(secret))

    bodies = [answer.json() | {"request_id": ""} for answer in answers]
    assert all(body == bodies[0] for body in bodies)
    assert {answer.status_code for answer in answers} == {401}


def statements_of(connection: AsyncConnection) -> list[str]:
    """The statements sent from now on; savepoints are the test's own."""
    found: list[str] = []

    def note(_: Any, __: Any, statement: str, *___: Any) -> None:
        if "SAVEPOINT" not in statement:
            found.append(statement)

    sa.event.listen(connection.sync_connection, "before_cursor_execute", note)
    return found


async def test_an_unknown_client_walks_the_same_path(
    api: Api, system: Client, secret: str, connection: AsyncConnection
) -> None:
    sent = statements_of(connection)
    await api.ask("x")
    known = list(sent)
    sent.clear()
    await api.ask("x", name="la")

    assert sent == known


async def test_two_secrets_are_valid_at_a_time(
    api: Api, system: Client, secret: str, session: AsyncSession
) -> None:
    overlap = timedelta(hours=1)
    second = await domain.rotate(
        Act(session, None, utc_now()), api.settings, system, overlap=overlap
    )
    await session.commit()

    assert [(await api.ask(given)).status_code for given in (secret, second)] == [200, 200]
    with pytest.raises(domain.TooManySecretsError):
        await domain.rotate(Act(session, None, utc_now()), api.settings, system, overlap=overlap)


async def test_the_old_secret_ends_with_the_overlap(
    api: Api, system: Client, secret: str, session: AsyncSession
) -> None:
    now = utc_now()
    act, hour = Act(session, None, now), timedelta(hours=1)
    second = await domain.rotate(act, api.settings, system, overlap=hour)
    await session.commit()

    with time_machine.travel(now + timedelta(hours=1), tick=False):
        assert (await api.ask(secret)).status_code == 401
        assert (await api.ask(second)).status_code == 200
        third = await domain.rotate(
            Act(session, None, utc_now()), api.settings, system, overlap=timedelta(0)
        )
        await session.commit()
        assert (await api.ask(second)).status_code == 401
        assert (await api.ask(third)).status_code == 200


async def test_a_revoked_secret_is_refused(
    api: Api, system: Client, secret: str, session: AsyncSession
) -> None:
    (row,) = (await session.exec(select(ClientSecret))).all()
    row.revoked_at = utc_now()
    await session.commit()

    assert (await api.ask(secret)).status_code == 401


async def test_the_database_holds_no_secret(
    api: Api, system: Client, secret: str, session: AsyncSession
) -> None:
    (row,) = (await session.exec(select(ClientSecret))).all()

    assert len(row.digest) == 32
    assert secret.encode() not in row.digest


async def used(session: AsyncSession, *rows: Client | ClientSecret) -> list[datetime | None]:
    """The moment of each row's last use."""
    for row in rows:
        await session.refresh(row)
    return [row.last_used_at for row in rows]


@pytest.mark.parametrize(
    "later",
    [
        timedelta(minutes=1),
        timedelta(hours=5),
        timedelta(days=1, seconds=30),
    ],
)
async def test_the_last_use_is_noted(
    api: Api, system: Client, secret: str, session: AsyncSession, later: timedelta
) -> None:
    (row,) = (await session.exec(select(ClientSecret))).all()
    first = datetime(2026, 11, 22, 9, tzinfo=UTC)
    with time_machine.travel(first, tick=False):
        await api.ask("wrong")
        assert await used(session, system, row) == [None, None]
        await api.ask(secret)
    assert await used(session, system, row) == [first, first]

    with time_machine.travel(first + timedelta(seconds=59), tick=False):
        await api.ask(secret)
    assert await used(session, system, row) == [first, first]
    with time_machine.travel(first + later, tick=False):
        await api.ask(secret)
    assert await used(session, system, row) == [first + later] * 2


async def test_a_token_ends_after_a_quarter_of_an_hour_and_a_minute_for_clocks(
    api: Api, system: Client, secret: str
) -> None:
    start = datetime(2026, 11, 22, 9, tzinfo=UTC)
    with time_machine.travel(start, tick=False):
        token = (await api.ask(secret)).json()["access_token"]
    with time_machine.travel(start + timedelta(seconds=959), tick=False):
        assert await api.status_for(token) == 200
    with time_machine.travel(start + timedelta(seconds=960), tick=False):
        assert await api.status_for(token) == 401


async def test_a_client_says_who_it_is_in_one_way(api: Api, system: Client, secret: str) -> None:
    form = {"grant_type": "client_credentials", "client_id": system.client_id}
    async with api.by() as http:
        auth = (system.client_id, secret)
        named = await http.post("/oauth/token", data=form, auth=auth)
        both = await http.post("/oauth/token", data=form | {"client_secret": secret}, auth=auth)
        other = await http.post("/oauth/token", data=form | {"client_id": "khac"}, auth=auth)

    assert (named.status_code, both.status_code, other.status_code) == (200, 400, 400)
    assert {one.json()["error"] for one in (both, other)} == {"invalid_request"}


async def test_failed_logins_are_written_down_and_end(
    api: Api, session: AsyncSession, system: Client, secret: str
) -> None:
    failed = [await api.ask("wrong", name=system.client_id) for _ in range(OF_A_CLIENT)]
    limited = await api.ask(secret, name=system.client_id)
    other = await api.ask("wrong", name="khong-co")

    assert {one.status_code for one in failed} == {401}
    assert (limited.status_code, other.status_code) == (429, 401)
    assert 0 < int(limited.headers["retry-after"]) <= 60
    entries = await session.exec(select(AuditEntry).where(col(AuditEntry.row_id) == system.id))
    told = [entry.detail for entry in entries if entry.action == "login_failed"]
    assert told == [{"address": "127.0.0.1"}] * OF_A_CLIENT


async def test_failed_logins_are_counted_for_all_processes(
    settings: Settings, own_database_url: str
) -> None:
    settings = settings.model_copy(update={"database_url": SecretStr(own_database_url)})
    one, other = create_app(settings), create_app(settings)
    first, second = one.state, other.state

    async def try_at(state: State, address: str, name: str) -> None:
        failing = costs_of(address, name)
        await authenticate(state.reader, settings, name, "sai", failing=failing, at=utc_now())

    async with one.router.lifespan_context(one), other.router.lifespan_context(other):
        for _ in range(OF_A_CLIENT):
            await first.failed_logins.add(first.reader, costs_of("192.0.2.1", "van-ban"))

        with pytest.raises(TooManyFailuresError):
            await try_at(second, "192.0.2.1", "van-ban")
        # Neither is the client locked out elsewhere, nor another one that comes from there.
        for address, name in (("192.0.2.2", "van-ban"), ("192.0.2.1", "khac")):
            with pytest.raises(InvalidClientError):
                await try_at(second, address, name)
        for number in range(OF_AN_ADDRESS - OF_A_CLIENT):
            costs = costs_of("192.0.2.1", f"he-thong-{number}")
            await second.failed_logins.add(second.reader, costs)
        with pytest.raises(TooManyFailuresError) as refused:
            await try_at(first, "192.0.2.1", "khac")
        assert 0 < refused.value.seconds <= 60


def test_a_network_of_ipv6_counts_as_one_address() -> None:
    assert source_of("2001:db8:1:2:3::4") == source_of("2001:db8:1:2::9")
    assert source_of("2001:db8:1:3::9") != source_of("2001:db8:1:2::9")
    assert source_of("::ffff:192.0.2.1") == source_of("192.0.2.1") == "192.0.2.1"
    assert source_of("") == ""
