"""The layers that import-linter can not see: file cycles, and SQL outside its layer."""

import ast
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

from tests.support.source import FILES, ROOT, called, imports, name_of, nodes

STATEMENTS = {"select", "insert", "update", "delete", "text", "union", "union_all", "exists"}
LIBRARIES = {"sqlalchemy", "sqlmodel"}
EXECUTING = {
    *("exec", "execute", "exec_driver_sql", "scalar", "scalars", "stream_scalars"),
    *("executemany", "fetchrow", "fetchval"),
}
MAY = {
    "queries": "all SQL is theirs",
    "models": "a table has conditions and defaults, and triggers that are files",
    "reading.py": "runs what queries hand to it",
}
"""The folders and files that may build or execute a statement, each with its reason."""


def sql(path: Path) -> list[str]:
    """The places where a file builds an SQL statement or executes one: the name and the line."""
    return [
        f"{name}:{node.lineno}"
        for node in nodes(path)
        if isinstance(node, ast.ImportFrom | ast.Attribute | ast.Call)
        for name in _sql_names(node)
    ]


def _sql_names(node: ast.ImportFrom | ast.Attribute | ast.Call) -> set[str]:
    if isinstance(node, ast.ImportFrom):
        is_meant = str(node.module).split(".")[0] in LIBRARIES
        return {one.name for one in node.names} & STATEMENTS if is_meant else set()
    if isinstance(node, ast.Attribute):
        is_meant = isinstance(node.value, ast.Name) and node.value.id == "sa"
        return {node.attr} & STATEMENTS if is_meant else set()
    return {called(node)} & EXECUTING


def test_no_layer_but_queries_issues_sql() -> None:
    files = [path for path in FILES if path.relative_to(ROOT).parts[0] not in MAY]

    issuing = {name_of(path): found for path in files if (found := sql(path))}

    assert len(files) > 400
    assert issuing == {}


@pytest.mark.parametrize("name", MAY)
def test_what_may_issue_sql_does(name: str) -> None:
    files = [path for path in FILES if path.relative_to(ROOT).parts[0] == name]

    assert any(map(sql, files))


def test_the_search_for_sql_finds_what_queries_issue() -> None:
    files = [path for path in FILES if name_of(path).startswith("queries/")]

    assert sum(bool(sql(path)) for path in files) > len(files) / 2


def test_no_file_imports_itself_through_others() -> None:
    graph = imports()

    assert sum(map(len, graph.values())) > len(FILES)
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(" → ".join(reversed(error.args[1])))
