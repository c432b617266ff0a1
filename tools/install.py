"""`python3 tools/install.py run|dev`: make `.venv` with what a lock file names.

Written for any Python 3, so that one which is too old is told so in a sentence.
"""

import glob
import hashlib
import os
import re
import subprocess
import sys
import sysconfig

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
VENV = os.path.join(ROOT, ".venv")
PYTHON = os.path.join(VENV, "bin", "python")
LOG = os.path.join(VENV, "pip.log")
WHEELS = os.path.join(ROOT, "wheels")
LOCKS = {"run": "requirements.lock", "dev": "requirements-dev.lock"}
OLDEST = (3, 11)
# Names of files and what programs write are UTF-8 here, whatever the locale says.
UTF8 = dict(os.environ, PYTHONUTF8="1")
COMMAND = """\
#!/bin/sh
export PYTHONUTF8=1
exec "$(dirname "$(readlink -f "$0")")/python" -P -m app.cli "$@"
"""
OFFLINE = (
    "NewConnectionError", "ConnectTimeoutError", "NameResolutionError", "ProxyError",
    "Connection broken", "Read timed out", "Max retries exceeded", "Network is unreachable",
    "Connection refused",
)  # fmt: skip


def main(which: str) -> None:
    """Answer at once where nothing has changed since the last time."""
    lock = os.path.join(ROOT, LOCKS[which])
    if is_ready(which, lock):
        return
    check_python()
    sys.path.insert(0, ROOT)
    try:
        install(which, lock)
    except KeyboardInterrupt:
        sys.exit(130)


def stamp(which: str, lock: str) -> "tuple[str, str]":
    """The file that names the lock installed last, and the value for the lock of now."""
    with open(lock, "rb") as file:
        digest = hashlib.sha256(file.read()).hexdigest()
    # A system that was upgraded has another Python behind the same link.
    return os.path.join(VENV, ".ready-" + which), digest + " " + os.path.realpath(PYTHON)


def is_ready(which: str, lock: str) -> bool:
    """True if the environment holds just what this lock file names."""
    place, wanted = stamp(which, lock)
    try:
        with open(place) as file:
            return file.read() == wanted and os.access(PYTHON, os.X_OK)
    except OSError:
        return False


def check_python() -> None:
    """Refuse a Python that is too old or cut short, and name the command that puts it right."""
    version = "%d.%d" % sys.version_info[:2]
    if sys.version_info < OLDEST:
        refuse(
            "Cần Python 3.11 trở lên, đây là " + version + ": cài đặt (Debian, Ubuntu: apt install "
            "python3.11; Fedora, RHEL: dnf install python3.11), rồi chạy: make PYTHON=python3.11 …",
            "Python 3.11 or newer is needed, this is " + version + ": install it (Debian, Ubuntu: "
            "apt install python3.11; Fedora, RHEL: dnf install python3.11), then: "
            "make PYTHON=python3.11 …",
        )
    if pip_wheel() is None:
        refuse(
            "Python " + version + " ở đây thiếu mô-đun venv: cài đặt (Debian, Ubuntu: apt install "
            "python" + version + "-venv; Fedora, RHEL: dnf install python3-pip), rồi chạy lại.",
            "This Python " + version + " lacks the module venv: install it (Debian, Ubuntu: "
            "apt install python" + version + "-venv; Fedora, RHEL: dnf install python3-pip), "
            "then run this again.",
        )


def refuse(vi: str, en: str) -> None:
    """End with one sentence in each language."""
    sys.stderr.buffer.write((vi + "\n" + en + "\n").encode("utf-8", "replace"))
    sys.exit(1)


def pip_wheel() -> "str | None":
    """The pip that comes with this Python, as a file; None where its package was left out."""
    try:
        import ensurepip
        import venv  # noqa: F401 - only whether it is there
    except ImportError:
        return None
    folders = (
        os.path.join(os.path.dirname(ensurepip.__file__), "_bundled"),
        sysconfig.get_config_var("WHEEL_PKG_DIR") or "",
    )
    found = [one for folder in folders for one in sorted(glob.glob(folder + "/pip-*.whl"))]
    return found[-1] if found else None


def install(which: str, lock: str) -> None:
    """Make the environment if there is none for this Python, and put in what the list names."""
    from app.home.progress import doing, write_utf8

    write_utf8()
    if not is_sound():
        with doing("Đang tạo .venv", "Making .venv"):
            make_environment()
    forget()
    watch = Watch(lock)
    with doing(
        "Đang cài đặt %d gói của %s" % (watch.wanted, os.path.basename(lock)),
        "Installing the %d packages of %s" % (watch.wanted, os.path.basename(lock)),
        watch.state,
    ):
        code = watch.run(pip_command(lock))
    if code != 0:
        refuse(*reasons(watch.said))
    write_command()
    # Everything in the shorter list is in the longer one too.
    for ready in ("run", "dev") if which == "dev" else ("run",):
        place, content = stamp(ready, os.path.join(ROOT, LOCKS[ready]))
        with open(place, "w") as file:
            file.write(content)


def is_sound() -> bool:
    """True if `.venv` works and has pip; one whose Python was upgraded or removed does not."""
    try:
        return subprocess.call([PYTHON, "-I", "-c", "import pip"], stderr=subprocess.DEVNULL) == 0
    except OSError:
        return False


