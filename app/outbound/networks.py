"""Connections to the operator's networks and ports alone, checked at each connection.

The checks are made on the addresses that are connected to, never on names: a name may mean
another address a moment later.
"""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Container, Iterable
from concurrent.futures import ThreadPoolExecutor
from ipaddress import ip_address
from typing import Any

import httpcore

from app.outbound.addresses import IPAddress, Network, is_allowed

Resolve = Callable[[str, int], Awaitable[list[str]]]
"""Resolves a host and a port to its present addresses."""

# The event loop's own threads are few: names without an answering server would occupy them all.
_RESOLVING = ThreadPoolExecutor(max_workers=64, thread_name_prefix="resolve")


class AddressRefusedError(Exception):
    """The operator has not allowed this address or port."""


async def resolve(host: str, port: int) -> list[str]:
    """Ask the system's resolver once."""
    found = await asyncio.get_running_loop().run_in_executor(
        _RESOLVING, lambda: socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    )
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


class AllowedNetworks(httpcore.AsyncNetworkBackend):
    """Connects within the operator's networks and ports only.

    A host is resolved once a connection; if any of its addresses is not allowed, none is tried.
    The name on the certificate stays the host's: TLS is spoken by whoever asked for the stream.
    """

    def __init__(
        self, networks: Iterable[Network], ports: Container[int], *, resolve: Resolve = resolve
    ) -> None:
        self.networks = tuple(networks)
        self.ports = ports
        self._resolve = resolve
        self._backend = httpcore.AnyIOBackend()

    def allows(self, address: IPAddress) -> bool:
        """True if the operator's networks allow *address*."""
        return is_allowed(address, self.networks)

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore hands it over
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """A connection to one of the host's addresses; raises `AddressRefusedError`."""
        if port not in self.ports:
            raise AddressRefusedError(f"port {port}")
        addresses = await self._addresses(host, port, timeout)
        if not all(self.allows(address) for address in addresses):
            raise AddressRefusedError("address")
        failure: Exception = httpcore.ConnectError("the name has no address")
        for address in addresses:
            try:
                return await self._backend.connect_tcp(
                    str(address), port, timeout, local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure

    async def _addresses(self, host: str, port: int, seconds: float | None) -> list[IPAddress]:
        try:
            async with asyncio.timeout(seconds):
                return [ip_address(one) for one in await self._resolve(host, port)]
        except TimeoutError as error:
            raise httpcore.ConnectTimeout("the name was not resolved in time") from error
        except (OSError, UnicodeError) as error:
            raise httpcore.ConnectError("the name has no address") from error

    async def connect_unix_socket(self, path: str, *_: Any, **__: Any) -> Any:
        """Refuse: sockets of this machine are no receivers."""
        raise AddressRefusedError(path)
