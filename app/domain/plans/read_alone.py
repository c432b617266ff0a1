"""Reads one plan file in a process of its own: `python -m app.domain.plans.read_alone`.

On the standard input: a line of JSON with the file's name and size, then its bytes. On the standard
output: the day whose names the file uses, or the refusal. Then the names of that day on the input,
and what was understood on the output, as JSON. Whatever a hostile file makes a reader do ends with
this process: it has little CPU time and memory, writes no file and opens no connection.
"""

import json
import sys
from datetime import date
from typing import Any

from app.documents.agency_names import KnownName, NameBook, NamedKind
from app.documents.confined.limited import limit
from app.documents.confined.limits import cpu_seconds
from app.documents.tables.plan_rows import PlanDocument
from app.documents.tables.plan_table import read_plan_document
from app.domain.plans.reading_json import describe_reading, groups_of
from app.domain.plans.readings import day_of, read_plan
from app.errors import FileTooLargeError, UnreadableFileError

MEMORY_BYTES = 1024 * 1024 * 1024


def main() -> None:
    """Limit this process by the size of the file, before a byte of that is read."""
    asked = json.loads(sys.stdin.buffer.readline())
    limit(cpu_seconds=cpu_seconds(asked["size"]), memory_bytes=MEMORY_BYTES)
    content = sys.stdin.buffer.read(asked["size"])
    try:
        document = read_plan_document(content, file_name=asked["file_name"])
    except (UnreadableFileError, FileTooLargeError) as error:
        _say({"refused": error.code, **error.detail._asdict()})
        return
    as_of = date.fromisoformat(asked["as_of"]) if asked["as_of"] else None
    day = day_of(document, as_of=as_of, today=date.fromisoformat(asked["today"]))
    _say({"day": day.isoformat()})
    _say(_understood(document, day, json.loads(sys.stdin.buffer.readline())))


def _understood(document: PlanDocument, day: date, known: dict[str, Any]) -> dict[str, Any]:
    names = (
        KnownName(code, NamedKind(kind), name, level) for code, kind, name, level in known["names"]
    )
    book = NameBook(names)
    reading = read_plan(document, book, as_of=day)
    return {
        "media_type": document.media_type,
        "reading": describe_reading(reading, book, known["labels"]),
        "groups": groups_of(reading),
    }


def _say(said: dict[str, Any]) -> None:
    sys.stdout.buffer.write(json.dumps(said, ensure_ascii=False).encode() + b"\n")
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
