"""The source of the service as its house rules read it: files, syntax trees, imports, names."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import app

ROOT = Path(app.__file__).parent
FILES = sorted(ROOT.rglob("*.py"))
Function = ast.FunctionDef | ast.AsyncFunctionDef
Import = ast.Import | ast.ImportFrom


@cache
def tree(path: Path) -> ast.Module:
    """The syntax tree of a file."""
    return ast.parse(path.read_text())


@cache
def nodes(path: Path) -> tuple[ast.AST, ...]:
    """All nodes of a file: a walk over the tree takes far longer than one over its nodes."""
    return tuple(ast.walk(tree(path)))


def name_of(path: Path) -> str:
    """A file as a failing rule names it: its path below `app/`."""
    return str(path.relative_to(ROOT))


def called(node: ast.AST) -> str:
    """The name of the function that a call calls, without its module or object; else empty."""
    if not isinstance(node, ast.Call):
        return ""
    function = node.func
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def places(path: Path, nodes: Iterator[ast.AST]) -> list[str]:
    """The places of these nodes in a file: `path:line`."""
    return [f"{name_of(path)}:{getattr(node, 'lineno', 0)}" for node in nodes]


def run_on_import(node: ast.AST) -> Iterator[ast.AST]:
    """The parts of a node that an import runs: all but the bodies of functions."""
    yield node
    for name, below in ast.iter_fields(node):
        if name != "body" or not isinstance(node, Function | ast.Lambda):
            for one in below if isinstance(below, list) else [below]:
                if isinstance(one, ast.AST):
                    yield from run_on_import(one)


def functions(path: Path) -> Iterator[Function]:
    """Every function and method of a file, inner ones included."""
    return (node for node in nodes(path) if isinstance(node, Function))


def identifiers(path: Path) -> set[str]:
    """Every name that a file gives or uses, its own file name included."""
    found = {path.stem}
    for node in nodes(path):
        for field in ("id", "name", "asname", "attr", "arg"):
            value = getattr(node, field, None)
            if isinstance(value, str):
                found |= set(value.split("."))
    return found


def words(identifier: str) -> list[str]:
    """The words of an identifier in small letters: `OpenHandover` and `open_handover` have two."""
    parts = re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", identifier)
    return [part.lower() for part in parts]


@cache
def imports() -> dict[str, set[str]]:
    """The modules of `app` that each module imports, at its top or inside a function."""
    files = {_module(path): path for path in FILES}
    return {
        module: {target for node in nodes(path) for target in _targets(node, files)}
        for module, path in files.items()
    }


def _module(path: Path) -> str:
    parts = path.relative_to(ROOT.parent).with_suffix("").parts
    return ".".join(parts).removesuffix(".__init__")


def _targets(node: ast.AST, modules: dict[str, Path]) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (one.name for one in node.names if one.name in modules)
    elif isinstance(node, ast.ImportFrom) and node.module in modules:
        for one in node.names:
            # An object that is imported from a package may be one of its modules.
            inner = f"{node.module}.{one.name}"
            yield inner if inner in modules else node.module
