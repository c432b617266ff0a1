"""Failed logins: counted by client and by address, so that nobody tries secrets without end."""

import math
import time
from collections import deque

from prometheus_client import CollectorRegistry, Counter

from app.auth.fair_use import TooManyRequestsError

SECONDS = 60.0
OF_A_CLIENT = 10
"""Failures with one client's name from one address within that time, after which others wait."""
OF_AN_ADDRESS = 50
"""Failures from one address with whatever names; many systems may stand behind one."""
MAX_KNOWN = 10_000


class FailedLogins:
    """The failures that one process saw lately.

    A client is counted by its address, so that nobody locks it out from elsewhere.
    """

    def __init__(self, registry: CollectorRegistry) -> None:
        self._seen: dict[tuple[str, str], deque[float]] = {}
        self._total = Counter(
            "tiendo_failed_logins", "Failed logins of this process.", registry=registry
        )

    def require_few(self, address: str, name: str) -> None:
        """Raise `TooManyRequestsError` where too many have failed, before anything is compared."""
        now = time.monotonic()
        for key, limit in (((address, name), OF_A_CLIENT), ((address, ""), OF_AN_ADDRESS)):
            failed = self._seen.get(key, deque())
            while failed and failed[0] <= now - SECONDS:
                failed.popleft()
            if len(failed) >= limit:
                wait = max(1, math.ceil(failed[0] + SECONDS - now))
                refusal = TooManyRequestsError(wait)
                refusal.headers = {"Retry-After": str(wait)}
                raise refusal

    def add(self, address: str, name: str) -> None:
        """Count one failure."""
        self._total.inc()
        if len(self._seen) >= MAX_KNOWN:
            self._seen.clear()
        for key in {(address, name), (address, "")}:
            self._seen.setdefault(key, deque(maxlen=OF_AN_ADDRESS)).append(time.monotonic())
