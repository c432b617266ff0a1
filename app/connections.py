"""Sharing the connections of a process among the requests of its clients.

Whoever asks first is served first, but a client that holds none comes before those that hold some,
and a few connections are kept for such clients: so none can take all, and one alone has nearly all.
"""

import asyncio
import enum
from collections import Counter
from collections.abc import Hashable
from contextvars import ContextVar
from dataclasses import dataclass
from typing import NamedTuple

RESERVE = 2
"""Connections beyond the others, for clients that hold none."""


@dataclass(slots=True)
class Holder:
    """One request: whose it is, once that is known, and how many connections it holds."""

    client: Hashable = None
    held: int = 0
    request_id: str | None = None


HOLDER: ContextVar[Holder | None] = ContextVar("holder", default=None)
"""The request that is being worked on; None in the worker and in commands."""


class TurnKind(enum.Enum):
    """The part of the budget from which a turn was taken."""

    COMMON = enum.auto()
    RESERVED = enum.auto()
    SECOND = enum.auto()
    """A turn of a request that holds another: waiting for it, requests would wait for one
    another."""


class Turn(NamedTuple):
    """One connection that may be used."""

    holder: Holder
    client: Hashable
    kind: TurnKind


class Budget:
    """The number of connections that may be used at once: *size* by anybody, and a reserve."""

    def __init__(self, size: int, reserve: int = RESERVE) -> None:
        self._common = size
        self._reserved = reserve
        self._held: Counter[Hashable] = Counter()
        self._waiting: list[tuple[Holder, asyncio.Future[Turn]]] = []

    async def take(self) -> Turn:
        """Wait for a turn."""
        holder = HOLDER.get() or Holder()
        if holder.held:
            return self._give(holder, TurnKind.SECOND)
        kind = self._free_for(holder.client)
        if kind is not None:
            return self._give(holder, kind)
        future: asyncio.Future[Turn] = asyncio.get_running_loop().create_future()
        self._waiting.append((holder, future))
        try:
            return await future
        except asyncio.CancelledError:
            if (holder, future) in self._waiting:
                self._waiting.remove((holder, future))
            elif not future.cancelled():
                self.give_back(future.result())
            raise

    def give_back(self, turn: Turn) -> None:
        """End a turn, and let those begin that can."""
        turn.holder.held -= 1
        self._held[turn.client] -= 1
        if turn.kind is TurnKind.COMMON:
            self._common += 1
        elif turn.kind is TurnKind.RESERVED:
            self._reserved += 1
        self._wake()

    def _wake(self) -> None:
        while self._waiting:
            # The first of those whose clients hold the fewest.
            waiter = min(self._waiting, key=lambda one: self._held[one[0].client])
            holder, future = waiter
            kind = self._free_for(holder.client)
            if kind is None:
                return
            self._waiting.remove(waiter)
            # One that was cancelled a moment ago has not taken itself out yet.
            if not future.done():
                future.set_result(self._give(holder, kind))

    def _free_for(self, client: Hashable) -> TurnKind | None:
        if self._common:
            return TurnKind.COMMON
        return TurnKind.RESERVED if self._reserved and not self._held[client] else None

    def _give(self, holder: Holder, kind: TurnKind) -> Turn:
        holder.held += 1
        self._held[holder.client] += 1
        if kind is TurnKind.COMMON:
            self._common -= 1
        elif kind is TurnKind.RESERVED:
            self._reserved -= 1
        return Turn(holder, holder.client, kind)
