"""Reading a plan's file in a process of its own, which gets the names of the day that it asks for.

Nothing that a file makes a reader do happens in this process: neither its bytes are taken apart
here nor its names compared.
"""

import json
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from app.documents.agency_names import KnownName
from app.documents.confined.limited_process import LimitedProcess, limited_process, turn
from app.documents.confined.limits import MAX_FILE_BYTES, cpu_seconds, too_large, too_much_work
from app.documents.files.conversion import converted
from app.errors import FileTooLargeError, Text, TrackerError, UnreadableFileError

MOST_SECONDS, CLOCK_OVER_CPU = 60, 5
"""By the clock a reader has several times its CPU time, since it yields to whoever waits."""
MAX_ANSWER_BYTES = 12 * 1024 * 1024
REFUSALS: dict[str, type[TrackerError]] = {
    one.code: one for one in (UnreadableFileError, FileTooLargeError)
}
_ROOT = Path(__file__).parents[3]
_READER = (sys.executable, "-P", "-m", "app.domain.plans.read_alone")
_BROKEN = Text(
    "Không đọc được tệp này; hãy mở lại, lưu thành .docx và gửi lại.",
    "This file cannot be read; open it, save it as .docx and send it again.",
)


@dataclass(frozen=True, slots=True)
class DayNames:
    """The names that a cell may use on a day; `labels` are those of agencies and collectives by
    their codes."""

    names: Sequence[KnownName]
    labels: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Understood:
    """A file as it was understood. `reading` is the answer of an import; `groups` has for each of
    its rows the index of the group over it."""

    media_type: str
    reading: dict[str, Any]
    groups: list[int | None]


NamesOn = Callable[[date], Awaitable[DayNames]]


async def understand_apart(
    content: bytes, *, file_name: str, as_of: date | None, today: date, names_on: NamesOn
) -> Understood:
    """Read a plan's file with the agency names of its own day, or of *as_of*.

    Raises `UnreadableFileError` or `FileTooLargeError`, which is also the refusal of a file that
    takes too much work.
    """
    if len(content) > MAX_FILE_BYTES:
        raise too_large()
    async with turn():
        source = await converted(content, file_name=file_name)
        asked = {
            "file_name": source.file_name,
            "size": len(source.content),
            "as_of": as_of and as_of.isoformat(),
            "today": today.isoformat(),
        }
        async with limited_process(
            *_READER,
            seconds=min(MOST_SECONDS, CLOCK_OVER_CPU * cpu_seconds(len(source.content))),
            environment={"PYTHONPATH": str(_ROOT)},
        ) as process:
            answer = await _talk(process, asked, source.content, names_on)
    return Understood(
        source.media_type or answer["media_type"], answer["reading"], answer["groups"]
    )


async def _talk(
    process: LimitedProcess, asked: dict[str, Any], content: bytes, names_on: NamesOn
) -> dict[str, Any]:
    await process.say(_line(asked) + content)
    first = await process.stdout.readline()
    if not first.endswith(b"\n"):
        raise await _failure(process)
    said = json.loads(first)
    if "refused" in said:
        raise REFUSALS[said["refused"]](Text(said["vi"], said["en"]))
    known = await names_on(date.fromisoformat(said["day"]))
    names = [(one.code, one.kind, one.name, one.level) for one in known.names]
    await process.say(_line({"names": names, "labels": dict(known.labels)}))
    answer = bytearray()
    while chunk := await process.stdout.read(1024 * 1024):
        answer += chunk
        if len(answer) > MAX_ANSWER_BYTES:
            raise too_much_work()
    if await process.wait():
        raise await _failure(process)
    found: dict[str, Any] = json.loads(answer)
    return found


def _line(said: dict[str, Any]) -> bytes:
    return json.dumps(said, ensure_ascii=False).encode() + b"\n"


async def _failure(process: LimitedProcess) -> TrackerError:
    """The failure by the exit code: ended by a signal, its CPU time was over; by itself, it ran out
    of memory or stumbled."""
    return too_much_work() if await process.wait() < 0 else UnreadableFileError(_BROKEN)
