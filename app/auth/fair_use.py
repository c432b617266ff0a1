"""The allowance of each client, so that a loud one slows nobody but itself.

Two limits: what a client may ask for over time, counted in the database for all processes; and how
many of its requests a process works on at once, the rest of which wait for one another.
"""

import asyncio
import math
import time
import uuid
from collections import defaultdict
from dataclasses import dataclass, field
from http import HTTPStatus

from app.config import Settings
from app.errors import Text, TrackerError
from app.queries.access.allowances import pay, seconds_ahead
from app.reading import SqlReader

LEASES = 50
"""Units are taken from the database in leases of this part of the burst: one write for many."""


class TooManyRequestsError(TrackerError):
    """The client has used up what it may ask for; `Retry-After` says when to come again."""

    status = HTTPStatus.TOO_MANY_REQUESTS
    code = "too_many_requests"
    title = Text("Vượt số lượt gọi cho phép", "Too many requests")

    def __init__(self, wait: int) -> None:
        """Refuse until *wait* seconds have passed."""
        super().__init__(
            Text(
                f"Hệ thống đã vượt số lượt gọi cho phép; hãy thử lại sau {wait} giây.",
                f"The client asks for too much; try again in {wait} seconds.",
            )
        )


@dataclass(slots=True)
class Account:
    """This process's part of one client's allowance, and the rest as it last saw it."""

    units: int = 0
    ahead: float = 0.0
    seen: float = 0.0
    leasing: asyncio.Lock = field(default_factory=asyncio.Lock)


class FairUse:
    """The limits of one process; `rate_per_second` 0 in the settings switches the first off."""

    def __init__(self, settings: Settings) -> None:
        self.rate = settings.rate_per_second
        self.burst = settings.rate_burst
        self.policy = ""
        if self.rate:
            self.policy = f'"client";q={self.burst};w={math.ceil(self.burst / self.rate)}'
        self._accounts: dict[uuid.UUID, Account] = defaultdict(Account)
        turns = settings.client_turns
        self._turns: dict[uuid.UUID, asyncio.Semaphore] = defaultdict(
            lambda: asyncio.Semaphore(turns)
        )

    def turns(self, client_id: uuid.UUID) -> asyncio.Semaphore:
        """The turns of a client in this process: who has none waits, and holds no connection."""
        return self._turns[client_id]

    async def spend(
        self, reader: SqlReader, client_id: uuid.UUID, units: int = 1
    ) -> dict[str, str]:
        """Pay for a request that costs *units*, or raise `TooManyRequestsError`.

        Returns the headers of draft-ietf-httpapi-ratelimit-headers that say what is left.
        """
        if not self.rate:
            return {}
        account = self._accounts[client_id]
        units = min(units, self.burst)
        async with account.leasing:
            if account.units < units:
                await self._lease(reader, client_id, account, units)
            account.units -= units
        return self._headers(account)

    async def _lease(
        self, reader: SqlReader, client_id: uuid.UUID, account: Account, units: int
    ) -> None:
        window = self.burst / self.rate
        missing = units - account.units
        for wanted in dict.fromkeys((max(missing, self.burst // LEASES), missing)):
            ahead = await pay(reader, client_id, cost=wanted / self.rate, window=window)
            if ahead is not None:
                account.units += wanted
                account.ahead, account.seen = ahead, time.monotonic()
                return
        ahead = await seconds_ahead(reader, client_id)
        account.ahead, account.seen = ahead, time.monotonic()
        raise self._refusal(account, ahead + missing / self.rate - window)

    def _refusal(self, account: Account, seconds: float) -> TooManyRequestsError:
        wait = max(1, math.ceil(seconds))
        refusal = TooManyRequestsError(wait)
        refusal.headers = {"Retry-After": str(wait), **self._headers(account)}
        return refusal

    def _headers(self, account: Account) -> dict[str, str]:
        ahead = max(0.0, account.ahead - (time.monotonic() - account.seen))
        left = int(self.burst - ahead * self.rate) + account.units
        return {
            "RateLimit-Policy": self.policy,
            "RateLimit": f'"client";r={max(0, min(left, self.burst))};t={math.ceil(ahead)}',
        }
