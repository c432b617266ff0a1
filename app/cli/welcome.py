"""The text that a run prints once it answers."""

import os
import shlex
import sys
from pathlib import Path

from app.cli.listen import base_url
from app.home.folder import Home

PICK = (
    "import json, sys; "
    'c = next(c for c in json.load(open(sys.argv[1], "rb")) if sys.argv[2] in c["roles"]); '
    'print(c["client_id"] + ":" + c["client_secret"])'
)


def text(home: Home, host: str, port: int) -> str:
    """The addresses to look at, and one command that works by copy and paste."""
    base = base_url(host, port)
    lines = [
        "",
        "tiendo đang chạy; Ctrl-C để dừng. / tiendo is running; Ctrl-C stops it.",
        f"  Swagger UI: {base}/docs",
    ]
    if home.sample_clients.exists():
        lines += [
            f"  Tài khoản mẫu / Sample clients: {home.sample_clients}",
            "  Thử lấy một token: / Try to get a token:",
            f"    {_token_command(home, base)}",
        ]
    else:
        lines += ["  Thử: / Try:", f"    curl {base}/readyz"]
    lines += [f"  Lệnh / Commands: {_command()} --help", f"  Nhật ký / Logs: {home.logs}", ""]
    return "\n".join(lines)


def _command() -> str:
    """The word by which this terminal calls `tiendo`."""
    command = str(Path(sys.executable).parent / "tiendo")
    inside = os.path.relpath(command)
    return shlex.quote(command if inside.startswith(os.pardir) else inside)


def _token_command(home: Home, base: str) -> str:
    pick = shlex.join(["python3", "-c", PICK, str(home.sample_clients), "reader"])
    return f'curl -s -d grant_type=client_credentials -u "$({pick})" {base}/oauth/token'
