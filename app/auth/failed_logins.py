"""Failed logins: counted by client and by address, so that nobody tries secrets without end."""

import hashlib
from collections.abc import Mapping
from functools import lru_cache
from ipaddress import IPv6Address, ip_address, ip_network

from prometheus_client import CollectorRegistry, Counter

from app.queries.access.failed_logins import count_failure
from app.reading import SqlReader

SECONDS = 60.0
OF_A_CLIENT = 10
"""Failures with one client's name from one address within that time, after which others wait."""
OF_AN_ADDRESS = 50
"""Failures from one address with whatever names; many systems may stand behind one."""
NETWORK_BITS = 64
"""The prefix of an IPv6 address that is counted as one: whoever has an address has all of its
prefix."""


class FailedLogins:
    """The failures that all processes saw lately.

    A client is counted by its address, so that nobody locks it out from elsewhere.
    """

    def __init__(self, registry: CollectorRegistry) -> None:
        self._total = Counter("tiendo_failed_logins", "Failed logins.", registry=registry)

    async def add(self, reader: SqlReader, failing: Mapping[bytes, float]) -> None:
        """Count one failure of these sources."""
        self._total.inc()
        await count_failure(reader, failing)


def costs_of(address: str, name: str) -> dict[bytes, float]:
    """The seconds that a failure counts for, by the digests of its sources."""
    source = source_of(address)
    return {
        hashlib.sha256(f"client {source} {name}".encode()).digest(): SECONDS / OF_A_CLIENT,
        hashlib.sha256(f"address {source}".encode()).digest(): SECONDS / OF_AN_ADDRESS,
    }


@lru_cache(maxsize=1000)
def source_of(address: str) -> str:
    """The address, or the network of an IPv6 address; whatever it is as it stands."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    if isinstance(found, IPv6Address):
        return str(found.ipv4_mapped or ip_network((found, NETWORK_BITS), strict=False))
    return str(found)
