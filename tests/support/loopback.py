"""This machine as it reaches itself: by IPv4, or by IPv6 where there is no IPv4."""

import asyncio

from app.cli.listen import base_url, bind, local_host

HOST = local_host()


def free_port() -> int:
    """One that nobody listens on now."""
    with bind(HOST, 0) as probe:
        return int(probe.getsockname()[1])


def url(port: int, path: str = "") -> str:
    """The address of *path*, which begins with a slash, at whoever listens on this port."""
    return base_url(HOST, port) + path


def port_of(server: asyncio.Server) -> int:
    """The port at which a server listens."""
    return int(server.sockets[0].getsockname()[1])
