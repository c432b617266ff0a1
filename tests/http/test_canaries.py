"""Words that somebody must not read are in no answer to them: over every operation and every role.

Each text that can be hidden has a word of its own, a canary, written by whoever may write it. Then
everybody reads all that the contract lets be read, of every row, and who saw which word is compared
with who may. An operation that is new is asked like all others.
"""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
from sqlmodel import col, select

from app.auth.principal import Role
from app.config import Settings
from app.models import Agency, Assignment, AssignmentStatus, Submission, SubmissionStatus
from tests.support.answers import READS, Asking, loaded_then, world_then
from tests.support.contract import OPERATIONS, example_of, resolved
from tests.support.example_world import Loaded, World
from tests.support.factories import make_client
from tests.support.sample_facts import FINANCE, FOREIGN_AFFAIRS
from tests.support.transactions import Engines

STRANGERS = {f"a stranger's {role.value}": role for role in Role}
"""Clients of an agency that has nothing to do with what is hidden, one with each role."""
OWN, COORDINATOR, ISSUER, NOBODY = "its agency", "the coordinator", "the issuer", "nobody"
READ_ALL = {"a stranger's supervisor", "a stranger's issuer"}
FOLLOWERS = {COORDINATOR, ISSUER}
MAY_READ: dict[str, set[str]] = {
    "canary-draft": {OWN},
    "canary-whole-draft": {OWN},
    "canary-filed": {OWN} | FOLLOWERS | READ_ALL,
    "canary-contact": {OWN} | FOLLOWERS,
    "canary-endpoint": {OWN},
    "canary-plan": {ISSUER},
    "canary-amendment": {ISSUER},
    "canary-extension": {OWN} | FOLLOWERS | READ_ALL,
    "canary-rating": {OWN} | FOLLOWERS | READ_ALL,
}
"""The roles that may read each word (docs/en/integrate.md)."""
REPORTER, FOLLOWER, MAKER = "sample-reporter-sngv", "sample-coordinator", "sample-issuer"


@dataclass
class Cage:
    """The world with its canaries: the ids of the rows that have them, and who asks."""

    world: World
    planted: list[dict[str, str]] = field(default_factory=list)
    callers: dict[str, httpx.AsyncClient] = field(default_factory=dict)

    async def plant(
        self, client_id: str, name: str, body: dict[str, Any], ids: dict[str, str], made: str
    ) -> None:
        """Have a client write a canary by an operation; *made* names the id of what is made."""
        method, path, operation = OPERATIONS[name]
        given = self.world.ids | ids
        for parameter in map(resolved, operation.get("parameters", ())):
            if parameter["in"] == "path":
                value = given.get(parameter["name"]) or parameter["example"]
                path = path.replace(f"{{{parameter['name']}}}", str(value))
        example = example_of(operation)
        assert isinstance(example, dict)
        async with await self.world.by(client_id) as http:
            answer = await http.request(method, path, json=example | body)
        assert answer.is_success, (name, answer.text)
        self.planted.append(given | {made: answer.json()["id"]})


@pytest.fixture(scope="module")
def loaded(settings: Settings) -> Iterator[Loaded]:
    with loaded_then(settings) as loaded:
        yield loaded


@pytest.fixture(scope="module")
async def cage(loaded: Loaded, settings: Settings, engines: Engines) -> AsyncIterator[Cage]:
    """Only asked: what is read is the same whoever has read before."""
    async with world_then(loaded, settings, engines) as world:
        cage = Cage(world, [dict(world.ids)])
        await plant_all(cage)
        await let_in(cage)
        yield cage
        for http in cage.callers.values():
            await http.aclose()


