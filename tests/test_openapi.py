"""The contract: complete, readable in two languages, and true of the sample."""

import asyncio
import importlib
import json
import pkgutil
import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx
import jsonschema  # type: ignore[import-untyped]
import pytest
import sqlalchemy as sa
from openapi_spec_validator import OpenAPIV31SpecValidator
from sqlalchemy.ext.asyncio import create_async_engine
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

import app
from app.cli.clients import ClientDisabledError
from app.cli.openapi import DOCUMENT, openapi
from app.cli.sample_story import tell
from app.config import Settings
from app.contract import CODE, SAMPLE_PLAN_ID
from app.contract_texts import REFUSALS
from app.domain.clients import TooManySecretsError
from app.domain.registry_import import RegistryFilesError
from app.errors import TrackerError
from app.models import Client, PlanImport
from app.problems import MEDIA_TYPE
from tests import databases
from tests.clients import Api
from tests.sample import fill, load_registry, plan_file

Json = dict[str, Any]

CONTRACT: Json = json.loads(DOCUMENT.read_text(encoding="utf-8"))
OPERATIONS: dict[str, tuple[str, str, Json]] = {
    operation["operationId"]: (method, path, operation)
    for path, methods in CONTRACT["paths"].items()
    for method, operation in methods.items()
}
VIETNAMESE = re.compile(
    "[ăâđêôơưàằầèềìòồờùừỳáắấéếíóốớúứýạặậẹệịọộợụựỵảẳẩẻểỉỏổởủửỷãẵẫẽễĩõỗỡũữỹ]", re.I
)
COMMAND_LINE_ONLY = {ClientDisabledError, RegistryFilesError, TooManySecretsError}


def resolved(node: Json) -> Json:
    """What a reference of the document stands for."""
    while "$ref" in node:
        target: Any = CONTRACT
        for step in node["$ref"].removeprefix("#/").split("/"):
            target = target[step]
        node = target
    return node


def nodes(node: Any) -> Iterator[Json]:
    """Every object below, examples aside."""
    if isinstance(node, dict):
        yield node
        node = [value for name, value in node.items() if name not in ("example", "examples")]
    if isinstance(node, list):
        for item in node:
            yield from nodes(item)


def schemas_under(*roots: Json) -> dict[str, Json]:
    """All named schemas that these lead to."""
    found: dict[str, Json] = {}
    left = [node["$ref"] for root in roots for node in nodes(root) if "$ref" in node]
    while left:
        name = left.pop()
        if name not in found:
            found[name] = resolved({"$ref": name})
            left += [node["$ref"] for node in nodes(found[name]) if "$ref" in node]
    return found


def faults(instance: Any, schema: Json) -> list[str]:
    """Where *instance* is not what *schema* says."""
    checker = jsonschema.Draft202012Validator.FORMAT_CHECKER
    whole = schema | {"components": CONTRACT["components"]}
    validator = jsonschema.Draft202012Validator(whole, format_checker=checker)
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(instance)]


def refusals_of(operation: Json) -> dict[str, Json]:
    """The answers that are refusals; /readyz says what it lacks with a 503 of its own form."""
    return {
        status: resolved(response)
        for status, response in operation["responses"].items()
        if status >= "400" and (operation["operationId"], status) != ("getReadiness", "503")
    }


def speaks_both(text: str) -> bool:
    """Vietnamese first, then English, which may quote Vietnamese words."""
    vietnamese, _, english = text.replace("\n\n", " / ").partition(" / ")
    english = re.sub('"[^"]*"|`[^`]*`', "", english)
    return bool(
        VIETNAMESE.search(vietnamese)
        and re.search("[A-Za-z]{2}", english)
        and not VIETNAMESE.search(english)
    )


def test_committed_document_is_what_is_served(tmp_path: Path) -> None:
    openapi(tmp_path / "openapi.json")

    served = (tmp_path / "openapi.json").read_text(encoding="utf-8")
    assert DOCUMENT.read_text(encoding="utf-8") == served, "run `make openapi`"


def test_document_is_valid_and_not_too_large() -> None:
    assert CONTRACT["openapi"].startswith("3.1.")
    assert [str(error) for error in OpenAPIV31SpecValidator(CONTRACT).iter_errors()] == []
    assert DOCUMENT.stat().st_size < 300_000


