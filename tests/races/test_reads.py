"""More reads at once than there are connections: nobody holds one while waiting for another."""

import asyncio

import pytest
from fastapi import FastAPI

from tests.support.races import CLIENTS, by

READS = ("board", "assignments")


@pytest.mark.parametrize("name", READS)
async def test_more_reads_at_once_than_connections_are_all_answered(
    service: FastAPI, name: str
) -> None:
    most = service.state.settings.database_pool
    callers = [by(service, client_id) for client_id in CLIENTS if client_id != "administrator"]
    [plan] = (await callers[0].get("/v1/plans")).json()["items"]
    url = f"/v1/plans/{plan['id']}/{name}"

    async with asyncio.timeout(service.state.settings.request_seconds / 20):
        answers = await asyncio.gather(
            *(callers[n % len(callers)].get(url) for n in range(3 * most))
        )

    assert {answer.status_code for answer in answers} == {200}
