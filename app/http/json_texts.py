"""JSON that means one thing: a member stands in its object once (RFC 8259, 4)."""

import json
from typing import Any


class RepeatedMemberError(ValueError):
    """A member stands twice in one object: some read the first, others the last."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.fault = {"type": "repeated_member", "loc": ("body", name)}


def parsed(text: bytes) -> Any:
    """The value of a JSON text; raises `ValueError` or `RecursionError` where it has none."""
    return json.loads(text, object_pairs_hook=_object)


def _object(members: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(members)
    if len(made) != len(members):
        names = [name for name, _ in members]
        raise RepeatedMemberError(next(name for name in names if names.count(name) > 1))
    return made
