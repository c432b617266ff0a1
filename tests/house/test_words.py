"""The code uses the words of the glossary: one word for each thing."""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator

import pytest

from tests.support.source import FILES, ROOT, identifiers, name_of, tree, words

# Words that stood for something which has another name, with that name.
BANNED = {
    "duty": "assignment",
    "duties": "assignments",
    "deed": "act",
    "deeds": "acts",
    "hand": "transfer",
    "hands": "transfers",
    "told": "the noun of what is written or shown",
    "tell": "record, show or write",
    "tells": "records, shows or writes",
    "telling": "recording, showing or writing",
    "urge": "remind",
    "urges": "reminds",
    "urged": "reminded",
    "urging": "reminder",
    "urger": "sender of reminders",
    "spare": "raise if not modified",
    "surroundings": "request context",
}
# By hand is not by a rule; to hand over is what a handover does.
MEANT_OTHERWISE = {("by", "hand"), ("hand", "over")}


def banned(identifier: str) -> list[str]:
    """The words of an identifier that another word has replaced."""
    found = ["", *words(identifier), ""]
    return [
        word
        for before, word, after in zip(found, found[1:], found[2:], strict=False)
        if word in BANNED and not {(before, word), (word, after)} & MEANT_OTHERWISE
    ]


def test_an_identifier_has_no_word_that_another_has_replaced() -> None:
    unclean = {
        name_of(path): found
        for path in FILES
        if (found := sorted(one for one in identifiers(path) if banned(one)))
    }

    assert len(FILES) > 80
    assert unclean == {}


URGING = re.compile(r"\b(urg(e|es|ed|er|ing)|dut(y|ies))\b", re.IGNORECASE)


def test_no_text_has_a_word_that_the_glossary_has_another_for() -> None:
    pages = [path for path in (ROOT / "pages").iterdir() if path.is_file()]

    unclean = {
        name_of(path): [found[0] for found in URGING.finditer(path.read_text())]
        for path in (*FILES, *pages)
        if URGING.search(path.read_text())
    }

    assert len(pages) > 2
    assert unclean == {}


def test_words_are_found_in_names_of_every_form() -> None:
    assert [banned(name) for name in ("OpenDuty", "_TOLD", "urge_all", "by_hand", "handover")] == [
        ["duty"],
        ["told"],
        ["urge"],
        [],
        [],
    ]


CAPITALIZED = re.compile("[A-Z][a-z0-9]*([A-Z]+[a-z0-9]*)*")
"""The name of a class, of an alias of a type or of a type variable; a constant is in capitals."""


def named_by(module: ast.Module) -> Iterator[str]:
    """The classes and types that a module names for others to use."""
    for node in module.body:
        names = [node.name] if isinstance(node, ast.ClassDef) else []
        if isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names = [one.id for one in targets if isinstance(one, ast.Name)]
        for name in names:
            if CAPITALIZED.fullmatch(name) and not name.isupper():
                yield name


def test_a_name_of_a_class_or_type_is_given_in_one_module() -> None:
    given: defaultdict[str, set[str]] = defaultdict(set)
    for path in FILES:
        for name in named_by(tree(path)):
            given[name].add(name_of(path))

    assert len(given) > 500
    assert {name: sorted(files) for name, files in given.items() if len(files) > 1} == {}


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("class Page(NamedTuple): ...", "Page"),
        ("Page = Annotated[int, Field(ge=1)]", "Page"),
        ('Page = TypeVar("Page")', "Page"),
        ("Page: TypeAlias = int", "Page"),
        ('ID2Page = NewType("ID2Page", str)', "ID2Page"),
    ],
)
def test_classes_and_types_are_found_in_every_form(line: str, name: str) -> None:
    assert list(named_by(ast.parse(line))) == [name]
    assert list(named_by(ast.parse("class _Page: ...\nPAGE = 1\npage = 2\nP.Page = 3"))) == []
