"""Sixteen callers that each wait for their answer and ask again: `python -m benchmarks.load`.

A process of its own, since it shares no time with what it measures, on bare protocols, since an
HTTP library would take more time than the servers do. Takes a JSON object on standard input.
"""

import asyncio
import itertools
import json
import sys
import time
from collections import Counter
from collections.abc import Iterator
from functools import partial
from typing import cast

import uvloop


class Caller(asyncio.Protocol):
    """One keep-alive connection: the next request leaves when the answer to the last is whole."""

    def __init__(self, requests: Iterator[bytes], until: float) -> None:
        self.requests = requests
        self.until = until
        self.milliseconds: list[float] = []
        self.statuses: Counter[str] = Counter()
        self.done = asyncio.get_running_loop().create_future()
        self.answer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)  # uvloop's own, of the same make
        self._ask()

    def data_received(self, data: bytes) -> None:
        self.answer += data
        head, separator, body = self.answer.partition(b"\r\n\r\n")
        if not separator:
            return
        _, _, rest = head.lower().partition(b"\r\ncontent-length: ")
        # A 304 has no length.
        if len(body) < int(rest.partition(b"\r\n")[0] or 0):
            return
        self.milliseconds.append((time.perf_counter() - self.asked) * 1000)
        self.statuses[head[9:12].decode()] += 1
        self.answer = b""
        self._ask()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.done.done():
            self.done.set_exception(exc or ConnectionError("the server closed the connection"))

    def _ask(self) -> None:
        request = next(self.requests, None)
        self.asked = time.perf_counter()
        if request is None or self.asked >= self.until:
            self.done.set_result(None)
            self.transport.close()
        else:
            self.transport.write(request)


async def load(
    port: int, seconds: float, connections: int, requests: list[str]
) -> dict[str, object]:
    """Call for so many seconds, or, when there are many requests, until each was sent once."""
    sent = [request.encode() for request in requests]
    loop = asyncio.get_running_loop()
    started = time.perf_counter()
    callers = []
    for number in range(connections):
        own = iter(sent[number::connections]) if len(sent) > 1 else itertools.repeat(sent[0])
        _, caller = await loop.create_connection(
            partial(Caller, own, started + seconds), "127.0.0.1", port
        )
        callers.append(caller)
    await asyncio.gather(*(caller.done for caller in callers))
    elapsed = time.perf_counter() - started
    return {
        "seconds": elapsed,
        "milliseconds": [round(ms, 3) for caller in callers for ms in caller.milliseconds],
        "statuses": sum((caller.statuses for caller in callers), Counter()),
    }


if __name__ == "__main__":
    json.dump(uvloop.run(load(**json.load(sys.stdin))), sys.stdout)
