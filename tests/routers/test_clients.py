"""Clients over HTTP: made, changed, rotated and ended by administrators; who one is."""

import json

import pytest
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.principal import Role
from app.models import Agency, AuditEntry, Client, Event, StoredAnswer
from tests.support.clients import Api
from tests.support.factories import make_agency, make_client, make_secret
from tests.support.sample_facts import FINANCE, FOREIGN_AFFAIRS, HOME_AFFAIRS

NEW = {"client_id": "qlvb", "name": "Văn bản", "agency": FOREIGN_AFFAIRS, "roles": ["reporter"]}


@pytest.fixture
async def agencies(session: AsyncSession) -> list[Agency]:
    return [
        await make_agency(session, code=code) for code in (FOREIGN_AFFAIRS, HOME_AFFAIRS, FINANCE)
    ]


@pytest.fixture
async def administrator(session: AsyncSession, agencies: list[Agency]) -> Client:
    return await make_client(session, agencies[1], [Role.ADMINISTRATOR], client_id="quan-tri")


async def entries(session: AsyncSession) -> list[tuple[str, dict[str, object]]]:
    """The audit entries about clients."""
    rows = await session.exec(
        select(AuditEntry).where(AuditEntry.noun == "client").order_by(col(AuditEntry.id))
    )
    return [(row.action, row.detail) for row in rows]


async def test_a_client_is_made_and_its_secret_works(
    api: Api, session: AsyncSession, administrator: Client
) -> None:
    async with api.by(administrator) as http:
        made = await http.post(
            "/v1/clients", json=NEW | {"acts_for": [HOME_AFFAIRS, FOREIGN_AFFAIRS, HOME_AFFAIRS]}
        )
        read = await http.get(made.headers["Location"])

    assert made.status_code == 201
    secret = made.json().pop("client_secret")
    assert (await api.ask(secret, name="qlvb")).status_code == 200
    body = read.json()
    assert (body["agency"]["code"], body["roles"], body["disabled_at"]) == (
        FOREIGN_AFFAIRS,
        ["reporter"],
        None,
    )
    # Its own agency needs no naming, and none is named twice.
    assert [one["code"] for one in body["acts_for"]] == [HOME_AFFAIRS]
    assert [one["expires_at"] for one in body["secrets"]] == [None]
    assert body["allowed_actions"] == ["update", "rotate_secret", "disable"]
    assert [action for action, _ in await entries(session)] == ["created"]
    assert (await session.exec(select(Event))).all() == []


async def test_a_secret_is_kept_and_listed_nowhere(
    api: Api, session: AsyncSession, administrator: Client
) -> None:
    key = {"Idempotency-Key": "mot-khoa"}
    async with api.by(administrator) as http:
        made = await http.post("/v1/clients", json=NEW, headers=key)
        again = await http.post("/v1/clients", json=NEW, headers=key)
        rotated = await http.post(
            "/v1/clients/qlvb/rotate-secret", json={}, headers={"Idempotency-Key": "hai"}
        )
        listed = await http.get("/v1/clients")

    assert (made.status_code, again.status_code, rotated.status_code) == (201, 409, 200)
    secrets = [made.json()["client_secret"], rotated.json()["client_secret"]]
    assert (await session.exec(select(StoredAnswer))).all() == []
    kept = json.dumps([detail for _, detail in await entries(session)])
    assert not any(secret in listed.text + kept for secret in secrets)


async def test_the_list_is_narrowed(
    api: Api, session: AsyncSession, administrator: Client, agencies: list[Agency]
) -> None:
    await make_client(session, agencies[0], [Role.REPORTER], client_id="b-1")
    await make_client(session, agencies[2], client_id="a-1", acts_for=agencies[:1])

    async def named(query: str) -> list[str]:
        answer = await http.get(f"/v1/clients{query}")
        return [item["client_id"] for item in answer.json()["items"]]

    async with api.by(administrator) as http:
        await http.post("/v1/clients/a-1/disable")
        assert await named("") == ["a-1", "b-1", "quan-tri"]
        assert await named("?agency=SNGV") == ["a-1", "b-1"]
        assert await named("?role=reporter") == ["b-1"]
        assert await named("?disabled=true") == ["a-1"]
        page = (await http.get("/v1/clients?limit=2")).json()
        rest = (await http.get(page["next"])).json()
    assert [one["client_id"] for one in page["items"] + rest["items"]] == ["a-1", "b-1", "quan-tri"]


