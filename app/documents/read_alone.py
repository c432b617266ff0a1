"""Reads one plan file in a process of its own: `python -m app.documents.read_alone`.

On the standard input: the file's name in one line of JSON, then its bytes. On the standard output:
the document, or the refusal, as JSON. Whatever a hostile file makes a reader do ends with this
process: it has little CPU time and memory, writes no file and opens no connection.
"""

import ctypes
import json
import os
import resource
import sys
from typing import Any

from app.documents.plan_table import read_plan_document
from app.documents.reader_answers import DOCUMENT, REFUSALS

CPU_SECONDS = 20
MEMORY_BYTES = 1024 * 1024 * 1024
_CLONE_NEWUSER, _CLONE_NEWNET = 0x10000000, 0x40000000


def main() -> None:
    """Limit this process, then read what is on its standard input."""
    _give_up_network()
    _give_up_the_rest()
    header, _, content = sys.stdin.buffer.read().partition(b"\n")
    sys.stdout.buffer.write(_answer(json.loads(header), content))


def _answer(file_name: str, content: bytes) -> bytes:
    try:
        return DOCUMENT.dump_json(read_plan_document(content, file_name=file_name))
    except tuple(REFUSALS.values()) as error:
        return json.dumps({"refused": error.code, **error.detail._asdict()}).encode()


def _give_up_network() -> None:
    """An own network without devices where the kernel lets everybody have one; no sockets of
    Python's in any case."""
    ctypes.CDLL(None, use_errno=True).unshare(_CLONE_NEWUSER | _CLONE_NEWNET)
    sys.addaudithook(_refuse_sockets)


def _refuse_sockets(event: str, _: tuple[Any, ...]) -> None:
    if event.startswith(("socket.", "subprocess.", "os.exec", "os.fork", "os.posix_spawn")):
        raise PermissionError(event)


def _give_up_the_rest() -> None:
    os.nice(5)  # whoever waits for an answer comes before files
    for limit, most in (
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_AS, MEMORY_BYTES),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(limit, (most, most))


if __name__ == "__main__":
    main()
