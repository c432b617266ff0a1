"""A mail server on this machine: it takes letters, or says what it is told to say."""

import asyncio
import email.policy
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from app.config import Settings
from tests.support import loopback

SENDER = "don-doc@tinh.example"


@dataclass
class Mailbox:
    """The letters that arrived, and the answers to the next receivers; without an answer they are
    taken."""

    says: list[str] = field(default_factory=list)
    letters: list[EmailMessage] = field(default_factory=list)
    receivers: list[list[str]] = field(default_factory=list)
    logins: list[str] = field(default_factory=list)
    port: int = 0
    came: asyncio.Event = field(default_factory=asyncio.Event)

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self,
        server: SMTP,
        session: Session,
        envelope: Envelope,
        address: str,
        options: list[str],
    ) -> str:
        """Take a receiver, or say what is to be said first."""
        if self.says:
            return self.says.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        """Keep a letter."""
        assert isinstance(envelope.content, bytes)
        letter = message_from_bytes(envelope.content, policy=email.policy.default)
        assert isinstance(letter, EmailMessage)
        self.letters.append(letter)
        self.receivers.append(list(envelope.rcpt_tos))
        self.came.set()
        return "250 OK"

    def authenticate(
        self, server: Any, session: Any, envelope: Any, how: str, who: Any
    ) -> AuthResult:
        """Let in who knows the one password."""
        assert isinstance(who, LoginPassword)
        self.logins.append(who.login.decode())
        return AuthResult(success=who.password == b"mat-khau-thu", handled=False)

    def settings(self, settings: Settings, **changes: Any) -> Settings:
        """Those of a service that sends through this server."""
        given = {
            "smtp_host": loopback.HOST,
            "smtp_port": self.port,
            "smtp_security": "none",
            "smtp_from": SENDER,
            "smtp_seconds": 30.0,
        }
        return settings.model_copy(update=given | changes)


def text_of(letter: EmailMessage) -> str:
    """Its words, with the line breaks of who wrote them."""
    text: str = letter.get_content()
    return text.replace("\r\n", "\n")


@asynccontextmanager
async def receiving_mail(*says: str, **options: Any) -> AsyncIterator[Mailbox]:
    """A server while it is needed; *options* are aiosmtpd's."""
    mailbox = Mailbox(list(says))
    if options.pop("asks_who", False):
        options |= {"authenticator": mailbox.authenticate, "auth_required": True}
    loop = asyncio.get_running_loop()

    def serve() -> SMTP:
        return SMTP(mailbox, hostname="localhost", loop=loop, **options)

    server = await loop.create_server(serve, loopback.HOST, 0)
    mailbox.port = loopback.port_of(server)
    try:
        yield mailbox
    finally:
        server.close()
        await server.wait_closed()


def server_context(certificate: Any) -> ssl.SSLContext:
    """A server's side of TLS."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context
