"""The contract in one language: its texts are written in both, side by side, and split here."""

import re
from typing import Any, Literal

Language = Literal["vi", "en"]
LANGUAGES: tuple[Language, ...] = ("vi", "en")
BOTH = re.compile(r" / |\n\n")
VALUES = ("default", "enum", "example", "examples")


def in_language(document: dict[str, Any], language: Language) -> dict[str, Any]:
    """A copy of the document for readers of one language.

    The schemas' docstrings are English alone, and left out elsewhere: the members of a schema speak
    for themselves.
    """
    copy: dict[str, Any] = _walk(document, language)
    whole = document["components"]["schemas"]
    for name, schema in copy["components"]["schemas"].items():
        if "description" in schema:
            del schema["description"]
            if language == "en":
                schema["description"] = whole[name]["description"]
    return copy


def spoken(text: str, language: Language) -> str:
    """The part in that language of `Vietnamese / English`, or of two paragraphs and more."""
    parts = BOTH.split(text, maxsplit=1)
    return parts[language == "en"] if len(parts) == 2 else text


def _walk(node: Any, language: Language) -> Any:
    if isinstance(node, list):
        return [_walk(item, language) for item in node]
    if not isinstance(node, dict):
        return node
    return {name: _one(name, item, language) for name, item in node.items()}


def _one(name: str, item: Any, language: Language) -> Any:
    if name in ("description", "summary") and isinstance(item, str):
        return spoken(item, language)
    if name == "scopes":
        return {scope: spoken(text, language) for scope, text in item.items()}
    return item if name in VALUES else _walk(item, language)