async def test_what_a_client_acts_for_is_changed_and_its_token_follows(
    api: Api, session: AsyncSession, administrator: Client, agencies: list[Agency]
) -> None:
    client = await make_client(
        session, agencies[0], [Role.REPORTER], client_id="qlvb", acts_for=[agencies[1]]
    )
    async with api.by(administrator) as http:
        tag = (await http.get("/v1/clients/qlvb")).headers["ETag"]
        changed = await http.patch(
            "/v1/clients/qlvb", json={"acts_for": [FINANCE]}, headers={"If-Match": tag}
        )
        # The list is part of what the tag stands for.
        late = await http.patch("/v1/clients/qlvb", json={"name": "X"}, headers={"If-Match": tag})

    assert [one["code"] for one in changed.json()["acts_for"]] == [FINANCE]
    assert late.status_code == 412
    answered = {}
    for code in (HOME_AFFAIRS, FINANCE):
        async with api.by(client, **{"Acting-Agency": code}) as http:
            answered[code] = (await http.get("/v1/me")).status_code
    assert answered == {HOME_AFFAIRS: 403, FINANCE: 200}
    assert await entries(session) == [
        ("changed", {"client_id": "qlvb", "acts_for": [[HOME_AFFAIRS], [FINANCE]]})
    ]


async def test_the_same_again_changes_nothing(
    api: Api, session: AsyncSession, administrator: Client, agencies: list[Agency]
) -> None:
    await make_client(session, agencies[0], [Role.REPORTER], client_id="qlvb", name="Cũ")
    async with api.by(administrator) as http:
        answer = await http.patch("/v1/clients/qlvb", json={"name": "Cũ", "roles": ["reporter"]})

    assert answer.status_code == 200
    assert await entries(session) == []


async def test_a_rotated_secret_stands_beside_the_old_one(
    api: Api, session: AsyncSession, administrator: Client, agencies: list[Agency]
) -> None:
    client = await make_client(session, agencies[0], client_id="qlvb")
    old = await make_secret(session, api.settings, client)
    async with api.by(administrator) as http:
        rotated = await http.post("/v1/clients/qlvb/rotate-secret", json={"overlap_hours": 1})
        third = await http.post("/v1/clients/qlvb/rotate-secret", json={})

    new = rotated.json()["client_secret"]
    assert [(await api.ask(one, name="qlvb")).status_code for one in (old, new)] == [200, 200]
    assert [one["expires_at"] is None for one in rotated.json()["secrets"]] == [False, True]
    assert (third.status_code, third.json()["code"]) == (409, "too_many_secrets")


async def test_a_disabled_client_is_refused_and_stays_as_it_is(
    api: Api, session: AsyncSession, administrator: Client, agencies: list[Agency]
) -> None:
    client = await make_client(session, agencies[0], client_id="qlvb")
    async with api.by(administrator) as http:
        ended = await http.post("/v1/clients/qlvb/disable")
        refused = [
            await http.post("/v1/clients/qlvb/disable"),
            await http.post("/v1/clients/qlvb/rotate-secret", json={}),
            await http.patch("/v1/clients/qlvb", json={"name": "Mới"}),
        ]

    assert (ended.json()["allowed_actions"], ended.json()["disabled_at"] is None) == ([], False)
    assert {(one.status_code, one.json()["code"]) for one in refused} == {(409, "client_disabled")}
    assert await api.status_for(api.token(client)) == 401
    assert [action for action, _ in await entries(session)] == ["disabled"]


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"client_id": "Sai"}, 422),
        ({"roles": []}, 422),
        ({"roles": ["boss"]}, 422),
        ({"agency": "LA"}, 404),
        ({"acts_for": ["LA"]}, 404),
        ({"client_id": "quan-tri"}, 409),
    ],
)
async def test_what_cannot_be_made_is_refused(
    api: Api, administrator: Client, change: dict[str, object], status: int
) -> None:
    async with api.by(administrator) as http:
        answer = await http.post("/v1/clients", json=NEW | change)
        assert answer.status_code == status
        assert (await http.get("/v1/clients/qlvb")).status_code == 404


async def test_a_caller_is_told_who_it_is(
    api: Api, session: AsyncSession, agencies: list[Agency]
) -> None:
    client = await make_client(
        session,
        agencies[0],
        [Role.REPORTER, Role.READER],
        client_id="qlvb",
        name="Văn bản",
        acts_for=agencies[1:],
    )
    token = api.token(client, Role.READER)
    headers = {"Authorization": f"Bearer {token}", "Acting-Agency": FINANCE}
    async with api.with_headers(headers) as http:
        me = (await http.get("/v1/me")).json()

    assert (me["client_id"], me["name"]) == ("qlvb", "Văn bản")
    assert (me["agency"]["code"], me["own_agency"]["code"]) == (FINANCE, FOREIGN_AFFAIRS)
    assert [one["code"] for one in me["acts_for"]] == [HOME_AFFAIRS, FINANCE]
    # The rights are those of the token, not those that its client could have.
    assert me["roles"] == ["reader"]
    assert me["permissions"] == ["plan:read", "registry:read"]
