"""Taking a port."""

import errno
import os
import socket

from app.home.errors import StartError

BACKLOG = 2048


def bind(host: str, port: int) -> socket.socket:
    """Take the port, so that nobody else can; it answers only after `listen`."""
    try:
        family, kind, _, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        taken = socket.socket(family, kind)
        # Or the last run's closed connections would keep us off for a minute.
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind(address)
    except OSError as error:
        raise _refusal(host, port, error) from None
    return taken


def base_url(host: str, port: int) -> str:
    """The address of who listens there, without a slash at the end."""
    return f"http://{f'[{host}]' if ':' in host else host}:{port}"


def local_host() -> str:
    """The address at which this machine reaches itself: IPv4's, or IPv6's where there is none."""
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", 0))
        except OSError:
            return "::1"
    return "127.0.0.1"


def listen(taken: socket.socket) -> None:
    """Start to answer on a port that was taken."""
    try:
        taken.listen(BACKLOG)
    except OSError as error:
        host, port, *_ = taken.getsockname()
        raise _refusal(host, port, error) from None


def _refusal(host: str, port: int, error: OSError) -> StartError:
    if error.errno == errno.EADDRINUSE:
        return StartError(
            f"Cổng {port} trên {host} đang được chương trình khác sử dụng: "
            "hãy chọn cổng khác bằng TIENDO_PORT.",
            f"Port {port} on {host} is in use by another program: "
            "choose another one with TIENDO_PORT.",
        )
    reason = os.strerror(error.errno) if error.errno and error.errno > 0 else str(error.strerror)
    return StartError(
        f"Không mở được cổng {port} trên {host} ({reason}).",
        f"Port {port} on {host} can't be opened ({reason}).",
    )
