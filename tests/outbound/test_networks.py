"""The addresses to which the service connects, and the others, tried on real listeners of this
machine."""

from collections.abc import AsyncIterator, Iterable
from ipaddress import ip_address, ip_network

import httpcore
import pytest

from app.outbound.networks import AddressRefusedError, AllowedNetworks, resolve
from tests.support import loopback
from tests.support.receivers import Receiver, receiving

EVERYWHERE = ("0.0.0.0/0", "::/0")
LOOPBACK = ("127.0.0.0/8", "::1/128")


def allowed(*networks: str, ports: Iterable[int] = (80, 443), **options: object) -> AllowedNetworks:
    return AllowedNetworks(map(ip_network, networks), frozenset(ports), **options)  # type: ignore[arg-type]


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    """Somebody who listens on the loopback and takes everything."""
    async with receiving() as receiver:
        yield receiver


async def post(networks: AllowedNetworks, url: str) -> int:
    """The status of one request within these networks."""
    async with httpcore.AsyncConnectionPool(network_backend=networks) as pool:
        return (await pool.request("POST", url, extensions={"timeout": {"connect": 3}})).status


LOOPBACK_BY_OTHER_NAMES = (
    "127.0.0.1",
    "localhost",
    "2130706433",
    "0x7f.1",
    "127.1",
    "0177.0.0.1",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[::1]",
    "[64:ff9b::7f00:1]",
    "0.0.0.0",  # noqa: S104 - nobody listens
    "[::]",
)


@pytest.mark.parametrize("networks", [("10.0.0.0/8", "fd00::/8"), EVERYWHERE, ()])
@pytest.mark.parametrize("host", LOOPBACK_BY_OTHER_NAMES)
async def test_this_machine_is_refused_by_every_name(
    receiver: Receiver, host: str, networks: tuple[str, ...]
) -> None:
    guard = allowed(*networks, ports=[receiver.port])

    with pytest.raises(AddressRefusedError):
        await post(guard, f"http://{host}:{receiver.port}/")

    # Not even a connection was made by which one could tell open ports from closed ones.
    assert receiver.accepted == 0


@pytest.mark.parametrize(
    "host",
    [
        "169.254.169.254",  # where clouds tell secrets
        "[fe80::1]",
        "224.0.0.1",
        "[ff02::1]",
        "[::ffff:169.254.169.254]",
        "[64:ff9b::a9fe:a9fe]",
    ],
)
@pytest.mark.parametrize("networks", [("10.0.0.0/8", "fd00::/8"), EVERYWHERE])
async def test_what_is_no_receivers_place_is_refused(host: str, networks: tuple[str, ...]) -> None:
    with pytest.raises(AddressRefusedError):
        await post(allowed(*networks), f"http://{host}/")


@pytest.mark.parametrize(
    ("address", "networks", "is_allowed"),
    [
        ("10.1.2.3", ["10.1.0.0/16"], True),
        ("10.1.2.3", ["10.2.0.0/16"], False),
        ("10.1.2.3", [], False),
        ("::ffff:10.1.2.3", ["10.1.0.0/16"], True),
        ("::ffff:10.1.2.3", ["::/0"], False),
        ("64:ff9b::a01:203", ["10.1.0.0/16"], True),
        ("64:ff9b::a01:203", ["::/0"], False),
        ("fd00::1", ["fd00::/8"], True),
        ("fd00::1", ["10.0.0.0/8"], False),
        ("127.0.0.1", ["127.0.0.0/8"], True),
        ("127.0.0.2", ["127.0.0.1/32"], False),
        ("169.254.1.1", ["169.254.0.0/16"], True),
    ],
)
def test_the_operators_list_decides(address: str, networks: list[str], is_allowed: bool) -> None:
    assert allowed(*networks).allows(ip_address(address)) is is_allowed


async def test_only_listed_ports_are_connected_to(receiver: Receiver) -> None:
    for port in (22, receiver.port):
        with pytest.raises(AddressRefusedError):
            await post(allowed(*LOOPBACK, ports=[443]), loopback.url(port, "/"))

    assert receiver.accepted == 0
    assert await post(allowed(*LOOPBACK, ports=[receiver.port]), receiver.url) == 204


async def test_a_name_is_resolved_once_a_connection_and_checked_at_each(
    receiver: Receiver,
) -> None:
    answers = [[loopback.HOST], ["10.1.2.3"]]
    asked = []

    async def rebinding(host: str, port: int) -> list[str]:
        asked.append(host)
        return answers[len(asked) - 1]

    guard = allowed(*LOOPBACK, ports=[receiver.port], resolve=rebinding)
    url = f"http://rebinding.example:{receiver.port}/"

    assert await post(guard, url) == 204
    assert receiver.requests[0].headers["host"] == f"rebinding.example:{receiver.port}"
    with pytest.raises(AddressRefusedError):
        await post(guard, url)
    assert asked == ["rebinding.example"] * 2
    assert receiver.accepted == 1


async def test_one_address_that_is_refused_refuses_the_name(receiver: Receiver) -> None:
    async def two(host: str, port: int) -> list[str]:
        return [loopback.HOST, "169.254.169.254"]

    with pytest.raises(AddressRefusedError):
        await post(
            allowed(*LOOPBACK, ports=[receiver.port], resolve=two),
            f"http://two.example:{receiver.port}/",
        )

    assert receiver.accepted == 0


async def test_the_next_address_is_tried_where_nobody_listens(receiver: Receiver) -> None:
    async def two(host: str, port: int) -> list[str]:
        return ["127.0.0.2", loopback.HOST]

    guard = allowed(*LOOPBACK, ports=[receiver.port], resolve=two)

    assert await post(guard, f"http://two.example:{receiver.port}/") == 204


async def test_where_nobody_listens_is_no_refusal_of_ours() -> None:
    port = loopback.free_port()

    with pytest.raises(httpcore.ConnectError):
        await post(allowed(*LOOPBACK, ports=[port]), loopback.url(port, "/"))


async def test_a_name_that_means_nothing_can_not_be_connected_to() -> None:
    with pytest.raises(httpcore.ConnectError):
        await post(allowed(*LOOPBACK), "http://nobody.invalid/")


async def test_sockets_of_this_machine_are_never_connected_to() -> None:
    with pytest.raises(AddressRefusedError):
        await allowed(*EVERYWHERE, *LOOPBACK).connect_unix_socket("/tmp/x")  # noqa: S108 - never made


async def test_the_systems_resolver_is_asked() -> None:
    assert set(await resolve("localhost", 80)) <= {"127.0.0.1", "::1"}
