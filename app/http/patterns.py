"""Patterns of texts, made ready when the first text is compared with them.

Pydantic makes an automaton of each pattern when the application starts. Those of the names of
members, of which each list has several, take 20 to 250 KB each: 4 MB together, and few are ever
asked for.
"""

import re
from dataclasses import dataclass
from functools import cache
from typing import Any

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, PydanticKnownError
from pydantic_core.core_schema import no_info_after_validator_function

_compiled = cache(re.compile)


@dataclass(frozen=True, slots=True)
class Pattern:
    """The pattern that a text has to match as a whole; the contract and the refusal state it as
    Pydantic's `pattern` does. Each text must be compared in time that is linear in its length."""

    text: str

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        """The schema of the text, which may be None, with the comparison after it."""
        return self._compared(handler(source))

    def _compared(self, schema: CoreSchema) -> CoreSchema:
        if schema["type"] == "nullable":
            return {**schema, "schema": self._compared(schema["schema"])}
        said = {"pydantic_js_updates": {"pattern": self.text}}
        return no_info_after_validator_function(self._matching, schema, metadata=said)

    def _matching(self, value: str) -> str:
        if _compiled(self.text).fullmatch(value) is None:
            raise PydanticKnownError("string_pattern_mismatch", {"pattern": self.text})
        return value
