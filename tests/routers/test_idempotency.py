"""A POST with an Idempotency-Key: the work is done once, whatever the caller repeats."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.principal import Role
from app.config import DatabaseRole
from app.db import make_sessionmaker
from app.jobs.clean_up import forget_stored_answers
from app.models import Agency, AuditEntry, Client, Event, Plan, StoredAnswer
from tests.support.clients import Api
from tests.support.contract import OPERATIONS, resolved
from tests.support.factories import make_agency, make_client
from tests.support.sample import plan_file
from tests.support.sample_facts import INFORMATION
from tests.support.transactions import work_as

KEY = {"Idempotency-Key": '"8e03978e-40d5-43e8-bc93-6894a57f9324"'}
TITLE = {"title": "Kế hoạch"}


@pytest.fixture
async def agency(session: AsyncSession) -> Agency:
    return await make_agency(session, code="UB")


@pytest.fixture
async def issuer(session: AsyncSession, agency: Agency) -> Client:
    return await make_client(session, agency, [Role.ISSUER])


async def count(session: AsyncSession, table: type[Plan | Event | AuditEntry]) -> int:
    return (await session.exec(select(func.count(col(table.id))))).one()


def test_every_post_takes_a_key() -> None:
    without = {
        name
        for name, (method, path, operation) in OPERATIONS.items()
        if method == "post"
        and path.startswith("/v1/")
        and "Idempotency-Key"
        not in {resolved(parameter)["name"] for parameter in operation["parameters"]}
    }

    # Their answers have a secret that is kept nowhere.
    links = {"makeBoardLink", "makeBoardsLink", "makePlanImportLink"}
    assert without == links | {"createClient", "rotateClientSecret"}


async def test_a_repeated_request_is_answered_alike(
    api: Api, session: AsyncSession, issuer: Client
) -> None:
    async with api.by(issuer) as http:
        first = await http.post("/v1/plans", json=TITLE, headers=KEY)
        before = [await count(session, table) for table in (Plan, Event, AuditEntry)]
        # Spelt otherwise, it is the same request.
        bare = {"Idempotency-Key": KEY["Idempotency-Key"].strip('"')}
        content = b'{ "title" : "K\\u1ebf ho\\u1ea1ch" }'
        again = await http.post(
            "/v1/plans", content=content, headers={**bare, "Content-Type": "application/json"}
        )

    assert (first.status_code, again.status_code) == (201, 201)
    assert again.content == first.content
    assert again.headers["idempotency-replayed"] == "true"
    assert "idempotency-replayed" not in first.headers
    for name in ("location", "etag", "content-type"):
        assert again.headers[name] == first.headers[name]
    assert [await count(session, table) for table in (Plan, Event, AuditEntry)] == before


async def test_a_key_is_for_one_request(api: Api, issuer: Client) -> None:
    async with api.by(issuer) as http:
        plan = (await http.post("/v1/plans", json=TITLE, headers=KEY)).json()["id"]

        for path, body in (
            ("/v1/plans", {"title": "Khác"}),
            (f"/v1/plans/{plan}/task-groups", {"ordinal": "1", "title": "Nhóm"}),
        ):
            answer = await http.post(path, json=body, headers=KEY)
            assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_reused")
        assert (await http.post("/v1/plans", json=TITLE, headers=KEY)).json()["id"] == plan


async def test_keys_are_each_clients_own(
    api: Api, session: AsyncSession, issuer: Client, agency: Agency
) -> None:
    other = await make_client(session, agency, [Role.ISSUER])
    async with api.by(issuer) as first, api.by(other) as second:
        one = await first.post("/v1/plans", json=TITLE, headers=KEY)
        two = await second.post("/v1/plans", json=TITLE, headers=KEY)

    assert one.json()["id"] != two.json()["id"]


async def test_what_was_refused_can_be_tried_again(
    api: Api, session: AsyncSession, issuer: Client
) -> None:
    body = {**TITLE, "coordinator": INFORMATION}
    async with api.by(issuer) as http:
        refused = await http.post("/v1/plans", json=body, headers=KEY)
        await make_agency(session, code=INFORMATION)
        answer = await http.post("/v1/plans", json=body, headers=KEY)

    assert (refused.status_code, answer.status_code) == (422, 201)
    assert "idempotency-replayed" not in answer.headers


async def test_a_file_sent_again_is_the_same_request(
    api: Api, session: AsyncSession, issuer: Client
) -> None:
    files = {"file": ("ke-hoach.docx", plan_file())}
    async with api.by(issuer) as http:
        # The boundary between the parts is another one each time.
        first = await http.post("/v1/plan-imports", files=files, headers=KEY)
        again = await http.post("/v1/plan-imports", files=files, headers=KEY)
        other = {"file": ("khac.docx", plan_file())}
        answer = await http.post("/v1/plan-imports", files=other, headers=KEY)

    assert first.status_code == 201, first.text
    assert again.json() == first.json()
    assert await count(session, Plan) == 1
    assert answer.status_code == 422


@pytest.mark.parametrize("key", ["", "a b", '"', "x" * 129, '"a'])
async def test_what_is_no_key_is_refused(api: Api, issuer: Client, key: str) -> None:
    async with api.by(issuer) as http:
        answer = await http.post("/v1/plans", json=TITLE, headers={"Idempotency-Key": key})

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "header:idempotency-key"


async def test_what_is_kept_can_not_be_read_in_the_database(
    api: Api, session: AsyncSession, issuer: Client
) -> None:
    async with api.by(issuer) as http:
        await http.post("/v1/plans", json={"title": "Tên rất dễ tìm"}, headers=KEY)

    kept = (await session.exec(select(StoredAnswer))).one()
    assert "Tên rất dễ tìm".encode() not in kept.sealed
    assert kept.status == 201


async def test_keys_are_forgotten_after_seven_days(
    api: Api, session: AsyncSession, issuer: Client
) -> None:
    async with api.by(issuer) as http:
        await http.post("/v1/plans", json=TITLE, headers=KEY)
    made = (await session.exec(select(StoredAnswer.created_at))).one()
    await work_as(session, DatabaseRole.WORKER)
    sessions = make_sessionmaker(
        await session.connection(), join_transaction_mode="create_savepoint"
    )

    for age, left in ((timedelta(days=7), 1), (timedelta(days=7, seconds=1), 0)):
        await forget_stored_answers(sessions, at=made + age)
        found = await session.exec(select(func.count(col(StoredAnswer.key))))
        assert found.one() == left
    assert made.tzinfo == UTC
    assert datetime(2020, 1, 1, tzinfo=UTC) < made


async def test_who_may_no_longer_ask_is_not_told_what_was_answered(
    api: Api, issuer: Client
) -> None:
    async with api.by(issuer) as http:
        first = await http.post("/v1/plans", json=TITLE, headers=KEY)
        narrowed = {**KEY, "Authorization": f"Bearer {api.token(issuer, Role.READER)}"}
        again = await http.post("/v1/plans", json=TITLE, headers=narrowed)

    assert (first.status_code, again.status_code) == (201, 403)
    assert "title" not in again.json() or again.json()["title"] != TITLE["title"]


async def test_a_token_with_other_roles_asks_for_something_else(
    api: Api, session: AsyncSession, agency: Agency
) -> None:
    client = await make_client(session, agency, [Role.ISSUER, Role.COORDINATOR])
    async with api.by(client) as http:
        first = await http.post("/v1/plans", json=TITLE, headers=KEY)
        # It would be let in, and refused or answered otherwise by the table of authority.
        narrowed = {**KEY, "Authorization": f"Bearer {api.token(client, Role.ISSUER)}"}
        again = await http.post("/v1/plans", json=TITLE, headers=narrowed)

    assert (first.status_code, again.status_code) == (201, 422)
    assert again.json()["code"] == "idempotency_key_reused"


async def test_a_trial_is_not_kept(api: Api, session: AsyncSession, agency: Agency) -> None:
    client = await make_client(session, agency, [Role.REPORTER])
    rows = {"items": [{"plan_number": "1/KH", "ordinal": "1", "period": "2024", "content": {}}]}
    async with api.by(client) as http:
        for _ in range(2):
            trial = await http.post("/v1/submissions/batch?dry_run=true", json=rows, headers=KEY)
            assert "idempotency-replayed" not in trial.headers
        kept = (await session.exec(select(func.count()).select_from(StoredAnswer))).one()
        await http.post("/v1/submissions/batch", json=rows, headers=KEY)
        kept_then = (await session.exec(select(func.count()).select_from(StoredAnswer))).one()

    assert (trial.status_code < 300, kept, kept_then) == (True, 0, 1)
