"""The end of a message by its receiver's behaviour, on real connections."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.models import SendFault
from app.outbound import posting
from app.outbound.networks import AllowedNetworks
from app.outbound.posting import LONGEST_WAIT, WebhookSender, retry_after
from app.outbound.receiver_answers import ReceiverAnswer
from tests.support import loopback
from tests.support.certificates import make_certificate
from tests.support.patience import PATIENCE
from tests.support.receivers import OK, answer, receiving

AT = datetime(2026, 11, 23, 2, tzinfo=UTC)


async def resolve(host: str, port: int) -> list[str]:
    """Every name is this machine's."""
    return [loopback.HOST]


def to_loopback(**options: Path) -> WebhookSender:
    """A sender that may go to this machine, whatever it is called."""
    networks = [ip_network(loopback.HOST)]
    return WebhookSender(
        AllowedNetworks(networks, frozenset(range(1, 65536)), resolve=resolve), **options
    )


@pytest.fixture
async def post() -> AsyncIterator[WebhookSender]:
    """A sender to this machine."""
    sender = to_loopback()
    yield sender
    await sender.aclose()


async def sent(post: WebhookSender, url: str) -> ReceiverAnswer:
    return await post.send(url, {"webhook-id": "1"}, b"{}", at=AT)


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
async def test_every_2xx_is_success(post: WebhookSender, status: int) -> None:
    async with receiving(answer(status)) as receiver:
        got = await sent(post, receiver.url)

    assert got == ReceiverAnswer(status)
    assert got.is_taken
    assert receiver.requests[0].headers["webhook-id"] == "1"
    assert receiver.requests[0].body == b"{}"


@pytest.mark.parametrize("status", [300, 304, 400, 401, 404, 409, 410, 429, 500, 503])
async def test_nothing_else_is(post: WebhookSender, status: int) -> None:
    async with receiving(answer(status)) as receiver:
        got = await sent(post, receiver.url)

    assert got == ReceiverAnswer(status)
    assert not got.is_taken


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_redirects_are_not_followed(post: WebhookSender, status: int) -> None:
    async with (
        receiving() as elsewhere,
        receiving(answer(status, f"location: {elsewhere.url}")) as receiver,
    ):
        got = await sent(post, receiver.url)

    assert got == ReceiverAnswer(status)
    assert elsewhere.accepted == 0


async def test_a_proxy_of_the_environment_is_not_asked(
    monkeypatch: pytest.MonkeyPatch, post: WebhookSender
) -> None:
    async with receiving() as proxy, receiving() as receiver:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "HTTPS_PROXY"):
            monkeypatch.setenv(name, loopback.url(proxy.port))
        monkeypatch.delenv("NO_PROXY", raising=False)
        sender = to_loopback()

        assert (await sent(sender, receiver.url)).is_taken
        await sender.aclose()

    assert (proxy.accepted, receiver.accepted) == (0, 1)


async def test_each_message_has_a_connection_of_its_own(post: WebhookSender) -> None:
    async with receiving(OK) as receiver:
        for _ in range(3):
            await sent(post, receiver.url)

    assert receiver.accepted == 3


async def test_who_asks_to_wait_is_heard(post: WebhookSender) -> None:
    for status in (429, 503):
        async with receiving(answer(status, "Retry-After: 120")) as receiver:
            assert await sent(post, receiver.url) == ReceiverAnswer(
                status, wait=timedelta(minutes=2)
            )
    async with receiving(answer(500, "Retry-After: 120")) as receiver:
        assert await sent(post, receiver.url) == ReceiverAnswer(500)


async def test_who_never_answers_is_given_up(
    monkeypatch: pytest.MonkeyPatch, post: WebhookSender
) -> None:
    monkeypatch.setattr(posting, "TOTAL_SECONDS", 0.2)
    async with receiving(None) as receiver:
        assert await sent(post, receiver.url) == ReceiverAnswer(fault=SendFault.TIMEOUT)
    async with receiving(b"HTTP/1.1 200 OK\r\nx-slow: ") as receiver:
        # It closes in the middle of its headers.
        assert await sent(post, receiver.url) == ReceiverAnswer(fault=SendFault.BROKEN_ANSWER)


async def test_a_status_stands_though_its_content_never_ends(
    monkeypatch: pytest.MonkeyPatch, post: WebhookSender
) -> None:
    monkeypatch.setattr(posting, "TOTAL_SECONDS", 0.5)
    done = asyncio.Event()

    async def trickle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n.")
        await reader.read()
        done.set()
        writer.close()

    server = await asyncio.start_server(trickle, loopback.HOST, 0)
    async with server:
        url = loopback.url(loopback.port_of(server), "/")
        assert await sent(post, url) == ReceiverAnswer(200)
        # We are the one that hung up.
        await asyncio.wait_for(done.wait(), PATIENCE)


