"""The run of Schemathesis: it asks the application everything that its contract allows, and much
that it does not.

One run is one client of the sample on a database of its own, through every phase: the contract's
examples, each limit of each value, random values good and bad, and sequences of operations.
"""

import copy
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any
from unittest.mock import patch

import schemathesis
from pydantic import SecretStr
from schemathesis import engine
from schemathesis.config import ProjectConfig
from schemathesis.engine import events
from schemathesis.generation.meta import CoveragePhaseData
from schemathesis.reporting.recorders import grouped_failures_from_recorder

from app.auth.principal import Role
from app.clock import utc_now
from app.config import Settings
from app.http.parameters import some_of
from tests.http.test_access import MAY, PUBLIC
from tests.outside.fuzz_world import CLIENT, DRAFTS, IDS, World, new_world
from tests.support.clients import application
from tests.support.contract import CONTRACT, resolved, whole

# The limits on a client in service would end a run early.
UNHINDERED: dict[str, Any] = {"token_seconds": 24 * 3600, "rate_per_second": 0, "stored_bytes": 0}
TAGS = ("If-Match", "If-None-Match")
WORDS = ("description", "summary", "title")


@schemathesis.serializer("application/x-ndjson")
def lines(_: Any, text: Any) -> bytes:
    """The bytes of a text that was generated for NDJSON."""
    return str(text).encode()


@dataclass(frozen=True)
class Effort:
    """The effort of a run: random cases an operation, and sequences of operations.

    `in_turn` gives what is costly, the limits and the random values of an operation, to one of the
    roles that may call it; examples are tried by every role that may, and sequences by every role
    over all operations. Of limits of one kind in one part of a request the first *alike* are
    tried, and some of those after them. *briefly*, examples are tried in turn as well, and limits
    on every twelfth operation.
    """

    cases: int
    sequences: int
    in_turn: bool
    alike: int
    briefly: bool = False
    seed: int | None = None


# The seed is set so that a change fails for what it changed, and not for luck.
BRIEF = Effort(cases=1, sequences=1, in_turn=True, alike=1, briefly=True, seed=1)
WHOLE = Effort(cases=2, sequences=4, in_turn=True, alike=2, seed=1)
LONG = Effort(cases=200, sequences=400, in_turn=False, alike=100_000)
EFFORTS = {"brief": BRIEF, "whole": WHOLE, "long": LONG}


@dataclass
class Findings:
    """The findings of a run: faults as Schemathesis reports them, and the answers of each
    operation."""

    faults: list[str] = field(default_factory=list)
    answers: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    phases: set[str] = field(default_factory=set)
    count: int = 0

    def note(self, event: events.EngineEvent) -> None:
        """Keep what an event of the engine says."""
        if isinstance(event, events.NonFatalError):
            self.faults.append(f"{event.label}: {event.value}")
        if isinstance(event, events.FatalError):
            raise event.exception
        if isinstance(event, events.ScenarioFinished):
            self.phases.add(event.phase.value)
            self._note_answers(event)

    def _note_answers(self, event: events.ScenarioFinished) -> None:
        for case_id, met in event.recorder.interactions.items():
            self.count += 1
            case = event.recorder.cases.get(case_id)
            if case and met.response:
                operation = case.value.operation.definition.raw["operationId"]
                self.answers[operation].add(_answer(met.response))
        for group in grouped_failures_from_recorder(event.recorder):
            said = group.response.content.decode()[:1000] if group.response else ""
            why = "\n".join(f"{f.title}: {f.message}" for f in group.failures)
            self.faults.append(f"{event.phase.value}: {group.code_sample}\n{why}\n{said}")


@contextmanager
def merged_once() -> Iterator[None]:
    """Have Schemathesis merge what is set for an operation once a run, and not whenever it asks."""

    def remembering(merge: Callable[..., Any]) -> Callable[..., Any]:
        known: dict[tuple[Any, ...], Any] = {}

        def merged(config: ProjectConfig, *, operation: Any = None, **part: str | None) -> Any:
            key = (id(config), operation and operation.label, *part.values())
            if key not in known:
                known[key] = merge(config, operation=operation, **part)
            return known[key]

        return merged

    with ExitStack() as stack:
        for name in ("phases_for", "generation_for", "checks_config_for"):
            merge = remembering(getattr(ProjectConfig, name))
            stack.enter_context(patch.object(ProjectConfig, name, merge))
        yield


