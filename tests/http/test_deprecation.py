"""A route that is to go says so in every answer and in the contract."""

from datetime import date, datetime
from email.utils import parsedate_to_datetime

import httpx
import pytest
from fastapi import APIRouter, FastAPI

from app.auth.deps import CurrentPrincipal
from app.clock import PROVINCE
from app.config import Settings
from app.http.deprecation import deprecated
from app.main import create_app

SINCE, SUNSET = date(2027, 1, 1), date(2027, 7, 1)
router = APIRouter()


@router.get("/v1/old/{number}", **deprecated(since=SINCE, sunset=SUNSET, successor="/v1/new"))
async def get_old(number: int) -> dict[str, int]:
    return {"number": number}


@router.get("/v1/old-and-guarded", **deprecated(since=SINCE, sunset=SUNSET))
async def get_old_and_guarded(principal: CurrentPrincipal) -> None:
    """Refused without a token."""


@pytest.fixture(scope="module")
def app(settings: Settings) -> FastAPI:
    """The application, with two routes that are to go."""
    app = create_app(settings)
    app.include_router(router)
    return app


async def answer_of(app: FastAPI, path: str) -> httpx.Response:
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://tiendo") as http:
        return await http.get(path)


@pytest.mark.parametrize(("number", "status"), [("5", 200), ("five", 422)])
async def test_answers_and_refusals_say_when_the_route_goes(
    app: FastAPI, number: str, status: int
) -> None:
    answer = await answer_of(app, f"/v1/old/{number}")

    since = int(answer.headers["deprecation"].removeprefix("@"))
    assert answer.status_code == status
    assert answer.headers["deprecation"].startswith("@")
    assert datetime.fromtimestamp(since, PROVINCE) == datetime(2027, 1, 1, tzinfo=PROVINCE)
    assert answer.headers["sunset"] == "Wed, 30 Jun 2027 17:00:00 GMT"
    assert parsedate_to_datetime(answer.headers["sunset"]) == datetime(2027, 7, 1, tzinfo=PROVINCE)
    assert answer.headers["link"] == '</v1/new>; rel="successor-version"'


async def test_a_caller_without_a_token_is_told_too(app: FastAPI) -> None:
    answer = await answer_of(app, "/v1/old-and-guarded")

    assert answer.status_code == 401
    assert {"deprecation", "sunset"} <= set(answer.headers)
    assert "link" not in answer.headers


async def test_other_routes_say_nothing(app: FastAPI) -> None:
    answer = await answer_of(app, "/healthz")

    assert answer.status_code == 200
    assert not {"deprecation", "sunset", "link"} & set(answer.headers)


def test_the_contract_shows_it(app: FastAPI) -> None:
    operation = app.openapi()["paths"]["/v1/old/{number}"]["get"]

    assert operation["deprecated"] is True
    assert (operation["x-deprecated-since"], operation["x-sunset"]) == ("2027-01-01", "2027-07-01")


def test_nothing_goes_before_it_is_deprecated() -> None:
    with pytest.raises(ValueError, match="before"):
        deprecated(since=SUNSET, sunset=SINCE)
