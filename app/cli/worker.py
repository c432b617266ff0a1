"""`tiendo worker`"""

import asyncio
import signal

import typer
import uvloop

from app.cli.database import require_served, wait_for_database
from app.cli.settings import load_settings
from app.config import Settings
from app.jobs import worker as jobs
from app.logs import configure_logs

app = typer.Typer(add_completion=False)


@app.command()
def worker() -> None:
    """Chạy các việc nền cho đến khi được dừng. / Run the background jobs until stopped."""
    settings = load_settings()
    configure_logs(settings)
    uvloop.run(_run(settings))


async def _run(settings: Settings) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    require_served(await wait_for_database(settings))
    await jobs.run(settings, stop)
