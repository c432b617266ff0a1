"""HTTP as uvicorn speaks it, with limits to how long and how large the headers of a request are."""

from asyncio import AbstractEventLoop, BaseTransport, TimerHandle, Transport
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from app.config import get_settings

TOO_SLOW = b"HTTP/1.1 408 Request Timeout\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
TOO_LARGE = (
    b"HTTP/1.1 431 Request Header Fields Too Large\r\n"
    b"content-length: 0\r\nconnection: close\r\n\r\n"
)
MAX_JOINED = 262_144
"""Bytes of a body that are copied behind their head; of more, copying takes longer than sending."""
MAX_HEAD = 65_536
"""Bytes that may come one after another without a request or a part of its body being complete:
headers, an address, what follows the last part of a body."""


class JoinedWrites:
    """The transport as an answer sees it: its head leaves together with its body.

    uvicorn writes one and then the other: two packets, which wake whoever asked up twice. A head
    whose body does not follow at once leaves when the loop turns round.
    """

    def __init__(self, transport: Transport, loop: AbstractEventLoop) -> None:
        self._transport = transport
        self._loop = loop
        self._head: bytes | None = None

    def write(self, data: bytes) -> None:
        """Write *data*, behind the head that is held back; a head is held back."""
        if self._head is not None and len(data) <= MAX_JOINED:
            data, self._head = self._head + data, None
        elif data.startswith(b"HTTP/"):
            self._write_head()
            self._head = data
            self._loop.call_soon(self._write_head)
            return
        self._write_head()
        self._transport.write(data)

    def close(self) -> None:
        """Close once all is written."""
        self._write_head()
        self._transport.close()

    def is_closing(self) -> bool:
        """True if nothing more will be written."""
        return self._transport.is_closing()

    def _write_head(self) -> None:
        if self._head is not None:
            head, self._head = self._head, None
            self._transport.write(head)


class PromptProtocol(HttpToolsProtocol):
    """Cuts connections on which a request is begun and its headers do not come to an end.

    Whoever sends a byte now and then would else hold as many connections as they like, for ever,
    and whoever sends as fast as they can would fill the memory within the time that is given.
    Slow bodies are the application's affair, which knows how long a request may take.
    """

    def __init__(self, *given: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        self._seconds = get_settings().header_seconds
        self._limit: TimerHandle | None = None
        self._unused = 0

    def connection_made(self, transport: BaseTransport) -> None:
        """Wait for the first request."""
        super().connection_made(transport)  # type: ignore[arg-type] # uvicorn's own narrowing
        self._answers: Any = JoinedWrites(self.transport, self.loop)
        self._begin_waiting()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no longer."""
        self._end_waiting()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Wait for the rest, where these bytes belong to no request that is being answered."""
        if self.cycle is None or self.cycle.response_complete:
            self._begin_waiting()
        self._unused += len(data)
        super().data_received(data)
        if self._unused > MAX_HEAD:
            self._cut(TOO_LARGE)

    def on_body(self, body: bytes) -> None:
        """Hand the body on, whose size is the application's affair."""
        self._unused = 0
        super().on_body(body)

    def on_message_begin(self) -> None:
        """Wait for the headers, also behind a request that is being answered."""
        self._begin_waiting()
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """Wait no longer."""
        self._unused = 0
        self._end_waiting()
        super().on_headers_complete()
        # Its task runs when the loop turns round. An upgrade, which we do not offer, has no cycle.
        if self.cycle is not None:
            self.cycle.transport = self._answers

    def _begin_waiting(self) -> None:
        """Begin the time of a request at its first byte: bytes that come later give no more
        time."""
        if self._limit is None:
            self._limit = self.loop.call_later(self._seconds, self._cut, TOO_SLOW)

    def _end_waiting(self) -> None:
        if self._limit is not None:
            self._limit.cancel()
            self._limit = None

    def _cut(self, answer: bytes) -> None:
        if not self.transport.is_closing():
            if self.cycle is None or self.cycle.response_complete:
                self.transport.write(answer)
            self.transport.close()
