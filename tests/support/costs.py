"""What a computation costs beside another one: seconds alone say more of the machine."""

import time
from collections.abc import Callable

_ROUNDS = 2


def times_as_dear(work: Callable[[], object], other: Callable[[], object]) -> float:
    """How many times the processor seconds of `other` those of `work` are: of each the least of
    its rounds, taken in turns, so that a slow moment of the machine touches both."""
    both = [(_seconds(work), _seconds(other)) for _ in range(_ROUNDS)]
    return min(one for one, _ in both) / min(one for _, one in both)


def _seconds(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began
