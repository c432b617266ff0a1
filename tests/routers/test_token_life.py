from collections.abc import Callable
from types import SimpleNamespace

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pydantic import SecretStr
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.principal import Role
from app.clock import utc_now
from app.config import Settings
from app.domain.access import clients as domain
from app.domain.acts import Act
from app.models import AuditEntry, Client
from tests.support.clients import Api
from tests.support.factories import make_agency, make_client

GRANT = {"grant_type": "client_credentials"}


async def test_a_disabled_client_stops_at_once(
    api: Api, system: Client, session: AsyncSession
) -> None:
    token = api.token(system)
    assert await api.status_for(token) == 200
    domain.disable(Act(session, None, utc_now()), system)
    await session.commit()

    assert await api.status_for(token) == 401


async def test_a_role_taken_away_is_gone_from_running_tokens(
    api: Api, session: AsyncSession
) -> None:
    agency = await make_agency(session)
    client = await make_client(session, agency, [Role.ADMINISTRATOR, Role.READER])
    async with api.by(client) as http:
        assert (await http.post("/v1/collectives", json={})).status_code == 422
        client.roles = ["reader"]
        await session.commit()
        assert (await http.post("/v1/collectives", json={})).status_code == 403
        assert (await http.get("/v1/collectives")).status_code == 200


async def test_a_role_given_later_needs_a_new_token(api: Api, session: AsyncSession) -> None:
    client = await make_client(session, await make_agency(session), [Role.READER])
    async with api.by(client) as http:
        client.roles = ["administrator", "reader"]
        await session.commit()
        assert (await http.post("/v1/collectives", json={})).status_code == 403


@pytest.fixture
def pass_time(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Move the clock that what is known of clients is kept by."""
    now = [1000.0]
    monkeypatch.setattr("app.auth.deps.time", SimpleNamespace(monotonic=lambda: now[0]))

    def move(seconds: float) -> None:
        now[0] += seconds

    return move


async def test_disabling_works_within_the_seconds_of_the_cache(
    connection: AsyncConnection,
    settings: Settings,
    session: AsyncSession,
    system: Client,
    pass_time: Callable[[float], None],
) -> None:
    api = Api(connection, settings, client_cache_seconds=5.0)
    token = api.token(system)
    assert await api.status_for(token) == 200
    domain.disable(Act(session, None, utc_now()), system)
    await session.commit()

    pass_time(4.9)
    assert await api.status_for(token) == 200
    pass_time(0.1)
    assert await api.status_for(token) == 401


def test_no_setting_lets_a_disabled_client_go_on_for_longer_than_five_seconds() -> None:
    field = Settings.model_fields["client_cache_seconds"]

    assert field.default <= 5
    assert any(getattr(rule, "le", None) == 5 for rule in field.metadata)


async def test_a_revoked_token_is_refused(api: Api, system: Client, secret: str) -> None:
    token, other = api.token(system), api.token(system)
    assert (await api.ask(secret, "revoke", token=token)).status_code == 200
    again = await api.ask(secret, "revoke", token=token, token_type_hint="access_token")

    assert (again.status_code, again.content) == (200, b"")
    assert (await api.status_for(token), await api.status_for(other)) == (401, 200)


async def test_another_clients_token_is_not_revoked(
    api: Api, system: Client, secret: str, reader: Client
) -> None:
    token = api.token(reader)

    assert (await api.ask(secret, "revoke", token=token)).status_code == 200
    assert (await api.ask(secret, "revoke", token="nonsense")).status_code == 200
    assert await api.status_for(token) == 200


async def test_a_client_asks_what_its_own_token_is_worth(
    api: Api, system: Client, secret: str
) -> None:
    token = api.token(system, Role.READER)
    answer = (await api.ask(secret, "introspect", token=token)).json()

    assert answer["active"] is True
    assert (answer["client_id"], answer["sub"], answer["scope"]) == (
        "van-ban", "van-ban", "reader",
    )  # fmt: skip
    assert answer["exp"] - answer["iat"] == 900


async def test_nothing_is_said_of_tokens_that_are_worth_nothing(
    api: Api, system: Client, secret: str, reader: Client
) -> None:
    revoked = api.token(system)
    await api.ask(secret, "revoke", token=revoked)

    for token in (revoked, api.token(reader), "nonsense"):
        answer = (await api.ask(secret, "introspect", token=token)).json()
        assert answer.pop("active") is False
        assert set(answer.values()) == {None}


async def test_introspection_knows_the_roles_of_now(
    api: Api, system: Client, secret: str, session: AsyncSession
) -> None:
    token = api.token(system)
    system.roles = ["reader"]
    await session.commit()

    answer = (await api.ask(secret, "introspect", token=token)).json()

    assert answer["scope"] == "reader"


async def test_the_key_before_a_rotation_is_still_accepted(
    api: Api, connection: AsyncConnection, settings: Settings, system: Client
) -> None:
    old = api.token(system)
    pem = ec.generate_private_key(ec.SECP256R1()).private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
    )
    key = SecretStr(pem.decode())
    rotated = Api(connection, settings, signing_key=key, previous_signing_key=settings.signing_key)
    replaced = Api(connection, settings, signing_key=key, public_url=settings.base_url)

    assert await rotated.status_for(old) == await rotated.status_for(rotated.token(system)) == 200
    assert await replaced.status_for(old) == 401
    async with rotated.by() as http:
        keys = (await http.get("/.well-known/jwks.json")).json()["keys"]
    assert [key["kid"] for key in keys] == [
        rotated.app.state.token_keys.key_id,
        api.app.state.token_keys.key_id,
    ]


async def test_the_metadata_leads_to_the_endpoints(api: Api) -> None:
    async with api.by() as http:
        metadata = (await http.get("/.well-known/oauth-authorization-server")).json()
        served = (await http.get("/openapi.json")).json()["paths"]

    base = metadata["issuer"]
    assert base == api.settings.base_url
    for name in ("token_endpoint", "revocation_endpoint", "introspection_endpoint", "jwks_uri"):
        assert metadata[name].removeprefix(base) in served
    assert metadata["scopes_supported"] == [role.value for role in Role]


async def test_a_client_acts_for_its_list_and_nobody_else(api: Api, session: AsyncSession) -> None:
    own, listed, other = [
        await make_agency(session, code=code, identifier=f"H27.{n}")
        for n, code in enumerate(["RIENG", "GIUP", "LA"])
    ]
    client = await make_client(session, own, [Role.ADMINISTRATOR], acts_for=[listed])
    new = {"name": "Nhóm", "is_enumerable": True}

    for code, ref, status in [
        ("A", None, 201), ("B", "RIENG", 201), ("C", "GIUP", 201), ("D", "H27.1", 201),
        ("E", str(listed.id), 201), ("F", "LA", 403), ("G", str(other.id), 403), ("H", "?", 403),
    ]:  # fmt: skip
        headers = {} if ref is None else {"Acting-Agency": ref}
        async with api.by(client, **headers) as http:
            answer = await http.post("/v1/collectives", json={**new, "code": code})
        assert answer.status_code == status, (code, ref)

    entries = (await session.exec(select(AuditEntry).order_by(col(AuditEntry.occurred_at)))).all()
    assert {entry.client_id for entry in entries} == {client.id}
    assert [entry.agency_id for entry in entries] == [own.id, own.id] + [listed.id] * 3
