"""The time that a request may take, by one timer instead of two nested ones of asyncio."""

import asyncio
from types import TracebackType
from typing import Self

CLEANING_UP = 2.0
"""The seconds that a request has to end its work, once it is out of time."""


class TimeLimit:
    """Cancels the task inside after *seconds*, and once more where its end takes too long.

    It raises `TimeoutError` as `asyncio.timeout` does, and leaves a cancellation by others as it
    is. The second cancellation is for a rollback that waits for a silent database.
    """

    __slots__ = ("_cancelled", "_known", "_seconds", "_task", "_timer")

    _task: asyncio.Task[object]

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._cancelled = 0

    def __enter__(self) -> Self:
        task = asyncio.current_task()
        if task is None:
            raise RuntimeError("A time limit holds for a task.")
        self._task = task
        self._known = task.cancelling()
        self._timer = asyncio.get_running_loop().call_later(self._seconds, self._cancel)
        return self

    def _cancel(self) -> None:
        self._cancelled += 1
        self._task.cancel()
        if self._cancelled == 1:
            self._timer = asyncio.get_running_loop().call_later(CLEANING_UP, self._cancel)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        self._timer.cancel()
        if not self._cancelled:
            return
        for _cancellation in range(self._cancelled):
            left = self._task.uncancel()
        if left <= self._known and kind is not None and issubclass(kind, asyncio.CancelledError):
            raise TimeoutError from error
