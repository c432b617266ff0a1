"""Sending one message, and reading the receiver's answer."""

import asyncio
import contextlib
import email.utils
import re
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpcore

from app.models import SendFault
from app.outbound.networks import AddressRefusedError, AllowedNetworks
from app.outbound.receiver_answers import ReceiverAnswer

CONNECT_SECONDS = 3.0
TOTAL_SECONDS = 10.0
READ_BYTES = 64 * 1024
LONGEST_WAIT = timedelta(hours=24)
"""The longest wait that a receiver may ask for; a longer one is cut to it."""


class WebhookSender:
    """Sends messages, each on a connection of its own, to the operator's networks alone."""

    def __init__(self, allowed: AllowedNetworks, *, ca_file: Path | None = None) -> None:
        trusted = ssl.create_default_context()
        if ca_file is not None:
            trusted.load_verify_locations(ca_file)
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=trusted,
            network_backend=allowed,
            max_connections=None,
            # Each message's address is checked anew: a reused connection was checked long ago.
            max_keepalive_connections=0,
        )

    async def send(
        self, url: str, headers: dict[str, str], body: bytes, *, at: datetime
    ) -> ReceiverAnswer:
        """Post *body*; the receiver's content is read up to `READ_BYTES` and thrown away."""
        answer: ReceiverAnswer | None = None
        try:
            async with (
                asyncio.timeout(TOTAL_SECONDS),
                self._pool.stream(
                    "POST",
                    url,
                    headers=list(headers.items()),
                    content=body,
                    extensions={"timeout": {"connect": CONNECT_SECONDS}},
                ) as response,
            ):
                answer = _heard(response, at=at)
                await _read_out(response)
        except (TimeoutError, httpcore.TimeoutException):
            # The status stands, however long its content takes.
            return answer or ReceiverAnswer(fault=SendFault.TIMEOUT)
        except AddressRefusedError:
            return ReceiverAnswer(fault=SendFault.ADDRESS_REFUSED)
        except httpcore.ConnectError as error:
            by_tls = isinstance(error.__context__, ssl.SSLError)
            return ReceiverAnswer(fault=SendFault.TLS_FAILED if by_tls else SendFault.NOT_CONNECTED)
        except (httpcore.NetworkError, httpcore.ProtocolError, httpcore.UnsupportedProtocol):
            return answer or ReceiverAnswer(fault=SendFault.BROKEN_ANSWER)
        return answer

    async def aclose(self) -> None:
        """Close the open connections."""
        with contextlib.suppress(RuntimeError):
            await self._pool.aclose()


def _heard(response: httpcore.Response, *, at: datetime) -> ReceiverAnswer:
    wait = None
    if response.status in (429, 503):
        headers = {name.lower(): value for name, value in response.headers}
        wait = retry_after(headers.get(b"retry-after", b"").decode("latin-1"), at=at)
    return ReceiverAnswer(status=response.status, wait=wait)


async def _read_out(response: httpcore.Response) -> None:
    """Read the content to its end, or up to `READ_BYTES`."""
    read = 0
    async for part in response.aiter_stream():
        read += len(part)
        if read > READ_BYTES:
            return


def retry_after(value: str, *, at: datetime) -> timedelta | None:
    """The wait of a `Retry-After` (RFC 9110, 10.2.3) in seconds or as a date; None if neither.

    It is at most `LONGEST_WAIT`, and nought for a date that is past.
    """
    value = value.strip()
    if re.fullmatch("[0-9]{1,9}", value):
        return min(timedelta(seconds=int(value)), LONGEST_WAIT)
    try:
        moment = email.utils.parsedate_to_datetime(value)
    except (ValueError, TypeError, OverflowError):
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return min(max(moment - at, timedelta(0)), LONGEST_WAIT)