async def plant_all(cage: Cage) -> None:
    """One canary in each text that can be hidden."""
    statement = (
        select(Submission.id, Submission.period, Assignment.id, Assignment.task_id)
        .join(Assignment, col(Assignment.id) == col(Submission.assignment_id))
        .join(Agency, col(Agency.id) == col(Assignment.agency_id))
        .where(
            col(Agency.code) == FOREIGN_AFFAIRS,
            col(Submission.status) == SubmissionStatus.EXPECTED,
            col(Assignment.status) == AssignmentStatus.NOT_STARTED,
            col(Submission.period) == "2026",
            col(Submission.id) != cage.world.ids["submission_id"],
        )
        .order_by(col(Submission.id))
        .limit(2)
    )
    rows = (await cage.world.session.exec(statement)).all()
    for word, row in zip(("canary-draft", "canary-filed"), rows, strict=True):
        ids = {
            "submission_id": str(row[0]), "period": row[1], "assignment_id": str(row[2]),
            "task_id": str(row[3]), "row_id": str(row[2]),
        }  # fmt: skip
        await cage.plant(REPORTER, "putSubmission", {"results": word}, ids, "submission_id")
        if word == "canary-filed":
            async with await cage.world.by(REPORTER) as http:
                done = await http.post(f"/v1/submissions/{row[0]}/submit")
            assert done.is_success, done.text
            assignment = {"assignment_id": str(row[2])}
            await cage.plant(
                REPORTER, "requestExtension", assignment | {"reason": "canary-extension"},
                {}, "extension_id",
            )  # fmt: skip
    await cage.plant(
        REPORTER, "putAgencyReport", {"results": "canary-whole-draft"},
        {"agency": FOREIGN_AFFAIRS, "period": "2025"}, "report_id",
    )  # fmt: skip
    contact = {"name": "canary-contact", "email": "canary-contact@example.com"}
    await cage.plant(REPORTER, "nameFocalPoint", contact, {}, "focal_point_id")
    address = {"url": "https://canary-endpoint.example.vn/tiendo"}
    await cage.plant(REPORTER, "createWebhookEndpoint", address, {}, "endpoint_id")
    plan = {"title": "canary-plan", "number": "MAU-77/KH-MAU"}
    await cage.plant(MAKER, "createPlan", plan, {}, "plan_id")
    await cage.plant(MAKER, "draftAmendment", {"reason": "canary-amendment"}, {}, "amendment_id")
    rating = {"remark": "canary-rating"}
    await cage.plant(
        FOLLOWER, "putRating", rating, {"agency": FOREIGN_AFFAIRS, "year": "2024"}, "rating_id"
    )


async def let_in(cage: Cage) -> None:
    """Everybody who asks, each by a token of its own."""
    session = cage.world.session
    for name, role in STRANGERS.items():
        finance = (await session.exec(select(Agency).where(Agency.code == FINANCE))).one()
        client = await make_client(session, finance, [role])
        await session.refresh(client)
        cage.callers[name] = cage.world.api.by(client)
    for name, client_id in ((OWN, REPORTER), (COORDINATOR, FOLLOWER), (ISSUER, MAKER)):
        cage.callers[name] = await cage.world.by(client_id)
    cage.callers[NOBODY] = cage.world.anybody()


def as_much_as_there_is(asking: Asking) -> dict[str, str]:
    """The query that has the most answered."""
    most = dict(asking.least)
    for parameter in asking.parameters:
        if parameter["name"] == "limit":
            most["limit"] = "200"
        if parameter["name"] == "expand":
            most["expand"] = ",".join(expandable(parameter))
    return most


def expandable(parameter: dict[str, Any]) -> list[str]:
    """The words that a parameter `expand` takes."""
    pattern = resolved(parameter["schema"])["pattern"]
    words = pattern[pattern.index("(") :].strip("^$")
    return [
        one for one in words.replace("(", "|").replace(")", "|").split("|") if one.isidentifier()
    ]


async def readers(cage: Cage, name: str) -> dict[str, set[str]]:
    """The callers that read each word in the answers of an operation, about every row that has
    one."""
    seen: dict[str, set[str]] = {word: set() for word in MAY_READ}
    addresses = {Asking(ids, name).address: Asking(ids, name) for ids in cage.planted}
    for address, asking in addresses.items():
        query = as_much_as_there_is(asking)
        for caller, http in cage.callers.items():
            answer = await http.get(address, params=query)
            text = answer.text + str(answer.headers)
            for word in filter(text.__contains__, seen):
                seen[word].add(caller)
    return seen


@pytest.mark.long
async def test_hidden_words_are_read_by_those_who_may_and_by_nobody_else(cage: Cage) -> None:
    together: dict[str, set[str]] = {word: set() for word in MAY_READ}
    wrong = []
    for name in READS:
        for word, who in (await readers(cage, name)).items():
            together[word] |= who
            wrong += [(name, word, caller) for caller in sorted(who - MAY_READ[word])]

    assert wrong == []
    # Each word is read by all who may: a cage without birds would be quiet too.
    assert together == MAY_READ
