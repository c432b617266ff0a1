"""Sending one message and hearing what the receiver says to it."""

import asyncio
import contextlib
import email.utils
import re
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpcore

from app.models import SendFault
from app.outbound.networks import AddressRefusedError, AllowedNetworks

CONNECT_SECONDS = 3.0
TOTAL_SECONDS = 10.0
READ_BYTES = 64 * 1024
LONGEST_WAIT = timedelta(hours=24)
"""What a receiver may ask us to wait; whoever wants longer is asked again after it."""


@dataclass(frozen=True, slots=True)
class ReceiverAnswer:
    """What came of one try: a status, or the reason why there was none."""

    status: int | None = None
    fault: SendFault | None = None
    wait: timedelta | None = None
    """How long the receiver asked us to wait (`Retry-After`), where it is one to be asked again."""

    @property
    def is_taken(self) -> bool:
        """Only 2xx is; a redirect is not, and is not followed."""
        return self.status is not None and 200 <= self.status < 300


class WebhookSender:
    """Sends messages, each on a connection of its own, to where the operator allows."""

    def __init__(self, allowed: AllowedNetworks, *, ca_file: Path | None = None) -> None:
        trusted = ssl.create_default_context()
        if ca_file is not None:
            trusted.load_verify_locations(ca_file)
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=trusted,
            network_backend=allowed,
            max_connections=None,
            # Each message is checked anew: a kept connection was allowed some time ago.
            max_keepalive_connections=0,
        )

    async def send(
        self, url: str, headers: dict[str, str], body: bytes, *, at: datetime
    ) -> ReceiverAnswer:
        """Post *body*; what the receiver answers is read up to a bound and thrown away."""
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
        """Close what is open."""
        with contextlib.suppress(RuntimeError):
            await self._pool.aclose()


def _heard(response: httpcore.Response, *, at: datetime) -> ReceiverAnswer:
    wait = None
    if response.status in (429, 503):
        headers = {name.lower(): value for name, value in response.headers}
        wait = retry_after(headers.get(b"retry-after", b"").decode("latin-1"), at=at)
    return ReceiverAnswer(status=response.status, wait=wait)


async def _read_out(response: httpcore.Response) -> None:
    """Read what a polite receiver says to its end, and no more than a bound of a rude one."""
    read = 0
    async for part in response.aiter_stream():
        read += len(part)
        if read > READ_BYTES:
            return


def retry_after(value: str, *, at: datetime) -> timedelta | None:
    """A `Retry-After` (RFC 9110, 10.2.3) in seconds or as a date, within bounds; None if neither.

    A date that is past asks for no wait.
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
