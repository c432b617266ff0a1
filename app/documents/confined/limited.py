"""The privileges and resources that a process gives up before it reads or writes one file."""

import ctypes
import resource
import sys
from typing import Any

_CLONE_NEWUSER, _CLONE_NEWNET = 0x10000000, 0x40000000


def limit(*, cpu_seconds: int, memory_bytes: int, file_bytes: int = 0) -> None:
    """Take network and other programs from this process, and limit its CPU time, its memory and the
    bytes of its files."""
    _give_up_network()
    for what, most in (
        (resource.RLIMIT_CPU, cpu_seconds),
        (resource.RLIMIT_AS, memory_bytes),
        (resource.RLIMIT_FSIZE, file_bytes),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))


def _give_up_network() -> None:
    """An own network without devices where the kernel lets everybody have one; no sockets of
    Python's in any case."""
    ctypes.CDLL(None, use_errno=True).unshare(_CLONE_NEWUSER | _CLONE_NEWNET)
    sys.addaudithook(_refuse_sockets)


def _refuse_sockets(event: str, _: tuple[Any, ...]) -> None:
    if event.startswith(("socket.", "subprocess.", "os.exec", "os.fork", "os.posix_spawn")):
        raise PermissionError(event)
