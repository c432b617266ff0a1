"""The answers of every operation that only reads, to every role and in both languages.

The world is the sample with one row of each noun, made at a moment that never changes. Values that
are new in every run are replaced by fixed names: ids, cursors, tags, moments of that hour, digests.
"""

import hashlib
import json
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from typing import Any

import httpx
import time_machine
from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.principal import Role
from app.cli.sample_story import CLIENTS, NUMBER
from app.config import Settings
from app.http.openapi.document import SAMPLE_PLAN_ID
from app.http.openapi.languages import LANGUAGES
from tests.support.clients import Api
from tests.support.contract import OPERATIONS, Json, resolved
from tests.support.example_world import WEBHOOKS, Loaded, World, load_sample
from tests.support.sample_facts import (
    CULTURE,
    FATHERLAND_FRONT,
    FOREIGN_AFFAIRS,
    PROVINCIAL_COMMITTEE,
)
from tests.support.special_stories import send_document
from tests.support.transactions import Engines

LOADED_AT, ASKED_AT = "2026-06-15T02:00:00+00:00", "2026-06-15T03:00:00+00:00"
LINES = 250
"""So much of an answer is shown."""
# One row of each noun that the sample has none of, in an order in which each body is accepted.
STEPS = [
    ("sample-coordinator", "setReminderRules"),
    ("sample-coordinator", "sendReminder"),
    ("sample-coordinator", "registerActionPlan"),
    ("sample-issuer", "draftAmendment"),
    ("sample-reporter-sngv", "requestExtension"),
    ("sample-reporter-sngv", "nameFocalPoint"),
    ("sample-reporter-sngv", "putExternalRef"),
    ("sample-reporter-sngv", "putSubmission"),
    ("sample-reporter-sngv", "submitSubmission"),
    ("sample-coordinator", "requestReports"),
    ("sample-coordinator", "putRating"),
    ("sample-supervisor", "makeRemark"),
    ("sample-coordinator", "addIndicator"),
    ("sample-reporter-sngv", "putIndicatorValue"),
    ("sample-reporter-sngv", "createWebhookEndpoint"),
    ("sample-reporter-sngv", "pingWebhookEndpoint"),
    ("sample-reporter-sngv", "putAgencyReport"),
    ("sample-reporter-sngv", "submitAgencyReport"),
]
READS = sorted(name for name, (method, _, _) in OPERATIONS.items() if method == "get")
# The operations whose answers are about the process or its keys.
UNSAID = {"getMetrics", "getJwks"}
BY_ROLE = {role.value: next(c[0] for c in CLIENTS if c[2] == role) for role in Role}
NOBODY = "nobody"
# Only what is asked by such an id knows it: ids that have no name are numbered by how many have.
LATER = {"consolidated_report_id"}

