"""The sending of a letter to the operator's mail server, and the server's answer."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import pytest
from pydantic import SecretStr

from app.config import Settings
from app.models import MailFault
from app.outbound.mailing import EMail, MailAnswer, Mailer
from tests.support import loopback
from tests.support.certificates import make_certificate
from tests.support.mailboxes import Mailbox, receiving_mail, server_context, text_of

AT = datetime(2024, 12, 24, 1, tzinfo=UTC)
LETTER = EMail("ma-thu-1", "dau-moi@so.example", "Đôn đốc: 03 nhiệm vụ", "Kính gửi: Sở Mẫu\n", AT)
ACCOUNT: dict[str, Any] = {"smtp_user": "tiendo", "smtp_password": SecretStr("mat-khau-thu")}


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate of this machine's address and its key, in one file."""
    return make_certificate(tmp_path_factory.mktemp("tls") / "mail.pem", loopback.HOST)


async def sent(settings: Settings, mailbox: Mailbox, **changes: Any) -> MailAnswer:
    return await Mailer(mailbox.settings(settings, **changes)).send(LETTER)


async def test_a_letter_arrives_as_it_was_written(settings: Settings) -> None:
    async with receiving_mail() as mailbox:
        answer = await sent(settings, mailbox)

    [letter] = mailbox.letters
    assert answer == MailAnswer()
    assert (letter["Subject"], text_of(letter)) == (LETTER.subject, LETTER.text)
    assert letter.get_content_charset() == "utf-8"


async def test_by_starttls_with_a_password(
    settings: Settings, certificate: Path, tmp_path: Path
) -> None:
    given = {"smtp_security": "starttls", **ACCOUNT}
    options = {"tls_context": server_context(certificate), "require_starttls": True}
    async with receiving_mail(asks_who=True, **options) as mailbox:
        trusted = await sent(settings, mailbox, **given, smtp_ca_file=certificate)
        wrong = {"smtp_password": SecretStr("khac")}
        refused = await sent(settings, mailbox, **(given | wrong), smtp_ca_file=certificate)
        stranger = await sent(settings, mailbox, **given)
    other = make_certificate(tmp_path / "other.pem", "mail.example")
    options["tls_context"] = server_context(other)
    async with receiving_mail(asks_who=True, **options) as others:
        other_name = await sent(settings, others, **given, smtp_ca_file=other)

    assert trusted == MailAnswer()
    assert refused.fault == MailFault.NOT_AUTHENTICATED
    # The password went to nobody whose name was not proved.
    assert (stranger.fault, other_name.fault) == (MailFault.TLS_FAILED, MailFault.TLS_FAILED)
    assert (set(mailbox.logins), others.logins) == ({"tiendo"}, [])
    assert (len(mailbox.letters), others.letters) == (1, [])


async def test_a_server_without_tls_is_told_nothing(settings: Settings) -> None:
    async with receiving_mail() as mailbox:
        answer = await sent(settings, mailbox, smtp_security="starttls", **ACCOUNT)

    assert answer.fault == MailFault.TLS_FAILED
    assert mailbox.letters == []


@pytest.mark.parametrize(
    ("says", "fault"),
    [
        ("550 5.1.1 dau-moi@so.example unknown", MailFault.REJECTED),
        ("552 5.2.2 Full", MailFault.REJECTED),
        ("450 4.2.0 Later", MailFault.DEFERRED),
    ],
)
async def test_what_a_server_says_is_a_code(
    settings: Settings, says: str, fault: MailFault
) -> None:
    async with receiving_mail(says) as mailbox:
        answer = await sent(settings, mailbox)

    assert answer == MailAnswer(fault, int(says[:3]))


async def test_where_nobody_listens(settings: Settings) -> None:
    answer = await sent(settings, Mailbox(port=loopback.free_port()))

    assert answer.fault == MailFault.NOT_CONNECTED


class Stranger(asyncio.Protocol):
    """A server that is no mail server: it says this, or nothing at all."""

    def __init__(self, words: bytes) -> None:
        self.words = words

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Say it and hang up."""
        if self.words:
            # What either loop gives a server is no subclass of one class.
            cast("asyncio.Transport", transport).write(self.words)
            transport.close()


async def sent_to_stranger(settings: Settings, words: bytes, **changes: Any) -> MailFault | None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Stranger(words), loopback.HOST, 0)
    mailbox = Mailbox(port=loopback.port_of(server))
    answer = await sent(settings, mailbox, **changes)
    server.close()
    return answer.fault


async def test_who_never_answers_is_given_up(settings: Settings) -> None:
    assert await sent_to_stranger(settings, b"", smtp_seconds=0.05) == MailFault.TIMEOUT


async def test_who_speaks_something_else_is_a_fault(settings: Settings) -> None:
    fault = await sent_to_stranger(settings, b"HTTP/1.1 400 Bad Request\r\n\r\n")

    assert fault in (MailFault.BROKEN_ANSWER, MailFault.DEFERRED, MailFault.NOT_CONNECTED)


@pytest.mark.parametrize("words", ["V/v\r\nBcc: ai-do@x.example", "V/v\nX: y", "V/v\x00 x"])
async def test_no_words_become_a_header(settings: Settings, words: str) -> None:
    letter = EMail("ma-thu-2", LETTER.to, words, "Dòng\r\n.\r\nHết\n", AT)
    async with receiving_mail() as mailbox:
        await Mailer(mailbox.settings(settings)).send(letter)

    for one in mailbox.letters:
        assert set(one.keys()) == {
            "From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "Content-Type",
            "Content-Transfer-Encoding", "MIME-Version",
        }  # fmt: skip
        assert "Hết" in one.get_content()
    assert mailbox.receivers in ([], [[LETTER.to]])
