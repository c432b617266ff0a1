"""The processes of one local run: started in order, watched, and ended in the opposite order."""

import asyncio
import contextlib
import os
import signal
import sys
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from socket import socket

from app.cli import welcome
from app.home.folder import Home
from app.home.postgres import Cluster, Server, with_login
from app.home.privileges import leash
from app.home.processes import Running, RunProcess, is_for_the_log, start
from app.home.progress import doing, say
from app.home.secrets import write_private

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
LONGEST_PAUSE = 60.0
LOGINS = {
    "TIENDO_SERVICE_DATABASE_URL": "tiendo_api",
    "TIENDO_WORKER_DATABASE_URL": "tiendo_jobs",
}
"""The logins by which the API and the worker reach the database of a local run."""
# A person who tries the service on one machine tries webhooks there as well.
LOCAL_WEBHOOKS = {
    "TIENDO_WEBHOOK_NETWORKS": "127.0.0.0/8,::1/128",
    "TIENDO_WEBHOOK_PORTS": "80,443,1024-65535",
    "TIENDO_WEBHOOK_ALLOW_HTTP": "true",
}


@dataclass(frozen=True)
class Together:
    """One local run: its folder, its address and its secrets."""

    home: Home
    host: str
    port: int
    taken: socket
    secrets: str

    def run(self) -> int:
        """Run everything until a signal comes, or until a part ends that nothing works without."""
        return asyncio.run(self._run())

    async def _run(self) -> int:
        stop = _stop_event()
        progress = ExitStack()
        with progress:
            progress.enter_context(doing("Đang khởi động", "Starting"))
            return await self._start(stop, progress)

    async def _start(self, stop: asyncio.Event, progress: ExitStack) -> int:
        """Start everything and keep it going; *progress* is closed once the service is
        ready."""
        async with AsyncExitStack() as stack:
            database = None if self._is_database_given() else self._cluster()
            environment = self._environment()
            server = None
            if database:
                await asyncio.to_thread(database.prepare)
                url = await stack.enter_async_context(self._published_url(database))
                environment |= {"TIENDO_DATABASE_URL": url} | {
                    name: with_login(url, login) for name, login in LOGINS.items()
                }
                server = stack.enter_context(database.server())
            parts = [await self._enter(stack, part) for part in self._parts(server, environment)]
            code = await self._watch(parts, stop, progress, self._worker(environment))
            if code == 0:
                say("Đang dừng… / Stopping…")
        return code

    async def _watch(
        self, parts: list[Running], stop: asyncio.Event, progress: ExitStack, worker: RunProcess
    ) -> int:
        """Wait for the API to answer, then keep a worker at work, until something ends."""
        ends = {asyncio.create_task(part.ended()): part for part in parts}
        stopping = asyncio.create_task(stop.wait())
        ready = asyncio.create_task(self._answers())
        working: asyncio.Task[None] | None = None
        try:
            await asyncio.wait({ready, stopping, *ends}, return_when=asyncio.FIRST_COMPLETED)
            progress.close()
            if ready.done() and not stop.is_set():
                say(welcome.text(self.home, self.host, self.port))
                working = asyncio.create_task(_keep_at_work(worker))
                await asyncio.wait({stopping, *ends}, return_when=asyncio.FIRST_COMPLETED)
            if stop.is_set():
                return 0
            # The database first: when it ends, the API may end of it.
            self._mourn(*next((part, end.result()) for end, part in ends.items() if end.done()))
            return 1
        finally:
            await _cancel(ready, stopping, *ends, *filter(None, [working]))

    def _mourn(self, running: Running, code: int) -> None:
        part = running.part
        if part.name == "api" and code == 1:
            return  # it has said why
        why = f" ({running.complaint})" if running.complaint else ""
        say(
            f"{part.name} đã kết thúc ngoài ý muốn, mã {code}{why}, nên tất cả dừng lại; "
            f"xem {part.log}\n{part.name} ended unexpectedly, code {code}{why}, "
            f"so everything stops; see {part.log}",
            to=sys.stderr,
        )

    async def _enter(self, stack: AsyncExitStack, part: RunProcess) -> Running:
        running = await start(part)
        stack.push_async_callback(running.stop)
        return running

    def _parts(self, server: Server | None, environment: dict[str, str]) -> list[RunProcess]:
        # The API waits for the database while its modules load: a second saved at every start.
        number = self.taken.fileno()
        api = self._python("api", environment, "serve", "--prepare", "--socket", str(number))
        if server is None:
            return [api]
        postgres = RunProcess(
            "postgres",
            server.command,
            self.home.logs / "postgres.log",
            files=server.files,
            shows=is_for_the_log,
            stop_signal=signal.SIGINT,
            patience=20,
        )
        return [postgres, api]

    def _worker(self, environment: dict[str, str]) -> RunProcess:
        return self._python("worker", environment, "worker")

    def _python(self, name: str, environment: dict[str, str], *arguments: str) -> RunProcess:
        safe = ["-P"] if sys.flags.safe_path else []
        command = [*leash("TERM"), sys.executable, *safe, "-m", "app.cli", *arguments]
        files = (self.taken.fileno(),) if name == "api" else ()
        return RunProcess(name, command, self.home.logs / f"{name}.log", environment, files)

    def _cluster(self) -> Cluster:
        return Cluster(self.home.data, self.home.sockets)

    def _is_database_given(self) -> bool:
        in_file = Path(self.secrets) / "tiendo_database_url"
        foreign = self.secrets != str(self.home.secrets)
        return bool(os.environ.get("TIENDO_DATABASE_URL")) or (foreign and in_file.exists())

    def _environment(self) -> dict[str, str]:
        return {
            **self._webhooks(),
            **os.environ,
            "TIENDO_HOME": str(self.home.path),
            "TIENDO_SECRETS_DIR": self.secrets,
            "TIENDO_HOST": self.host,
            "TIENDO_PORT": str(self.port),
        }

    def _webhooks(self) -> dict[str, str]:
        """Allow webhooks to this machine, if nobody else reaches the service and the operator has
        no setting."""
        is_local = self.host in ("127.0.0.1", "::1", "localhost")
        return LOCAL_WEBHOOKS if is_local and not os.environ.keys() & LOCAL_WEBHOOKS else {}

    @asynccontextmanager
    async def _published_url(self, database: Cluster) -> AsyncIterator[str]:
        """The URL of our own database, also for commands called beside this run."""
        place = self.home.secrets / "tiendo_database_url"
        with database.reachable() as url:
            write_private(place, url)
            try:
                yield url
            finally:
                place.unlink(missing_ok=True)

    async def _answers(self) -> None:
        """Return once the API answers."""
        while True:
            with contextlib.suppress(OSError, TimeoutError):
                async with asyncio.timeout(5):
                    if await self._is_answered():
                        return
            await asyncio.sleep(0.05)

    async def _is_answered(self) -> bool:
        reader, writer = await asyncio.open_connection(*self.taken.getsockname()[:2])
        try:
            writer.write(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            return (await reader.readline()).startswith(b"HTTP/")
        finally:
            writer.close()


def _stop_event() -> asyncio.Event:
    stop = asyncio.Event()
    for number in STOP_SIGNALS:
        # nohup asks us to outlive the terminal.
        if signal.getsignal(number) is not signal.SIG_IGN:
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
    return stop


async def _keep_at_work(part: RunProcess) -> None:
    """Start it again whenever it ends, after a pause that grows while it ends early."""
    pause = 1.0
    while True:
        started = time.monotonic()
        running = await start(part)
        try:
            code = await running.ended()
        finally:
            await running.stop()
        if time.monotonic() - started > LONGEST_PAUSE:
            pause = 1.0
        say(
            f"Tiến trình việc nền kết thúc (mã {code}); chạy lại sau {pause:.0f} giây. / "
            f"The worker ended (code {code}); it is started again in {pause:.0f} s.",
            to=sys.stderr,
        )
        await asyncio.sleep(pause)
        pause = min(pause * 2, LONGEST_PAUSE)


async def _cancel(*tasks: asyncio.Task[object]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