async def test_a_huge_answer_is_not_read_to_its_end(post: WebhookSender) -> None:
    written = 0

    async def flood(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal written
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 1000000000\r\n\r\n")
        try:
            while written < 1_000_000_000:
                writer.write(b"." * 65536)
                await writer.drain()
                written += 65536
        except OSError:
            writer.close()

    server = await asyncio.start_server(flood, loopback.HOST, 0)
    async with server:
        url = loopback.url(loopback.port_of(server), "/")
        assert await sent(post, url) == ReceiverAnswer(200)
    # The bytes are those that the system's buffers took, and no more.
    assert written < 100_000_000


@pytest.mark.parametrize("garbage", [b"", b"SSH-2.0-x\r\n", b"HTTP/1.1 abc\r\n\r\n", b"\x00" * 99])
async def test_what_is_no_http_is_a_broken_answer(post: WebhookSender, garbage: bytes) -> None:
    async with receiving(garbage) as receiver:
        assert await sent(post, receiver.url) == ReceiverAnswer(fault=SendFault.BROKEN_ANSWER)


async def test_headers_without_end_are_given_up(post: WebhookSender) -> None:
    async with receiving(b"HTTP/1.1 200 OK\r\n" + b"x: y\r\n" * 200_000) as receiver:
        assert await sent(post, receiver.url) == ReceiverAnswer(fault=SendFault.BROKEN_ANSWER)


async def test_where_nobody_listens(post: WebhookSender) -> None:
    got = await sent(post, loopback.url(loopback.free_port(), "/"))

    assert got == ReceiverAnswer(fault=SendFault.NOT_CONNECTED)


async def test_what_the_operator_did_not_allow() -> None:
    sender = WebhookSender(AllowedNetworks([ip_network("10.0.0.0/8")], frozenset({80})))

    assert await sent(sender, "http://127.0.0.1/") == ReceiverAnswer(
        fault=SendFault.ADDRESS_REFUSED
    )
    assert await sent(sender, "http://10.0.0.1:22/") == ReceiverAnswer(
        fault=SendFault.ADDRESS_REFUSED
    )
    await sender.aclose()


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate of receiver.example and its key, in one file."""
    return make_certificate(tmp_path_factory.mktemp("tls") / "receiver.pem", "receiver.example")


@pytest.fixture
def tls(certificate: Path) -> ssl.SSLContext:
    """The TLS context with which receiver.example listens."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


async def test_the_certificate_is_the_names_and_of_a_trusted_authority(
    tls: ssl.SSLContext, certificate: Path, post: WebhookSender
) -> None:
    names: list[str | None] = []
    tls.sni_callback = lambda _socket, name, _context: names.append(name)
    trusting = to_loopback(ca_file=certificate)
    async with receiving(tls=tls) as receiver:
        right = await sent(trusting, f"https://receiver.example:{receiver.port}/")
        wrong = await sent(trusting, f"https://other.example:{receiver.port}/")
        unknown = await sent(post, f"https://receiver.example:{receiver.port}/")
    await trusting.aclose()

    assert right == ReceiverAnswer(204)
    assert wrong == unknown == ReceiverAnswer(fault=SendFault.TLS_FAILED)
    assert names == ["receiver.example", "other.example", "receiver.example"]


@pytest.mark.parametrize(
    ("value", "wait"),
    [
        ("0", timedelta(0)),
        ("120", timedelta(seconds=120)),
        (" 7 ", timedelta(seconds=7)),
        ("999999999", LONGEST_WAIT),
        ("Mon, 23 Nov 2026 02:05:00 GMT", timedelta(minutes=5)),
        ("Mon, 23 Nov 2026 01:00:00 GMT", timedelta(0)),
        ("Mon, 23 Nov 2099 01:00:00 GMT", LONGEST_WAIT),
        ("", None),
        ("soon", None),
        ("-5", None),
        ("1.5", None),
        ("9999999999", None),
        ("²", None),
    ],
)
def test_how_long_we_are_asked_to_wait(value: str, wait: timedelta | None) -> None:
    assert retry_after(value, at=AT) == wait


@given(st.text())
def test_whatever_is_asked_is_within_bounds(value: str) -> None:
    wait = retry_after(value, at=AT)

    assert wait is None or timedelta(0) <= wait <= LONGEST_WAIT
