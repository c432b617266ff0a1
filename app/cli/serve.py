"""`tiendo serve`"""

import asyncio
import os
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from tempfile import TemporaryDirectory
from typing import Annotated, NoReturn

import typer
import uvicorn
from pydantic import BaseModel
from uvicorn.supervisors import Multiprocess

from app.cli.database import require_served_if_reached
from app.cli.imports import quick_imports
from app.cli.listen import bind, listen
from app.cli.prepare import prepare as prepare_database
from app.cli.settings import load_settings
from app.config import METRICS_FOLDER, Settings
from app.home.folder import find_home

app = typer.Typer(add_completion=False)


@app.command()
def serve(
    workers: Annotated[
        int, typer.Option(min=1, help="Số tiến trình phục vụ. / How many processes serve.")
    ] = 1,
    prepare: Annotated[bool, typer.Option("--prepare", hidden=True)] = False,
    socket_number: Annotated[int | None, typer.Option("--socket", hidden=True)] = None,
) -> None:
    """Chạy API tại TIENDO_HOST:TIENDO_PORT. / Run the API on TIENDO_HOST:TIENDO_PORT."""
    settings = load_settings()
    if settings.telemetry_endpoint:
        # Here, so that what is missing is said once and not by each worker.
        import_module("app.telemetry")
    if settings.report_template is not None:
        # Here, so that what it misnames is said before anybody asks for a report.
        import_module("app.cli.template").check_file(settings.report_template)
    taken = (
        bind(settings.host, settings.port)
        if socket_number is None
        else socket.socket(fileno=socket_number)
    )
    if prepare:
        if prepare_database(settings, find_home()):
            _begin_anew(taken)
    else:
        asyncio.run(require_served_if_reached(settings))
    _serve(settings, workers, taken)


def _begin_anew(taken: socket.socket) -> NoReturn:
    """Become the process that only serves: this one has loaded 40 MB to prepare the database, which
    it would keep for as long as it serves."""
    taken.set_inheritable(True)
    words = [word for word in sys.orig_argv if word != "--prepare"]
    os.execv(sys.executable, words)  # noqa: S606 - the words of this process itself


@contextmanager
def _shared_metrics() -> Iterator[None]:
    """A folder in which the processes store their metrics, so that each can answer for all."""
    with TemporaryDirectory(prefix="tiendo-metrics-") as folder:
        os.environ[METRICS_FOLDER] = folder
        yield


def _serve(settings: Settings, workers: int, taken: socket.socket) -> None:
    config = uvicorn.Config(
        "app.main:create_app",
        factory=True,
        workers=workers,
        # Only said in messages; the socket is ours.
        host=settings.host,
        port=settings.port,
        loop="uvloop",
        http="app.http.protocol:PromptProtocol",
        forwarded_allow_ips=[str(network) for network in settings.proxy_networks],
        # The application logs each request itself, with what is known of it.
        access_log=False,
        log_config=None,
        server_header=False,
        timeout_graceful_shutdown=10,
    )
    if workers > 1:
        listen(taken)
        with _shared_metrics():
            Multiprocess(config, sockets=[taken]).run()
        return
    with quick_imports():
        _import_fastapi()
        config.load()
    listen(taken)
    uvicorn.Server(config).run(sockets=[taken])


def _import_fastapi() -> None:
    """Import FastAPI without the code that validates contracts, 2 MB: ours is a file that is served
    as it is, and the command that writes it has each validator made at its first use."""
    BaseModel.model_config["defer_build"] = True
    try:
        import_module("fastapi.openapi.models")
    finally:
        del BaseModel.model_config["defer_build"]
