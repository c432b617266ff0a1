"""The rules to which this house holds its code, where no linter does."""

import ast
import importlib
import inspect
import pkgutil
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from pydantic import SecretStr

import app
from app.config import Settings
from app.errors import OAuthError, TrackerError
from app.home.secrets import ensure_secrets
from app.main import create_app
from app.schemas.common import Out
from tests.support.source import (
    FILES,
    ROOT,
    Function,
    Import,
    called,
    functions,
    name_of,
    nodes,
    places,
    run_on_import,
    tree,
)

METHODS = {"get", "put", "post", "patch", "delete", "head", "options"}


def modules() -> list[str]:
    # Importing __main__ would run the command.
    names = [one.name for one in pkgutil.walk_packages(app.__path__, "app.")]
    return [name for name in names if not name.endswith("__main__")]


def heirs(base: type[Any]) -> list[type[Any]]:
    children: list[type[Any]] = base.__subclasses__()
    return [heir for child in children for heir in (child, *heirs(child))]


def refusal_classes() -> list[type[TrackerError]]:
    for name in modules():
        importlib.import_module(name)
    return [one for one in heirs(TrackerError) if one.__module__.startswith("app.")]


def test_there_is_something_to_look_at() -> None:
    assert len(FILES) > 80


def test_only_the_database_module_commits() -> None:
    committing = [
        place
        for path in FILES
        if path != ROOT / "db.py"
        for place in places(path, (n for n in nodes(path) if called(n) == "commit"))
    ]

    assert committing == []


def test_refusals_of_a_route_are_named_together() -> None:
    """The second of two that are joined by `|` would hide the first's refusals of its statuses."""
    joined = {
        path.name
        for path in (ROOT / "routers").glob("*.py")
        if "| refusals(" in path.read_text(encoding="utf-8")
    }
    assert joined == set()


def test_only_the_clock_is_asked_for_the_time() -> None:
    asking = [
        place
        for path in FILES
        # A command has no caller that could tell it the time.
        if path != ROOT / "clock.py" and ROOT / "cli" not in path.parents
        for place in places(
            path, (n for n in nodes(path) if called(n) in {"now", "today", "utcnow"})
        )
    ]

    assert asking == []


def test_only_queries_of_visible_rows_make_visible_ids() -> None:
    makers = {"VisiblePlanId", "VisibleAssignmentId"}
    makes = [
        f"{places(path, iter([node]))[0].rsplit(':')[0]} {called(node)}"
        for path in FILES
        for node in nodes(path)
        if called(node) in makers
    ]

    assert makes == [
        "queries/assignments/assignments.py VisibleAssignmentId",
        "queries/plans/plans.py VisiblePlanId",
    ]


LOADED_LATE = {
    "documents/edxml/elements.py",
    "documents/names/suggestions.py",
    "documents/pages.py",
    "documents/files/xml_parts.py",
    "domain/letterheads.py",
    "domain/regimes/public_holidays.py",
}
"""Files that load a library only when it is first needed: each would cost every process some MB."""


def locks_keys(node: ast.AST) -> bool:
    """True for a lock of rows that holds up whoever refers to them, who share the rows' keys."""
    if called(node) == "with_for_update" and isinstance(node, ast.Call):
        return not {"read", "key_share"} & {one.arg for one in node.keywords}
    is_text = isinstance(node, ast.Constant) and isinstance(node.value, str)
    return is_text and re.search(r"\bfor update\b", node.value) is not None  # type: ignore[attr-defined] # a text


def test_a_lock_of_rows_leaves_their_keys_alone() -> None:
    """Else what is filed, whose rows refer to clients and assignments, would wait for it."""
    locking = [path for path in FILES if name_of(path).startswith("queries/")]
    found = [place for path in locking for place in places(path, filter(locks_keys, nodes(path)))]

    assert found == []
    assert locks_keys(ast.parse("select(Client).with_for_update()", mode="eval").body)
    assert locks_keys(ast.parse("'select id from client for update'", mode="eval").body)


def test_nothing_is_imported_inside_a_function() -> None:
    inside = [
        place
        for path in FILES
        # A command imports what it needs when it is run: that is half of its start.
        if ROOT / "cli" not in path.parents
        for function in functions(path)
        for place in places(path, (n for n in ast.walk(function) if isinstance(n, Import)))
    ]

    assert {place.partition(":")[0] for place in inside} == LOADED_LATE


def test_what_a_module_offers_says_what_it_is() -> None:
    silent = [
        f"{name_of(path)}: {node.name}"
        for path in FILES
        for node in tree(path).body
        if isinstance(node, Function | ast.ClassDef)
        and not node.name.startswith("_")
        and ast.get_docstring(node) is None
    ]

    assert silent == []


def routes() -> Iterator[tuple[str, Function, ast.Call]]:
    """Every route's function and its decorator, by the name of the function."""
    for path in sorted((ROOT / "routers").glob("*.py")):
        for node in tree(path).body:
            if isinstance(node, Function):
                for decorator in node.decorator_list:
                    if called(decorator) in METHODS and isinstance(decorator, ast.Call):
                        yield f"{path.stem}.{node.name}", node, decorator


def test_every_route_says_how_it_is_called() -> None:
    silent = [name for name, _, decorator in routes() if "summary" not in keywords_of(decorator)]

    assert len(list(routes())) > 40
    assert silent == []


def keywords_of(call: ast.Call) -> set[str | None]:
    return {one.arg for one in call.keywords}


