"""Work on many rows, each by itself: a failure of one does not stop the others."""

import uuid
from collections.abc import Awaitable, Callable, Sequence

from app.logs import get_logger

logger = get_logger("tiendo.worker")


class SomeFailedError(Exception):
    """Work on some rows failed; the log names each with its reason, and the rest is done."""


async def do_each(
    ids: Sequence[uuid.UUID],
    work: Callable[[uuid.UUID], Awaitable[int]],
    *,
    noun: str,
    failure: str,
) -> int:
    """Do *work* on each id, which answers a number; answers the sum.

    Raises `SomeFailedError` at the end if one failed; *failure* is its event in the log.
    """
    done, failed = 0, 0
    for one in ids:
        try:
            done += await work(one)
        except Exception:
            failed += 1
            logger.exception(failure, **{f"{noun}_id": str(one)})
    if failed:
        raise SomeFailedError(f"{failure}: {failed} of {len(ids)}")
    return done
