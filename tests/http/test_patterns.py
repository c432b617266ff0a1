"""Patterns that are made ready later refuse what Pydantic's own patterns refuse, in its words."""

import string
from collections.abc import Iterator
from itertools import chain
from typing import Annotated, Any

from pydantic import StringConstraints, TypeAdapter, ValidationError

from app.http import shared_validators
from app.http.pattern_texts import CHOICE
from app.http.patterns import Pattern
from app.main import ROUTERS

ADAPTERS = shared_validators._made if ROUTERS else {}
WORDS = [
    "", "id", "id,agency", "agency,id,status", "id,", ",id", "idagency", "id\n", "id,id,i", "ID",
    "-id", "id;agency", "STTTT", "H27.01", "a" * 64, "a" * 65, "ioffice.stttt:NV 1", "46/KH-UBND",
    "Đ1", "\u00a0", "ioffice:\u2028", "x\x00", "12-31", "13-01", "2026", "once", *string.printable,
]  # fmt: skip


def said_of(adapter: TypeAdapter[str | None], value: str) -> object:
    """The value as it is taken, or what is wrong with it."""
    try:
        return adapter.validate_python(value)
    except ValidationError as refused:
        return refused.errors()


def nodes(node: Any) -> Iterator[dict[str, Any]]:
    """All parts of a schema of Pydantic's that are mappings."""
    if isinstance(node, dict):
        yield node
        node = list(node.values())
    if isinstance(node, list | tuple):
        yield from chain.from_iterable(map(nodes, node))


EVERY = list(chain.from_iterable(nodes(one.core_schema) for one in ADAPTERS.values()))


def test_texts_are_refused_as_by_a_pattern_of_pydantic() -> None:
    owners = (getattr(one.get("function"), "__self__", None) for one in EVERY)
    in_use = {one.text for one in owners if isinstance(one, Pattern)}
    assert len(in_use) > 50
    for text in in_use:
        ours = TypeAdapter[Any](Annotated[str | None, Pattern(text)])
        pydantics = TypeAdapter[Any](Annotated[str | None, StringConstraints(pattern=text)])
        assert ours.json_schema() == pydantics.json_schema()
        assert ours.validate_python(None) is None
        for word in WORDS:
            assert said_of(ours, word) == said_of(pydantics, word), text


def test_choices_of_names_are_no_patterns_of_pydantic() -> None:
    found = {one["pattern"] for one in EVERY if one.get("type") == "str" and "pattern" in one}

    assert found
    assert not [one for one in found if CHOICE.fullmatch(one)]
