"""`python -m tools.doing WORDS COMMAND…`: run a command, and say every few seconds that it goes on.

What the command writes is passed on as it comes; only its silence is filled.
"""

import os
import signal
import subprocess
import sys
import threading
import time

from app.home.progress import INTERVAL, say, write_utf8


class Passing:
    """The output of a command on its way to the terminal."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.started = self.spoken = time.monotonic()
        self.ends_line = True
        self.lock = threading.Lock()
        self.over = threading.Event()

    def pass_on(self, written: int) -> None:
        """Return once the command and its children have closed what they write to."""
        while some := os.read(written, 1 << 16):
            with self.lock:
                sys.stdout.buffer.write(some)
                sys.stdout.buffer.flush()
                self.ends_line = some.endswith(b"\n")
                self.spoken = time.monotonic()

    def fill_silence(self) -> None:
        """Say how long it has taken, whenever nothing was said for a while."""
        while not self.over.wait(0.5):
            now = time.monotonic()
            if now - self.spoken < INTERVAL:
                continue
            with self.lock:
                start = "" if self.ends_line else "\n"
                say(f"{start}  {self.name}: {now - self.started:.0f} s…")
                self.spoken, self.ends_line = now, True


def main(name: str, command: list[str]) -> int:
    """Answers the command's exit code."""
    write_utf8()
    env = {**os.environ, "PYTHONUTF8": "1"}
    if sys.stdout.isatty():
        env.setdefault("FORCE_COLOR", "1")
        env.setdefault("MYPY_FORCE_COLOR", "1")
    say(f"{name}…")
    # Ctrl-C reaches the command too: it ends in its own way, and we after it.
    signal.signal(signal.SIGINT, lambda *_: None)
    reading, writing = os.pipe()
    process = subprocess.Popen(command, env=env, stdout=writing, stderr=writing)
    os.close(writing)
    passing = Passing(name)
    filler = threading.Thread(target=passing.fill_silence, daemon=True)
    filler.start()
    passing.pass_on(reading)
    code = process.wait()
    passing.over.set()
    filler.join()
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
