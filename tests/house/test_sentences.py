"""Docstrings and comments are sentences that name their subject."""

import ast
import io
import re
import tokenize
from collections.abc import Iterator

from tests.support.source import FILES, name_of

# The noun, or "True if", belongs where these words leave open which thing is meant.
UNNAMED = re.compile(r"(What|Whether|How|Who)\b")
Written = tuple[int, str]


def docstrings(source: str) -> Iterator[Written]:
    """The line and the text of every docstring, also of those below constants and attributes."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            text = node.value.value
            if isinstance(text, str):
                yield node.lineno, text.strip()


def comments(source: str) -> Iterator[Written]:
    """The line and the text of every comment, but for the lines that go on with one above them."""
    end = 0
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            line = token.start[0]
            stands_alone = token.line.lstrip().startswith("#")
            if not (stands_alone and line == end + 1):
                yield line, token.string.lstrip("#! ")
            if stands_alone:
                end = line


def unnamed(source: str) -> list[Written]:
    """The docstrings and comments of a source that begin with a question word."""
    found = [*docstrings(source), *comments(source)]
    return sorted(one for one in found if UNNAMED.match(one[1]))


def test_a_docstring_or_comment_begins_with_the_noun_that_it_is_about() -> None:
    found = [
        f"{name_of(path)}:{line} {text.splitlines()[0]}"
        for path in FILES
        for line, text in unnamed(path.read_text(encoding="utf-8"))
    ]

    assert found == []


def test_a_question_word_is_found_at_the_beginning_of_docstrings_and_comments_alone() -> None:
    source = (
        '"""What it does."""\n'
        "x = 1  # Whether it is\n"
        '"""Who has it, and how."""\n'
        "# How it is done,\n"
        "# What goes on is the same comment.\n"
        'y = "What is a value"\n'
        "def f():\n"
        '    """True if a thing is what it says."""\n'
        "class Whose:\n"
        '    """\n'
        "    How many there are.\n"
        '    """\n'
    )

    assert [line for line, _ in unnamed(source)] == [1, 2, 3, 4, 10]
