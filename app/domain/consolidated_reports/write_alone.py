"""Writes one file of a report in a process of its own: `python -m …write_alone`.

On the standard input: what is asked for in one line of JSON, then the frozen content. On the
standard output: the file. It ends with `BROKEN` where the content is not what was frozen.
"""

import hashlib
import sys

from app.documents.confined.limited import limit
from app.domain.consolidated_reports.content import ReportContent
from app.domain.consolidated_reports.forms import BROKEN, FileAsked
from app.domain.consolidated_reports.written import write_file

CPU_SECONDS = 240
MEMORY_BYTES = 2 * 1024 * 1024 * 1024
FILE_BYTES = 512 * 1024 * 1024
"""The most bytes that a workbook's rows may take on the disk before it is packed."""


def main() -> None:
    """Limit this process, then write the file that its standard input asks for."""
    limit(cpu_seconds=CPU_SECONDS, memory_bytes=MEMORY_BYTES, file_bytes=FILE_BYTES)
    asked = FileAsked.model_validate_json(sys.stdin.buffer.readline())
    text = sys.stdin.buffer.read()
    if hashlib.sha256(text).hexdigest() != asked.sha256:
        sys.exit(BROKEN)
    content = ReportContent.read(text)
    del text
    sys.stdout.buffer.write(write_file(content, asked.signing, asked.form, asked.template))


if __name__ == "__main__":
    main()
