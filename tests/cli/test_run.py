"""`tiendo run` starts, refuses and stops as it should, on real processes."""

import os
import re
import shlex
import shutil
import signal
import stat
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

import pytest

from app.cli.listen import bind
from app.home.folder import Home
from app.home.progress import INTERVAL
from tests.support import loopback, runs
from tests.support.homes import Service, first_start, rows_of, used_home
from tests.support.patience import PATIENCE

pytestmark = pytest.mark.skipif(
    not Path("/proc/self").exists(), reason="what is left running is read from /proc"
)


@pytest.fixture
def home() -> Iterator[Path]:
    """A home that was started once, to start again or to break."""
    with used_home() as home:
        yield home


def secrets_of(home: Path) -> dict[str, bytes]:
    """The files that a second start must leave as they are, beside the database."""
    secrets = home / "secrets"
    files = [secrets / "tiendo_secret", secrets / "tiendo_signing_key", Home(home).sample_clients]
    return {file.name: file.read_bytes() for file in files}


@contextmanager
def handling_hang_ups(handler: signal.Handlers) -> Iterator[None]:
    """Start processes within that handle SIGHUP so until they say otherwise."""
    before = signal.signal(signal.SIGHUP, handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGHUP, before)


def ignores_hang_ups(process_id: int) -> bool:
    status = Path(f"/proc/{process_id}/status").read_text()
    [ignored] = re.findall(r"^SigIgn:\s*(\w+)$", status, re.MULTILINE)
    return bool(int(ignored, 16) & 1 << signal.SIGHUP - 1)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
async def test_second_start_changes_nothing_and_a_signal_stops_everything(
    home: Path, tmp_path: Path, number: signal.Signals
) -> None:
    first, log = secrets_of(home), tmp_path / "log"
    outlives_its_terminal = number is signal.SIGTERM
    # These tests may themselves run under nohup, whose children ignore what it does.
    with handling_hang_ups(signal.SIG_IGN if outlives_its_terminal else signal.SIG_DFL):
        process = runs.start(home, loopback.free_port(), log)
    runs.wait_for_word(process, log)
    rows = await rows_of(home)
    assert ignores_hang_ups(process.pid) == outlives_its_terminal

    process.send_signal(number)

    assert process.wait(PATIENCE) == 0
    assert rows == first_start().rows
    assert rows["alembic_version"] == 1
    assert secrets_of(home) == first
    assert runs.processes(home) == []
    assert not (home / "data" / "postmaster.pid").exists()
    assert "Traceback" not in log.read_text()


def test_the_database_knows_the_sample_that_it_starts_with() -> None:
    start = first_start()

    assert 0 < start.rows["submission"] <= start.known


def test_only_the_owner_can_read_what_is_secret(home: Path) -> None:
    files = [*(home / "secrets").iterdir(), Home(home).sample_clients]

    modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in files if file.exists()}

    assert set(modes) >= {"tiendo_secret", "tiendo_signing_key"}
    assert set(modes.values()) == {0o600}
    assert stat.S_IMODE((home / "secrets").stat().st_mode) == 0o700


def test_command_to_try_works_by_copy_and_paste(sample_service: Service) -> None:
    if shutil.which("curl") is None:
        pytest.skip("curl is not installed")
    said = map(str.strip, sample_service.log.read_text().splitlines())
    command = next(line for line in said if line.startswith("curl"))

    done = subprocess.run(["/bin/sh", "-c", command], capture_output=True, text=True, check=True)

    assert "access_token" in done.stdout or "/readyz" in command


def test_signal_during_the_start_stops_everything(tmp_path: Path) -> None:
    home, log = tmp_path / "home", tmp_path / "log"
    process = runs.start(home, loopback.free_port(), log)
    while not (home / "secrets" / "tiendo_signing_key").exists():
        assert process.poll() is None
        time.sleep(0.01)

    process.send_signal(signal.SIGINT)
    process.wait(PATIENCE)

    assert runs.processes(home) == []
    assert "Traceback" not in log.read_text()


def test_killed_run_takes_its_processes_along_and_blocks_no_other(
    home: Path, tmp_path: Path
) -> None:
    port, log = loopback.free_port(), tmp_path / "log"
    process = runs.start(home, port, log)
    runs.wait_for_word(process, log)
    process.kill()
    process.wait()

    with runs.running(home, port, tmp_path / "log2"):
        pass

    runs.wait_until_gone(home)


def test_process_id_that_another_program_has_now_does_not_block(home: Path, tmp_path: Path) -> None:
    left = home / "data" / "postmaster.pid"
    left.write_text(f"{os.getpid()}\n{home / 'data'}\n1\n5432\n../run\n\n 1 1\nready\n")
    # It is the server's own, whatever the umask of who runs the tests.
    owner = left.parent.stat()
    os.chown(left, owner.st_uid, owner.st_gid)

    with runs.running(home, loopback.free_port(), tmp_path / "log"):
        pass


def test_end_of_the_database_ends_all(home: Path, tmp_path: Path) -> None:
    log = tmp_path / "log"
    process = runs.start(home, loopback.free_port(), log)
    runs.wait_for_word(process, log)

    os.kill(int((home / "data" / "postmaster.pid").read_text().split()[0]), signal.SIGQUIT)

    assert process.wait(PATIENCE) == 1
    assert "postgres đã kết thúc ngoài ý muốn" in log.read_text()
    runs.wait_until_gone(home)


