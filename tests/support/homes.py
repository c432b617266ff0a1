"""A home in which the service has run once: its first start takes longer than all later ones."""

import fcntl
import os
import subprocess
from pathlib import Path

from tests.support import databases, loopback, runs


def copy_used_home(to: Path) -> Path:
    """Copy the used home of this test run; whoever asks first, of all workers, has it made."""
    folder = Path(os.environ[databases.RUN].partition(":")[2])
    with open(folder / "home.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "home.made").exists():
            with runs.running(folder / "home", loopback.free_port(), folder / "home.log"):
                pass
            runs.wait_until_gone(folder / "home")
            (folder / "home.made").touch()
    # By cp, since shutil forgets whose the files are.
    subprocess.run(["/bin/cp", "-a", folder / "home", to], check=True)
    return to