# Values of parameters that lead somewhere, where the contract names none.
VALUES: dict[str, list[str]] = {
    "action": ["submitted"],
    "agency": [FOREIGN_AFFAIRS, CULTURE],
    "as_of": ["2024-12-31", "2026-06-14"],
    "asked_before": ["2026-06-16"],
    "asked_from": ["2026-06-15"],
    "author": [FATHERLAND_FRONT],
    "coordinator": [CULTURE],
    "deadline_before": ["2025-01-01"],
    "deadline_from": ["2025-01-01"],
    "due_before": ["2025-06-01"],
    "due_from": ["2025-06-01"],
    "effective_from": ["2025-06-01"],
    "effective_until": ["2025-06-01"],
    "evidence": ["01/BC"],
    "from": ["2025-01-01"],
    "issued_before": ["2025-01-01"],
    "issued_from": ["2024-01-01"],
    "issuer": [PROVINCIAL_COMMITTEE],
    "noun": ["submission"],
    "number": [NUMBER],
    "occurred_before": ["2025-01-01T00:00:00Z"],
    "occurred_from": ["2025-01-01T00:00:00Z"],
    "on": ["2026-12-01", "2026-12-10"],
    "on_before": ["2026-06-16"],
    "on_from": ["2026-06-15"],
    "ordinal": ["3.3"],
    "overdue_days_from": ["100"],
    "parent": [PROVINCIAL_COMMITTEE],
    "period": ["2024"],
    "plan_number": [NUMBER],
    "q": ["thong tin"],
    "since": ["2026-01-01T00:00:00Z"],
    "submitted_before": ["2025-01-01"],
    "submitted_from": ["2025-01-01"],
    "to": ["2026-06-15"],
    "updated_since": ["2026-01-01T00:00:00Z"],
    "year": ["2025"],
}
# Says what the body shows.
LEFT_OUT = {"content-length"}
UUID = r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b"
PASSING_WORDS = (
    # An answer that is long enough is compressed, and has this header.
    (r"^vary: Accept-Encoding\n|(?<=Accept-Language), Accept-Encoding$", ""),
    (r"(cursor|after)=[\w%-]+", r"\1=…"),
    (r'"cursor":"[\w-]+"', '"cursor":"…"'),
    (r'"request_id":"[0-9a-f]{32}"', '"request_id":"…"'),
    (r'revision":"[0-9]{4}"', 'revision":"…"'),
    (r'^(etag: (?:W/)?)".*"$', r"\1…"),
    (r"2026-06-15T0[23]:[\d:.]+", "2026-06-15T…"),
    (r"2026/06/15 [\d:]+", "2026/06/15 …"),
    # Over a content with ids that are new in every run.
    (r'(?<="reason":null,)"sha256":"[0-9a-f]{64}"', '"sha256":"…"'),
    (r'"sha256":"[0-9a-f]{64}"(?=,"version")', '"sha256":"…"'),
    # A file within a package.
    (r"[A-Za-z0-9+/]{200,}=*", "…"),
)


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer: which operation was asked, how, by whom and in which language."""

    operation: str
    asked: str
    role: str
    language: str
    text: str
    """Status, headers and body, without what is new in every run."""

    @property
    def status(self) -> str:
        """The HTTP status."""
        return self.text[:3]

    @property
    def digest(self) -> str:
        """The digest of the whole text."""
        return hashlib.sha256(self.text.encode()).hexdigest()[:16]


@contextmanager
def loaded_then(settings: Settings) -> Iterator[Loaded]:
    """The sample as it is loaded at the moment of the record."""
    with time_machine.travel(LOADED_AT, tick=True), load_sample(settings, "then") as loaded:
        yield loaded


@asynccontextmanager
async def world_then(loaded: Loaded, settings: Settings, engines: Engines) -> AsyncIterator[World]:
    """The world at its moment, which goes on for as long as it is asked."""
    changes: dict[str, Any] = {
        **WEBHOOKS,
        "rate_per_second": 0,
        "stored_bytes": 0,
        "request_seconds": 600.0,
    }
    with time_machine.travel(ASKED_AT, tick=True):
        async with (
            engines.transaction(loaded.url) as connection,
            AsyncSession(connection) as session,
        ):
            world = World(
                session, Api(connection, settings, **changes), dict(loaded.ids), loaded.secrets
            )
            await _add_rows(world)
            yield world


async def _add_rows(world: World) -> None:
    for client_id, name in STEPS:
        await world.ask(client_id, name)
    await send_document(world)
    # The last row of all, so that no other one is named otherwise.
    await world.ask("sample-coordinator", "consolidateReport")
    world.ids |= {"plan_id": SAMPLE_PLAN_ID, "ref": CULTURE}


async def ask(world: World, name: str) -> list[Answer]:
    """Every answer to one operation, in the order of ways of asking, languages and roles."""
    clients = {role: await world.by(client_id) for role, client_id in BY_ROLE.items()}
    clients[NOBODY] = world.api.by()
    path = OPERATIONS[name][1]
    known = {key: one for key, one in world.ids.items() if key not in LATER or f"{{{key}}}" in path}
    asking = Asking(known, name)
    found = [
        await asking.ask(clients[role], role, language, asking.least)
        for language in LANGUAGES
        for role in clients
    ]
    # The rest is asked by one who sees something, best by one who sees everything.
    seeing = [one.role for one in found if one.status == "200"]
    role = Role.SUPERVISOR.value if Role.SUPERVISOR.value in seeing else seeing[0]
    found += [one async for one in asking.ask_on(clients[role], role)]
    for http in clients.values():
        await http.aclose()
    return found


@dataclass(frozen=True, slots=True)
class Asking:
    """One operation, asked in the world with these ids."""

    ids: dict[str, str]
    name: str

    @property
    def parameters(self) -> list[Json]:
        """Those of the operation's query."""
        every = map(resolved, OPERATIONS[self.name][2].get("parameters", ()))
        return [one for one in every if one["in"] == "query"]

    @property
    def least(self) -> dict[str, str]:
        """The required parameters, and a page short enough for every caller."""
        names = {one["name"] for one in self.parameters}
        required = sorted(one["name"] for one in self.parameters if one.get("required"))
        return {name: VALUES[name][0] for name in required} | (
            {"limit": "5"} if "limit" in names else {}
        )

    @property
    def address(self) -> str:
        """The path with ids of this world in it."""
        _, path, operation = OPERATIONS[self.name]
        for parameter in map(resolved, operation.get("parameters", ())):
            if parameter["in"] == "path":
                value = self.ids.get(parameter["name"]) or parameter["example"]
                path = path.replace(f"{{{parameter['name']}}}", str(value))
        return path

    async def ask_on(self, http: httpx.AsyncClient, role: str) -> AsyncIterator[Answer]:
        """Each value of each parameter by itself, the next page, what was read, what is refused."""
        for parameter in self.parameters:
            for value in _values_of(parameter, self.ids):
                yield await self.ask(http, role, "vi", self.least | {parameter["name"]: value})
        yield await self.ask(http, role, "vi", self.least | {"khong-co": "1"})
        read = await http.get(self.address, params=self.least, headers=_headers("vi"))
        if read.headers["content-type"] == "application/json" and read.json().get("next"):
            url = httpx.URL(read.json()["next"])
            yield self._answer(await http.get(url, headers=_headers("vi")), "next", role, "vi")
        if tag := read.headers.get("etag"):
            headers = {**_headers("vi"), "If-None-Match": tag}
            again = await http.get(self.address, params=self.least, headers=headers)
            yield self._answer(again, "If-None-Match", role, "vi")

    async def ask(
        self, http: httpx.AsyncClient, role: str, language: str, query: dict[str, str]
    ) -> Answer:
        """The answer to the operation with this query."""
        answer = await http.get(self.address, params=query, headers=_headers(language))
        asked = "&".join(f"{key}={value}" for key, value in query.items())
        return self._answer(answer, _named(asked, self.ids), role, language)

    def _answer(self, answer: httpx.Response, asked: str, role: str, language: str) -> Answer:
        headers = (
            f"{key}: {value}" for key, value in answer.headers.items() if key not in LEFT_OUT
        )
        body = "" if self.name in UNSAID else answer.text
        text = "\n".join([str(answer.status_code), *sorted(headers), "", body])
        return Answer(self.name, asked, role, language, _named(text, self.ids))


