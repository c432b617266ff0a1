"""The examples of the contract, tried against the sample as Swagger UI offers them."""

from typing import Any

import pytest
from sqlmodel.ext.asyncio.session import AsyncSession

from app.domain.regimes.calendar_days import seed_days
from app.domain.regimes.public_holidays import holidays_of_years
from app.models import Client
from tests.support.clients import Api
from tests.support.contract import CONTRACT, example_of, resolved
from tests.support.sample import LOADED, load_registry

STATUS = {"get": 200, "post": 201, "patch": 200, "put": 200}


def registry(document: dict[str, Any]) -> list[tuple[str, str, Any]]:
    """Method, path with its examples and body of each operation whose path has examples."""
    found = []
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            if operation["tags"] != ["registry"]:
                continue
            parameters = [resolved(parameter) for parameter in operation["parameters"]]
            places = [p for p in parameters if p["in"] == "path"]
            if all("example" in place for place in places):
                values = {place["name"]: place["example"] for place in places}
                found.append((method, path.format(**values), example_of(operation)))
    return found


@pytest.fixture
async def _sample(session: AsyncSession) -> None:
    await load_registry(session)
    await seed_days(session, holidays_of_years(2026, 2026), at=LOADED)
    await session.commit()


@pytest.mark.usefixtures("_sample")
async def test_the_examples_of_the_registry_work(api: Api, administrator: Client) -> None:
    examples = registry(CONTRACT)
    assert len(examples) >= 11

    async with api.by(administrator) as http:
        for method, path, body in examples:
            answer = await http.request(method, path, json=body)
            assert answer.status_code == STATUS[method], (method, path, answer.text)