def test_every_route_says_in_its_annotation_alone_what_it_answers() -> None:
    silent = [
        name
        for name, function, decorator in routes()
        if "response_model" in keywords_of(decorator)
        or function.returns is None
        or ast.unparse(function.returns) in {"Any", "Answer", "Answer[Any]", "dict[str, Any]"}
    ]

    assert silent == []


# A file, the text of metrics, an answer without a body, and rows that are no more.
WITHOUT_SCHEMA = {
    "get_agency_report_letter",
    "get_agency_report_package",
    "get_plan_import_file",
    "get_report_file",
    "get_plan_chart",
    "discard_plan",
    "get_metrics",
    "get_reminder_package",
    "get_submission_package",
    "remove_assignee",
    "remove_external_ref",
    "remove_task",
    "revoke_token",
}


def test_every_answer_but_a_file_is_a_schema_of_ours(tmp_path: Path) -> None:
    routes = [
        route
        for route in made_app(tmp_path).routes
        if isinstance(route, APIRoute) and route.include_in_schema
    ]
    other = {route.name for route in routes if not is_schema(route.response_model)}

    assert len(routes) > 100
    assert other == WITHOUT_SCHEMA


def made_app(secrets: Path) -> FastAPI:
    ensure_secrets(secrets)
    return create_app(Settings(_secrets_dir=secrets, database_url=SecretStr("postgresql://h/d")))


def is_schema(model: Any) -> bool:
    return isinstance(model, type) and issubclass(model, Out)


def test_an_answers_fields_are_all_there_always() -> None:
    for name in modules():
        importlib.import_module(name)

    optional = [
        f"{schema.__name__}.{name}"
        for schema in heirs(Out)
        for name, field in schema.model_fields.items()
        if not field.is_required()
    ]

    assert len(heirs(Out)) > 30
    assert optional == []


def test_every_refusal_has_a_code_of_its_own() -> None:
    refusals = [one for one in refusal_classes() if one is not OAuthError]

    codes = Counter(vars(one).get("code") for one in refusals)

    assert len(refusals) > 20
    assert [one.__name__ for one in refusals if "code" not in vars(one)] == []
    assert {code: count for code, count in codes.items() if count > 1} == {}
    for one in refusals:
        assert one.title.vi
        assert one.title.en
        assert one.__name__.endswith("Error")
        assert inspect.getdoc(one)


def test_a_refusal_raised_without_words_has_those_of_its_class() -> None:
    refusals = {one.__name__: one for one in refusal_classes()}
    raised = [
        (place, refusals[called(node)])
        for path in FILES
        for node in nodes(path)
        if isinstance(node, ast.Call) and not node.args and not node.keywords
        if called(node) in refusals
        for place in places(path, iter([node]))
    ]

    assert len(raised) > 20
    assert [place for place, refusal in raised if not hasattr(refusal, "detail")] == []


def test_operations_have_names_of_their_own(tmp_path: Path) -> None:
    paths = made_app(tmp_path).openapi()["paths"]

    names = Counter(
        operation["operationId"]
        for operations in paths.values()
        for method, operation in operations.items()
        if method in METHODS
    )

    assert len(names) > 40
    assert {name: count for name, count in names.items() if count > 1} == {}


def test_tests_listen_where_this_machine_reaches_itself() -> None:
    listening = r"(?:start_server|create_server|open_connection|HTTPConnection|bind)"
    of_one_family = re.compile(rf"{listening}\(.*(?:127\.0\.0\.1|localhost)|//127\.0\.0\.1:{{")
    lines = [
        line
        for path in (ROOT.parent / "tests").rglob("*.py")
        for line in path.read_text().splitlines()
    ]

    assert of_one_family.search("create_server" + '(("127.0.0.1", 0))')
    assert [line for line in lines if of_one_family.search(line)] == []


def test_no_test_asks_for_the_day_when_it_is_imported() -> None:
    """It would be yesterday for what runs after midnight, and workers would collect other tests."""
    asking = [
        f"{path.name}:{node.lineno}"
        for path in (ROOT.parent / "tests").rglob("*.py")
        for node in run_on_import(tree(path))
        if isinstance(node, ast.Call) and called(node) in {"local_day", "today", "tomorrow"}
    ]

    assert asking == []


EXCEPTION = re.compile(
    r"# (?:noqa(?:: [A-Z]+[0-9]+(?:, [A-Z]+[0-9]+)*)?|type: ignore(?:\[[a-z, -]+\])?)"
)
REASON = re.compile(r"(?: -|  ?#) .*[a-z]{2}")


def without_reason(line: str) -> bool:
    """True of a line that a check passes over and that does not say why."""
    found = EXCEPTION.search(line)
    return found is not None and not REASON.match(line, found.end())


def test_an_exception_from_a_check_has_its_reason_on_its_line() -> None:
    silent = [
        f"{name_of(path)}:{number}"
        for path in FILES
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if without_reason(line)
    ]

    assert silent == []


@pytest.mark.parametrize(
    ("line", "is_silent"),
    [
        ("a()  # no" + "qa", True),
        ("a()  # no" + "qa: S311", True),
        ("a()  # no" + "qa: S311, S603 -", True),
        ("a()  # type: ig" + "nore[arg-type]", True),
        ("a()  # no" + "qa: S311 - jitter", False),
        ("a()  # type: ig" + "nore[no-untyped-call] # the library leaves it so", False),
    ],
)
def test_an_exception_without_reason_is_found(line: str, is_silent: bool) -> None:
    assert without_reason(line) == is_silent
