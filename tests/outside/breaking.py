"""The breakages for a program that was written against the last released contract.

What is asked for may only grow, and what is answered may only shrink in what it can be:

* a request breaks when an operation, a parameter, a field, a value or a media type that was taken
  is taken no more, when something must be sent that need not be, when a limit, a pattern or a
  format is narrower, or when what is not sent means something else;
* an answer breaks when a success, a header or a field is gone, when a field may now be absent or
  null, of another type, or have a value that it never had (programs switch over values), and when
  there is a success of another status (but not 304, which only they get who ask for it);
* a refusal breaks when its code is gone: programs branch on codes. Another status that refuses is
  no breakage: whoever calls us must be ready for every refusal of the table;
* so is neither what is said to people, nor a field more in an answer.

A breakage is allowed where CHANGES.md names the operation after **breaking**, under a version that
is not released yet. `python -m tests.outside.breaking` says what is not declared.
"""

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from json import dumps, loads
from typing import Any, Literal, NamedTuple

from app.http.openapi.contract import FOLDER
from tests.support.contract import by_operation, read_contract, whole

Json = dict[str, Any]
Side = Literal["request", "answer"]

CHANGES = FOLDER / "CHANGES.md"
RELEASED = FOLDER / "released"
CODES = re.compile(r"^\| `(\w+)` \| (\d+) \|", re.M)
LEAST = ("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties")
MOST = ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties")


class Breakage(NamedTuple):
    """One thing that breaks who calls an operation, or who branches on a code."""

    name: str
    what: str


def breakages(old: Json, new: Json) -> list[Breakage]:
    """All breakages for a caller of *old* that meets *new*."""
    found = [
        Breakage(code, f"the code is gone, or is no {status} any more")
        for code, status in set(CODES.findall(_about(old))) - set(CODES.findall(_about(new)))
    ]
    old, new = by_operation(old), by_operation(new)
    for path, operations in old["paths"].items():
        for method, operation in operations.items():
            name = operation["operationId"]
            now = new["paths"].get(path, {}).get(method)
            comparison = Comparison(old, new)
            faults = comparison.operations(operation, now) if now else ["it is gone"]
            found += [Breakage(name, what) for what in dict.fromkeys(faults)]
    return found


def undeclared(old: Json, new: Json, changes: str) -> list[Breakage]:
    """The breakages that *changes* does not declare since the version of *old*."""
    since = changes.partition(f"\n## {old['info']['version']}\n")[0]
    lines = re.findall(r"^\* \*\*breaking\*\* (.*?): ", since, re.M)
    declared = {name for line in lines for name in re.findall(r"`([^`]+)`", line)}
    return [one for one in breakages(old, new) if one.name not in declared]


def last_released() -> Json:
    """The contract that callers were last given."""
    paths = sorted(RELEASED.glob("*.json"), key=lambda path: _numbers(path.stem))
    document: Json = loads(paths[-1].read_text(encoding="utf-8"))
    return document


def _numbers(version: str) -> list[int]:
    return [int(part) for part in version.split(".")]


def _about(document: Json) -> str:
    return str(document["info"].get("description", ""))


