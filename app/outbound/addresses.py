"""The addresses that the operator's networks allow; apart from the code that connects to them,
since a serving process checks addresses and connects to none."""

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

IPAddress = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

NAT64 = IPv6Network("64:ff9b::/96")


def is_allowed(address: IPAddress, networks: Iterable[Network]) -> bool:
    """True if a network of the list has *address* in it.

    Wide networks don't open loopback and link-local addresses: those must be listed themselves.
    """
    address = _meant(address)
    holding = [one for one in networks if address in one]
    if address.is_unspecified or address.is_multicast:
        return False
    if address.is_loopback or address.is_link_local:
        return any(one.is_loopback or one.is_link_local for one in holding)
    return bool(holding)


def _meant(address: IPAddress) -> IPAddress:
    """The IPv4 address that an IPv6 address stands for, where it stands for one."""
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return address.ipv4_mapped
        if address in NAT64:
            return IPv4Address(int(address) & 0xFFFFFFFF)
    return address
