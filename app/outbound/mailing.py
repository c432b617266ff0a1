"""Sending one e-mail to one receiver, and reading the server's answer."""

import asyncio
import email.policy
import ssl
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime

import aiosmtplib

from app.config import Settings
from app.models import MailFault


@dataclass(frozen=True, slots=True)
class EMail:
    """An e-mail to one receiver; `name` makes its Message-ID, the same in every try."""

    name: str
    to: str
    subject: str
    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class MailAnswer:
    """The outcome of one try; without a fault the server has taken it. `code` is the server's."""

    fault: MailFault | None = None
    code: int | None = None


class Mailer:
    """Sends letters through the operator's server, each on a connection of its own."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._trusted = ssl.create_default_context()
        if settings.smtp_ca_file is not None:
            self._trusted.load_verify_locations(settings.smtp_ca_file)

    async def send(self, letter: EMail) -> MailAnswer:
        """Try once. The server's text may quote the address, so it is neither kept nor logged."""
        try:
            async with asyncio.timeout(self._settings.smtp_seconds):
                await self._give(letter)
        except aiosmtplib.SMTPRecipientsRefused as error:
            return _refused(error.recipients[0].code)
        except aiosmtplib.SMTPAuthenticationError as error:
            return MailAnswer(MailFault.NOT_AUTHENTICATED, error.code)
        except aiosmtplib.SMTPResponseException as error:
            return _refused(error.code)
        except (aiosmtplib.SMTPException, OSError, ValueError) as error:
            return MailAnswer(_fault(error))
        return MailAnswer()

    async def _give(self, letter: EMail) -> None:
        settings = self._settings
        password = settings.smtp_password
        await aiosmtplib.send(
            _message(letter, settings.smtp_from),
            sender=settings.smtp_from,
            recipients=[letter.to],
            hostname=settings.smtp_host,
            port=settings.smtp_port,
            username=settings.smtp_user or None,
            password=password.get_secret_value() if password and settings.smtp_user else None,
            use_tls=settings.smtp_security == "tls",
            start_tls=settings.smtp_security == "starttls",
            tls_context=self._trusted,
            timeout=settings.smtp_seconds,
            # Asking a name server for our own name may take long.
            local_hostname=_domain(settings.smtp_from),
        )


def _message(letter: EMail, sender: str) -> EmailMessage:
    """The message of a letter: headers refuse line breaks, the body is base64 for any server."""
    message = EmailMessage(policy=email.policy.SMTP)
    message["From"] = sender
    message["To"] = letter.to
    message["Subject"] = " ".join(letter.subject.split())
    message["Date"] = format_datetime(letter.at)
    message["Message-ID"] = f"<{letter.name}@{_domain(sender)}>"
    # RFC 3834: automatic responders do not answer such a message.
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(letter.text, cte="base64")
    return message


def _domain(address: str) -> str:
    return address.rpartition("@")[2]


def _refused(code: int) -> MailAnswer:
    """The answer for a refusal: RFC 5321, 4.2.1: 5xx is permanent, others may be tried again."""
    return MailAnswer(MailFault.REJECTED if 500 <= code < 600 else MailFault.DEFERRED, code)


def _fault(error: BaseException) -> MailFault:
    behind: BaseException | None = error
    while behind is not None:
        if isinstance(behind, ssl.SSLError):
            return MailFault.TLS_FAILED
        behind = behind.__cause__ or behind.__context__
    # The library's errors for a server without STARTTLS.
    if isinstance(error, aiosmtplib.SMTPNotSupported) or "STARTTLS" in str(error):
        return MailFault.TLS_FAILED
    if isinstance(error, TimeoutError):
        return MailFault.TIMEOUT
    if isinstance(error, aiosmtplib.SMTPConnectError | ConnectionRefusedError):
        return MailFault.NOT_CONNECTED
    return MailFault.BROKEN_ANSWER