def test_every_operation_is_told_in_vietnamese_and_english() -> None:
    silent = {
        name
        for name, (_, _, operation) in OPERATIONS.items()
        if not speaks_both(operation["summary"]) or not speaks_both(operation["description"])
    }
    tags = [tag["name"] for tag in CONTRACT["tags"] if not speaks_both(tag["description"])]

    assert (silent, tags) == (set(), [])
    assert len(OPERATIONS) > 50


def test_every_parameter_is_told_in_vietnamese_and_english() -> None:
    parameters = [
        resolved(parameter)
        for _, _, operation in OPERATIONS.values()
        for parameter in operation.get("parameters", ())
    ]

    assert {p["name"] for p in parameters if not speaks_both(p["description"])} == set()
    assert {p["name"] for p in parameters if {"type": "null"} in nodes(p["schema"])} == set()


def test_operation_ids_read_well_in_a_client() -> None:
    count = sum(len(methods) for methods in CONTRACT["paths"].values())

    assert len(OPERATIONS) == count
    assert [i for i in OPERATIONS if not re.fullmatch("[a-z]+([A-Z][a-z0-9]+)+", i)] == []
    names = CONTRACT["components"]["schemas"]
    assert [name for name in names if not re.fullmatch("([A-Z][a-z0-9]+)+", name)] == [
        "OAuthProblem"
    ]


def test_every_operation_declares_what_it_can_refuse() -> None:
    lacking = {}
    for name, (_, _, operation) in OPERATIONS.items():
        expected = {"500", "503"}
        if operation.get("security"):
            expected |= {"401", "403"}
        if "requestBody" in operation:
            expected |= {"400", "413", "422"}
        if operation.get("parameters"):
            expected |= {"422"}
        lacking[name] = expected - set(operation["responses"])

    assert {name: statuses for name, statuses in lacking.items() if statuses} == {}


def test_every_refusal_is_a_problem_document() -> None:
    forms = {
        (kind, reference)
        for _, _, operation in OPERATIONS.values()
        for refusal in refusals_of(operation).values()
        for kind, content in refusal["content"].items()
        for reference in [node["$ref"] for node in nodes(content["schema"]) if "$ref" in node]
    }

    assert forms == {
        (MEDIA_TYPE, "#/components/schemas/Problem"),
        (MEDIA_TYPE, "#/components/schemas/OAuthProblem"),
    }


def test_every_body_refuses_what_it_does_not_know() -> None:
    # OAuth's forms are the exception: what a server does not know there it ignores (RFC 6749, 3.2).
    bodies = [
        content["schema"]
        for _, _, operation in OPERATIONS.values()
        for kind, content in operation.get("requestBody", {}).get("content", {}).items()
        if kind != "application/x-www-form-urlencoded"
    ]
    taken = schemas_under(*bodies)

    assert len(taken) > 20
    loose = {
        n for n, s in taken.items() if "properties" in s and s.get("additionalProperties", True)
    }
    assert loose == set()


def test_nothing_in_an_answer_is_optional() -> None:
    answers = schemas_under(*[operation["responses"] for _, _, operation in OPERATIONS.values()])

    assert len(answers) > 50
    optional = {
        name: set(schema["properties"]) - set(schema["required"])
        for name, schema in answers.items()
        if "properties" in schema
    }
    assert {name: fields for name, fields in optional.items() if fields} == {}


def subclasses(kind: type[TrackerError]) -> Iterator[type[TrackerError]]:
    for subclass in kind.__subclasses__():
        yield subclass
        yield from subclasses(subclass)