@pytest.mark.skipif(os.geteuid() != 0, reason="an ordinary user has nothing to lose")
def test_database_of_root_is_nobody_who_may_do_anything(sample_service: Service) -> None:
    server = (sample_service.home / "data" / "postmaster.pid").read_text().split()[0]

    status = Path(f"/proc/{server}/status").read_text()

    lines = dict(line.split(":", 1) for line in status.splitlines())
    assert "0" not in lines["Uid"].split()
    assert lines["Groups"].split() == []
    assert lines["NoNewPrivs"].split() == ["1"]
    for kind in ("CapInh", "CapPrm", "CapEff", "CapAmb"):
        assert int(lines[kind], 16) == 0, kind


def test_start_says_what_it_does_and_every_few_seconds_that_it_goes_on() -> None:
    said = first_start().said

    steps = ["Starting…", "Making the PostgreSQL database…", "Migrating: 0/", "Loading the sample…"]
    assert sorted(steps, key=said.index) == steps
    seconds = [0, *map(int, re.findall(r"^ +(\d+) s…$", said, re.MULTILINE))]
    assert len(seconds) > 1
    # A machine that is busy writes a little late, and never twice as late.
    assert max(after - before for before, after in pairwise(seconds)) < 2 * INTERVAL


def test_who_made_the_database_keeps_nothing_of_it_while_it_serves(sample_service: Service) -> None:
    made, started_again = (
        [line for line in lines if "app.cli serve" in line]
        for lines in (first_start().commands, runs.processes(sample_service.home))
    )

    assert ["--prepare" in line for line in made] == [False]
    # A start with nothing to prepare is not made longer.
    assert ["--prepare" in line for line in started_again] == [True]


def test_readiness_says_that_the_worker_lives(sample_service: Service) -> None:
    # It may start after the API.
    while (ready := runs.read(sample_service.port, "/readyz"))["worker_seen_at"] is None:
        wait_for_worker(sample_service.home)
        time.sleep(0.1)

    assert ready["status"] == "ready"


def test_worker_that_ends_is_started_again(sample_service: Service) -> None:
    for ended in (1, 2):
        os.kill(wait_for_worker(sample_service.home), signal.SIGKILL)
        # One that is killed stays in the list of processes for a moment.
        while sample_service.log.read_text().count("The worker ended") < ended:
            time.sleep(0.05)

    wait_for_worker(sample_service.home)

    assert runs.status(sample_service.port, "/healthz") == 200
    assert sample_service.log.read_text().count("The worker ended") == 2


def wait_for_worker(home: Path) -> int:
    while True:
        for line in runs.processes(home):
            pid, *words = line.split()
            if words[-1:] == ["worker"] and "-m" in words:
                return int(pid)
        time.sleep(0.05)


def test_home_whose_path_is_long_and_odd_works() -> None:
    home = first_start().home

    assert len(str(home)) > 140
    assert (home / "data" / "PG_VERSION").exists()
    assert Home(home).sample_clients.exists()
    assert runs.processes(home) == []


def test_second_run_on_the_same_home_is_refused(sample_service: Service) -> None:
    said = runs.refused(sample_service.home, loopback.free_port())

    assert_sentence(said, f"in use by another run (process {sample_service.process.pid})")


def test_port_in_use_is_refused_before_anything_is_started(tmp_path: Path) -> None:
    with bind(loopback.HOST, 0) as other:
        other.listen()
        said = runs.refused(tmp_path / "home", other.getsockname()[1])

    assert_sentence(said, "is in use by another program")
    assert not (tmp_path / "home" / "data").exists()


def _file_instead(home: Path) -> None:
    shutil.rmtree(home)
    home.touch()


def _other_major(home: Path) -> None:
    (home / "data" / "PG_VERSION").write_text("15\n")


def _damaged_version(home: Path) -> None:
    (home / "data" / "PG_VERSION").write_bytes(b"\xff\xfe")


def _empty_data(home: Path) -> None:
    shutil.rmtree(home / "data")
    (home / "data").mkdir()


def _no_wal(home: Path) -> None:
    shutil.rmtree(home / "data" / "pg_wal")


def _empty_secret(home: Path) -> None:
    (home / "secrets" / "tiendo_secret").write_text("")


def _damaged_key(home: Path) -> None:
    (home / "secrets" / "tiendo_signing_key").write_text("-----BEGIN PRIVATE KEY-----\n")


@pytest.mark.parametrize(
    ("breaks", "sentence"),
    [
        (_file_instead, "is not a folder"),
        (_other_major, "was made by PostgreSQL 15"),
        (_damaged_version, "is damaged"),
        (_empty_data, "is damaged"),
        (_no_wal, 'required WAL directory "pg_wal" does not exist'),
        (_empty_secret, "is empty, damaged or unreadable"),
        (_damaged_key, "is empty, damaged or unreadable"),
    ],
)
def test_broken_home_is_refused_in_one_sentence(
    home: Path, breaks: Callable[[Path], None], sentence: str
) -> None:
    breaks(home)

    said = runs.refused(home, loopback.free_port())

    assert_sentence(said, sentence)
    assert runs.processes(home) == []


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_home_that_can_not_be_written_is_refused(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)

    said = runs.refused(tmp_path / "home", loopback.free_port())

    assert_sentence(said, "can't be written")


def assert_sentence(said: str, part: str) -> None:
    """One in each language, and nothing that only a programmer can read."""
    assert part in said
    assert "Traceback" not in said
    assert len(said.splitlines()) == 2, shlex.quote(said)
