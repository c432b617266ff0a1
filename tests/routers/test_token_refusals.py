"""Every token that must not be accepted, one by one."""

import time
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from app.models import Client
from tests.support.clients import Api
from tests.support.forgery import Forger

NOW = int(time.time())
STRANGER = ec.generate_private_key(ec.SECP256R1())
REFUSED: dict[str, Callable[[Forger], str]] = {
    "no signature": lambda f: f.unsigned("none"),
    "no signature, oddly spelt": lambda f: f.unsigned("nOnE"),
    "no signature, our algorithm": lambda f: f.unsigned("ES256"),
    "HS256 by the public key as PEM": lambda f: f.keyed(f.public_pem),
    "HS256 by the public key as DER": lambda f: f.keyed(f.public_der),
    "HS256 by the public key of OpenSSH": lambda f: f.keyed(f.public_openssh),
    "HS256 by an empty secret": lambda f: f.keyed(b""),
    "another key": lambda f: f.signed(STRANGER),
    "another key, sent along": lambda f: f.signed(
        STRANGER, {"jwk": {"kty": "EC", "crv": "P-256", **_point(STRANGER)}}
    ),
    "an unknown key id": lambda f: f.signed(header={"kid": "0000000000000000"}),
    "no key id": lambda f: f.signed(header={"kid": None}),
    "a list of key ids": lambda f: f.signed(header={"kid": [f.header["kid"]]}),
    "RS256 said": lambda f: f.signed(header={"alg": "RS256"}),
    "ES384 said": lambda f: f.signed(header={"alg": "ES384"}),
    "a critical extension": lambda f: f.signed(header={"crit": ["exp"]}),
    "an unknown critical extension": lambda f: f.signed(header={"crit": ["x"], "x": 1}),
    "no critical extension": lambda f: f.signed(header={"crit": []}),
    "an id token": lambda f: f.signed(header={"typ": "JWT"}),
    "no type": lambda f: f.signed(header={"typ": None}),
    "no exp": lambda f: f.signed(exp=None),
    "no iat": lambda f: f.signed(iat=None),
    "no aud": lambda f: f.signed(aud=None),
    "no iss": lambda f: f.signed(iss=None),
    "no sub": lambda f: f.signed(sub=None),
    "no jti": lambda f: f.signed(jti=None),
    "no scope": lambda f: f.signed(scope=None),
    "another audience": lambda f: f.signed(aud="https://other.example"),
    "another issuer": lambda f: f.signed(iss="https://other.example"),
    "our issuer with a slash": lambda f: f.signed(iss=f.claims["iss"] + "/"),
    "ended": lambda f: f.signed(iat=NOW - 961, exp=NOW - 61),
    "of the future": lambda f: f.signed(iat=NOW + 3600, exp=NOW + 4500),
    "not valid yet": lambda f: f.signed(nbf=NOW + 3600),
    "an end that is no number": lambda f: f.signed(exp="never"),
    "an end beyond all time": lambda f: f.signed(exp=10**20),
    "an id that is no UUID": lambda f: f.signed(jti="1"),
    "an id that is a number": lambda f: f.signed(jti=1),
    "a subject that is a number": lambda f: f.signed(sub=1),
    "a scope that is a list": lambda f: f.signed(scope=["reader"]),
    "of a client that is not there": lambda f: f.signed(sub="khong-co"),
    "too long": lambda f: f.signed(more="x" * 5000),
    "changed after signing": lambda f: _with_claims_of(f.signed(), f.signed(scope="issuer")),
    "cut short": lambda f: f.signed()[:-4],
    "two parts": lambda f: f.signed().rpartition(".")[0],
    "no token at all": lambda f: "",
    "no base64": lambda f: "?.?.?",
    "no ASCII": lambda f: "\xc4\x91.\xc4\x91.\xc4\x91",
    "a header that is a list": lambda f: "W10." + f.signed().partition(".")[2],
}


def _point(key: ec.EllipticCurvePrivateKey) -> dict[str, Any]:
    numbers = key.public_key().public_numbers()
    return {"x": str(numbers.x), "y": str(numbers.y)}


def _with_claims_of(token: str, other: str) -> str:
    header, _, signature = token.split(".")
    return ".".join((header, other.split(".")[1], signature))


@pytest.fixture
def forger(api: Api, reader: Client) -> Forger:
    """Whoever makes tokens for the reader."""
    return Forger(api.settings, api.app.state.token_keys.key_id, reader.client_id)


@pytest.mark.parametrize("kind", REFUSED)
async def test_a_bad_token_is_refused(api: Api, forger: Forger, kind: str) -> None:
    token = REFUSED[kind](forger)

    headers = httpx.Headers({"Authorization": f"Bearer {token}"}, encoding="latin-1")
    async with api.with_headers(headers) as http:
        answer = await http.get("/v1/agencies")

    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["www-authenticate"] == 'Bearer realm="tiendo", error="invalid_token"'
    assert answer.json()["code"] == "invalid_token"


@pytest.mark.parametrize("scheme", ["Basic", "Token", "", "Bearer Bearer"])
async def test_a_good_token_needs_its_scheme(api: Api, forger: Forger, scheme: str) -> None:
    async with api.with_headers({"Authorization": f"{scheme} {forger.signed()}"}) as http:
        assert (await http.get("/v1/agencies")).status_code == 401


@pytest.mark.parametrize(
    "claims", [{}, {"iat": NOW + 30}, {"extra": 1}, {"aud": ["x", "http://127.0.0.1:8000"]}]
)
async def test_what_the_forger_leaves_right_is_accepted(
    api: Api, forger: Forger, claims: dict[str, Any]
) -> None:
    """Or the refusals above would prove nothing."""
    async with api.with_headers({"Authorization": f"bearer {forger.signed(**claims)}"}) as http:
        assert (await http.get("/v1/agencies")).status_code == 200
