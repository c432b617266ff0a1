"""What a process that serves does not load before somebody asks for it."""

import subprocess
import sys

LATER = ("lxml", "docx", "openpyxl", "pdfplumber", "rapidfuzz", "alembic")
"""Libraries that read and write files, compare names and migrate: 20 MB and more together."""
LOADED = f"""
import sys
import app.cli.serve, app.main
print(*(name for name in {LATER!r} if name in sys.modules))
"""


def test_a_serving_process_loads_no_library_of_files() -> None:
    done = subprocess.run(
        [sys.executable, "-c", LOADED], capture_output=True, text=True, check=True
    )

    assert done.stdout.split() == []