def _headers(language: str) -> dict[str, str]:
    return {
        "Accept-Encoding": "identity", "Accept-Language": language, "X-Request-ID": "recorded"
    }  # fmt: skip


def _values_of(parameter: Json, ids: dict[str, str]) -> list[str]:
    """The values of a parameter that are tried: all that it takes, if these are a closed set."""
    name, schema = parameter["name"], resolved(parameter["schema"])
    given = VALUES.get(name) or schema.get("examples") or schema.get("enum")
    if given:
        return [str(value) for value in given]
    closed = re.search(r"\((?:\\b,\?\()?(\w+(?:\|\w+)*)\)", schema.get("pattern", ""))
    if closed:
        words = closed[1].split("|")
        return [*words, *([f"-{word}" for word in words] if name == "sort" else [",".join(words)])]
    of_kind = {"boolean": ["true", "false"], "integer": ["50"]}.get(schema["type"])
    return of_kind or [value for key, value in ids.items() if key in (name, f"{name}_id")]


def _named(text: str, ids: dict[str, str]) -> str:
    """The text with a name for whatever is new in every run."""
    names = {value: name for name, value in ids.items()} | {SAMPLE_PLAN_ID: SAMPLE_PLAN_ID}

    def name_of(found: re.Match[str]) -> str:
        return names.setdefault(found[0], f"id-{len(names)}")

    return _without_passing_words(re.sub(UUID, name_of, text))


@lru_cache(64)
def _without_passing_words(text: str) -> str:
    """Most roles are answered alike."""
    for pattern, name in PASSING_WORDS:
        text = re.sub(pattern, name, text, flags=re.MULTILINE)
    return text


def record(answers: list[Answer]) -> str:
    """The record of the answers to one operation: a line for each, then one that is no refusal.

    The callers that get the same answer to the same question stand in one line.
    """
    return "\n".join([*_lines(answers), "", *_shown(answers), ""])


def _lines(answers: list[Answer]) -> Iterator[str]:
    for asked, same in groupby(answers, lambda one: one.asked):
        who: dict[str, dict[str, list[str]]] = {}
        for one in same:
            languages = who.setdefault(f"{one.status} {one.digest}", {})
            languages.setdefault(one.role, []).append(one.language)
        for said, roles in who.items():
            people = " ".join(f"{role}({','.join(them)})" for role, them in roles.items())
            yield f"{said} {people} {asked}".rstrip()


def _shown(answers: list[Answer]) -> list[str]:
    head, _, body = next(one.text for one in answers if one.status == "200").partition("\n\n")
    with suppress(ValueError):
        body = json.dumps(json.loads(body), ensure_ascii=False, indent=1)
    lines = [*head.splitlines(), "", *body.splitlines()]
    return [*lines[:LINES], *([f"… {len(lines) - LINES}"] if len(lines) > LINES else [])]
