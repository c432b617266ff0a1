"""The contract: complete, readable in two languages, true to what is served."""

import importlib
import itertools
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path

from openapi_spec_validator import OpenAPIV31SpecValidator

import app
from app.cli.clients import ClientDisabledError
from app.cli.openapi import DOCUMENT, openapi
from app.contract import CODE, FAILURES, GENERAL
from app.contract_texts import REFUSALS
from app.domain.clients import TooManySecretsError
from app.domain.registry.importing import RegistryFilesError
from app.errors import TrackerError
from app.problems import MEDIA_TYPE
from app.schemas.expanded import EXPANDED
from tests.contract import CONTRACT, OPERATIONS, Json, faults, nodes, resolved

VIETNAMESE = re.compile(
    "[ăâđêôơưàằầèềìòồờùừỳáắấéếíóốớúứýạặậẹệịọộợụựỵảẳẩẻểỉỏổởủửỷãẵẫẽễĩõỗỡũữỹ]", re.I
)
COMMAND_LINE_ONLY = {ClientDisabledError, RegistryFilesError, TooManySecretsError}


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
    assert DOCUMENT.stat().st_size < 400_000


def test_changes_tell_of_this_version_and_of_every_resource() -> None:
    changes = (DOCUMENT.parent / "CHANGES.md").read_text(encoding="utf-8")
    resources = {path.split("/")[2] for path in CONTRACT["paths"] if path.startswith("/v1/")}

    assert re.findall("^## (.*)$", changes, re.M)[0] == CONTRACT["info"]["version"]
    kinds = {"Added", "Changed", "Deprecated", "Removed"}
    assert set(re.findall("^### (.*)$", changes, re.M)) <= kinds
    assert {resource for resource in resources if f"/v1/{resource}" not in changes} == set()


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
    """What any may refuse is said once; with a status of its own stands what only some refuse."""
    general = {error.code for error in (*GENERAL, *FAILURES)}
    shared = CONTRACT["components"]["responses"]
    said = [CODE.findall(shared[name]["description"]) for name in ("Refused", "Failed")]
    idle = [
        (name, status)
        for name, (_, _, operation) in OPERATIONS.items()
        for status, refusal in refusals_of(operation).items()
        if "XX" not in status and general.issuperset(CODE.findall(refusal["description"]))
    ]

    assert [
        n for n, o in OPERATIONS.items() if not {"4XX", "5XX"} <= o[2]["responses"].keys()
    ] == []
    assert (set(itertools.chain(*said)), idle) == (general, [])


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
        name: set(schema["properties"]) - set(schema.get("required", ()))
        for name, schema in answers.items()
        if "properties" in schema
    }
    # But what is there for the asking.
    for answer in EXPANDED:
        assert optional.pop(f"#/components/schemas/{answer.__name__}") == {"expanded"}
    for expanded in set(EXPANDED.values()):
        members = optional.pop(f"#/components/schemas/{expanded.__name__}")
        assert members == set(expanded.model_fields)
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
        if "XX" not in status
    }

    known = {(error.code, str(int(error.status))) for error in REFUSALS}
    general = {(error.code, str(int(error.status))) for error in (*GENERAL, *FAILURES)}
    # Said of no single operation: no operation has that method.
    assert known - declared - general == {("method_not_allowed", "405")}
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
