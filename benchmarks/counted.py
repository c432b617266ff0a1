"""The process whose instructions are counted: `python -m benchmarks.counted` under valgrind.

It serves through uvicorn's own protocol, without a socket, one request after another. Before and
after the measured requests of a kind it calls `getloadavg`, which nothing else does: valgrind
writes its counts down at each of these calls.
"""

import asyncio
import gc
import json
import os
import sys
from typing import Any

import uvicorn
import uvloop
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from benchmarks import asked

WARM_UP, COUNTED = 8, 20


class Transport(asyncio.Transport):
    """Keeps what is answered, and says when something was."""

    def __init__(self) -> None:
        super().__init__()
        self.answer = b""
        self.written = asyncio.Event()

    def write(self, data: Any) -> None:
        self.answer += bytes(data)
        self.written.set()

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        return {"peername": ("127.0.0.1", 1), "sockname": ("127.0.0.1", 2)}.get(name, default)

    def is_closing(self) -> bool:
        return False

    def close(self) -> None:
        raise SystemExit(self.answer.decode())

    def pause_reading(self) -> None:
        pass

    def resume_reading(self) -> None:
        pass


class Server:
    """The application behind one keep-alive connection."""

    def __init__(self, config: uvicorn.Config) -> None:
        self.transport = Transport()
        server = uvicorn.Server(config)
        self.protocol = HttpToolsProtocol(config, server.server_state, {})
        self.protocol.connection_made(self.transport)

    async def ask(self, request: str, status: int = 200) -> tuple[dict[bytes, bytes], bytes]:
        """The headers and the body of the answer, which has *status*."""
        self.transport.answer = b""
        self.protocol.data_received(request.encode())
        # The loop sleeps meanwhile: turning round would be counted, the longer the database takes.
        while not (self.protocol.cycle and self.protocol.cycle.response_complete):
            self.transport.written.clear()
            await self.transport.written.wait()
        await asyncio.sleep(0)
        head, _, body = self.transport.answer.partition(b"\r\n\r\n")
        first, *lines = head.split(b"\r\n")
        if int(first.split()[1]) != status:
            raise SystemExit(self.transport.answer.decode())
        headers = dict(line.split(b": ", 1) for line in lines)
        return {name.lower(): value for name, value in headers.items()}, body


async def main(spec: dict[str, Any]) -> None:
    """Ask for each kind, a few times to warm up and then so often as is counted."""
    config = uvicorn.Config(
        "app.main:create_app", factory=True, log_config=None, access_log=False, lifespan="off"
    )
    config.load()
    application: Any = config.loaded_app
    while not hasattr(application, "router"):
        application = application.app
    async with application.router.lifespan_context(application):
        server = Server(config)
        kinds = await requests(server, spec)
        kinds = {name: kinds[name] for name in spec["only"] or kinds}
        gc.collect()
        gc.freeze()
        gc.disable()
        for name, (sent, status) in kinds.items():
            for request in sent[:WARM_UP]:
                await server.ask(request, status)
            os.getloadavg()
            for request in sent[WARM_UP:]:
                await server.ask(request, status)
            os.getloadavg()
            print(name, flush=True)


async def requests(server: Server, spec: dict[str, Any]) -> dict[str, tuple[list[str], int]]:
    """Every kind's requests and the status that answers them."""
    number = asked.AGENCY
    bearers = {}
    for agency in {number, *(agency for _, agency in spec["reports"])}:
        _, body = await server.ask(asked.token(agency))
        bearers[agency] = json.loads(body)["access_token"]
    bearer, times, period = bearers[number], WARM_UP + COUNTED, spec["period"]
    _, page = await server.ask(asked.raw("GET", asked.READS["page"], bearer))
    assignment = f"/v1/assignments/{json.loads(page)['items'][0]['id']}"
    reports = spec["reports"]
    filed, owner = reports[-1]
    _, body = await server.ask(asked.push(filed, period, bearers[owner]))
    submission = f"/v1/submissions/{json.loads(body)['id']}"
    headers, _ = await server.ask(asked.raw("GET", submission, bearers[owner]))
    tag = headers[b"etag"].decode()
    reads = {name: asked.raw("GET", path, bearer) for name, path in asked.READS.items()}
    reads |= {
        "assignment": asked.raw("GET", assignment, bearer),
        "submission": asked.raw("GET", submission, bearers[owner]),
        "events": asked.raw("GET", "/v1/events?limit=50", bearer),
        "submissions": asked.raw("GET", "/v1/submissions?limit=50", bearer),
    }
    kinds = {name: ([request] * times, 200) for name, request in reads.items()}
    unchanged = asked.raw("GET", submission, bearers[owner], **{"If-None-Match": tag})
    kinds["not_modified"] = [unchanged] * times, 304
    kinds["token"] = [asked.token(number)] * times, 200
    kinds["push"] = [asked.push(a, period, bearers[n]) for a, n in reports[:times]], 200
    return kinds


if __name__ == "__main__":
    uvloop.run(main(json.loads(sys.argv[1])))
