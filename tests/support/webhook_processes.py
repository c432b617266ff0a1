"""Workers and the application on a world's database, as an operator starts them."""

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import uvicorn

from tests.support import loopback
from tests.support.patience import PATIENCE
from tests.support.runs import ROOT
from tests.support.webhooks import World

WORKER = (sys.executable, "-m", "app.cli", "worker")


@contextmanager
def worker(
    here: World, log: Path, command: Sequence[str] = WORKER
) -> Iterator[subprocess.Popen[bytes]]:
    """`tiendo worker` on the world's database; killed at the end if it still lives."""
    settings = here.settings
    ours = {name: value for name, value in os.environ.items() if not name.startswith("TIENDO_")}
    given = {
        "TIENDO_DATABASE_URL": settings.database_url.get_secret_value(),
        "TIENDO_SECRET": settings.secret.get_secret_value(),
        "TIENDO_SIGNING_KEY": settings.signing_key.get_secret_value(),
        "TIENDO_WEBHOOK_NETWORKS": "127.0.0.0/8,::1/128",
        "TIENDO_WEBHOOK_PORTS": "1024-65535",
        "TIENDO_WEBHOOK_ALLOW_HTTP": "true",
        "TIENDO_HOME": str(log.parent / "home"),
    }
    with log.open("ab") as output:
        process = subprocess.Popen(
            command,
            cwd=ROOT, env=ours | given, stdout=output, stderr=output,
        )  # fmt: skip
    try:
        yield process
    finally:
        process.kill()
        process.wait(PATIENCE)


async def until_listening(port: int) -> None:
    """Return when somebody accepts connections there."""
    end = time.monotonic() + PATIENCE
    while True:
        try:
            _, writer = await asyncio.open_connection(loopback.HOST, port)
        except OSError:
            assert time.monotonic() < end
            await asyncio.sleep(0.05)
        else:
            writer.close()
            return


@asynccontextmanager
async def served(here: World) -> AsyncIterator[str]:
    """The application on a port of this machine, at this address."""
    port = loopback.free_port()
    server = uvicorn.Server(
        uvicorn.Config(here.api.app, host=loopback.HOST, port=port, lifespan="off", log_config=None)
    )
    serving = asyncio.create_task(server.serve())
    await until_listening(port)
    # Links lead to the public address.
    here.api.app.state.settings = here.settings.model_copy(
        update={"public_url": loopback.url(port)}
    )
    try:
        yield loopback.url(port)
    finally:
        here.api.app.state.settings = here.settings
        server.should_exit = True
        await serving
