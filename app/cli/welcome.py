"""What a run says once it answers."""

import shlex

from app.home.folder import Home

PICK = (
    "import json, sys; "
    'c = next(c for c in json.load(open(sys.argv[1], encoding=\'utf-8\')) if sys.argv[2] in c["roles"]); '
    'print(c["client_id"] + ":" + c["client_secret"])'
)


def text(home: Home, host: str, port: int) -> str:
    """Where to look, and one command that works by copy and paste."""
    base = f"http://{f'[{host}]' if ':' in host else host}:{port}"
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
    return "\n".join([*lines, f"  Nhật ký / Logs: {home.logs}", ""])


def _token_command(home: Home, base: str) -> str:
    pick = shlex.join(["python3", "-c", PICK, str(home.sample_clients), "reader"])
    return f'curl -s -d grant_type=client_credentials -u "$({pick})" {base}/oauth/token'
