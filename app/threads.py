"""Work in a thread that ends when its request does.

A thread goes on when whoever waits for it is out of time, and would keep its processor and its
memory for nobody.
"""

import asyncio
import ctypes
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Generic, ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")
_threads = ThreadPoolExecutor(4, thread_name_prefix="work")
"""The pool of as many threads as are worth their switching: their work holds the interpreter."""


class _StoppedError(BaseException):
    """Nobody waits for the work any more; nothing but the end of the thread's work catches it."""


class _Work(Generic[R]):
    """One call in a thread, which can be stopped while it runs and not a moment longer."""

    def __init__(self, call: Callable[[], R]) -> None:
        self._call = call
        self._lock = threading.Lock()
        self._thread: int | None = None
        self._is_stopped = False

    def run(self) -> R:
        """The call's result; raises `_StoppedError` where it was stopped."""
        with self._lock:
            if self._is_stopped:
                raise _StoppedError
            self._thread = threading.get_ident()
        try:
            return self._call()
        finally:
            with self._lock:
                self._thread = None

    def stop(self) -> None:
        """End the call at its next step in Python; a step in C goes on to its end."""
        with self._lock:
            self._is_stopped = True
            if self._thread is not None:
                ctypes.pythonapi.PyThreadState_SetAsyncExc(
                    ctypes.c_ulong(self._thread), ctypes.py_object(_StoppedError)
                )


async def in_thread(function: Callable[P, R], *given: P.args, **more: P.kwargs) -> R:
    """Call *function* in a thread, which is stopped when the caller is cancelled; return its
    result.

    The caller goes on once the thread has ended, so that whatever it guards is still guarded.
    """
    work = _Work(lambda: function(*given, **more))
    running = asyncio.get_running_loop().run_in_executor(_threads, work.run)
    try:
        return await asyncio.shield(running)
    except asyncio.CancelledError:
        work.stop()
        await asyncio.gather(running, return_exceptions=True)
        raise