def fuzz(settings: Settings, role: Role, effort: Effort) -> Findings:
    """Run every phase as the sample's client with that role."""
    with new_world(settings, role) as world, merged_once():
        changes = {**UNHINDERED, "database_url": SecretStr(world.url)}
        app = application(settings, **changes)
        token, _ = app.state.token_keys.issue(CLIENT[role], frozenset({role.value}), at=utc_now())
        config = schemathesis.Config.from_dict(
            {
                "seed": effort.seed,
                "headers": {"Authorization": f"Bearer {token}"},
                **_values(world),
                **_limits(effort),
                "operations": [
                    *_ambiguous(CONTRACT["paths"]),
                    *(_others_turns(role) if effort.in_turn else []),
                    *(_left_by_a_brief_run(role) if effort.briefly else []),
                ],
            }
        )
        schema = schemathesis.openapi.from_dict(_exemplified(world, effort), config=config)
        schema.app = app
        schema.hook("filter_failure")(is_fault)
        schema.hook("filter_case")(_some_of_each_kind(effort.alike))
        findings = Findings()
        for event in engine.from_schema(schema).execute():
            findings.note(event)
        return findings


def _some_of_each_kind(alike: int) -> Callable[[Any, Any], bool]:
    """The filter of the limits that are tried: a body of forty fields has a limit of each kind
    forty times."""
    seen: Counter[tuple[Any, ...]] = Counter()

    def filter_case(_: Any, case: Any) -> bool:
        limit = case.meta and case.meta.phase.data
        if not isinstance(limit, CoveragePhaseData):
            return True
        kind = (case.operation.label, limit.scenario, limit.parameter_location)
        seen[kind] += 1
        return seen[kind] <= alike or seen[kind] % 10 == 0

    return filter_case


def _exemplified(world: World, effort: Effort) -> dict[str, Any]:
    """The contract with examples that lead to rows of this world, not the same everywhere."""
    document: dict[str, Any] = _for_machines(CONTRACT)
    common = _common(document)
    for number, operations in enumerate(document["paths"].values()):
        for method, operation in operations.items():
            parameters = [
                _in_place(one, operation, document) for one in operation.get("parameters", ())
            ]
            operation["parameters"] = parameters
            # An undeclared status is a refusal: a success that nobody declared is a fault.
            refused = operation["responses"].pop("default")
            operation["responses"] |= {"4XX": refused, "5XX": refused}
            for parameter in parameters:
                values = world.known(method, parameter["name"])
                if values and parameter["in"] == "path":
                    parameter["example"] = values[number % len(values)]
                if parameter["in"] == "header" and parameter["name"] in IDS:
                    [parameter["example"]] = world.ids[parameter["name"]]
            if effort.in_turn and number % 5:
                # The parameters that most operations share are tried on some of them.
                operation["parameters"] = [
                    one for one in parameters if one.get("required") or one["name"] not in common
                ]
    return document


def _for_machines(node: Any) -> Any:
    """A copy without what is said to people: a form is compiled once, whatever it is said of."""
    if isinstance(node, list):
        return [_for_machines(one) for one in node]
    if not isinstance(node, dict):
        return node
    kept = {
        name: one if name in ("example", "examples") else _for_machines(one)
        for name, one in node.items()
        if not (name in WORDS and isinstance(one, str))
    }
    if isinstance(kept.get("pattern"), str) and "maxLength" in kept:
        # Schemathesis would write the limit into the pattern: to compile a repetition of up to
        # 20,000 takes a quarter of a second each time. The same pattern in this form it leaves.
        kept["pattern"] = re.sub(r"^\^(\[\^[^]]+\])\*", r"^(?:|\1+)", kept["pattern"])
    return kept


def _common(document: dict[str, Any]) -> set[str]:
    """The names of the parameters that more than ten operations take."""
    names = Counter(
        parameter["name"]
        for operations in document["paths"].values()
        for operation in operations.values()
        for parameter in operation.get("parameters", ())
    )
    return {name for name, count in names.items() if count > 10}


def _in_place(
    parameter: dict[str, Any], operation: dict[str, Any], document: dict[str, Any]
) -> dict[str, Any]:
    """A parameter of this operation; `fields` names the members of its own answer.

    Limits of headers are tried without a look at their pattern, so tags are named one by one.
    """
    found = copy.deepcopy(resolved(parameter, document))
    if found["name"] == "fields":
        found["schema"]["pattern"] = some_of(_members(operation, document))
    if found["name"] in TAGS:
        found["schema"] = {"type": "string", "enum": ["*", '"0"']}
    return found


def _members(operation: dict[str, Any], document: dict[str, Any]) -> list[str]:
    """The names that `fields` takes: the members of the answer, or of its items."""
    answer = resolved(operation["responses"]["200"], document)
    schema = whole(resolved(answer["content"]["application/json"]["schema"], document), document)
    items = schema["properties"].get("items", {}).get("items")
    found = whole(resolved(items, document), document) if items else schema
    return [name for name in found["properties"] if name != "expanded"]


