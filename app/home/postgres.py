"""The service's own PostgreSQL: a data directory, and a socket that only its owner can reach."""

import os
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from signal import SIGINT, SIGQUIT
from typing import NamedTuple
from urllib.parse import quote

from app.home.binaries import find_binaries
from app.home.errors import StartError
from app.home.privileges import entrance, leash, own_account
from app.home.progress import say

NAME = "tiendo"
SOCKET = ".s.PGSQL.5432"
LONGEST_SOCKET_PATH = 103
"""The limit of macOS, in bytes; Linux takes 107."""


class Server(NamedTuple):
    """The command that starts a server, and the open files that it must inherit."""

    command: list[str]
    files: tuple[int, ...]


@dataclass(frozen=True)
class Cluster:
    """One data directory and the folder of its socket."""

    data: Path
    sockets: Path
    durable: bool = True
    """False loses everything at a power cut: for tests only."""

    def prepare(self) -> None:
        """Make the data directory, or see that this PostgreSQL can go on with the one there is."""
        try:
            if self.data.exists() or self.data.is_symlink():
                self._check()
                self._forget_dead_postmaster()
            else:
                self._make()
            self._make_socket_folder()
        except OSError as error:
            raise StartError(
                f"Không dùng được thư mục dữ liệu {self.data} ({error.strerror}).",
                f"The data directory {self.data} can't be used ({error.strerror}).",
            ) from None

    @contextmanager
    def server(self) -> Iterator[Server]:
        """The server in the foreground; SIGINT ends it fast and cleanly, also if we are killed."""
        account = own_account(self.data)
        with entrance(self.data, account) as data, entrance(self.sockets, account) as sockets:
            # By path it is named from the data directory, where the server lives: a socket's name
            # ends at some hundred bytes.
            folder = sockets.path if account else self._from_data(self.sockets)
            settings = {
                "listen_addresses": "",
                "unix_socket_directories": f'"{folder}"',
                "unix_socket_permissions": "0700",
                "max_connections": "60",
                "log_line_prefix": "%m [%p] ",
                # The log is read by whoever runs the service, not by a parser: only what is wrong.
                "log_checkpoints": "off",
            }
            if not self.durable:
                settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
                # Rows of one long transaction are not seen from outside it: statistics taken
                # meanwhile would plan its statements for tables without a row.
                settings |= {"autovacuum": "off"}
            options = [part for pair in settings.items() for part in ("-c", "=".join(pair))]
            command = [*self._program("postgres"), "-D", data.path, *options]
            yield Server(command, (*data.files, *sockets.files))

    @contextmanager
    def reachable(self) -> Iterator[str]:
        """The database's URL, for as long as the context lasts.

        A socket's path has about 100 bytes, and a URL has characters that mean something: a home
        that is too long or too odd is reached by a link in the temporary folder.
        """
        if _is_plain(self.sockets):
            yield _url(self.sockets)
            return
        short = Path(tempfile.gettempdir())
        plain = short if _is_plain(short) else "/tmp"  # noqa: S108 - mkdtemp makes a folder of ours
        folder = Path(tempfile.mkdtemp(prefix="tiendo-", dir=plain))
        try:
            link = folder / "run"
            link.symlink_to(self.sockets)
            yield _url(link)
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def _make(self) -> None:
        """Make it beside its place, so that a start cut short leaves nothing half made there."""
        for left in self.data.parent.glob(f"{self.data.name}.part-*"):
            shutil.rmtree(left)
        part = Path(tempfile.mkdtemp(prefix=f"{self.data.name}.part-", dir=self.data.parent))
        say("Đang tạo cơ sở dữ liệu PostgreSQL… / Making the PostgreSQL database…")
        account = own_account(self.data)
        if account:
            os.chown(part, account.user, account.group)
        sync = [] if self.durable else ["--no-sync"]
        with entrance(part, account) as place:
            self._run(
                # The builtin provider sorts and folds letters alike on every machine.
                "initdb", "-D", place.path, "-U", NAME, "--auth=trust", "--encoding=UTF8",
                "--no-locale", "--locale-provider=builtin", "--builtin-locale=C.UTF-8",
                "--no-instructions", *sync, files=place.files,
            )  # fmt: skip
            self._run(
                "postgres", "--single", "-D", place.path, "postgres",
                stdin=f"create database {NAME}", files=place.files,
            )  # fmt: skip
        part.replace(self.data)

    def _check(self) -> None:
        try:
            found = (self.data / "PG_VERSION").read_text(encoding="ascii").strip()
        except (OSError, UnicodeDecodeError):
            found = ""
        if not re.fullmatch(r"\d+", found) or not (self.data / "global" / "pg_control").is_file():
            if re.fullmatch(r"\d+", found) and found != self._major():
                raise self._other_version(found)
            raise StartError(
                f"Thư mục dữ liệu {self.data} bị hỏng: hãy khôi phục từ bản sao lưu, "
                "hoặc xoá đi để bắt đầu lại từ đầu.",
                f"The data directory {self.data} is damaged: restore it from a backup, "
                "or delete it to start from nothing.",
            )
        if found != self._major():
            raise self._other_version(found)
        owner = own_account(self.data)
        if self.data.stat().st_uid != (owner.user if owner else os.geteuid()):
            raise StartError(
                f"Thư mục dữ liệu {self.data} thuộc về một người dùng khác.",
                f"The data directory {self.data} belongs to another user.",
            )

    def _major(self) -> str:
        """The major version of the PostgreSQL in use."""
        version = self._run("postgres", "--version")
        return version.split()[-1].partition(".")[0]

    def _other_version(self, found: str) -> StartError:
        ours = self._major()
        return StartError(
            f"Thư mục dữ liệu {self.data} là của PostgreSQL {found}, bản đang dùng là {ours}: "
            "hãy chuyển dữ liệu bằng pg_dump, hoặc chọn TIENDO_HOME khác.",
            f"The data directory {self.data} was made by PostgreSQL {found}, this is {ours}: "
            "move the data over with pg_dump, or choose another TIENDO_HOME.",
        )

    def _forget_dead_postmaster(self) -> None:
        """End a server that outlived its run, and keep a reused process id from blocking ours."""
        pid_file = self.data / "postmaster.pid"
        try:
            lines = pid_file.read_text(encoding="utf-8", errors="replace").splitlines()
            pid = int(lines[0])
        except (FileNotFoundError, IndexError, ValueError):
            return
        if self._is_our_postmaster(pid):
            self._end(pid)
        elif _is_alive(pid) and pid_file.exists():
            # The file also names the shared memory by which a new server notices live children of
            # the old one: so it stays, under an id that PostgreSQL knows to be no server (its
            # parent's), rather than being deleted.
            lines[0] = str(os.getpid())
            pid_file.write_text("\n".join(lines) + "\n", encoding="utf-8")

    def _is_our_postmaster(self, pid: int) -> bool:
        try:
            return Path(f"/proc/{pid}/cwd").samefile(self.data)
        except OSError:
            pass
        if Path("/proc/self").exists():
            return False
        ps = subprocess.run(  # noqa: S603 - a program of the system by its path
            ["/bin/ps", "-o", "command=", "-p", str(pid)],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        return "postgres" in ps.stdout

    def _end(self, pid: int) -> None:
        for signal, patience in ((SIGINT, 20.0), (SIGQUIT, 5.0)):
            with suppress(ProcessLookupError):
                os.kill(pid, signal)
            end = time.monotonic() + patience
            while time.monotonic() < end:
                if not self._is_our_postmaster(pid):
                    return
                time.sleep(0.05)
        raise StartError(
            f"PostgreSQL của lần chạy trước (tiến trình {pid}) không dừng được.",
            f"The PostgreSQL of the run before (process {pid}) does not stop.",
        )

    def _make_socket_folder(self) -> None:
        self.sockets.mkdir(mode=0o700, exist_ok=True)
        self.sockets.chmod(0o700)
        if account := own_account(self.data):
            os.chown(self.sockets, account.user, account.group)

    def _from_data(self, folder: Path) -> str:
        return os.path.relpath(folder.resolve(), self.data.resolve())

    def _program(self, name: str) -> list[str]:
        account = own_account(self.data)
        return [*leash("INT", account), str(find_binaries(account) / name)]

    def _run(
        self, program: str, *arguments: str, stdin: str = "", files: tuple[int, ...] = ()
    ) -> str:
        done = subprocess.run(  # noqa: S603 - our own program with our own arguments
            [*self._program(program), *arguments],
            input=stdin, capture_output=True, text=True, errors="replace", check=False,
            # Ctrl-C is for us to hear; what we started then ends in order.
            start_new_session=True, pass_fds=files,
            env={**os.environ, "LC_ALL": "C"},
        )  # fmt: skip
        if done.returncode != 0:
            reason = (done.stderr.strip() or "?").splitlines()[-1]
            raise StartError(
                f"Không chuẩn bị được PostgreSQL ({program}): {reason}",
                f"PostgreSQL can't be prepared ({program}): {reason}",
            )
        return done.stdout


def _is_plain(folder: Path) -> bool:
    path = str(folder / SOCKET)
    return bool(re.fullmatch(r"[A-Za-z0-9_./-]+", path)) and len(path) <= LONGEST_SOCKET_PATH


def with_login(url: str, login: str) -> str:
    """The URL of the same database by another login; the socket's folder lets in its owner alone,
    so none has a password."""
    return url.replace(f"//{NAME}@", f"//{login}@", 1)


def _url(folder: Path) -> str:
    return f"postgresql://{NAME}@/{NAME}?host={quote(str(folder), safe='')}"


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True