def forget() -> None:
    """Mark the environment, which is about to change, as not ready, however this ends."""
    for place in glob.glob(os.path.join(VENV, ".ready-*")):
        os.remove(place)


def make_environment() -> None:
    """Without the venv module's own way to pip, which takes ten times as long."""
    wheel = pip_wheel() or ""
    try:
        subprocess.run(
            [sys.executable, "-m", "venv", "--clear", "--without-pip", VENV],
            check=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=UTF8,
        )  # fmt: skip
        subprocess.run(
            [
                PYTHON, "-I", os.path.join(wheel, "pip"), "install", "--quiet", "--no-index",
                "--no-deps", "--no-compile", "--disable-pip-version-check", wheel,
            ],
            check=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=UTF8,
        )  # fmt: skip
    except (OSError, subprocess.CalledProcessError) as error:
        said = (getattr(error, "output", b"") or b"").decode("utf-8", "replace").strip()
        reason = said.splitlines()[-1] if said else str(error)
        refuse("Không tạo được .venv: " + reason, ".venv can't be made: " + reason)


def pip_command(lock: str) -> "list[str]":
    """The list is complete, so nothing is looked for beside it, and nothing is built here."""
    # A module that is not imported is never compiled; one that is, is compiled then and kept.
    command = [
        PYTHON, "-m", "pip", "install", "--require-hashes", "--no-deps", "--no-compile",
        "--only-binary", ":all:", "--no-input", "--progress-bar", "off", "--retries", "2",
        "--disable-pip-version-check", "-r", lock,
    ]  # fmt: skip
    if os.path.isdir(WHEELS):
        command += ["--no-index", "--find-links", WHEELS]
    return command


class Watch:
    """pip at work: what it has said, and how much of the list it has dealt with."""

    def __init__(self, lock: str) -> None:
        with open(lock, encoding="utf-8") as file:
            self.wanted = len(re.findall(r"^[a-zA-Z0-9][^ ]*==", file.read(), re.M))
        self.said: "list[str]" = []
        self.found = 0
        self.installing = False

    def run(self, command: "list[str]") -> int:
        """Answers its exit code; all it says goes to the log."""
        # Root's pip warns that it is root, which nothing hangs on in an environment of its own.
        env = dict(UTF8, PIP_ROOT_USER_ACTION="ignore")
        env.pop("PYTHONDONTWRITEBYTECODE", None)
        process = subprocess.Popen(
            command, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )  # fmt: skip
        with open(LOG, "wb") as log:
            for raw in process.stdout or ():
                log.write(raw)
                line = raw.decode("utf-8", "replace").rstrip()
                self.said.append(line)
                if " (from -r " in line or line.startswith("Ignoring "):
                    self.found += 1
                self.installing = self.installing or line.startswith("Installing collected")
        return process.wait()

    def state(self) -> str:
        """So many of so many."""
        if not self.installing:
            return "đã tải / fetched %d/%d" % (self.found, self.wanted)
        there = glob.glob(os.path.join(VENV, "lib", "python*", "site-packages", "*.dist-info"))
        # One of them is pip.
        count = max(0, min(len(there) - 1, self.wanted))
        return "đã cài / installed %d/%d" % (count, self.wanted)


def reasons(said: "list[str]") -> "tuple[str, str]":
    """The reason for which pip gave up, in a sentence of each language."""
    text = "\n".join(said)
    see = (" Xem " + LOG + ".", " See " + LOG + ".")
    errors = [line for line in said if line.startswith("ERROR: ")] or said or ["?"]
    detail = errors[-1].replace("ERROR: ", "")
    if os.path.isdir(WHEELS):
        return (
            "Thư mục wheels không có đủ gói cho Python này: hãy tạo lại bằng `make bundle` với "
            "cùng phiên bản Python và cùng loại máy." + see[0],
            "The folder wheels lacks packages for this Python: make it anew with `make bundle`, "
            "on the same version of Python and kind of machine." + see[1],
        )
    if any(word in text for word in OFFLINE):
        return (
            "Không có mạng đến kho gói Python. Trên máy có mạng hãy chạy `make bundle`, chép gói "
            "sang máy này, giải nén rồi chạy `make run` ở đó." + see[0],
            "The Python package index can't be reached. On a machine with a network run "
            "`make bundle`, copy the archive here, unpack it, and run `make run` there." + see[1],
        )
    return (
        "pip không cài được: " + detail + see[0],
        "pip could not install: " + detail + see[1],
    )


def write_command() -> None:
    """The project itself is not installed by pip, which would need a build tool to be fetched.

    A path file and a line of shell do the same and follow every edit. Both are relative: the folder
    may be moved, and its name may hold any letters.
    """
    library = subprocess.check_output(
        [PYTHON, "-I", "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"],
        universal_newlines=True, env=UTF8,
    ).strip()  # fmt: skip
    up = os.path.relpath(os.path.realpath(VENV), os.path.realpath(library))
    with open(os.path.join(library, "tiendo.pth"), "w") as file:
        file.write(os.path.join(up, os.pardir) + "\n")
    command = os.path.join(VENV, "bin", "tiendo")
    with open(command, "w") as file:
        file.write(COMMAND)
    os.chmod(command, 0o755)  # noqa: S103 - a command for everybody who is let into the folder


if __name__ == "__main__":
    main(sys.argv[1])
