"""Acts at once on one assignment: the second to come sees the effects of the first."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from typing import Any
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI
from sqlmodel import col, select

from app.auth.principal import Role
from app.clock import utc_now
from app.config import Settings
from app.models import Agency, Assignment, Extension, ExtensionState, Task
from app.queries.registry.agencies import get_agency
from tests.support.clients import serving
from tests.support.factories import make_client
from tests.support.patience import PATIENCE
from tests.support.reports import COMPLETED
from tests.support.sample import issued_database
from tests.support.sample_facts import (
    APPOINT_OFFICERS,
    CULTURAL_FESTIVALS,
    FOREIGN_AFFAIRS,
    INFORMATION,
    MISSIONS_ABROAD,
    POLICY_COMMUNICATION,
    PROVINCIAL_COMMITTEE,
    TEACH_THE_POLICIES,
)

CLIENTS = {
    "reporter": (FOREIGN_AFFAIRS, Role.REPORTER),
    "coordinator": (INFORMATION, Role.COORDINATOR),
    "issuer": (PROVINCIAL_COMMITTEE, Role.ISSUER),
}
WISH = {"wanted_deadline_on": "2030-06-30", "reason": "Lùi lịch.", "basis": "310/SNgV-VP"}
BASIS = {"basis": "15/TB-UBND"}


async def make_clients(session: Any) -> None:
    for client_id, (code, role) in CLIENTS.items():
        await make_client(session, await get_agency(session, code), [role], client_id=client_id)


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """A database of these tests' own, with the issued plan."""
    with issued_database(make_clients) as url:
        yield url


@pytest.fixture
async def service(url: str, settings: Settings) -> AsyncIterator[FastAPI]:
    """The application as it serves: with its own engine and pool."""
    async with serving(settings, url) as app:
        yield app


async def post(service: FastAPI, client_id: str, path: str, **json: Any) -> httpx.Response:
    token, _ = service.state.token_keys.issue(
        client_id, frozenset({CLIENTS[client_id][1]}), at=utc_now()
    )
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(service),
        base_url=service.state.settings.base_url,
        headers={"Authorization": f"Bearer {token}"},
        timeout=PATIENCE,
    ) as http:
        return await http.request("PUT" if "?" in path else "POST", f"/v1/{path}", json=json)


async def owed(service: FastAPI, ordinal: str) -> Assignment:
    """SNGV's assignment of 2024 on a task; each test takes a task of its own."""
    async with service.state.sessionmaker() as session:
        rows = await session.exec(
            select(Assignment)
            .join(Task, col(Task.id) == col(Assignment.task_id))
            .join(Agency, col(Agency.id) == col(Assignment.agency_id))
            .where(col(Agency.code) == FOREIGN_AFFAIRS, col(Task.ordinal) == ordinal)
            .where(col(Assignment.occurrence) == "2024")
        )
        found: Assignment = rows.one()
        return found


async def ask(service: FastAPI, row: Assignment) -> httpx.Response:
    return await post(service, "reporter", "extensions", assignment_id=str(row.id), **WISH)


async def now(service: FastAPI, row_id: UUID) -> tuple[Assignment, list[ExtensionState]]:
    async with service.state.sessionmaker() as session:
        states = await session.exec(
            select(Extension.state).where(col(Extension.assignment_id) == row_id)
        )
        return await session.get_one(Assignment, row_id), list(states)


async def test_who_asks_several_times_at_once_has_asked_once(service: FastAPI) -> None:
    row = await owed(service, TEACH_THE_POLICIES)

    answers = await asyncio.gather(*(ask(service, row) for _ in range(8)))

    assert Counter(one.status_code for one in answers) == {201: 1, 409: 7}
    assert {one.json()["code"] for one in answers if one.status_code == 409} == {
        "extension_pending"
    }


async def test_an_extension_is_approved_or_withdrawn_and_not_both(service: FastAPI) -> None:
    row = await owed(service, CULTURAL_FESTIVALS)
    path = f"extensions/{(await ask(service, row)).json()['id']}"

    answers = await asyncio.gather(
        *(post(service, "coordinator", f"{path}/approve", **BASIS) for _ in range(3)),
        *(post(service, "reporter", f"{path}/withdraw") for _ in range(3)),
        *(post(service, "issuer", f"{path}/refuse", reason="Không") for _ in range(3)),
    )

    assert Counter(one.status_code for one in answers) == {200: 1, 409: 8}
    [won] = [one.json() for one in answers if one.status_code == 200]
    after, states = await now(service, row.id)
    assert states == [won["state"]]
    assert (str(after.deadline_on) == "2030-06-30") == (won["state"] == "approved")


@pytest.mark.parametrize("ordinal", [APPOINT_OFFICERS, MISSIONS_ABROAD])
async def test_a_assignment_that_is_completed_meanwhile_is_given_no_time(
    service: FastAPI, ordinal: str
) -> None:
    row = await owed(service, ordinal)
    path = f"extensions/{(await ask(service, row)).json()['id']}"
    filed = await post(
        service, "reporter", f"assignments/{row.id}/submissions/2024?submit=true", **COMPLETED
    )

    approved, accepted = await asyncio.gather(
        post(service, "issuer", f"{path}/approve", **BASIS),
        post(service, "coordinator", f"submissions/{filed.json()['id']}/accept", attempt=1),
    )

    after, states = await now(service, row.id)
    assert (accepted.status_code, after.status) == (200, "completed")
    if approved.status_code == 200:
        assert (states, str(after.deadline_on)) == (["approved"], "2030-06-30")
    else:
        assert approved.json()["code"] == "extension_not_pending"
        assert (states, str(after.deadline_on)) == (["superseded"], "2024-12-31")


async def test_a_deadline_moved_and_a_report_filed_at_once_are_both_kept(service: FastAPI) -> None:
    row = await owed(service, POLICY_COMMUNICATION)
    move = {"deadline_on": "2030-03-31", **BASIS}

    moved, filed, of_task = await asyncio.gather(
        post(service, "issuer", f"assignments/{row.id}/move-deadline", **move),
        post(
            service, "reporter", f"assignments/{row.id}/submissions/2024?submit=true", **COMPLETED
        ),
        post(
            service, "issuer", f"tasks/{row.task_id}/move-deadline",
            deadline_on="2030-09-30", occurrence="2024", **BASIS,
        ),
    )  # fmt: skip

    after, _ = await now(service, row.id)
    assert [one.status_code for one in (filed, of_task)] == [200, 200]
    assert moved.status_code in (200, 422)
    assert after.status == "awaiting_confirmation"
    assert str(after.deadline_on) in ("2030-03-31", "2030-09-30")