def _values(world: World) -> dict[str, Any]:
    values = {
        name: sorted({*world.known("get", name), *world.known("post", name)})
        for name in IDS | DRAFTS
    }
    places = {name: "path" if name.islower() else "header" for name in values}
    return {
        "dictionaries": {name: {"values": found} for name, found in values.items() if found},
        "parameters": {
            f"{places[name]}.{name}": {"dictionary": name, "probability": 0.9}
            for name, found in values.items()
            if found
        },
    }


def _limits(effort: Effort) -> dict[str, Any]:
    return {
        "continue-on-failure": True,
        "suppress-health-check": ["all"],
        "cache": {"enabled": False},
        "generation": {
            "max-examples": effort.cases,
            "database": "none",
            "deterministic": effort.seed is not None,
        },
        # If-Match has a status of its own where it is missing (RFC 6585).
        "checks": {
            "missing_required_header": {"expected-statuses": ["401", "403", "422", "428"]},
            # A batch of too many rows is too large, like one of too many bytes (RFC 9110, 15.5.14).
            "negative_data_rejection": {"expected-statuses": ["4xx", "5xx"]},
            # A tag of the right form is that of no row (RFC 9110, 13.1.1).
            "positive_data_acceptance": {
                "expected-statuses": [
                    *("2xx", "3xx", "401", "403", "404", "409", "412", "429", "5xx")
                ]
            },
        },
        "phases": {
            # Each example once, and not with every id that an answer has told.
            "examples": {"extra-data-sources": {"responses": not effort.in_turn}},
            "stateful": {"generation": {"max-examples": effort.sequences}},
        },
    }


def in_turn(role: Role) -> set[str]:
    """The operations of which this role, of those that may call them, tries what is costly."""
    may = MAY | {name: set(Role) for name in PUBLIC}
    turns = ((name, sorted(roles)) for name, roles in sorted(may.items()))
    return {name for i, (name, roles) in enumerate(turns) if roles[i % len(roles)] == role}


def _others_turns(role: Role) -> list[dict[str, Any]]:
    everything = MAY.keys() | PUBLIC
    may = {name for name, roles in MAY.items() if role in roles} | PUBLIC
    return [
        _without(may - in_turn(role), "coverage", "fuzzing"),
        # Each refusal of a role is held to the contract by the table of who may do what.
        _without(everything - may, "examples", "coverage", "fuzzing", "stateful"),
    ]


def _left_by_a_brief_run(role: Role) -> list[dict[str, Any]]:
    turn = in_turn(role)
    return [
        _without((MAY.keys() | PUBLIC) - turn, "examples"),
        _without(turn - set(sorted(turn)[::12]), "coverage"),
    ]


def _without(names: set[str], *phases: str) -> dict[str, Any]:
    off = {phase: {"enabled": False} for phase in phases}
    return {"include-operation-id": sorted(names), "phases": off}


def _ambiguous(paths: dict[str, Any]) -> list[dict[str, Any]]:
    """An address that another path with a parameter has too knows the methods of both."""
    forms = {path: re.sub(r"{\w+}", "[^/{]+", path) for path in paths}
    found = [p for p in paths if any(p != q and re.fullmatch(forms[q], p) for q in paths)]
    checks = {
        name: {"enabled": False} for name in ("unsupported_method", "allow_header_conformance")
    }
    return [{"include-path": found, "checks": checks}] if found else []


def _answer(response: Any) -> str:
    """The code of a refusal, else the status."""
    try:
        return str(response.json()["code"])
    except (ValueError, TypeError, LookupError):
        return str(response.status_code)


def is_fault(_: Any, failure: Any, case: Any, response: Any) -> bool:
    """True if a finding of Schemathesis is a fault.

    A rule may refuse what has the form that the contract asks for; the form itself may not. And
    what was answered before is answered again, by its key, whatever else is sent along; the rows
    of a batch are refused one by one, within an answer that is none. JSON Schema has no form for
    an http(s) address: its format `uri` takes any scheme. A sequence goes on with an id that an
    answer leaves open (null), written as `None`: that is no id. And `/readyz` is to say 503 where
    the database answers late, as it may beside all the tests.
    """
    if "idempotency-replayed" in response.headers or response.status_code == 207:
        return False
    if response.status_code == 503 and case.operation.path == "/readyz":
        return False
    if failure.code != "ST202":
        return True
    if any(value in (None, "None") for value in (case.path_parameters or {}).values()):
        return False
    said = response.json()
    between = all(fault["code"] in ("value_error", "url_scheme") for fault in said["errors"])
    return said["code"] == "validation_failed" and not between
