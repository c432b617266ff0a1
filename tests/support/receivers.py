"""A receiver of webhooks on a loopback port, in this process or in one of its own.

`python -m tests.support.receivers PORT LOG` takes everything with 204 and writes each request down
as a line of JSON before it answers, so that nothing it answered for is lost when it is killed. With
`FEED TOKEN` it first catches up from the event feed at that address.
"""

import asyncio
import contextlib
import json
import ssl
import sys
import urllib.request
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from standardwebhooks import Webhook

from tests.support import loopback
from tests.support.patience import PATIENCE

OK = b"HTTP/1.1 204 No Content\r\n\r\n"


def answer(status: int, *headers: str, body: bytes = b"") -> bytes:
    """A whole answer."""
    lines = [f"HTTP/1.1 {status} X", f"content-length: {len(body)}", *headers, "", ""]
    return "\r\n".join(lines).encode() + body


@dataclass(frozen=True)
class Request:
    """A request that arrived."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def message_id(self) -> str:
        """By which a receiver knows what it has already."""
        return self.headers["webhook-id"]

    def verified(self, secret: str) -> Any:
        """The body, if the receiver's own library accepts its signature."""
        return Webhook(secret).verify(self.body, self.headers)


@dataclass
class Receiver:
    """Answers with `answers` one after another, the last one for ever; None never answers."""

    answers: list[bytes | None] = field(default_factory=lambda: [OK])
    accepted: int = 0
    requests: list[Request] = field(default_factory=list)
    noted: Callable[[Request], None] | None = None
    refused: set[str] = field(default_factory=set)
    """Ids of messages that are always answered with 500."""
    port: int = 0
    came: asyncio.Event = field(default_factory=asyncio.Event)
    """Set for a moment whenever something has arrived."""

    @property
    def url(self) -> str:
        """The address at which the receiver listens."""
        return loopback.url(self.port, "/hook")

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""
        self.accepted += 1
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            request = await _read(reader)
            given = self._answer(request)
            self.requests.append(request)
            self.came.set()
            self.came.clear()
            if self.noted is not None:
                self.noted(request)
            if given is None:
                await reader.read()  # until the other side gives up
            else:
                writer.write(given)
                await writer.drain()
        writer.close()

    def _answer(self, request: Request) -> bytes | None:
        if request.headers.get("webhook-id") in self.refused:
            return answer(500)
        return self.answers[0] if len(self.answers) == 1 else self.answers.pop(0)


async def _read(reader: asyncio.StreamReader) -> Request:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    first, *lines = head.strip().split("\r\n")
    headers = {
        name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)
    }
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Request(first.split()[1], headers, body)


@asynccontextmanager
async def receiving(
    *answers: bytes | None, tls: ssl.SSLContext | None = None
) -> AsyncIterator[Receiver]:
    """A receiver in this process."""
    receiver = Receiver(list(answers) or [OK])
    server = await asyncio.start_server(receiver.serve, loopback.HOST, 0, ssl=tls)
    receiver.port = loopback.port_of(server)
    try:
        yield receiver
    finally:
        server.close()


def read_log(log: Path) -> list[Request]:
    """The requests that a receiver in a process of its own has written down."""
    lines = log.read_text().splitlines() if log.exists() else []
    return [
        Request(one["path"], one["headers"], one["body"].encode()) for one in map(json.loads, lines)
    ]


def catch_up(feed: str, token: str, log: Path) -> None:
    """Read the feed to its end, and write down what was not heard before."""
    known = {request.message_id for request in read_log(log)}
    page: str | None = feed
    while page is not None:
        # Its own address, which is http.
        asked = urllib.request.Request(page, headers={"Authorization": f"Bearer {token}"})  # noqa: S310
        with urllib.request.urlopen(asked, timeout=PATIENCE) as answer:  # noqa: S310
            found = json.load(answer)
        for event in found["items"]:
            if event["id"] not in known:
                note(log, Request("feed", {"webhook-id": event["id"]}, json.dumps(event).encode()))
        page = found["next"]


def note(log: Path, request: Request) -> None:
    """One more line."""
    line = {"path": request.path, "headers": request.headers, "body": request.body.decode()}
    with log.open("a") as file:
        file.write(json.dumps(line) + "\n")


async def _main(port: int, log: Path) -> None:
    receiver = Receiver(noted=partial(note, log))
    server = await asyncio.start_server(receiver.serve, loopback.HOST, port)
    await server.serve_forever()


if __name__ == "__main__":
    if len(sys.argv) > 3:
        catch_up(sys.argv[3], sys.argv[4], Path(sys.argv[2]))
    asyncio.run(_main(int(sys.argv[1]), Path(sys.argv[2])))
