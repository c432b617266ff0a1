"""The head of an answer leaves with its body, and never waits for one that is not there yet."""

import asyncio
from asyncio import StreamReader, StreamWriter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from types import SimpleNamespace
from typing import Any

import pytest
import uvicorn
from uvicorn.server import ServerState

from app.http.protocol import MAX_JOINED, JoinedWrites, PromptProtocol
from tests.support import loopback
from tests.support.patience import PATIENCE

HEAD = b"HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\n"
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


class Transport(asyncio.Transport):
    """Keeps each write, and that it was closed."""

    def __init__(self) -> None:
        super().__init__()
        self.written: list[bytes] = []

    def write(self, data: Any) -> None:
        self.written.append(bytes(data))

    def close(self) -> None:
        self.written.append(b"closed")


@pytest.mark.parametrize(
    ("given", "written"),
    [
        ([HEAD, b"body"], [HEAD + b"body"]),
        ([HEAD, b""], [HEAD]),
        ([HEAD, b"bo", b"dy"], [HEAD + b"bo", b"dy"]),
        ([HEAD, b"x" * MAX_JOINED], [HEAD + b"x" * MAX_JOINED]),
        ([HEAD, b"x" * (MAX_JOINED + 1)], [HEAD, b"x" * (MAX_JOINED + 1)]),
        ([HEAD, b"body", HEAD, b"next"], [HEAD + b"body", HEAD + b"next"]),
        ([CONTINUE, HEAD, b"body"], [CONTINUE + HEAD, b"body"]),
    ],
)
async def test_what_is_written_in_one_turn(given: list[bytes], written: list[bytes]) -> None:
    transport = Transport()
    answers = JoinedWrites(transport, asyncio.get_running_loop())
    for data in given:
        answers.write(data)
    assert transport.written == written
    await asyncio.sleep(0)
    assert transport.written == written


async def test_a_head_alone_leaves_when_the_loop_turns_round() -> None:
    transport = Transport()
    answers = JoinedWrites(transport, asyncio.get_running_loop())
    answers.write(HEAD)
    assert transport.written == []
    await asyncio.sleep(0)
    assert transport.written == [HEAD]
    answers.write(b"body")
    assert transport.written == [HEAD, b"body"]


async def test_a_head_that_is_held_back_leaves_before_the_connection_is_closed() -> None:
    transport = Transport()
    answers = JoinedWrites(transport, asyncio.get_running_loop())
    answers.write(HEAD)
    answers.close()
    assert transport.written == [HEAD, b"closed"]


@asynccontextmanager
async def answering(application: Any) -> AsyncIterator[tuple[StreamReader, StreamWriter]]:
    """A connection to a server that speaks our protocol."""
    config = uvicorn.Config(application, lifespan="off", log_config=None)
    config.load()
    protocol = partial(PromptProtocol, config, ServerState(), {})
    server = await asyncio.get_running_loop().create_server(protocol, loopback.HOST, 0)
    async with server, asyncio.timeout(PATIENCE):
        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        yield reader, writer
        writer.close()
        await writer.wait_closed()


async def test_whoever_waits_for_a_body_has_its_head(monkeypatch: pytest.MonkeyPatch) -> None:
    """The server ends an answer only once the head of it has arrived."""
    patient = SimpleNamespace(header_seconds=PATIENCE)
    monkeypatch.setattr("app.http.protocol.get_settings", lambda: patient)
    arrived = asyncio.Event()

    async def application(scope: Any, _receive: Any, send: Any) -> None:
        headers = [(b"content-length", b"4")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        if scope["method"] == "GET":
            await arrived.wait()
        await send({"type": "http.response.body", "body": b"body"})

    async with answering(application) as (reader, writer):
        for method, body in ((b"HEAD", b""), (b"GET", b"body"), (b"HEAD", b"")):
            arrived.clear()
            writer.write(method + b" / HTTP/1.1\r\nHost: a\r\n\r\n")
            head = await reader.readuntil(b"\r\n\r\n")
            assert head.startswith(b"HTTP/1.1 200 OK\r\n")
            arrived.set()
            assert await reader.readexactly(len(body)) == body