@dataclass
class Comparison:
    """Two documents, and the schemas of them within which the comparison is."""

    old: Json
    new: Json
    within: set[str] = field(default_factory=set)

    def operations(self, old: Json, new: Json) -> Iterator[str]:
        """The breakages between two forms of one operation."""
        if old["operationId"] != new["operationId"]:
            yield f"it is called {new['operationId']}"
        before, after = (
            operation.get("security", document.get("security"))
            for document, operation in ((self.old, old), (self.new, new))
        )
        if after and before != after:
            yield "it asks for other credentials"
        yield from self._parameters(old, new)
        yield from self._bodies(old.get("requestBody"), new.get("requestBody"))
        yield from self._answers(old["responses"], new["responses"])

    def _parameters(self, old: Json, new: Json) -> Iterator[str]:
        before, after = self._by_name(self.old, old), self._by_name(self.new, new)
        for name in before.keys() - after.keys():
            yield f"the parameter {name} is gone"
        for name, parameter in after.items():
            was = before.get(name, {})
            if parameter.get("required") and not was.get("required"):
                yield f"the parameter {name} is required"
            if was:
                yield from self.schemas(was["schema"], parameter["schema"], "request", name)

    def _by_name(self, document: Json, operation: Json) -> dict[str, Json]:
        parameters = [_resolved(document, one) for one in operation.get("parameters", ())]
        return {f"{one['in']}:{one['name'].lower()}": one for one in parameters}

    def _bodies(self, old: Json | None, new: Json | None) -> Iterator[str]:
        if old and not new:
            yield "it takes no body"
        if new and new.get("required") and not (old and old.get("required")):
            yield "a body is required"
        if old and new:
            yield from self._contents(old, new, "request", "body")

    def _contents(self, old: Json, new: Json, side: Side, place: str) -> Iterator[str]:
        for kind, content in old.get("content", {}).items():
            if kind not in new.get("content", {}):
                yield f"{place}: {kind} is gone"
            elif "schema" in content:
                now = new["content"][kind].get("schema", {})
                yield from self.schemas(content["schema"], now, side, place)

    def _answers(self, old: Json, new: Json) -> Iterator[str]:
        for status in sorted({s for s in old.keys() ^ new.keys() if s < "3"}):
            yield f"{status}: the success is {'gone' if status in old else 'new'}"
        for status in sorted(s for s in old.keys() & new.keys() if s < "3"):
            before, after = _resolved(self.old, old[status]), _resolved(self.new, new[status])
            for header in before.get("headers", {}).keys() - after.get("headers", {}).keys():
                yield f"{status}: the header {header} is gone"
            yield from self._contents(before, after, "answer", status)

    def schemas(self, old: Any, new: Any, side: Side, place: str) -> Iterator[str]:
        """The breakages between two schemas of the same thing."""
        here = dumps([old, new])
        if here in self.within:
            return
        self.within.add(here)
        before, after = _choices(self.old, old), _choices(self.new, new)
        # A value that was taken must be taken; one that is answered must have been answered.
        given, known = (before, after) if side == "request" else (after, before)
        for choice in given:
            pairs = [(choice, one) if side == "request" else (one, choice) for one in known]
            tries = [list(self._plain(*pair, side, place)) for pair in pairs]
            yield from min(tries, key=len)
        self.within.remove(here)

    def _plain(self, old: Json, new: Json, side: Side, place: str) -> Iterator[str]:
        if not _fits(old, new, "type", side) and (old.get("type"), new.get("type")) != (
            ("integer", "number") if side == "request" else ("number", "integer")
        ):
            yield f"{place}: {old.get('type', 'anything')} is {new.get('type', 'anything')}"
            return
        if not _fits(old, new, "enum", side):
            yield f"{place}: other values than before"
        if not _fits(old, new, "format", side):
            yield f"{place}: the format is {new.get('format')}"
        if side == "request":
            yield from _narrower(old, new, place)
        yield from self._objects(old, new, side, place)
        if "items" in old or "items" in new:
            yield from self.schemas(old.get("items", {}), new.get("items", {}), side, f"{place}[]")

    def _objects(self, old: Json, new: Json, side: Side, place: str) -> Iterator[str]:
        before, after = old.get("properties", {}), new.get("properties", {})
        for name in before.keys() - after.keys():
            yield f"{place}.{name} is gone"
        must, now = set(old.get("required", ())), set(new.get("required", ()))
        for name in (now - must) if side == "request" else (must - now) & after.keys():
            yield f"{place}.{name} is {'required' if side == 'request' else 'optional'}"
        for name in before.keys() & after.keys():
            yield from self.schemas(before[name], after[name], side, f"{place}.{name}")
        was, rest = old.get("additionalProperties", True), new.get("additionalProperties", True)
        if isinstance(was, dict) and isinstance(rest, dict):
            yield from self.schemas(was, rest, side, f"{place}.*")
        elif side == "request" and rest is False and was is not False:
            yield f"{place}: other fields are refused"


def _resolved(document: Json, node: Json) -> Json:
    while "$ref" in node:
        target: Any = document
        for step in node["$ref"].removeprefix("#/").split("/"):
            target = target[step]
        node = {name: value for name, value in node.items() if name != "$ref"}
        node = {**target, **node}
    return node


def _choices(document: Json, schema: Any) -> list[Json]:
    """The alternatives of a schema, each with one type."""
    node = whole(_resolved(document, schema), document) if isinstance(schema, dict) else {}
    for word in ("anyOf", "oneOf"):
        if word in node:
            return [choice for one in node[word] for choice in _choices(document, one)]
    if "const" in node:
        node = node | {"enum": [node["const"]]}
    if isinstance(node.get("type"), list):
        # The other keywords of a schema do not apply to null.
        return [{"type": k} if k == "null" else node | {"type": k} for k in node["type"]]
    return [node]


def _fits(old: Json, new: Json, word: str, side: Side) -> bool:
    """True if every value of the one that is given is a value of the one that is known."""
    given, known = (old, new) if side == "request" else (new, old)
    if word not in known or given.get(word) == known[word]:
        return True
    return word == "enum" and word in given and set(given[word]) <= set(known[word])


def _narrower(old: Json, new: Json, place: str) -> Iterator[str]:
    for word in (*LEAST, *MOST):
        if word in new and new[word] != old.get(word):
            raised = word not in old or new[word] > old[word]
            if word not in old or raised == (word in LEAST):
                yield f"{place}: {word} is {new[word]}"
    for word in ("pattern", "multipleOf", "uniqueItems"):
        if word in new and new[word] != old.get(word) and not _all_match(old, new, word):
            yield f"{place}: {word} is {new[word]}"
    if old.get("default") != new.get("default"):
        yield f"{place}: the default is {new.get('default')}"


def _all_match(old: Json, new: Json, word: str) -> bool:
    """True if a new pattern takes each of the values that were all there were."""
    values = old.get("enum", ()) if word == "pattern" else ()
    return bool(values) and all(re.search(new["pattern"], str(value)) for value in values)


if __name__ == "__main__":
    left = undeclared(last_released(), read_contract("vi"), CHANGES.read_text(encoding="utf-8"))
    for one in left:
        sys.stderr.write(f"{one.name}: {one.what}\n")
    sys.exit(bool(left))
