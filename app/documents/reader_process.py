"""Starting the process that reads a file, and judging how it ended."""

import asyncio
import json
import os
import signal
import sys
from dataclasses import replace
from pathlib import Path

from app.documents.conversion import converted
from app.documents.limits import MAX_FILE_BYTES, too_large, too_much_work
from app.documents.plan_rows import PlanDocument
from app.documents.reader_answers import DOCUMENT, REFUSALS
from app.errors import Text, UnreadableFileError

SECONDS = 60  # by the clock; of CPU it has less
MAX_ANSWER_BYTES = 32 * 1024 * 1024
_ROOT = Path(__file__).parents[2]
_BROKEN = Text(
    "Không đọc được tệp này; hãy mở lại, lưu thành .docx và gửi lại.",
    "This file cannot be read; open it, save it as .docx and send it again.",
)


async def read_plan_apart(content: bytes, *, file_name: str) -> PlanDocument:
    """Read a plan's file in a process of its own. Raises `UnreadableFileError` or
    `FileTooLargeError`, which is also the refusal of a file that takes too much work."""
    if len(content) > MAX_FILE_BYTES:
        raise too_large()
    source = await converted(content, file_name=file_name)
    answer = await run_limited(
        [sys.executable, "-P", "-m", "app.documents.read_alone"],
        json.dumps(source.file_name).encode() + b"\n" + source.content,
        seconds=SECONDS,
    )
    if answer.startswith(b'{"refused"'):
        refused = json.loads(answer)
        raise REFUSALS[refused["refused"]](Text(refused["vi"], refused["en"]))
    document = DOCUMENT.validate_json(answer)
    return replace(document, media_type=source.media_type or document.media_type)


async def run_limited(command: list[str], given: bytes, *, seconds: float) -> bytes:
    """What a command answers to its standard input. It sees nothing of this process's settings,
    and is killed when its time is over. Raises as `read_plan_apart` does."""
    process = await asyncio.create_subprocess_exec(
        *command,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env={"PYTHONPATH": str(_ROOT), "LANG": "C.UTF-8", "PATH": os.defpath},
        start_new_session=True,
    )
    try:
        answer, _ = await asyncio.wait_for(process.communicate(given), seconds)
    except TimeoutError:
        raise too_much_work() from None
    finally:
        if process.returncode is None:
            os.killpg(process.pid, signal.SIGKILL)
            await process.wait()
    if process.returncode:
        # By signal: its CPU time was over. By itself: it ran out of memory or stumbled.
        raise too_much_work() if process.returncode < 0 else UnreadableFileError(_BROKEN)
    if len(answer) > MAX_ANSWER_BYTES:
        raise too_much_work()
    return answer
