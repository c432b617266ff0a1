"""The contract: complete, readable in either language, true to what is served."""

import copy
import importlib
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from openapi_spec_validator import OpenAPIV31SpecValidator

import app
from app.cli.openapi import openapi
from app.domain.registry.importing.importer import RegistryFilesError
from app.errors import TrackerError
from app.http.openapi.contract import FILES, FOLDER
from app.http.openapi.document import CODE, GENERAL, known_refusals
from app.http.openapi.languages import LANGUAGES, spoken
from app.http.problems import MEDIA_TYPE
from app.schemas.expanded import EXPANDED
from tests.support.contract import (
    CONTRACT,
    OPERATIONS,
    Json,
    faults,
    nodes,
    read_contract,
    resolved,
    whole,
)

VIETNAMESE = re.compile(
    "[ăâđêôơưàằầèềìòồờùừỳáắấéếíóốớúứýạặậẹệịọộợụựỵảẳẩẻểỉỏổởủửỷãẵẫẽễĩõỗỡũữỹ]", re.I
)
CODES = re.compile("(`[a-z_]+`(, )?)+")
COMMAND_LINE_ONLY = {RegistryFilesError}


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


def texts(document: Json) -> Iterator[str]:
    """The texts of a document for people, but not the codes that it lists, nor docstrings."""
    said = copy.deepcopy(document | {"info": {}})
    for schema in said["components"]["schemas"].values():
        schema.pop("description", None)
    for one in nodes(said):
        for name in ("summary", "description"):
            if isinstance(one.get(name), str) and not CODES.fullmatch(one[name]):
                yield one[name]
        if isinstance(one.get("scopes"), dict):
            yield from one["scopes"].values()


def silent(node: Any) -> Any:
    """The same without its texts."""
    if isinstance(node, list):
        return [silent(one) for one in node]
    if not isinstance(node, dict):
        return node
    said = {n for n in ("summary", "description") if isinstance(node.get(n), str)} | {"scopes"}
    return {name: silent(one) for name, one in node.items() if name not in said}


def test_committed_documents_are_what_is_written(tmp_path: Path) -> None:
    openapi(tmp_path)

    for name in FILES.values():
        written = (tmp_path / name).read_text(encoding="utf-8")
        assert (FOLDER / name).read_text(encoding="utf-8") == written, "run `make openapi`"


def test_documents_are_valid() -> None:
    document = read_contract("vi")

    assert document["openapi"].startswith("3.1.")
    assert [str(error) for error in OpenAPIV31SpecValidator(document).iter_errors()] == []


def test_documents_differ_in_their_texts_alone() -> None:
    # So what is valid of one is valid of the other.
    assert silent(read_contract("vi")) == silent(read_contract("en"))


def test_a_text_in_two_languages_is_split_where_english_begins() -> None:
    assert spoken("Một báo cáo / Get a report / or two", "vi") == "Một báo cáo"
    assert spoken("Một báo cáo / Get a report / or two", "en") == "Get a report / or two"
    assert spoken("Một đoạn.\n\nOne.\n\nTwo.", "en") == "One.\n\nTwo."
    assert spoken("`gone`", "vi") == spoken("`gone`", "en") == "`gone`"


def test_each_document_speaks_its_language() -> None:
    vietnamese = {text for text in texts(read_contract("vi")) if not VIETNAMESE.search(text)}
    english = {re.sub('"[^"]*"|`[^`]*`', "", text) for text in texts(read_contract("en"))}

    assert vietnamese == {"OK"}
    assert {text for text in english if VIETNAMESE.search(text)} == set()


def test_changes_tell_of_this_version_and_of_every_resource() -> None:
    changes = (FOLDER / "CHANGES.md").read_text(encoding="utf-8")
    resources = {path.split("/")[2] for path in CONTRACT["paths"] if path.startswith("/v1/")}

    assert re.findall("^## (.*)$", changes, re.M)[0] == CONTRACT["info"]["version"]
    kinds = {"Added", "Changed", "Deprecated", "Removed"}
    assert set(re.findall("^### (.*)$", changes, re.M)) <= kinds
    assert {resource for resource in resources if f"/v1/{resource}" not in changes} == set()


def test_every_operation_and_parameter_is_told_of() -> None:
    parameters = [
        resolved(parameter)
        for _, _, operation in OPERATIONS.values()
        for parameter in operation["parameters"]
    ]

    for _, _, operation in OPERATIONS.values():
        assert operation["summary"]
        assert operation["description"]
    assert {p["name"] for p in parameters if not p["description"]} == set()
    assert {p["name"] for p in parameters if {"type": "null"} in nodes(p["schema"])} == set()
    assert len(OPERATIONS) > 50


def test_operation_ids_read_well_in_a_client() -> None:
    count = sum(len(methods) for methods in CONTRACT["paths"].values())

    assert len(OPERATIONS) == count
    assert [i for i in OPERATIONS if not re.fullmatch("[a-z]+([A-Z][a-z0-9]+)+", i)] == []
    names = CONTRACT["components"]["schemas"]
    assert [name for name in names if not re.fullmatch("([A-Z][a-z0-9]+)+", name)] == [
        "OAuthProblem"
    ]


def test_every_operation_declares_what_it_can_refuse() -> None:
    """The refusals of any operation are declared once; those of some stand there with their
    status."""
    general = {error.code for error in GENERAL}
    of_all = [resolved(o["responses"]["default"]) for _, _, o in OPERATIONS.values()]
    idle = [
        (name, status)
        for name, (_, _, operation) in OPERATIONS.items()
        for status, refusal in refusals_of(operation).items()
        if status != "default" and general & set(CODE.findall(refusal["description"]))
    ]

    assert {one for said in of_all for one in CODE.findall(said["description"])} == general
    assert idle == []


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
        for schema in [whole(schema)]
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

    assert raised - COMMAND_LINE_ONLY == set(known_refusals())
    assert len({error.code for error in raised}) == len(raised)
    for language in LANGUAGES:
        said = read_contract(language)["info"]["description"]
        rows = re.findall(r"^\| `(.*)` \| (.*) \| (.*) \|$", said, re.M)
        known = [(e.code, str(int(e.status)), getattr(e.title, language)) for e in known_refusals()]
        assert sorted(rows) == sorted(known)


def test_every_declared_code_is_in_the_table_with_its_status() -> None:
    declared = {
        (code, status)
        for _, _, operation in OPERATIONS.values()
        for status, refusal in refusals_of(operation).items()
        for code in CODE.findall(refusal["description"])
        if status != "default"
    }

    known = {(error.code, str(int(error.status))) for error in known_refusals()}
    general = {(error.code, str(int(error.status))) for error in GENERAL}
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
