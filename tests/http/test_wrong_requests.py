"""The faults of a request are named for a person."""

import gzip
from collections.abc import Iterator, Mapping
from typing import Any

import httpx
import pytest
from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.principal import Role
from app.config import Settings
from app.models import Client
from app.schemas.common import Body
from tests.support.clients import Api
from tests.support.contract import OPERATIONS, resolved
from tests.support.factories import make_agency, make_client, make_secret

JSON = {"Content-Type": "application/json"}
PLAN = b'{"title": "a"}'
VERBS = ("add", "create", "correct", "draft", "put", "revise", "set", "update")


@pytest.fixture
def api(connection: AsyncConnection, settings: Settings) -> Api:
    return Api(connection, settings)


@pytest.fixture
async def issuer(session: AsyncSession) -> Client:
    return await make_client(session, await make_agency(session), [Role.ISSUER, Role.REPORTER])


@pytest.mark.parametrize(
    ("headers", "content"),
    [
        ({}, PLAN),
        ({"Content-Type": "text/plain"}, PLAN),
        ({"Content-Type": "application/x-www-form-urlencoded"}, b"title=a"),
        ({**JSON, "Content-Encoding": "gzip"}, gzip.compress(PLAN, mtime=0)),
    ],
)
async def test_a_body_of_another_kind_is_415(
    api: Api, issuer: Client, headers: dict[str, str], content: bytes
) -> None:
    async with api.by(issuer) as http:
        answer = await http.post("/v1/plans", content=content, headers=headers)
        form = await http.post("/v1/plan-imports", json={"file": "a"})

    for one in (answer, form):
        assert (one.status_code, one.json()["code"]) == (415, "unsupported_media_type")
    assert "form" in form.json()["detail"]


async def test_json_at_the_token_endpoint_says_that_a_form_is_wanted(
    api: Api, session: AsyncSession, settings: Settings, issuer: Client
) -> None:
    auth = (issuer.client_id, await make_secret(session, settings, issuer))
    async with api.by() as http:
        sent = {"grant_type": "client_credentials"}
        answer = await http.post("/oauth/token", json=sent, auth=auth)
        twice = "grant_type=client_credentials&grant_type=client_credentials&b=1&a=1&b=2&a=2"
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        repeated = await http.post("/oauth/token", content=twice, headers=form, auth=auth)

    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")
    assert "form" in answer.json()["detail"]
    assert (repeated.status_code, repeated.json()["error"]) == (400, "invalid_request")
    # Once each, though the client and the token are taken from the form by two dependencies.
    assert [(fault["pointer"], fault["code"]) for fault in repeated.json()["errors"]] == [
        ("#/grant_type", "repeated_parameter"),
        ("#/b", "repeated_parameter"),
        ("#/a", "repeated_parameter"),
    ]


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("/v1/plans", b'{"title": "a", "title": "b"}'),
        ("/v1/plans", b'{"title": "a", "overseers": [{"title": 1, "title": 2}]}'),
        ("/v1/submissions/batch", b'{"items": [], "items": [{"title": 1, "title": 1}]}'),
    ],
)
async def test_a_member_that_stands_twice_is_refused(
    api: Api, issuer: Client, path: str, content: bytes
) -> None:
    async with api.by(issuer) as http:
        answer = await http.post(path, content=content, headers=JSON)

    [fault] = answer.json()["errors"]
    assert (answer.status_code, fault["code"]) == (422, "repeated_member")


@pytest.mark.parametrize("name", ["Acting-Agency", "Idempotency-Key"])
async def test_a_header_that_stands_twice_is_refused(api: Api, issuer: Client, name: str) -> None:
    headers = httpx.Headers(
        [("Authorization", f"Bearer {api.token(issuer)}"), *((name, value) for value in "abc")]
    )
    async with api.with_headers(headers) as http:
        answer = await http.post("/v1/plans", json={"title": "a"})

    [fault] = answer.json()["errors"]
    assert (answer.status_code, fault["code"]) == (422, "repeated_header")
    assert fault["pointer"].lower() == f"header:{name}".lower()


@pytest.mark.parametrize(
    ("address", "named"),
    [
        ("/v1/plans?fields=id,nothing", "title"),
        ("/v1/plans?sort=nothing", "issued_on"),
        ("/v1/assignments?status=nothing", "completed"),
        ("/v1/plans?updated_since=2026-01-01T00:00:00.123456789Z", "six decimals"),
    ],
)
async def test_a_wrong_value_is_told_in_words(
    api: Api, issuer: Client, address: str, named: str
) -> None:
    async with api.by(issuer) as http:
        english = await http.get(address)
        vietnamese = await http.get(address, headers={"Accept-Language": "vi"})

    assert (english.status_code, vietnamese.status_code) == (422, 422)
    assert named in english.text
    for text in (english.text, vietnamese.text):
        assert not set("^\\$|").intersection(text)


async def test_letters_are_the_same_however_they_were_typed(api: Api, issuer: Client) -> None:
    typed = {"composed": "k\u1ebf ho\u1ea1ch", "apart": "ke\u0302\u0301 hoa\u0323ch"}
    async with api.by(issuer) as http:
        made = await http.put(
            "/v1/plans", params={"external_ref": f"vb:{typed['apart']}"}, json={"title": "a"}
        )
        again = await http.put(
            "/v1/plans",
            params={"external_ref": f"vb:{typed['composed']}"},
            json={"title": typed["apart"]},
        )

    assert (made.status_code, again.status_code) == (201, 200)
    assert again.json()["title"] == typed["composed"]


def bodies() -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The operations that take JSON, with the members of their bodies."""
    for name, (_, _, operation) in OPERATIONS.items():
        content = operation.get("requestBody", {}).get("content", {})
        if "application/json" in content:
            schema = resolved(content["application/json"]["schema"])
            yield name, schema.get("properties", {})


def test_what_is_made_and_what_is_changed_have_the_same_shape() -> None:
    shapes: dict[tuple[str, str], dict[str, tuple[Any, ...]]] = {}
    for name, members in bodies():
        verb = next((verb for verb in VERBS if name.startswith(verb)), None)
        for member, schema in members.items():
            if verb is not None:
                of_it = resolved(schema)
                shape = tuple(of_it.get(key) for key in ("minLength", "maxLength", "pattern"))
                shapes.setdefault((name.removeprefix(verb), member), {})[name] = shape
    several = {key: found for key, found in shapes.items() if len(found) > 1}

    assert len(several) > 30
    assert {key: found for key, found in several.items() if len(set(found.values())) > 1} == {}


def test_no_member_of_a_body_says_two_lengths() -> None:
    """The shorter one would be ignored."""
    for model in all_bodies(Body):
        for name, member in model.model_fields.items():
            lengths = {getattr(one, "max_length", None) for one in member.metadata} - {None}
            assert len(lengths) <= 1, (model, name)


def all_bodies(model: type[BaseModel]) -> Iterator[type[BaseModel]]:
    for kind in model.__subclasses__():
        yield kind
        yield from all_bodies(kind)


async def test_a_parameter_is_named_once_however_often_it_was_sent(
    api: Api, issuer: Client
) -> None:
    async with api.by(issuer) as http:
        answer = await http.get("/v1/plans?limit=1&la=1&limit=2&sort=id&la=2&limit=3")

    assert answer.status_code == 422
    assert [(fault["pointer"], fault["code"]) for fault in answer.json()["errors"]] == [
        ("?limit", "repeated_parameter"),
        ("?la", "unknown_parameter"),
    ]
