"""The allowance of each client, so that a loud one slows nobody but itself.

Three limits: the requests of a client over time and the bytes that it sends to be stored, both
counted in the database for all processes; and the number of its requests that a process works on at
once, the rest of which wait for one another.
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
from app.queries.access.allowances import Allowance, pay, seconds_ahead
from app.reading import SqlReader

KILOBYTE = 1024
STORED_SECONDS = 7 * 24 * 3600
"""The time in which the whole allowance of stored bytes comes back: a stored answer lives as
long."""
LEASES = 50
"""Units are taken from the database in leases of this part of the burst: one write for many."""


@dataclass(slots=True)
class ClientAccount:
    """This process's part of one client's allowance, and the rest as it last saw it."""

    units: int = 0
    ahead: float = 0.0
    seen: float = 0.0
    leasing: asyncio.Lock = field(default_factory=asyncio.Lock)


class TooManyRequestsError(TrackerError):
    """The client has used up its requests; `Retry-After` has the seconds until it may come
    again."""

    status = HTTPStatus.TOO_MANY_REQUESTS
    code = "too_many_requests"
    title = Text("Vượt số lượt gọi cho phép", "Too many requests")

    def __init__(self, wait: int, detail: Text | None = None) -> None:
        """Refuse until *wait* seconds have passed."""
        super().__init__(
            detail
            or Text(
                f"Hệ thống đã vượt số lượt gọi cho phép; hãy thử lại sau {wait} giây.",
                f"The client asks for too much; try again in {wait} seconds.",
            )
        )
        self.headers["Retry-After"] = str(wait)
        self.account = ClientAccount()


class StorageUsedUpError(TooManyRequestsError):
    """The client has sent all that is stored for it for now; `Retry-After` has the seconds until it
    may go on."""

    code = "storage_used_up"
    title = Text("Vượt dung lượng lưu trữ cho phép", "Storage used up")

    def __init__(self, wait: int) -> None:
        """Refuse until *wait* seconds have passed."""
        super().__init__(
            wait,
            Text(
                "Hệ thống đã gửi quá dung lượng được lưu trong một tuần;"
                f" hãy thử lại sau {wait} giây.",
                f"The client has sent more than is stored in a week; try again in {wait} seconds.",
            ),
        )


class Leases:
    """This process's leases of one allowance: so many units at once, and so many a second."""

    def __init__(
        self,
        allowance: Allowance,
        refusal: type[TooManyRequestsError],
        *,
        rate: float,
        burst: int,
    ) -> None:
        self.rate = rate
        self.burst = burst
        self._allowance = allowance
        self._refusal = refusal
        self._accounts: dict[uuid.UUID, ClientAccount] = defaultdict(ClientAccount)

    async def spend(self, reader: SqlReader, client_id: uuid.UUID, units: int) -> ClientAccount:
        """Take *units* of a client's allowance, or raise the refusal."""
        account = self._accounts[client_id]
        units = min(units, self.burst)
        async with account.leasing:
            if account.units < units:
                await self._lease(reader, client_id, account, units)
            account.units -= units
        return account

    def left(self, account: ClientAccount) -> tuple[int, int]:
        """The units that are left, and the seconds until all are."""
        ahead = max(0.0, account.ahead - (time.monotonic() - account.seen))
        left = int(self.burst - ahead * self.rate) + account.units
        return max(0, min(left, self.burst)), math.ceil(ahead)

    async def _lease(
        self, reader: SqlReader, client_id: uuid.UUID, account: ClientAccount, units: int
    ) -> None:
        window = self.burst / self.rate
        missing = units - account.units
        for wanted in dict.fromkeys((max(missing, self.burst // LEASES), missing)):
            cost = wanted / self.rate
            ahead = await pay(reader, self._allowance, client_id, cost=cost, window=window)
            if ahead is not None:
                account.units += wanted
                account.ahead, account.seen = ahead, time.monotonic()
                return
        ahead = await seconds_ahead(reader, self._allowance, client_id)
        account.ahead, account.seen = ahead, time.monotonic()
        refusal = self._refusal(max(1, math.ceil(ahead + missing / self.rate - window)))
        refusal.account = account
        raise refusal


class FairUse:
    """The limits of one process; 0 in the settings switches one off."""

    def __init__(self, settings: Settings) -> None:
        self.policy = ""
        self._requests: Leases | None = None
        if settings.rate_per_second:
            rate, burst = settings.rate_per_second, settings.rate_burst
            self._requests = Leases(
                Allowance.REQUESTS, TooManyRequestsError, rate=rate, burst=burst
            )
            self.policy = f'"client";q={burst};w={math.ceil(burst / rate)}'
        self._storage: Leases | None = None
        if kilobytes := settings.stored_bytes // KILOBYTE:
            self._storage = Leases(
                Allowance.STORAGE,
                StorageUsedUpError,
                rate=kilobytes / STORED_SECONDS,
                burst=kilobytes,
            )
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
        """Pay for a request that costs *units*, or raise `TooManyRequestsError`. Returns the
        headers of draft-ietf-httpapi-ratelimit-headers with the rest of the allowance."""
        if self._requests is None:
            return {}
        try:
            account = await self._requests.spend(reader, client_id, units)
        except TooManyRequestsError as refusal:
            refusal.headers |= self._headers(self._requests, refusal.account)
            raise
        return self._headers(self._requests, account)

    async def store(self, reader: SqlReader, client_id: uuid.UUID, size: int) -> None:
        """Pay for *size* bytes that are sent or kept, or raise `StorageUsedUpError`."""
        if self._storage is not None and size > 0:
            await self._storage.spend(reader, client_id, math.ceil(size / KILOBYTE))

    def _headers(self, requests: Leases, account: ClientAccount) -> dict[str, str]:
        left, seconds = requests.left(account)
        return {
            "RateLimit-Policy": self.policy,
            "RateLimit": f'"client";r={left};t={seconds}',
        }