def test_every_code_of_the_service_is_in_the_table() -> None:
    for module in pkgutil.walk_packages(app.__path__, "app."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    raised = {
        kind
        for kind in subclasses(TrackerError)
        if kind.__module__.startswith("app.") and "code" in vars(kind)
    }

    assert raised - COMMAND_LINE_ONLY == set(REFUSALS)
    assert len({error.code for error in REFUSALS}) == len(REFUSALS)
    rows = re.findall(
        r"^\| `(.*)` \| (.*) \| (.*) / (.*) \|$", CONTRACT["info"]["description"], re.M
    )
    assert sorted(rows) == sorted((e.code, str(int(e.status)), *e.title) for e in REFUSALS)


def test_every_declared_code_is_in_the_table_with_its_status() -> None:
    declared = {
        (code, status)
        for _, _, operation in OPERATIONS.values()
        for status, refusal in refusals_of(operation).items()
        for code in CODE.findall(refusal["description"])
    }

    known = {(error.code, str(int(error.status))) for error in REFUSALS}
    # Said of no single operation: no operation has that method.
    assert known - declared == {("method_not_allowed", "405")}
    assert declared - known == set()


def test_every_example_is_what_its_schema_says() -> None:
    wrong, count = [], 0
    for node in nodes(CONTRACT):
        if "example" in node:
            wrong += faults(node["example"], node["schema"])
            count += 1
        if isinstance(node.get("examples"), list):
            schema = {name: value for name, value in node.items() if name != "examples"}
            for example in node["examples"]:
                wrong += faults(example, schema)
                count += 1

    assert wrong == []
    assert count > 100


# What follows asks the running application what the document promises.

STORIES: dict[str, list[tuple[str, str]]] = {
    "registry": [
        ("sample-administrator", "createAgency"),
        ("sample-administrator", "updateAgency"),
        ("sample-administrator", "createCollective"),
        ("sample-administrator", "updateCollective"),
        ("sample-administrator", "addCollectiveMember"),
        ("sample-administrator", "endCollectiveMember"),
    ],
    "draft": [
        ("sample-issuer", "createPlan"),
        ("sample-issuer", "updatePlan"),
        ("sample-issuer", "setReportingRegime"),
        ("sample-issuer", "addTaskGroup"),
        ("sample-issuer", "updateTaskGroup"),
        ("sample-issuer", "addTask"),
        ("sample-issuer", "updateTask"),
        ("sample-issuer", "addAssignee"),
        ("sample-issuer", "updateAssignee"),
        ("sample-issuer", "issuePlan"),
        ("sample-issuer", "closePlan"),
    ],
    "removal": [
        ("sample-issuer", "createPlan"),
        ("sample-issuer", "addTask"),
        ("sample-issuer", "addAssignee"),
        ("sample-issuer", "removeAssignee"),
        ("sample-issuer", "removeTask"),
    ],
    "report": [
        ("sample-reporter-sngv", "putSubmission"),
        ("sample-reporter-sngv", "submitSubmission"),
        ("sample-reporter-sngv", "withdrawSubmission"),
        ("sample-reporter-sngv", "submitSubmission"),
        ("sample-coordinator", "sendBackSubmission"),
        ("sample-reporter-sngv", "submitSubmission"),
        ("sample-coordinator", "acceptSubmission"),
    ],
    "waiver": [("sample-coordinator", "waiveSubmission")],
}
# Whose id the answer to an operation is.
MADE = {
    "createPlan": "plan_id",
    "addTaskGroup": "group_id",
    "addTask": "task_id",
    "addAssignee": "assignee_id",
    "addCollectiveMember": "member_id",
    "putSubmission": "submission_id",
}
READS = [name for name, (method, _, _) in OPERATIONS.items() if method == "get"]
READERS = {"getPlanImport": "sample-issuer"}
FORMS = {"issueToken", "revokeToken", "introspectToken", "importPlan"}


class World:
    """The sample, and whoever asks it by the contract's own examples."""

    def __init__(self, session: AsyncSession, api: Api) -> None:
        self.session = session
        self.api = api
        self.ids: dict[str, str] = {}

    async def by(self, client_id: str) -> httpx.AsyncClient:
        """One of the sample's clients."""
        statement = select(Client).where(Client.client_id == client_id)
        return self.api.by((await self.session.exec(statement)).one())

    async def find_ids(self) -> None:
        """Of rows that the document can't name, since they are numbered anew in every database."""
        async with await self.by("sample-supervisor") as http:
            owed = await http.get("/v1/submissions?agency=SNGV&period=2026&status=expected&limit=1")
            tasks = await http.get(f"/v1/plans/{SAMPLE_PLAN_ID}/tasks?limit=1")
        [submission], [task] = owed.json()["items"], tasks.json()["items"]
        self.ids = {
            "submission_id": submission["id"],
            "assignment_id": submission["assignment_id"],
            "task_id": task["id"],
            "import_id": str((await self.session.exec(select(PlanImport.id))).one()),
        }

    async def ask(self, client_id: str, name: str, *, narrowed: bool = False) -> None:
        """Call an operation by its examples and hold the answer to what is declared."""
        method, path, operation = OPERATIONS[name]
        query = {}
        for parameter in map(resolved, operation.get("parameters", ())):
            if narrowed and "examples" in parameter["schema"]:
                query[parameter["name"]] = parameter["schema"]["examples"][0]
            if parameter["in"] == "path":
                value = self.ids.get(parameter["name"]) or parameter["example"]
                path = path.replace(f"{{{parameter['name']}}}", value)
        content = operation.get("requestBody", {}).get("content", {})
        body = content.get("application/json", {}).get("example")
        async with await self.by(client_id) as http:
            answer = await http.request(method, path, params=query, json=body)
        check(name, answer)
        if name in MADE:
            self.ids[MADE[name]] = answer.json()["id"]


def check(name: str, answer: httpx.Response) -> None:
    """The answer is the success that the operation declares, in its form."""
    status = str(answer.status_code)
    declared = OPERATIONS[name][2]["responses"]
    assert status < "300", f"{name}: {answer.text}"
    assert status in declared, name
    for kind, content in declared[status].get("content", {}).items():
        assert answer.headers["content-type"].startswith(kind), name
        if kind == "application/json":
            assert faults(answer.json(), content["schema"]) == [], name


@pytest.fixture(scope="module")
def told(settings: Settings) -> Iterator[tuple[str, list[Json]]]:
    """A database with the whole sample as `tiendo sample load` makes it, and its secrets."""
    secrets: list[Json] = []

    async def story(session: AsyncSession) -> None:
        secrets.extend(await tell(session, settings))

    with databases.new_database() as url:
        asyncio.run(fill(url, load_registry, story))
        yield url, secrets


@pytest.fixture
async def world(told: tuple[str, list[Json]], settings: Settings) -> AsyncIterator[World]:
    engine = create_async_engine(told[0], poolclass=sa.NullPool)
    async with engine.connect() as connection, AsyncSession(connection) as session:
        await connection.begin()
        yield World(session, Api(connection, settings))
        await connection.rollback()
    await engine.dispose()


def test_every_operation_is_tried() -> None:
    tried = {name for story in STORIES.values() for _, name in story}

    assert tried | set(READS) | FORMS == set(OPERATIONS)


async def test_document_is_served(world: World) -> None:
    async with world.api.by() as http:
        assert (await http.get("/openapi.json")).json() == CONTRACT


@pytest.mark.parametrize("name", READS)
async def test_every_read_answers_its_examples(world: World, name: str) -> None:
    await world.find_ids()

    for narrowed in (False, True):
        await world.ask(READERS.get(name, "sample-supervisor"), name, narrowed=narrowed)


@pytest.mark.parametrize("story", STORIES)
async def test_every_example_of_a_body_is_accepted(world: World, story: str) -> None:
    await world.find_ids()

    for client_id, name in STORIES[story]:
        await world.ask(client_id, name)


async def test_import_takes_the_sample_file(world: World) -> None:
    files = {"file": ("ke-hoach.docx", plan_file())}

    async with await world.by("sample-issuer") as http:
        check("importPlan", await http.post("/v1/plan-imports", files=files))
        check("importPlan", await http.post("/v1/plan-imports?dry_run=true", files=files))
        stray = await http.post("/v1/plan-imports", files=files, data={"dry_run": "true"})

    assert stray.status_code == 422
    assert [fault["pointer"] for fault in stray.json()["errors"]] == ["#/dry_run"]


async def test_tokens_are_given_for_the_examples(
    world: World, told: tuple[str, list[Json]]
) -> None:
    properties = CONTRACT["components"]["schemas"]["IssueTokenForm"]["properties"]
    form = {name: field["examples"][0] for name, field in properties.items()}
    [secret] = [s["client_secret"] for s in told[1] if s["client_id"] == form["client_id"]]

    async with world.api.by() as http:
        issued = await http.post("/oauth/token", data=form | {"client_secret": secret})
        token = {"token": issued.json()["access_token"]}
        account = (form["client_id"], secret)
        known = await http.post("/oauth/introspect", data=token, auth=account)
        ended = await http.post("/oauth/revoke", data=token, auth=account)

    check("issueToken", issued)
    check("introspectToken", known)
    check("revokeToken", ended)
