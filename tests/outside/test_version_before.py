"""The code before the last migrations works on after them: as they ran, its processes go on."""

import asyncio
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
import sqlalchemy as sa
from sqlmodel import select

from app.auth.principal import Role
from app.models import SCHEMA_REVISION, CodeServed
from tests.support import loopback
from tests.support.patience import PATIENCE
from tests.support.receivers import Request, receiving
from tests.support.runs import ROOT
from tests.support.webhooks import World

MODELS = "app/models/__init__.py"
GIVEN = {
    "TIENDO_WEBHOOK_NETWORKS": "127.0.0.0/8,::1/128",
    "TIENDO_WEBHOOK_PORTS": "1024-65535",
    "TIENDO_WEBHOOK_ALLOW_HTTP": "true",
}


COLLECTIVE = "tiendo.collective.created"


def types_of(requests: Sequence[Request]) -> set[str]:
    """The types of the events that a receiver heard of."""
    return {json.loads(one.body)["type"] for one in requests}


def git(*words: str) -> bytes:
    program = shutil.which("git")
    if program is None:
        pytest.skip("the history of the code is read by git")
    done = subprocess.run([program, *words], cwd=ROOT, capture_output=True, check=False)
    if done.returncode != 0:
        pytest.skip("the history of the code is not here")
    return done.stdout


def commit_of(revision: str) -> str:
    """The last commit whose code expects this schema."""
    for commit in git("log", "--format=%H", "--", MODELS).decode().split():
        if f'SCHEMA_REVISION = "{revision}"' in git("show", f"{commit}:{MODELS}").decode():
            # The next change of the file may be later than other changes of that code.
            return commit
    pytest.skip("the history of the code does not reach that far")


def unpack(commit: str, folder: Path) -> Path:
    """The code of a commit, in a folder of its own."""
    # By tar, which leaves nothing outside of the folder; Python has that from 3.11.4 on.
    folder.mkdir()
    unpacking = ["tar", "-x", "--no-same-owner", "-C", str(folder)]
    subprocess.run(unpacking, input=git("archive", commit), check=True)
    return folder


@contextmanager
def running(
    here: World, code: Path, log: Path, command: str, *, port: int
) -> Iterator[subprocess.Popen[bytes]]:
    """A command of that code on the world's database; killed at the end."""
    settings = here.settings
    ours = {name: value for name, value in os.environ.items() if not name.startswith("TIENDO_")}
    given = {
        "TIENDO_DATABASE_URL": settings.database_url.get_secret_value(),
        "TIENDO_SECRET": settings.secret.get_secret_value(),
        "TIENDO_SIGNING_KEY": settings.signing_key.get_secret_value(),
        "TIENDO_HOST": loopback.HOST,
        "TIENDO_PORT": str(port),
        "TIENDO_PUBLIC_URL": settings.base_url,
        "TIENDO_HOME": str(log.parent / "home"),
        **GIVEN,
    }
    with log.open("ab") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "app.cli", command],
            cwd=code, env=ours | given, stdout=output, stderr=output,
        )  # fmt: skip
    try:
        yield process
    finally:
        process.kill()
        process.wait(PATIENCE)


async def test_the_oldest_code_that_the_schema_serves_is_ready_and_works(
    here: World, tmp_path: Path
) -> None:
    async with here.sessions() as session:
        since = (await session.exec(select(CodeServed.since))).one()
    code = await asyncio.to_thread(unpack, commit_of(since), tmp_path / "code")
    port = loopback.free_port()
    administrator = await here.make_client(Role.ADMINISTRATOR)

    async with receiving() as receiver:
        with (
            running(here, code, tmp_path / "serve.log", "serve", port=port),
            running(here, code, tmp_path / "worker.log", "worker", port=port),
        ):
            async with httpx.AsyncClient(
                base_url=loopback.url(port),
                headers={"Authorization": f"Bearer {here.api.token(administrator)}"},
            ) as http:
                ready = await until_answered(http, tmp_path / "serve.log")
                endpoint = await http.post("/v1/webhook-endpoints", json={"url": receiver.url})
                made = await http.post(
                    "/v1/collectives",
                    json={"code": "NHOM-CU", "name": "Nhóm cũ", "is_enumerable": True},
                )
                feed = await http.get("/v1/events")
            # The worker enters holidays meanwhile, of which the endpoint hears as well.
            async with asyncio.timeout(PATIENCE):
                while COLLECTIVE not in types_of(receiver.requests):
                    await receiver.came.wait()
        # The events that it wrote are read by the code of today, from the same feed.
        async with here.http() as http:
            today = (await http.get("/v1/events")).json()["items"]

    assert since < SCHEMA_REVISION
    assert (ready["status"], ready["expected_revision"]) == ("ready", since)
    assert ready["schema_revision"] == SCHEMA_REVISION
    assert (endpoint.status_code, made.status_code) == (201, 201)
    assert feed.status_code == 200
    assert COLLECTIVE in {one["type"] for one in today}


async def until_answered(http: httpx.AsyncClient, log: Path) -> dict[str, str]:
    """The answer of readiness, once there is one."""
    end = asyncio.get_running_loop().time() + PATIENCE
    while True:
        try:
            answer: dict[str, str] = (await http.get("/readyz")).json()
        except httpx.TransportError:
            assert asyncio.get_running_loop().time() < end, await asyncio.to_thread(log.read_text)
            await asyncio.sleep(0.1)
        else:
            return answer


async def test_code_that_the_schema_serves_no_more_says_so_in_one_sentence(
    here: World, tmp_path: Path
) -> None:
    async with here.sessions.begin() as session:
        connection = await session.connection()
        await connection.execute(sa.text("update code_served set since = '9998'"))
        await connection.execute(sa.text("update alembic_version set version_num = '9999'"))
    port = loopback.free_port()
    async with here.http() as http:
        ready = await http.get("/readyz")
    said = {}
    for command in ("serve", "worker"):
        log = tmp_path / f"{command}.log"
        with running(here, ROOT, log, command, port=port) as process:
            assert await asyncio.to_thread(process.wait, PATIENCE) == 1
        said[command] = (await asyncio.to_thread(log.read_text)).splitlines()

    assert (ready.status_code, ready.json()["status"]) == (503, "not_ready")
    for vi, en in said.values():
        assert "9998" in vi
        assert "no longer serves this code" in en
