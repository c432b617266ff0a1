"""One thing after another: whatever is wrong with one of them, the others are done."""

import uuid
from collections.abc import Awaitable, Callable, Sequence

import structlog

logger = structlog.get_logger("tiendo.worker")


class SomeFailedError(Exception):
    """Some could not be done; the log says which and why, and the rest is done."""


async def do_each(
    ids: Sequence[uuid.UUID],
    work: Callable[[uuid.UUID], Awaitable[int]],
    *,
    noun: str,
    failure: str,
) -> int:
    """Do the *work* on each of these nouns; answers the sum of what it answers.

    Each is a transaction of its own. Raises `SomeFailedError` at the end if one failed.
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
