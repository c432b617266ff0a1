"""No statement is composed of what a caller sent: a value is a parameter, never a part of a text.

All SQL is in `app/queries/` (`test_layers.py`). Parts that statements share are constants, and what
is put together is put together by plain functions. So two things are looked for there. Nothing that
runs while a request is answered, which is to say no asynchronous function, composes a text. And
what it hands to a plain function that composes one is no text either: it is a truth value, one of a
few words, a set of names, or the form of a list, which has names and no values.
"""

import ast
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from tests.support.source import FILES, Function, called, functions, name_of

QUERIES = [path for path in FILES if name_of(path).startswith("queries/")]
READS_AS_SQL = re.compile(
    r"\b(select|insert into|update|delete from|from|where|join|order by|exists|union|having|values"
    r"|set|analyze|grant|revoke|alter|create|drop)\b",
    re.IGNORECASE,
)
COMPOSING = {"format", "format_map", "replace", "substitute"}
TEXTS = {"str", "Any", "object"}
"""The types by which a value that a caller sent could come to a text."""


def composes(node: ast.AST) -> bool:
    """True if this node makes a text of SQL of parts that are not all written in it."""
    if isinstance(node, ast.JoinedStr):
        written = "".join(str(one.value) for one in node.values if isinstance(one, ast.Constant))
        return bool(READS_AS_SQL.search(written)) and len(written) < len(ast.unparse(node)) - 3
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod | ast.Add):
        return any(
            isinstance(side, ast.Constant)
            and isinstance(side.value, str)
            and bool(READS_AS_SQL.search(side.value))
            for side in (node.left, node.right)
        )
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        method = node.func.attr
        takes_a_text = method == "text" and node.args
        return method in COMPOSING or bool(
            takes_a_text and isinstance(node.args[0], ast.JoinedStr | ast.BinOp | ast.Call)
        )
    return False


def composing(function: Function) -> list[int]:
    """The lines on which a function composes."""
    return [getattr(node, "lineno", 0) for node in ast.walk(function) if composes(node)]


def texts_of(function: Function) -> list[str]:
    """The parameters of a function that could be a text of a caller's."""
    every = [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]
    return [one.arg for one in every if _kinds(one.annotation) & TEXTS]


def _kinds(annotation: ast.expr | None) -> set[str]:
    """The types of a union: a set of names or a row that is not a text itself is one type."""
    if annotation is None:
        return TEXTS
    return {one.strip() for one in ast.unparse(annotation).split("|")}


def is_constant(node: ast.AST) -> bool:
    """True for what is written where it stands, and for constants by their name."""
    if isinstance(node, ast.Attribute):
        return node.attr.isupper()
    return isinstance(node, ast.Constant) or (isinstance(node, ast.Name) and node.id.isupper())


Composing = dict[tuple[str, str], ast.FunctionDef]
"""The plain functions that compose, by their name and, of those that a file keeps for itself, by
that file."""


def plain_functions_that_compose(paths: Iterable[Path]) -> Composing:
    return {
        _key(one.name, path): one
        for path in paths
        for one in functions(path)
        if isinstance(one, ast.FunctionDef) and composing(one)
    }


def _key(name: str, path: Path) -> tuple[str, str]:
    return name, str(path) if name.startswith("_") else ""


def handed_over(function: Function, path: Path, known: Composing) -> Iterator[tuple[str, int]]:
    """The places where a function passes a value that is no constant, as a text, to one that
    composes."""
    for node in ast.walk(function):
        composer = known.get(_key(called(node), path))
        if composer is None or not isinstance(node, ast.Call):
            continue
        names = [one.arg for one in (*composer.args.posonlyargs, *composer.args.args)]
        given = [*zip(names, node.args, strict=False)]
        given += [(str(one.arg), one.value) for one in node.keywords]
        texts = set(texts_of(composer))
        if any(name in texts and not is_constant(value) for name, value in given):
            yield called(node), node.lineno


def asynchronous(paths: Iterable[Path]) -> Iterator[tuple[Path, ast.AsyncFunctionDef]]:
    for path in paths:
        for one in functions(path):
            if isinstance(one, ast.AsyncFunctionDef):
                yield path, one


def test_nothing_composes_a_statement_while_a_request_is_answered() -> None:
    every = list(asynchronous(QUERIES))

    found = [f"{name_of(path)}:{line}" for path, one in every for line in composing(one)]

    assert len(every) > 300
    assert found == []


def test_no_text_of_a_caller_is_handed_to_what_composes() -> None:
    known = plain_functions_that_compose(QUERIES)

    found = [
        f"{name_of(path)}:{line}: {name}"
        for path, one in asynchronous(QUERIES)
        for name, line in handed_over(one, path, known)
    ]

    assert len(known) > 30
    assert found == []


@pytest.mark.parametrize(
    "body",
    [
        "return await fetch(sql, f'select {name} from t')",
        "return await fetch(sql, SQL.format(name=name))",
        "return await fetch(sql, 'select * from ' + name)",
        "return await fetch(sql, 'select %s from t' % name)",
        "return await fetch(sql, sa.text(of(name)))",
    ],
)
def test_the_search_finds_what_is_composed(body: str) -> None:
    [function] = ast.parse(f"async def found(sql, name):\n    {body}").body

    assert isinstance(function, ast.AsyncFunctionDef)
    assert composing(function)


def test_the_search_finds_a_text_that_is_handed_over() -> None:
    module = ast.parse(
        "def plain(table: str, is_past: bool) -> str:\n"
        "    return f'select * from {table}'\n"
        "async def found(sql, name):\n"
        "    return await fetch(sql, plain(name, True)), plain('t', True), plain(TABLE, False)\n"
    )
    plain, found = module.body
    assert isinstance(plain, ast.FunctionDef)
    assert isinstance(found, ast.AsyncFunctionDef)

    assert texts_of(plain) == ["table"]
    known = {("plain", ""): plain}
    assert list(handed_over(found, Path("a.py"), known)) == [("plain", 4)]
